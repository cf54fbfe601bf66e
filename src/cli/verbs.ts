/**
 * The verbs: what each takes, what it may do, and where its code is.
 *
 * Each comes from a chunk of its own, because every start pays for all that
 * is parsed, used or not.
 *
 * @module
 */
import type { Arguments, Syntax } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import type { ExitCode, ExitCodeOf } from "./exit_codes.ts";

/** One verb. */
export interface Verb extends Syntax {
  /** Deno permissions it keeps; the rest is given up before it starts. */
  readonly permissions: readonly Deno.PermissionName[] | "all";
  /** Whose exit code it ends with where nothing is said; else "status". */
  readonly exitCodeOf?: ExitCodeOf;
  perform(args: Arguments, backends: Backends): Promise<ExitCode>;
}

/** What `run` and `exec` both take. */
const RUN_OPTIONS = [
  "--mode",
  "--receipt-out",
  "--approval",
  "--signing-key",
  "--key-id",
  "--state-dir",
  "--config",
  "--exit-code",
];
const RUN_SWITCHES = [
  "--sign",
  "--staged",
  "--no-log",
  "--json",
  "--quiet",
  "--verbose",
  "--raw",
];

/** Every verb, in the order in which help lists them. */
export const VERBS: readonly Verb[] = [
  {
    name: "check",
    operands: ["CONTRACT", "POLICY"],
    switches: ["--json", "--quiet", "--verbose"],
    options: [],
    permissions: ["read"],
    perform: async (args, backends) =>
      (await import("./check.ts")).check(args, backends),
  },
  {
    name: "plan",
    operands: ["CONTRACT", "POLICY"],
    switches: ["--json"],
    options: [
      "--mode",
      "--receipt-out",
      "--signing-key",
      "--state-dir",
      "--config",
    ],
    // As for `run`: what it asks the host is the same.
    permissions: "all",
    perform: async (args, backends) =>
      (await backends.forRun()).plan(args, backends),
  },
  {
    name: "run",
    operands: ["CONTRACT", "POLICY"],
    switches: [...RUN_SWITCHES, "--sandbox-debug"],
    options: RUN_OPTIONS,
    // Deno wants every permission for files below /proc and /sys: cgroups, the
    // environment as the kernel has it.
    permissions: "all",
    perform: async (args, backends) =>
      (await backends.forRun()).run(args, backends),
  },
  {
    name: "exec",
    operands: ["CMD", "[ARGS...]"],
    switches: [...RUN_SWITCHES, "--print-contract", "--print-policy"],
    options: [
      ...RUN_OPTIONS,
      "--policy",
      "--cwd",
      "--timeout",
      "--effect",
      "--risk",
      "--why",
    ],
    lists: ["--read", "--write", "--env"],
    permissions: "all",
    exitCodeOf: "command",
    perform: async (args, backends) =>
      (await backends.forRun()).exec(args, backends),
  },
  {
    name: "verify-receipt",
    operands: ["RECEIPT"],
    switches: ["--json", "--quiet"],
    options: ["--public-key", "--key-id", "--evidence", "--config"],
    permissions: ["read", "env", "sys"],
    perform: async (args, backends) =>
      (await import("./verify_receipt.ts")).verifyReceiptVerb(args, backends),
  },
  {
    name: "explain",
    operands: ["RECEIPT|EVIDENCE|RUN"],
    switches: ["--json"],
    options: ["--evidence", "--state-dir", "--config"],
    permissions: ["read", "env", "sys"],
    perform: async (args, backends) =>
      (await import("./explain.ts")).explain(args, backends),
  },
  {
    name: "log",
    operands: ["[list]"],
    switches: ["--json"],
    options: ["--limit", "--state-dir", "--config"],
    permissions: ["read", "env", "sys"],
    perform: async (args, backends) =>
      (await import("./log.ts")).log(args, backends),
  },
  {
    name: "staged",
    operands: [],
    switches: ["--json"],
    options: ["--state-dir", "--config"],
    permissions: "all",
    perform: async (args, backends) =>
      (await import("./staged.ts")).staged(args, backends),
  },
  {
    name: "diff",
    operands: ["ID"],
    switches: ["--json"],
    options: ["--state-dir", "--config"],
    permissions: "all",
    perform: async (args, backends) =>
      (await import("./staged.ts")).diff(args, backends),
  },
  {
    name: "apply",
    operands: ["ID"],
    switches: ["--json"],
    options: ["--state-dir", "--config"],
    permissions: "all",
    perform: async (args, backends) =>
      (await import("./staged.ts")).apply(args, backends),
  },
  {
    name: "discard",
    operands: ["ID"],
    switches: [],
    options: ["--state-dir", "--config"],
    permissions: "all",
    perform: async (args, backends) =>
      (await import("./staged.ts")).discard(args, backends),
  },
  {
    name: "init",
    operands: ["[DIR]"],
    switches: ["--system", "--json"],
    options: ["--policy-template", "--key-id"],
    permissions: ["read", "write", "env", "sys"],
    perform: async (args, backends) =>
      (await import("./init.ts")).init(args, backends),
  },
  {
    name: "keygen",
    operands: [],
    switches: ["--raw", "--json"],
    options: ["--out", "--key-id"],
    permissions: ["read", "write"],
    perform: async (args, backends) =>
      (await import("./keygen.ts")).keygen(args, backends),
  },
  {
    name: "sign-file",
    operands: ["FILE"],
    switches: [],
    options: ["--signing-key", "--key-id"],
    permissions: ["read", "sys"],
    perform: async (args, backends) =>
      (await import("./sign_file.ts")).signFileVerb(args, backends),
  },
  {
    name: "verify-file",
    operands: ["FILE", "SIGNATURE"],
    switches: ["--json"],
    options: ["--public-key", "--key-id"],
    permissions: ["read"],
    perform: async (args, backends) =>
      (await import("./sign_file.ts")).verifyFileVerb(args, backends),
  },
  {
    name: "doctor",
    operands: [],
    switches: ["--json", "--print-apparmor-profile"],
    options: ["--config"],
    permissions: "all",
    perform: async (args, backends) =>
      (await import("./doctor.ts")).doctor(args, backends),
  },
  {
    name: "config",
    operands: ["show|check", "[FILE]"],
    switches: ["--origin", "--no-log", "--json"],
    options: [
      "--config",
      "--mode",
      "--signing-key",
      "--key-id",
      "--state-dir",
    ],
    permissions: ["read", "env", "sys"],
    perform: async (args, backends) =>
      (await import("./config.ts")).config(args, backends),
  },
  {
    name: "prune",
    operands: [],
    switches: ["--dry-run", "--json"],
    options: ["--state-dir", "--config"],
    permissions: ["read", "write", "env", "sys"],
    perform: async (args, backends) =>
      (await import("./prune.ts")).prune(args, backends),
  },
  {
    name: "schema",
    operands: ["[NAME]"],
    switches: ["--json"],
    options: [],
    permissions: ["read"],
    perform: async (args, backends) =>
      (await import("./schema.ts")).schema(args, backends),
  },
  {
    name: "completion",
    operands: ["SHELL"],
    switches: [],
    options: [],
    permissions: ["read"],
    perform: async (args, backends) =>
      (await import("./completion.ts")).completion(args, backends),
  },
  {
    name: "version",
    operands: [],
    switches: ["--json"],
    options: [],
    permissions: ["read"],
    perform: async (args, backends) =>
      (await import("./version.ts")).version(args, backends),
  },
  {
    name: "help",
    operands: ["[TOPIC]"],
    switches: ["--man", "--json"],
    options: [],
    permissions: ["read"],
    perform: async (args, backends) =>
      (await import("./help.ts")).help(args, backends),
  },
];
