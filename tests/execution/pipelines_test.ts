/** Pipelines, in both modes: the rules for exit codes, pipes and the deadline. */
import assert from "node:assert/strict";
import type { Place } from "../sandbox/place.ts";
import { attackTest } from "../sandbox/harness.ts";
import { callIn, endOfAll, type Mode, modeTest, receiptAt } from "./modes.ts";

/** What is expected of one pipeline of shell scripts. */
interface Case {
  readonly scripts: readonly string[];
  readonly code: number;
  readonly out?: string;
  /** Lines of standard error, sorted: segments write it at the same time. */
  readonly err?: readonly string[];
  readonly error?: RegExp;
}

const CASES: Readonly<Record<string, Case>> = {
  "connects its segments and collects all standard error": {
    scripts: ["echo b; echo a; echo e1 >&2", "sort", "tr a-z A-Z; echo e3 >&2"],
    code: 0,
    out: "A\nB\n",
    err: ["e1", "e3"],
  },
  "gives the first segment no input": {
    scripts: ["cat; echo end", "cat"],
    code: 0,
    out: "end\n",
  },
  "passes more than a pipe holds": {
    scripts: ["head -c 3000000 /dev/zero", "tr '\\0' x", "wc -c"],
    code: 0,
    out: "3000000\n",
  },
  "passes bytes that are no text": {
    scripts: ["printf '\\377\\000\\200'", "od -An -tx1"],
    code: 0,
    out: " ff 00 80\n",
  },
  "excuses SIGPIPE of a writer whose reader succeeded": {
    scripts: ["yes", "head -1"],
    code: 0,
    out: "y\n",
  },
  "excuses SIGPIPE along the whole pipeline": {
    scripts: ["yes", "exec cat", "head -1"],
    code: 0,
    out: "y\n",
  },
  "does not excuse SIGPIPE of a writer whose reader failed": {
    scripts: ["exec yes", "head -1; exit 3"],
    code: 141,
    out: "y\n",
  },
  "does not excuse another signal": {
    scripts: ["kill -TERM $$", "cat"],
    code: 143,
  },
  "lets the first failure win over later ones": {
    scripts: ["exit 3", "cat; exit 4", "cat; exit 5"],
    code: 3,
  },
  "sees a failure in the middle": {
    scripts: ["echo x", "cat; exit 4", "cat"],
    code: 4,
    out: "x\n",
  },
  "sees a failure of the last one, and quotes all standard error": {
    scripts: ["echo one >&2", "cat; echo two >&2; exit 6"],
    code: 6,
    err: ["one", "two"],
    error: /^(?:one\ntwo|two\none)\n$/,
  },
  "reports a signal in the last segment as 128+N": {
    scripts: ["echo x", "cat; kill -KILL $$"],
    code: 137,
    out: "x\n",
  },
};

async function perform(place: Place, mode: Mode, scripts: readonly string[]) {
  const vectors = scripts.map((script) => ["sh", "-c", script]);
  const call = await callIn(place, mode, vectors);
  const ended = await place.bare(call.argv);
  const receipt = await receiptAt(call.receiptPath);
  assert.ok(receipt !== null, ended.stderr);
  // Above it stands what the commands wrote; csc's own lines begin like this.
  const err = ended.stderr.split("\n").filter((line) =>
    line !== "" && !line.startsWith("csc: ")
  );
  return { ...ended, receipt, err: err.sort() };
}

async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return `sha256:${new Uint8Array(digest).toHex()}`;
}

for (const [what, expected] of Object.entries(CASES)) {
  const { scripts, code, out = "", err = [], error = /^$/ } = expected;
  modeTest(`a pipeline ${what}`, async (place, mode) => {
    const ran = await perform(place, mode, scripts);
    assert.equal(ran.receipt.exit_code, code, ran.stderr);
    assert.equal(ran.receipt.status, code === 0 ? "success" : "failed");
    assert.equal(ran.code, code === 0 ? 0 : 1);
    assert.equal(ran.stdout, out);
    assert.deepEqual(ran.err, err);
    assert.match(ran.receipt.error ?? "", error);
    assert.equal(ran.receipt.stdout_hash, await sha256(out));
  });
}

modeTest(
  "a pipeline starts nothing where a segment cannot be found",
  async (place, mode) => {
    const marker = `${place.write}/marker`;
    const vectors = [["sh", "-c", `sleep 1; echo ran > ${marker}`], [
      "csc-none",
    ]];
    const call = await callIn(place, mode, vectors);
    await place.bare(call.argv);
    const receipt = await receiptAt(call.receiptPath);
    assert.equal(receipt?.exit_code, 127);
    assert.match(receipt?.error ?? "", /not found.*"csc-none"/);
    await endOfAll(marker);
    await assert.rejects(Deno.stat(marker), Deno.errors.NotFound);
  },
);

modeTest(
  "a pipeline has one deadline, and all of it ends there",
  async (place, mode) => {
    const marker = `${place.write}/marker`;
    const endless = ["sh", "-c", "exec sleep 60", marker];
    const ignoring = [
      "sh",
      "-c",
      "trap '' HUP INT TERM; sleep 60; sleep 60",
      marker,
    ];
    const call = await callIn(
      place,
      mode,
      [endless, ignoring, ["sh", "-c", "kill -STOP $$", marker]],
      { timeoutSec: 1 },
    );
    await place.bare(call.argv);
    const receipt = await receiptAt(call.receiptPath);
    assert.equal(receipt?.exit_code, 124);
    assert.equal(receipt?.error, "command timed out after 1 seconds");
    await endOfAll(marker);
  },
);

