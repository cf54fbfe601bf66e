/**
 * How an attack test is written.
 *
 * Every test first runs the attack bare, to show that it works on this machine
 * and that the test would notice; then the same through `csc run --mode
 * hardened`, where it must fail. Both as each caller of callers.ts.
 *
 * @module
 */
import { type Caller, callers } from "./callers.ts";
import { Place } from "./place.ts";

/** Carries a reason out of a test body; see `skipSecurityTest()`. */
class Skipped extends Error {}

/** Settings of one attack test. */
export interface AttackOptions {
  /** Directory for the workspace; default /tmp, which csc also covers itself. */
  readonly base?: string;
  /** The callers for whom the attack exists at all; default both. */
  readonly callers?: readonly Caller["name"][];
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
  for (const caller of callers()) {
    if (!wanted.includes(caller.name)) continue;
    const name = `${title} (csc started by ${caller.name})`;
    Deno.test(name, async () => {
      const place = await Place.create(caller, options.base ?? "/tmp");
      try {
        await body(place);
      } catch (error) {
        if (!(error instanceof Skipped)) throw error;
        console.error(`SKIPPED ${name}: ${error.message}`);
        if (Deno.env.get("CI") === "true") {
          throw new Error(`a security test was skipped: ${error.message}`);
        }
      } finally {
        await place.close();
      }
    });
  }
}

/**
 * Ends the test because this machine cannot show the attack. Printed as
 * SKIPPED, and a failure where CI=true: a skip may never look like a pass.
 */
export function skipSecurityTest(reason: string): never {
  throw new Skipped(reason);
}
