/**
 * The places at which a test build waits to be killed (native/base/fault.h)
 * are nothing in what is shipped.
 */
import assert from "node:assert/strict";
import { faultyNative } from "../sandbox/faulty_csc.ts";

const DIST = new URL("../../dist/", import.meta.url).pathname;

/** The name under which a process waits at a fault point; kept as it is. */
const MARK = "csc-fault";

/** The variable that chooses one. */
const CHOICE = "CSC_FAULT";

async function holds(path: string, text: string): Promise<boolean> {
  const bytes = await Deno.readFile(path);
  return new TextDecoder("latin1").decode(bytes).includes(text);
}

Deno.test("a test build has fault points, so that one would be found", async () => {
  const scratch = await Deno.makeTempDir({ prefix: "csc-faults-" });
  try {
    for (const name of ["launcher", "bridge.so"] as const) {
      await faultyNative(name, scratch);
      assert.ok(await holds(`${scratch}/${name}`, MARK), name);
    }
    assert.ok(await holds(`${scratch}/bridge.so`, CHOICE));
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
});

for (const name of ["native/launcher", "native/bridge.so", "csc"]) {
  Deno.test(`dist/${name} has no fault point`, async () => {
    assert.equal(await holds(`${DIST}${name}`, MARK), false);
    assert.equal(await holds(`${DIST}${name}`, CHOICE), false);
  });
}
