/**
 * What the manual says about each verb. The verbs themselves, with all their
 * flags, are in ../verbs.ts; a test holds the two together.
 *
 * @module
 */
import {
  CONFIG,
  MODE,
  RECEIPT_JSON,
  RECORDS_DIR,
  RUN_FLAGS,
  VOICE_FLAGS,
} from "./flags.ts";
import type { VerbText } from "./manual.ts";
import { STAGED_VERB_TEXTS } from "./staged_verbs.ts";
import { TOOL_VERB_TEXTS } from "./tool_verbs.ts";

const CHECK: VerbText = {
  name: "check",
  operands: "CONTRACT POLICY",
  summary: "decide, run nothing",
  about: [
    "Decides whether the policy (YAML or JSON) allows the contract (JSON), and says why. Nothing runs, nothing is written. `-` reads one of the two from standard input.",
  ],
  flags: [
    {
      flag: "--json",
      meaning: "print the PolicyDecision as one JSON document",
    },
    {
      flag: "--quiet",
      meaning: "print nothing; the exit code says it",
    },
    {
      flag: "--verbose",
      meaning: "say too what each command was classified as, and until when",
    },
  ],
  completes: "file",
};

const PLAN: VerbText = {
  name: "plan",
  operands: "CONTRACT POLICY",
  summary: "show what a run would be made of",
  about: [
    "Decides, and if the policy allows the contract, or asks for an approval, shows what a run of it would be made of: the programs, the file tree, the limits, the names of the variables. Nothing runs, nothing is written. What would block the run is said as it would be then.",
  ],
  flags: [
    MODE,
    {
      flag: "--receipt-out",
      value: "FILE",
      completes: "file",
      meaning: "plan for a receipt there",
    },
    {
      flag: "--signing-key",
      value: "FILE",
      completes: "file",
      meaning: "plan for a key there; it is not read",
    },
    {
      flag: "--state-dir",
      value: "DIR",
      completes: "directory",
      meaning: "plan for a state directory there",
    },
    CONFIG,
    { flag: "--json", meaning: "print the plan as one JSON document" },
  ],
  completes: "file",
};

const RUN: VerbText = {
  name: "run",
  operands: "CONTRACT POLICY",
  summary: "decide, run, write a receipt",
  about: [
    "Decides; if allowed, runs the contract's commands one after another until one fails; writes a receipt and, beside it, an evidence document. A contract that is denied or blocked gets a receipt as well.",
  ],
  flags: [
    MODE,
    {
      flag: "--receipt-out",
      value: "FILE",
      completes: "file",
      meaning:
        "default `./out/receipt.json`; the evidence goes to `FILE.evidence.json`. Name one outside every write scope. It replaces an older receipt or an empty file, and nothing else",
    },
    ...RUN_FLAGS,
    CONFIG,
    { flag: "--sandbox-debug", meaning: "show the plan and run nothing" },
    RECEIPT_JSON,
    ...VOICE_FLAGS,
  ],
  notes: [
    "SIGINT, SIGTERM or SIGHUP to csc ends the command and gives a receipt. An error before anything was judged gives none, and says so where a receipt of an earlier run lies in its place.",
  ],
  completes: "file",
};

