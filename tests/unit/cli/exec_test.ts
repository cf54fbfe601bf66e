import assert from "node:assert/strict";
import { VERB_TEXTS } from "../../../src/cli/manual/verbs.ts";
import { builtInPolicy, type Named } from "../../../src/cli/exec_policy.ts";
import { nameIn } from "../../../src/cli/user_name.ts";
import { parseContract } from "../../../src/protocol/contract.ts";
import { parsePolicy, type Policy } from "../../../src/protocol/policy.ts";
import { utf8 } from "../../../src/core/bytes.ts";
import { tempPlace } from "../run/temp_place.ts";
import { speak } from "./fakes.ts";

const DIR = Deno.realPathSync(tempPlace());
Deno.mkdirSync(`${DIR}/out`);
Deno.writeTextFileSync(`${DIR}/file`, "");

async function contractOf(...words: string[]) {
  const { out, err } = await speak(["exec", "--print-contract", ...words]);
  assert.equal(err, "");
  return parseContract(utf8(out), "printed");
}

Deno.test("csc exec makes a contract that says what its flags say", async () => {
  const contract = await contractOf(
    ...["--cwd", DIR, "--read", `${DIR}/file`, "--read", `${DIR}/out`],
    ...["--write", `${DIR}/./x/../out`, "--write", `${DIR}/new`],
    ...["--env", "LANG", "--env", "HOME", "--env", "LANG", "--timeout=7"],
    ...["--risk", "medium", "--effect", "mutate_repo", "--why", "because"],
    ...["git", "status", "--json"],
  );
  const [command] = contract.commands;
  assert.deepEqual(command?.exec?.argv, ["git", "status", "--json"]);
  assert.equal(command.cwd, DIR);
  assert.deepEqual(command.read_paths, [`${DIR}/file`, `${DIR}/out/**`]);
  assert.deepEqual(command.write_paths, [`${DIR}/out/**`, `${DIR}/new`]);
  assert.deepEqual(command.env_allow, ["LANG", "HOME"]);
  assert.equal(command.timeout_sec, 7);
  assert.equal(command.proposed_effect_type, "mutate_repo");
  assert.equal(contract.risk_class, "medium");
  assert.equal(contract.intent, "because");
  assert.equal(contract.justification, "because");
});

Deno.test("csc exec asks for as little as it can where nothing is said", async () => {
  const contract = await contractOf("--cwd", DIR, "--read", DIR, "true");
  const [command] = contract.commands;
  assert.deepEqual(command?.write_paths, []);
  assert.equal(command?.network, "deny");
  assert.deepEqual(command.env_allow, []);
  assert.equal(command.timeout_sec, 30);
  assert.equal(command.proposed_effect_type, "observe");
  const writing = await contractOf("--write", DIR, "true");
  const effect = writing.commands[0]?.proposed_effect_type;
  assert.equal(effect, "transform_local");
});

Deno.test("csc exec makes the same contract of the same call, and no other", async () => {
  const first = await contractOf("--cwd", DIR, "true");
  assert.deepEqual(await contractOf("--cwd", DIR, "true"), first);
  for (const other of [["false"], ["true", "x"]]) {
    const { contract_id } = await contractOf("--cwd", DIR, ...other);
    assert.notEqual(contract_id, first.contract_id);
  }
});

Deno.test("csc exec cuts an intent that is too long for the protocol", async () => {
  const contract = await contractOf(
    "echo",
    ...Array(20).fill("\u{1f600}".repeat(80)),
  );
  assert.equal([...contract.intent].length, 1000);
});

Deno.test("csc exec passes the root on as it is", async () => {
  const named = await contractOf("--read", "/", "--cwd", DIR, "true");
  assert.deepEqual(named.commands[0]?.read_paths, ["/"]);
  const entered = await contractOf("--cwd", "/", "true");
  assert.deepEqual(entered.commands[0]?.read_paths, ["/"]);
});

Deno.test("csc exec knows every effect type and risk class", async () => {
  const risks = ["low", "medium", "high", "critical"];
  for (const risk of risks) {
    assert.equal((await contractOf("--risk", risk, "true")).risk_class, risk);
  }
  const [exec] = VERB_TEXTS.filter(({ name }) => name === "exec");
  const effects = exec?.flags.find(({ flag }) => flag === "--effect")?.choices;
  assert.equal(effects?.length, 6);
  for (const effect of effects) {
    const { commands } = await contractOf("--effect", effect, "true");
    assert.equal(commands[0]?.proposed_effect_type, effect);
  }
});

Deno.test("csc exec notes variables that are not set, unless quiet", async () => {
  const flags = ["--mode", "local", "--cwd", DIR];
  const only = (...set: string[]) => ({
    env: (name: string) => set.includes(name) ? "" : undefined,
  });
  const asked = ["--env", "FOO", "--env", "PATH", "--env", "BAR", "true"];
  const none = await speak(["exec", ...flags, ...asked], {}, only());
  assert.match(none.err, /^note: FOO, BAR are not set here$/m);
  const one = await speak(["exec", ...flags, ...asked], {}, only("BAR"));
  assert.match(one.err, /^note: FOO is not set here$/m);
  const all = await speak(["exec", ...flags, ...asked], {}, only("BAR", "FOO"));
  assert.doesNotMatch(all.err, /not set/);
  const quiet = await speak(
    ["exec", "--quiet", ...flags, ...asked],
    {},
    only(),
  );
  assert.doesNotMatch(quiet.err, /not set/);
});

