import assert from "node:assert/strict";
import { readPrivateKey } from "../../../src/cli/inputs.ts";
import { tempPlace } from "../run/temp_place.ts";

const UID = Deno.uid() ?? 0;

Deno.test("readPrivateKey() reads a key that has one name only", () => {
  const path = `${tempPlace()}/key`;
  Deno.writeTextFileSync(path, "secret", { mode: 0o600 });
  assert.equal(readPrivateKey(path, UID).bytes.length, 6);
  Deno.linkSync(path, `${path}.2`);
  for (const name of [path, `${path}.2`]) {
    assert.throws(
      () => readPrivateKey(name, UID),
      { code: "KEY_INVALID", message: /2 hard links/ },
    );
  }
  Deno.removeSync(`${path}.2`);
  assert.equal(readPrivateKey(path, UID).bytes.length, 6);
});
