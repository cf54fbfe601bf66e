/**
 * The packed executable starts the same way wherever it is put and whatever
 * surrounds it: the embed flavour, on a program that reports what it sees.
 */
import assert from "node:assert/strict";
import {
  packProbe,
  probe,
  PROBE_BRIDGE,
  PROBE_LAUNCHER,
  type ProbeReport,
  run,
} from "./packed.ts";

let folder = "";
let program = "";

Deno.test.beforeAll(async () => {
  folder = await Deno.makeTempDir({ prefix: "csc-entry-" });
  program = await packProbe(folder, "embed");
});

Deno.test.afterAll(async () => {
  await Deno.remove(folder, { recursive: true });
});

Deno.test("entry: starts with an empty environment, no home, in /", async () => {
  const report = await probe(program);
  assert.deepEqual(report.args, []);
  assert.deepEqual(report.host, {});
  assert.equal(report.environment["HOME"], undefined);
});

Deno.test("entry: all parts can be read after permissions were given up", async () => {
  const report = await probe(program);
  assert.equal(report.launcher, PROBE_LAUNCHER);
  assert.deepEqual(report.yaml, { a: [1, 2] });
  assert.equal(report.loadedOnce, true);
  assert.deepEqual(report.told, [
    { text: "a", calls: 1 },
    { text: "b c", calls: 2 },
  ]);
  assert.equal(report.failed, true);
  assert.equal(report.sqlite, "function");
  assert.equal(report.visible, false);
  assert.equal(report.meta.commit, "c0ffee");
});

/** Both natives as they must be; returns their numbers. */
function checkDescriptors({ descriptors }: ProbeReport): number[] {
  const bridge = descriptors["bridge.so"]!;
  const { launcher } = descriptors;
  assert.equal(bridge.content, String.fromCharCode(...PROBE_BRIDGE));
  assert.equal(bridge.target, "/memfd:csc-bridge (deleted)");
  assert.equal(launcher!.content, PROBE_LAUNCHER);
  assert.equal(launcher!.target, "/memfd:csc-launcher (deleted)");
  for (const made of [bridge, launcher!]) {
    assert.equal(made.closeOnExec, true);
    assert.equal(made.writable, false);
  }
  return [bridge.number, launcher!.number];
}

Deno.test("entry: both natives are there in sealed, close-on-exec memory files", async () => {
  const report = await probe(program);
  const numbers = checkDescriptors(report);
  assert.ok(numbers.every((number) => number > 2), String(numbers));
});

Deno.test("entry: starts where the memory files of the natives cannot be had", async () => {
  const script = 'trap "" XFSZ; ulimit -f 8; exec "$1"';
  const { code, stdout, stderr } = await run(
    "/bin/bash",
    ["-c", script, "bash", program],
  );
  assert.equal(code, 0, stderr);
  const report: ProbeReport = JSON.parse(stdout);
  assert.deepEqual(report.descriptors, { "bridge.so": null, launcher: null });
  assert.equal(report.launcher, PROBE_LAUNCHER);
});

const ARGUMENTS = [
  [],
  [""],
  ["--version"],
  ["-A", "--allow-net", "--v8-flags=--help", "--inspect-brk"],
  ["--", "run", "--", "x"],
  ["a b", "ü\n\t", "'\"\\", "=x", "@file"],
];
for (const args of ARGUMENTS) {
  Deno.test(`entry: passes arguments on unread: ${JSON.stringify(args)}`, async () => {
    assert.deepEqual((await probe(program, args)).args, args);
  });
}

Deno.test("entry: takes arguments and an environment of a megabyte", async () => {
  const args = Array.from({ length: 5000 }, (_, n) => `${n}`.padStart(100));
  const env = Object.fromEntries(
    Array.from({ length: 5000 }, (_, n) => [`V${n}`, "x".repeat(100)]),
  );
  const report = await probe(program, args, { env });
  assert.deepEqual(report.args, args);
  assert.deepEqual(report.host, env);
  assert.equal(report.environment["V4999"], env["V4999"]);
});

Deno.test("entry: the name that it is called by does not matter", async () => {
  for (const name of ["dx", "denort", "deno", "--help", "", "/no/such/file"]) {
    const { code, stdout, stderr } = await run("/bin/bash", [
      "-c",
      'exec -a "$1" "$2" x',
      "bash",
      name,
      program,
    ]);
    assert.equal(code, 0, stderr);
    assert.deepEqual(JSON.parse(stdout).args, ["x"]);
  }
});

Deno.test("entry: starts with standard streams closed, and never as one of them", async () => {
  const script = '"$1" <&- 2>&- | cat';
  const { stdout } = await run("/bin/sh", ["-c", script, "sh", program]);
  const report: ProbeReport = JSON.parse(stdout);
  assert.equal(report.stdin, "/dev/null");
  assert.ok(checkDescriptors(report).every((number) => number > 2));
});

