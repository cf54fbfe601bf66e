/**
 * Completions for zsh, after compinit.
 *
 * @module
 */
import type { FlagText } from "../manual/manual.ts";
import { shortMeaning, type VerbWords, verbWords } from "./words.ts";

/** The script; it serves as a file of fpath, too. */
export function zshCompletion(): string {
  const verbs = verbWords();
  return `\
#compdef csc
# csc completions for zsh: eval "$(csc completion zsh)", after compinit
_csc() {
    local -a verbs
    verbs=(
${
    verbs.map(({ name, summary }) =>
      `        ${single(`${name}:${summary.replaceAll(":", "\\:")}`)}`
    ).join("\n")
  }
    )
    if (( CURRENT == 2 )); then
        _describe verb verbs
        return
    fi
    local verb=$words[2]
    words=("$words[1]" "\${(@)words[3,-1]}")
    (( CURRENT-- ))
    case $verb in
${verbs.map(verbCase).join("\n")}
    esac
}
if [[ $funcstack[1] == _csc ]]; then _csc "$@"; else compdef _csc csc; fi
`;
}

function verbCase(verb: VerbWords): string {
  const specs = [
    ...verb.flags.map(flagSpec),
    single("--help[show help]"),
    ...operandSpecs(verb),
  ];
  // A command line of another program ends the flags of csc.
  const options = verb.commandLine ? "-S -A '-*'" : "-S";
  return `    ${verb.name}) _arguments ${options} ${
    specs.join(" \\\n            ")
  } ;;`;
}

function flagSpec(flag: FlagText): string {
  const meaning = shortMeaning(flag).replaceAll(/[\[\]:]/g, "\\$&");
  const again = /may come again/.test(flag.meaning) ? "*" : "";
  const text = `${again}${flag.flag}[${meaning}]`;
  if (flag.value === undefined) return single(text);
  return single(`${text}:${flag.value}:${valueAction(flag)}`);
}

function valueAction({ choices, completes }: FlagText): string {
  if (choices !== undefined) return `(${choices.join(" ")})`;
  if (completes === "directory") return "_files -/";
  return completes === "file" ? "_files" : " ";
}

function operandSpecs({ operands, commandLine }: VerbWords): string[] {
  if (commandLine) return [single("*::command:_normal")];
  if (typeof operands !== "string") {
    return [single(`1:name:(${operands.join(" ")})`)];
  }
  return operands === "nothing" ? [] : [single("*:file:_files")];
}

function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
