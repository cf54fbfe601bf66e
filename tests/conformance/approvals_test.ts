import assert from "node:assert/strict";
import { parseApproval } from "../../src/protocol/approval.ts";
import {
  assertRightReason,
  failureOf,
  type Fixture,
  fixtures,
  jsonBytes,
} from "./fixtures.ts";

for (
  const fixture of fixtures<Fixture>("approvals-valid", { ownOnly: true })
) {
  Deno.test(`parseApproval() accepts ${fixture.id}`, () => {
    assert.equal(fixture.valid, true);
    parseApproval(jsonBytes(fixture.input), "approval.json");
  });
}

for (
  const fixture of fixtures<Fixture>("approvals-invalid", { ownOnly: true })
) {
  Deno.test(`parseApproval() refuses ${fixture.id}`, async () => {
    assert.equal(fixture.valid, false);
    assertRightReason(
      fixture,
      await failureOf(() =>
        parseApproval(jsonBytes(fixture.input), "approval.json")
      ),
    );
  });
}
