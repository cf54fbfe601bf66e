/** scripts/task.sh picks the right deno and tells it what it must know. */
import assert from "node:assert/strict";
import { ROOT } from "../../scripts/build/paths.ts";
import { run } from "./packed.ts";

/** Stand-ins for tools: each prints what it was called with and knows. */
const REPORT = 'echo "$0 $*" | sed "s|.*/||"; pwd; ' +
  'echo "registry=${NPM_CONFIG_REGISTRY:-} ca=$DENO_TLS_CA_STORE"';

/** Runs task.sh with nothing but the given tools beside those of the system. */
async function task(
  tools: Record<string, string>,
  args: string[],
  env: Record<string, string> = {},
) {
  const folder = await Deno.makeTempDir({ prefix: "csc-task-" });
  try {
    for (const tool of ["dirname", "sed", "mkdir"]) {
      await Deno.symlink(`/usr/bin/${tool}`, `${folder}/${tool}`);
    }
    for (const [name, text] of Object.entries(tools)) {
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${text}\n`);
      await Deno.chmod(`${folder}/${name}`, 0o755);
    }
    return await run("/bin/sh", [`${ROOT}scripts/task.sh`, ...args], {
      env: { PATH: folder, HOME: folder, ...env },
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function denoOf(version: string): string {
  return `[ "$1" = --version ] && { echo "deno ${version} (stable)"; exit; }; ${REPORT}`;
}

Deno.test("task.sh takes the deno on PATH when it is new enough, in the root", async () => {
  for (const version of ["2.9.0", "2.10.1", "3.0.0"]) {
    const tools = { deno: denoOf(version), npx: REPORT };
    const { stdout } = await task(tools, ["build", "--flavour=embed"]);
    const lines = stdout.split("\n");
    assert.equal(lines[0], "deno task build --flavour=embed");
    assert.equal(`${lines[1]}/`, ROOT);
    assert.equal(lines[2], "registry= ca=system,mozilla");
  }
});

Deno.test("task.sh takes the pinned deno from npm when there is none or an old one", async () => {
  const old = [{}, { deno: denoOf("2.8.3") }, { deno: denoOf("1.46.0") }];
  for (const tools of [...old, { deno: "exit 1" }]) {
    const { stdout, stderr } = await task({
      ...tools,
      npx: REPORT,
      env: 'shift; exec "$@"',
    }, ["test"]);
    assert.match(stdout, /^npx --yes deno@2\.9\.6 task test\n/, stderr);
  }
});

Deno.test("task.sh passes a registry on that npm was configured with", async () => {
  const npm = 'echo "https://mirror.example/npm/"';
  const deno = denoOf("2.9.6");
  const given = await task({ npm, deno }, ["x"]);
  assert.match(given.stdout, /registry=https:\/\/mirror\.example\/npm\/ /);
  const own = { NPM_CONFIG_REGISTRY: "https://own.example/" };
  assert.match(
    (await task({ npm, deno }, ["x"], own)).stdout,
    /=https:\/\/own/,
  );
  const none = { npm: "echo undefined", deno };
  assert.match((await task(none, ["x"])).stdout, /registry= /);
});

Deno.test("task.sh says what is missing", async () => {
  const none = await task({}, ["build"]);
  assert.equal(none.code, 69);
  assert.match(none.stderr, /neither deno >= 2\.9 nor npx/);
  const usage = await task({ deno: denoOf("2.9.6") }, []);
  assert.equal(usage.code, 64);
  assert.match(usage.stderr, /^usage: /);
});
