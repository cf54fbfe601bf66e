/**
 * Flags that several verbs share.
 *
 * @module
 */
import type { FlagText } from "./manual.ts";

export const MODE: FlagText = {
  flag: "--mode",
  value: "MODE",
  choices: ["local", "hardened"],
  meaning:
    "`local` checks before the launch and confines nothing; `hardened` runs in a sandbox of the kernel (Linux) and needs a signing key. `run` takes `local` where nothing is said, `exec` and `plan` take `hardened`",
};

export const RUN_FLAGS: readonly FlagText[] = [
  {
    flag: "--approval",
    value: "FILE",
    completes: "file",
    meaning: "an approval of this very contract",
  },
  {
    flag: "--sign",
    meaning: "sign in local mode too",
  },
  {
    flag: "--staged",
    meaning:
      "hardened mode: keep what the commands change in the state directory, for `csc diff`, `csc apply` and `csc discard`, and the host as it is",
  },
  {
    flag: "--signing-key",
    value: "FILE",
    completes: "file",
    meaning:
      "private key: PKCS#8 PEM, 32-byte seed or 64-byte pair; nobody else may open the file",
  },
  {
    flag: "--key-id",
    value: "ID",
    completes: "nothing",
    meaning: "the name under which verifiers know the key",
  },
  {
    flag: "--state-dir",
    value: "DIR",
    completes: "directory",
    meaning: "where runs are recorded and used approvals remembered",
  },
  {
    flag: "--no-log",
    meaning: "run without a record; the evidence says so",
  },
];

/** The state directory, for verbs that only look at it. */
export const RECORDS_DIR: FlagText = {
  flag: "--state-dir",
  value: "DIR",
  completes: "directory",
  meaning: "where the runs are recorded",
};

export const CONFIG: FlagText = {
  flag: "--config",
  value: "FILE",
  completes: "file",
  meaning: "read this configuration and no other",
};

export const RECEIPT_JSON: FlagText = {
  flag: "--json",
  meaning:
    "print the receipt alone on standard output; the commands' output goes to standard error",
};

/** How `run` and `exec` speak. */
export const VOICE_FLAGS: readonly FlagText[] = [
  {
    flag: "--exit-code",
    value: "WHOSE",
    choices: ["status", "command"],
    meaning:
      "`status` ends with csc's own exit codes, `command` with that of the last command that ran. `run` takes `status` where nothing is said, `exec` takes `command`",
  },
  {
    flag: "--quiet",
    meaning: "no status line, no notices, no spinner; errors are still said",
  },
  {
    flag: "--verbose",
    meaning:
      "tell the story of the run on standard error afterwards, as `explain` does",
  },
  {
    flag: "--raw",
    meaning:
      "pass control characters of the commands' output on to a terminal as they are",
  },
];
