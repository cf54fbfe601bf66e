/**
 * `csc explain RECEIPT|EVIDENCE|RUN`: what a run was, for a person. Tells what the
 * documents say; that they are genuine, only `verify-receipt` can say.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import type { JsonValue } from "../core/json.ts";
import { isJsonObject, parseJson } from "../core/json.ts";
import { quote } from "../core/text.ts";
import { MAX_RECEIPT_BYTES } from "../protocol/limits.ts";
import { checkReceipt, RECEIPT_VERSION } from "../protocol/receipt.ts";
import { evidenceSha256, parseBinding } from "../receipt/evidence_binding.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { type Input, readInput } from "./inputs.ts";
import { at, textAt } from "./json_parts.ts";
import { namesRun, recordOf, storedState } from "./stored_state.ts";
import { storyLines } from "./story.ts";

/** As `csc run` names it; receipt/output.ts. */
const EVIDENCE_SUFFIX = ".evidence.json";

/** What the evidence of a receipt was found to be. */
interface Companion {
  readonly evidence: JsonValue | null;
  /** True if the receipt names it by its digest; null where there is none. */
  readonly bound: boolean | null;
  /** For people. */
  readonly line: string;
}

/** Performs the verb. */
export async function explain(
  args: Arguments,
  backends: Backends,
): Promise<ExitCode> {
  const { terminal } = backends;
  const [operand = ""] = args.operands;
  const record = namesRun(operand)
    ? recordOf(operand, await storedState(args, backends))
    : null;
  const path = record === null ? operand : receiptIn(record, operand);
  const input = readDocument(path, "receipt or evidence");
  const document = parseDocument(input, "receipt or evidence");
  const isEvidence = textAt(document, "evidence_version") !== null;
  const receipt = isEvidence ? null : requireReceipt(document, input.source);
  const companion = receipt === null
    ? {
      evidence: document,
      bound: null,
      line: "evidence: without a receipt, nothing says that it was signed",
    }
    : await companionOf(
      receipt,
      path,
      args.options.get("--evidence") ??
        (record === null ? undefined : `${record}/evidence.json`),
    );
  const { evidence, bound, line } = companion;
  // Evidence of another run would tell another story.
  const told = { receipt, evidence: bound === false ? null : evidence };
  const lines = [...storyLines(told), line, ...signatureLines(receipt)];
  terminal.out(
    args.switches.has("--json")
      ? `${
        JSON.stringify(
          { ...told, evidence_bound: bound, story: lines },
          null,
          2,
        )
      }\n`
      : `${lines.join("\n")}\n`,
  );
  return bound === false ? EXIT.FAILED : EXIT.OK;
}

/** The receipt in a record; throws RECEIPT_INVALID where there is none. */
function receiptIn(record: string, asked: string): string {
  const path = `${record}/receipt.json`;
  if (exists(path)) return path;
  throw new CscError(
    "RECEIPT_INVALID",
    `explain run ${quote(asked)}: ${quote(path, 400)} does not exist: the ` +
      "run goes on, or csc was stopped in it",
    {
      hint: "What was about to start is in intent.json beside it, if it came " +
        "to that.",
    },
  );
}

function readDocument(path: string, what: string): Input {
  return readInput({ path, what, maxBytes: MAX_RECEIPT_BYTES });
}

function parseDocument({ bytes, source }: Input, what: string): JsonValue {
  return parseJson(bytes, {
    source,
    what,
    maxBytes: MAX_RECEIPT_BYTES,
    numbers: "plain-integer",
  });
}

/** Throws RECEIPT_INVALID or VERSION_UNKNOWN for what is no receipt. */
function requireReceipt(document: JsonValue, source: string): JsonValue {
  const version = textAt(document, "receipt_version");
  if (version !== null && version !== RECEIPT_VERSION) {
    throw new CscError(
      "VERSION_UNKNOWN",
      `explain ${quote(source)}: receipt_version ${quote(version)} is ` +
        `unknown, this csc reads ${quote(RECEIPT_VERSION)}`,
      { hint: "Use a csc that knows this version." },
    );
  }
  const [first] = isJsonObject(document) && version !== null
    ? checkReceipt(document)
    : [{
      where: "",
      message: "it has neither receipt_version nor evidence_version",
    }];
  if (first === undefined) return document;
  const place = first.where === "" ? "" : `${first.where}: `;
  throw new CscError(
    "RECEIPT_INVALID",
    `explain ${quote(source)}: ${place}${first.message}`,
    { hint: "Name a receipt, or an evidence document, that csc wrote." },
  );
}

/** The evidence that was named, or lies where `csc run` puts it. */
async function companionOf(
  receipt: JsonValue,
  path: string,
  named: string | undefined,
): Promise<Companion> {
  const place = named ?? `${path}${EVIDENCE_SUFFIX}`;
  if (named === undefined && (path === "-" || !exists(place))) {
    const where = path === "-" ? "given" : `in ${quote(place, 400)}`;
    const line = `evidence: none ${where}, so little is known of the run`;
    return { evidence: null, bound: null, line };
  }
  const evidence = parseDocument(readDocument(place, "evidence"), "evidence");
  const id = textAt(receipt, "sandbox_profile_id");
  const binding = id === null ? null : parseBinding(id);
  const bound = binding !== null &&
    binding.evidenceSha256 === await evidenceSha256(evidence);
  return {
    evidence,
    bound,
    line: bound
      ? `evidence: ${quote(place, 400)} is the one that the receipt names`
      : `evidence: ${quote(place, 400)} is NOT the one that the receipt names`,
  };
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
}

function signatureLines(receipt: JsonValue): string[] {
  if (receipt === null) return [];
  const keyId = textAt(receipt, "signature", "key_id");
  if (at(receipt, "signature") === null) return ["signature: none"];
  return [
    `signature: says it is by key ${quote(keyId ?? "", 400)}; ` +
    "not checked here, csc verify-receipt does",
  ];
}
