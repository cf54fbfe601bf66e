/**
 * What `csc init` writes into the configuration and says afterwards.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import type { JsonObject } from "../../core/json.ts";
import { isInside } from "../../core/path.ts";
import { quote } from "../../core/text.ts";
import type { ParsedPolicy } from "../../protocol/policy.ts";
import { shellCommand } from "../shell_word.ts";
import type { SetupKey } from "./key.ts";
import type { Place } from "./place.ts";

/** What was set up. */
export interface Setup {
  readonly place: Place;
  readonly key: SetupKey;
  /** The configuration that was there before; null where it was made now. */
  readonly config: Config | null;
  /** Where commands are to work. */
  readonly directory: string;
  readonly policy: { readonly path: string; readonly parsed: ParsedPolicy };
  readonly files: readonly {
    readonly what: string;
    readonly path: string;
    /** False where it was there and is kept. */
    readonly made: boolean;
  }[];
}

/** What a new configuration says. */
export function configText(
  { place, key, trustStore, policy }: {
    readonly place: Place;
    readonly key: SetupKey;
    readonly trustStore: string;
    readonly policy: ParsedPolicy;
  },
): string {
  const own = [
    "# Written by csc init; every key: csc help configuration.",
    "mode: hardened",
    ...signingLines(key),
    `trust_store: ${JSON.stringify(trustStore)}`,
  ];
  const machine = [
    "",
    "# Callers who only choose arguments can be held to all of this; csc check",
    "# prints the digest of a policy.",
    "# policies:",
    `#   ${policy.policy.name}: ${policy.sha256}`,
    "# locked: [mode, signing, config]",
  ];
  return `${[...own, ...(place.system ? machine : [])].join("\n")}\n`;
}

function signingLines({ path, keyId }: SetupKey): string[] {
  return [
    "signing:",
    `  key: ${JSON.stringify(path)}`,
    `  key_id: ${JSON.stringify(keyId)}`,
  ];
}

/** For a person. */
export function reportText(setup: Setup): string {
  const { files, key } = setup;
  const lines = [
    ...files.map(({ what, path, made }) =>
      `${made ? "made" : "kept"}: ${path} (${what})`
    ),
    `key id: ${key.keyId}`,
    ...notes(setup).map((note) => `note: ${note}`),
    "next:",
    ...nextSteps(setup).map((command) => `  ${command}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** For a program. */
export function reportJson(setup: Setup): JsonObject {
  const { place, key, files, policy, directory } = setup;
  return {
    directory: place.base,
    key_id: key.keyId,
    files: files.map(({ what, path, made }) => ({ what, path, made })),
    policy: {
      name: policy.parsed.policy.name,
      sha256: policy.parsed.sha256,
      path: policy.path,
      for: directory,
    },
    notes: notes(setup),
    next: nextSteps(setup),
  };
}

/** What a person should know about what was kept. */
function notes({ place, config, key, policy, directory }: Setup): string[] {
  const { allowed_cwd_prefixes } = policy.parsed.policy;
  const said: string[] = [];
  if (config !== null && config.signing?.key === undefined) {
    const lines = signingLines(key).map((line) => line.trim());
    said.push(
      `the configuration that was kept names no key; add ${lines[0]} {${
        lines.slice(1).join(", ")
      }}`,
    );
  }
  if (!allowed_cwd_prefixes.some((prefix) => isInside(directory, prefix))) {
    said.push(
      `the policy that was kept does not allow work in ${quote(directory)}; ` +
        "change its prefixes, or take another --policy-template",
    );
  }
  if (place.system) {
    said.push(
      "only root can sign with this key; other users make one of their own " +
        "with csc init",
    );
  }
  return said;
}

/** Commands that work as they are: one run, and its receipt checked. */
function nextSteps({ config, key, policy, directory, files }: Setup): string[] {
  const trusted = files.find(({ what }) => what === "public key")?.path ?? "";
  // What the configuration does not say, flags must.
  const signing = config === null || config.signing?.key !== undefined
    ? []
    : ["--signing-key", key.path, "--key-id", key.keyId];
  const trust = config === null || config.trust_store !== undefined
    ? []
    : ["--public-key", trusted, "--key-id", key.keyId];
  const receipt = "receipt.json";
  return [
    "csc doctor",
    shellCommand(["cd", directory]),
    shellCommand([
      ...["csc", "exec", "--policy", policy.path, ...signing],
      ...["--receipt-out", receipt, "--", ...harmless(policy.parsed)],
    ]),
    shellCommand([
      ...["csc", "verify-receipt", receipt, ...trust],
      ...["--evidence", `${receipt}.evidence.json`],
    ]),
  ];
}

/** A command that the policy allows and that changes nothing. */
function harmless({ policy }: ParsedPolicy): readonly string[] {
  const allowed = policy.allow_commands;
  if (allowed.includes("ls")) return ["ls"];
  if (allowed.includes("cat")) return ["cat", "/dev/null"];
  return [allowed[0] ?? "true"];
}
