/**
 * Sessions with the real executable, in a directory of their own.
 *
 * @module
 */
import type { Command } from "../../src/protocol/contract.ts";
import { command, contractBytes, POLICY } from "../unit/run/fakes.ts";
import { tempPlace } from "../unit/run/temp_place.ts";

/** The csc that the build made; a missing one fails the tests, never skips. */
const CSC = new URL("../../dist/csc", import.meta.url).pathname;

/** How a call of csc ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One directory with a policy, and csc called from inside it. */
export class Session {
  readonly dir = tempPlace();
  readonly state = `${this.dir}/state`;
  readonly work = `${this.dir}/work`;

  constructor() {
    Deno.mkdirSync(this.work);
    this.write("policy.json", {
      ...POLICY,
      allow_commands: ["sh"],
      allowed_cwd_prefixes: [this.work],
      allowed_read_prefixes: [this.work],
    });
  }

  /** Writes a file of JSON. */
  write(name: string, value: unknown): void {
    Deno.writeTextFileSync(`${this.dir}/${name}`, JSON.stringify(value));
  }

  /** Reads a file of JSON. */
  read(name: string) {
    return JSON.parse(Deno.readTextFileSync(`${this.dir}/${name}`));
  }

  /** Writes `contract.json` with one command for each shell script. */
  contract(scripts: string[], more: Record<string, unknown> = {}): void {
    const commands = scripts.map((script, index): Command =>
      command(`cmd_${index + 1}`, {
        exec: { argv: ["sh", "-c", script] },
        cwd: this.work,
        read_paths: [`${this.work}/**`],
      })
    );
    const bytes = contractBytes(commands, more);
    Deno.writeFileSync(`${this.dir}/contract.json`, bytes);
  }

  /** Starts csc with these words, by way of another program if one is named. */
  spawn(words: readonly string[], by: readonly string[] = []) {
    const [program, ...args] = [...by, CSC, ...words];
    return new Deno.Command(program!, {
      args,
      cwd: this.dir,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "/usr/bin:/bin" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Calls csc and waits for its end. */
  async csc(...words: string[]): Promise<Ended> {
    const { code, stdout, stderr } = await this.spawn(words).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, out: text(stdout), err: text(stderr) };
  }

  /** `csc run` of the contract, with the session's state directory. */
  run(...flags: string[]): Promise<Ended> {
    return this.csc(...this.runWords(...flags));
  }

  /** The words of such a run. */
  runWords(...flags: string[]): string[] {
    return [
      ...["run", "contract.json", "policy.json", "--quiet"],
      ...["--state-dir", this.state],
      ...flags,
    ];
  }

  /** Names of the recorded runs. */
  runs(): string[] {
    return [...Deno.readDirSync(`${this.state}/runs`)].map(({ name }) => name);
  }
}
