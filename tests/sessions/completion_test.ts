/** Completions, asked for in the shells themselves. */
import assert from "node:assert/strict";
import { VERBS } from "../../src/cli/verbs.ts";
import { tempPlace } from "../unit/run/temp_place.ts";

const HOME = tempPlace();
const DIST = new URL("../../dist", import.meta.url).pathname;

/** Runs a script in a shell; null where that shell is not installed. */
function ask(shell: string, args: string[], script: string): string | null {
  try {
    const { stdout, stderr } = new Deno.Command(shell, {
      args: [...args, "-c", script],
      clearEnv: true,
      env: {
        PATH: `${DIST}:/usr/bin:/bin`,
        // Shells write their own files there, as root anywhere.
        HOME,
        TERM: "dumb",
      },
      stdin: "null",
    }).outputSync();
    const decoder = new TextDecoder();
    return decoder.decode(stdout) + decoder.decode(stderr);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** What bash would offer behind these words; the last one is being typed. */
function inBash(words: readonly string[]): string | null {
  const list = ["csc", ...words].map((word) => `'${word}'`).join(" ");
  const offered = ask(
    "bash",
    ["--norc"],
    `set -u; eval "$(csc completion bash)"; COMP_WORDS=(${list}); ` +
      `COMP_CWORD=${words.length}; _csc; printf '%s\\n' "\${COMPREPLY[@]-}"`,
  );
  return offered;
}

/** The same in fish, which offers with descriptions. */
function inFish(words: readonly string[]): string | null {
  const line = ["csc", ...words].join(" ");
  return ask(
    "fish",
    ["--no-config"],
    `csc completion fish | source; complete -C '${line}'`,
  );
}

/** The same in zsh, on a terminal of its own: it completes nowhere else. */
function inZsh(words: readonly string[], first: string): string | null {
  const line = ["csc", ...words].join(" ");
  const setUp = "PROMPT=; autoload -Uz compinit; compinit -u -D; " +
    'eval "$(csc completion zsh)"; setopt nobeep; LISTMAX=1000; ' +
    'bindkey "^I" list-choices; stty cols 200 rows 100; print read""y';
  return ask(
    "zsh",
    ["-f"],
    `zmodload zsh/zpty; zpty z zsh -f -i; zpty -w z '${setUp}'
zpty -r z seen '*ready*'; zpty -w -n z $'${line}\\t'; seen=
for ((tries = 0; tries < 200; tries++)); do
  while zpty -rt z more; do seen+=$more; done
  [[ $seen == *${first}* ]] && break
  sleep 0.05
done
print -r -- "$seen"; zpty -d z`,
  );
}

type Asked = readonly [
  words: readonly string[],
  offered: readonly string[],
  not: readonly string[],
];

const QUESTIONS: readonly Asked[] = [
  [["ver"], ["verify-receipt", "version"], ["keygen"]],
  [["check", "--"], ["--json", "--quiet"], ["--mode"]],
  [["run", "a", "b", "--mode", ""], ["local", "hardened"], ["--json"]],
  [["schema", "pol"], ["policy"], ["contract"]],
  [["help", "exit"], ["exit-codes"], ["security"]],
  [["completion", "z"], ["zsh"], ["fish"]],
];

const SHELLS = { bash: inBash, fish: inFish, zsh: inZsh };

for (const [shell, asked] of Object.entries(SHELLS)) {
  for (const [words, offered, not] of QUESTIONS) {
    Deno.test(`${shell} completes csc ${words.join(" ")}`, () => {
      const answer = asked(words, offered[0] ?? "");
      if (answer === null) {
        const reason = `there is no ${shell}`;
        assert.notEqual(Deno.env.get("CI"), "true", reason);
        console.error(`SKIPPED ${shell} completions: ${reason}`);
        return;
      }
      for (const word of offered) {
        assert.ok(answer.includes(word), `${word} in: ${answer}`);
      }
      for (const word of not) {
        assert.ok(!answer.includes(word), `${word} in: ${answer}`);
      }
    });
  }
}

Deno.test("bash completes every flag of every verb", () => {
  for (const { name, switches, options, lists = [] } of VERBS) {
    const answer = inBash([name, "--"]);
    const words = new Set((answer ?? "").trim().split("\n"));
    assert.deepEqual(
      [...words].sort(),
      [...switches, ...options, ...lists, "--help"].sort(),
      name,
    );
  }
});

Deno.test("bash completes files with spaces whole, and a command line behind --", () => {
  const files = ask(
    "bash",
    ["--norc"],
    `cd "$(mktemp -d)"; touch 'a b.json' 'a c.json'; ` +
      `eval "$(csc completion bash)"; COMP_WORDS=(csc check a); COMP_CWORD=2; ` +
      `_csc; printf '%s\\n' "\${COMPREPLY[@]}" | sort; rm a*; rmdir "$PWD"`,
  );
  assert.equal(files, "a b.json\na c.json\n");
  assert.match(inBash(["exec", "--", "mkdi"]) ?? "", /^mkdir$/m);
});
