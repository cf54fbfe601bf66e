import assert from "node:assert/strict";
import { earlyError } from "../../../src/cli/early_error.ts";
import { CscError, isCscError } from "../../../src/core/errors.ts";
import { tempPlace } from "../run/temp_place.ts";

const DIR = tempPlace();

function file(name: string, text: string): string {
  Deno.writeTextFileSync(`${DIR}/${name}`, text);
  return `${DIR}/${name}`;
}

const CONTRACT = file("c.json", `{ "version" : "csc.v0.1" }`);
const POLICY = file(
  "p.yaml",
  "# mine\npolicy_schema_version: csc.policy.v0.1\n",
);
const JSON_POLICY = file(
  "p.json",
  `{"policy_schema_version": "csc.policy.v0.1"}`,
);
const OTHER = file("other", "hello");
const ERROR = new CscError("INPUT_MALFORMED", "parse: no", { hint: "Fix it." });

function better(
  operands: string[],
  receipt: string | null = null,
  startedAt = 0,
) {
  const call = { verb: "check", operands, receipt, startedAt };
  const error = earlyError(ERROR, call);
  assert.ok(isCscError(error));
  return error;
}

const CASES: [operands: string[], code: string, message: RegExp][] = [
  [[POLICY, CONTRACT], "USAGE", /they are swapped/],
  [[JSON_POLICY, CONTRACT], "USAGE", /they are swapped/],
  [[POLICY, OTHER], "INPUT_MALFORMED", /it looks like a policy/],
  [[OTHER, CONTRACT], "INPUT_MALFORMED", /it looks like a contract/],
  [[OTHER, OTHER], "INPUT_MALFORMED", /^parse: no$/],
  [[CONTRACT, POLICY], "INPUT_MALFORMED", /^parse: no$/],
  [["-", CONTRACT], "INPUT_MALFORMED", /it looks like a contract/],
  [[], "INPUT_MALFORMED", /^parse: no$/],
];
for (const [operands, code, message] of CASES) {
  const shown = operands.map((path) => path.slice(path.lastIndexOf("/") + 1));
  Deno.test(`earlyError() judges ${shown.join(" ")}`, () => {
    const error = better(operands);
    assert.equal(error.code, code);
    assert.match(error.message, message);
  });
}

Deno.test("earlyError() waits for no pipe", () => {
  const pipe = `${DIR}/pipe`;
  new Deno.Command("mkfifo", { args: [pipe] }).outputSync();
  assert.match(better([pipe, POLICY]).message, /^parse: no$/);
});

Deno.test("earlyError() leaves errors of another kind as they are", () => {
  const call = { verb: "run", operands: [], receipt: null, startedAt: 0 };
  const key = new CscError("KEY_INVALID", "key", { hint: "Make one." });
  assert.equal(earlyError(key, call), key);
  const defect = new TypeError("boom");
  assert.equal(earlyError(defect, call), defect);
});

Deno.test("earlyError() tells of a receipt that is older than the call", () => {
  const receipt = file("r.json", `{"receipt_version": "x"}`);
  const written = Deno.statSync(receipt).mtime!.getTime();
  const older = better([], receipt, written + 1);
  assert.match(
    older.hint ?? "",
    /^Fix it\. The receipt in ".*" is of an earlier/,
  );
  assert.equal(better([], receipt, written).hint, "Fix it.");
  assert.equal(better([], `${DIR}/none`, written + 1).hint, "Fix it.");
  assert.equal(better([], CONTRACT, written + 1e6).hint, "Fix it.");
  assert.equal(better([], DIR, written + 1e6).hint, "Fix it.");
});
