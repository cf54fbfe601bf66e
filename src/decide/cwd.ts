/**
 * Working-directory rule (protocol §5.2e): may the command start where it says?
 *
 * A cwd is one directory and no glob, so `*` in it is a plain character.
 *
 * @module
 */
import { pathVerdict } from "../core/path.ts";
import type { Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Finding } from "./finding.ts";
import { pathFindings } from "./path_finding.ts";

/** Returns a finding when the cwd is outside, climbs, or is not absolute. */
export function checkCwd(command: Command, policy: Policy): Finding[] {
  return pathFindings({
    commandId: command.id,
    what: "cwd",
    path: command.cwd,
    verdict: pathVerdict(command.cwd, policy.allowed_cwd_prefixes),
    outsideCode: "CWD_NOT_ALLOWED",
    prefixesName: "allowed_cwd_prefixes",
  });
}
