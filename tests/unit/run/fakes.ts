/**
 * Stand-ins for the outside world, for tests of the pipeline and the verbs.
 *
 * @module
 */
import type { ApprovalStore } from "../../../src/approvals/store.ts";
import { utf8 } from "../../../src/core/bytes.ts";
import { CscError } from "../../../src/core/errors.ts";
import { sha256Hex } from "../../../src/core/digest.ts";
import type {
  CapturedStream,
  CommandResult,
  Executor,
} from "../../../src/execute/executor.ts";
import type { HeldDirectory } from "../../../src/execute/held_directory.ts";
import type { Command } from "../../../src/protocol/contract.ts";
import type { RunDeps, RunRequest } from "../../../src/run/deps.ts";

/** 2026-06-01T12:00:00Z. */
export const NOW = Date.UTC(2026, 5, 1, 12);

/** What happened, in order, across all fakes of one test. */
export type Journal = string[];

/** A directory in memory that writes down what is done to it. */
export class MemoryDirectory implements HeldDirectory {
  readonly files = new Map<string, string>();
  readonly directories = new Map<string, MemoryDirectory>();

  constructor(readonly journal: Journal = [], readonly name = "") {}

  directory(name: string): MemoryDirectory {
    const known = this.directories.get(name);
    if (known !== undefined) return known;
    const made = new MemoryDirectory(this.journal, `${this.name}/${name}`);
    this.directories.set(name, made);
    return made;
  }

  replace(name: string, bytes: Uint8Array): void {
    this.#write("replace", name, bytes);
  }

  replaceEarly(name: string, bytes: Uint8Array): void {
    this.#write("replace early", name, bytes);
  }

  put(name: string, bytes: Uint8Array): void {
    this.#write("put", name, bytes);
  }

  createOnce(name: string, bytes: Uint8Array): boolean {
    if (this.files.has(name)) return false;
    this.#write("create", name, bytes);
    return true;
  }

  sync(): void {
    this.journal.push(`sync ${this.name}`);
  }

  read(name: string): Uint8Array | null {
    const text = this.files.get(name);
    return text === undefined ? null : utf8(text);
  }

  tryMaking(): void {
    this.journal.push(`try making ${this.name}/`);
  }

  info(): Deno.FileInfo {
    return { uid: Deno.uid(), mode: 0o40700 } as Deno.FileInfo;
  }

  place(): string {
    return `/memory${this.name}`;
  }

  close(): void {}

  #write(how: string, name: string, bytes: Uint8Array): void {
    this.journal.push(`${how} ${this.name}/${name}`);
    this.files.set(name, new TextDecoder().decode(bytes));
  }
}

/** A captured stream of some text. */
export async function stream(text: string, truncated = false) {
  const bytes = utf8(text);
  const total = bytes.length + (truncated ? 1 : 0);
  const sha256 = await sha256Hex(bytes);
  return { bytes, total, truncated, sha256 } satisfies CapturedStream;
}

/** The result of a command that printed its id. */
export async function result(
  exitCode: number,
  more: Partial<CommandResult> = {},
): Promise<CommandResult> {
  return {
    exitCode,
    timedOut: false,
    error: "",
    notes: [],
    stdout: await stream("out\n"),
    stderr: await stream(""),
    facts: {},
    ...more,
  };
}

/** Behaviour of the fake executor. */
export interface Script {
  readonly mode?: "local" | "hardened";
  readonly prepare?: () => void;
  readonly run?: (command: Command) => Promise<CommandResult>;
}

/** An executor that follows a script. */
export function scripted(script: Script, journal: Journal): Executor {
  return {
    mode: script.mode ?? "local",
    prepare(contract, _policy, sealed) {
      journal.push(
        `prepare, sealed ${sealed.map(({ path }) => path).join(" ")}`,
      );
      script.prepare?.();
      return Promise.resolve({
        profile: { name: "fake", sha256: "f".repeat(64) },
        facts: { kernel: "none" },
        commands: contract.commands.map((command) => ({
          id: command.id,
          plan: { cwd: command.cwd },
          run() {
            journal.push(`run ${command.id}`);
            return script.run?.(command) ?? result(0);
          },
        })),
        close: () => journal.push("close"),
      });
    },
  };
}

