/**
 * `csc config show` and `csc config check`: what is configured, by whom, and
 * whether it can be.
 *
 * @module
 */
import type { GivenFile } from "../config/inspect.ts";
import { MAX_CONFIG_BYTES } from "../config/find.ts";
import { isCscError } from "../core/errors.ts";
import { stateDirectoryPath } from "../log/state_dir.ts";
import { type Arguments, usage } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { checkText, showText } from "./config_text.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { readInput } from "./inputs.ts";
import { nearest } from "../core/nearest.ts";

const VERB = { name: "config" };

/** What the first operand may be. */
export const CONFIG_ACTIONS: readonly string[] = ["show", "check"];

/** Performs the verb. */
export async function config(
  args: Arguments,
  backends: Backends,
): Promise<ExitCode> {
  const [action = "", file] = args.operands;
  if (action === "show") {
    if (file === undefined) return await show(args, backends);
    throw usage(VERB, '"show" takes no file; name one with "--config FILE"');
  }
  if (action === "check") return await check(args, backends);
  const near = nearest(action, CONFIG_ACTIONS);
  throw usage(
    VERB,
    `there is no "config ${action}"` +
      (near === null ? "" : `; did you mean "${near}"?`),
  );
}

async function show(args: Arguments, backends: Backends): Promise<ExitCode> {
  const { uid, env, terminal } = backends;
  const { effectiveConfig } = await import("../config/origins.ts");
  const named = args.options.get("--config");
  const sources = { named, uid: uid(), env, flags: args };
  const stateDir = defaultStateDir(backends);
  const effective = await effectiveConfig(sources, { stateDir });
  terminal.out(
    args.switches.has("--json")
      ? `${JSON.stringify(effective, null, 2)}\n`
      : showText(effective, args.switches.has("--origin")),
  );
  return EXIT.OK;
}

function defaultStateDir({ uid, env }: Backends): string | null {
  try {
    return stateDirectoryPath({ configured: undefined, uid: uid(), env });
  } catch (error) {
    if (isCscError(error)) return null;
    throw error;
  }
}

async function check(args: Arguments, backends: Backends): Promise<ExitCode> {
  const { options, switches } = args;
  const [, file] = args.operands;
  const other = [...options.keys(), ...switches]
    .find((flag) => flag !== "--json" && flag !== "--config");
  if (other !== undefined) {
    throw usage(VERB, `"check" has no use for flag "${other}"`);
  }
  if (file !== undefined && options.has("--config")) {
    throw usage(VERB, 'name the file once, as FILE or with "--config"');
  }
  const { inspectConfig } = await import("../config/inspect.ts");
  const { uid, env, terminal } = backends;
  const reports = await inspectConfig(
    { uid: uid(), env },
    given(file ?? options.get("--config")),
  );
  const ok = reports.every(({ findings }) => findings.length === 0);
  terminal.out(
    switches.has("--json")
      ? `${JSON.stringify({ ok, files: reports }, null, 2)}\n`
      : checkText(reports),
  );
  return ok ? EXIT.OK : EXIT.FAILED;
}

/** Standard input has no owner to ask about. */
function given(file: string | undefined): GivenFile | undefined {
  if (file === undefined) return undefined;
  if (file !== "-") return { path: file };
  const what = "configuration";
  const { bytes, source } = readInput({
    path: file,
    what,
    maxBytes: MAX_CONFIG_BYTES,
  });
  return { path: source, bytes };
}
