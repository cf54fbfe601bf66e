/**
 * Hardened execution (protocol §7): each command in a sandbox of its own, made
 * by the kernel. Gathers facts, has them planned, starts the launcher, and
 * turns its answer into a result.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { quote } from "../core/text.ts";
import { hostEnvironment, readNative } from "../embedded.ts";
import { buildPlan, planJson } from "../plan/build.ts";
import type { CommandFacts, HostFacts } from "../plan/host_facts.ts";
import { baseTree } from "../plan/mounts.ts";
import type { Plan } from "../plan/plan.ts";
import {
  profileJson,
  profileSha256,
  type SandboxProfile,
} from "../plan/sandbox_profile.ts";
import { encodePlan } from "../plan/wire.ts";
import {
  argvVectors,
  type Command,
  type Contract,
} from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import {
  type Cgroup,
  type CgroupHome,
  findCgroupHome,
  makeCgroup,
} from "./cgroup.ts";
import {
  type CommandResult,
  type Executor,
  type OutputRoute,
  type PreparedCommand,
  type PreparedRun,
  STDERR_CAP,
  STDOUT_CAP,
} from "./executor.ts";
import {
  closeDescriptor,
  releaseAnswer,
  runSandbox,
  sealedMemory,
  takeOutput,
} from "./native.ts";
import { findExecutable, probePath, probeScope } from "./probe.ts";
import { interpret, notStarted } from "./result.ts";
import { ANSWER_LEN, decodeAnswer, encodeRequest } from "./status.ts";

/** What the hardened executor is made with. */
export interface HardenedOptions {
  readonly profile: SandboxProfile;
  /** A fresh name for each sandbox, for its cgroup; a single path component. */
  readonly sandboxName: () => string;
}

/** An executor whose sandboxes the kernel enforces. Linux only. */
export function createHardenedExecutor(options: HardenedOptions): Executor {
  return {
    mode: "hardened",
    prepare: (contract, policy, sealed) =>
      prepare(options, contract, policy, sealed),
  };
}

async function prepare(
  options: HardenedOptions,
  contract: Contract,
  policy: Policy,
  sealed: readonly string[],
): Promise<PreparedRun> {
  const { profile } = options;
  const host = probeHost(profile, policy);
  const home = findCgroupHome();
  refuseUnboundedRoot(host, home);
  const base = baseTree(host, profile);
  const planOf = (command: Command): Planned => {
    const facts = probeCommand(command, profile);
    const input = { command, policy, facts, host, profile, base, sealed };
    return { facts, plan: buildPlan(input) };
  };
  // All of them before any starts: what can be refused is refused early.
  const planned = contract.commands.map(planOf);
  const launcherFd = sealedMemory("csc-launcher", readNative("launcher"), true);
  const sandbox: Sandbox = { options, host, home, launcherFd };
  return {
    profile: { name: profile.name, sha256: await profileSha256(profile) },
    facts: {
      sandbox_profile: profileJson(profile),
      uid: host.uid,
      gid: host.gid,
      cgroup_version: home?.version ?? 0,
    },
    commands: contract.commands.map((command, index) =>
      new HardenedCommand(sandbox, planned[index] ?? planOf(command), {
        // What came before may have made or moved what this one names.
        again: index === 0 ? null : () => planOf(command),
      })
    ),
    close: () => closeDescriptor(launcherFd),
  };
}

/** A plan and the facts it was made from. */
interface Planned {
  readonly facts: CommandFacts;
  readonly plan: Plan;
}

/** What all commands of a run share. */
interface Sandbox {
  readonly options: HardenedOptions;
  readonly host: HostFacts;
  readonly home: CgroupHome | null;
  readonly launcherFd: number;
}

function probeHost(profile: SandboxProfile, policy: Policy): HostFacts {
  const uid = Deno.uid();
  const gid = Deno.gid();
  if (Deno.build.os !== "linux" || uid === null || gid === null) {
    throw new CscError(
      "SANDBOX_UNAVAILABLE",
      `run in hardened mode on ${quote(Deno.build.os)}: it needs Linux`,
      { hint: "Use --mode local, which confines nothing." },
    );
  }
  const prefixes = new Set([
    ...policy.allowed_cwd_prefixes,
    ...policy.allowed_read_prefixes,
    ...policy.allowed_write_prefixes,
  ]);
  return {
    uid,
    gid,
    systemDirs: profile.systemDirs.map(probePath),
    etc: profile.etc.map(probePath),
    realPrefixes: new Map(
      [...prefixes].map((prefix) => [prefix, probePath(prefix).real]),
    ),
  };
}

function probeCommand(
  command: Command,
  profile: SandboxProfile,
): CommandFacts {
  const cwd = probePath(command.cwd);
  return {
    cwd,
    reads: command.read_paths.map(probeScope),
    writes: command.write_paths.map(probeScope),
    executables: argvVectors(command).map(([name = ""]) =>
      findExecutable(name, cwd.real, profile.path)
    ),
    env: probeEnvironment(command.env_allow),
  };
}