const EXEC: VerbText = {
  name: "exec",
  operands: "[FLAGS] -- CMD [ARGS...]",
  summary: "run one command, by a contract of flags",
  about: [
    "Makes a contract of the flags and the command line, and runs it as `run` does: the same gate, the same sandbox, the same receipt. Flags end at `--` or at the first word that is none. The same flags in the same directory give the same contract, so that it can be approved.",
    "Without `--policy` a built-in policy decides: it allows the program that is named, what lies in the working directory as far as the flags declare it, the effects observe, transform_local and mutate_repo, the risk classes low and medium, an hour; no network, no secrets. `--read`, `--write`, `--cwd`, `--timeout`, `--effect` and `--risk` widen it to exactly what they name. For other rules, `--print-policy` writes it out to begin with. Where the machine's configuration pins `policies`, the built-in one is none of them, and `--policy` must name one.",
  ],
  flags: [
    {
      flag: "--policy",
      value: "FILE",
      completes: "file",
      meaning: "the policy that decides, in place of the built-in one",
    },
    {
      flag: "--read",
      value: "PATH",
      completes: "file",
      meaning:
        "a read scope, in addition to the working directory; a directory with all below it; may come again",
    },
    {
      flag: "--write",
      value: "PATH",
      completes: "file",
      meaning: "a write scope, in the same way; may come again. Default none",
    },
    {
      flag: "--env",
      value: "NAME",
      completes: "nothing",
      meaning:
        "a variable of csc's own that the command gets, by its name alone; may come again",
    },
    {
      flag: "--cwd",
      value: "DIR",
      completes: "directory",
      meaning: "where the command runs; default the current directory",
    },
    {
      flag: "--timeout",
      value: "SECONDS",
      completes: "nothing",
      meaning: "deadline of the command; default 30",
    },
    {
      flag: "--effect",
      value: "TYPE",
      choices: [
        "observe",
        "transform_local",
        "fetch_external",
        "mutate_repo",
        "deploy",
        "touch_secrets",
      ],
      meaning:
        "what the command is for; default `transform_local` with a write scope, else `observe`",
    },
    {
      flag: "--risk",
      value: "CLASS",
      choices: ["low", "medium", "high", "critical"],
      meaning: "risk class of the contract; default `low`",
    },
    {
      flag: "--why",
      value: "TEXT",
      completes: "nothing",
      meaning: "intent and justification; default says what runs, and for whom",
    },
    {
      flag: "--print-contract",
      meaning: "print the contract and run nothing",
    },
    {
      flag: "--print-policy",
      meaning: "print the built-in policy for this call and run nothing",
    },
    MODE,
    {
      flag: "--receipt-out",
      value: "FILE",
      completes: "file",
      meaning: "default `receipts/ID.json` in the state directory",
    },
    ...RUN_FLAGS,
    CONFIG,
    RECEIPT_JSON,
    ...VOICE_FLAGS,
  ],
  notes: [
    "`csc [FLAGS] -c LINE` is `csc exec [FLAGS] -- sh -c LINE`, for programs that want a shell: see `csc help make`.",
  ],
  completes: "nothing",
};

const VERIFY: VerbText = {
  name: "verify-receipt",
  operands: "RECEIPT",
  summary: "check a receipt's signature",
  about: [
    "Checks that the receipt was signed by the key, which must come from somewhere else than the receipt: from `--public-key`, else from the directory that `trust_store` of the configuration names, where each key is a file `ID.pub`.",
  ],
  flags: [
    {
      flag: "--public-key",
      value: "FILE",
      completes: "file",
      meaning: "SPKI PEM or 32 raw bytes; default all of the trust store",
    },
    {
      flag: "--key-id",
      value: "ID",
      completes: "nothing",
      meaning:
        "the id that the receipt must name; required with `--public-key`",
    },
    {
      flag: "--evidence",
      value: "FILE",
      completes: "file",
      meaning:
        "check too that this is the evidence the receipt was signed with",
    },
    CONFIG,
    { flag: "--json", meaning: "print `{valid, code, message, key_id}`" },
    { flag: "--quiet", meaning: "print nothing; the exit code says it" },
  ],
  completes: "file",
};

const EXPLAIN: VerbText = {
  name: "explain",
  operands: "RECEIPT|EVIDENCE|RUN",
  summary: "tell the story of a run",
  about: [
    "Tells for a person what a receipt or an evidence document says: what was asked and decided, how it was confined, what ran and what came of it. Given a receipt, the evidence is looked for beside it (`RECEIPT.evidence.json`), and used only if the receipt names it by its digest. Text that a command or an agent wrote is quoted, with everything invisible in it escaped.",
    "RUN is `last`, for the latest run of the state directory, or an execution id as `csc log` lists them, or the beginning of one that no other has: six characters at least. A file of such a name is `./NAME`.",
    "What is told is what the document says. Whether it is true is for `verify-receipt` to check.",
  ],
  flags: [
    {
      flag: "--evidence",
      value: "FILE",
      completes: "file",
      meaning: "the evidence of the receipt, where it lies elsewhere",
    },
    RECORDS_DIR,
    CONFIG,
    { flag: "--json", meaning: "print the story's facts as one JSON document" },
  ],
  completes: "file",
};

const LOG: VerbText = {
  name: "log",
  operands: "[list]",
  summary: "list the latest runs",
  about: [
    "Lists the runs that the state directory has records of, the latest first: time, status, exit code, execution id, policy, command line. A run without a receipt is `unfinished`: it goes on, or csc was stopped in it. `csc explain` tells the story of one. `csc log` is short for `csc log list`.",
  ],
  flags: [
    {
      flag: "--limit",
      value: "N",
      completes: "nothing",
      meaning: "so many runs at most; default 20",
    },
    RECORDS_DIR,
    CONFIG,
    { flag: "--json", meaning: "print the list as one JSON document" },
  ],
  completes: ["list"],
};

/** Every verb, in the order of the verb table. */
export const VERB_TEXTS: readonly VerbText[] = [
  CHECK,
  PLAN,
  RUN,
  EXEC,
  VERIFY,
  EXPLAIN,
  LOG,
  ...STAGED_VERB_TEXTS,
  ...TOOL_VERB_TEXTS,
];
