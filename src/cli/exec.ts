/**
 * `csc exec [FLAGS] -- COMMAND`: a contract made from flags.
 *
 * The contract depends on nothing but flags, command line, working directory
 * and user, so that the same call is the same contract: it can be printed,
 * approved, and run.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { canonicalText } from "../core/canonical.ts";
import { sha256Hex } from "../core/digest.ts";
import { CscError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { quote } from "../core/text.ts";
import type { Effect, RiskClass } from "../protocol/contract.ts";
import { MAX_POLICY_BYTES } from "../protocol/limits.ts";
import { type Arguments, usage } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import {
  endingHint,
  noChoice,
  patternScope,
  unsetNote,
  unsplit,
  valueInEnv,
} from "./exec_errors.ts";
import { builtInPolicy, type Named } from "./exec_policy.ts";
import { readInput } from "./inputs.ts";
import type { MadeSubject } from "./run.ts";
import { userName } from "./user_name.ts";

const EXEC = { name: "exec" };
const DEFAULT_TIMEOUT_SEC = 30;
const EFFECTS: readonly Effect[] = [
  "observe",
  "transform_local",
  "fetch_external",
  "mutate_repo",
  "deploy",
  "touch_secrets",
];
const RISKS: readonly RiskClass[] = ["low", "medium", "high", "critical"];
/** What the protocol lets an intent be long, characters. */
const MAX_INTENT = 1000;

/** Contract and policy of the call, or the exit code where it only prints. */
export async function execSubject(
  args: Arguments,
  backends: Backends,
): Promise<MadeSubject | { readonly exitCode: ExitCode }> {
  const { terminal } = backends;
  const { options, switches } = args;
  const cwd = directoryOf(options.get("--cwd"));
  refuseUnsplit(args.operands, cwd);
  const named = namedBy(args, cwd);
  const contract = await contractOf(args, named, userName(backends.uid()));
  const policyPath = options.get("--policy");
  if (switches.has("--print-contract")) {
    terminal.out(pretty(contract));
    return { exitCode: EXIT.OK };
  }
  if (switches.has("--print-policy")) {
    terminal.out(pretty(builtInPolicy(named)));
    return { exitCode: EXIT.OK };
  }
  // PATH is always set for a command.
  const unset = variablesOf(args)
    .filter((name) => name !== "PATH" && backends.env(name) === undefined);
  if (unset.length > 0 && !switches.has("--quiet")) {
    terminal.err(unsetNote(unset));
  }
  return {
    contract: { bytes: utf8(pretty(contract)), source: "made by csc exec" },
    policy: policyPath === undefined
      ? {
        bytes: utf8(pretty(builtInPolicy(named))),
        source: "built into csc exec",
      }
      : readInput({
        path: policyPath,
        what: "policy",
        maxBytes: MAX_POLICY_BYTES,
      }),
    hintFor: (ending, exitCode) =>
      endingHint(ending, {
        exitCode,
        builtIn: policyPath === undefined,
        timeout: options.get("--timeout") ?? `${DEFAULT_TIMEOUT_SEC}`,
      }),
  };
}

function pretty(value: JsonObject): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Where the command runs, links followed as the kernel will. */
function directoryOf(asked: string | undefined): string {
  try {
    return asked === undefined ? Deno.cwd() : Deno.realPathSync(asked);
  } catch (cause) {
    throw new CscError(
      "SCOPE_UNAVAILABLE",
      `enter ${
        asked === undefined ? "the current directory" : quote(asked)
      }: it does not exist or may not be entered`,
      { hint: 'Name another with "--cwd DIR".', cause },
    );
  }
}

/** `exec -- "git push"` names a program with a space in its name. */
function refuseUnsplit(argv: readonly string[], cwd: string): void {
  const [program = "", ...more] = argv;
  if (more.length > 0 || !/\S\s+\S/.test(program)) return;
  const path = program.startsWith("/") ? program : `${cwd}/${program}`;
  if (!exists(path)) throw unsplit(program);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** What contract and built-in policy are both made of. */
function namedBy(args: Arguments, cwd: string): Named {
  const { operands: argv, options, lists } = args;
  const scopes = (flag: string, otherwise: string[]) =>
    (lists.get(flag) ?? otherwise).map(scope);
  const writes = scopes("--write", []);
  return {
    argv,
    cwd,
    reads: scopes("--read", [cwd]),
    writes,
    timeout: timeoutOf(options.get("--timeout")),
    effect: choiceOf(args, "--effect", EFFECTS) ??
      (writes.length > 0 ? "transform_local" : "observe"),
    risk: choiceOf(args, "--risk", RISKS) ?? "low",
  };
}

async function contractOf(
  args: Arguments,
  { argv, cwd, reads, writes, timeout, effect, risk }: Named,
  user: string,
): Promise<JsonObject> {
  const why = args.options.get("--why");
  const content = {
    version: "csc.v0.1",
    intent: cut(why ?? `run ${argv.map((word) => quote(word)).join(" ")}`),
    actor: {
      agent_id: "csc-exec",
      session_id: "command-line",
      initiating_user: user,
      delegation_scope: "one command",
    },
    commands: [{
      id: "command",
      exec: { argv },
      cwd,
      read_paths: reads,
      write_paths: writes,
      network: "deny",
      env_allow: variablesOf(args),
      secret_refs: [],
      timeout_sec: timeout,
      proposed_effect_type: effect,
    }],
    risk_class: risk,
    approval_mode: "policy_only",
    expected_outputs: [],
    justification: cut(why ?? `asked for on the command line by ${user}`),
  };
  const id = (await sha256Hex(utf8(canonicalText(content)))).slice(0, 16);
  const { version, ...rest } = content;
  return { version, contract_id: `exec-${id}`, ...rest };
}

/** Names of variables, each once; throws USAGE for `NAME=VALUE`. */
function variablesOf({ lists }: Arguments): string[] {
  const names = [...new Set(lists.get("--env"))];
  const assigned = names.find((name) => name.includes("="));
  if (assigned !== undefined) throw valueInEnv(assigned);
  return names;
}

/** The value of a flag, one of few; undefined where it is not given. */
function choiceOf(
  { options }: Arguments,
  flag: string,
  choices: readonly string[],
): string | undefined {
  const asked = options.get(flag);
  if (asked === undefined || choices.includes(asked)) return asked;
  throw noChoice(flag, asked, choices);
}

function cut(text: string): string {
  const characters = [...text];
  return characters.length <= MAX_INTENT
    ? text
    : `${characters.slice(0, MAX_INTENT - 1).join("")}…`;
}

/** An absolute scope, seen from where csc was called; a directory stands for all below it. */
function scope(path: string): string {
  const absolute = path.startsWith("/") ? path : `${Deno.cwd()}/${path}`;
  const plain = withoutDots(absolute);
  // In a contract it would be a pattern, which grants all of its parent.
  if (/[*?[]/.test(plain)) throw patternScope(plain);
  // The root stands for all below it as it is; "/**" is no scope (protocol §5).
  return plain !== "/" && isDirectory(plain) ? `${plain}/**` : plain;
}

/** `a/./b/../c` as `a/c`, as a person on the command line means it. */
function withoutDots(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

function timeoutOf(asked: string | undefined): number {
  if (asked === undefined) return DEFAULT_TIMEOUT_SEC;
  const seconds = /^[1-9]\d{0,5}$/.test(asked) ? Number(asked) : 0;
  if (seconds >= 1 && seconds <= 86_400) return seconds;
  throw usage(
    EXEC,
    `timeout ${quote(asked)} is not a number of seconds from 1 to 86400`,
  );
}
