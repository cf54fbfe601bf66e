/** Two builds in two folders give the same bytes. */
import assert from "node:assert/strict";
import { sha256 } from "../../scripts/build/deno_elf.ts";
import { ROOT } from "../../scripts/build/paths.ts";

const INPUTS = [
  "deno.json",
  "deno.lock",
  "native",
  "policies",
  "schemas",
  "scripts",
  "src",
];

const OUTPUTS = ["dist/csc", "dist/native/launcher", "dist/native/bridge.so"];

async function copy(from: string, to: string): Promise<void> {
  const info = await Deno.stat(from);
  if (info.isFile) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  // In reverse, so that the order in the directory differs as well.
  const names = [...Deno.readDirSync(from)].map(({ name }) => name).sort();
  for (const name of names.reverse()) {
    await copy(`${from}/${name}`, `${to}/${name}`);
  }
}

/** Builds a copy of the checkout in `folder`; returns the outputs' digests. */
async function buildIn(folder: string): Promise<Record<string, string>> {
  await Deno.mkdir(folder);
  for (const input of INPUTS) await copy(ROOT + input, `${folder}/${input}`);
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/build.ts", "--flavour=embed"],
    cwd: folder,
    stdout: "null",
    stderr: "piped",
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const digests: Record<string, string> = {};
  for (const output of OUTPUTS) {
    digests[output] = await sha256(await Deno.readFile(`${folder}/${output}`));
  }
  return digests;
}

Deno.test("build: two folders, the same bytes", async () => {
  const scratch = await Deno.makeTempDir({ prefix: "csc-reproducible-" });
  try {
    const first = await buildIn(`${scratch}/a`);
    const second = await buildIn(`${scratch}/a longer name, with ünusual ones`);
    assert.deepEqual(first, second);
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
});
