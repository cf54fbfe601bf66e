/**
 * What scripts/release.sh makes, from this very checkout: everything a reader
 * of a release checks, checked.
 */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url).pathname;

interface Ended {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  argv: readonly string[],
  cwd: string,
): Promise<Ended> {
  const [program, ...args] = argv;
  const command = new Deno.Command(program!, { args, cwd });
  const { success, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, stdout: text(stdout), stderr: text(stderr) };
}

async function must(argv: readonly string[], cwd: string): Promise<string> {
  const { success, stdout, stderr } = await run(argv, cwd);
  assert.ok(success, `${argv.join(" ")}: ${stdout}${stderr}`);
  return stdout;
}

/** A clone with the packages of this checkout, so that nothing is fetched. */
async function withClone(
  body: (clone: string, folder: string) => Promise<void>,
) {
  const folder = await Deno.makeTempDir({ prefix: "csc-release-" });
  const clone = `${folder}/clone`;
  try {
    await must(["git", "clone", "--quiet", ROOT, clone], folder);
    await must(["cp", "-R", `${ROOT}node_modules`, clone], folder);
    const keys = ["keygen", "--out", `${folder}/keys`, "--key-id", "release"];
    await must([`${ROOT}dist/csc`, ...keys], folder);
    await body(clone, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function release(out: string, folder: string): string[] {
  return [
    ...["sh", "scripts/release.sh", "--out", out, "--key-id", "release"],
    ...["--signing-key", `${folder}/keys/release.key`],
  ];
}

Deno.test("release.sh makes a tarball, sums, a bill of materials and a signature that csc accepts", () =>
  withClone(async (clone, folder) => {
    const out = `${folder}/out`;
    await must(release(out, folder), clone);
    await must(["sha256sum", "--check", "--quiet", "SHA256SUMS"], out);
    const names = [...Deno.readDirSync(out)].map(({ name }) => name).sort();
    const tarball = names.find((name) => name.endsWith(".tar.gz"))!;
    const bill = names.find((name) => name.endsWith("-sbom.cdx.json"))!;
    assert.deepEqual(
      names,
      ["SHA256SUMS", "SHA256SUMS.sig", bill, tarball].sort(),
    );

    await must(["tar", "xzf", tarball], out);
    const tree = `${out}/${tarball.replace(".tar.gz", "")}`;
    const held = [...Deno.readDirSync(tree)].map(({ name }) => name);
    for (const name of ["csc", "LICENSE", "README.md", "SECURITY.md"]) {
      assert.ok(held.includes(name), `${name} is not in the tarball`);
    }
    const head = (await must(["git", "rev-parse", "HEAD"], clone)).trim();
    const version = await must([`${tree}/csc`, "version", "--json"], folder);
    assert.equal(JSON.parse(version).commit, head);

    const sbom = JSON.parse(await Deno.readTextFile(`${out}/${bill}`));
    assert.equal(sbom.bomFormat, "CycloneDX");
    const scopes = new Map<string, string>(
      sbom.components.map((one: { name: string; scope: string }) => [
        one.name,
        one.scope,
      ]),
    );
    assert.equal(scopes.get("js-yaml"), "required");
    assert.equal(scopes.get("@noble/ed25519"), "required");
    assert.equal(scopes.get("launcher"), "required");
    assert.equal(scopes.get("esbuild"), "excluded");
    const digest = sbom.metadata.component.hashes[0].content;
    const sum = await must(["sha256sum", `${tree}/csc`], out);
    assert.equal(sum.slice(0, 64), digest);

    const verify = [
      ...[`${tree}/csc`, "verify-file", "SHA256SUMS", "SHA256SUMS.sig"],
      ...["--public-key", `${folder}/keys/release.pub`, "--key-id", "release"],
    ];
    assert.match(await must(verify, out), /^valid: /);
    const sums = await Deno.readTextFile(`${out}/SHA256SUMS`);
    const forged = sums.replace(/^./, (one) => one === "0" ? "1" : "0");
    await Deno.writeTextFile(`${out}/SHA256SUMS`, forged);
    const refused = await run(verify, out);
    assert.equal(refused.success, false);
    assert.match(refused.stdout, /^invalid: FILE_DIFFERS/);

    const again = `${folder}/again`;
    await must(release(again, folder), clone);
    for (const name of [tarball, bill, "SHA256SUMS.sig"]) {
      await must(["cmp", `${out}/${name}`, `${again}/${name}`], folder);
    }
  }));

Deno.test("release.sh refuses a checkout with changes, and a release without a key", () =>
  withClone(async (clone, folder) => {
    const unsigned = await run(["sh", "scripts/release.sh"], clone);
    assert.match(unsigned.stderr, /nothing is released unsigned/);
    await Deno.writeTextFile(`${clone}/stray`, "");
    const dirty = await run(release(`${folder}/out`, folder), clone);
    assert.equal(dirty.success, false);
    assert.match(dirty.stderr, /changes that are not committed/);
  }));
