/**
 * The executable carries what V8 has made of its texts, and V8 uses that. It
 * compares a text's length only, so code of another text tells whose it is.
 */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { codeCache, textName } from "../../scripts/build/code_cache.ts";
import { packProbe, run } from "./packed.ts";

const ENTRY = "tests/build/fixture/who.ts";

/** The cache of a program that says "of the code" where its text says "text". */
const otherCache: typeof codeCache = async (texts, runtime, scratch) => {
  const eager = texts.get("csc")!;
  assert.match(eager, /of the text/);
  const other = new Map([["csc", eager.replace("of the text", "of the code")]]);
  const [own, foreign] = [`${scratch}/own`, `${scratch}/foreign`];
  Deno.mkdirSync(own);
  Deno.mkdirSync(foreign);
  const bytes = await codeCache(texts, runtime, own);
  const code = await codeCache(other, runtime, foreign);
  Deno.writeFileSync(`${scratch}/own.db`, bytes);
  Deno.writeFileSync(`${scratch}/foreign.db`, code);
  const data = new DatabaseSync(`${scratch}/own.db`);
  data.prepare("ATTACH ? AS foreign_code").run(`${scratch}/foreign.db`);
  const { changes } = data.prepare(
    "UPDATE codecache SET data = (SELECT data FROM foreign_code.codecache " +
      "WHERE specifier = ?1) WHERE specifier = ?1",
  ).run(textName("csc"));
  assert.equal(Number(changes), 1);
  data.close();
  return Deno.readFileSync(`${scratch}/own.db`);
};

async function said(makeCache?: typeof codeCache): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "csc-code-cache-" });
  try {
    const program = await packProbe(folder, "embed", {
      entry: ENTRY,
      ...makeCache === undefined ? {} : { makeCache },
    });
    const { code, stdout, stderr } = await run(program, []);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    return stdout;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("code cache: V8 runs the code that the executable carries", async () => {
  assert.equal(await said(otherCache), "of the code\n");
});

Deno.test("code cache: carried code is that of the texts", async () => {
  assert.equal(await said(), "of the text\n");
});

Deno.test("code cache: where V8 cannot use it, the text is compiled", async () => {
  const spoilt: typeof codeCache = async (texts, runtime, scratch) => {
    const bytes = await codeCache(texts, runtime, scratch);
    Deno.writeFileSync(`${scratch}/spoilt.db`, bytes);
    const data = new DatabaseSync(`${scratch}/spoilt.db`);
    data.exec("UPDATE codecache SET data = zeroblob(length(data))");
    data.close();
    return Deno.readFileSync(`${scratch}/spoilt.db`);
  };
  assert.equal(await said(spoilt), "of the text\n");
  const none: typeof codeCache = () => Promise.resolve(new Uint8Array(0));
  assert.equal(await said(none), "of the text\n");
});
