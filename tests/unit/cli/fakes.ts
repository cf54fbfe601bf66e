/**
 * A command line without a process around it.
 *
 * @module
 */
import type {
  Backends,
  RunBackends,
  RunSettings,
} from "../../../src/cli/backends.ts";
import { runCli } from "../../../src/cli/dispatch.ts";
import { execSubject } from "../../../src/cli/exec.ts";
import { plan } from "../../../src/cli/plan.ts";
import { run } from "../../../src/cli/run.ts";
import type { RunDeps } from "../../../src/run/deps.ts";
import { loadSigner } from "../../../src/sign/file_signer.ts";
import { NOW, type Script, world } from "../run/fakes.ts";

/** What a command line did. */
export interface Spoken {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Settings of the run, if there was one. */
  readonly settings: RunSettings | undefined;
  readonly journal: readonly string[];
  /** Permissions that were kept; undefined where none was given up. */
  readonly kept: readonly string[] | undefined;
}

/** Runs one command line against fakes. */
export async function speak(
  words: readonly string[],
  script: Script = {},
  more: Partial<Backends> = {},
  deps: Partial<RunDeps> = {},
): Promise<Spoken> {
  let [out, err] = ["", ""];
  let settings: RunSettings | undefined;
  let kept: readonly string[] | undefined;
  let journal: readonly string[] = [];
  const code = await runCli(words, {
    terminal: {
      stdoutIsTerminal: false,
      stderrIsTerminal: false,
      out: (text) => out += text,
      err: (text) => err += text,
    },
    clock: { now: () => NOW, monotonic: () => 0 },
    random: {
      bytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    },
    uid: () => Deno.uid() ?? 0,
    env: () => "/nonexistent",
    buildFacts: () => ({
      version: "1.2.3",
      flavour: "test",
      deno: "2.0.0",
      commit: "c0ffee",
      native: { launcher: "l", bridge: "b" },
    }),
    executable: () => "/usr/bin/csc",
    keepOnly: (permissions) => kept = permissions,
    forRun: () => {
      const real = (backends: Backends): RunBackends => ({
        ...backends,
        loadSigner,
        runDeps(chosen) {
          settings = chosen;
          const fake = world({ mode: chosen.mode, ...script }, {
            signer: chosen.signer,
            ...deps,
          });
          journal = fake.journal;
          return fake.deps;
        },
      });
      return Promise.resolve({
        run: (args, backends) => run(args, real(backends)),
        async exec(args, backends) {
          const made = await execSubject(args, backends);
          return "exitCode" in made
            ? made.exitCode
            : await run(args, real(backends), made);
        },
        plan: (args, backends) => plan(args, real(backends)),
        trial: () => Promise.reject(new Error("no sandbox here")),
      });
    },
    ...more,
  });
  return { code, out, err, settings, journal, kept };
}
