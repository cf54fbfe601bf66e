/**
 * Completions for bash 4 or newer; works without the bash-completion package.
 *
 * @module
 */
import type { FlagText } from "../manual/manual.ts";
import { type VerbWords, verbWords } from "./words.ts";

/** The script. */
export function bashCompletion(): string {
  const verbs = verbWords();
  return `\
# csc completions for bash: eval "$(csc completion bash)"
_csc() {
    local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
    local verb=\${COMP_WORDS[1]} index
    COMPREPLY=()
    if [[ $COMP_CWORD -eq 1 ]]; then
        COMPREPLY=($(compgen -W '${
    names(verbs)
  } --help --version' -- "$current"))
        return
    fi
    case $verb in
${verbs.map(verbCase).join("\n")}
    esac
}
complete -F _csc csc
`;
}

function names(verbs: readonly VerbWords[]): string {
  return verbs.map(({ name }) => name).join(" ");
}

function verbCase(verb: VerbWords): string {
  const values = verb.flags.filter(({ value }) => value !== undefined)
    .map(valueCase);
  const flags = [...verb.flags.map(({ flag }) => flag), "--help"].join(" ");
  return `\
    ${verb.name})
${verb.commandLine ? COMMAND_LINE : ""}\
        case $before in
${[...values, `        *) ${operandReply(verb, flags)} ;;`].join("\n")}
        esac
        ;;`;
}

/** Behind "--" begins the command line of another program. */
const COMMAND_LINE = `\
        for ((index = 2; index < COMP_CWORD; index++)); do
            if [[ \${COMP_WORDS[index]} == -- ]]; then
                if [[ $index -eq $((COMP_CWORD - 1)) ]]; then
                    COMPREPLY=($(compgen -c -- "$current"))
                else
                    COMPREPLY=($(compgen -f -- "$current"))
                fi
                return
            fi
        done
`;

function valueCase(flag: FlagText): string {
  return `        ${flag.flag}) ${valueReply(flag)} ;;`;
}

function valueReply({ choices, completes }: FlagText): string {
  if (choices !== undefined) return words(choices.join(" "));
  if (completes === "directory") return generated("-d");
  return completes === "file" ? generated("-f") : ":";
}

function operandReply({ operands }: VerbWords, flags: string): string {
  if (typeof operands !== "string") {
    return words(`${operands.join(" ")} ${flags}`);
  }
  if (operands === "nothing") return words(flags);
  return `if [[ $current == -* ]]; then ${words(flags)}; ` +
    `else ${generated("-f")}; fi`;
}

function words(list: string): string {
  return `COMPREPLY=($(compgen -W '${list}' -- "$current"))`;
}

/** File names may hold spaces: one a line, never split. */
function generated(kind: string): string {
  return `compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen ${kind} -- "$current")`;
}
