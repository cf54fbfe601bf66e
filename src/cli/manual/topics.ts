/**
 * Topics of the manual that are about no single verb.
 *
 * @module
 */
import { COMMAND_EXIT_MEANINGS, EXIT, EXIT_MEANINGS } from "../exit_codes.ts";
import { CONFIG } from "./config_topic.ts";
import type { Topic } from "./manual.ts";

const CONCEPTS: Topic = {
  name: "concepts",
  title: "Concepts",
  paragraphs: [
    "A `contract` (JSON) is what an agent wants run: commands as argument vectors, or pipelines of them, each with working directory, read and write scopes, network, environment and timeout; with intent, risk class and who asks. Nothing in it is believed: intent and justification are text for people and never decide anything.",
    "A `policy` (YAML or JSON) is what contracts may ask for. It gives a `decision`: allow, deny, or needs_approval, with one reason code that programs can rely on.",
    "An `approval` is a person's consent to one contract, named by the SHA-256 of its canonical form, until a time, for one run or for all until then.",
    "A `receipt` says what a run came to: status, exit code, digests of output, contract and policy. It is signed with Ed25519, and whoever has the public key can check it, without csc too. The `evidence` beside it tells how the run was confined, in detail; the receipt holds its digest, so the signature covers it.",
    "The `intent` record is on disk before the first command starts. After a crash it is the trace that something ran.",
    "The formats: `csc schema`.",
  ],
};

const POLICIES: Topic = {
  name: "policies",
  title: "Policies",
  paragraphs: [
    "The first rule that objects decides, in this order: risk class; then for each command its programs and the beginnings of its command lines, its effect, timeout, network, secrets, working directory, read scopes and write scopes. A denial is final. Only where nothing denies is a person asked for: by the policy (`manual_approval_for_classified_effect_types`) or by the contract (`approval_mode`).",
    "Paths are compared as text at `/` boundaries, up to the first `*`, `?` or `[`; `..` is refused. That literal part is what a scope grants: `/w/src/*.c` is all of /w/src. Links are followed and compared again when the command starts.",
    "A policy does not know what a program does. Rules about command lines are habits; the wall is the sandbox. No rule covers `env_allow`: start csc with a small environment. Keep policies where agents cannot write.",
    "An example; `csc schema policy` has every key:",
    ` policy_schema_version: csc.policy.v0.1
 name: count-words
 allow_commands: [wc]
 deny_argv_prefixes: [[wc, -L]]
 allowed_effect_types: [observe]
 allowed_risk_classes: [low]
 max_timeout_sec: 30
 network: deny
 allow_secret_refs: false
 allowed_cwd_prefixes: [/workspace]
 allowed_read_prefixes: [/workspace]`,
    'YAML is read only where YAML 1.1 and 1.2 agree: write `"no"`, `"010"` and `"1:30"` in quotes if text is meant.',
  ],
};

const SANDBOX: Topic = {
  name: "sandbox",
  title: "The sandbox of hardened mode",
  paragraphs: [
    "Each command gets namespaces of its own (user, mount, pid, net, ipc, uts, cgroup) and in them a root of its own: the declared scopes at their own paths, system directories and the few files of /etc that programs need read-only, private /tmp, /var/tmp and /dev/shm, an own /proc, five devices. Everything else does not exist there. The working directory is read-only unless it lies in a write scope, and empty if it lies in no scope and the policy does not let it be read.",
    "The network is a loopback interface. The environment is PATH and what `env_allow` names; standard input is empty; no other descriptor is passed on. There are no capabilities, no set-user-id, and a list of allowed system calls. CPU time, file size, memory, processes and open files are limited. At the deadline, at the end of the command and at the end of csc every process in it is killed.",
    "What the kernel does not offer is never left out in silence: the run is blocked and the receipt says why. `csc plan` shows all of it for one contract, `csc explain` what was done in one run.",
    "When a program fails only in the sandbox, look first for a path that is in no scope (`No such file or directory`, `Read-only file system`), then for a limit (exit code 137 or 153, `No space left on device`), then for the network.",
    "Local mode has none of this. It checks paths before the launch and confines nothing.",
  ],
};

const SECURITY: Topic = {
  name: "security",
  title: "Security",
  paragraphs: [
    "Whoever chooses policy, configuration and key of a call of csc may forge. `csc run` works with its caller's rights, and the evidence says so (`key_custody: caller`). A receipt convinces whoever trusts the account that ran csc.",
    "Local mode confines nothing. Say `--mode hardened`.",
    "Keep policy, configuration, key and csc itself out of every write scope. csc refuses a scope that would let a command reach its key, or write its receipt or state.",
    "Output of commands is untrusted. On a terminal csc escapes control characters, unless `--raw` is given; in a pipe it is what the command wrote.",
    "Approvals of v0.1 are not signed: csc checks that one fits and is used once, not who wrote it.",
    "The built-in policy of `exec` keeps a command within its working directory and what the flags name. It decides nothing about the program.",
    "Verification keys come from the verifier, never from the receipt.",
  ],
};

const MAKE: Topic = {
  name: "make",
  title: "csc under make and other programs that want a shell",
  paragraphs: [
    "One recipe line in a sandbox:",
    ` out/count: words
 \tcsc exec --write out -- sh -c 'wc -w < words > out/count'`,
    "Every recipe line of a Makefile (GNU make 3.82 or newer calls csc as `csc --write out -c LINE`):",
    ` SHELL := csc
 .SHELLFLAGS := --write out -c`,
    "`csc [FLAGS] -c LINE` means `csc exec [FLAGS] -- sh -c LINE`. Key and policy come from flags or, better, from the configuration. Each line is a run of its own with its own receipt; the exit code is that of the line.",
  ],
};

/** Every topic, in the order in which help lists them. */
export function topics(): readonly Topic[] {
  return [
    CONCEPTS,
    POLICIES,
    SANDBOX,
    CONFIG,
    exitCodes(),
    SECURITY,
    MAKE,
  ];
}

function exitCodes(): Topic {
  const names = Object.keys(EXIT) as (keyof typeof EXIT)[];
  const own = names.map((name): [string, string] => [
    String(EXIT[name]),
    EXIT_MEANINGS[name],
  ]);
  return {
    name: "exit-codes",
    title: "Exit codes",
    paragraphs: [
      table(own),
      "A command's own exit code is in the receipt, and csc's own with `--exit-code command`:",
      table(COMMAND_EXIT_MEANINGS),
    ],
  };
}

function table(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([code, meaning]) => `  ${code.padEnd(6)} ${meaning}`)
    .join("\n");
}
