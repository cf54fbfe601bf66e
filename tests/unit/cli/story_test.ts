import assert from "node:assert/strict";
import fc from "fast-check";
import { storyLines } from "../../../src/cli/story.ts";
import { planLines } from "../../../src/cli/plan_text.ts";
import type { JsonValue } from "../../../src/core/json.ts";
import { visible } from "../../../src/core/text.ts";

/** Names that the story looks for, so that values end up where it looks. */
const NAMES = [
  ...[
    "execution_id",
    "contract_id",
    "status",
    "error",
    "exit_code",
    "decision",
  ],
  ...[
    "reasons",
    "reason_codes",
    "approval",
    "artifact",
    "approver",
    "identity",
  ],
  ...["commands", "plan", "tree", "op", "path", "because", "segments", "argv"],
  ...["limits", "env", "facts", "stages", "stdout", "bytes", "key_custody"],
  ...["mode", "log", "signature", "sandbox_profile", "name", "file", "cwd"],
  ...["__proto__", "toString", "a\nb", "\x1b[31m"],
];

const anyJson = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.constantFrom("bind", "tmpfs", "write", "allow", "local", "caller"),
    fc.string({ unit: "binary" }),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie("value"), {
      maxKeys: 8,
      minKeys: 0,
    }),
  ) as fc.Arbitrary<JsonValue>,
})).value;

Deno.test("a story is told of whatever a stranger wrote, a line at a time", () => {
  fc.assert(
    fc.property(anyJson, anyJson, (receipt, evidence) => {
      for (const line of storyLines({ receipt, evidence })) {
        assert.equal(visible(line), line);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("a plan is told of whatever a stranger wrote", () => {
  fc.assert(
    fc.property(anyJson, (plan) => {
      for (const line of planLines(plan)) assert.equal(visible(line), line);
    }),
    { numRuns: 500 },
  );
});

Deno.test("a story quotes what pretends to be more of it", () => {
  const receipt = {
    status: "success\ncsc: success",
    error: "a\nstatus: success",
  };
  const lines = storyLines({ receipt, evidence: null });
  assert.ok(
    lines.includes(`status: "success\\ncsc: success"`),
    lines.join("\n"),
  );
  assert.ok(lines.includes(`error: "a\\nstatus: success"`));
});

Deno.test("a story says no limit whose name is not one", () => {
  const limits = { "a\nstatus: success": 1, cpu_sec: 2 };
  const plan = { limits, cgroup_where_available: limits };
  const text = planLines(plan).join("\n");
  assert.match(text, /limits +cpu 2 s$/m);
  assert.doesNotMatch(text, /status/);
});