modeTest(
  "a child that keeps the pipes open does not keep csc",
  async (place, mode) => {
    const marker = `${place.write}/marker`;
    const leaver = [
      "sh",
      "-c",
      '"$0" heartbeat "$1" leave; echo left',
      place.attacker,
      marker,
    ];
    const call = await callIn(place, mode, [leaver, ["sh", "-c", "head -2"]]);
    const ended = await place.bare(call.argv);
    assert.equal(ended.stdout, "heartbeat: started\nleft\n");
    assert.equal((await receiptAt(call.receiptPath))?.status, "success");
    if (mode === "hardened") await endOfAll(marker);
  },
);

modeTest(
  "a pipeline has real pipes, and its segments no other descriptors",
  async (place, mode) => {
    // What the shell had to find these is closed when it names them.
    const all = "for fd in /proc/$$/fd/*; do " +
      "if [ -L $fd ]; then echo fd ${fd##*/} >&2; fi; done; ";
    const end = (fd: number) =>
      `exec 3>&${fd}; stat -L -c 'end %F %i' /proc/self/fd/3 >&2; `;
    const { err, receipt } = await perform(place, mode, [
      all + end(1),
      all + end(0) + end(1),
      all + end(0),
    ]);
    assert.equal(receipt.status, "success", err.join("\n"));
    const ends = err.filter((line) => line.startsWith("end "));
    assert.ok(ends.every((end) => end.startsWith("end fifo ")), ends.join());
    assert.deepEqual([ends.length, new Set(ends).size], [4, 2]);
    const descriptors = new Set(err.filter((line) => line.startsWith("fd ")));
    // A shell puts a descriptor of its own aside, from 10 on, while it echoes.
    const given = [...descriptors].filter((line) => !/^fd 1[0-2]$/.test(line));
    assert.deepEqual(given.sort(), ["fd 0", "fd 1", "fd 2"]);
  },
);

modeTest(
  "segments of a pipeline see each other's ends while both go on",
  async (place, mode) => {
    const marker = `${place.write}/marker`;
    const call = await callIn(place, mode, [
      ["sh", "-c", `exec >&-; exec sleep 20 2>&- ; : ${marker}`],
      ["sh", "-c", "cat; echo seen >&2; exec <&-; yes; echo broken >&2"],
      ["sh", "-c", "read line; exec <&-; echo read >&2; exec sleep 20"],
    ], { timeoutSec: 25 });
    const csc = place.start(call.argv);
    await csc.until("seen");
    await csc.until("read");
    await csc.until("broken");
    csc.kill("SIGTERM");
    await csc.status();
    assert.equal((await receiptAt(call.receiptPath))?.exit_code, 143);
  },
);

/** Bytes that csc has read, and the most memory that it had, KiB. */
function costOf(pid: number): { read: number; peak: number } {
  const number = (file: string, name: string) => {
    const text = Deno.readTextFileSync(`/proc/${pid}/${file}`);
    const value = new RegExp(`^${name}:\\s*(\\d+)`, "m").exec(text)?.[1];
    assert.ok(value !== undefined, `${name} in ${text}`);
    return Number(value);
  };
  // The process's own file counts what children have read that are over.
  const read = [...Deno.readDirSync(`/proc/${pid}/task`)]
    .reduce((sum, { name }) => sum + number(`task/${name}/io`, "rchar"), 0);
  return { read, peak: number("status", "VmHWM") };
}

modeTest(
  "what flows through a pipeline does not flow through csc",
  async (place, mode) => {
    const cost = async (bytes: number) => {
      const call = await callIn(place, mode, [
        ["head", "-c", String(bytes), "/dev/zero"],
        ["cat"],
        ["sh", "-c", "wc -c; echo counted; exec sleep 20"],
      ], { receiptOut: `${place.private}/receipt-${bytes}.json` });
      const csc = await place.start(call.argv).until("counted");
      assert.match(csc.output, new RegExp(`^${bytes}$`, "m"));
      const found = costOf(csc.pid);
      csc.kill("SIGTERM");
      await csc.status();
      return found;
    };
    const little = await cost(1);
    const much = await cost(200_000_000);
    assert.ok(much.read - little.read < 4_000_000, `read ${much.read} bytes`);
    assert.ok(much.peak - little.peak < 16_384, `had ${much.peak} KiB`);
  },
);

attackTest(
  "a hardened pipeline is one sandbox",
  async (place) => {
    const look = "readlink /proc/self/ns/pid /proc/self/ns/mnt >&2";
    const { err, receipt } = await perform(place, "hardened", [
      look,
      look,
      look,
    ]);
    assert.equal(receipt.status, "success");
    const count = (pattern: RegExp) => {
      const found = err.filter((line) => pattern.test(line));
      return [found.length, new Set(found).size];
    };
    assert.deepEqual(count(/^pid:/), [3, 1]);
    assert.deepEqual(count(/^mnt:/), [3, 1]);
  },
);
