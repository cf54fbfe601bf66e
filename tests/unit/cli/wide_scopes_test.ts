import assert from "node:assert/strict";
import { wideScopes } from "../../../src/cli/wide_scopes.ts";
import { parseContract } from "../../../src/protocol/contract.ts";
import { command, contractBytes } from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";
import { POLICY } from "../run/fakes.ts";
import { speak } from "./fakes.ts";

function warnings(reads: string[], writes: string[] = []): string[] {
  const bytes = contractBytes([
    command("one", { read_paths: reads, write_paths: writes }),
  ]);
  return wideScopes(parseContract(bytes, "c.json"));
}

const NARROW = [
  "/w/src",
  "/w/src/",
  "/w/src/*",
  "/w/src/**",
  "/w/src/**/*",
];
for (const scope of NARROW) {
  Deno.test(`wideScopes() has nothing to say about ${scope}`, () => {
    assert.deepEqual(warnings([scope], [scope]), []);
  });
}

const WIDE: [scope: string, granted: string][] = [
  ["/w/src/*.c", "/w/src"],
  ["/w/src/a*", "/w/src"],
  ["/w/src/?", "/w/src"],
  ["/w/src/[ab]", "/w/src"],
  ["/w/*/out", "/w"],
  ["/w/**/out", "/w"],
  ["/w/src/**/*.c", "/w/src"],
  ["/w/src**", "/w"],
  ["/w/*/**", "/w"],
];
for (const [scope, granted] of WIDE) {
  Deno.test(`wideScopes() says what ${scope} grants`, () => {
    assert.deepEqual(warnings([scope]), [
      `command "one": read path "${scope}" lets the command read all of ` +
      `"${granted}", not only what the pattern matches`,
    ]);
    assert.match(warnings([], [scope])[0] ?? "", /write all of/);
  });
}

Deno.test("csc check warns on standard error, and its decision is as ever", async () => {
  const dir = tempPlace();
  Deno.writeTextFileSync(`${dir}/p`, JSON.stringify(POLICY));
  const contract = (name: string, more = {}) => {
    const one = command("one", { read_paths: ["/work/*.c"] });
    Deno.writeFileSync(`${dir}/${name}`, contractBytes([one], more));
    return `${dir}/${name}`;
  };
  const words = ["check", contract("c"), `${dir}/p`];
  const plain = await speak(words);
  assert.equal(plain.code, 0);
  assert.match(
    plain.err,
    /^csc: warning: command "one": read path "\/work\/\*\.c" .*\n$/,
  );
  const json = await speak([...words, "--json"]);
  assert.equal(json.err, plain.err);
  assert.deepEqual(JSON.parse(json.out).reason_codes, ["ALLOW"]);
  const denied = contract("denied", { risk_class: "high" });
  assert.equal((await speak(["check", denied, `${dir}/p`])).err, "");
});
