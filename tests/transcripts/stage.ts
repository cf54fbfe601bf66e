/**
 * The place in which a transcript is played, and what its output is compared
 * as.
 *
 * @module
 */
import type { Outcome, Transcript } from "./transcript.ts";

const BASE = new URL("./base/", import.meta.url);
const CSC = Deno.env.get("CSC_BINARY") ??
  new URL("../../dist/csc", import.meta.url).pathname;

type Json = null | boolean | number | string | Json[] | {
  [name: string]: Json;
};

/** A directory with everything that a session starts from. */
export class Stage {
  readonly work: string;

  constructor(transcript: Transcript) {
    // Below /tmp whatever TMPDIR says, and of one length: messages cut long paths.
    const name = crypto.randomUUID().slice(0, 13);
    this.work = `${Deno.realPathSync("/tmp")}/csc-play-${name}`;
    Deno.mkdirSync(this.work, { mode: 0o700 });
    for (const folder of ["project", "bin", "config/csc", "home"]) {
      Deno.mkdirSync(`${this.work}/${folder}`, { recursive: true });
    }
    Deno.symlinkSync(CSC, `${this.work}/bin/csc`);
    this.#write("config/csc/config.yaml", "state_dir: $WORK/state\n");
    for (const name of ["contract.json", "policy.yaml"]) {
      this.#write(name, Deno.readTextFileSync(new URL(name, BASE)));
    }
    for (const [title, text] of transcript.files) {
      const [name = "", changed] = title.split(", ");
      this.#write(name, changed === "changed" ? changedContract(text) : text);
    }
  }

  #write(name: string, text: string): void {
    const path = `${this.work}/${name}`;
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text.replaceAll("$WORK", this.work));
    // Whatever the umask: csc looks at the modes of files it is to trust.
    Deno.chmodSync(path, 0o644);
  }

  /** Plays one command. */
  play(command: string): Outcome {
    const { code, stdout, stderr } = new Deno.Command("/bin/sh", {
      args: ["-c", `umask 022\n${command}`],
      cwd: this.work,
      clearEnv: true,
      env: {
        PATH: `${this.work}/bin:/usr/bin:/bin`,
        HOME: `${this.work}/home`,
        XDG_CONFIG_HOME: `${this.work}/config`,
        WORK: this.work,
        LC_ALL: "C",
      },
      stdin: "null",
    }).outputSync();
    return { stdout: this.#lines(stdout), stderr: this.#lines(stderr), code };
  }

  #lines(bytes: Uint8Array): string[] {
    const text = new TextDecoder().decode(bytes).replaceAll(this.work, "$WORK");
    const lines = comparable(text).split("\n");
    if (lines.at(-1) === "") lines.pop();
    else lines.push("(no newline at the end)");
    return lines;
  }

  close(): void {
    Deno.removeSync(this.work, { recursive: true });
  }
}

/** Replaces what no two runs have in common. */
export function comparable(text: string): string {
  return text
    .replace(/\b[0-9a-f]{64}\b/g, "<sha256>")
    .replace(
      /\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b/g,
      "<uuid>",
    )
    .replace(/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<time>")
    .replace(/[A-Za-z0-9+/]{86}==/g, "<signature>")
    .replace(/\bcsc-[0-9a-f]{12}\b/g, "<key>")
    .replace(/\bcsc([/ ])\d+\.\d+\.\d+\b/g, "csc$1<version>");
}

/** The base contract with members replaced. */
function changedContract(text: string): string {
  const base = JSON.parse(
    Deno.readTextFileSync(new URL("contract.json", BASE)),
  );
  const { commands, ...change } = JSON.parse(text);
  const merged = merge(base, change) as { commands: Json[] };
  if (commands !== undefined) {
    const [command = null] = merged.commands;
    merged.commands = (commands as Json[]).map((one) => merge(command, one));
  }
  return `${JSON.stringify(merged, null, 2)}\n`;
}

/** Objects are merged, null removes a member, everything else is replaced. */
function merge(base: Json, change: Json): Json {
  if (!isObject(base) || !isObject(change)) return change;
  const merged = { ...base };
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete merged[name];
    else merged[name] = merge(merged[name] ?? null, value);
  }
  return merged;
}

function isObject(value: Json): value is { [name: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
