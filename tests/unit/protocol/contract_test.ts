import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import { isCscError } from "../../../src/core/errors.ts";
import type { JsonValue } from "../../../src/core/json.ts";
import {
  argvVectors,
  canonicalContract,
  type Contract,
  contractFromJson,
  contractSha256,
  parseContract,
} from "../../../src/protocol/contract.ts";
import vectors from "../../vectors/reference.json" with { type: "json" };

// Tests change members of any kind, which the frozen wire types forbid.
// deno-lint-ignore no-explicit-any
type Loose = any;

function command(change: Loose = {}): Loose {
  return {
    id: "cmd_1",
    exec: { argv: ["git", "status"] },
    cwd: "/work",
    read_paths: ["/work/**"],
    write_paths: [],
    network: "deny",
    env_allow: [],
    secret_refs: [],
    timeout_sec: 10,
    proposed_effect_type: "observe",
    ...change,
  };
}

function contract(change: Loose = {}): Loose {
  return {
    version: "csc.v0.1",
    contract_id: "contract_1",
    intent: "look",
    actor: {
      agent_id: "a",
      session_id: "s",
      initiating_user: "u",
      delegation_scope: "d",
    },
    commands: [command()],
    risk_class: "low",
    approval_mode: "policy_only",
    justification: "because",
    ...change,
  };
}

function parse(value: unknown): Contract {
  return parseContract(utf8(JSON.stringify(value)), "c.json");
}

function refusal(run: () => unknown) {
  try {
    run();
  } catch (error) {
    assert.ok(isCscError(error), String(error));
    return error;
  }
  return assert.fail("accepted");
}

for (
  const { name, contract, canonical, contract_sha256 } of vectors.contracts
) {
  Deno.test(`parseContract() hashes as the reference does: ${name}`, async () => {
    const parsed = parse(contract);
    assert.equal(canonicalContract(parsed), canonical);
    assert.equal(await contractSha256(parsed), contract_sha256);
  });
}

Deno.test("parseContract() freezes all it returns", () => {
  const parsed = parse(contract({ commands: [command({ pipeline: null })] }));
  const [first] = parsed.commands;
  for (const part of [parsed, parsed.commands, first, first?.exec?.argv]) {
    assert.ok(part !== undefined && Object.isFrozen(part));
  }
});

Deno.test("parseContract() reads 10.0 and 1e1 as 10, with one hash", async () => {
  const text = JSON.stringify(contract());
  const hashes = ["10", "10.0", "1e1"].map((spelling) => {
    const changed = text.replace(
      '"timeout_sec":10',
      `"timeout_sec":${spelling}`,
    );
    return contractSha256(parseContract(utf8(changed), "c.json"));
  });
  assert.equal(new Set(await Promise.all(hashes)).size, 1);
});

Deno.test("parseContract() says the version first and nothing else", () => {
  for (const version of ["csc.v0.2", "", "CSC.v0.1"]) {
    const error = refusal(() => parse({ version, junk: 1 }));
    assert.equal(error.code, "VERSION_UNKNOWN");
    assert.match(error.message, /this csc reads "csc\.v0\.1"/);
  }
  for (const value of [{}, { version: 1 }, { version: null }, [], "x", null]) {
    assert.equal(refusal(() => parse(value)).code, "CONTRACT_INVALID");
  }
});

Deno.test("parseContract() refuses what is not strict JSON or too large", () => {
  const malformed = refusal(() => parseContract(utf8("{"), "c.json"));
  assert.equal(malformed.code, "INPUT_MALFORMED");
  const large = utf8(JSON.stringify(contract()) + " ".repeat(1 << 20));
  const error = refusal(() => parseContract(large, "c.json"));
  assert.equal(error.code, "INPUT_UNREADABLE");
});

const SEGMENT = { argv: ["cat"] };
const PIPELINE = { exec: null, pipeline: { segments: [SEGMENT, SEGMENT] } };
const NULLS: [what: string, change: Loose, where: string | null][] = [
  ["pipeline: null beside exec", { pipeline: null }, null],
  ["exec: null beside pipeline", PIPELINE, null],
  ["both null", { exec: null, pipeline: null }, "/commands/0"],
  ["a null cwd", { cwd: null }, "/commands/0/cwd"],
  [
    "a null argv element",
    { exec: { argv: [null] } },
    "/commands/0/exec/argv/0",
  ],
  ["a null unknown member", { extra: null }, "/commands/0/extra"],
];

for (const [what, change, where] of NULLS) {
  const verb = where === null ? "accepts" : "refuses";
  Deno.test(`parseContract() ${verb} ${what}`, () => {
    const value = contract({ commands: [command(change)] });
    if (where === null) {
      const [first] = parse(value).commands;
      assert.ok(first !== undefined);
      assert.ok(!Object.values(first).includes(null as never));
      return;
    }
    const error = refusal(() => parse(value));
    assert.equal(error.code, "CONTRACT_INVALID");
    const pointers = error.details.map((detail) => detail.where);
    assert.ok(pointers.some((at) => at.startsWith(where)), pointers.join(" "));
  });
}

Deno.test("parseContract() refuses expected_outputs: null", () => {
  const error = refusal(() => parse(contract({ expected_outputs: null })));
  assert.equal(error.details[0]?.where, "/expected_outputs");
});

const many = (count: number, text = "x") => Array(count).fill(text);
const segments = (count: number) => Array(count).fill(SEGMENT);

