import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import { type ErrorCode, isCscError } from "../../../src/core/errors.ts";
import {
  type CommandResult,
  STDERR_CAP,
  STDOUT_CAP,
} from "../../../src/execute/executor.ts";
import {
  createLocalExecutor,
  pipelineExitCode,
} from "../../../src/execute/local.ts";
import type { Command, Contract } from "../../../src/protocol/contract.ts";
import type { Policy } from "../../../src/protocol/policy.ts";
import { command } from "../run/fakes.ts";
import { tempPlace } from "../run/temp_place.ts";

const PLACE = tempPlace();
const PATH = Deno.env.get("PATH") ?? "/usr/bin:/bin";

function policyFor(...prefixes: string[]): Policy {
  return {
    allowed_cwd_prefixes: prefixes,
    allowed_read_prefixes: prefixes,
    allowed_write_prefixes: prefixes,
  } as unknown as Policy;
}

interface Setting {
  readonly env?: Record<string, Uint8Array>;
  readonly escape?: boolean;
  readonly policy?: Policy;
}

function prepare(one: Partial<Command>, setting: Setting = {}) {
  const live = { 1: "", 2: "" };
  const executor = createLocalExecutor({
    environment: () =>
      new Map(Object.entries({ PATH: utf8(PATH), ...setting.env })),
    write: (fd, bytes) => {
      if (fd === 1 || fd === 2) live[fd] += new TextDecoder().decode(bytes);
      return Promise.resolve();
    },
  });
  const contract = {
    commands: [command("one", { cwd: PLACE, read_paths: [], ...one })],
  } as unknown as Contract;
  const policy = setting.policy ?? policyFor(PLACE);
  return { live, prepared: executor.prepare(contract, policy, []) };
}

async function run(one: Partial<Command>, setting: Setting = {}) {
  const { live, prepared } = prepare(one, setting);
  const [first] = (await prepared).commands;
  const escape = setting.escape ?? false;
  const result = await first!.run({
    stdoutFd: 1,
    stderrFd: 2,
    escapeStdout: escape,
    escapeStderr: escape,
  });
  return {
    ...result,
    live,
    out: text(result, "stdout"),
    err: text(result, "stderr"),
  };
}

function text(result: CommandResult, name: "stdout" | "stderr"): string {
  return new TextDecoder().decode(result[name].bytes);
}

const sh = (script: string): Partial<Command> => ({
  exec: { argv: ["sh", "-c", script] },
});

/** A pipeline of shell scripts. */
function pipe(...scripts: string[]): Partial<Command> {
  const { exec: _, ...rest } = command("one", { cwd: PLACE, read_paths: [] });
  const segments = scripts.map((script) => ({ argv: ["sh", "-c", script] }));
  return { ...rest, pipeline: { segments } };
}

function runPipe(...scripts: string[]) {
  const one = pipe(...scripts) as Record<string, unknown>;
  // `command()` fills exec in; a pipeline has none.
  return run({ ...one, exec: undefined } as unknown as Partial<Command>);
}

Deno.test("local run captures, hashes and passes on both streams", async () => {
  const result = await run(sh("echo out; echo err >&2; exit 7"));
  assert.equal(result.exitCode, 7);
  assert.equal(result.error, "");
  assert.deepEqual([result.out, result.err], ["out\n", "err\n"]);
  assert.deepEqual(result.live, { 1: "out\n", 2: "err\n" });
  assert.equal(
    result.stdout.sha256,
    "54034ac5c6e9ea95734ec2b729fd6d62abf64af34a9f9ce5d466cb788191a73d",
  );
});

Deno.test("local run gives PATH and the named variables, nothing else", async () => {
  const result = await run(
    { exec: { argv: ["env"] }, env_allow: ["YES", "ABSENT"] },
    { env: { YES: utf8("ü"), SECRET: utf8("no") } },
  );
  const names = result.out.trim().split("\n").sort();
  assert.deepEqual(names, [`PATH=${PATH}`, "YES=ü"]);
});

Deno.test("local run gives an empty stdin and the declared cwd", async () => {
  assert.equal((await run(sh("cat; pwd"))).out, `${PLACE}\n`);
});

