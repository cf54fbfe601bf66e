import assert from "node:assert/strict";
import { allowedFiles } from "../../../src/execute/allowed.ts";
import { loaderIn, loaderOf } from "../../../src/execute/loader.ts";
import { lookOnce } from "../../../src/execute/look.ts";

const LOADER = "/lib64/ld-linux-x86-64.so.2";

/** The start of an ELF file with one header, which names a loader at `start`. */
function elf(start = 120, length = LOADER.length + 1, type = 3) {
  const bytes = new Uint8Array(256);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
  view.setBigUint64(32, 64n, true);
  view.setUint16(54, 56, true);
  view.setUint16(56, 1, true);
  view.setUint32(64, type, true);
  view.setBigUint64(72, BigInt(start), true);
  view.setBigUint64(96, BigInt(length), true);
  if (start < 200) bytes.set(new TextEncoder().encode(`${LOADER}\0`), start);
  return bytes;
}

const CASES: [
  what: string,
  bytes: Uint8Array<ArrayBuffer>,
  is: string | null,
][] = [
  ["a program's loader", elf(), LOADER],
  ["none of a static program", elf(120, 28, 1), null],
  ["a name that lies further on", elf(4000), "beyond"],
  ["a name longer than what there is", elf(120, 1000), "beyond"],
  ["none of a script", new TextEncoder().encode("#!/bin/sh\n".repeat(9)), null],
  ["none of a few bytes", elf().slice(0, 63), null],
  ["headers that lie further on", elf().slice(0, 80), "beyond"],
];

for (const [what, bytes, is] of CASES) {
  Deno.test(`loaderIn() finds ${what}`, () => {
    assert.equal(loaderIn(bytes), is);
  });
}

Deno.test("loaderIn() ends on any bytes", () => {
  for (let round = 0; round < 2000; round++) {
    const bytes = crypto.getRandomValues(new Uint8Array(round % 300));
    bytes.set(elf().slice(0, Math.min(6, bytes.length)));
    loaderIn(bytes);
  }
});

Deno.test("loaderOf() finds the loader of this very program, or none", () => {
  const found = loaderOf("/bin/sh");
  if (found !== null) assert.ok(Deno.statSync(found).isFile, found);
  assert.equal(loaderOf("/nonexistent"), null);
});

Deno.test("allowedFiles() has programs, interpreters and loaders, each once", () => {
  const dir = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    Deno.writeTextFileSync(`${dir}/tool`, "#!/usr/bin/env sh\n");
    Deno.chmodSync(`${dir}/tool`, 0o755);
    const real = (path: string) => Deno.realPathSync(path);
    const files = allowedFiles(
      ["sh", "tool", "no-such-program", "./tool"],
      dir,
      [dir, "/usr/bin", "/bin"],
      lookOnce(),
    ).map((file) => file.real);
    const loader = loaderOf("/bin/sh");
    assert.deepEqual(
      files.sort(),
      [
        ...new Set([
          `${dir}/tool`,
          real("/bin/sh"),
          real("/usr/bin/env"),
          ...(loader === null ? [] : [real(loader)]),
        ]),
      ].sort(),
    );
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
