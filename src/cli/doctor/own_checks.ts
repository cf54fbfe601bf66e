/**
 * Are csc's own files as they should be: configuration, key, state? Pure.
 *
 * @module
 */
import { quote } from "../../core/text.ts";
import type { Finding } from "./finding.ts";
import type { Host } from "./host.ts";

/** Where csc's own files are, as configured. */
export interface OwnFiles {
  /** What was wrong with the configuration files, or null. */
  readonly configProblem: { message: string; hint: string } | null;
  /** The private key, or null when none is configured. */
  readonly keyPath: string | null;
  /** The state directory, or null when nothing names one. */
  readonly statePath: string | null;
  readonly log: "required" | "off";
}

const GROUP_OR_OTHERS = 0o077;

/** Every check of this file. */
export function ownFindings(host: Host, own: OwnFiles): Finding[] {
  return [...configuration(own), ...key(host, own), ...state(host, own)];
}

function configuration({ configProblem }: OwnFiles): Finding[] {
  const id = "configuration";
  if (configProblem === null) {
    return [{ id, standing: "ok", text: "the configuration can be used" }];
  }
  const { message, hint } = configProblem;
  return [{ id, standing: "missing", text: message, fix: hint }];
}

function key(host: Host, { keyPath }: OwnFiles): Finding[] {
  const id = "key";
  if (keyPath === null) {
    return [{
      id,
      standing: "note",
      text: "no signing key is configured; hardened runs need one",
      fix: 'csc init, or csc keygen --out DIR and then "--signing-key" and ' +
        '"--key-id", or signing.key and signing.key_id in the configuration',
    }];
  }
  const file = host.look(keyPath);
  const shown = quote(keyPath);
  if (file === null || file.kind !== "file") {
    return [{
      id,
      standing: "missing",
      text: `the signing key ${shown} is not a file that can be seen`,
      fix: "Correct signing.key, or make a key with csc keygen.",
    }];
  }
  if ((file.mode & GROUP_OR_OTHERS) !== 0) {
    return [{
      id,
      standing: "missing",
      text: `the signing key ${shown} is open to others (mode ${
        file.mode.toString(8)
      })`,
      fix: `chmod 600 ${keyPath}`,
    }];
  }
  if (file.uid !== host.uid && host.uid !== 0) {
    return [{
      id,
      standing: "missing",
      text: `the signing key ${shown} belongs to user ${file.uid}`,
      fix: "Run csc as that user, or name a key of your own.",
    }];
  }
  return [
    {
      id,
      standing: "ok",
      text: `the signing key ${shown} is its owner's only`,
    },
    {
      id: "key-custody",
      standing: "note",
      text:
        "whoever starts csc can read the key, and so could sign anything; " +
        "receipts say key_custody: caller",
      fix: "Against the caller itself only a csc under another user protects.",
    },
  ];
}

function state(host: Host, { statePath, log }: OwnFiles): Finding[] {
  const id = "state";
  if (log === "off") {
    return [{
      id,
      standing: "weaker",
      text: "runs are not recorded (log: off)",
      fix: "Remove log: off from the configuration.",
    }];
  }
  if (statePath === null) {
    return [{
      id,
      standing: "missing",
      text: "nothing names a state directory (no HOME, no XDG_STATE_HOME)",
      fix: '"--state-dir DIR", or state_dir in the configuration',
    }];
  }
  const directory = host.look(statePath);
  const shown = quote(statePath);
  if (directory === null) {
    const text = `the state directory ${shown} will be made by the first run`;
    return [{ id, standing: "ok", text }];
  }
  if (directory.kind !== "directory" || directory.uid !== host.uid) {
    return [{
      id,
      standing: "missing",
      text: `the state directory ${shown} is not a directory of this user`,
      fix: "Name another one with state_dir or --state-dir.",
    }];
  }
  if ((directory.mode & GROUP_OR_OTHERS) !== 0) {
    return [{
      id,
      standing: "missing",
      text: `the state directory ${shown} is open to others`,
      fix: `chmod 700 ${statePath}   (after a look at what is in it)`,
    }];
  }
  const text = `the state directory ${shown} is its owner's only`;
  return [{ id, standing: "ok", text }];
}
