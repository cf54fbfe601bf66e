/** dist/csc as it was built: what it says of itself, what it carries. */
import assert from "node:assert/strict";
import { sha256 } from "../../scripts/build/deno_elf.ts";
import {
  machineOf,
  neededLibraries,
  segments,
} from "../../scripts/build/elf.ts";
import { DIST, ROOT } from "../../scripts/build/paths.ts";
import { CSC, run } from "./packed.ts";

const NATIVES = ["launcher", "bridge.so"] as const;
const SHA256 = /^[0-9a-f]{64}$/;

Deno.test("csc version --json names version, flavour, Deno, commit and natives", async () => {
  const { code, stdout, stderr } = await run(CSC, ["version", "--json"]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const info = JSON.parse(stdout);
  assert.deepEqual(Object.keys(info).sort(), [
    "commit",
    "deno",
    "flavour",
    "native",
    "version",
  ]);
  assert.match(info.version, /^\d+\.\d+\.\d+$/);
  assert.match(info.flavour, /^(embed|compile)$/);
  assert.match(info.deno, /^\d+\.\d+\.\d+$/);
  assert.match(info.commit, /^([0-9a-f]{40}(-dirty)?|unknown)$/);
  assert.deepEqual(Object.keys(info.native).sort(), ["bridge", "launcher"]);
  assert.match(info.native.launcher, SHA256);
  assert.match(info.native.bridge, SHA256);
  assert.equal(
    info.native.launcher,
    await sha256(await Deno.readFile(`${DIST}native/launcher`)),
  );
  assert.equal(
    info.native.bridge,
    await sha256(await Deno.readFile(`${DIST}native/bridge.so`)),
  );
});

const PT_INTERP = 3;
const PT_GNU_STACK = 0x6474e551;
const PT_GNU_RELRO = 0x6474e552;
const WRITABLE_AND_EXECUTABLE = 3;

for (const name of NATIVES) {
  Deno.test(`${name}: hardened, and nothing of the build machine in it`, async () => {
    const elf = await Deno.readFile(`${DIST}native/${name}`);
    assert.equal(machineOf(elf).arch, Deno.build.arch);
    const table = segments(elf);
    const types = table.map(({ type }) => type);
    assert.ok(types.includes(PT_GNU_RELRO), "RELRO");
    assert.ok(types.includes(PT_GNU_STACK), "stack permissions");
    for (const { flags } of table) {
      assert.notEqual(flags & WRITABLE_AND_EXECUTABLE, WRITABLE_AND_EXECUTABLE);
    }
    assert.ok(!types.includes(PT_INTERP), "no interpreter");
    // Position independent: e_type is ET_DYN.
    assert.equal(elf[16], 3);
    const text = new TextDecoder("latin1").decode(elf);
    assert.ok(!text.includes(ROOT));
    assert.doesNotMatch(text, /\/cc\w{6}\.o/);
  });
}

Deno.test("launcher: needs no library; bridge.so: only libc", async () => {
  const needed = async (name: string) =>
    neededLibraries(await Deno.readFile(`${DIST}native/${name}`));
  assert.deepEqual(await needed("launcher"), []);
  assert.deepEqual(await needed("bridge.so"), ["libc.so.6"]);
});
