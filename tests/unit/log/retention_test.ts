import assert from "node:assert/strict";
import {
  expiredRuns,
  removeRun,
  type StoredRun,
  storedRuns,
  UNFINISHED_MS,
} from "../../../src/log/retention.ts";
import { newExecutionId } from "../../../src/run/execution_id.ts";
import { tempPlace } from "../run/temp_place.ts";

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);

/** A record that began so many days ago. */
function run(days: number, bytes = 10, finished = true): StoredRun {
  const startedAt = NOW - days * DAY;
  return { id: `${days}`, startedAt, bytes, finished, paths: [] };
}

/** `DAYS:WHY` of what goes; the oldest are given first. */
function gone(
  runs: StoredRun[],
  limits: { days?: number; bytes?: number },
): string[] {
  const { days, bytes } = limits;
  return expiredRuns(runs, {
    maxAgeMs: days === undefined ? null : days * DAY,
    maxBytes: bytes ?? null,
  }, NOW).map(({ run: { id }, because }) => `${id}:${because}`);
}

Deno.test("expiredRuns() takes what is older, not what is just as old", () => {
  assert.deepEqual(gone([run(31), run(30), run(1), run(-5)], { days: 30 }), [
    "31:age",
  ]);
  assert.deepEqual(gone([run(4000), run(1)], {}), []);
});

Deno.test("expiredRuns() takes the oldest until the rest fits", () => {
  const runs = [run(3, 50), run(2, 20), run(1, 30)];
  assert.deepEqual(gone(runs, { bytes: 100 }), []);
  assert.deepEqual(gone(runs, { bytes: 99 }), ["3:size"]);
  assert.deepEqual(gone(runs, { bytes: 50 }), ["3:size"]);
  assert.deepEqual(gone(runs, { bytes: 49 }), ["3:size", "2:size"]);
  assert.deepEqual(gone(runs, { bytes: 0 }), ["3:size", "2:size", "1:size"]);
});

Deno.test("expiredRuns() counts what is too old as gone already", () => {
  const runs = [run(9, 50), run(2, 20), run(1, 30)];
  assert.deepEqual(gone(runs, { days: 5, bytes: 50 }), ["9:age"]);
  assert.deepEqual(gone(runs, { days: 5, bytes: 40 }), ["9:age", "2:size"]);
});

Deno.test("expiredRuns() leaves a run without a receipt for a week", () => {
  const week = UNFINISHED_MS / DAY;
  const runs = [run(week + 1, 10, false), run(week - 1, 10, false), run(2, 10)];
  assert.deepEqual(gone(runs, { days: 1 }), ["8:age", "2:age"]);
  assert.deepEqual(gone(runs, { bytes: 0 }), ["8:size", "2:size"]);
});

const RANDOM = {
  bytes: (n: number) => crypto.getRandomValues(new Uint8Array(n)),
};

function idAt(time: number): string {
  return newExecutionId({ now: () => time, monotonic: () => 0 }, RANDOM);
}

/** A state directory with these files, each of the size given. */
function state(files: Readonly<Record<string, number>>): string {
  const place = tempPlace();
  for (const [path, size] of Object.entries(files)) {
    const file = `${place}/${path}`;
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    Deno.writeFileSync(file, new Uint8Array(size));
  }
  return place;
}

Deno.test("storedRuns() finds records by their ids, the oldest first", () => {
  const [old, young] = [idAt(NOW - DAY), idAt(NOW)];
  const place = state({
    [`runs/${young}/receipt.json`]: 1,
    [`runs/${young}/stdout`]: 100,
    [`runs/${old}/intent.json`]: 3,
    [`receipts/${young}.json`]: 10,
    [`receipts/${young}.json.evidence.json`]: 1000,
    "runs/notes/receipt.json": 5,
    [`runs/${crypto.randomUUID()}/receipt.json`]: 5,
  });
  assert.deepEqual(storedRuns(place), [
    {
      id: old,
      startedAt: NOW - DAY,
      bytes: 3,
      finished: false,
      paths: [`${place}/runs/${old}`],
    },
    {
      id: young,
      startedAt: NOW,
      bytes: 1111,
      finished: true,
      paths: [
        `${place}/receipts/${young}.json`,
        `${place}/receipts/${young}.json.evidence.json`,
        `${place}/runs/${young}`,
      ],
    },
  ]);
  assert.deepEqual(storedRuns(tempPlace()), []);
});

Deno.test("removeRun() takes all of one record and nothing of another", () => {
  const [one, other] = [idAt(NOW - DAY), idAt(NOW)];
  const files = (id: string) => ({
    [`runs/${id}/receipt.json`]: 1,
    [`receipts/${id}.json`]: 1,
  });
  const place = state({ ...files(one), ...files(other), "approvals/a": 1 });
  const [first, second] = storedRuns(place);
  removeRun(first!);
  // Whoever prunes at the same time has been there before.
  removeRun(first!);
  assert.deepEqual(storedRuns(place), [second]);
  const left = [...Deno.readDirSync(`${place}/receipts`)];
  assert.deepEqual(left.map(({ name }) => name), [`${other}.json`]);
  assert.equal(Deno.readFileSync(`${place}/approvals/a`).length, 1);
});

Deno.test("removeRun() follows no link out of the state directory", () => {
  const elsewhere = state({ "precious": 1 });
  const id = idAt(NOW);
  const place = state({ [`runs/${id}/receipt.json`]: 1 });
  Deno.symlinkSync(elsewhere, `${place}/runs/${id}/stdout`);
  removeRun(storedRuns(place)[0]!);
  assert.equal(Deno.readFileSync(`${elsewhere}/precious`).length, 1);
});
