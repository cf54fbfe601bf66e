import assert from "node:assert/strict";
import {
  envProgram,
  executionChain,
  parseShebang,
  type Shebang,
} from "../../../src/execute/interpreters.ts";
import { lookOnce } from "../../../src/execute/look.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

// As the kernel reads first lines (fs/binfmt_script.c).
const LINES: [line: string, shebang: Shebang | null][] = [
  ["#!/bin/sh\n", { interpreter: "/bin/sh", argument: "" }],
  ["#! \t/bin/sh \t\nrest", { interpreter: "/bin/sh", argument: "" }],
  ["#!/bin/sh -e -u \n", { interpreter: "/bin/sh", argument: "-e -u" }],
  ["#!/bin/sh", { interpreter: "/bin/sh", argument: "" }],
  ["#!bin/sh x\r\n", { interpreter: "bin/sh", argument: "x\r" }],
  ["#!/bin/sh\0x\n", { interpreter: "/bin/sh", argument: "" }],
  ["#!\n/bin/sh", null],
  ["#!", null],
  [" #!/bin/sh\n", null],
  ["\x7fELF", null],
  ["", null],
];

for (const [line, shebang] of LINES) {
  Deno.test(`parseShebang() reads ${JSON.stringify(line)} as the kernel does`, () => {
    assert.deepEqual(parseShebang(bytes(line)), shebang);
  });
}

const ENV: [argument: string, program: string | null][] = [
  ["python3", "python3"],
  ["/opt/x/python3", "/opt/x/python3"],
  ["python3 -u", "python3 -u"],
  ["-S python3 -u", "python3"],
  ["-Snode --no-warnings", "node"],
  ["-S -i A=b sh -e", "sh"],
  ["--split-string=perl -w", "perl"],
  ["-i", null],
  ["", null],
];

for (const [argument, program] of ENV) {
  Deno.test(`envProgram() finds the program in ${JSON.stringify(argument)}`, () => {
    assert.equal(envProgram(argument), program);
  });
}

/** Runs `body` with a directory that holds executable files of these texts. */
function withFiles(
  files: Readonly<Record<string, string>>,
  body: (dir: string) => void,
): void {
  const dir = Deno.realPathSync(Deno.makeTempDirSync());
  try {
    for (const [name, text] of Object.entries(files)) {
      Deno.writeTextFileSync(`${dir}/${name}`, text.replaceAll("DIR", dir));
      Deno.chmodSync(`${dir}/${name}`, 0o755);
    }
    body(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

const chainOf = (dir: string, name: string) =>
  executionChain(`${dir}/${name}`, dir, [dir, "/usr/bin"], lookOnce());

const names = (dir: string, chain: ReturnType<typeof chainOf>) =>
  chain.map(({ real }) => real.replace(`${dir}/`, ""));

Deno.test("executionChain() follows scripts of scripts to the program", () => {
  withFiles({
    a: "#!DIR/b -x\n",
    b: "#!c\n",
    c: "#!/usr/bin/env tool\n",
    tool: "\x7fELF",
  }, (dir) => {
    const chain = chainOf(dir, "a");
    assert.deepEqual(
      names(dir, chain),
      ["a", "b", "c", Deno.realPathSync("/usr/bin/env"), "tool"],
    );
    assert.deepEqual(
      chain.map(({ script }) => script),
      [true, true, true, false, false],
    );
    const info = Deno.lstatSync(`${dir}/tool`);
    assert.deepEqual(
      [chain[4]?.device, chain[4]?.inode],
      [BigInt(info.dev), BigInt(info.ino ?? 0)],
    );
  });
});

Deno.test("executionChain() notes the links on the way and ends where they lead", () => {
  withFiles({ real: "\x7fELF", script: "#!DIR/link\n" }, (dir) => {
    Deno.symlinkSync("real", `${dir}/link`);
    const chain = chainOf(dir, "script");
    assert.deepEqual(names(dir, chain), ["script", "real"]);
    assert.deepEqual(chain[1]?.links, [
      { path: `${dir}/link`, target: "real" },
    ]);
  });
});

Deno.test("executionChain() ends in circles and at what is missing", () => {
  withFiles({
    itself: "#!DIR/itself\n",
    round: "#!/usr/bin/env round\n",
    lost: "#!DIR/nowhere\n",
    env: "\x7fELF",
  }, (dir) => {
    assert.deepEqual(names(dir, chainOf(dir, "itself")), ["itself"]);
    assert.equal(chainOf(dir, "round").length, 2);
    assert.deepEqual(names(dir, chainOf(dir, "lost")), ["lost"]);
    // A program of that name that no first line has named is like any other.
    assert.deepEqual(names(dir, chainOf(dir, "env")), ["env"]);
  });
});
