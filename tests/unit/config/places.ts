/**
 * Configuration files for one test: the machine's, the user's, one that is
 * named.
 *
 * @module
 */
import type { ConfigSources } from "../../../src/config/find.ts";
import { tempPlace } from "../run/temp_place.ts";

const UID = Deno.uid() ?? 0;

/** What is said where; a file that is absent does not exist. */
export interface Said {
  readonly machine?: string;
  readonly user?: string;
  readonly named?: string;
  /** Words of the command line; a switch has the value "". */
  readonly flags?: Readonly<Record<string, string>>;
}

/** The files, written, and how csc would look for them. */
export interface Places extends ConfigSources {
  readonly system: { readonly path: string; readonly owner: number };
  /** Where a file of this kind is, or would be. */
  readonly pathOf: (kind: "machine" | "user" | "named") => string;
}

/** Writes the files. */
export function places(said: Said): Places {
  const dir = tempPlace();
  const pathOf = (kind: string) => `${dir}/${kind}/csc/config.yaml`;
  for (const kind of ["machine", "user", "named"] as const) {
    const text = said[kind];
    if (text === undefined) continue;
    Deno.mkdirSync(`${dir}/${kind}/csc`, { recursive: true, mode: 0o755 });
    Deno.writeTextFileSync(pathOf(kind), text, { mode: 0o600 });
  }
  const named = said.named === undefined ? undefined : pathOf("named");
  const flags = Object.entries(said.flags ?? {});
  if (named !== undefined) flags.push(["--config", named]);
  return {
    named,
    uid: UID,
    env: (name) => name === "XDG_CONFIG_HOME" ? `${dir}/user` : undefined,
    flags: {
      options: new Map(flags.filter(([, value]) => value !== "")),
      switches: new Set(
        flags.filter(([, value]) => value === "").map(([name]) => name),
      ),
    },
    system: { path: pathOf("machine"), owner: UID },
    pathOf,
  };
}
