/**
 * What the three path rules have in common: a verdict about one declared path,
 * said as a finding.
 *
 * @module
 */
import { literalPrefix, type PathVerdict } from "../core/path.ts";
import type { ReasonCode } from "../protocol/reason_codes.ts";
import type { Finding } from "./finding.ts";

/** One declared path and the rule that judges it. */
export interface JudgedPath {
  readonly commandId: string;
  /** "cwd", "read path" or "write path". */
  readonly what: string;
  readonly path: string;
  readonly verdict: PathVerdict;
  /** The code for a path outside, and the policy's list that it is outside of. */
  readonly outsideCode: ReasonCode;
  readonly prefixesName: string;
}

/** Returns no finding for a path inside, else one. */
export function pathFindings(judged: JudgedPath): Finding[] {
  const { commandId, what, path: subject } = judged;
  switch (judged.verdict) {
    case "inside":
      return [];
    case "not-absolute":
      return [{
        code: "PATH_NOT_ABSOLUTE",
        commandId,
        what,
        subject,
        problem: "is not an absolute path",
      }];
    case "outside":
      return [{
        code: judged.outsideCode,
        commandId,
        what,
        subject,
        problem: judged.what !== "cwd" && literalPrefix(subject) === null
          ? 'has its glob at the root, where no directory bounds it; "/" names the whole tree'
          : `reaches outside the policy's ${judged.prefixesName}`,
      }];
  }
}
