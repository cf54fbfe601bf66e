/**
 * What the manual says about the verbs around a run: keys, formats, shells,
 * the manual itself.
 *
 * @module
 */
import { SCHEMA_NAMES } from "../../protocol/validators/schema_texts.js";
import { CONFIG, MODE, RUN_FLAGS } from "./flags.ts";
import { TEMPLATE_NAMES } from "../init/policy_template.ts";
import type { VerbText } from "./manual.ts";

/** Shells that there are completions for. */
export const SHELLS: readonly string[] = ["bash", "zsh", "fish"];

/** Flags of `run` that decide what a configuration could. */
const DECIDING = ["--signing-key", "--key-id", "--state-dir", "--no-log"];

const INIT: VerbText = {
  name: "init",
  operands: "[DIR]",
  summary: "set up csc: configuration, key, a policy",
  about: [
    "Sets up csc for whoever calls, in $XDG_CONFIG_HOME/csc or ~/.config/csc: a key, its public half in a trust store, a policy for DIR (default the current directory), and a configuration that names them. Says which commands come next. What exists is kept and named, never overwritten; what is missing is made, so that it can be called again.",
  ],
  flags: [
    {
      flag: "--policy-template",
      value: "NAME",
      choices: TEMPLATE_NAMES,
      meaning:
        "the policy to start from, with its prefixes set to DIR; default `dev-readonly`",
    },
    {
      flag: "--key-id",
      value: "ID",
      completes: "nothing",
      meaning: "name of the key; default made from the public half",
    },
    {
      flag: "--system",
      meaning: "set up the machine, in /etc/csc; for root",
    },
    {
      flag: "--json",
      meaning: "print files, policy and next commands as JSON",
    },
  ],
  completes: "directory",
};

const KEYGEN: VerbText = {
  name: "keygen",
  operands: "",
  summary: "make a key pair for receipts",
  about: [
    "Makes an Ed25519 key pair: `DIR/ID.key` (PKCS#8 PEM, readable by its owner only) and `DIR/ID.pub` (SPKI PEM). Existing files are never overwritten. Keep keys outside of the directories that commands work in, for instance in `~/.config/csc/keys`: no command may reach one.",
  ],
  flags: [
    {
      flag: "--out",
      value: "DIR",
      completes: "directory",
      meaning: "directory of the files; default the current one",
    },
    {
      flag: "--key-id",
      value: "ID",
      completes: "nothing",
      meaning:
        "name of the key and its files; default made from the public half",
    },
    {
      flag: "--raw",
      meaning:
        "write the 32 raw bytes of both halves as well: `ID.seed`, `ID.pub.raw`",
    },
    { flag: "--json", meaning: "print id and files as JSON" },
  ],
  completes: "nothing",
};

const SIGN_FILE: VerbText = {
  name: "sign-file",
  operands: "FILE",
  summary: "sign any file, detached",
  about: [
    "Prints a detached signature of a file: a DSSE envelope (JSON) whose statement holds the file's name, size and sha256. `-` reads standard input. Use another key than for receipts.",
  ],
  flags: [
    {
      flag: "--signing-key",
      value: "FILE",
      completes: "file",
      meaning:
        "private key: PKCS#8 PEM, 32-byte seed or 64-byte pair; required",
    },
    {
      flag: "--key-id",
      value: "ID",
      completes: "nothing",
      meaning: "the name under which verifiers know the key; required",
    },
  ],
  completes: "file",
};

const VERIFY_FILE: VerbText = {
  name: "verify-file",
  operands: "FILE SIGNATURE",
  summary: "check such a signature",
  about: ["Checks that the file has the size and digest that the key signed."],
  flags: [
    {
      flag: "--public-key",
      value: "FILE",
      completes: "file",
      meaning:
        "SPKI PEM or 32 raw bytes, from somewhere else than the file; required",
    },
    {
      flag: "--key-id",
      value: "ID",
      completes: "nothing",
      meaning: "the id that the signature must name; required",
    },
    { flag: "--json", meaning: "print `{valid, code, message, key_id}`" },
  ],
  completes: "file",
};

