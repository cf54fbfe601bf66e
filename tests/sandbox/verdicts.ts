/**
 * How an attack test can end other than by passing.
 *
 * @module
 */
import { AssertionError } from "node:assert/strict";

/** This machine cannot show the attack; see `skipSecurityTest()`. */
export class Skipped extends Error {}

/** csc does not stop it here, and says so; see `admitNotStopped()`. */
export class Admitted extends Error {}

/** The confined half did not come to its try, so nothing is proven. */
export class DidNotRun extends AssertionError {}

/** Some tries of an attack were possible in the sandbox. */
export class Succeeded extends AssertionError {
  constructor(
    message: string,
    readonly possible: readonly string[],
    readonly tried: number,
  ) {
    super({ message });
  }
}
