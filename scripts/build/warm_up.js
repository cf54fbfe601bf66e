/**
 * Has V8 compile texts, so that Deno keeps their code (code_cache.ts). Runs in
 * the runtime that csc is built upon, with the flags that csc gives it.
 *
 * Evaluating them does nothing: each defines functions and returns some.
 */
const texts = JSON.parse(Deno.readTextFileSync(Deno.args[0]));
const { core } = Deno[Deno.internal];

globalThis.__csc = {};
for (const [name, text] of texts) {
  const [, error] = core.evalContext(text, `csc:${name}`);
  if (error) throw error.thrown;
}
