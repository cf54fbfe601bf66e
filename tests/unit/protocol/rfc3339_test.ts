import assert from "node:assert/strict";
import fc from "fast-check";
import { schemaFindings } from "../../../src/protocol/schema.ts";
import { formatRfc3339, parseRfc3339 } from "../../../src/protocol/rfc3339.ts";

const READ: [text: string, milliseconds: number][] = [
  ["1970-01-01T00:00:00Z", 0],
  ["1970-01-01t00:00:00z", 0],
  ["1970-01-01T01:00:00+01:00", 0],
  ["1969-12-31T18:30:00-05:30", 0],
  ["1970-01-01T00:00:00-00:00", 0],
  ["1970-01-01T00:00:00.5Z", 500],
  ["2026-11-21T02:20:34.199693+00:00", 1795227634199.693],
  ["2024-02-29T23:59:59Z", 1709251199000],
  ["2000-02-29T00:00:00Z", 951782400000],
  ["0001-01-01T00:00:00Z", -62135596800000],
];

for (const [text, milliseconds] of READ) {
  Deno.test(`parseRfc3339() reads ${text}`, () => {
    const parsed = parseRfc3339(text);
    assert.ok(parsed !== null && Math.abs(parsed - milliseconds) < 0.001);
  });
}

const REFUSED = [
  "",
  "2026-11-21",
  "2026-11-21T02:20:34",
  "2026-11-21T02:20Z",
  "2026-11-21 02:20:34Z",
  "2026-11-21T02:20:34 Z",
  "2026-11-21T02:20:34+0100",
  "2026-11-21T02:20:34+01",
  "2026-11-21T02:20:34.Z",
  "2026-11-21T02:20:34,5Z",
  "2026-11-21T02:20:34UTC",
  " 2026-11-21T02:20:34Z",
  "2026-11-21T02:20:34Z\n",
  "26-11-21T02:20:34Z",
  "+002026-11-21T02:20:34Z",
  "2026-1-21T02:20:34Z",
  "2026-00-21T02:20:34Z",
  "2026-13-21T02:20:34Z",
  "2026-11-00T02:20:34Z",
  "2026-11-31T02:20:34Z",
  "2026-02-29T02:20:34Z",
  "1900-02-29T02:20:34Z",
  "2026-11-21T24:00:00Z",
  "2026-11-21T02:60:34Z",
  "2026-11-21T02:20:60Z",
  "2016-12-31T23:59:60Z",
  "2026-11-21T02:20:34+24:00",
  "2026-11-21T02:20:34+01:60",
  "２026-11-21T02:20:34Z",
];

for (const text of REFUSED) {
  Deno.test(`parseRfc3339() refuses ${JSON.stringify(text)}`, () => {
    assert.equal(parseRfc3339(text), null);
  });
}

Deno.test("parseRfc3339() reads what formatRfc3339() writes", () => {
  assert.equal(formatRfc3339(0), "1970-01-01T00:00:00.000Z");
  const date = fc.date({
    min: new Date("0000-01-01T00:00:00Z"),
    max: new Date("9999-12-31T23:59:59Z"),
    noInvalidDate: true,
  });
  fc.assert(fc.property(date, (value) => {
    const text = formatRfc3339(value.getTime());
    assert.equal(parseRfc3339(text), value.getTime());
  }));
});

Deno.test("parseRfc3339() and the schemas accept the same texts", () => {
  const approval = {
    approval_version: "csc.approval.v0.1",
    approval_id: "a",
    contract_sha256: "0".repeat(64),
    approver: { identity: "i", method: "cli" },
    expires_at: "2030-01-01T00:00:00Z",
    scope: "time_window",
  };
  for (const text of [...REFUSED, ...READ.map(([text]) => text)]) {
    const findings = schemaFindings("approval", {
      ...approval,
      approved_at: text,
    });
    assert.equal(findings.length === 0, parseRfc3339(text) !== null, text);
  }
});
