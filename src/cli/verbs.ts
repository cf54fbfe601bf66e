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
import type { ExitCode } from "./exit_codes.ts";

/** One verb. */
export interface Verb extends Syntax {
  /** Deno permissions it keeps; the rest is given up before it starts. */
  readonly permissions: readonly Deno.PermissionName[] | "all";
  perform(args: Arguments, backends: Backends): Promise<ExitCode>;
}

/** Every verb, in the order in which help lists them. */
export const VERBS: readonly Verb[] = [
  {
    name: "check",
    operands: ["CONTRACT", "POLICY"],
    switches: ["--json"],
    options: [],
    permissions: ["read"],
    perform: async (args, backends) =>
      (await import("./check.ts")).check(args, backends),
  },
  {
    name: "run",
    operands: ["CONTRACT", "POLICY"],
    switches: ["--sign", "--no-log", "--json", "--quiet"],
    options: [
      "--mode",
      "--receipt-out",
      "--approval",
      "--signing-key",
      "--key-id",
      "--state-dir",
      "--config",
    ],
    // Deno wants every permission for files below /proc and /sys: cgroups, the
    // environment as the kernel has it.
    permissions: "all",
    perform: async (args, backends) =>
      (await backends.forRun()).perform(args, backends),
  },
  {
    name: "verify-receipt",
    operands: ["RECEIPT"],
    switches: ["--json"],
    options: ["--public-key", "--key-id", "--evidence"],
    permissions: ["read"],
    perform: async (args, backends) =>
      (await import("./verify_receipt.ts")).verifyReceiptVerb(args, backends),
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
    switches: [],
    options: [],
    permissions: ["read"],
    perform: async (args, backends) =>
      (await import("./help.ts")).help(args, backends),
  },
];
