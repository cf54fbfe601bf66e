/**
 * What confines the second half of an attack test: csc, or one of its peers.
 *
 * The tests are about csc. `deno task attack` runs the same tests once more
 * against the peers, by setting CSC_ATTACK_SUBJECT, to say what each stops.
 * A peer gets the same scopes, limits, environment and deadline as csc, and
 * every option of its own that serves them.
 *
 * @module
 */
import type { Place } from "./place.ts";
import type { RunOptions } from "./request.ts";

/** Who confines. */
export type SubjectName = "csc" | "bwrap" | "firejail";

/** The one that is tested by this process. */
export function subject(): SubjectName {
  const name = Deno.env.get("CSC_ATTACK_SUBJECT") ?? "csc";
  if (name === "csc" || name === "bwrap" || name === "firejail") return name;
  throw new Error(`read CSC_ATTACK_SUBJECT: there is no subject "${name}"`);
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const MIB = 1024 * 1024;

/** csc's own limits, by default. */
const LIMITS = {
  cpuSec: 300,
  processes: 100,
  fileBytes: 100 * MIB,
  memoryBytes: 1024 * MIB,
  openFiles: 1024,
  tmpBytes: 64 * MIB,
};

/** What a peer is asked for: the scopes of a contract. */
export interface PeerRequest {
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly cwd: string;
  readonly timeoutSec: number;
  readonly argv: readonly string[];
}

/** The command line with which a peer runs argv in the scopes of a contract. */
export function peerCall(
  peer: Exclude<SubjectName, "csc">,
  place: Place,
  argv: readonly string[],
  options: RunOptions,
  env: Readonly<Record<string, string>>,
): string[] {
  const request = {
    read: options.readPaths ?? [place.read],
    write: options.writePaths ?? [place.write],
    cwd: options.contractCwd ?? place.write,
    timeoutSec: options.timeoutSec ?? 30,
    argv,
  };
  const named = (options.envAllow ?? []).filter((name) => name in env);
  return [
    "env",
    "-i",
    `PATH=${PATH}`,
    ...named.map((name) => `${name}=${env[name]}`),
    ...(peer === "bwrap" ? bwrapChain(request) : firejailCall(request)),
  ];
}

/** bubblewrap, setpriv and prlimit: what the reference runner is made of. */
export function bwrapChain(request: PeerRequest): string[] {
  const { cpuSec, processes, fileBytes, memoryBytes, openFiles, tmpBytes } =
    LIMITS;
  // The deadline is the runner's; timeout(1) stands in for it.
  return [
    ...["timeout", "--signal=KILL", String(request.timeoutSec)],
    ...["prlimit", `--cpu=${cpuSec}`, `--nproc=${processes}`],
    ...[`--fsize=${fileBytes}`, `--as=${memoryBytes}`, "--core=0"],
    ...[`--nofile=${openFiles}`],
    ...["bwrap", "--unshare-user", "--unshare-all", "--disable-userns"],
    ...["--die-with-parent", "--new-session"],
    ...["--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin"],
    ...["--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"],
    ...["--ro-bind", "/etc/ld.so.cache", "/etc/ld.so.cache"],
    ...["--proc", "/proc", "--dev", "/dev"],
    ...["--size", String(tmpBytes), "--tmpfs", "/tmp"],
    ...["--size", String(tmpBytes), "--tmpfs", "/var/tmp"],
    ...scopes(request).flatMap(([path, writable]) => [
      writable ? "--bind-try" : "--ro-bind-try",
      path,
      path,
    ]),
    ...["--chdir", request.cwd, "--"],
    ...["setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"],
    ...["--", ...request.argv],
  ];
}

/** firejail without a ready profile, which would be made for one program. */
export function firejailCall(request: PeerRequest): string[] {
  const { cpuSec, processes, fileBytes, memoryBytes, openFiles } = LIMITS;
  const whitelisted = scopes(request);
  return [
    // For a limit that it has no option for.
    ...["prlimit", "--core=0"],
    ...["firejail", "--quiet", "--noprofile", "--net=none"],
    ...["--caps.drop=all", "--seccomp", "--seccomp.block-secondary"],
    ...["--nonewprivs", "--noroot", "--restrict-namespaces"],
    ...["--protocol=inet,inet6", "--ipc-namespace", "--hostname=sandbox"],
    ...["--private-dev", "--private-etc=ld.so.cache", "--private-cache"],
    ...["--disable-mnt", "--machine-id"],
    // Without it /var/tmp is replaced by an empty one, whatever is whitelisted.
    ...whitelisted.filter(([path]) => path.startsWith("/var/tmp/"))
      .map(() => "--keep-var-tmp").slice(0, 1),
    ...whitelisted.map(([path]) => `--whitelist=${path}`),
    ...whitelisted.map(([path, writable]) =>
      `--read-${writable ? "write" : "only"}=${path}`
    ),
    ...[`--rlimit-cpu=${cpuSec}`, `--rlimit-nproc=${processes}`],
    ...[`--rlimit-fsize=${fileBytes}`, `--rlimit-as=${memoryBytes}`],
    ...[`--rlimit-nofile=${openFiles}`],
    ...[`--timeout=${clock(request.timeoutSec)}`],
    ...["--deterministic-exit-code", "--deterministic-shutdown"],
    ...[`--private-cwd=${request.cwd}`, "--", ...request.argv],
  ];
}

/** Outer scopes first: where two overlap, the inner one has the last word. */
function scopes(request: PeerRequest): (readonly [string, boolean])[] {
  return [
    ...request.read.map((path) => [path, false] as const),
    ...request.write.map((path) => [path, true] as const),
  ].sort(([a], [b]) => a.length - b.length);
}

function clock(seconds: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(two).join(":");
}
