/**
 * Modules that are bundled apart from whoever imports them.
 *
 * V8 compiles all of a chunk before it runs, a tenth of a millisecond for each
 * KiB, so words for errors and what only some runs need must not lie in it.
 * A dynamic import would do, but makes every function on the way asynchronous.
 * So these modules are imported like any other, and each of their functions
 * becomes a stub that evaluates the module's chunk when it is first called.
 *
 * @module
 */
import { ROOT } from "./paths.ts";

/** The modules, as paths from the root. They export functions and types only. */
export const APART: readonly string[] = [
  "src/approvals/check.ts",
  "src/cli/exec_errors.ts",
  "src/cli/flag_advice.ts",
  "src/cli/input_errors.ts",
  "src/cli/private_paths_text.ts",
  "src/cli/signing_errors.ts",
  "src/core/json_errors.ts",
  "src/core/json_strict.ts",
  "src/decide/allowed.ts",
  "src/execute/allowed.ts",
  "src/execute/errno.ts",
  "src/execute/noexec_hint.ts",
  "src/execute/protected_text.ts",
  "src/execute/unavailable.ts",
  "src/plan/key_view.ts",
  "src/plan/refusals.ts",
  "src/protocol/findings_text.ts",
  // Policies and configurations are read by the same reader of YAML.
  "src/protocol/policy_file.ts",
  "src/run/clock_error.ts",
  "src/run/endings.ts",
  "src/sign/key_errors.ts",
];

/** What an export may look like in such a module, at the start of a line. */
const FUNCTION = /^export (?:async )?function (\w+)/;
const TYPE = /^export (?:interface|type) /;

/**
 * The text that stands in for a module: its functions, which load it.
 *
 * @param name The chunk's name, as the loader knows it.
 * @param source The module's TypeScript.
 */
export function stubs(name: string, source: string): string {
  return source.split("\n")
    .filter((line) => /^export\b/.test(line) && !TYPE.test(line))
    .map((line) => {
      const [, exported] = FUNCTION.exec(line) ?? [];
      if (exported === undefined) {
        throw new Error(
          `bundle "${name}" apart: it exports more than functions and types: ` +
            `"${line}"`,
        );
      }
      return `export const ${exported} = (...args) => ` +
        `__csc.now(${JSON.stringify(name)}).${exported}(...args);`;
    })
    .join("\n");
}

/** True for the absolute path of a module that is bundled apart. */
export function isApart(
  path: string,
  apart: readonly string[] = APART,
): boolean {
  return path.startsWith(ROOT) && apart.includes(path.slice(ROOT.length));
}
