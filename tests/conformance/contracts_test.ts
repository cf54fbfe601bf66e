import assert from "node:assert/strict";
import { contractSha256, parseContract } from "../../src/protocol/contract.ts";
import { schemaFindings } from "../../src/protocol/schema.ts";
import {
  assertRightReason,
  failureOf,
  type Fixture,
  fixtures,
  jsonBytes,
  type LoaderFixture,
} from "./fixtures.ts";

for (const fixture of fixtures<Fixture>("contracts-valid")) {
  Deno.test(`parseContract() accepts ${fixture.id}`, () => {
    assert.equal(fixture.valid, true);
    assert.deepEqual(schemaFindings("contract", fixture.input), []);
    parseContract(jsonBytes(fixture.input), "contract.json");
  });
}

for (const fixture of fixtures<Fixture>("contracts-invalid")) {
  Deno.test(`parseContract() refuses ${fixture.id}`, async () => {
    assert.equal(fixture.valid, false);
    assertRightReason(
      fixture,
      await failureOf(() =>
        parseContract(jsonBytes(fixture.input), "contract.json")
      ),
    );
    // The schema alone must see it, unless it is a limit beyond the schema.
    const findings = schemaFindings("contract", fixture.input);
    assert.equal(findings.length === 0, fixture.layer === "limits");
  });
}

const text = new TextEncoder();

for (
  const fixture of fixtures<LoaderFixture>("contracts-loader", {
    ownOnly: true,
  })
) {
  const bytes = text.encode(fixture.raw_text);
  const verb = fixture.valid ? "reads" : "refuses";
  Deno.test(`parseContract() ${verb} ${fixture.id}`, async () => {
    if (!fixture.valid) {
      const error = await failureOf(() =>
        parseContract(bytes, "contract.json")
      );
      assertRightReason(fixture, error);
      return;
    }
    const digest = await contractSha256(parseContract(bytes, "contract.json"));
    if (fixture.same_sha256_as === undefined) return;
    const twin = text.encode(fixture.same_sha256_as);
    assert.equal(
      digest,
      await contractSha256(parseContract(twin, "contract.json")),
    );
  });
}

// Too large to keep in a file of fixtures.

/** A contract whose command has this argv. */
function contractWith(argv: readonly string[], padding = ""): Uint8Array {
  const [first] = fixtures<Fixture>("contracts-valid");
  const contract = structuredClone(first!.input) as {
    commands: { exec: { argv: readonly string[] } }[];
  };
  contract.commands[0]!.exec.argv = argv;
  return text.encode(JSON.stringify(contract) + padding);
}

const KIB = 1024;

Deno.test("parseContract() accepts an argv element of 128 KiB", () => {
  parseContract(contractWith(["echo", "a".repeat(128 * KIB)]), "c.json");
  // Two bytes of UTF-8 each: the limit counts bytes.
  parseContract(contractWith(["echo", "é".repeat(64 * KIB)]), "c.json");
});

Deno.test("parseContract() refuses an argv element of 128 KiB and a byte", async () => {
  for (const long of ["a".repeat(128 * KIB + 1), "é".repeat(64 * KIB) + "a"]) {
    const error = await failureOf(() =>
      parseContract(contractWith(["echo", long]), "c.json")
    );
    assert.equal(error.code, "CONTRACT_INVALID");
    assert.equal(error.details[0]?.where, "/commands/0/exec/argv/1");
    assert.ok(error.message.length < 400, "the value is cut");
  }
});

Deno.test("parseContract() accepts a file of 1 MiB and refuses one byte more", async () => {
  const bare = contractWith(["echo"]).length;
  const full = contractWith(["echo"], " ".repeat(KIB * KIB - bare));
  assert.equal(full.length, KIB * KIB);
  parseContract(full, "c.json");
  const more = contractWith(["echo"], " ".repeat(KIB * KIB - bare + 1));
  const error = await failureOf(() => parseContract(more, "c.json"));
  assert.equal(error.code, "INPUT_UNREADABLE");
});

Deno.test("parseContract() refuses bytes that are not UTF-8", async () => {
  const good = contractWith(["echo", "XX"]);
  const at = new TextDecoder().decode(good).indexOf("XX");
  // An overlong slash, a UTF-8 encoded surrogate, a stray continuation.
  for (const bad of [[0xc0, 0xaf], [0xed, 0xa0], [0x41, 0x80]]) {
    const bytes = good.slice();
    bytes.set(bad, at);
    const error = await failureOf(() => parseContract(bytes, "c.json"));
    assert.equal(error.code, "INPUT_MALFORMED");
    assert.match(error.message, /not UTF-8/);
  }
});
