/**
 * `csc help [TOPIC]`.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { OVERVIEW, TOPICS } from "./help_text.ts";
import { nearest } from "./nearest.ts";

/** Performs the verb. */
export function help(
  args: Arguments,
  { terminal }: Backends,
): Promise<ExitCode> {
  const [topic] = args.operands;
  terminal.out(topic === undefined ? OVERVIEW : topicText(topic));
  return Promise.resolve(EXIT.OK);
}

function topicText(topic: string): string {
  if (Object.hasOwn(TOPICS, topic)) return TOPICS[topic]!;
  const near = nearest(topic, Object.keys(TOPICS));
  throw new CscError(
    "USAGE",
    `show help: unknown topic ${quote(topic)}` +
      (near === null ? "" : `; did you mean ${quote(near)}?`),
    { hint: `Topics: ${Object.keys(TOPICS).join(", ")}.` },
  );
}
