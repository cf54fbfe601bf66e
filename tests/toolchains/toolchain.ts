/**
 * How a test of a toolchain is written: a few source files and a script that
 * builds and runs them, as one command of a signed, hardened run. What honest
 * programs do must work, or nobody will use the walls.
 *
 * @module
 */
import assert from "node:assert/strict";
import { DEFAULT_PROFILE } from "../../src/plan/sandbox_profile.ts";
import { assertRan } from "../sandbox/assertions.ts";
import { attackTest, skipSecurityTest } from "../sandbox/harness.ts";
import type { Place } from "../sandbox/place.ts";

/** A compiler on a busy machine; the policy's maximum. */
const TIMEOUT_SEC = 60;

/** For toolchains that run what they have built. */
export const RUNS_WHAT_IT_BUILDS =
  "sandbox: { exec_from_write_scopes: true }\n";

/** What one toolchain is asked to do. */
export interface Toolchain {
  /** Programs that must be found where the sandbox looks for them. */
  readonly needs: readonly string[];
  /** Files in the write scope, which is the cwd. */
  readonly files?: Readonly<Record<string, string>>;
  /** Run by `sh -eu`. */
  readonly script: string;
  /** What it must print on standard output, all of it. */
  readonly prints: string | RegExp;
  /** A configuration, where the default sandbox profile is not enough. */
  readonly config?: string;
}

/** Registers one test, once per caller. */
export function toolchainTest(title: string, toolchain: Toolchain): void {
  attackTest(title, async (place) => {
    for (const program of toolchain.needs) {
      if (!await isThere(program)) {
        skipSecurityTest(`no "${program}" in ${searchPath()}`);
      }
    }
    for (const [name, text] of Object.entries(toolchain.files ?? {})) {
      await place.file(`${place.write}/${name}`, text);
    }
    const argv = ["sh", "-euc", toolchain.script];
    const run = await place.confined(argv, {
      timeoutSec: TIMEOUT_SEC,
      hangMs: 2 * TIMEOUT_SEC * 1000,
      ...(toolchain.config === undefined ? {} : { config: toolchain.config }),
    });
    try {
      assertRan(run);
      if (typeof toolchain.prints === "string") {
        assert.equal(run.stdout, toolchain.prints);
      } else assert.match(run.stdout, toolchain.prints);
    } catch (error) {
      await sayWhetherItIsTheMachine(place, argv);
      throw error;
    }
  });
}

/** A failure says more when the same is tried without csc. */
async function sayWhetherItIsTheMachine(
  place: Place,
  argv: readonly string[],
): Promise<void> {
  const fresh = await place.mkdir(`${place.root}/bare`);
  await new Deno.Command("cp", { args: ["-a", `${place.write}/.`, fresh] })
    .output();
  const bare = await place.bare(argv, {
    cwd: fresh,
    hangMs: 2 * TIMEOUT_SEC * 1000,
  });
  console.error(
    `the same without csc: exit ${bare.code}\n${bare.stdout}${bare.stderr}`,
  );
}

function searchPath(): string {
  return DEFAULT_PROFILE.path.join(":");
}

async function isThere(program: string): Promise<boolean> {
  for (const directory of DEFAULT_PROFILE.path) {
    const info = await Deno.stat(`${directory}/${program}`).catch(() => null);
    if (info?.isFile) return true;
  }
  return false;
}
