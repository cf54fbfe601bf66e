/**
 * The gate: `deno task check`. Format, lint, types, the rules of the
 * architecture and the warnings of the C compiler, one line each.
 *
 * @module
 */
import { bundle } from "./build/bundle.ts";
import { compiler } from "./build/native.ts";
import { ROOT } from "./build/paths.ts";
import { checkCAnalyzer, checkCWarnings } from "./check/c_warnings.ts";
import { checkClangTidy } from "./check/clang_tidy.ts";
import { checkDangerousGlobals } from "./check/dangerous_globals.ts";
import { DENO_CHECKS, denoCheck } from "./check/deno_tools.ts";
import { checkEagerSize } from "./check/eager_size.ts";
import { checkErrorHints } from "./check/error_hints.ts";
import { checkFileLength } from "./check/file_length.ts";
import { type Finding, findingText } from "./check/finding.ts";
import { checkImportCycles } from "./check/import_cycles.ts";
import { checkImportDirection } from "./check/import_direction.ts";
import { checkImportSources } from "./check/import_sources.ts";
import { checkOpenNotes } from "./check/open_notes.ts";
import { checkReadmeTables } from "./check/readme_tables.ts";
import { readSources, type SourceFile } from "./check/source.ts";

/** What one check came to: text for the reader, or why it could not be made. */
type Outcome =
  | { readonly passed: boolean; readonly text: string }
  | { readonly skipped: string };

interface Check {
  readonly name: string;
  run(): Promise<Outcome> | Outcome;
}

function outcomeOf(findings: readonly Finding[]): Outcome {
  return {
    passed: findings.length === 0,
    text: findings.map(findingText).join("\n"),
  };
}

/** Names in the import map: the packages that src/ may use. */
async function importMap(): Promise<string[]> {
  const config = JSON.parse(await Deno.readTextFile(`${ROOT}deno.json`));
  return Object.keys(config.imports ?? {});
}

/** Every C file in folders that match. */
function cFiles(files: readonly SourceFile[], folders: RegExp) {
  const paths = files.map(({ path }) => path)
    .filter((path) => path.endsWith(".c") && folders.test(path));
  return { compiler: compiler(), root: ROOT, paths };
}

async function checks(): Promise<Check[]> {
  const files = await readSources(ROOT);
  const packages = await importMap();
  const ours = cFiles(files, /^(?:native|tests\/(?:native|fuzz))\//);
  // Tests may end in a crash where memory runs out; what ships may not.
  const shipped = cFiles(files, /^native\//);
  const rule = (name: string, findings: () => Finding[]): Check => ({
    name,
    run: () => outcomeOf(findings()),
  });
  return [
    ...DENO_CHECKS.map(([name, args]) => ({
      name,
      run: () => denoCheck(ROOT, args),
    })),
    rule("import direction", () => checkImportDirection(files)),
    rule("import sources", () => checkImportSources(files, packages)),
    rule("import cycles", () => checkImportCycles(files)),
    rule("dangerous globals", () => checkDangerousGlobals(files)),
    rule("error hints", () => checkErrorHints(files)),
    rule("file length", () => checkFileLength(files)),
    {
      name: "README tables",
      run: async () =>
        outcomeOf(
          checkReadmeTables(await Deno.readTextFile(`${ROOT}README.md`)),
        ),
    },
    {
      name: "eager size",
      run: async () => outcomeOf(checkEagerSize((await bundle()).eager)),
    },
    rule("open notes", () => checkOpenNotes(files)),
    {
      name: "C warnings",
      run: async () => outcomeOf(await checkCWarnings(ours)),
    },
    {
      name: "C analyzer",
      run: async () => {
        const findings = await checkCAnalyzer(shipped);
        return findings === null
          ? { skipped: `"${shipped.compiler}" has no -fanalyzer (gcc has)` }
          : outcomeOf(findings);
      },
    },
    {
      name: "clang-tidy",
      run: async () => {
        const findings = await checkClangTidy(shipped);
        return findings === null
          ? { skipped: "there is no clang-tidy here (Debian: clang-tidy)" }
          : outcomeOf(findings);
      },
    },
  ];
}

/** Runs every check, also after one has failed; false when any did. */
async function checkAll(): Promise<boolean> {
  let passed = true;
  for (const { name, run } of await checks()) {
    const start = performance.now();
    const outcome = await run();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    if ("skipped" in outcome) {
      // A skip may never look like a pass.
      if (Deno.env.get("CI") === "true") passed = false;
      console.log(`SKIPPED  ${name}: ${outcome.skipped}`);
    } else if (outcome.passed) {
      console.log(`ok       ${name} (${seconds} s)`);
    } else {
      passed = false;
      console.log(`FAILED   ${name} (${seconds} s)\n${outcome.text}\n`);
    }
  }
  return passed;
}

if (!await checkAll()) Deno.exit(1);
