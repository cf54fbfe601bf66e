/**
 * Line coverage of native/, by the tests in C alone: what runs in the attacks of
 * tests/sandbox is the very launcher that ships, which counts nothing.
 *
 * @module
 */
import { type ArtefactName, runtimeSources, sources } from "../build/native.ts";
import { ROOT } from "../build/paths.ts";
import { nativeTests, runNativeTestsIn } from "./native_tests.ts";
import { NONE, ONE_FAILED, type Tally } from "./tally.ts";
import { counting } from "./toolchain.ts";

/** Percent of all lines of native/. */
const MINIMUM = 85;

/** Lines of one file, as llvm-cov counts them. */
export interface LineCount {
  readonly path: string;
  readonly lines: number;
  readonly covered: number;
}

/** The verdict: one test, however many it is made of. */
const PASSED: Tally = { ...NONE, passed: 1 };
const SKIPPED: Tally = { ...NONE, skipped: 1 };

/** Runs all tests in C and says what they have reached; fails below the minimum. */
export async function countLines(ci: boolean): Promise<Tally> {
  const scratch = await Deno.makeTempDir({ prefix: "csc-coverage-" });
  try {
    const profiles = `${scratch}/profiles`;
    await Deno.mkdir(profiles);
    // Tests become other users, and what these run is counted as well.
    await Deno.chmod(scratch, 0o755);
    await Deno.chmod(profiles, 0o777);
    const names = await nativeTests();
    const toolchain = counting(profiles);
    const tally = await runNativeTestsIn(scratch, toolchain, names, ci);
    if (tally.failed > 0) return ONE_FAILED;
    if (tally.skipped > 0) {
      console.log("SKIPPED coverage: not all tests can run here");
      return SKIPPED;
    }
    const programs = [
      `${scratch}/launcher`,
      ...names.map((name) => `${scratch}/${name}_test`),
    ];
    const counts = await readCounts(scratch, programs);
    return judge(counts, await shipped());
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

/** Sources that hold something in a build for fault tests only. */
const FAULT_POINTS = /\/fault\.c$/;

/** Every C source of the product. */
async function shipped(): Promise<Set<string>> {
  const names: ArtefactName[] = ["launcher", "bridge.so", "entry"];
  const paths = await Promise.all([
    ...names.map((name) => sources(name)),
    runtimeSources("launcher"),
  ]);
  return new Set(
    paths.flat().filter((path) =>
      path.endsWith(".c") && !FAULT_POINTS.test(path)
    ),
  );
}

/** Passed or failed, and says so. `expected` are files that must be counted. */
export function judge(
  counts: readonly LineCount[],
  expected: ReadonlySet<string>,
): Tally {
  const { text, percent } = report(counts);
  console.log(text);
  const counted = new Set(counts.map(({ path }) => path));
  const missing = [...expected].filter((path) => !counted.has(path));
  for (const path of missing) {
    console.log(`FAILED coverage: no test is linked with ${path}`);
  }
  if (percent < MINIMUM) {
    console.log(`FAILED coverage: less than ${MINIMUM} %`);
  }
  return missing.length > 0 || percent < MINIMUM ? ONE_FAILED : PASSED;
}

/** A table of the counts, and the percentage of all of it. */
export function report(
  counts: readonly LineCount[],
): { text: string; percent: number } {
  const all = counts.reduce(
    (sum, { lines, covered }) => ({
      path: "native/",
      lines: sum.lines + lines,
      covered: sum.covered + covered,
    }),
    { path: "native/", lines: 0, covered: 0 },
  );
  const percentOf = ({ lines, covered }: LineCount) =>
    lines === 0 ? 0 : covered * 100 / lines;
  const rows = [...counts, all].map((count) => [
    count.path,
    String(count.covered),
    String(count.lines),
    // Never rounded up: 84.96 is less than 85.
    (Math.floor(count.covered * 1000 / (count.lines || 1)) / 10).toFixed(1),
  ]);
  const lines = rows.map(([path, covered, total, percent]) =>
    `  ${path!.padEnd(36)} ${covered!.padStart(5)} of ${total!.padStart(5)} ` +
    `${percent!.padStart(6)} %`
  );
  return { text: lines.join("\n"), percent: percentOf(all) };
}

/** What of llvm-cov's JSON is read. */
interface Exported {
  readonly data: readonly [{
    readonly files: readonly {
      readonly filename: string;
      readonly summary: {
        readonly lines: { readonly count: number; readonly covered: number };
      };
    }[];
  }];
}

async function readCounts(
  scratch: string,
  programs: readonly string[],
): Promise<LineCount[]> {
  const merged = `${scratch}/merged.profdata`;
  const profiles = `${scratch}/profiles`;
  const found: string[] = [];
  for await (const { name } of Deno.readDir(profiles)) {
    found.push(`${profiles}/${name}`);
  }
  await output("llvm-profdata", ["merge", "-o", merged, ...found]);
  const [first, ...more] = programs;
  const exported: Exported = JSON.parse(
    await output("llvm-cov", [
      "export",
      "-summary-only",
      `-instr-profile=${merged}`,
      first!,
      ...more.map((program) => `-object=${program}`),
    ]),
  );
  return exported.data[0].files
    .map(({ filename, summary: { lines } }) => ({
      path: filename.replace(ROOT, ""),
      lines: lines.count,
      covered: lines.covered,
    }))
    .filter(({ path, lines }) => path.startsWith("native/") && lines > 0)
    .sort((a, b) => a.path < b.path ? -1 : 1);
}

/** What a tool prints to stdout; throws with its stderr when it fails. */
async function output(tool: string, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(tool, {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`${tool} failed:\n${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}
