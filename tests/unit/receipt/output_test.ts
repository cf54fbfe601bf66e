import assert from "node:assert/strict";
import {
  type HeldDirectory,
  openDirectory,
} from "../../../src/execute/held_directory.ts";
import { openReceiptOutput } from "../../../src/receipt/output.ts";
import { MemoryDirectory } from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";

const names = (dir: string) =>
  [...Deno.readDirSync(dir)].map(({ name }) => name).sort();

Deno.test("openReceiptOutput() makes the directory and writes evidence first", () => {
  const dir = tempPlace();
  const held = new MemoryDirectory();
  const opened: string[] = [];
  const output = openReceiptOutput(`${dir}/a/b/r.json`, (path) => {
    opened.push(path);
    return held;
  });
  assert.deepEqual(opened, [`${dir}/a/b/`]);
  output.write("E", "R");
  assert.deepEqual(held.journal, [
    "try making /",
    "replace early /r.json.evidence.json",
    "replace /r.json",
  ]);
  assert.equal(held.files.get("r.json"), "R");
  assert.deepEqual(names(`${dir}/a/b`), []);
});

Deno.test("openReceiptOutput() knows where the receipt lies behind links", () => {
  const dir = tempPlace();
  Deno.mkdirSync(`${dir}/real`);
  Deno.symlinkSync("real", `${dir}/link`);
  const output = openReceiptOutput(`${dir}/link/r.json`, openDirectory);
  assert.deepEqual(output.places, [
    `${dir}/real/r.json`,
    `${dir}/real/r.json.evidence.json`,
  ]);
  assert.deepEqual(names(`${dir}/real`), []);
});

Deno.test("openReceiptOutput() writes where it opened, whatever the path leads to", () => {
  const dir = tempPlace();
  Deno.mkdirSync(`${dir}/out`);
  const output = openReceiptOutput(`${dir}/out/r.json`, (path) => {
    const held = openDirectory(path);
    // The moment before the start-up checks: the worst for a probe by name.
    Deno.renameSync(`${dir}/out`, `${dir}/moved`);
    Deno.mkdirSync(`${dir}/other`);
    Deno.symlinkSync("other", `${dir}/out`);
    return held;
  });
  output.write("E", "R");
  assert.deepEqual(names(`${dir}/other`), []);
  assert.deepEqual(names(`${dir}/moved`), ["r.json", "r.json.evidence.json"]);
  assert.equal(output.places[0], `${dir}/moved/r.json`);
});

Deno.test("openReceiptOutput() refuses what cannot be a receipt file", () => {
  const dir = tempPlace();
  Deno.mkdirSync(`${dir}/folder`);
  Deno.writeTextFileSync(`${dir}/file`, "");
  const never = (): HeldDirectory => assert.fail("opened");
  const paths: [path: string, open: typeof openDirectory][] = [
    ["", never],
    ["-", never],
    ["/", never],
    [".", never],
    [`${dir}/..`, never],
    [`${dir}/folder`, openDirectory],
    [`${dir}/file/r.json`, openDirectory],
    ["/proc/self/r.json", openDirectory],
  ];
  for (const [path, open] of paths) {
    assert.throws(
      () => openReceiptOutput(path, open),
      { code: "STATE_UNAVAILABLE" },
      path,
    );
  }
});

const OLD_RECEIPT = '{"receipt_version": "csc.receipt.v0.1"}';
const OLD_EVIDENCE = '{"evidence_version":"csc.evidence.v0.1"}';

Deno.test("openReceiptOutput() replaces older receipts and empty files", () => {
  const dir = tempPlace();
  for (
    const [receipt, evidence] of [[OLD_RECEIPT, OLD_EVIDENCE], ["", ""]]
  ) {
    Deno.writeTextFileSync(`${dir}/r`, receipt!);
    Deno.writeTextFileSync(`${dir}/r.evidence.json`, evidence!);
    openReceiptOutput(`${dir}/r`, openDirectory).write("E", "R");
    assert.equal(Deno.readTextFileSync(`${dir}/r`), "R");
  }
});

/** A name, what lies there, and why it stays. */
const KEPT: [string, (path: string) => void, RegExp][] = [
  ["link", (path) => Deno.symlinkSync("/dev/null", path), /symbolic link/],
  ["dangling", (path) => Deno.symlinkSync("none", path), /symbolic link/],
  ["pipe", (path) => {
    new Deno.Command("mkfifo", { args: [path] }).outputSync();
  }, /not an ordinary file/],
  ["folder", (path) => Deno.mkdirSync(path), /is a directory/],
  ["large", (path) => {
    Deno.writeTextFileSync(path, OLD_RECEIPT);
    Deno.truncateSync(path, 16 * 1024 * 1024 + 1);
  }, /file too large/],
  ...[
    "{}",
    "null",
    "words",
    '{"version": "csc.v0.1"}',
    '{"receipt_version": "other.v1"}',
    '{"receipt_version": null}',
    `[${OLD_RECEIPT}]`,
    `${OLD_RECEIPT} x`,
    OLD_EVIDENCE,
  ].map((text): [string, (path: string) => void, RegExp] => [
    text.replaceAll("/", ""),
    (path) => Deno.writeTextFileSync(path, text),
    /is there already, and is no receipt of csc/,
  ]),
];

for (const [name, make, why] of KEPT) {
  Deno.test(`openReceiptOutput() leaves what is there: ${name}`, () => {
    const dir = tempPlace();
    make(`${dir}/r`);
    const before = Deno.lstatSync(`${dir}/r`);
    assert.throws(
      () => openReceiptOutput(`${dir}/r`, openDirectory),
      { code: "STATE_UNAVAILABLE", message: why },
    );
    const after = Deno.lstatSync(`${dir}/r`);
    assert.deepEqual([after.ino, after.size], [before.ino, before.size]);
    assert.deepEqual(names(dir), ["r"]);
  });
}

Deno.test("openReceiptOutput() leaves what lies in the place of the evidence", () => {
  const dir = tempPlace();
  Deno.writeTextFileSync(`${dir}/r`, OLD_RECEIPT);
  Deno.writeTextFileSync(`${dir}/r.evidence.json`, OLD_RECEIPT);
  assert.throws(
    () => openReceiptOutput(`${dir}/r`, openDirectory),
    { code: "STATE_UNAVAILABLE", message: /r\.evidence\.json.*no evidence/ },
  );
});
