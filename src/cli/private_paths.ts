/**
 * Paths below directories that a sandbox has of its own, in no scope: what is
 * written there is lost without a word from anybody.
 *
 * @module
 */
import type { Contract } from "../protocol/contract.ts";
import { describeLost } from "./private_paths_text.ts";

/** The directories, wherever a contract's text names something in them. */
const NAMED = /\/tmp\/|\/dev\/shm\//;

/**
 * One line for each command that hardened mode would surprise, and one for such
 * expected outputs. Pure.
 *
 * @param verb The verb that is to say it: its flags are the next step of `exec`.
 */
export function privatePaths(contract: Contract, verb: string): string[] {
  // Nearly always there are none, and the words need not be loaded.
  return NAMED.test(JSON.stringify(contract))
    ? describeLost(contract, verb)
    : [];
}
