/**
 * `deno task profile`: its phases are all of a start, and csc itself has none
 * of what it needs for them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { bundle } from "../../scripts/build/bundle.ts";
import { phasesOf } from "../../scripts/profile/phases.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** Names of marks, in the order of a run; `chunk …` aside. */
const MARKS = [
  "inputs read",
  "configuration",
  "key",
  "contract",
  "policy",
  "decision",
  "receipt opened",
  "state opened",
  "planned",
  "sandbox started",
  "intent durable",
  "command ended",
  "evidence",
  "signed",
  "written",
];
/** Those that no other text of csc could be. */
const TELLING = ["cscMark", "inputs read", "intent durable", "command ended"];

Deno.test("csc holds no marks, and a profiled one does", async () => {
  const textOf = ({ eager, chunks }: Awaited<ReturnType<typeof bundle>>) =>
    [eager, ...chunks.values()].join("\n");
  const marked = textOf(await bundle(undefined, undefined, true));
  for (const name of [...TELLING, ...MARKS]) assert.ok(marked.includes(name));
  const plain = textOf(await bundle());
  const built = new TextDecoder("latin1")
    .decode(Deno.readFileSync(`${ROOT}dist/csc`));
  for (const name of [...TELLING, "DENO_STARTUP_PHASES=1"]) {
    assert.ok(!plain.includes(name), name);
    assert.ok(!built.includes(name), name);
  }
});

Deno.test("phasesOf() cuts a start without gaps, whatever unit Deno prints", () => {
  const said = "[boot]                   main start  500µs\n" +
    "[boot]   after flag parse  1.5ms\n[boot]   after init_v8  2ms\n" +
    "[boot]   after worker_factory  2500µs\n" +
    "[boot]     after create_main_worker  4ms\n" +
    "[mark] first script 1007.000\n[mark] contract 1008.500\n";
  const start = { startedAt: 1000, firstLineAt: 1002.5, endedAt: 1010, said };
  assert.deepEqual(
    phasesOf(start).map(({ name, milliseconds }) => [name, milliseconds]),
    [
      ["exec, ld.so, entry routine", 2],
      ["Deno: flags", 1.5],
      ["Deno: V8", 0.5],
      ["Deno: options and resolvers", 0.5],
      ["Deno: isolate, context, bootstrap", 1.5],
      ["loader and first script", 1],
      ["contract", 1.5],
      ["output and exit", 1.5],
    ],
  );
  const late = phasesOf({ ...start, firstLineAt: 1009 });
  assert.deepEqual(
    [late[0]?.milliseconds, late[5]?.milliseconds],
    [3, 0],
    "a reader kept waiting",
  );
  assert.throws(
    () => phasesOf({ ...start, said: said.replace(/\[mark.*\n/g, "") }),
    /no marks/,
  );
  assert.throws(() => phasesOf({ ...start, said: "" }), /no phases/);
});

interface Report {
  rounds: number;
  profiles: {
    subject: string;
    total: number;
    phases: { name: string; milliseconds: number }[];
    within: { name: string; milliseconds: number }[];
  }[];
}

Deno.test("deno task profile tells the phases of version, check and run", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/profile.ts", "--rounds=1", "--json"],
    cwd: ROOT,
  }).output();
  const decoder = new TextDecoder();
  assert.ok(success, decoder.decode(stderr));
  const { rounds, profiles }: Report = JSON.parse(decoder.decode(stdout));
  assert.equal(rounds, 1);
  assert.deepEqual(
    profiles.map(({ subject }) => subject),
    ["version", "check", "run"],
  );
  for (const { subject, total, phases, within } of profiles) {
    const sum = phases.reduce((all, { milliseconds }) => all + milliseconds, 0);
    assert.ok(Math.abs(sum - total) < total / 100, `${subject}: ${sum}`);
    // Two clocks meet where Deno's phases end and csc's begin.
    for (const { name, milliseconds } of phases) {
      assert.ok(milliseconds > -1, `${subject}: ${name}: ${milliseconds}`);
    }
    assert.ok(within.length > 5, subject);
  }
  const names = profiles[2]?.phases.map(({ name }) => name) ?? [];
  assert.deepEqual(names.filter((name) => MARKS.includes(name)), MARKS);
});
