/**
 * Write-scope rule (protocol §5.2e): may the command write where it says it
 * will, or at all?
 *
 * @module
 */
import { scopeVerdict } from "../core/path.ts";
import type { Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Finding } from "./finding.ts";
import { pathFindings } from "./path_finding.ts";

/** Returns one finding per offending path; an empty list is no objection. */
export function checkWriteScope(command: Command, policy: Policy): Finding[] {
  if (policy.require_write_paths_empty) {
    return command.write_paths.map((subject) => ({
      code: "WRITE_PATHS_NOT_EMPTY",
      commandId: command.id,
      what: "write path",
      subject,
      problem: "is refused because the policy allows no write paths",
    }));
  }
  return command.write_paths.flatMap((path) =>
    pathFindings({
      commandId: command.id,
      what: "write path",
      path,
      verdict: scopeVerdict(path, policy.allowed_write_prefixes),
      outsideCode: "WRITE_SCOPE_DENIED",
      prefixesName: "allowed_write_prefixes",
    })
  );
}
