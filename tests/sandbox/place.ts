/**
 * The place of one attack: a workspace with a read scope, a write scope and
 * things outside both, and the two ways to run a program in it.
 *
 * Everything outside the scopes is readable and writable for everybody: if an
 * attack fails, it failed at the sandbox and not at a file's mode.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Caller } from "./callers.ts";
import {
  type CscCall,
  type Receipt,
  type RunOptions,
  writeRequest,
} from "./request.ts";
import {
  endProcessesMentioning,
  type Finished,
  type Launch,
  Running,
  runToEnd,
} from "./running.ts";
import { attackerProgram, copyProgram, cscProgram } from "./programs.ts";
import { peerCall, subject, type SubjectName } from "./subjects.ts";

/** What came of a run through csc. */
export interface Confined extends Finished {
  /** Who confined; a peer of csc leaves neither of the following. */
  readonly subject: SubjectName;
  /** The receipt, or null where csc left none. */
  readonly receipt: Receipt | null;
  /** The evidence document beside it, or null. */
  readonly evidence: Record<string, unknown> | null;
}

/** What both ways of running take. */
export interface LaunchOptions {
  readonly cwd?: string;
  /** Added to PATH and HOME, which are all that a caller has otherwise. */
  readonly env?: Readonly<Record<string, string>>;
  /** Makes the final argv, for instance to put a wrapper in front. */
  readonly wrap?: (argv: readonly string[]) => readonly string[];
  /** After how long it counts as hanging; default that of an attack. */
  readonly hangMs?: number;
}

const CANARY = "nobody may change this\n";

export class Place {
  /** The only directory a contract of this place may read; also its cwd. */
  readonly read: string;
  /** The only directory a contract of this place may write. */
  readonly write: string;
  /** What no contract of this place names. */
  readonly outside: string;
  /** 0700: key, state and receipt of csc. */
  readonly private: string;
  /** The attacker, a static executable inside the read scope. */
  readonly attacker: string;
  /** A file outside with `secretText` in it. */
  readonly secret: string;
  readonly secretText = `secret-${crypto.randomUUID()}`;
  /** A file outside whose content must stay as it is. */
  readonly canary: string;
  #running: Running[] = [];
  #calls = 0;
  #keyed = false;
  #reachedConfined = false;

  private constructor(readonly caller: Caller, readonly root: string) {
    this.read = `${root}/read`;
    this.write = `${root}/write`;
    this.outside = `${root}/outside`;
    this.private = `${root}/private`;
    this.attacker = `${this.read}/attacker`;
    this.secret = `${this.outside}/secret`;
    this.canary = `${this.outside}/canary`;
  }

  /** Builds a fresh workspace below `base`, owned by `caller`. */
  static async create(caller: Caller, base: string): Promise<Place> {
    const root = await Deno.makeTempDir({ dir: base, prefix: "csc-attack-" });
    const place = new Place(caller, root);
    await place.#own(root, 0o755);
    for (const path of [place.read, place.write]) await place.mkdir(path);
    await place.mkdir(place.outside, 0o777);
    await place.mkdir(place.private, 0o700);
    await place.mkdir(`${root}/home`);
    await place.file(place.secret, `${place.secretText}\n`, 0o666);
    await place.file(place.canary, CANARY, 0o666);
    await copyProgram(await attackerProgram(), place.attacker);
    await place.#own(place.attacker, 0o755);
    return place;
  }

  /** Ends what was started, removes the workspace. */
  async close(): Promise<void> {
    endProcessesMentioning(this.root);
    for (const running of this.#running) await running.end();
    await Deno.remove(this.root, { recursive: true });
  }

  /** A directory of the caller's, with exactly this mode. */
  async mkdir(path: string, mode = 0o755): Promise<string> {
    await Deno.mkdir(path);
    await this.#own(path, mode);
    return path;
  }

  /** A file of the caller's, with exactly this mode. */
  async file(path: string, text: string, mode = 0o644): Promise<string> {
    await Deno.writeTextFile(path, text);
    await this.#own(path, mode);
    return path;
  }

  async #own(path: string, mode: number): Promise<void> {
    await Deno.chown(path, this.caller.uid, this.caller.gid);
    await Deno.chmod(path, mode);
  }

