import { baseTree } from "../../../src/plan/mounts.ts";
import { buildPlan, type PlanInput } from "../../../src/plan/build.ts";
import type {
  CommandFacts,
  ExecutableFact,
  FileFact,
  HostFacts,
  PathFact,
  ScopeFact,
} from "../../../src/plan/host_facts.ts";
import type { Plan, TreeOp } from "../../../src/plan/plan.ts";
import { DEFAULT_PROFILE } from "../../../src/plan/sandbox_profile.ts";
import { sampleCommand, samplePolicy } from "../decide/samples.ts";

/** An existing directory (or another kind) that is where it says. */
export function there(
  real: string,
  changes: Partial<PathFact> = {},
): PathFact {
  return {
    asked: real,
    kind: "directory",
    real,
    links: [],
    owner: { uid: 0, gid: 0 },
    ...changes,
  };
}

/** A path that a link leads away from. */
export function linked(
  asked: string,
  real: string,
  kind: PathFact["kind"] = "directory",
): PathFact {
  return {
    asked,
    kind,
    real,
    links: [{ path: asked, target: real }],
    owner: { uid: 0, gid: 0 },
  };
}

/** A declared scope that leads to `path`. */
export function scope(path: PathFact): ScopeFact {
  return { scope: path.asked, path };
}

/** A program that is found where it says, and is no script. */
export function program(
  file: string,
  changes: Partial<FileFact> = {},
): ExecutableFact {
  return { found: true, file, chain: [fileFact(file, changes)] };
}

/** An executable file that is where it says. */
export function fileFact(
  real: string,
  changes: Partial<FileFact> = {},
): FileFact {
  return { real, links: [], device: 1n, inode: 2n, script: false, ...changes };
}

/** Facts of a command in /w/repo without scopes, with changes. */
export function sampleFacts(
  changes: Partial<CommandFacts> = {},
): CommandFacts {
  return {
    cwd: there("/w/repo"),
    reads: [],
    writes: [],
    protectedPaths: [],
    allowed: null,
    executables: [program("/usr/bin/git")],
    env: [],
    ...changes,
  };
}

/** A host with merged /usr. */
export function sampleHost(changes: Partial<HostFacts> = {}): HostFacts {
  return {
    runAs: { uid: 1000, gid: 1000, switched: false },
    landlockAbi: 7,
    systemDirs: [there("/usr"), linked("/bin", "/usr/bin")],
    etc: [there("/etc/passwd", { kind: "file" })],
    realPrefixes: new Map(),
    ...changes,
  };
}

/** Input of buildPlan with the sample policy, with changes. */
export function sampleInput(changes: Partial<PlanInput> = {}): PlanInput {
  const host = changes.host ?? sampleHost();
  return {
    command: sampleCommand(),
    policy: samplePolicy(),
    facts: sampleFacts(),
    host,
    profile: DEFAULT_PROFILE,
    base: baseTree(host, DEFAULT_PROFILE),
    sealed: [],
    ...changes,
  };
}

/** The plan of the sample input, with changes. */
export function samplePlan(changes: Partial<PlanInput> = {}): Plan {
  return buildPlan(sampleInput(changes));
}

/** A tree operation in a few words, for comparing whole trees. */
export function opText(op: TreeOp): string {
  switch (op.op) {
    case "bind":
      return `${op.readOnly ? "ro" : "rw"} ${op.path}`;
    case "symlink":
      return `link ${op.path} -> ${op.target}`;
    default:
      return `${op.op} ${op.path}`;
  }
}
