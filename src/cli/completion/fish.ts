/**
 * Completions for fish.
 *
 * @module
 */
import type { FlagText } from "../manual/manual.ts";
import { shortMeaning, type VerbWords, verbWords } from "./words.ts";

/** The script. */
export function fishCompletion(): string {
  const verbs = verbWords();
  return `\
# csc completions for fish: csc completion fish | source
complete -c csc -f
${verbs.map(verbLine).join("\n")}
${verbs.flatMap(verbLines).join("\n")}
`;
}

function verbLine({ name, summary }: VerbWords): string {
  return `complete -c csc -n __fish_use_subcommand -a ${name} -d ${
    single(summary)
  }`;
}

function verbLines(verb: VerbWords): string[] {
  const when = `complete -c csc -n '__fish_seen_subcommand_from ${verb.name}'`;
  const lines = verb.flags.map((flag) => `${when} ${flagWords(flag)}`);
  if (verb.commandLine) {
    lines.push(`${when} -a '(__fish_complete_subcommand)'`);
  } else if (typeof verb.operands !== "string") {
    lines.push(`${when} -a '${verb.operands.join(" ")}'`);
  } else if (verb.operands !== "nothing") lines.push(`${when} -F`);
  return lines;
}

function flagWords(flag: FlagText): string {
  const words = [
    `-l ${flag.flag.slice(2)}`,
    `-d ${single(shortMeaning(flag))}`,
  ];
  if (flag.value === undefined) return words.join(" ");
  words.push("-r");
  if (flag.choices !== undefined) {
    words.push("-f", `-a '${flag.choices.join(" ")}'`);
  } else if (flag.completes === "directory") {
    words.push("-f", "-a '(__fish_complete_directories)'");
  } else if (flag.completes === "file") words.push("-F");
  else words.push("-f");
  return words.join(" ");
}

function single(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
