import assert from "node:assert/strict";
import { newExecutionId } from "../../../src/run/execution_id.ts";

const at = (now: number) => ({ now: () => now, monotonic: () => 0 });
const ones = { bytes: (length: number) => new Uint8Array(length).fill(0xff) };
const zeros = { bytes: (length: number) => new Uint8Array(length) };

Deno.test("newExecutionId() lays a UUID of version 7 out as RFC 9562 does", () => {
  // The time of the example in RFC 9562, appendix A.6.
  const time = 0x017f22e279b0;
  assert.equal(
    newExecutionId(at(time), zeros),
    "017f22e2-79b0-7000-8000-000000000000",
  );
  assert.equal(
    newExecutionId(at(time), ones),
    "017f22e2-79b0-7fff-bfff-ffffffffffff",
  );
});

Deno.test("newExecutionId() sorts by time", () => {
  const earlier = newExecutionId(at(1_700_000_000_000), ones);
  const later = newExecutionId(at(1_700_000_000_001), zeros);
  assert.ok(earlier < later);
});
