/**
 * Digests of executables that earlier runs have read, in one file of the state
 * directory: nobody else can open anything there (log/state_dir.ts), no command
 * sees it, and it is opened by descriptor, never through a link.
 *
 * @module
 */
import { utf8 } from "../core/bytes.ts";
import { isCscError } from "../core/errors.ts";
import type { DigestMemory } from "../execute/executables.ts";
import type { HeldDirectory } from "../execute/held_directory.ts";

const NAME = "digests";
const FILE_MODE = 0o600;
const MAX_BYTES = 64 * 1024;
/** A line has about 140 bytes. */
const MAX_ENTRIES = 256;

/** First line of the file. */
const VERSION = "csc.digests.v0.1\n";

/**
 * The digests remembered in a state directory; an empty memory where there is
 * no file yet or none to be believed.
 */
export function openDigestMemory(state: HeldDirectory): DigestMemory {
  let text: string | null = null;
  const all = () => text ??= readAll(state);
  return {
    find(identity) {
      const start = all().indexOf(`\n${identity} `);
      if (start < 0) return null;
      const at = start + identity.length + 2;
      const line = all().slice(at, all().indexOf("\n", at));
      return /^[0-9a-f]{64}$/.test(line) ? line : null;
    },
    remember(identity, sha256) {
      const file = identity.split(" ", 2).join(" ");
      // What is known of another state of the file will not be asked for again.
      const others = all().slice(VERSION.length).split("\n")
        .filter((line) => line !== "" && !line.startsWith(`${file} `));
      const lines = [`${identity} ${sha256}`, ...others].slice(0, MAX_ENTRIES);
      text = `${VERSION}${lines.join("\n")}\n`;
      try {
        state.put(NAME, utf8(text), FILE_MODE);
      } catch (error) {
        // The next run reads the file again: no reason to fail this one.
        if (!isCscError(error)) throw error;
      }
    },
  };
}

function readAll(state: HeldDirectory): string {
  const text = readText(state);
  return text.startsWith(VERSION) ? text : VERSION;
}

/** "" where there is none yet, or nothing that this csc has written. */
function readText(state: HeldDirectory): string {
  try {
    const bytes = state.read(NAME, MAX_BYTES);
    return bytes === null ? "" : new TextDecoder().decode(bytes);
  } catch (error) {
    if (!isCscError(error)) throw error;
    return "";
  }
}
