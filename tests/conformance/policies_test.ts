import assert from "node:assert/strict";
import { parsePolicy } from "../../src/protocol/policy.ts";
import { schemaFindings } from "../../src/protocol/schema.ts";
import {
  assertRightReason,
  failureOf,
  type Fixture,
  fixtures,
  jsonBytes,
  type LoaderFixture,
} from "./fixtures.ts";

for (const fixture of fixtures<Fixture>("policies-schema")) {
  const verb = fixture.valid ? "accepts" : "refuses";
  Deno.test(`parsePolicy() ${verb} ${fixture.id}`, async () => {
    const findings = schemaFindings("policy", fixture.input);
    assert.equal(findings.length === 0, fixture.valid);
    const parse = () => parsePolicy(jsonBytes(fixture.input), "policy.json");
    if (fixture.valid) await parse();
    // A file that holds no mapping does not get as far as its schema.
    else if (fixture.expected_pointer === "") await failureOf(parse);
    else assertRightReason(fixture, await failureOf(parse));
  });
}

const text = new TextEncoder();

for (const fixture of fixtures<LoaderFixture>("policies-loader")) {
  const verb = fixture.valid ? "reads" : "refuses";
  Deno.test(`parsePolicy() ${verb} ${fixture.id}`, async () => {
    const parse = (raw: string) =>
      parsePolicy(text.encode(raw), `policy.${fixture.format}`);
    if (!fixture.valid) {
      const error = await failureOf(() => parse(fixture.raw_text));
      assertRightReason(fixture, error);
      return;
    }
    const { sha256 } = await parse(fixture.raw_text);
    if (fixture.same_sha256_as === undefined) return;
    assert.equal(sha256, (await parse(fixture.same_sha256_as)).sha256);
  });
}

Deno.test("parsePolicy() hashes what is written, not the defaults", async () => {
  const [first] = fixtures<LoaderFixture>("policies-loader");
  const written = first!.raw_text;
  const spelledOut = `${written}require_write_paths_empty: false\n`;
  const one = await parsePolicy(text.encode(written), "p.yaml");
  const other = await parsePolicy(text.encode(spelledOut), "p.yaml");
  assert.deepEqual(one.policy, other.policy);
  assert.notEqual(one.sha256, other.sha256);
});

Deno.test("parsePolicy() accepts a file of 512 KiB and refuses one byte more", async () => {
  const [first] = fixtures<LoaderFixture>("policies-loader");
  const limit = 512 * 1024;
  const filled = (size: number) =>
    text.encode(first!.raw_text + "#".repeat(size - first!.raw_text.length));
  await parsePolicy(filled(limit), "p.yaml");
  const error = await failureOf(() => parsePolicy(filled(limit + 1), "p.yaml"));
  assert.equal(error.code, "INPUT_UNREADABLE");
});