const DOCTOR: VerbText = {
  name: "doctor",
  operands: "",
  summary: "can this host run hardened commands?",
  about: [
    "Looks at everything that a hardened run needs (kernel, namespaces, seccomp, cgroups, configuration, key, state directory), builds one sandbox as a trial, and says for each thing that is missing what exactly to do. Changes nothing. Exit code 0: hardened runs work here.",
  ],
  flags: [
    { flag: "--json", meaning: "print {works, findings} as JSON" },
    CONFIG,
    {
      flag: "--print-apparmor-profile",
      meaning:
        "print the AppArmor profile that lets csc use user namespaces on Ubuntu 23.10 and newer",
    },
  ],
  completes: "nothing",
};

const CONFIG_VERB: VerbText = {
  name: "config",
  operands: "show|check [FILE]",
  summary: "show or check the configuration",
  about: [
    "`show` prints every setting that counts, as a configuration file. It takes the flags of `run` that decide a setting. `check` says everything that is wrong with the configuration files, or with FILE as `--config FILE` would read it: what it says, who may write it, what the machine's file locks. Every key: `csc help configuration`.",
  ],
  flags: [
    {
      flag: "--origin",
      meaning:
        "with `show`: say for each setting where it comes from, a flag, a line of a file or csc's default, and whether the machine's file locks it",
    },
    CONFIG,
    MODE,
    ...RUN_FLAGS.filter(({ flag }) => DECIDING.includes(flag)),
    {
      flag: "--json",
      meaning: "print {files, settings} or {ok, files} as JSON",
    },
  ],
  completes: ["show", "check"],
};

const PRUNE: VerbText = {
  name: "prune",
  operands: "",
  summary: "take away old records of runs",
  about: [
    "Takes away, in the state directory, the records of runs that are older than `retention` of the configuration allows, then the oldest until the rest fits. A run without a receipt stays for a week, since it may be going on. Used approvals are never forgotten, and receipts that `--receipt-out` has put elsewhere stay. Nothing else in csc deletes records: call it daily (cron, a systemd timer).",
  ],
  flags: [
    {
      flag: "--dry-run",
      meaning: "say what would go, and take nothing away",
    },
    ...RUN_FLAGS.filter(({ flag }) => flag === "--state-dir"),
    CONFIG,
    { flag: "--json", meaning: "print {dry_run, removed, kept} as JSON" },
  ],
  completes: "nothing",
};

const SCHEMA: VerbText = {
  name: "schema",
  operands: "[NAME]",
  summary: "print a document's JSON Schema",
  about: [
    "Prints the JSON Schema (draft 2020-12) of a document that csc reads or writes; without NAME, the names there are. What schemas cannot say is in the specification, `schemas/README.md` of the sources.",
  ],
  flags: [{
    flag: "--json",
    meaning: "print the names as JSON; a schema is JSON anyway",
  }],
  completes: SCHEMA_NAMES,
};

const COMPLETION: VerbText = {
  name: "completion",
  operands: "SHELL",
  summary: "print completions for a shell",
  about: [
    "Prints a script that completes verbs, flags and their values.",
    'bash: `eval "$(csc completion bash)"` in ~/.bashrc.',
    'zsh: `eval "$(csc completion zsh)"` in ~/.zshrc, after compinit.',
    "fish: `csc completion fish | source` in ~/.config/fish/config.fish.",
  ],
  flags: [],
  completes: SHELLS,
};

const VERSION: VerbText = {
  name: "version",
  operands: "",
  summary: "tell what this csc is made of",
  about: [
    "Prints version, flavour, Deno version and commit.",
  ],
  flags: [{
    flag: "--json",
    meaning: "print everything, with the digests of the native parts",
  }],
  completes: "nothing",
};

const HELP: VerbText = {
  name: "help",
  operands: "[TOPIC]",
  summary: "tell more; so does `--help` after any verb",
  about: ["Prints this manual's overview or one topic."],
  flags: [
    {
      flag: "--man",
      meaning: "print all of it as a manual page: `csc help --man | man -l -`",
    },
    { flag: "--json", meaning: "print verbs, flags and topics as JSON" },
  ],
  completes: "nothing",
};

/** These verbs, in the order of the verb table. */
export const TOOL_VERB_TEXTS: readonly VerbText[] = [
  INIT,
  KEYGEN,
  SIGN_FILE,
  VERIFY_FILE,
  DOCTOR,
  CONFIG_VERB,
  PRUNE,
  SCHEMA,
  COMPLETION,
  VERSION,
  HELP,
];