  /** Runs argv as the caller with nothing around it. */
  bare(
    argv: readonly string[],
    options: LaunchOptions = {},
  ): Promise<Finished> {
    return runToEnd(this.#launch(argv, options));
  }

  /** Runs the attacker bare with these arguments. */
  bareAttack(...args: string[]): Promise<Finished> {
    return this.bare([this.attacker, ...args]);
  }

  /** Whether the bare half is over, and so has shown what it was to show. */
  get reachedConfined(): boolean {
    return this.#reachedConfined;
  }

  /** Runs argv as the only command of a contract, hardened and signed. */
  async confined(
    argv: readonly string[],
    options: RunOptions & LaunchOptions = {},
  ): Promise<Confined> {
    const call = await this.prepare(argv, options);
    const finished = await runToEnd(this.#launch(call.argv, options));
    return {
      ...finished,
      subject: subject(),
      receipt: await readJson(call.receiptPath) as Receipt | null,
      evidence: await readJson(`${call.receiptPath}.evidence.json`),
    };
  }

  /** Runs the attacker through csc with these arguments. */
  confinedAttack(...args: string[]): Promise<Confined> {
    return this.confined([this.attacker, ...args]);
  }

  /** Starts a process as the caller; it is ended with the place at the latest. */
  start(argv: readonly string[], options: LaunchOptions = {}): Running {
    const running = new Running(this.#launch(argv, options));
    this.#running.push(running);
    return running;
  }

  /**
   * Writes contract and policy for argv; returns the call of csc for them, or
   * that of the peer which is measured in its place.
   */
  async prepare(
    argv: readonly string[],
    options: RunOptions & LaunchOptions = {},
  ): Promise<CscCall> {
    const csc = options.csc ?? await cscProgram(this.caller);
    await this.makeKey(csc);
    this.#reachedConfined = true;
    const call = await writeRequest(this, csc, ++this.#calls, argv, options);
    const name = subject();
    if (name === "csc") return call;
    const peer = peerCall(name, this, argv, options, options.env ?? {});
    return { ...call, argv: peer };
  }

  /** Makes the signing key on first use; returns the path of the private key. */
  async makeKey(csc?: string): Promise<string> {
    if (!this.#keyed) {
      const program = csc ?? await cscProgram(this.caller);
      const made = await this.bare([
        program,
        "keygen",
        "--out",
        this.private,
        "--key-id",
        "test",
      ]);
      assert.equal(made.code, 0, `csc keygen: ${made.stderr}`);
      this.#keyed = true;
    }
    return `${this.private}/test.key`;
  }

  #launch(argv: readonly string[], options: LaunchOptions): Launch {
    const wrapped = options.wrap?.(argv) ?? argv;
    const { hangMs } = options;
    return {
      ...(hangMs === undefined ? {} : { hangMs }),
      argv: [...this.caller.prefix, ...wrapped],
      cwd: options.cwd ?? this.write,
      env: {
        PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        HOME: `${this.root}/home`,
        ...options.env,
      },
    };
  }

  /** Fails when anything outside the scopes was changed, added or removed. */
  async assertOutsideUntouched(expected = ["canary", "secret"]): Promise<void> {
    assert.equal(await Deno.readTextFile(this.canary), CANARY);
    assert.equal(
      await Deno.readTextFile(this.secret),
      `${this.secretText}\n`,
    );
    const names = [...Deno.readDirSync(this.outside)].map((entry) =>
      entry.name
    );
    assert.deepEqual(names.sort(), [...expected].sort());
  }

  /** Removes what runs so far have left in `private`, but not the key. */
  async forgetRun(): Promise<void> {
    for (const entry of Deno.readDirSync(this.private)) {
      if (/^test\.(key|pub)$/.test(entry.name)) continue;
      await Deno.remove(`${this.private}/${entry.name}`, { recursive: true });
    }
  }

  /** Puts the things outside back as they were, after the bare half. */
  async restoreOutside(): Promise<void> {
    for (const entry of Deno.readDirSync(this.outside)) {
      await Deno.remove(`${this.outside}/${entry.name}`, { recursive: true });
    }
    await this.file(this.secret, `${this.secretText}\n`, 0o666);
    await this.file(this.canary, CANARY, 0o666);
  }
}

async function readJson(path: string): Promise<Record<string, unknown> | null> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
