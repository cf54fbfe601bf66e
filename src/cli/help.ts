/**
 * `csc help [TOPIC]`: the manual.
 *
 * @module
 */
import { CscError } from "../core/errors.ts";
import { quote } from "../core/text.ts";
import type { Arguments } from "./arguments.ts";
import type { Backends } from "./backends.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { overview, plain, verbHelp, wrap } from "./manual/plain.ts";
import { manualPage } from "./manual/roff.ts";
import { topics } from "./manual/topics.ts";
import { VERB_TEXTS } from "./manual/verbs.ts";
import { nearest } from "../core/nearest.ts";

/** Performs the verb. */
export function help(
  args: Arguments,
  { terminal, buildFacts }: Backends,
): Promise<ExitCode> {
  const [topic] = args.operands;
  terminal.out(
    args.switches.has("--json")
      ? manualJson()
      : args.switches.has("--man")
      ? manualPage(buildFacts().version)
      : topic === undefined
      ? overview(topicNames())
      : topicText(topic),
  );
  return Promise.resolve(EXIT.OK);
}

/** What `csc help` can tell about: verbs first. */
export function topicNames(): string[] {
  return [...VERB_TEXTS, ...topics()].map(({ name }) => name);
}

/** What `csc help TOPIC` prints; throws USAGE. */
export function topicText(name: string): string {
  const verb = VERB_TEXTS.find((one) => one.name === name);
  if (verb !== undefined) return verbHelp(verb);
  const topic = topics().find((one) => one.name === name);
  if (topic !== undefined) {
    const paragraphs = topic.paragraphs.map((text) =>
      text.startsWith(" ") ? plain(text) : wrap(plain(text), "")
    );
    return `${[topic.title, ...paragraphs].join("\n\n")}\n`;
  }
  const near = nearest(name, topicNames());
  throw new CscError(
    "USAGE",
    `show help: unknown topic ${quote(name)}` +
      (near === null ? "" : `; did you mean ${quote(near)}?`),
    { hint: `Topics: ${topicNames().join(", ")}.` },
  );
}

function manualJson(): string {
  return `${
    JSON.stringify({ verbs: VERB_TEXTS, topics: topics() }, null, 2)
  }\n`;
}
