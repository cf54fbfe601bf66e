/**
 * The steps of the Dockerfile, carried out without an engine, and the image
 * that comes out of them: csc and nothing else that builds or runs JavaScript.
 */
import assert from "node:assert/strict";
import { parseDockerfile } from "./dockerfile.ts";
import { bootstrap, build, runIn } from "./engine.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

async function reasonToSkip(): Promise<string | null> {
  if (Deno.uid() !== 0) return "chroot and debootstrap take root";
  const probe = new Deno.Command("sh", {
    args: ["-c", "command -v debootstrap && command -v npm"],
    stdout: "null",
  });
  return (await probe.output()).success ? null : "no debootstrap or no npm";
}

const skipped = await reasonToSkip();
if (skipped !== null) console.log(`SKIPPED Dockerfile: ${skipped}`);

Deno.test("a Dockerfile with a step that the test does not carry out is refused", () => {
  assert.throws(
    () => parseDockerfile("FROM a\nADD b c\n"),
    /"ADD b c" is not understood/,
  );
});

Deno.test({
  name:
    "Dockerfile: its steps give an image that holds csc and no Deno or Node",
  ignore: skipped !== null,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "csc-docker-" });
    try {
      const base = `${folder}/base`;
      await bootstrap(base);
      const context = `${folder}/context`;
      await command("git", ["clone", "--quiet", ROOT, context]);
      const text = await Deno.readTextFile(`${ROOT}Dockerfile`);
      const stages = parseDockerfile(text);
      const image = await build(stages, { base, context, folder });

      assert.deepEqual(image.entrypoint, ["csc"]);
      assert.equal(image.user, "csc");
      const added = minus(await files(image.root), await files(base));
      assert.ok(added.includes("/usr/local/bin/csc"));
      assert.deepEqual(
        added.filter((path) => /deno|node|npm|\.ts$/.test(path)),
        [],
      );
      const version = await runIn(image, [
        ...image.entrypoint,
        "version",
        "--json",
      ]);
      const { commit, flavour } = JSON.parse(version);
      const head = await command("git", ["-C", context, "rev-parse", "HEAD"]);
      assert.equal(commit, head.trim());
      assert.match(flavour, /^(?:embed|compile)$/);
      const help = await runIn(image, [...image.entrypoint, ...image.command]);
      assert.match(help, /verify-receipt/);
      const owner = await Deno.stat(image.root + image.cwd);
      assert.equal(owner.uid, 10001);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

/** Paths of files below a root, as they are named inside it. */
async function files(root: string): Promise<string[]> {
  const list = await command("find", [root, "-xdev", "-printf", "/%P\\n"]);
  return list.split("\n").filter((line) => line !== "");
}

function minus(all: readonly string[], some: readonly string[]): string[] {
  const without = new Set(some);
  return all.filter((path) => !without.has(path));
}

async function command(program: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.ok(success, `${program} ${args.join(" ")}: ${text(stderr)}`);
  return text(stdout);
}