const CODES: [
  what: string,
  one: Partial<Command>,
  code: number,
  error: RegExp,
][] = [
  ["not found", { exec: { argv: ["csc-no-such-program"] } }, 127, /not found/],
  [
    "not executable",
    { exec: { argv: ["/etc/passwd"] } },
    126,
    /cannot be executed/,
  ],
  ["a directory", { exec: { argv: ["/etc"] } }, 126, /cannot be executed/],
  ["a missing cwd", { ...sh("true"), cwd: `${PLACE}/nowhere` }, 126, /cwd/],
  ["death by signal", sh("kill -TERM $$"), 143, /^$/],
];
for (const [what, one, code, error] of CODES) {
  Deno.test(`local run gives ${code} for ${what}`, async () => {
    const result = await run(one);
    assert.equal(result.exitCode, code);
    assert.match(result.error, error);
    assert.equal(result.timedOut, false);
  });
}

Deno.test("local run ends the command and its group at the deadline", async () => {
  const result = await run({
    ...sh("sleep 100 & echo $!; wait"),
    timeout_sec: 1,
  });
  assert.equal(result.exitCode, 124);
  assert.equal(result.timedOut, true);
  assert.equal(result.error, "command timed out after 1 seconds");
  await assertGone(Number(result.out));
});

Deno.test("local run leaves no background process of the group", async () => {
  const result = await run(sh("sleep 100 & echo $!"));
  assert.equal(result.exitCode, 0);
  assert.deepEqual(result.facts, { output_complete: true });
  await assertGone(Number(result.out));
});

Deno.test("local run does not hang on one that left the group with the pipe", async () => {
  const result = await run(sh(
    "setsid sleep 5 & while ! ps -o sid= -p $! | grep -qw $!; do :; done; echo done",
  ));
  assert.equal(result.exitCode, 0);
  assert.equal(result.out, "done\n");
  assert.deepEqual(result.facts, { output_complete: false });
});

/** "" for a process that is gone. */
function processState(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ")[1] ?? "";
  } catch (error) {
    assert.ok(error instanceof Deno.errors.NotFound);
    return "";
  }
}

/**
 * True death or a zombie that init has yet to reap. A killed process dies when
 * it is next scheduled, so a few looks are allowed.
 */
async function assertGone(pid: number): Promise<void> {
  assert.ok(pid > 1);
  let state = processState(pid);
  for (let look = 0; look < 100 && !/^(?:$|Z)/.test(state); look++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    state = processState(pid);
  }
  assert.match(state, /^(?:$|Z)/, "still there");
}

Deno.test("local run keeps up to the cap and counts the rest", async () => {
  const result = await run(sh(
    `head -c ${STDOUT_CAP + 1} /dev/zero; head -c ${STDERR_CAP} /dev/zero >&2`,
  ));
  assert.equal(result.stdout.bytes.length, STDOUT_CAP);
  assert.equal(result.stdout.total, STDOUT_CAP + 1);
  assert.deepEqual([result.stdout.truncated, result.stderr.truncated], [
    true,
    false,
  ]);
  assert.equal(result.live[1].length, STDOUT_CAP + 1);
});

Deno.test("local run escapes what a person sees, not what it captures", async () => {
  const result = await run(
    sh("printf '\\033[31mred\\n\\303'; printf '\\274\\n'"),
    {
      escape: true,
    },
  );
  assert.equal(result.out, "\x1b[31mred\nü\n");
  assert.equal(result.live[1], "\\u001b[31mred\nü\n");
});

Deno.test("local pipeline connects its segments", async () => {
  const result = await runPipe(
    "echo b; echo a; echo e1 >&2",
    "sort",
    "tr a-z A-Z; echo e3 >&2",
  );
  assert.equal(result.exitCode, 0);
  assert.equal(result.out, "A\nB\n");
  assert.deepEqual(result.err.trim().split("\n").sort(), ["e1", "e3"]);
});

Deno.test("local pipeline excuses an early writer of a reader that is done", async () => {
  const result = await runPipe("yes", "head -1");
  assert.deepEqual([result.exitCode, result.out], [0, "y\n"]);
});

Deno.test("local pipeline fails with the first segment that fails", async () => {
  assert.equal((await runPipe("exit 3", "cat; exit 4", "cat")).exitCode, 3);
});

