/** The compile flavour: same bundle, same loader, Deno's own way of packing. */
import assert from "node:assert/strict";
import { packProbe, probe, PROBE_LAUNCHER } from "./packed.ts";

const runtime = Deno.env.get("DENORT_BIN");
if (!runtime) {
  console.log("SKIPPED compile flavour: DENORT_BIN names no denort");
}

Deno.test({
  name: "compile flavour: starts, passes arguments on and reads its parts",
  ignore: !runtime,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "csc-compile-" });
    try {
      const program = await packProbe(folder, "compile");
      const env = { HOME: "/h" };
      const report = await probe(program, ["--", "-A"], { env });
      assert.deepEqual(report.args, ["--", "-A"]);
      assert.equal(report.environment["HOME"], "/h");
      assert.equal(report.launcher, PROBE_LAUNCHER);
      assert.deepEqual(report.descriptors, {
        "bridge.so": null,
        launcher: null,
      });
      assert.deepEqual(report.yaml, { a: [1, 2] });
      assert.equal(report.sqlite, "function");
      assert.equal(report.meta.flavour, "compile");
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
