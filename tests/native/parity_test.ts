/** Numbers and layouts that TypeScript repeats are those of the C headers. */
import assert from "node:assert/strict";
import { visible } from "../../src/core/text.ts";
import { decodeLook, LOOK_LEN } from "../../src/execute/look.ts";
import {
  ANSWER_LEN,
  decodeAnswer,
  encodeRequest,
  type Stage,
  STAGES,
} from "../../src/execute/status.ts";
import {
  MAX_ARGV_ELEMENTS,
  MAX_PIPELINE_SEGMENTS,
} from "../../src/protocol/limits.ts";
import {
  decodeObservation,
  OBSERVATION_MAX,
} from "../../src/execute/observation.ts";
import { wireDump, wireJson } from "./wire_dump.ts";

type Layout = Readonly<Record<string, number>>;

/** Names of stages where the two languages differ. */
const STAGE_NAMES: Readonly<Record<string, Stage>> = {
  USERNS: "user_namespace",
};

Deno.test("STAGES has the numbers of enum csc_stage, and no other", async () => {
  const layout = await wireJson<Layout>("layout");
  const named = Object.entries(layout)
    .filter(([name]) => name.startsWith("CSC_STAGE_"))
    .map(([name, number]) => {
      const short = name.slice("CSC_STAGE_".length);
      return [number, STAGE_NAMES[short] ?? short.toLowerCase()] as const;
    })
    .sort(([a], [b]) => a - b);
  assert.deepEqual(named, STAGES.map((stage, index) => [index, stage]));
});

Deno.test("every stage of the C headers is among those compared", async () => {
  const layout = await wireJson<Layout>("layout");
  const header = await Deno.readTextFile(
    new URL("../../native/base/err.h", import.meta.url),
  );
  const declared = [...header.matchAll(/\bCSC_STAGE_\w+(?= = )/g)];
  assert.ok(declared.length > 10);
  for (const [name] of declared) assert.ok(name in layout, name);
});

Deno.test("FILE_OP has the numbers of enum csc_file_op", async () => {
  const layout = await wireJson<Layout>("layout");
  const source = await Deno.readTextFile(
    new URL("../../src/execute/native.ts", import.meta.url),
  );
  const table = /const FILE_OP = \{([^}]*)\}/.exec(source)?.[1] ?? "";
  const ours = Object.fromEntries(
    [...table.matchAll(/(\w+): (\d+)/g)].map(([, name = "", number]) => [
      `CSC_FILE_${name.replaceAll(/[A-Z]/g, "_$&").toUpperCase()}`,
      Number(number),
    ]),
  );
  const theirs = Object.fromEntries(
    Object.entries(layout).filter(([name]) => name.startsWith("CSC_FILE_")),
  );
  assert.deepEqual(ours, theirs);
});

Deno.test("a plan holds what a contract may ask for", async () => {
  const layout = await wireJson<Layout>("layout");
  assert.equal(layout["CSC_MAX_SEGMENTS"], MAX_PIPELINE_SEGMENTS);
  assert.equal(layout["CSC_MAX_ARGS"], MAX_ARGV_ELEMENTS);
});

Deno.test("encodeRequest() fills every member of struct csc_request", async () => {
  const bytes = encodeRequest({
    launcherFd: 11,
    planFd: 12,
    stdoutFd: -1,
    stderrFd: 14,
    escapeStdout: true,
    escapeStderr: false,
    deadlineMs: 0x100000011,
    stdoutCap: 18,
    stderrCap: 19,
    cgroupFilesLen: 20,
    gateFd: 21,
    progressFd: 22,
  });
  assert.deepEqual(await wireJson("request", bytes), {
    launcher_fd: 11,
    plan_fd: 12,
    stdout_fd: -1,
    stderr_fd: 14,
    escape_stdout: 1,
    escape_stderr: 0,
    deadline_ms: 0x100000011,
    stdout_cap: 18,
    stderr_cap: 19,
    cgroup_files_len: 20,
    gate_fd: 21,
    progress_fd: 22,
  });
});

Deno.test("decodeAnswer() reads every member of struct csc_answer", async () => {
  const bytes = await wireDump("answer");
  assert.equal(bytes.length, ANSWER_LEN);
  const answer = decodeAnswer(bytes);
  assert.deepEqual(
    { outcome: answer.outcome, killedBy: answer.killedBy },
    { outcome: "reported", killedBy: 101 },
  );
  assert.equal(answer.failure, null);
  assert.deepEqual(answer.stagesApplied, ["plan", "exec"]);
  assert.deepEqual(answer.segments, [{
    execErrno: 0,
    exitCode: 3,
    signal: null,
    userUs: 111,
    systemUs: 112,
    maxRssKib: 113,
    changed: false,
  }, {
    execErrno: 13,
    exitCode: null,
    signal: 9,
    userUs: 114,
    systemUs: 0,
    maxRssKib: 0,
    changed: true,
  }]);
  const { total, kept, sha256, lost } = answer.stdout;
  assert.deepEqual({ total, kept, sha256, lost }, {
    total: 0x100000102,
    kept: 104,
    sha256: "ab".repeat(32),
    lost: 117,
  });
  assert.deepEqual(
    [answer.stderr.total, answer.stderr.kept, answer.stderr.sha256],
    [103, 105, "cd".repeat(32)],
  );
  assert.deepEqual([answer.wallUs, answer.spawnUs], [106, 107]);
  assert.equal(answer.ranUs, 0x100000073);
  assert.deepEqual(
    [answer.planSha256, answer.filterSha256],
    ["ef".repeat(32), "01".repeat(32)],
  );
  assert.deepEqual([answer.userUs, answer.systemUs], [115, 116]);
  assert.equal(answer.stderr.lost, 118);
});

