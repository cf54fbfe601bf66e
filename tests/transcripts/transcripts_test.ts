/** Plays every transcript with the real binary (README.md). */
import assert from "node:assert/strict";
import { comparable, Stage } from "./stage.ts";
import {
  formatTranscript,
  type Outcome,
  outcomeText,
  parseTranscript,
  type Transcript,
} from "./transcript.ts";

const UPDATE = Deno.env.get("CSC_UPDATE_TRANSCRIPTS") === "1";

/**
 * Why this machine can build no sandbox, found out without csc, or null: a csc
 * that builds none must not look like a machine that allows none.
 */
function noSandbox(): string | null {
  try {
    const { success } = new Deno.Command("unshare", {
      args: ["--user", "--mount", "--pid", "--net", "--fork", "true"],
      stdout: "null",
      stderr: "null",
    }).outputSync();
    return success ? null : "the kernel allows no unprivileged user namespace";
  } catch {
    return "there is no unshare to find out with";
  }
}

/** The one refusal of csc that is about the machine: root without a cgroup. */
const ROOT_WITHOUT_CGROUP = /no cgroup with the pids controller can be had/;

class Skipped extends Error {}

function play(transcript: Transcript): Outcome[] {
  const stage = new Stage(transcript);
  try {
    return transcript.steps.map(({ command }) => {
      const outcome = stage.play(command);
      if (
        transcript.needsSandbox &&
        [...outcome.stdout, ...outcome.stderr].some((line) =>
          ROOT_WITHOUT_CGROUP.test(line)
        )
      ) throw new Skipped("root has no cgroup with the pids controller here");
      return outcome;
    });
  } finally {
    stage.close();
  }
}

function compare(transcript: Transcript, outcomes: readonly Outcome[]): void {
  for (const [index, { command, expected }] of transcript.steps.entries()) {
    assert.equal(
      outcomeText(outcomes[index]!),
      outcomeText(expected),
      `$ ${command}`,
    );
  }
}

const reason = noSandbox();
const names = [...Deno.readDirSync(new URL(".", import.meta.url))]
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".txt"))
  .sort();

for (const name of names) {
  const file = new URL(name, import.meta.url);
  const transcript = parseTranscript(Deno.readTextFileSync(file));
  Deno.test(`transcript ${name.slice(0, -4)}`, () => {
    try {
      if (transcript.needsSandbox && reason !== null) throw new Skipped(reason);
      const outcomes = play(transcript);
      if (UPDATE) {
        Deno.writeTextFileSync(file, formatTranscript(transcript, outcomes));
      } else compare(transcript, outcomes);
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
      console.error(`SKIPPED transcript ${name}: ${error.message}`);
      if (Deno.env.get("CI") === "true") throw error;
    }
  });
}

Deno.test("there are transcripts, and each shows its steps as it was written", () => {
  assert.ok(names.length >= 20, `only ${names.length}`);
  for (const name of names) {
    const text = Deno.readTextFileSync(new URL(name, import.meta.url));
    const transcript = parseTranscript(text);
    const expected = transcript.steps.map((step) => step.expected);
    assert.equal(formatTranscript(transcript, expected), text, name);
  }
});

Deno.test("a transcript is read as README.md says", () => {
  const { files, steps, needsSandbox } = parseTranscript(
    "About.\nneeds: sandbox\n\n-- a.txt --\none\ntwo\n\n" +
      "$ first \\\n> more\nout\n2> err\n[3]\n\n$ second\n",
  );
  assert.equal(needsSandbox, true);
  assert.deepEqual([...files], [["a.txt", "one\ntwo\n"]]);
  assert.deepEqual(steps, [
    {
      command: "first \\\nmore",
      expected: { stdout: ["out"], stderr: ["err"], code: 3 },
    },
    { command: "second", expected: { stdout: [], stderr: [], code: 0 } },
  ]);
});

Deno.test("only what differs from run to run is replaced", () => {
  const digest =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  assert.equal(
    comparable(`${digest} 01a1fdef-97a8-700c-ba20-2652b583ee68 csc 0.1.0`),
    "<sha256> <uuid> csc <version>",
  );
  assert.equal(comparable("2999-01-01T00:00:00Z"), "2999-01-01T00:00:00Z");
  assert.equal(
    comparable(`${digest.slice(1)} greeting-0001`),
    `${digest.slice(1)} greeting-0001`,
  );
});
