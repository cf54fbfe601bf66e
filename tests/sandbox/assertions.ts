/**
 * What the tests claim about an attack and about the receipt of its run.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Confined } from "./place.ts";
import type { Finished } from "./running.ts";
import { DidNotRun, Succeeded } from "./verdicts.ts";

/** How each labelled try of an attacker went; the last line of a label counts. */
export function tries(output: string): Map<string, string> {
  const found = new Map<string, string>();
  const line = /^(.+): (attempted|possible|refused \S+)\r?$/gm;
  for (const [, label, outcome] of output.matchAll(line)) {
    found.set(label!, outcome!);
  }
  return found;
}

/** The labels of what was possible: another kernel may offer less. */
export function possibleTries(result: Finished): string[] {
  return [...tries(result.stdout)]
    .filter(([, outcome]) => outcome === "possible")
    .map(([label]) => label);
}

function describe(result: Finished): string {
  return `exit ${result.code}, signal ${result.signal}\nstdout: ${
    result.stdout.slice(0, 4000)
  }\nstderr: ${result.stderr.slice(0, 4000)}`;
}

/** The attack works here: without this a refusal would prove nothing. */
export function assertPossible(
  result: Finished,
  ...labels: readonly string[]
): void {
  const outcomes = tries(result.stdout);
  for (const label of labels) {
    assert.equal(
      outcomes.get(label),
      "possible",
      `"${label}" should work without csc\n${describe(result)}`,
    );
  }
}

/**
 * Each of these was tried, and refused. Without labels: something was tried,
 * and everything was refused.
 */
export function assertRefused(
  result: Finished,
  ...labels: readonly string[]
): void {
  const outcomes = tries(result.stdout);
  const wanted = labels.length > 0 ? labels : [...outcomes.keys()];
  if (wanted.length === 0) {
    throw new DidNotRun({ message: `nothing was tried\n${describe(result)}` });
  }
  judge(result, wanted, /^refused /);
}

/** As assertRefused(); being killed in the try counts as refused, too. */
export function assertRefusedOrKilled(
  result: Finished,
  ...labels: readonly string[]
): void {
  judge(result, labels, /^(attempted|refused .*)$/);
}

/** Throws what was possible; or else what was not even tried. */
function judge(
  result: Finished,
  labels: readonly string[],
  stopped: RegExp,
): void {
  const outcomes = tries(result.stdout);
  const possible = labels.filter((label) => outcomes.get(label) === "possible");
  if (possible.length > 0) {
    throw new Succeeded(
      `must be refused: ${possible.join(", ")}\n${describe(result)}`,
      possible,
      labels.length,
    );
  }
  for (const label of labels) {
    const outcome = outcomes.get(label) ?? "not tried";
    if (stopped.test(outcome)) continue;
    const message = `"${label}" must be refused, it is: ${outcome}`;
    throw new DidNotRun({ message: `${message}\n${describe(result)}` });
  }
}

/**
 * The command really ran in the sandbox and the receipt says so: an attack
 * that never started would look like one that was stopped.
 */
export function assertRan(result: Confined, exitCode = 0): void {
  const { receipt, evidence } = result;
  if (result.subject !== "csc") {
    // Peers have exit codes of their own for what is no plain success.
    if (exitCode !== 0 || result.code === 0) return;
    throw new DidNotRun({ message: `it did not run\n${describe(result)}` });
  }
  assert.ok(receipt !== null, `no receipt\n${describe(result)}`);
  assert.equal(
    receipt.status,
    exitCode === 0 ? "success" : "failed",
    `${receipt.error}\n${describe(result)}`,
  );
  assert.equal(receipt.exit_code, exitCode);
  assert.equal(result.code, exitCode === 0 ? 0 : 1);
  assertSignedAsHardened(result);
  assert.ok(evidence !== null, "no evidence document");
}

/** The run was refused before anything started, and the receipt says so. */
export function assertBlocked(result: Confined, exitCode?: number): void {
  const { receipt } = result;
  assert.ok(receipt !== null, `no receipt\n${describe(result)}`);
  assert.equal(receipt.status, "blocked", describe(result));
  assert.equal(receipt.exit_code, exitCode);
  assert.equal(receipt.stdout_hash, undefined);
  assert.notEqual(receipt.error ?? "", "");
  assert.deepEqual(receipt.completed_command_ids ?? [], []);
  assert.equal(result.code, 1);
}

function assertSignedAsHardened({ receipt }: Confined): void {
  assert.equal(receipt?.execution_mode, "hardened");
  assert.equal(receipt?.signing_key_id, "test");
  assert.equal(receipt?.signature?.algorithm, "ed25519");
  assert.match(
    receipt?.sandbox_profile_id ?? "",
    /^[^@;]+@sha256:[0-9a-f]{64};evidence=sha256:[0-9a-f]{64}$/,
  );
}
