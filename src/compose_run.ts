/**
 * The concrete backends of `run`, `exec` and `plan`: a chunk of its own, loaded
 * by these verbs only.
 *
 * @module
 */
import { createFileApprovalStore } from "./approvals/file_store.ts";
import { buildInfo } from "./build_info.ts";
import type {
  Backends,
  RunBackends,
  RunSettings,
  RunVerbs,
} from "./cli/backends.ts";
import { run } from "./cli/run.ts";
import { writeLive } from "./cli/terminal.ts";
import { refuseUnaccepted } from "./config/accepted.ts";
import type { SandboxSettings } from "./config/config.ts";
import { sandboxProfileFor } from "./config/sandbox.ts";
import { toHex } from "./core/bytes.ts";
import { CscError, isCscError } from "./core/errors.ts";
import { buildMeta, hostEnvironment } from "./embedded.ts";
import { cgroupName } from "./execute/cgroup.ts";
import type { DigestMemory, DigestSources } from "./execute/executables.ts";
import type { Executor } from "./execute/executor.ts";
import {
  createHardenedExecutor,
  type StagingPlace,
} from "./execute/hardened.ts";
import { type HeldDirectory, openDirectory } from "./execute/held_directory.ts";
import { readKernelFile } from "./execute/look.ts";
import { withAliases } from "./execute/mount_aliases.ts";
import { sealsOf } from "./execute/seals.ts";
import { heardEnding, onEndingSignal } from "./execute/signals.ts";
import { openDigestMemory } from "./log/digest_memory.ts";
import { createRunRecords, NO_RECORDS } from "./log/run_records.ts";
import { openStateDirectory, stateDirectoryPath } from "./log/state_dir.ts";
import type { RunnerFacts } from "./receipt/evidence.ts";
import type { Seal } from "./plan/seal.ts";
import {
  EVIDENCE_SUFFIX,
  openReceiptOutput,
  type ReceiptOutput,
} from "./receipt/output.ts";
import type { RunDeps } from "./run/deps.ts";
import { loadSigner } from "./sign/file_signer.ts";

/** The verbs with the real outside world. */
export const RUN: RunVerbs = {
  run: async (args, backends) =>
    args.switches.has("--sandbox-debug")
      ? await RUN.plan(args, backends)
      : await run(args, withRunDeps(backends)),
  // Chunks of their own: `run` should not pay for them.
  async exec(args, backends) {
    const { execSubject } = await import("./cli/exec.ts");
    const made = await execSubject(args, backends);
    if ("exitCode" in made) return made.exitCode;
    return await run(args, withRunDeps(backends), made);
  },
  plan: async (args, backends) =>
    (await import("./cli/plan.ts")).plan(args, withRunDeps(backends)),
  trial: async (backends, sandbox) => {
    const { trySandbox, tryCgroup } = await import("./execute/trial.ts");
    const hardened = hardenedExecutor(sandbox, backends, {
      memory: null,
      now: () => backends.clock.now(),
    });
    return {
      trial: await trySandbox(hardened),
      cgroups: tryCgroup(sandboxName(backends)),
    };
  },
};

function withRunDeps(backends: Backends): RunBackends {
  return {
    ...backends,
    loadSigner,
    runDeps: (settings) => runDeps(settings, backends),
  };
}

