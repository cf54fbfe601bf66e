/**
 * The main job on real input, from nothing: builds csc, lets it compile and
 * run a C program under a contract in the kernel's sandbox, and verifies the
 * signed receipt. Then shows what happens to a contract that reaches further
 * than its policy, to a program that reaches further than its contract, and to
 * a receipt that somebody has edited.
 *
 * Run as `sh scripts/task.sh demo`. Leaves nothing behind but dist/.
 *
 * @module
 */
import { demoContract, demoPolicy, PROGRAM, withArgv } from "./demo/files.ts";

const csc = new URL("../dist/csc", import.meta.url).pathname;
const home = Deno.makeTempDirSync({ prefix: "csc-demo-" });
const project = `${home}/project`;
let failures = 0;

/** Prints a command as a person would type it, runs it, checks its exit code. */
function show(title: string, expected: number, ...args: string[]): string {
  console.log(`\n# ${title}`);
  const shown = args.map((arg) => arg.replaceAll(`${home}/`, ""));
  console.log(`$ csc ${shown.join(" ")}`);
  const { code, stdout, stderr } = new Deno.Command(csc, {
    args,
    cwd: home,
    stdin: "null",
  }).outputSync();
  const text = new TextDecoder().decode(stdout) +
    new TextDecoder().decode(stderr);
  console.log(text.trimEnd().replaceAll(`${home}/`, ""));
  console.log(`(exit code ${code})`);
  if (code !== expected) {
    console.log(`demo: expected exit code ${expected}`);
    failures++;
  }
  return text;
}

function write(name: string, content: unknown): string {
  const path = `${home}/${name}`;
  const text = typeof content === "string"
    ? content
    : JSON.stringify(content, null, 2) + "\n";
  Deno.writeTextFileSync(path, text);
  return path;
}

try {
  Deno.mkdirSync(`${project}/build`, { recursive: true });
  write("project/hello.c", PROGRAM);
  const policy = write("policy.json", demoPolicy(project));
  const contract = write("contract.json", demoContract(project));
  const receipt = `${home}/receipts/receipt.json`;
  const signing = [
    "--mode",
    "hardened",
    "--sign",
    "--signing-key",
    `${home}/keys/demo.key`,
    "--key-id",
    "demo",
    "--state-dir",
    `${home}/state`,
  ];
  const run = (file: string, out: string) => [
    "run",
    file,
    policy,
    ...signing,
    "--receipt-out",
    out,
  ];
  const verify = (file: string) => [
    "verify-receipt",
    file,
    "--public-key",
    `${home}/keys/demo.pub`,
    "--key-id",
    "demo",
  ];

  show(
    "make a signing key",
    0,
    "keygen",
    "--out",
    `${home}/keys`,
    "--key-id",
    "demo",
  );
  show("ask the policy", 0, "check", contract, policy);
  show("compile and run in the sandbox", 0, ...run(contract, receipt));
  console.log(`\n# the receipt\n${Deno.readTextFileSync(receipt).trimEnd()}`);
  show(
    "verify the receipt and the evidence bound to it",
    0,
    ...verify(receipt),
    "--evidence",
    `${receipt}.evidence.json`,
  );

  const greedy = write(
    "greedy.json",
    withArgv(demoContract(project), ["curl", "http://example.invalid"]),
  );
  show("a contract that its policy does not allow", 1, "check", greedy, policy);
  const nosy = write(
    "nosy.json",
    withArgv(demoContract(project), ["cat", "/etc/shadow"]),
  );
  show(
    "a command that reaches further than its contract",
    1,
    ...run(nosy, `${home}/receipts/nosy.json`),
  );
  const forged = write(
    "forged.json",
    Deno.readTextFileSync(receipt).replace(
      '"status": "success"',
      '"status": "failed"',
    ),
  );
  show("a receipt that somebody has edited", 1, ...verify(forged));
} finally {
  Deno.removeSync(home, { recursive: true });
}
console.log(failures === 0 ? "\ndemo: all as it should be" : "\ndemo: FAILED");
Deno.exit(failures === 0 ? 0 : 1);
