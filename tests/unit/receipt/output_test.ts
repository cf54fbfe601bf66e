import assert from "node:assert/strict";
import { isCscError } from "../../../src/core/errors.ts";
import type { HeldDirectory } from "../../../src/execute/native.ts";
import { openReceiptOutput } from "../../../src/receipt/output.ts";
import { MemoryDirectory } from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";

Deno.test("openReceiptOutput() makes the directory and writes evidence first", () => {
  const dir = tempPlace();
  const held = new MemoryDirectory();
  const opened: string[] = [];
  const output = openReceiptOutput(`${dir}/a/b/r.json`, (path) => {
    opened.push(path);
    return held;
  }, []);
  assert.deepEqual(opened, [`${dir}/a/b`]);
  output.write("E", "R");
  assert.deepEqual(held.journal, [
    "replace early /r.json.evidence.json",
    "replace /r.json",
  ]);
  assert.equal(held.files.get("r.json"), "R");
  assert.deepEqual([...Deno.readDirSync(`${dir}/a/b`)], []);
});

Deno.test("openReceiptOutput() follows links of the directory before anything runs", () => {
  const dir = tempPlace();
  Deno.mkdirSync(`${dir}/real`);
  Deno.symlinkSync(`${dir}/real`, `${dir}/link`);
  const opened: string[] = [];
  openReceiptOutput(`${dir}/link/r.json`, (path) => {
    opened.push(path);
    return new MemoryDirectory();
  }, []);
  assert.deepEqual(opened, [`${dir}/real`]);
});

Deno.test("openReceiptOutput() refuses what cannot be a receipt file", () => {
  const dir = tempPlace();
  Deno.mkdirSync(`${dir}/folder`);
  Deno.writeTextFileSync(`${dir}/file`, "");
  const paths = [
    "",
    "/",
    ".",
    `${dir}/folder`,
    `${dir}/..`,
    `${dir}/file/r.json`,
  ];
  for (const path of paths) {
    assert.throws(
      () => openReceiptOutput(path, (): HeldDirectory => assert.fail(), []),
      (error) => isCscError(error) && error.code === "STATE_UNAVAILABLE",
      path,
    );
  }
});

Deno.test("openReceiptOutput() replaces no device, pipe, link or input", () => {
  const dir = tempPlace();
  Deno.symlinkSync("/dev/null", `${dir}/link`);
  new Deno.Command("mkfifo", { args: [`${dir}/pipe`] }).outputSync();
  Deno.writeTextFileSync(`${dir}/contract.json`, "{}");
  Deno.linkSync(`${dir}/contract.json`, `${dir}/same`);
  Deno.writeTextFileSync(`${dir}/old`, "{}");
  Deno.symlinkSync("/dev/null", `${dir}/old.evidence.json`);
  const refused: [name: string, why: RegExp][] = [
    ["link", /is a symbolic link/],
    ["pipe", /is no ordinary file/],
    ["contract.json", /would replace .*contract\.json/],
    ["same", /would replace .*contract\.json/],
    ["old", /old\.evidence\.json" is a symbolic link/],
  ];
  for (const [name, why] of refused) {
    assert.throws(
      () =>
        openReceiptOutput(
          `${dir}/${name}`,
          (): HeldDirectory => assert.fail(),
          [`${dir}/contract.json`, `${dir}/missing`],
        ),
      { code: "STATE_UNAVAILABLE", message: why },
    );
  }
});