Deno.test("entry: nothing in the current directory is read", async () => {
  const cwd = `${folder}/hostile`;
  await Deno.mkdir(`${cwd}/node_modules`, { recursive: true });
  const broken = ["deno.json", "deno.jsonc", "deno.lock", "package.json"];
  for (const name of [...broken, ".npmrc", ".env", "tsconfig.json"]) {
    await Deno.writeFile(`${cwd}/${name}`, new Uint8Array([0xff, 0x7b, 0x0a]));
  }
  assert.deepEqual((await probe(program, ["x"], { cwd })).args, ["x"]);
});

Deno.test("entry: nothing in the home directory is read or written", async () => {
  const HOME = `${folder}/home`;
  await Deno.mkdir(HOME);
  await Deno.writeFile(`${HOME}/.npmrc`, new Uint8Array([0xff, 0x0a]));
  const report = await probe(program, [], { env: { HOME } });
  assert.equal(report.environment["HOME"], HOME);
  assert.deepEqual([...Deno.readDirSync(HOME)].map(({ name }) => name), [
    ".npmrc",
  ]);
});

const HOSTILE = {
  DENO_V8_FLAGS: "--help",
  DENO_DIR: "SET BELOW",
  DENO_CERT: "/no/such/file",
  DENO_TLS_CA_STORE: "nonsense",
  DENO_LOG: "debug",
  DENO_TRACE_PERMISSIONS: "1",
  DENO_COVERAGE_DIR: "SET BELOW",
  NODE_OPTIONS: "--require /no/such/file",
  NODE_EXTRA_CA_CERTS: "/no/such/file",
  NPM_CONFIG_REGISTRY: "nonsense",
  OTEL_DENO: "true",
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9",
  RUST_LOG: "trace",
};

Deno.test("entry: variables meant for Deno and Node have no effect and stay readable", async () => {
  const planted = `${folder}/planted`;
  const env = {
    ...HOSTILE,
    DENO_DIR: planted,
    DENO_COVERAGE_DIR: planted,
    PLAIN: "kept",
  };
  const report = await probe(program, [], { env });
  assert.deepEqual(report.host, env);
  assert.equal(report.environment["PLAIN"], "kept");
  for (const name of Object.keys(HOSTILE)) {
    if (name === "DENO_DIR" || name === "DENO_LOG") continue;
    assert.equal(report.environment[name], undefined);
  }
  assert.match(report.environment["DENO_LOG"]!, /^error,/);
  assert.match(report.environment["DENO_DIR"]!, /^\/proc\/csc-/);
  await assert.rejects(Deno.stat(planted), Deno.errors.NotFound);
});

Deno.test("hostEnvironment(): keeps bytes that are not UTF-8", async () => {
  const script = 'X=$(printf "a\\377b"); export X; exec "$1"';
  const { stdout } = await run("/bin/sh", ["-c", script, "sh", program]);
  assert.equal(JSON.parse(stdout).host["X"], "a\xffb");
});

Deno.test("entry: starts from a read-only folder under another name", async () => {
  const place = `${folder}/read-only`;
  await Deno.mkdir(place);
  await Deno.copyFile(program, `${place}/other name`);
  await Deno.chmod(`${place}/other name`, 0o555);
  await Deno.chmod(place, 0o555);
  assert.deepEqual((await probe(`${place}/other name`, ["x"])).args, ["x"]);
  assert.equal([...Deno.readDirSync(place)].length, 1);
  await Deno.chmod(place, 0o755);
});

Deno.test("entry: on a terminal nothing is heard of Deno", async () => {
  const csc = new URL("../../dist/csc", import.meta.url).pathname;
  const { code, stdout } = await run("/usr/bin/script", [
    "-qec",
    `${csc} version`,
    "/dev/null",
  ], { env: { PATH: "/usr/bin:/bin" } });
  assert.match(stdout, /^csc [^\n]*\n$/);
  assert.equal(code, 0);
});

Deno.test("entry: without a free descriptor it says so and exits with 126", async () => {
  const script = 'exec <&-; ulimit -n 3; exec "$1"';
  const { code, stderr } = await run("/bin/sh", ["-c", script, "sh", program]);
  assert.equal(stderr, "csc: cannot start: no file descriptor is free\n");
  assert.equal(code, 126);
});

const UNSHARE = ["--user", "--map-root-user", "--mount", "/bin/sh", "-c"];
const userNamespace = await run("/usr/bin/unshare", [...UNSHARE, "exit 0"])
  .catch((error) => ({ code: 1, stderr: String(error) }));
if (userNamespace.code !== 0) {
  console.log(`SKIPPED entry without /proc: ${userNamespace.stderr}`);
}

Deno.test({
  name: "entry: without /proc it says so and exits with 126",
  ignore: userNamespace.code !== 0,
  async fn() {
    const script = 'mount -t tmpfs none /proc && exec "$1"';
    const { code, stderr } = await run(
      "/usr/bin/unshare",
      [...UNSHARE, script, "sh", program],
      { env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" } },
    );
    assert.match(stderr, /^csc: cannot start: .*mount \/proc .*\n$/);
    assert.equal(code, 126);
  },
});