Deno.test("decodeObservation() reads every member of struct csc_observation", async () => {
  const layout = await wireJson<Layout>("layout");
  assert.equal(layout["CSC_OBSERVATION_MAX"], OBSERVATION_MAX);
  const bytes = new Uint8Array(OBSERVATION_MAX);
  bytes.set(await wireDump("observation"));
  const found = decodeObservation(bytes);
  assert.deepEqual(found?.seen, {
    kernel: { release: "6.1.0-test", machine: "x86_64" },
    namespaces: {
      user: 201,
      mnt: 202,
      pid: 203,
      net: 204,
      ipc: 205,
      uts: 206,
      cgroup: 207,
    },
    mounts: [
      "1 2 0:3 / /a\\040b ro - tmpfs none rw",
      { base64: btoa("4 1 0:5 / /\xff rw - tmpfs none rw") },
    ],
    mounts_complete: false,
    uid: 211,
    gid: 212,
    uid_map: [
      { inside: 0, outside: 100000, count: 200 },
      { inside: 211, outside: 65534, count: 1 },
    ],
    gid_map: [{ inside: 212, outside: 5, count: 1 }],
    capabilities: {
      inheritable: "0000000000000001",
      permitted: "0000000000000002",
      effective: "0000000000000003",
      bounding: "000001ffffffffff",
      ambient: "8000000000000000",
    },
    no_new_privs: true,
    seccomp_mode: 2,
  });
  assert.deepEqual(found.stages, ["seccomp", "observe"]);
  assert.deepEqual([...found.limits], [[7, 1024], [1, 2 ** 40]]);
  assert.equal(found.uidOutside, 65534);
  assert.deepEqual(found.files, [{
    errno: 0,
    identity: "65024 221 222 -223 224",
    ctimeNs: 224n,
    device: "254:0",
    inode: "221",
    size: 222,
  }, {
    errno: 2,
    identity: "0 0 0 0 0",
    ctimeNs: 0n,
    device: "0:0",
    inode: "0",
    size: 0,
  }]);
});

Deno.test("a device number has the parts that /proc/self/mountinfo shows", async () => {
  const bytes = new Uint8Array(OBSERVATION_MAX);
  bytes.set(await wireDump("observation"));
  const view = new DataView(bytes.buffer);
  const files = (await wireJson<Layout>("layout"))["observation.files"]!;
  // makedev(0x123, 0x45678)
  view.setBigUint64(files, 0x45612378n, true);
  const [file] = decodeObservation(bytes)!.files;
  assert.equal(file?.device, `${0x123}:${0x45678}`);
});

Deno.test("decodeObservation() sees nothing before the bridge has written the magic", async () => {
  const bytes = new Uint8Array(OBSERVATION_MAX);
  bytes.set(await wireDump("observation"));
  bytes.fill(0, 0, 4);
  assert.equal(decodeObservation(bytes), null);
});

Deno.test("decodeLook() reads every member of struct csc_look", async () => {
  const bytes = await wireDump("look");
  assert.equal(bytes.length, LOOK_LEN);
  assert.deepEqual(decodeLook(bytes), {
    kind: "link",
    mode: 0o4640,
    uid: 4294967294,
    gid: 4294967293,
    dev: 0x100000001n,
    ino: 0xffffffffffffffffn,
    names: 2,
    target: "x".repeat(4095),
  });
});

Deno.test("decodeAnswer() reads the stage that failed in the launcher", async () => {
  const answer = decodeAnswer(await wireDump("failure"));
  assert.deepEqual(answer.failure, {
    stage: "mounts",
    errno: 2,
    text: 'open "/x"',
  });
  assert.deepEqual(answer.segments, []);
});

Deno.test("output on a terminal hides what csc's own messages hide", async () => {
  const characters: string[] = [];
  for (let code = 1; code <= 0x10ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    // Wide spaces are ordinary text in what a program prints.
    if (!/\p{Zs}/u.test(character)) characters.push(character);
  }
  const bytes = new TextEncoder().encode(characters.join("\n"));
  const shown = new TextDecoder().decode(await wireDump("visible", bytes));
  const wrong: string[] = [];
  const pieces = shown.split("\n");
  // The line feed among the characters is a line of its own.
  const own = characters.indexOf("\n");
  pieces.splice(own, 2, "\n");
  characters.forEach((character, index) => {
    const kept = visible(character, { keepLayout: true }) === character;
    if ((pieces[index] === character) !== kept) {
      wrong.push(character.codePointAt(0)!.toString(16));
    }
  });
  assert.deepEqual(wrong, []);
});