function runDeps(settings: RunSettings, backends: Backends): RunDeps {
  const { clock, random, uid, env } = backends;
  // One directory, opened at most once, for records and approvals.
  let opened: HeldDirectory | null = null;
  const statePath = () =>
    stateDirectoryPath({ configured: settings.stateDir, uid: uid(), env });
  const state = () =>
    opened ??= openStateDirectory(statePath(), uid(), openDirectory);
  let output: ReceiptOutput | null = null;
  let executionId = "";
  const staging = () => {
    const staged = state().directory("staged");
    try {
      return { directory: staged.directory(executionId), executionId };
    } finally {
      staged.close();
    }
  };
  return {
    clock,
    random,
    executor: executor(settings, backends, settings.staged ? staging : null, {
      // Without a log there may be no state directory, and none is made.
      memory: settings.log === "off" ? null : digestMemory(state),
      now: () => clock.now(),
    }),
    signer: settings.signer,
    approvals: createFileApprovalStore(() => {
      const held = state();
      const approvals = held.directory("approvals");
      // What is remembered in it must not vanish with a directory just made.
      held.sync();
      return approvals;
    }),
    runner: runner(),
    acceptPolicy: (policy) => refuseUnaccepted(policy, settings.accepted),
    openOutput(id) {
      executionId = id;
      const { receiptPath, log } = settings;
      if (receiptPath === null && log === "off") throw nowhere();
      // Made and looked at first: its mode and owner matter.
      if (receiptPath === null) state();
      const path = receiptPath ?? `${statePath()}/receipts/${id}.json`;
      return output = openReceiptOutput(path, openDirectory);
    },
    openRecords: () =>
      settings.log === "off" ? NO_RECORDS : createRunRecords(state()),
    seals: () => {
      const named = seals(settings, statePath);
      // What is held open is csc's own wherever its path leads by now.
      const held = [...output?.places ?? [], ...opened ? [opened.place()] : []];
      const moved = held.filter((path) =>
        !named.some((seal) => seal.path === path && seal.reads === "mask")
      );
      const sealed = [
        ...named,
        ...moved.map((path): Seal => ({ path, reads: "mask" })),
      ];
      return settings.mode === "hardened"
        ? withAliases(sealed, readKernelFile("/proc/self/mountinfo") ?? "")
        : sealed;
    },
  };
}

function nowhere(): CscError {
  return new CscError(
    "STATE_UNAVAILABLE",
    "write the receipt: without a log there is no state directory for it",
    { hint: 'Name a place for it with "--receipt-out FILE".' },
  );
}

/** Also without a log: used approvals and earlier records are still there. */
function seals(settings: RunSettings, statePath: () => string): Seal[] {
  const { receiptPath, keyPath } = settings;
  const sealed = receiptPath === null ? [] : [
    ...sealsOf(receiptPath, "mask"),
    ...sealsOf(`${receiptPath}${EVIDENCE_SUFFIX}`, "mask"),
  ];
  try {
    sealed.push(...sealsOf(statePath(), "mask"));
  } catch (error) {
    // Nobody names a place for it, and this run was told not to need one.
    if (!isCscError(error)) throw error;
  }
  if (keyPath !== null) sealed.push(...sealsOf(keyPath, "refuse"));
  return sealed;
}

function hardenedExecutor(
  sandbox: SandboxSettings,
  backends: Backends,
  digests: DigestSources,
  staging: (() => StagingPlace) | null = null,
) {
  return createHardenedExecutor({
    ...(staging === null ? {} : { staging }),
    profileFor: (policy) => sandboxProfileFor(sandbox, policy.name),
    digests,
    sandboxName: () => sandboxName(backends),
  });
}

function sandboxName({ random }: Backends): string {
  return cgroupName(Deno.pid, toHex(random.bytes(6)));
}

/** Opened when it is first asked, by which time the records are. */
function digestMemory(state: () => HeldDirectory): DigestMemory {
  let memory: DigestMemory | null = null;
  const opened = () => memory ??= openDigestMemory(state());
  return {
    find: (identity) => opened().find(identity),
    remember: (identity, sha256) => opened().remember(identity, sha256),
  };
}

function executor(
  settings: RunSettings,
  backends: Backends,
  staging: (() => StagingPlace) | null,
  digests: DigestSources,
): Executor {
  if (settings.mode === "hardened") {
    return hardenedExecutor(settings.sandbox, backends, digests, staging);
  }
  return {
    mode: "local",
    // A chunk of its own: hardened runs should not pay for it.
    prepare: async (contract, policy, sealed) => {
      const { createLocalExecutor } = await import("./execute/local.ts");
      return await createLocalExecutor({
        environment: hostEnvironment,
        write: writeLive,
        monotonic: backends.clock.monotonic,
        digests,
        signals: { heard: heardEnding, onEnding: onEndingSignal },
      }).prepare(contract, policy, sealed);
    },
  };
}

function runner(): RunnerFacts {
  const { version } = buildInfo();
  const { flavour, commit, natives } = buildMeta();
  return { version, flavour, commit, natives };
}