/** Named variables that exist, as csc itself was started with them. */
function probeEnvironment(names: readonly string[]): [string, string][] {
  if (names.length === 0) return [];
  const environment = hostEnvironment();
  const decoder = new TextDecoder();
  return [...new Set(names)].flatMap((name): [string, string][] => {
    const value = environment.get(name);
    return value === undefined ? [] : [[name, decoder.decode(value)]];
  });
}

/**
 * The kernel exempts uid 0 from the limit on processes, so that for root only
 * a cgroup bounds them.
 */
function refuseUnboundedRoot(host: HostFacts, home: CgroupHome | null): void {
  if (host.uid !== 0 || (home?.pids ?? null) !== null) return;
  throw new CscError(
    "SANDBOX_UNAVAILABLE",
    "bound the processes of a command run by root: no cgroup with the pids controller can be had",
    { hint: "Run csc as an unprivileged user, or delegate a cgroup to it." },
  );
}

/** One command; planned once more right before it runs, unless it is the first. */
class HardenedCommand implements PreparedCommand {
  readonly id: string;
  readonly #sandbox: Sandbox;
  readonly #again: (() => Planned) | null;
  #planned: Planned;

  constructor(
    sandbox: Sandbox,
    planned: Planned,
    { again }: { readonly again: (() => Planned) | null },
  ) {
    this.id = planned.plan.commandId;
    this.#sandbox = sandbox;
    this.#planned = planned;
    this.#again = again;
  }

  /** The plan as it was carried out, once the command has run. */
  get plan(): JsonObject {
    return planJson(this.#planned.plan);
  }

  async run(route: OutputRoute): Promise<CommandResult> {
    if (this.#again !== null) this.#planned = this.#again();
    const { facts, plan } = this.#planned;
    for (const [index, fact] of facts.executables.entries()) {
      if (fact.found) continue;
      const name = plan.segments[index]?.argv[0] ?? "";
      return await notStarted(fact.exitCode, `${fact.why}: ${quote(name)}`);
    }
    return await runPlan(this.#sandbox, plan, route);
  }
}

async function runPlan(
  sandbox: Sandbox,
  plan: Plan,
  route: OutputRoute,
): Promise<CommandResult> {
  const cgroup = sandbox.home === null
    ? null
    : makeCgroup(sandbox.home, sandbox.options.sandboxName(), plan.cgroup);
  try {
    requireProcessLimit(sandbox, cgroup);
    const planFd = sealedMemory("csc-plan", encodePlan(plan), false);
    try {
      return await launch(sandbox, plan, planFd, cgroup, route);
    } finally {
      closeDescriptor(planFd);
    }
  } finally {
    cgroup?.remove();
  }
}

function requireProcessLimit(sandbox: Sandbox, cgroup: Cgroup | null): void {
  if (cgroup?.limitsProcesses === true) return;
  refuseUnboundedRoot(sandbox.host, null);
}

async function launch(
  sandbox: Sandbox,
  plan: Plan,
  planFd: number,
  cgroup: Cgroup | null,
  route: OutputRoute,
): Promise<CommandResult> {
  const cgroupFiles = new TextEncoder().encode(
    (cgroup?.entryFiles ?? []).map((file) => `${file}\0`).join(""),
  );
  const request = encodeRequest({
    launcherFd: sandbox.launcherFd,
    planFd,
    ...route,
    uid: sandbox.host.uid,
    gid: sandbox.host.gid,
    deadlineMs: plan.timeoutSec * 1000,
    stdoutCap: STDOUT_CAP,
    stderrCap: STDERR_CAP,
    cgroupFilesLen: cgroupFiles.length,
  });
  const answer = new Uint8Array(ANSWER_LEN);
  // An empty buffer has no address that the bridge could be given.
  const files = cgroupFiles.length > 0 ? cgroupFiles : new Uint8Array(1);
  await runSandbox(request, files, answer);
  try {
    const decoded = decodeAnswer(answer);
    return interpret(plan, decoded, {
      stdout: takeOutput(decoded.stdout.at, decoded.stdout.kept),
      stderr: takeOutput(decoded.stderr.at, decoded.stderr.kept),
      limits: limitFacts(plan, cgroup),
      cgroup: cgroup?.report() ?? null,
    });
  } finally {
    releaseAnswer(answer);
  }
}

/** Each limit and the mechanism of the kernel that enforces it. */
function limitFacts(plan: Plan, cgroup: Cgroup | null): JsonObject[] {
  const limits: JsonObject[] = plan.limits.map(({ name, value }) => ({
    limit: name,
    value,
    by: "rlimit",
  }));
  if (cgroup?.limitsMemory === true) {
    limits.push({
      limit: "memory_bytes",
      value: plan.cgroup.memoryBytes,
      by: `cgroup v${cgroup.version}`,
    });
  }
  if (cgroup?.limitsProcesses === true) {
    limits.push({
      limit: "processes",
      value: plan.cgroup.processes,
      by: `cgroup v${cgroup.version}`,
    });
  }
  return limits;
}
