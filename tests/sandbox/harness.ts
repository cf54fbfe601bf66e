/**
 * How an attack test is written.
 *
 * Every test first runs the attack bare, to show that it works on this machine
 * and that the test would notice; then the same through `csc run --mode
 * hardened`, where it must fail. Both as each caller of callers.ts.
 *
 * `deno task attack` takes the same tests to measure csc and its peers; what
 * came of each is then written down instead of asserted (measuring.ts).
 *
 * @module
 */
import { type Caller, callers } from "./callers.ts";
import { type Measured, measuredFrom, writeMeasured } from "./measuring.ts";
import { Place } from "./place.ts";
import { subject } from "./subjects.ts";
import { Admitted, Skipped } from "./verdicts.ts";

/** Settings of one attack test. */
export interface AttackOptions {
  /** Directory for the workspace; default /tmp, which csc also covers itself. */
  readonly base?: string;
  /** The callers for whom the attack exists at all; default both. */
  readonly callers?: readonly Caller["name"][];
  /** Why this cannot be asked of a peer: what csc alone has. */
  readonly cscOnly?: string;
}

/**
 * Registers one attack, once per caller. `title` says what must not happen;
 * `body` runs both halves in a fresh place.
 */
export function attackTest(
  title: string,
  body: (place: Place) => Promise<void>,
  options: AttackOptions = {},
): void {
  const wanted = options.callers ?? ["root", "user"];
  const report = Deno.env.get("CSC_ATTACK_REPORT");
  for (const caller of callers()) {
    if (!wanted.includes(caller.name)) continue;
    const name = `${title} (csc started by ${caller.name})`;
    Deno.test(
      name,
      report === undefined
        ? () => hold(name, caller, body, options)
        : () => measure(report, caller, body, options),
    );
  }
}

/** The test proper: throws what must fail it. */
async function hold(
  name: string,
  caller: Caller,
  body: (place: Place) => Promise<void>,
  options: AttackOptions,
): Promise<void> {
  const place = await Place.create(caller, options.base ?? "/tmp");
  try {
    await body(place);
  } catch (error) {
    if (error instanceof Admitted) return;
    if (!(error instanceof Skipped)) throw error;
    console.error(`SKIPPED ${name}: ${error.message}`);
    if (Deno.env.get("CI") === "true") {
      throw new Error(`a security test was skipped: ${error.message}`);
    }
  } finally {
    await place.close();
  }
}

/** The same for the table: never fails, and adds a line to `report`. */
async function measure(
  report: string,
  caller: Caller,
  body: (place: Place) => Promise<void>,
  options: AttackOptions,
): Promise<void> {
  const { cscOnly } = options;
  let measured: Measured;
  if (subject() !== "csc" && cscOnly !== undefined) {
    measured = { bare: null, confined: "n.a.", note: cscOnly };
  } else {
    const place = await Place.create(caller, options.base ?? "/tmp");
    let thrown: unknown = null;
    try {
      await body(place);
    } catch (error) {
      thrown = error;
    } finally {
      await place.close();
    }
    measured = measuredFrom(thrown, place.reachedConfined);
  }
  await writeMeasured(report, caller.name, measured);
}

/**
 * Ends the test because this machine cannot show the attack. Printed as
 * SKIPPED, and a failure where CI=true: a skip may never look like a pass.
 */
export function skipSecurityTest(reason: string): never {
  throw new Skipped(reason);
}

/**
 * Ends the test because csc does not stop this here, and says so in its
 * evidence and README: no failure, and no wall in the table either.
 */
export function admitNotStopped(reason: string): never {
  throw new Admitted(reason);
}
