/**
 * README.md is true: what it tells to type works and prints what it shows, and
 * its tables say what the code says.
 *
 * @module
 */
import assert from "node:assert/strict";
import { topicText } from "../../src/cli/help.ts";
import { staleTables } from "../../scripts/docs/readme_tables.ts";
import { checkConfig } from "../../src/config/check.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { refuseFlags } from "../../src/config/locks.ts";
import { sandboxProfile } from "../../src/config/sandbox.ts";
import { CscError } from "../../src/core/errors.ts";
import type { JsonObject } from "../../src/core/json.ts";
import { DEFAULT_PROFILE } from "../../src/plan/sandbox_profile.ts";
import { Place } from "./place.ts";
import { ORDER } from "../../scripts/check/import_direction.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const README = Deno.readTextFileSync(`${ROOT}README.md`);
const DENO_JSON = JSON.parse(Deno.readTextFileSync(`${ROOT}deno.json`));

/** Commands that README shows and this test does not run. */
const NOT_RUN: Readonly<Record<string, string>> = {
  "sh scripts/task.sh demo": "the test task runs the demo's parts; it builds",
  "sh scripts/task.sh test": "this is part of it",
};

/** One fenced block. */
interface Block {
  readonly language: string;
  readonly text: string;
}

function blocks(): Block[] {
  return [...README.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(
    ([, language = "", text = ""]) => ({ language, text }),
  );
}

/** A block of commands and what README says that they print. */
interface Shown {
  readonly commands: string;
  readonly output: string;
}

/** Every sh block but those whose commands are all in NOT_RUN. */
function session(): Shown[] {
  const all = blocks();
  return all.flatMap(({ language, text }, index) => {
    if (language !== "sh" || commandsOf(text).every((one) => one in NOT_RUN)) {
      return [];
    }
    const next = all[index + 1];
    const output = next?.language === "text" ? next.text : "";
    return [{ commands: text, output }];
  });
}

/** Lines without comments; good enough for blocks that are not run. */
function commandsOf(text: string): string[] {
  return text.split("\n").map((line) => line.replace(/\s+#.*$/, "").trim())
    .filter((line) => line !== "");
}

const MARK = "\u0001end of block";

/** Plays all blocks in one shell, as a reader would; output for each of them. */
function play(shown: readonly Shown[], folder: string): string[] {
  const script = shown.map(({ commands }) =>
    `${commands}\nprintf '%s\\n' '${MARK}'\n`
  ).join("");
  const { stdout } = new Deno.Command("/bin/sh", {
    args: ["-c", `exec 2>&1\n${script}`],
    cwd: ROOT,
    clearEnv: true,
    env: {
      PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin",
      HOME: folder,
      TMPDIR: folder,
      LC_ALL: "C",
    },
    stdin: "null",
    stderr: "inherit",
  }).outputSync();
  return new TextDecoder().decode(stdout).split(`${MARK}\n`).slice(0, -1);
}

/** `…` stands for anything within a line. */
function assertPrinted(actual: string, shown: string, commands: string): void {
  const literal = shown.split("…")
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (new RegExp(`^${literal.join("[^\\n]+")}$`).test(actual)) return;
  assert.equal(actual, shown, commands);
}

/** As in tests/interop: a skip may never look like a pass. */
function lacksCryptography(): boolean {
  try {
    return !new Deno.Command("python3", {
      args: ["-I", "-c", "import cryptography.hazmat.primitives"],
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return true;
  }
}

Deno.test("the session in README prints what README shows", () => {
  const shown = session();
  assert.ok(shown.length >= 5, "the session has been lost");
  const folder = Deno.makeTempDirSync({ dir: "/tmp", prefix: "csc-readme-" });
  try {
    const printed = play(shown, folder);
    for (const [index, { commands, output }] of shown.entries()) {
      if (commands.includes("python3") && lacksCryptography()) {
        const reason = "no python3 with the cryptography package";
        assert.notEqual(Deno.env.get("CI"), "true", reason);
        console.error(`SKIPPED a block of README: ${reason}`);
        continue;
      }
      assertPrinted(printed[index] ?? "(did not run)", output, commands);
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("every task that README names exists, and its two commands are shown", () => {
  const named = [...README.matchAll(/(?:task\.sh|deno task) (\w+)/g)]
    .map(([, name]) => name!);
  for (const name of named) assert.ok(name in DENO_JSON.tasks, name);
  const shown = blocks().filter(({ language }) => language === "sh")
    .flatMap(({ text }) => commandsOf(text));
  for (const command of Object.keys(NOT_RUN)) {
    assert.ok(shown.includes(command), `NOT_RUN has "${command}"`);
  }
  // A block in any other language would be commands that nobody runs; json and
  // yaml have tests of their own, and so have makefile and yml.
  const languages = new Set(blocks().map(({ language }) => language));
  assert.deepEqual(
    [...languages].sort(),
    ["json", "makefile", "sh", "text", "yaml", "yml"],
  );
});

/** Rows of the table that begins with this header cell. */
function rows(header: string): string[][] {
  const lines = README.split("\n");
  const start = lines.findIndex((line) =>
    new RegExp(`^\\| ${header} +\\|`).test(line)
  );
  assert.ok(start >= 0, `README has no table "${header}"`);
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  return lines.slice(start + 2, start + length).map((line) =>
    line.split("|").slice(1, -1).map((cell) => cell.trim())
  );
}

/** What stands between the first pair of backticks. */
function code(cell = ""): string {
  return /`([^`]+)`/.exec(cell)?.[1] ?? "";
}

Deno.test("README's generated tables are up to date, and a changed one is found", () => {
  assert.deepEqual(staleTables(README), []);
  const wrong = README.replace("decide, run nothing", "run all of it");
  assert.deepEqual(staleTables(wrong), ["verbs"]);
  assert.throws(
    () => staleTables(README.replace("<!-- table: flags -->", "")),
    /lacks the tables flags/,
  );
});

/** The names that a part of a configuration may have, from the code itself. */
function configKeys(part: string | null): string[] {
  const wrong: JsonObject = { "no such key": 1 };
  try {
    checkConfig(part === null ? wrong : { [part]: wrong }, "probe");
  } catch (error) {
    assert.ok(error instanceof CscError);
    const [, list = ""] = /expected only (.*)$/.exec(error.message) ?? [];
    return JSON.parse(`[${list}]`);
  }
  throw new Error("an unknown key was accepted");
}

/** Keys that a machine's file has beside what the samples show. */
const MACHINE_KEYS = ["locked", "policies"];

/** The blocks of this language; there must be so many. */
function blocksOf(language: string, count: number): string[] {
  const found = blocks().filter((block) => block.language === language);
  assert.equal(found.length, count, language);
  return found.map(({ text }) => text);
}

/** The two samples of a configuration: what a machine decides, and every key. */
function yamlBlock(what: "machine" | "every key"): string {
  const [machine = "", every = ""] = blocksOf("yaml", 2);
  return what === "machine" ? machine : every;
}

/** The sample of `csc help configuration`, indented as it is printed. */
function helpSample(): string {
  const lines = topicText("configuration").split("\n");
  return lines.filter((line) => line.startsWith("  ")).join("\n") + "\n";
}

const SAMPLES: readonly (readonly [name: string, text: () => string])[] = [
  ["README", () => yamlBlock("every key")],
  ["csc help configuration", helpSample],
];

for (const [name, text] of SAMPLES) {
  Deno.test(`the configuration in ${name} has every key, and its sandbox is the default`, () => {
    const bytes = new TextEncoder().encode(text());
    const config = parseConfig(bytes, name, 64 * 1024);
    const { signing, sandbox } = config;
    assert.ok(signing !== undefined && sandbox !== undefined);
    assert.deepEqual(
      [...Object.keys(config), ...MACHINE_KEYS].sort(),
      configKeys(null).sort(),
    );
    assert.deepEqual(Object.keys(signing).sort(), configKeys("signing").sort());
    assert.deepEqual(Object.keys(sandbox).sort(), configKeys("sandbox").sort());
    assert.deepEqual(
      sandboxProfile(sandbox),
      { ...DEFAULT_PROFILE, name: "configured" },
    );
  });

  Deno.test(`programs run in a sandbox of the configuration in ${name}`, () => {
    const place = new Place();
    try {
      place.write("sample.yaml", text());
      place.write("project/hello.c", "int main(void) { return 0; }\n");
      const argvs = [
        ["cc", "-o", "out/hello", "hello.c"],
        ["ls", "hello.c"],
        ["git", "--version"],
      ];
      const printed = place.run(
        argvs.map((argv, index) => ({ id: `c${index}`, exec: { argv } })),
        ["--config", "sample.yaml"],
      );
      assert.match(printed, /^hello\.c\ngit version .*\n$/);
    } finally {
      place.close();
    }
  });
}

Deno.test("the machine's configuration in README may lock what it locks", () => {
  const bytes = new TextEncoder().encode(yamlBlock("machine"));
  const config = parseConfig(bytes, "README", 64 * 1024);
  for (const key of MACHINE_KEYS) assert.ok(Object.hasOwn(config, key), key);
  refuseFlags(
    { path: "README", config },
    { options: new Map(), switches: new Set() },
  );
});

Deno.test("the pipeline that README shows runs, and writes what it declares", () => {
  const place = new Place();
  try {
    place.write("project/words", "two\none\n");
    const shown = blocksOf("json", 1)[0]!.replaceAll("$PWD", place.folder);
    place.run([{ id: "sorted", ...JSON.parse(shown) }]);
    const sorted = `${place.folder}/project/out/sorted`;
    assert.equal(Deno.readTextFileSync(sorted), "one\ntwo\n");
  } finally {
    place.close();
  }
});

Deno.test("README's chain of folders is the order that the gate checks", () => {
  const there = new Set([...Deno.readDirSync(`${ROOT}src`)].map((e) => e.name));
  const order = ORDER.map((names) => names.filter((name) => there.has(name)))
    .filter((names) => names.length > 0)
    .map((names) => names.join(", "));
  assert.ok(
    README.includes(`    ${order.join(" ← ")}\n`),
    `README should say: ${order.join(" ← ")}`,
  );
  const folders = rows("Folder").map(([name]) => code(name));
  assert.deepEqual(folders, order.filter((name) => !name.endsWith(".ts")));
});

Deno.test("README's links lead somewhere", () => {
  const links = [...README.matchAll(/\]\(([^)#]+)(?:#([^)]+))?\)/g)];
  assert.ok(links.length > 10);
  for (const [, path = "", anchor] of links) {
    const info = Deno.statSync(`${ROOT}${path}`);
    if (anchor === undefined) continue;
    assert.ok(info.isFile, path);
    const headings = [
      ...Deno.readTextFileSync(`${ROOT}${path}`)
        .matchAll(/^#+ (.+)$/gm),
    ]
      .map(([, text = ""]) =>
        text.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
      );
    assert.ok(headings.includes(anchor), `${path}#${anchor}`);
  }
});
