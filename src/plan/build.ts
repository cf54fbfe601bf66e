/**
 * Builds the Plan of one command from the contract, the policy and the facts.
 *
 * Pure. Refuses (a CscError that blocks the run) whatever this sandbox could
 * not enforce as declared: it never widens a scope and never drops a demand.
 *
 * @module
 */
import type { JsonObject } from "../core/json.ts";
import { isInside } from "../core/path.ts";
import { quote } from "../core/text.ts";
import { argvVectors, type Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { CommandFacts, HostFacts, ScopeFact } from "./host_facts.ts";
import { cgroupLimits, processLimits } from "./limits.ts";
import { landlockJson, planLandlock } from "./landlock.ts";
import { scopeTree } from "./mounts.ts";
import { pinExecutables } from "./pins.ts";
import type { Identity, Plan, TreeOp } from "./plan.ts";
import {
  cwdUnavailable,
  escape,
  networkAsked,
  ownTree,
  rootWritten,
  scopeMissing,
  secretAsked,
  timeoutTooLong,
} from "./refusals.ts";
import { askedFor, protect } from "./protected.ts";
import type { SandboxProfile } from "./sandbox_profile.ts";
import { hideSealed, type Place, refuseSealed, type Seal } from "./seal.ts";

/** The skeleton holds directories and links only. */
const ROOT = { bytes: 1024 * 1024, inodes: 8192 };
const HOSTNAME = "csc";

/** csc provides these itself; the host's would undo the namespaces. */
const OWN_TREES = ["/proc", "/dev", "/sys"];

/** What planning one command needs. */
export interface PlanInput {
  readonly command: Command;
  readonly policy: Policy;
  readonly facts: CommandFacts;
  readonly host: HostFacts;
  readonly profile: SandboxProfile;
  /** The tree before any scope (`baseTree`). */
  readonly base: readonly TreeOp[];
  /** What is csc's own (receipt, state, key), and the ways there. */
  readonly sealed: readonly Seal[];
}

/**
 * The Plan of one command; protocol §6 and §7.
 *
 * Throws NOT_ENFORCEABLE for a timeout, network, secrets and scopes that this
 * sandbox cannot keep, PATH_ESCAPE for a path whose links lead out of the policy's
 * prefixes, SCOPE_UNAVAILABLE for a cwd or write scope that is not there.
 */
export function buildPlan(input: PlanInput): Plan {
  const { command, policy, facts, profile, host } = input;
  refuseDemands(command, profile);
  checkCwd(input);
  const inPolicy = (real: string, prefixes: readonly string[]) =>
    prefixes.some((prefix) =>
      isInside(real, prefix) ||
      isInside(real, host.realPrefixes.get(prefix) ?? prefix)
    );
  for (const scope of facts.reads) {
    checkScope(
      scope,
      "read",
      inPolicy(scope.path.real, policy.allowed_read_prefixes),
      input,
    );
  }
  for (const scope of facts.writes) {
    checkScope(
      scope,
      "write",
      inPolicy(scope.path.real, policy.allowed_write_prefixes),
      input,
    );
  }
  const cwdReadable = inPolicy(facts.cwd.real, policy.allowed_read_prefixes);
  const { runAs } = host;
  const scopes = scopeTree(
    input.base,
    facts,
    cwdReadable,
    runAs.switched,
    profile.execFromWriteScopes,
  );
  const opened = [...input.base, ...scopes];
  const shown = [
    ...opened,
    ...protect(opened, facts, profile, runAs.switched),
  ];
  const masks = hideSealed(command.id, shown, facts, input.sealed);
  const tree = [...shown, ...masks];
  // Last, so that each lies on top of all that shows it. A program that is
  // missing never starts; the executor reports it before launching.
  const { ops, files } = pinExecutables(tree, facts.executables);
  const landlock = planLandlock(tree, host.landlockAbi, profile);
  return Object.freeze({
    commandId: command.id,
    runAs,
    root: ROOT,
    tree: [...tree, ...ops],
    landlock,
    limits: processLimits(profile),
    cgroup: cgroupLimits(profile),
    hostname: HOSTNAME,
    cwd: facts.cwd.real,
    env: environment(facts, profile),
    segments: argvVectors(command).map((argv, index) => ({
      file: files[index] ?? "/",
      argv,
    })),
    timeoutSec: command.timeout_sec,
    localSockets: profile.unixSockets,
    allowed: facts.allowed?.map(({ real, device, inode }) => ({
      path: real,
      device,
      inode,
    })) ?? null,
    askedFor: askedFor(facts.writes, profile),
    absent: [...facts.reads, ...facts.writes]
      .filter(({ path }) => path.kind === "missing")
      .map(({ scope }) => scope),
  });
}

function refuseDemands(command: Command, profile: SandboxProfile): void {
  if (command.timeout_sec > profile.timeoutSec) {
    throw timeoutTooLong(command, profile);
  }
  if (command.network !== "deny") throw networkAsked(command);
  if (command.secret_refs.length > 0) throw secretAsked(command);
}

function checkCwd({ command, policy, facts, host, sealed }: PlanInput): void {
  const { cwd } = facts;
  if (cwd.kind !== "directory") throw cwdUnavailable(command, cwd.kind);
  const inside = policy.allowed_cwd_prefixes.some((prefix) =>
    isInside(cwd.real, prefix) ||
    isInside(cwd.real, host.realPrefixes.get(prefix) ?? prefix)
  );
  const place: Place = {
    what: `command ${quote(command.id)}: cwd`,
    declared: command.cwd,
    real: cwd.real,
    use: "cwd",
  };
  if (!inside) throw escape(place);
  refuseOwnTrees(place);
  refuseSealed(place, sealed);
}

function checkScope(
  { scope, path }: ScopeFact,
  kind: "read" | "write",
  inPolicy: boolean,
  input: PlanInput,
): void {
  const place: Place = {
    what: `command ${quote(input.command.id)}: ${kind} scope`,
    declared: scope,
    real: path.real,
    use: kind,
  };
  if (!inPolicy) throw escape(place);
  refuseOwnTrees(place);
  refuseSealed(place, input.sealed);
  if (kind === "read" || path.kind !== "missing") return;
  const covered = input.facts.writes.some(({ path: other }) =>
    other.kind === "directory" && isInside(path.real, other.real)
  );
  if (!covered) throw scopeMissing(place);
}

function refuseOwnTrees(place: Place): void {
  const { real, use } = place;
  if (real === "/" && use === "write") throw rootWritten(place);
  const tree = OWN_TREES.find((own) => isInside(real, own));
  if (tree !== undefined) throw ownTree(place, tree);
}

function environment(facts: CommandFacts, profile: SandboxProfile): string[] {
  const named = facts.env.filter(([name]) => name !== "PATH");
  return [
    `PATH=${profile.path.join(":")}`,
    ...named.map(([name, value]) => `${name}=${value}`),
  ];
}

/** The Plan as data for people and evidence: names of variables, no values. */
export function planJson(plan: Plan): JsonObject {
  return {
    command_id: plan.commandId,
    run_as: { uid: plan.runAs.uid, gid: plan.runAs.gid },
    cwd: plan.cwd,
    segments: plan.segments.map(({ file, argv }) => ({ file, argv })),
    env: plan.env.map((entry) => entry.slice(0, entry.indexOf("="))),
    hostname: plan.hostname,
    timeout_sec: plan.timeoutSec,
    local_sockets: plan.localSockets,
    tree: plan.tree.map((op) => treeOpJson(op, plan.runAs)),
    landlock: landlockJson(plan.landlock),
    executables_allowed: plan.allowed?.map(({ path }) => path) ?? null,
    protected_paths_asked_for: plan.askedFor,
    absent_scopes: plan.absent,
    limits: Object.fromEntries(
      plan.limits.map(({ name, value }) => [name, value]),
    ),
    // What was enforced, and by what, stands in the facts of the run.
    cgroup_where_available: {
      memory_bytes: plan.cgroup.memoryBytes,
      processes: plan.cgroup.processes,
    },
  };
}

function treeOpJson(op: TreeOp, { switched }: Identity): JsonObject {
  switch (op.op) {
    case "bind":
      return {
        op: op.op,
        path: op.path,
        read_only: op.readOnly,
        ...(op.noExec ? { no_exec: true } : {}),
        because: op.because,
        // Whose files the command's user has for its own there.
        ...(op.owner === null
          ? {}
          : { idmap: { uid: op.owner.uid, gid: op.owner.gid } }),
      };
    case "overlay":
      return {
        op: op.op,
        path: op.path,
        ...(op.noExec ? { no_exec: true } : {}),
        ...(switched
          ? { idmap: { uid: op.owner.uid, gid: op.owner.gid } }
          : {}),
      };
    case "symlink":
      return { op: op.op, path: op.path, target: op.target };
    case "tmpfs":
      return {
        op: op.op,
        path: op.path,
        bytes: op.bytes,
        ...(op.noExec ? { no_exec: true } : {}),
      };
    case "hold":
      return {
        op: op.op,
        path: op.path,
        read_only: op.readOnly,
        because: op.because,
      };
    case "pin":
      return {
        op: op.op,
        path: op.path,
        segments: op.segments,
        by_descriptor: op.byDescriptor,
        interpreter: op.interpreter,
      };
    default:
      return { op: op.op, path: op.path };
  }
}