const NAMED = {
  argv: ["wc", "-w"],
  cwd: DIR,
  reads: [`${DIR}/**`],
  writes: [],
  timeout: 30,
  effect: "observe",
  risk: "low",
};

async function builtInOf(named: Partial<Named> = {}) {
  const text = JSON.stringify(builtInPolicy({ ...NAMED, ...named }));
  return (await parsePolicy(utf8(text), "built in")).policy;
}

Deno.test("the built-in policy is a policy, and allows no more than it must", async () => {
  const policy = await builtInOf();
  assert.deepEqual(policy.allow_commands, ["wc"]);
  assert.deepEqual(policy.allowed_cwd_prefixes, [DIR]);
  assert.deepEqual(policy.allowed_read_prefixes, [DIR]);
  assert.deepEqual(policy.allowed_write_prefixes, [DIR]);
  assert.equal(policy.max_timeout_sec, 3600);
  assert.deepEqual(policy.allowed_risk_classes, ["low", "medium"]);
  assert.equal(policy.network, "deny");
  assert.equal(policy.allow_secret_refs, false);
});

const WIDENED: [named: Partial<Named>, changed: Partial<Policy>][] = [
  [{ timeout: 7200 }, { max_timeout_sec: 7200 }],
  [{ timeout: 7 }, {}],
  [{ reads: ["/opt/x/**"] }, { allowed_read_prefixes: [DIR, "/opt/x"] }],
  [{ reads: ["/etc/hosts"] }, { allowed_read_prefixes: [DIR, "/etc/hosts"] }],
  [{ reads: ["/"] }, { allowed_read_prefixes: [DIR, "/"] }],
  [{ reads: ["/*"] }, {}],
  [{ writes: ["/srv/a/*.o"] }, { allowed_write_prefixes: [DIR, "/srv/a"] }],
  [
    { effect: "deploy" },
    {
      allowed_effect_types: [
        "observe",
        "transform_local",
        "mutate_repo",
        "deploy",
      ],
    },
  ],
  [
    { risk: "critical" },
    { allowed_risk_classes: ["low", "medium", "critical"] },
  ],
];
for (const [named, changed] of WIDENED) {
  Deno.test(`the built-in policy widens to ${JSON.stringify(named)} and nothing else`, async () => {
    const expected = { ...await builtInOf(), ...changed };
    assert.deepEqual(await builtInOf(named), expected);
  });
}

Deno.test("csc exec allows what its flags name", async () => {
  const flags = ["--mode", "local", "--cwd", DIR, "--exit-code=status"];
  const asked = [
    ["--timeout", "86400"],
    ["--read", "/etc/passwd", "--read", "/usr"],
    ["--write", "/tmp"],
    ["--effect", "deploy"],
    ["--risk", "critical"],
    ["--env", "LANG"],
  ];
  for (const words of asked) {
    const { err } = await speak(["exec", ...flags, ...words, "true"]);
    assert.doesNotMatch(err, /denies/, words.join(" "));
  }
});

