/**
 * Runs of csc that wait at a chosen point (faulty_csc.ts), for a test to kill
 * somebody just there.
 *
 * @module
 */
import { STAGES } from "../../src/execute/status.ts";
import type { Place } from "./place.ts";
import type { Receipt } from "./request.ts";
import { eventually, type Running } from "./running.ts";
import { faultyCsc } from "./faulty_csc.ts";
import { beats } from "./survivors.ts";

/** Points of the launcher: its stages, in order. */
export const LAUNCHER_POINTS: Readonly<Record<string, number>> = Object
  .fromEntries(
    STAGES.slice(STAGES.indexOf("plan"), STAGES.indexOf("exec") + 1)
      .map((stage) => [stage, STAGES.indexOf(stage)]),
  );

/** Points of PID 1's child, between vfork and exec. */
export const CHILD_POINTS = { "child born": 101, "child ready": 102 } as const;

/** Points of csc's child, between clone and exec of the launcher. */
export const SPAWN_POINTS = { "spawn born": 111, "spawn ready": 112 } as const;

/** Points of csc itself, in the bridge. */
export const BRIDGE_POINTS = {
  "before spawn": 121,
  "after spawn": 122,
  "before collect": 123,
} as const;

/** Of csc as well, but only where root's command is another user. */
export const EXCHANGE_POINT = 124;

/** Not a fault point: the command is running. */
export const RUNNING = 0;

/** A run that waits. */
export interface Stopped {
  readonly csc: Running;
  /** What waits: the launcher, a child, or csc itself. */
  readonly pid: number;
  /** Every process of the run but csc. */
  readonly descendants: readonly number[];
  /** Where the command leaves its traces. */
  readonly heartbeat: string;
  readonly state: string;
  readonly receiptPath: string;
}

let runs = 0;

/** Starts a run and returns when it waits at `point`. */
export async function stopAt(place: Place, point: number): Promise<Stopped> {
  const name = `${++runs}-${point}`;
  const heartbeat = `${place.write}/beats-${name}`;
  const state = `${place.private}/state-${name}`;
  // To come to the end, it has to end.
  const last = point === BRIDGE_POINTS["before collect"];
  const call = await place.prepare(
    [place.attacker, last ? "write" : "heartbeat", heartbeat],
    { csc: await faultyCsc(), stateDir: state },
  );
  const csc = place.start(call.argv, { env: { CSC_FAULT: String(point) } });
  let found: number | null = null;
  await eventually(`point ${point}`, async () => {
    if (csc.ended) throw new Error(`it ended before: ${csc.output}`);
    if (point !== RUNNING) found = waitingBelow(csc.pid);
    else if (await beats(heartbeat) > 0) found = commandBelow(csc.pid);
    return found !== null;
  }, { everyMs: 4 });
  return {
    csc,
    pid: found!,
    descendants: descendantsOf(csc.pid),
    heartbeat,
    state,
    receiptPath: call.receiptPath,
  };
}

/** The process that waits at a fault point: `root` itself or below it. */
function waitingBelow(root: number): number | null {
  const waiting = [root, ...descendantsOf(root)].find((pid) =>
    names(`/proc/${pid}/task`).some((task) =>
      read(`/proc/${pid}/task/${task}/comm`) === "csc-fault\n"
    )
  );
  return waiting ?? null;
}

/** PID 1's first child. */
function commandBelow(csc: number): number | null {
  const launcher = launcherBelow(csc);
  return launcher === null ? null : childrenOf(launcher)[0] ?? null;
}

/** PID 1 of the sandbox, by its number in the host's namespace. */
export function launcherBelow(csc: number): number | null {
  const isInit = (pid: number) =>
    /^NSpid:\t\d+\t(?:\d+\t)*1$/m.test(read(`/proc/${pid}/status`));
  return childrenOf(csc).find(isInit) ?? null;
}

function childrenOf(pid: number): number[] {
  return names(`/proc/${pid}/task`).flatMap((task) =>
    read(`/proc/${pid}/task/${task}/children`).split(" ")
      .filter((text) => text !== "").map(Number)
  );
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** Whether a process is there and no zombie. */
export function isAlive(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  return stat !== "" && !stat.slice(stat.lastIndexOf(")")).startsWith(") Z");
}

/** The receipt, or null. */
export function receiptOf({ receiptPath }: Stopped): Receipt | null {
  const text = read(receiptPath);
  return text === "" ? null : JSON.parse(text);
}

/** Whether there is a record that something was about to start. */
export function hasIntent({ state }: Stopped): boolean {
  return names(`${state}/runs`).some((run) =>
    read(`${state}/runs/${run}/intent.json`) !== ""
  );
}

/**
 * Files on their way to another name. In the record of its own run a csc that
 * was killed while it wrote may leave one: it belongs to what happened.
 */
export function strayFiles(
  stopped: Stopped,
  place: Place,
  { alsoInRecord }: { readonly alsoInRecord: boolean },
): string[] {
  const receipt = stopped.receiptPath.slice(place.private.length + 1);
  const stray = names(place.private)
    .filter((name) => name.startsWith(`.${receipt}`))
    .concat(names(stopped.state).filter((name) => name.startsWith(".")));
  if (!alsoInRecord) return stray;
  return names(`${stopped.state}/runs`).flatMap((run) =>
    names(`${stopped.state}/runs/${run}`).filter((name) => name.startsWith("."))
  ).concat(stray);
}

function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return ""; // it is gone, or not there yet
  }
}

function names(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map(({ name }) => name);
  } catch {
    return []; // the same
  }
}
