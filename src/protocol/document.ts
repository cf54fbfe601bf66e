/**
 * What all loaders share: the version comes first, then every finding at once.
 *
 * @module
 */
import { CscError, type ErrorCode, type ErrorDetail } from "../core/errors.ts";
import { isJsonObject, type JsonValue } from "../core/json.ts";
import { quote } from "../core/text.ts";
import { MAX_FINDINGS } from "./limits.ts";

/**
 * Refuses a document of another version, before anything else is said about it
 * (protocol §2, "Versions"). A missing version is left to the schema.
 */
export function requireVersion(
  value: JsonValue,
  member: string,
  known: string,
  document: { readonly what: string; readonly source: string },
): void {
  const version = isJsonObject(value) && Object.hasOwn(value, member)
    ? value[member]
    : undefined;
  if (typeof version !== "string" || version === known) return;
  throw new CscError(
    "VERSION_UNKNOWN",
    `read ${document.what} ${quote(document.source)}: ${member} ` +
      `${quote(version)} is unknown, this csc reads ${quote(known)}`,
    {
      hint:
        `Use a csc that knows this version, or write the ${document.what} ` +
        `as ${known}; there is no negotiation.`,
      details: [{ where: `/${member}`, message: `expected "${known}"` }],
    },
  );
}

/** Throws one error that carries all findings, unless there are none. */
export function refuseFindings(
  code: ErrorCode,
  findings: readonly ErrorDetail[],
  document: { readonly what: string; readonly source: string },
): void {
  const [first] = findings;
  if (first === undefined) return;
  const details = findings.slice(0, MAX_FINDINGS);
  const rest = details.length - 1;
  const more = rest === 0 ? "" : ` (and ${rest} more)`;
  const place = first.where === "" ? "" : `${first.where}: `;
  throw new CscError(
    code,
    `check ${document.what} ${quote(document.source)}: ` +
      `${place}${first.message}${more}`,
    {
      hint: `Correct the ${document.what}; "csc schema ${document.what}" ` +
        "prints what it may hold.",
      details,
    },
  );
}
