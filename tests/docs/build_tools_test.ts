/**
 * README's Makefiles and pipelines work: their lines are run, csc is called by
 * make itself.
 *
 * @module
 */
import assert from "node:assert/strict";
import { load } from "js-yaml";

const ROOT = new URL("../../", import.meta.url).pathname;
const README = Deno.readTextFileSync(`${ROOT}README.md`);

function blocksOf(language: string): string[] {
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms");
  return [...README.matchAll(fence)].map(([, text = ""]) => text);
}

/** A project with a key that the configuration names. */
class Project {
  readonly place = Deno.makeTempDirSync({ dir: "/tmp", prefix: "csc-tools-" });
  readonly folder = `${this.place}/project`;

  constructor() {
    Deno.mkdirSync(`${this.folder}/build`, { recursive: true });
    Deno.mkdirSync(`${this.place}/config/csc`, { recursive: true });
    this.write("project/words", "one two three\n");
    this.write("project/Makefile", "test:\n\tsort words > build/sorted\n");
    const config = `${this.place}/config/csc/config.yaml`;
    Deno.writeTextFileSync(
      config,
      `state_dir: ${this.place}/state\n` +
        `signing: {key: ${this.place}/ci.key, key_id: ci}\n`,
    );
    Deno.chmodSync(config, 0o644);
    const made = this.sh("csc keygen --out .. --key-id ci");
    assert.ok(made.success, made.said);
  }

  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.place}/${name}`, text);
  }

  read(name: string): string {
    return Deno.readTextFileSync(`${this.place}/${name}`);
  }

  sh(line: string, env: Record<string, string> = {}) {
    const { success, stdout, stderr } = new Deno.Command("sh", {
      args: ["-ec", line],
      cwd: this.folder,
      clearEnv: true,
      env: {
        PATH: `${ROOT}dist:/usr/bin:/bin`,
        HOME: this.place,
        XDG_CONFIG_HOME: `${this.place}/config`,
        ...env,
      },
      stdin: "null",
    }).outputSync();
    const decoder = new TextDecoder();
    return { success, said: decoder.decode(stdout) + decoder.decode(stderr) };
  }

  /** Receipts in the state directory. */
  receipts(): string[] {
    return [...Deno.readDirSync(`${this.place}/state/receipts`)]
      .map(({ name }) => name)
      .filter((name) => !name.endsWith(".evidence.json"));
  }

  close(): void {
    Deno.removeSync(this.place, { recursive: true });
  }
}

function inProject(test: (project: Project) => void): void {
  const project = new Project();
  try {
    test(project);
  } finally {
    project.close();
  }
}

for (const [index, makefile] of blocksOf("makefile").entries()) {
  Deno.test(`README's Makefile ${index + 1} runs its lines in sandboxes`, () => {
    inProject((project) => {
      project.write("project/Makefile", makefile);
      const made = project.sh("make count");
      assert.ok(made.success, made.said);
      assert.equal(project.read("project/count"), "3\n");
      assert.equal(project.receipts().length, 1);
    });
  });
}

Deno.test("README shows two Makefiles and two pipelines", () => {
  assert.equal(blocksOf("makefile").length, 2);
  assert.equal(blocksOf("yml").length, 2);
});

Deno.test("make sees a line fail in csc, and stops", () => {
  inProject((project) => {
    const [, shell = ""] = blocksOf("makefile");
    const failing = "\texit 7\n\ttouch after\n";
    project.write("project/Makefile", shell + failing);
    const { success, said } = project.sh("make count");
    assert.equal(success, false);
    assert.match(said, /Error 7/);
    assert.throws(() => project.read("project/after"), Deno.errors.NotFound);
  });
});

Deno.test("what a line of make writes elsewhere is nowhere afterwards", () => {
  inProject((project) => {
    const [, shell = ""] = blocksOf("makefile");
    project.write("project/Makefile", `${shell}\t-echo stray > ../stray\n`);
    project.sh("make count");
    assert.equal(project.receipts().length, 2);
    assert.throws(() => project.read("stray"), Deno.errors.NotFound);
  });
});

interface Actions {
  jobs: Record<string, { steps: { run?: string; env?: object }[] }>;
}

Deno.test("README's steps of GitHub Actions run, and leave a receipt", () => {
  inProject((project) => {
    const { jobs } = load(blocksOf("yml")[0] ?? "") as Actions;
    const steps = Object.values(jobs).flatMap(({ steps }) => steps)
      .filter(({ run }) => run !== undefined);
    assert.deepEqual(steps.map(({ env }) => Object.keys(env ?? {})), [
      ["CSC_KEY"],
    ]);
    const env = {
      RUNNER_TEMP: `${project.place}/temp`,
      CSC_KEY: project.read("ci.key").trimEnd(),
    };
    Deno.mkdirSync(env.RUNNER_TEMP);
    for (const { run = "" } of steps) {
      const ended = project.sh(run, env);
      assert.ok(ended.success, ended.said);
    }
    assert.equal(project.read("project/build/sorted"), "one two three\n");
    const receipt = JSON.parse(project.read("temp/receipts/test.json"));
    assert.equal(receipt.signature.key_id, "ci");
  });
});

interface GitLab {
  test: { script: string[]; artifacts: { paths: string[] } };
}

Deno.test("README's script for GitLab runs, and leaves a receipt", () => {
  inProject((project) => {
    const { script, artifacts } = (load(blocksOf("yml")[1] ?? "") as GitLab)
      .test;
    // Everything of the test's own stays in its place.
    const own = script.map((line) => line.replaceAll("/tmp/", "../"));
    assert.notDeepEqual(own, script);
    const env = { CSC_KEY: `${project.place}/ci.key` };
    Deno.renameSync(`${project.place}/ci.key`, `${project.place}/given`);
    env.CSC_KEY = `${project.place}/given`;
    const ended = project.sh(own.join("\n"), env);
    assert.ok(ended.success, ended.said);
    assert.deepEqual(artifacts.paths, ["receipts"]);
    const receipt = JSON.parse(project.read("project/receipts/test.json"));
    assert.equal(receipt.status, "success");
  });
});
