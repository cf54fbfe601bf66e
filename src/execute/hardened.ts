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
import { hostEnvironment } from "../embedded.ts";
import { buildPlan, planJson } from "../plan/build.ts";
import type { CommandFacts, HostFacts } from "../plan/host_facts.ts";
import { baseTree } from "../plan/mounts.ts";
import type { Plan } from "../plan/plan.ts";
import { realPrefixes } from "../plan/prefixes.ts";
import { protectedChanges } from "../plan/protected.ts";
import {
  profileJson,
  profileSha256,
  type SandboxProfile,
} from "../plan/sandbox_profile.ts";
import type { Seal } from "../plan/seal.ts";
import {
  argvVectors,
  type Command,
  type Contract,
} from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import { allowedFiles } from "./allowed.ts";
import { findCgroupHome, sweepAbandoned } from "./cgroup.ts";
import type { DigestSources } from "./executables.ts";
import type {
  CommandResult,
  Executor,
  OutputRoute,
  PreparedCommand,
  PreparedRun,
  StartedCommand,
} from "./executor.ts";
import { changesText } from "./protected_text.ts";
import type { HeldDirectory } from "./held_directory.ts";
import { type LookAt, lookAt, lookOnce } from "./look.ts";
import { landlockAbi, launcherDescriptor } from "./native.ts";
import { findIdentity } from "./identity.ts";
import { executionChain } from "./interpreters.ts";
import { findExecutable, probePath, probeScope } from "./probe.ts";
import { probeProtected } from "./protected.ts";
import { notStarted } from "./result.ts";
import {
  refuseUnboundedRoot,
  type SandboxSetting,
  startSandbox,
} from "./sandbox.ts";
import type { Staging } from "./staging.ts";

/** What the hardened executor is made with. */
export interface HardenedOptions {
  /** The sandbox profile for runs under a policy. */
  readonly profileFor: (policy: Policy) => SandboxProfile;
  /** A fresh name for each sandbox, for its cgroup; a single path component. */
  readonly sandboxName: () => string;
  readonly digests: DigestSources;
  /** Makes the place for what a staged run changes; absent: changes are made at once. */
  readonly staging?: () => StagingPlace;
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
  sealed: readonly Seal[],
): Promise<PreparedRun> {
  const profile = options.profileFor(policy);
  // Hashed on another thread while this one plans.
  const digest = profileSha256(profile);
  const host = probeHost(profile, policy, lookOnce());
  const home = findCgroupHome();
  refuseUnboundedRoot(host.runAs.uid, home?.pids != null);
  const base = baseTree(host, profile);
  const planOf = (command: Command): Planned => {
    const facts = probeCommand(command, profile, policy);
    const input = { command, policy, facts, host, profile, base, sealed };
    return { facts, plan: buildPlan(input) };
  };
  // All of them before any starts: what can be refused is refused early.
  const direct = contract.commands.map(planOf);
  const staging = options.staging === undefined
    ? null
    : await stagingOf(options.staging, direct, profile);
  const planned = direct.map((one, index) => stage(staging, one, index));
  const sandbox: SandboxSetting = {
    home,
    launcherFd: launcherDescriptor(),
    sandboxName: options.sandboxName,
    digests: options.digests,
    protectedPaths: profile.protectedPaths,
  };
  return {
    profile: { name: profile.name, sha256: await digest },
    facts: {
      sandbox_profile: profileJson(profile),
      caller: { uid: Deno.uid(), gid: Deno.gid() },
      run_as: { uid: host.runAs.uid, gid: host.runAs.gid },
      cgroup_version: home?.version ?? 0,
    },
    commands: contract.commands.map((command, index) =>
      new HardenedCommand(sandbox, planned[index] ?? planOf(command), {
        // What came before may have made or moved what this one names.
        again: index === 0
          ? null
          : () => stage(staging, planOf(command), index),
        staging,
      })
    ),
    ...(staging === null ? {} : { effects: () => staging.effects() }),
    // The launcher's memory file is the process's own; what a killed csc has
    // left behind is nobody's.
    close: () => home === null ? undefined : sweepAbandoned(home),
  };
}

/** A plan and the facts it was made from. */
interface Planned {
  readonly facts: CommandFacts;
  readonly plan: Plan;
}

/** Where a staged run's changes go. */
export interface StagingPlace {
  readonly directory: HeldDirectory;
  readonly executionId: string;
}

async function stagingOf(
  open: () => StagingPlace,
  planned: readonly Planned[],
  { stagedBytes: maxBytes, protectedPaths }: SandboxProfile,
): Promise<Staging> {
  // A chunk of its own: other runs should not pay for it.
  const { openStaging } = await import("./staging.ts");
  return await openStaging(
    { ...open(), maxBytes, protectedPaths },
    planned.map(({ plan, facts }) => ({ id: plan.commandId, facts })),
  );
}