const REFUSED: [words: string[], why: RegExp][] = [
  [["git push"], /did you mean "csc exec -- git push"/],
  [
    ["rm -rf x && ls"],
    /did you mean "csc exec -- sh -c 'rm -rf x && ls'"\?/,
  ],
  [["echo $HOME it's"], /exec -- sh -c 'echo \$HOME it'\\''s'"/],
  [["a b; c"], /exec -- sh -c 'a b; c'"/],
  [["--timeout", "0", "true"], /timeout "0"/],
  [["--timeout", "86401", "true"], /timeout "86401"/],
  [["--timeout", "1e3", "true"], /timeout "1e3"/],
  [
    ["--env", "FOO=bar", "true"],
    /"FOO=…" is not a variable's name\n.*--env FOO"/,
  ],
  [["--env==x", "true"], /"=…" is not a variable's name/],
  [
    ["--effect", "read", "true"],
    /--effect "read" is none of observe, transform_local, fetch_external, mutate_repo, deploy, touch_secrets/,
  ],
  [
    ["--risk", "huge", "true"],
    /--risk "huge" is none of low, medium, high, critical/,
  ],
  [["--quiet", "--verbose", "true"], /contradict/],
  [["--read"], /needs a value/],
  [["--write", "--", "true"], /"--write" needs a value/],
  [["-w", ".", "true"], /did you mean "--write"/],
  [["--write", "*.c", "true"], /\*\.c" holds "\*", "\?" or "\["/],
  [["--read", "/w/[id]", "true"], /scope "\/w\/\[id\]" holds/],
  [[], /CMD is missing/],
];
for (const [words, why] of REFUSED) {
  Deno.test(`csc exec refuses ${JSON.stringify(words)}`, async () => {
    const { code, err, settings } = await speak(["exec", ...words]);
    assert.deepEqual([code, settings], [64, undefined]);
    assert.match(err, why);
  });
}

Deno.test("csc exec runs a program whose name does hold a space", async () => {
  Deno.writeTextFileSync(`${DIR}/my tool`, "");
  const contract = await contractOf("--cwd", DIR, "./my tool");
  assert.deepEqual(contract.commands[0]?.exec?.argv, ["./my tool"]);
});

Deno.test("csc exec takes no configured id for a key that a flag names", async () => {
  // Nobody could verify a receipt that names one key and is signed by another.
  const file = `${DIR}/signing.yaml`;
  Deno.writeTextFileSync(file, "signing: { key: /k, key_id: configured }\n");
  Deno.chmodSync(file, 0o600);
  const { code, err, settings } = await speak(
    ["exec", "--cwd", DIR, "--config", file, "--signing-key", "K", "true"],
  );
  assert.deepEqual([code, settings], [125, undefined]);
  assert.match(err, /no --key-id is given/);
});

Deno.test("csc exec is hardened, and keeps its receipt with the state", async () => {
  const { code, err, settings } = await speak(["exec", "--cwd", DIR, "true"]);
  assert.deepEqual([code, settings], [125, undefined]);
  assert.match(err, /hardened mode signs every receipt/);
  const local = await speak(
    ["exec", "--mode", "local", "--cwd", DIR, "true"],
  );
  assert.equal(local.settings?.mode, "local");
  assert.equal(local.settings?.receiptPath, null);
});

const UNSIGNED: [words: string[], hint: RegExp][] = [
  [["true"], /hint: Set up a key with "csc init", or name one/],
  [
    ["--", "make", "--signing-key", "K"],
    /hint: "--signing-key" stands after the command/,
  ],
  [["make", "--signing-key=K"], /hint: "--signing-key" stands after/],
  [["--signing-key", "K", "true"], /hint: Add "--key-id ID"/],
  [
    ["--signing-key", "K", "make", "--key-id", "me"],
    /hint: "--key-id" stands after the command/,
  ],
];
for (const [words, hint] of UNSIGNED) {
  Deno.test(`csc exec says how to sign ${JSON.stringify(words)}`, async () => {
    const asked = ["exec", "--cwd", DIR, ...words];
    const { code, err, settings } = await speak(asked);
    assert.deepEqual([code, settings], [125, undefined]);
    assert.match(err, hint);
  });
}

Deno.test("csc exec ends with the command's exit code, csc -c as well", async () => {
  const { result } = await import("../run/fakes.ts");
  const script = { run: () => result(7) };
  const flags = ["--mode", "local", "--cwd", DIR];
  const asked = ["exec", ...flags, "true"];
  assert.equal((await speak(asked, script)).code, 7);
  const status = ["exec", "--exit-code=status", ...flags, "true"];
  assert.equal((await speak(status, script)).code, 1);
  assert.equal((await speak([...flags, "-c", "true"], script)).code, 7);
});

Deno.test("csc exec says after a denial how a policy comes about", async () => {
  const { endingHint } = await import("../../../src/cli/exec_errors.ts");
  const denied = { verdict: "blocked", error: "x", denied: true } as const;
  const ended = { exitCode: undefined, timeout: "30" };
  assert.match(
    endingHint(denied, { ...ended, builtIn: true }) ?? "",
    /^Name a directory with .*--write DIR.*--print-policy … > policy\.json".*"--policy policy\.json"/,
  );
  assert.equal(endingHint(denied, { ...ended, builtIn: false }), undefined);
});

Deno.test("csc exec says after a timeout how to ask for more time", async () => {
  const { result, stream } = await import("../run/fakes.ts");
  const late = async () => ({
    ...await result(124),
    timedOut: true,
    error: "command timed out after 9 seconds",
  });
  const flags = ["--mode", "local", "--cwd", DIR, "true"];
  const asked = ["exec", "--timeout", "9", ...flags];
  const one = await speak(asked, { run: late });
  assert.match(one.err, /^hint: .*"--timeout SECONDS" \(now 9\)\.$/m);
  const usual = await speak(["exec", ...flags], { run: late });
  assert.match(usual.err, /\(now 30\)/);
  const own = await speak(["exec", ...flags], {
    run: async () => await result(124, { stderr: await stream("late\n") }),
  });
  assert.doesNotMatch(own.err, /hint/);
});

const PASSWD: [uid: number, name: string | null][] = [
  [0, "root"],
  [1000, "mira"],
  [10, null],
];
for (const [uid, name] of PASSWD) {
  Deno.test(`nameIn() finds ${name} for uid ${uid}`, () => {
    const text = "root:x:0:0::/root:/bin/sh\n:x:10:\nmira:x:1000:1000::/:\n";
    assert.equal(nameIn(text, uid), name);
  });
}