const LIMITS: [what: string, change: Loose, where: string | null][] = [
  ["200 argv elements", { exec: { argv: many(200) } }, null],
  ["201 argv elements", { exec: { argv: many(201) } }, "/commands/0/exec/argv"],
  ["128 KiB in one element", { exec: { argv: ["x".repeat(131072)] } }, null],
  [
    "one byte more",
    { exec: { argv: ["x", "x".repeat(131073)] } },
    "/commands/0/exec/argv/1",
  ],
  [
    "128 KiB measured in bytes, not characters",
    { exec: { argv: ["é".repeat(65537)] } },
    "/commands/0/exec/argv/0",
  ],
  ["10 segments", { exec: null, pipeline: { segments: segments(10) } }, null],
  [
    "11 segments",
    { exec: null, pipeline: { segments: segments(11) } },
    "/commands/0/pipeline/segments",
  ],
  [
    "201 elements in a segment",
    { exec: null, pipeline: { segments: [SEGMENT, { argv: many(201) }] } },
    "/commands/0/pipeline/segments/1/argv",
  ],
  [
    "NUL in argv",
    { exec: { argv: ["a", "b\0c"] } },
    "/commands/0/exec/argv/1",
  ],
  [
    "NUL in a segment",
    { exec: null, pipeline: { segments: [SEGMENT, { argv: ["\0"] }] } },
    "/commands/0/pipeline/segments/1/argv/0",
  ],
  ["NUL in cwd", { cwd: "/work\0" }, "/commands/0/cwd"],
  [
    "NUL in a read path",
    { read_paths: ["/a", "/\0"] },
    "/commands/0/read_paths/1",
  ],
  [
    "NUL in a write path",
    { write_paths: ["/\0"] },
    "/commands/0/write_paths/0",
  ],
  ["NUL in a variable", { env_allow: ["A\0"] }, "/commands/0/env_allow/0"],
  ["NUL in a secret", { secret_refs: ["A\0"] }, "/commands/0/secret_refs/0"],
];

for (const [what, change, where] of LIMITS) {
  const verb = where === null ? "accepts" : "refuses";
  Deno.test(`parseContract() ${verb} ${what}`, () => {
    const value = contract({ commands: [command(change)] });
    if (where === null) {
      parse(value);
      return;
    }
    const error = refusal(() => parse(value));
    assert.equal(error.code, "CONTRACT_INVALID");
    assert.deepEqual(error.details.map((detail) => detail.where), [where]);
  });
}

Deno.test("parseContract() refuses NUL in expected_outputs", () => {
  const error = refusal(() => parse(contract({ expected_outputs: ["/\0"] })));
  assert.equal(error.details[0]?.where, "/expected_outputs/0");
});

Deno.test("parseContract() refuses a command id used twice", () => {
  const commands = [command(), command({ id: "b" }), command()];
  const error = refusal(() => parse(contract({ commands })));
  assert.deepEqual(error.details.map((detail) => detail.where), [
    "/commands/2/id",
  ]);
  assert.match(error.message, /"cmd_1" is the id of \/commands\/0 already/);
});

Deno.test("parseContract() accepts 20 commands and refuses 21", () => {
  const commands = Array.from(
    { length: 21 },
    (_, i) => command({ id: `c${i}` }),
  );
  parse(contract({ commands: commands.slice(1) }));
  const error = refusal(() => parse(contract({ commands })));
  assert.equal(error.code, "CONTRACT_INVALID");
});

Deno.test("parseContract() reports schema and limits at once, up to 20", () => {
  const bad = command({ cwd: "work\0", timeout_sec: 0 });
  const error = refusal(() =>
    parse(contract({ commands: [bad], risk_class: "x" }))
  );
  const pointers = error.details.map((detail) => detail.where);
  for (const where of ["/risk_class", "/commands/0/timeout_sec"]) {
    assert.ok(pointers.includes(where), pointers.join(" "));
  }
  assert.equal(pointers.filter((at) => at === "/commands/0/cwd").length, 2);

  const flood = contract({
    commands: [command({ read_paths: many(50, "\0") })],
  });
  assert.equal(refusal(() => parse(flood)).details.length, 20);
});

Deno.test("parseContract() escapes what an agent wrote", () => {
  const value = contract({ risk_class: "\u001b[2J\u202e" });
  const error = refusal(() => parse(value));
  const shown = error.message + error.details.map((d) => d.message).join("");
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(shown, /[\u001b\u202e]/);
});

Deno.test("parseContract() does not let __proto__ supply a member", () => {
  const { risk_class: _, ...rest } = contract();
  const text = JSON.stringify(rest).replace(
    "{",
    '{"__proto__":{"risk_class":"low"},',
  );
  const error = refusal(() => parseContract(utf8(text), "c.json"));
  assert.equal(error.code, "CONTRACT_INVALID");
  const pointers = error.details.map((detail) => detail.where);
  assert.ok(pointers.includes("/risk_class"), pointers.join(" "));
  assert.ok(pointers.includes("/__proto__"), pointers.join(" "));
});

Deno.test("contractFromJson() leaves the caller's null alternative alone", () => {
  const value = contract({ commands: [command({ pipeline: null })] });
  contractFromJson(value as JsonValue, "tool call");
  assert.equal(value.commands[0].pipeline, null);
});

Deno.test("argvVectors() lists every program in order", () => {
  const exec = parse(contract());
  const segments = [{ argv: ["a", "b"] }, { argv: ["c"] }];
  const piped = parse(
    contract({ commands: [command({ exec: null, pipeline: { segments } })] }),
  );
  assert.deepEqual(exec.commands.map(argvVectors), [[["git", "status"]]]);
  assert.deepEqual(piped.commands.map(argvVectors), [[["a", "b"], ["c"]]]);
});
