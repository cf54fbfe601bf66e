/**
 * `csc init [DIR]`: configuration, key, trusted key and a policy for a
 * directory, and the commands to go on with. What exists is kept.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { isInside } from "../core/path.ts";
import { quote } from "../core/text.ts";
import { MAX_POLICY_BYTES } from "../protocol/limits.ts";
import { type ParsedPolicy, parsePolicy } from "../protocol/policy.ts";
import { type Arguments, usage } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { keyFor, type SetupKey, trustedPath } from "./init/key.ts";
import {
  existingConfig,
  makeFile,
  type Place,
  placeFor,
  refuseUntrusted,
  resolved,
  type SetupFile,
} from "./init/place.ts";
import {
  DEFAULT_TEMPLATE,
  policyFrom,
  TEMPLATE_NAMES,
} from "./init/policy_template.ts";
import { configText, reportJson, reportText, type Setup } from "./init/text.ts";
import { readInput } from "./inputs.ts";
import { nearest } from "../core/nearest.ts";

const VERB = { name: "init" };

const SECRET = 0o600;
const PUBLIC = 0o644;

/** Performs the verb. */
export async function init(
  args: Arguments,
  { terminal, uid, env, random }: Backends,
): Promise<ExitCode> {
  const template = templateOf(args);
  const system = args.switches.has("--system");
  const place = placeFor({ system, uid: uid(), env });
  const directory = workDirectory(args.operands[0], place);
  const paths = ["keys", "trust", "policies"].map((name) =>
    `${place.base}/${name}`
  );
  refuseUntrusted(place, paths);
  const config = await existingConfig(place);
  const wanted = args.options.get("--key-id");
  const key = await keyFor(place, config, wanted, random);
  const trustStore = config?.trust_store ?? `${place.base}/trust`;
  const policyPath = `${place.base}/policies/${template}.yaml`;
  const policy = await policyAt(policyPath, policyFrom(template, directory));
  const files: SetupFile[] = [
    ...keyFiles(key, trustedPath(trustStore, key)),
    { what: "policy", path: policyPath, text: policy.text, mode: PUBLIC },
    // The last: it is complete once everything that it names is there.
    {
      what: "configuration",
      path: place.config,
      text: configText({ place, key, trustStore, policy: policy.parsed }),
      mode: system ? PUBLIC : SECRET,
    },
  ];
  const setup: Setup = {
    place,
    key,
    config,
    directory,
    policy: { path: policyPath, parsed: policy.parsed },
    files: [
      ...key.privatePem === null
        ? [{ what: "private key", path: key.path, made: false }]
        : [],
      ...files.map((file) => ({
        what: file.what,
        path: file.path,
        made: makeFile(place, file),
      })),
    ],
  };
  terminal.out(
    args.switches.has("--json")
      ? `${JSON.stringify(reportJson(setup), null, 2)}\n`
      : reportText(setup),
  );
  return EXIT.OK;
}

function templateOf({ options }: Arguments): string {
  const name = options.get("--policy-template") ?? DEFAULT_TEMPLATE;
  if (TEMPLATE_NAMES.includes(name)) return name;
  const near = nearest(name, TEMPLATE_NAMES);
  throw usage(
    VERB,
    `there is no policy template ${quote(name)}` +
      (near === null
        ? `; there are ${TEMPLATE_NAMES.join(", ")}`
        : `; did you mean ${quote(near)}?`),
  );
}

/** Where commands are to work, links followed; throws SETUP_FAILED. */
function workDirectory(asked: string | undefined, { base }: Place): string {
  const refusal = (path: string, why: string, cause?: unknown) =>
    new CscError(
      "SETUP_FAILED",
      `prepare a policy for ${quote(path)}: ${why}`,
      {
        hint: "Name the directory that commands are to work in: csc init DIR.",
        cause,
      },
    );
  let directory: string;
  try {
    directory = Deno.realPathSync(asked ?? Deno.cwd());
    if (!Deno.statSync(directory).isDirectory) {
      throw refusal(directory, "it is no directory");
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw refusal(asked ?? ".", "it does not exist", error);
    }
    throw error;
  }
  if (/[*?[\ufffd]/.test(directory)) {
    throw refusal(
      directory,
      'a scope cannot name it: it holds "*", "?", "[" or bytes that are not UTF-8',
    );
  }
  // No scope may hold the key, so no command could work there.
  if (isInside(resolved(base), directory)) {
    throw refusal(directory, `it holds csc's own files, ${quote(base)}`);
  }
  return directory;
}

/** The policy that is there already, or the one that is to be made. */
async function policyAt(
  path: string,
  made: string,
): Promise<{ readonly text: string; readonly parsed: ParsedPolicy }> {
  const there = exists(path);
  const bytes = there
    ? readInput({ path, what: "policy", maxBytes: MAX_POLICY_BYTES }).bytes
    : new TextEncoder().encode(made);
  return { text: made, parsed: await parsePolicy(bytes, path) };
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function keyFiles(key: SetupKey, trusted: string): SetupFile[] {
  const publicHalf = {
    what: "public key",
    path: trusted,
    text: key.publicPem,
    mode: PUBLIC,
  };
  return key.privatePem === null ? [publicHalf] : [
    {
      what: "private key",
      path: key.path,
      text: key.privatePem,
      mode: SECRET,
    },
    publicHalf,
  ];
}
