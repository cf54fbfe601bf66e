// deno-lint-ignore-file no-control-regex -- they are what is looked for
/** What a person at a terminal sees; script(1) makes the terminal. */
import assert from "node:assert/strict";
import { Session } from "./session.ts";

const CSC = new URL("../../dist/csc", import.meta.url).pathname;

/** Everything that appears on a terminal while a line of shell runs there. */
function onTerminal(
  session: Session,
  line: string,
  env: Record<string, string> = {},
): string {
  const { stdout } = new Deno.Command("script", {
    args: ["--quiet", "--return", "--command", line, "/dev/null"],
    cwd: session.dir,
    clearEnv: true,
    env: {
      PATH: `${CSC.slice(0, CSC.lastIndexOf("/"))}:/usr/bin:/bin`,
      TERM: "xterm",
      ...env,
    },
    stdin: "null",
  }).outputSync();
  return new TextDecoder().decode(stdout);
}

const RUN = "csc run contract.json policy.json --state-dir state";

Deno.test("a terminal gets colour, a pipe and NO_COLOR get none", () => {
  const session = new Session();
  session.contract(["true"]);
  const check = "csc check contract.json policy.json";
  assert.match(onTerminal(session, check), /^\x1b\[32mdecision: allow/);
  assert.match(onTerminal(session, `${check} | cat`), /^decision: allow/);
  assert.match(onTerminal(session, "csc check no no"), /\x1b\[1;31mcsc:/);
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    assert.doesNotMatch(onTerminal(session, check, env), /\x1b/);
  }
  const empty = onTerminal(session, check, { NO_COLOR: "" });
  assert.match(empty, /\x1b\[32m/);
});

Deno.test("a stranger's text brings no colour and no line of csc's along", () => {
  const session = new Session();
  session.contract(["true"], { contract_id: "\x1b[31m\ndecision: deny" });
  const seen = onTerminal(session, "csc check contract.json policy.json");
  assert.equal(seen.match(/\x1b\[/g)?.length, 2, seen);
  assert.match(seen, /contract: "\\u001b\[31m\\ndecision: deny"/);
});

Deno.test("control characters are escaped on a terminal, unless --raw is given", () => {
  const session = new Session();
  session.contract(["printf '\\033[7mhi\\033[0m\\n'"]);
  const usual = onTerminal(session, `${RUN} --quiet`);
  assert.match(usual, /\\u001b\[7mhi/);
  const raw = onTerminal(session, `${RUN} --quiet --raw`);
  assert.match(raw, /\x1b\[7mhi/);
});

const LINE = /\r\x1b\[K[|/\\-] csc: running, \d+ s/;

/** How each mode is asked for, once there is a key. */
const MODES: readonly (readonly [mode: string, flags: string])[] = [
  ["local", ""],
  [
    "hardened",
    " --mode hardened --signing-key keys/k.key --key-id k",
  ],
];
for (const [mode, flags] of MODES) {
  Deno.test(`csc run, ${mode}: a long command shows for how long it runs`, async () => {
    const session = new Session();
    await session.csc("keygen", "--out", "keys", "--key-id", "k");
    session.contract(["sleep 3; echo out; printf question; sleep 3; echo"]);
    const seen = onTerminal(session, `${RUN}${flags}`);
    assert.match(seen, LINE);
    // Taken away before the output, never drawn over a line begun.
    assert.match(seen, /\r\x1b\[Kout\r\n/);
    const [, after = ""] = seen.split("question");
    assert.match(after, /^\r\n/);
    assert.match(after, /csc: success/);
  });

  Deno.test(`csc run, ${mode}: who is quiet, dumb, raw or no terminal sees no such line`, async () => {
    const session = new Session();
    await session.csc("keygen", "--out", "keys", "--key-id", "k");
    session.contract(["sleep 3; echo out"]);
    const all = await Promise.all([
      onTerminal(session, `${RUN}${flags} 2> errors`),
      onTerminal(session, `${RUN}${flags} --raw`),
      onTerminal(session, `${RUN}${flags} --quiet`),
    ]);
    for (const seen of all) assert.doesNotMatch(seen, /running/);
    const dumb = onTerminal(session, `${RUN}${flags}`, { TERM: "dumb" });
    assert.doesNotMatch(dumb, /running/);
    const piped = `${session.dir}/errors`;
    assert.doesNotMatch(Deno.readTextFileSync(piped), /running/);
  });
}
