/**
 * What can be completed, for every shell the same.
 *
 * @module
 */
import { topicNames } from "../help.ts";
import type { Completes, FlagText, VerbText } from "../manual/manual.ts";
import { plain } from "../manual/plain.ts";
import { VERB_TEXTS } from "../manual/verbs.ts";

/** A verb with all its flags. */
export interface VerbWords {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly FlagText[];
  /** Words for its operands, or what kind of thing they are. */
  readonly operands: Completes | readonly string[];
  /** True where a command line of another program follows. */
  readonly commandLine: boolean;
}

/** All verbs. */
export function verbWords(): VerbWords[] {
  return VERB_TEXTS.map((verb: VerbText) => ({
    name: verb.name,
    summary: plain(verb.summary),
    flags: verb.flags,
    operands: verb.name === "help" ? topicNames() : verb.completes,
    commandLine: verb.name === "exec",
  }));
}

/** The first part of a meaning, short enough for a list in a terminal. */
export function shortMeaning({ meaning }: FlagText): string {
  const [first = ""] = plain(meaning).split(/[;:.]/);
  return first.length <= 60 ? first : `${first.slice(0, 59).trimEnd()}…`;
}
