/**
 * What came of one attack, as `deno task attack` reads it.
 *
 * @module
 */
import { AssertionError } from "node:assert/strict";
import type { Caller } from "./callers.ts";
import { Admitted, DidNotRun, Skipped, Succeeded } from "./verdicts.ts";

/** What came of one attack under one subject, for one caller. */
export interface Measured {
  /** Null where the bare half was not run. */
  readonly bare: "succeeds" | "n.a." | null;
  readonly confined: "stopped" | "succeeds" | "n.a.";
  /** The reason of an "n.a.", or what exactly succeeded. */
  readonly note: string;
  /** csc does not stop it here and says so in its evidence. */
  readonly admitted?: boolean;
  /** Why the test says so, for whoever checks the table. */
  readonly detail?: string;
}

/** One line of the report. */
export interface ReportLine extends Measured {
  /** Name of the test file, without `_test.ts`. */
  readonly attack: string;
  readonly caller: Caller["name"];
}

/** Judges how the body of a test ended: `thrown`, or null where it passed. */
export function measuredFrom(
  thrown: unknown,
  reachedConfined: boolean,
): Measured {
  if (thrown === null) {
    return { bare: "succeeds", confined: "stopped", note: "" };
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (!reachedConfined) {
    const skipped = thrown instanceof Skipped;
    const note = skipped ? message : "the bare half failed";
    return {
      bare: "n.a.",
      confined: "n.a.",
      note,
      ...(skipped ? {} : { detail: message }),
    };
  }
  const bare = "succeeds";
  // What this machine could show was stopped.
  if (thrown instanceof Skipped) {
    return { bare, confined: "stopped", note: "" };
  }
  if (thrown instanceof Admitted) {
    return { bare, confined: "succeeds", note: message, admitted: true };
  }
  if (thrown instanceof Succeeded) {
    const all = thrown.possible.length === thrown.tried;
    const share = `${thrown.possible.length} of ${thrown.tried}`;
    return {
      bare,
      confined: "succeeds",
      note: all ? "" : share,
      detail: message,
    };
  }
  if (thrown instanceof DidNotRun || !(thrown instanceof AssertionError)) {
    return {
      bare,
      confined: "n.a.",
      note: "the command did not run",
      detail: message,
    };
  }
  return { bare, confined: "succeeds", note: "", detail: message };
}

/** Adds a line to the report of this run. */
export async function writeMeasured(
  report: string,
  caller: Caller["name"],
  measured: Measured,
): Promise<void> {
  const file = Deno.mainModule.split("/").pop() ?? "";
  const attack = file.replace(/_test\.ts$/, "");
  const line: ReportLine = { attack, caller, ...measured };
  await Deno.writeTextFile(report, `${JSON.stringify(line)}\n`, {
    append: true,
  });
}
