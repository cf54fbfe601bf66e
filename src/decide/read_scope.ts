/**
 * Read-scope rule (protocol §5.2e): may the command read where it says it will?
 *
 * @module
 */
import { scopeVerdict } from "../core/path.ts";
import type { Command } from "../protocol/contract.ts";
import type { Policy } from "../protocol/policy.ts";
import type { Finding } from "./finding.ts";
import { pathFindings } from "./path_finding.ts";

/** Returns one finding per offending path; an empty list is no objection. */
export function checkReadScope(command: Command, policy: Policy): Finding[] {
  return command.read_paths.flatMap((path) =>
    pathFindings({
      commandId: command.id,
      what: "read path",
      path,
      verdict: scopeVerdict(path, policy.allowed_read_prefixes),
      outsideCode: "READ_SCOPE_DENIED",
      prefixesName: "allowed_read_prefixes",
    })
  );
}
