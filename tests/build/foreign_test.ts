/** csc for another processor: built by a cross compiler, run by an emulator. */
import assert from "node:assert/strict";
import { compiler } from "../../scripts/build/native.ts";
import { ROOT } from "../../scripts/build/paths.ts";
import { machineOf } from "../../scripts/build/elf.ts";

const EMULATOR = "qemu-aarch64";
/** Where Debian puts the libraries of its cross compiler. */
const LIBRARIES = "/usr/aarch64-linux-gnu";

/** Why the test cannot run here, or null. */
async function obstacle(): Promise<string | null> {
  if (Deno.build.arch !== "x86_64") return "it needs an x86-64 machine";
  for (const tool of [compiler("aarch64"), EMULATOR]) {
    const command = new Deno.Command(tool, {
      args: ["--version"],
      stdout: "null",
    });
    const found = await command.output().catch(() => null);
    if (!found?.success) return `there is no ${tool}`;
  }
  return null;
}

async function run(program: string, ...args: string[]) {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  const text = decoder.decode(stdout) + decoder.decode(stderr);
  return { success, text };
}

Deno.test("a csc for aarch64 starts, reads and decides", async () => {
  const why = await obstacle();
  if (why !== null) {
    console.log(`SKIPPED csc for aarch64: ${why}`);
    return;
  }
  const build = ["run", "-A", "scripts/build.ts", "--target=aarch64"];
  const built = await run(Deno.execPath(), ...build);
  if (/fetching .* failed/.test(built.text)) {
    console.log("SKIPPED csc for aarch64: its Deno cannot be fetched");
    return;
  }
  assert.ok(built.success, built.text);
  const csc = `${ROOT}dist/aarch64/csc`;
  const emulated = (...args: string[]) =>
    run(EMULATOR, "-L", LIBRARIES, csc, ...args);
  for (const path of [csc, `${ROOT}dist/aarch64/native/launcher`]) {
    assert.equal(machineOf(await Deno.readFile(path)).arch, "aarch64");
  }
  const version = await emulated("version");
  assert.match(version.text, /^csc [\d.]+ \(embed, /);
  const folder = await Deno.makeTempDir({ prefix: "csc-foreign-" });
  try {
    const base = `${ROOT}tests/transcripts/base`;
    const contract = await Deno.readTextFile(`${base}/contract.json`);
    const policy = await Deno.readTextFile(`${base}/policy.yaml`);
    const here = (text: string) => text.replaceAll("$WORK", folder);
    await Deno.mkdir(`${folder}/project`);
    await Deno.writeTextFile(`${folder}/contract.json`, here(contract));
    await Deno.writeTextFile(`${folder}/policy.yaml`, here(policy));
    const files = [`${folder}/contract.json`, `${folder}/policy.yaml`];
    const checked = await emulated("check", ...files);
    assert.ok(checked.success, checked.text);
    assert.match(checked.text, /^decision: allow \(ALLOW\)/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
