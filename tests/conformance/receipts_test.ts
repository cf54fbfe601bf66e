import assert from "node:assert/strict";
import { checkReceipt } from "../../src/protocol/receipt.ts";
import { schemaFindings } from "../../src/protocol/schema.ts";
import { type Fixture, fixtures } from "./fixtures.ts";

for (const fixture of fixtures<Fixture>("receipts-valid")) {
  Deno.test(`checkReceipt() accepts ${fixture.id}`, () => {
    assert.equal(fixture.valid, true);
    assert.deepEqual(checkReceipt(fixture.input), []);
    assert.deepEqual(schemaFindings("receipt", fixture.input), []);
  });
}

for (const fixture of fixtures<Fixture>("receipts-invalid")) {
  Deno.test(`checkReceipt() refuses ${fixture.id}`, () => {
    assert.equal(fixture.valid, false);
    const findings = schemaFindings("receipt", fixture.input);
    assert.notDeepEqual(findings, []);
    const pointer = fixture.expected_pointer;
    if (pointer !== undefined) {
      const found = findings.filter(({ where }) => where === pointer);
      assert.ok(found.length > 0, JSON.stringify(findings));
      for (const part of [fixture.expected_error_contains ?? []].flat()) {
        const text = found.map(({ message }) => message).join("\n");
        assert.ok(text.includes(part), `no "${part}" in: ${text}`);
      }
    }
    // A faulty signature has errors of its own, given by the verifier.
    const plain = checkReceipt(fixture.input);
    if (fixture.layer === "signature") assert.deepEqual(plain, []);
    else assert.deepEqual(plain, findings);
  });
}
