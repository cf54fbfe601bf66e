import assert from "node:assert/strict";
import { utf8 } from "../../../src/core/bytes.ts";
import { type ErrorCode, isCscError } from "../../../src/core/errors.ts";
import { STDERR_CAP, STDOUT_CAP } from "../../../src/execute/executor.ts";
import { heardEnding, listenForEnding } from "../../../src/execute/signals.ts";
import type { Command } from "../../../src/protocol/contract.ts";
import { tempPlace } from "../run/temp_place.ts";
import {
  assertGone,
  PATH,
  PLACE,
  policyFor,
  prepare,
  run,
  sh,
} from "./local_runs.ts";

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

Deno.test("local run ends what has stopped itself at the deadline", async () => {
  const result = await run({ ...sh("echo $$; kill -STOP $$"), timeout_sec: 1 });
  assert.deepEqual([result.exitCode, result.timedOut], [124, true]);
  await assertGone(Number(result.out));
});

Deno.test("local run starts nothing once csc was told to end", async () => {
  const close = listenForEnding();
  try {
    assert.equal(heardEnding(), null);
    Deno.kill(Deno.pid, "SIGHUP");
    while (heardEnding() === null) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const result = await run(sh("echo ran"));
    assert.deepEqual([result.exitCode, result.out], [129, ""]);
    assert.equal(result.error, "interrupted by SIGHUP");
    assert.equal(result.timedOut, false);
  } finally {
    close();
  }
  // Whoever listens next has not heard what was said before.
  assert.equal(heardEnding(), null);
  assert.equal((await run(sh("echo ran"))).out, "ran\n");
});

Deno.test("local run leaves no background process of the group", async () => {
  const result = await run(sh("sleep 100 & echo $!"));
  assert.equal(result.exitCode, 0);
  assert.equal(result.facts["output_complete"], true);
  await assertGone(Number(result.out));
});

Deno.test("local run does not hang on one that left the group with the pipe", async () => {
  const result = await run(sh(
    "setsid sleep 5 & while ! ps -o sid= -p $! | grep -qw $!; do :; done; echo done",
  ));
  assert.equal(result.exitCode, 0);
  assert.equal(result.out, "done\n");
  assert.equal(result.facts["output_complete"], false);
});

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
