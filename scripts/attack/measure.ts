/**
 * Runs the attack tests once for each subject and reads what came of them.
 *
 * @module
 */
import type { ReportLine } from "../../tests/sandbox/measuring.ts";
import type { SubjectName } from "../../tests/sandbox/subjects.ts";
import type { Peers } from "../bench/peers.ts";
import { ROOT } from "../build/paths.ts";

/** One line of a report, and whose it is. */
export interface MeasuredLine extends ReportLine {
  readonly subject: SubjectName;
}

/** The uid of the unprivileged caller (tests/sandbox/callers.ts). */
const ACCOUNT = "csc-attack:x:54321:54321::/nonexistent:/bin/sh\n";

/**
 * Gives the command an /etc/passwd of its own, in which the unprivileged
 * caller has an account: firejail refuses callers without one.
 */
const WITH_ACCOUNT = [
  ...["unshare", "--mount", "--propagation", "private", "--"],
  ...["sh", "-c", 'mount --bind "$0" /etc/passwd && exec "$@"'],
];

/** Everything that the attacks named come to; all of them where none is. */
export async function measureAll(
  peers: Peers,
  names: readonly string[],
): Promise<MeasuredLine[]> {
  const subjects: SubjectName[] = ["csc"];
  if (peers.bwrap) subjects.push("bwrap");
  if (peers.firejail) subjects.push("firejail");
  const scratch = await Deno.makeTempDir({ prefix: "csc-attack-task-" });
  try {
    const lines: MeasuredLine[] = [];
    for (const subject of subjects) {
      console.error(`== ${subject}`);
      const report = `${scratch}/${subject}`;
      await measure(subject, names, report, scratch);
      const text = await Deno.readTextFile(report);
      for (const line of text.trimEnd().split("\n")) {
        lines.push({ ...JSON.parse(line) as ReportLine, subject });
      }
    }
    return lines;
  } finally {
    await Deno.remove(scratch, { recursive: true });
  }
}

async function measure(
  subject: SubjectName,
  names: readonly string[],
  report: string,
  scratch: string,
): Promise<void> {
  const files = names.length === 0
    ? ["tests/sandbox"]
    : names.map((name) => `tests/sandbox/${name}_test.ts`);
  const test = [Deno.execPath(), "test", "-A", "--no-check", "--parallel"];
  const passwd = `${scratch}/passwd`;
  await Deno.writeTextFile(
    passwd,
    await Deno.readTextFile("/etc/passwd") + ACCOUNT,
  );
  const [program, ...args] = [
    ...(Deno.uid() === 0 ? [...WITH_ACCOUNT, passwd] : []),
    ...test,
    ...files,
  ];
  const { success, stdout } = await new Deno.Command(program!, {
    args,
    cwd: ROOT,
    env: {
      CSC_ATTACK_SUBJECT: subject,
      CSC_ATTACK_REPORT: report,
      DENO_JOBS: "2",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).output();
  // Attacks that succeed fail no test here: something else is wrong.
  if (!success) throw new Error(new TextDecoder().decode(stdout));
}
