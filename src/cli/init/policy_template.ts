/**
 * The policies that come with csc, made to fit a directory.
 *
 * @module
 */
import {
  POLICY_NAMES,
  POLICY_TEXTS,
} from "../../protocol/validators/policy_texts.js";

/** Names that `--policy-template` takes. */
export const TEMPLATE_NAMES = POLICY_NAMES;

/** What a new setup starts with: the one that allows the least. */
export const DEFAULT_TEMPLATE = "dev-readonly";

/** Where the policies that come with csc let commands work. */
const PLACEHOLDER = /\/workspace((?:\/[\w-]+)*)/g;

/** True of the published text only. */
const ABOUT_DIGEST = /^# Canonical form and digest equal .*\n/m;

/**
 * The YAML of a policy that allows work in this directory and nowhere else.
 * Pure; the name must be one of TEMPLATE_NAMES.
 *
 * @param directory Absolute, without links, `..` or a slash at its end.
 */
export function policyFrom(name: string, directory: string): string {
  const text = POLICY_TEXTS[name] ?? "";
  const lines = text.replace(ABOUT_DIGEST, "").split("\n").map((line) =>
    line.startsWith("#") ? line : line.replace(
      PLACEHOLDER,
      // JSON's quotes and escapes are YAML's, too.
      (_, below: string) => JSON.stringify(`${directory}${below}`),
    )
  );
  return lines.join("\n");
}
