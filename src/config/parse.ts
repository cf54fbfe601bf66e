/**
 * Configuration bytes to a checked value: the part that needs YAML.
 *
 * @module
 */
import { parseYamlStrict } from "../protocol/policy_file.ts";
import { checkConfig } from "./check.ts";
import { type Config, EMPTY_CONFIG } from "./config.ts";

/**
 * Parses and checks one file. A file of nothing but comments says nothing.
 *
 * @throws CscError INPUT_MALFORMED or CONFIG_INVALID.
 */
export function parseConfig(
  bytes: Uint8Array,
  source: string,
  maxBytes: number,
): Config {
  if (isBlank(bytes)) return EMPTY_CONFIG;
  const options = { source, what: "configuration", maxBytes };
  return checkConfig(parseYamlStrict(bytes, options), source);
}

/** Is there nothing but comments? */
export function isBlank(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  return /^(?:\s|#[^\n]*(?:\n|$))*$/.test(text);
}
