import assert from "node:assert/strict";
import { CscError } from "../../../src/core/errors.ts";
import { LocalPipes } from "../../../src/execute/local_pipes.ts";
import { LocalProcesses } from "../../../src/execute/local_processes.ts";
import { segmentPipe } from "../../../src/execute/native.ts";

/** What a descriptor of this process leads to, or null where it is closed. */
function target(fd: unknown): string | null {
  try {
    return Deno.readLinkSync(`/proc/self/fd/${fd}`);
  } catch (error) {
    assert.ok(error instanceof Deno.errors.NotFound);
    return null;
  }
}

Deno.test("LocalPipes joins neighbours and keeps no end", () => {
  const pipes = LocalPipes.open(3);
  assert.ok(pipes.direct);
  const [first, second, third] = [0, 1, 2].map((index) => pipes.of(index));
  assert.equal(first!.stdin, "null");
  assert.equal(third!.stdout, "piped");
  assert.match(target(first!.stdout) ?? "", /^pipe:/);
  assert.equal(target(first!.stdout), target(second!.stdin));
  assert.equal(target(second!.stdout), target(third!.stdin));
  assert.notEqual(target(first!.stdout), target(third!.stdin));

  pipes.given(0);
  assert.equal(target(first!.stdout), null);
  assert.match(target(second!.stdin) ?? "", /^pipe:/);
  pipes.given(1);
  assert.deepEqual([second!.stdin, second!.stdout].map(target), [null, null]);
  pipes.close();
  assert.equal(target(third!.stdin), null);
});

Deno.test("LocalPipes makes none for one segment", () => {
  const pipes = LocalPipes.open(1, () => assert.fail("made one"));
  assert.deepEqual(pipes.of(0), { stdin: "null", stdout: "piped" });
});

for (
  const [why, end] of [
    ["the kernel has no more", () => null],
    ["the bridge cannot be loaded", () => {
      throw new CscError("SANDBOX_UNAVAILABLE", "load the native bridge");
    }],
  ] as const
) {
  Deno.test(`LocalPipes leaves it to csc where ${why}`, () => {
    const made: number[] = [];
    const pipes = LocalPipes.open(3, () => {
      if (made.length > 0) return end();
      const pipe = segmentPipe();
      assert.ok(pipe !== null);
      made.push(pipe.reading, pipe.writing);
      return pipe;
    });
    assert.equal(pipes.direct, false);
    assert.deepEqual(made.map(target), [null, null]);
    assert.deepEqual(pipes.of(1), { stdin: "piped", stdout: "piped" });
  });
}

Deno.test("LocalProcesses passes on what no pipe does, and ends an early writer", async () => {
  const processes = new LocalProcesses(false);
  for (const [index, argv] of [["yes"], ["head", "-1"]].entries()) {
    const [program = "", ...args] = argv;
    processes.add(
      new Deno.Command(program, {
        args,
        stdin: index === 0 ? "null" : "piped",
        stdout: "piped",
        stderr: "piped",
        detached: true,
      }).spawn(),
    );
  }
  const output = new Response(processes.connect()).text();
  const errors = processes.all.map(({ stderr }) => stderr.cancel());
  const signals = { heard: () => null, onEnding: () => () => {} };
  assert.equal(await processes.settle(10, signals), null);
  assert.equal(await output, "y\n");
  await Promise.all(errors);
  assert.deepEqual(processes.exitCodes(), [141, 0]);
});
