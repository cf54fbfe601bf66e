/**
 * Rule: C compiles without a warning, and gcc's analyzer finds nothing.
 *
 * @module
 */
import type { Finding } from "./finding.ts";

/** What every C file is compiled with. */
export const WARNINGS = [
  "-Wall",
  "-Wextra",
  "-Wconversion",
  "-Wshadow",
  "-Werror",
];
/** Some warnings come from the optimizer only, so code is made and thrown away. */
const COMMON = [
  "-std=gnu11",
  "-D_GNU_SOURCE",
  "-O2",
  "-c",
  "-o",
  "/dev/null",
];
const ANALYZER = ["-fanalyzer", "-Werror", ...COMMON];

/** How many compilers run at once. */
const JOBS = 2;

/** Where to compile what. */
export interface CFiles {
  readonly compiler: string;
  /** Absolute; the paths are relative to it. */
  readonly root: string;
  readonly paths: readonly string[];
}

/** Findings for files that do not compile cleanly. */
export function checkCWarnings(files: CFiles): Promise<Finding[]> {
  return invokeEach(files, (path) => [...WARNINGS, ...COMMON, path]);
}

/** Findings of the analyzer; null when this compiler has none. */
export async function checkCAnalyzer(files: CFiles): Promise<Finding[] | null> {
  const probe = await invoke({ ...files, paths: [] }, [
    "-fanalyzer",
    "--version",
  ]);
  // clang takes the option and does nothing with it.
  const gcc = probe.success && /\bGCC\b|Free Software/.test(probe.text);
  return gcc ? await invokeEach(files, (path) => [...ANALYZER, path]) : null;
}

/** Runs the tool on each file; findings for those that it objects to. */
export async function invokeEach(
  files: CFiles,
  argsFor: (path: string) => readonly string[],
): Promise<Finding[]> {
  const queue = [...files.paths];
  const findings: Finding[] = [];
  const worker = async () => {
    for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
      const { success, text } = await invoke(files, argsFor(path));
      if (!success) findings.push(findingOf(files, path, text));
    }
  };
  await Promise.all(Array.from({ length: JOBS }, worker));
  return findings.sort((a, b) => a.path < b.path ? -1 : 1);
}

/** The tool's first error, with all it said below. */
function findingOf(
  { compiler, root }: CFiles,
  path: string,
  output: string,
): Finding {
  // Some tools say where a file is from the root of the disk.
  const text = output.replaceAll(`${root.replace(/\/$/, "")}/`, "");
  const first = /^([^\s:]+):(\d+):\d+: (?:fatal )?error: /m.exec(text);
  return {
    path: first?.[1] ?? path,
    line: Number(first?.[2] ?? 0),
    message: `${compiler} objects:\n${text.trimEnd()}`,
  };
}

async function invoke({ compiler, root }: CFiles, args: readonly string[]) {
  const { success, stdout, stderr } = await new Deno.Command(compiler, {
    args: [...args],
    cwd: root,
    env: { LC_ALL: "C" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { success, text: decoder.decode(stdout) + decoder.decode(stderr) };
}