/** Uses of approvals in memory. */
export function memoryApprovals(journal: Journal): ApprovalStore {
  const used = new Set<string>();
  return {
    open: () => journal.push("open approvals"),
    consume({ approval }) {
      journal.push(`consume ${approval.approval_id}`);
      const first = !used.has(approval.approval_id);
      used.add(approval.approval_id);
      return Promise.resolve(first);
    },
  };
}

/** What a test can look at after a run. */
export interface World {
  readonly deps: RunDeps;
  readonly journal: Journal;
  /** Written text of evidence and receipt. */
  readonly written: { evidence: string; receipt: string }[];
}

/** Seams of a run that touch nothing. */
export function world(script: Script = {}, more: Partial<RunDeps> = {}): World {
  const journal: Journal = [];
  const written: World["written"] = [];
  const deps: RunDeps = {
    clock: { now: () => NOW, monotonic: () => 0 },
    random: { bytes: (length) => new Uint8Array(length).fill(0xab) },
    executor: scripted(script, journal),
    signer: null,
    approvals: memoryApprovals(journal),
    runner: {
      version: "1.2.3",
      flavour: "test",
      commit: "c0ffee",
      natives: {},
    },
    acceptPolicy: () => {},
    openOutput: () => ({
      path: "./out/receipt.json",
      places: ["/out/receipt.json", "/out/receipt.json.evidence.json"],
      write(evidence, receipt) {
        journal.push("write receipt");
        written.push({ evidence, receipt });
      },
    }),
    openRecords: () => ({
      setting: "required",
      intend: () => journal.push("intend"),
      conclude: () => journal.push("record"),
    }),
    seals: () => [
      { path: "/out/r.json", reads: "mask" },
      { path: "/keys/key", reads: "refuse" },
    ],
    ...more,
  };
  return { deps, journal, written };
}

/** One command that every policy below allows. */
export function command(id: string, more: Partial<Command> = {}): Command {
  return {
    id,
    exec: { argv: ["ls"] },
    cwd: "/work",
    read_paths: ["/work/**"],
    write_paths: [],
    network: "deny",
    env_allow: [],
    secret_refs: [],
    timeout_sec: 10,
    proposed_effect_type: "observe",
    ...more,
  };
}

/** The bytes of a contract of these commands. */
export function contractBytes(
  commands: readonly Command[],
  more: Record<string, unknown> = {},
): Uint8Array {
  return utf8(JSON.stringify({
    version: "csc.v0.1",
    contract_id: "contract_test",
    intent: "test",
    actor: {
      agent_id: "a",
      session_id: "s",
      initiating_user: "u",
      delegation_scope: "d",
    },
    commands,
    risk_class: "low",
    approval_mode: "policy_only",
    justification: "test",
    ...more,
  }));
}

/** A policy that allows `ls` below /work. */
export const POLICY = {
  policy_schema_version: "csc.policy.v0.1",
  name: "test-policy",
  allow_commands: ["ls"],
  allowed_effect_types: ["observe"],
  allowed_risk_classes: ["low"],
  max_timeout_sec: 60,
  network: "deny",
  allow_secret_refs: false,
  allowed_cwd_prefixes: ["/work"],
  allowed_read_prefixes: ["/work"],
};

/** A request to run these commands. */
export function request(
  commands: readonly Command[] = [command("one")],
  more: Record<string, unknown> = {},
  approval: RunRequest["approval"] = null,
): RunRequest {
  return {
    contract: { bytes: contractBytes(commands, more), source: "c.json" },
    policy: { bytes: utf8(JSON.stringify(POLICY)), source: "p.json" },
    approval,
    route: {
      stdoutFd: -1,
      stderrFd: -1,
      escapeStdout: false,
      escapeStderr: false,
    },
  };
}

/** An error that the tests throw where a seam may throw one. */
export function refusal(code: CscError["code"]): CscError {
  return new CscError(code, `refused: ${code}`, { hint: "Try again." });
}