function stage(
  staging: Staging | null,
  planned: Planned,
  index: number,
): Planned {
  return staging === null
    ? planned
    : { ...planned, plan: staging.stage(planned.plan, index) };
}

function probeHost(
  profile: SandboxProfile,
  policy: Policy,
  look: LookAt,
): HostFacts {
  const probe = (path: string) => probePath(path, look);
  const uid = Deno.uid();
  const gid = Deno.gid();
  if (Deno.build.os !== "linux" || uid === null || gid === null) {
    throw new CscError(
      "SANDBOX_UNAVAILABLE",
      `run in hardened mode on ${quote(Deno.build.os)}: it needs Linux`,
      { hint: "Use --mode local, which confines nothing." },
    );
  }
  return {
    runAs: findIdentity(profile.runAs, { uid, gid }),
    landlockAbi: landlockAbi(),
    systemDirs: profile.systemDirs.map(probe),
    etc: profile.etc.map(probe),
    realPrefixes: realPrefixes(policy, probe),
  };
}

function probeCommand(
  command: Command,
  profile: SandboxProfile,
  policy: Policy,
): CommandFacts {
  const look = lookOnce();
  const cwd = probePath(command.cwd, look);
  const writes = command.write_paths.map((scope) => probeScope(scope, look));
  return {
    cwd,
    reads: command.read_paths.map((scope) => probeScope(scope, look)),
    writes,
    protectedPaths: probeProtected(writes, profile.protectedPaths, look),
    executables: argvVectors(command).map(([name = ""]) => {
      const found = findExecutable(name, cwd.real, profile.path);
      return found.found
        ? {
          ...found,
          chain: executionChain(found.file, cwd.real, profile.path, look),
        }
        : found;
    }),
    allowed: profile.exec === "strict"
      ? allowedFiles(policy.allow_commands, cwd.real, profile.path, look)
      : null,
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

/** One command; planned once more right before it runs, unless it is the first. */
class HardenedCommand implements PreparedCommand {
  readonly id: string;
  readonly #sandbox: SandboxSetting;
  readonly #again: (() => Planned) | null;
  readonly #staging: Staging | null;
  #planned: Planned;

  constructor(
    sandbox: SandboxSetting,
    planned: Planned,
    { again, staging }: {
      readonly again: (() => Planned) | null;
      readonly staging: Staging | null;
    },
  ) {
    this.id = planned.plan.commandId;
    this.#sandbox = sandbox;
    this.#planned = planned;
    this.#again = again;
    this.#staging = staging;
  }

  /** The plan as it was carried out, once the command has run. */
  get plan(): JsonObject {
    return planJson(this.#planned.plan);
  }

  get missing(): string | null {
    return missingProgram(this.#planned)?.why ?? null;
  }

  run(route: OutputRoute): Promise<CommandResult> {
    return this.start(route).release();
  }

  start(route: OutputRoute): StartedCommand {
    if (this.#again !== null) this.#planned = this.#again();
    const missing = missingProgram(this.#planned);
    if (missing === null) {
      const { facts, plan } = this.#planned;
      const inner = startSandbox(this.#sandbox, plan, route);
      const started = this.#staging?.bound(inner) ?? inner;
      return {
        release: async () =>
          withProtected(
            await started.release(),
            facts,
            plan,
            this.#sandbox.protectedPaths,
          ),
        abandon: () => started.abandon(),
      };
    }
    return {
      release: () => notStarted(missing.exitCode, missing.why),
      abandon: () => Promise.resolve(),
    };
  }
}

/** A result, with what the command did to protected paths that were not there. */
function withProtected(
  result: CommandResult,
  facts: CommandFacts,
  plan: Plan,
  protectedPaths: readonly string[],
): CommandResult {
  const after = probeProtected(facts.writes, protectedPaths, lookAt);
  const changes = protectedChanges(facts.protectedPaths, after, plan.askedFor);
  return {
    ...result,
    notes: changes.length === 0
      ? result.notes
      : [...result.notes, changesText(changes)],
    facts: {
      ...result.facts,
      protected_changed: changes.map(({ path, change }) => ({ path, change })),
    },
  };
}

/** The first program that cannot be executed, or null. */
function missingProgram(
  { facts, plan }: Planned,
): { readonly exitCode: 126 | 127; readonly why: string } | null {
  for (const [index, fact] of facts.executables.entries()) {
    if (fact.found) continue;
    const name = plan.segments[index]?.argv[0] ?? "";
    const hint = /\s/.test(name)
      ? "; an argv has one element for each word"
      : "";
    return {
      exitCode: fact.exitCode,
      why: `${fact.why}: ${quote(name)}${hint}`,
    };
  }
  return null;
}
