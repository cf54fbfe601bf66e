/**
 * How a receipt names the evidence of its run.
 *
 * The frozen receipt schema has no room for what a sandbox did, so that stands
 * in a document of its own. Its digest travels inside `sandbox_profile_id`, which
 * is signed: `NAME@sha256:PROFILE;evidence=sha256:EVIDENCE`. The part before the
 * semicolon is the same for every run under one sandbox profile.
 *
 * @module
 */
import { canonicalBytes } from "../core/canonical.ts";
import { sha256Hex } from "../core/digest.ts";
import { CscError } from "../core/errors.ts";
import type { JsonValue } from "../core/json.ts";
import { quote } from "../core/text.ts";

/** The format of evidence documents; schemas/evidence.schema.json. */
export const EVIDENCE_VERSION = "csc.evidence.v0.2";

/** Formats that earlier versions of csc have written. */
export const PAST_EVIDENCE_VERSIONS: readonly string[] = ["csc.evidence.v0.1"];

/** What `sandbox_profile_id` says; digests are 64 lower-case hex digits. */
export interface EvidenceBinding {
  /** Name of the sandbox profile. */
  readonly name: string;
  readonly profileSha256: string;
  readonly evidenceSha256: string;
}

const BOUND =
  /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})@sha256:([0-9a-f]{64});evidence=sha256:([0-9a-f]{64})$/;

/**
 * The digest of an evidence document: SHA-256 of its canonical form, null
 * members kept, so that taking one away cannot go unnoticed.
 *
 * @throws CscError NOT_CANONICAL.
 */
export async function evidenceSha256(evidence: JsonValue): Promise<string> {
  return await sha256Hex(canonicalBytes(evidence, { keepNulls: true }));
}

/**
 * Returns the `sandbox_profile_id` of a receipt.
 *
 * @throws CscError INTERNAL when a part could not be read back.
 */
export function formatBinding(binding: EvidenceBinding): string {
  const { name, profileSha256, evidenceSha256 } = binding;
  const text =
    `${name}@sha256:${profileSha256};evidence=sha256:${evidenceSha256}`;
  if (BOUND.test(text)) return text;
  throw new CscError(
    "INTERNAL",
    `cannot bind evidence as ${
      quote(text, 240)
    }: name or digests have a wrong form`,
  );
}

/** Reads a `sandbox_profile_id`; null for one that binds no evidence. */
export function parseBinding(text: string): EvidenceBinding | null {
  const [, name, profileSha256, evidenceSha256] = BOUND.exec(text) ?? [];
  if (name === undefined) return null;
  if (profileSha256 === undefined || evidenceSha256 === undefined) return null;
  return { name, profileSha256, evidenceSha256 };
}
