/** The real file asked about this machine, and about the same machine crippled. */
import assert from "node:assert/strict";

const CSC = new URL("../../dist/csc", import.meta.url).pathname;

interface Report {
  readonly works: boolean;
  readonly findings: readonly {
    readonly id: string;
    readonly standing: string;
    readonly text: string;
    readonly fix?: string;
  }[];
}

async function withHome(body: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "csc-doctor-" });
  try {
    await body(home);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

async function run(argv: readonly string[], home: string) {
  const [program, ...args] = argv;
  const env = { PATH: Deno.env.get("PATH") ?? "", HOME: home };
  const command = new Deno.Command(program!, { args, env, clearEnv: true });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("doctor builds a sandbox and says that hardened runs work here", () =>
  withHome(async (home) => {
    const ended = await run([CSC, "doctor", "--json"], home);
    const report = JSON.parse(ended.stdout) as Report;
    assert.ok(report.works, ended.stdout);
    assert.equal(ended.code, 0);
    assert.ok(report.findings.some(({ id }) => id === "trial"));
  }));

Deno.test("doctor names the switch that forbids user namespaces, and how to turn it", () =>
  withHome(async (home) => {
    // The limit of a user namespace of its own, so that the machine keeps its.
    const script = `echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"`;
    const ended = await run([
      ...["unshare", "--user", "--map-root-user", "sh", "-c", script, "sh"],
      ...[CSC, "doctor"],
    ], home);
    assert.equal(ended.code, 1, ended.stdout + ended.stderr);
    assert.match(
      ended.stdout,
      /MISSING {2}user namespaces are switched off .*\n {9}sysctl -w user\.max_user_namespaces=/,
    );
    assert.match(ended.stdout, /MISSING {2}a sandbox cannot be built: /);
    assert.match(ended.stdout, /hardened runs do not work here/);
  }));

Deno.test("doctor tells that a key is open to others, and changes nothing", () =>
  withHome(async (home) => {
    await run([CSC, "keygen", "--out", home, "--key-id", "ci"], home);
    await Deno.mkdir(`${home}/.config/csc`, { recursive: true });
    await Deno.writeTextFile(
      `${home}/.config/csc/config.yaml`,
      `signing: {key: ${home}/ci.key, key_id: ci}\n`,
    );
    const good = await run([CSC, "doctor"], home);
    assert.match(good.stdout, /key_custody: caller/);
    await Deno.chmod(`${home}/ci.key`, 0o644);
    const bad = await run([CSC, "doctor"], home);
    assert.equal(bad.code, 1);
    assert.match(bad.stdout, /MISSING .*open to others[^]*chmod 600 /);
    assert.equal((await Deno.stat(`${home}/ci.key`)).mode! & 0o777, 0o644);
  }));

Deno.test("doctor prints an AppArmor profile for the file that is running", () =>
  withHome(async (home) => {
    const ended = await run([CSC, "doctor", "--print-apparmor-profile"], home);
    assert.equal(ended.code, 0);
    assert.ok(ended.stdout.includes(`profile csc "${CSC}"`));
  }));

Deno.test("doctor tries every sandbox profile, and names the one that fails", () =>
  withHome(async (home) => {
    const config = `${home}/c.yaml`;
    await Deno.writeTextFile(
      config,
      "sandbox_profiles:\n  good: {memory_mb: 512}\n  bare: {system_dirs: [/bin]}\n",
    );
    const ended = await run([CSC, "doctor", "--config", config], home);
    assert.equal(ended.code, 1);
    assert.match(ended.stdout, /ok {7}a sandbox was built and a program ran/);
    assert.match(ended.stdout, /ok .* built under sandbox profile "good" and/);
    assert.match(
      ended.stdout,
      /MISSING {2}a sandbox cannot be built under sandbox profile "bare": /,
    );
  }));
