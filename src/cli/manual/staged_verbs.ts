/**
 * What the manual says about the verbs for staged runs.
 *
 * @module
 */
import { CONFIG, RUN_FLAGS } from "./flags.ts";
import type { FlagText, VerbText } from "./manual.ts";

const SHARED: readonly FlagText[] = [
  ...RUN_FLAGS.filter(({ flag }) => flag === "--state-dir"),
  CONFIG,
];

/** `staged`, `diff`, `apply` and `discard`. */
export const STAGED_VERB_TEXTS: readonly VerbText[] = [
  {
    name: "staged",
    operands: "",
    summary: "list staged runs",
    about: [
      "Lists the runs whose changes are staged: id, state, number of changes, scopes. `unfinished` is a run that goes on or was killed; `half-applied` one whose `apply` was killed, which `apply` completes.",
    ],
    flags: [{ flag: "--json", meaning: "print the list as JSON" }, ...SHARED],
    completes: "nothing",
  },
  {
    name: "diff",
    operands: "ID",
    summary: "show what a staged run has changed",
    about: [
      "Shows each path that the staged run ID has created (+), changed (~) or deleted (-), and each that cannot be applied (!) because the host's file has changed since the run began. ID is the run's execution id.",
    ],
    flags: [
      { flag: "--json", meaning: "print changes and conflicts as JSON" },
      ...SHARED,
    ],
    completes: "nothing",
  },
  {
    name: "apply",
    operands: "ID",
    summary: "make a staged run's changes",
    about: [
      "Makes on the host what the run ID has staged, all of it or nothing: it is refused where the host's files have changed since the run began, and called again after a kill it completes what was begun or starts anew. Links on the host are never followed. Hard links come out as separate files.",
    ],
    flags: [
      { flag: "--json", meaning: "print id and number of steps as JSON" },
      ...SHARED,
    ],
    completes: "nothing",
  },
  {
    name: "discard",
    operands: "ID",
    summary: "forget a staged run's changes",
    about: ["Takes away what the run ID has staged. The host stays as it is."],
    flags: SHARED,
    completes: "nothing",
  },
];