Deno.test("local pipeline starts nothing it cannot start whole", async () => {
  const result = await run({
    exec: undefined,
    pipeline: {
      segments: [{ argv: ["sleep", "100"] }, { argv: ["csc-none"] }],
    },
  } as unknown as Partial<Command>);
  assert.equal(result.exitCode, 127);
});

Deno.test("local pipeline has one deadline for all", async () => {
  const one = pipe("sleep 100", "sleep 100") as Record<string, unknown>;
  const result = await run(
    { ...one, exec: undefined, timeout_sec: 1 } as unknown as Partial<Command>,
  );
  assert.deepEqual([result.exitCode, result.timedOut], [124, true]);
});

const PIPELINE_CODES: [codes: number[], expected: number][] = [
  [[0, 0], 0],
  [[1, 2], 1],
  [[0, 2], 2],
  [[141, 0], 0],
  [[141, 1], 141],
  [[0, 141], 141],
  [[141, 141, 0], 141],
];
for (const [codes, expected] of PIPELINE_CODES) {
  Deno.test(`pipelineExitCode() makes ${codes} ${expected}`, () => {
    assert.equal(pipelineExitCode(codes), expected);
  });
}

function escapePlace(): string {
  const dir = tempPlace();
  Deno.mkdirSync(`${dir}/in/real`, { recursive: true });
  Deno.mkdirSync(`${dir}/outside`);
  Deno.symlinkSync(`${dir}/outside`, `${dir}/in/out`);
  Deno.symlinkSync("../outside/later", `${dir}/in/dangling`);
  Deno.symlinkSync(`${dir}/in/real`, `${dir}/in/inner`);
  return dir;
}

const DIR = escapePlace();
const INSIDE = { policy: policyFor(`${DIR}/in`) };

const REFUSED: [what: string, one: Partial<Command>, code: ErrorCode][] = [
  ["a cwd that leads out", { cwd: `${DIR}/in/out` }, "PATH_ESCAPE"],
  [
    "a read scope that leads out",
    { read_paths: [`${DIR}/in/out/**`] },
    "PATH_ESCAPE",
  ],
  [
    "a write scope that leads out",
    { write_paths: [`${DIR}/in/out/new`] },
    "PATH_ESCAPE",
  ],
  [
    "a scope behind a link to what does not exist yet",
    { write_paths: [`${DIR}/in/dangling/x`] },
    "PATH_ESCAPE",
  ],
  ["secrets", { secret_refs: ["token"] }, "NOT_ENFORCEABLE"],
];
for (const [what, one, code] of REFUSED) {
  Deno.test(`local prepare refuses ${what}`, async () => {
    const { prepared } = prepare({ cwd: `${DIR}/in`, ...one }, INSIDE);
    await assert.rejects(
      prepared,
      (error) => isCscError(error) && error.code === code,
    );
  });
}

Deno.test("local prepare refuses a variable that is not UTF-8", async () => {
  const env = { RAW: new Uint8Array([0xff]) };
  await assert.rejects(
    prepare({ env_allow: ["RAW"] }, { env }).prepared,
    (error) => isCscError(error) && error.code === "NOT_ENFORCEABLE",
  );
});

Deno.test("local prepare accepts links that stay inside and paths to come", async () => {
  const one = {
    cwd: `${DIR}/in/inner`,
    read_paths: [`${DIR}/in/inner/**`],
    write_paths: [`${DIR}/in/new/deep/*.txt`],
  };
  await prepare(one, INSIDE).prepared;
});

Deno.test("local run looks at cwd again when it starts", async () => {
  const dir = tempPlace();
  Deno.mkdirSync(`${dir}/in/here`, { recursive: true });
  const { prepared } = prepare(
    { ...sh("pwd"), cwd: `${dir}/in/here` },
    { policy: policyFor(`${dir}/in`) },
  );
  const [first] = (await prepared).commands;
  Deno.removeSync(`${dir}/in/here`);
  Deno.symlinkSync("/", `${dir}/in/here`);
  await assert.rejects(
    first!.run({
      stdoutFd: -1,
      stderrFd: -1,
      escapeStdout: false,
      escapeStderr: false,
    }),
    (error) => isCscError(error) && error.code === "PATH_ESCAPE",
  );
});
