/**
 * Finds the official Deno executable that the embed flavour builds upon.
 *
 * Pinned by digest: what is embedded becomes part of what users trust, and
 * two builds must agree on it.
 *
 * @module
 */
import { DIST } from "./paths.ts";

/** The Deno release that csc is built upon. */
export const DENO_VERSION = "2.9.6";

/** npm package of that release and SHA-256 of the executable in it. */
const OFFICIAL: Record<string, { package: string; sha256: string }> = {
  x86_64: {
    package: "@deno/linux-x64-glibc",
    sha256: "bceb5b6a6239b0b010418406d8c77a508f67cf4337d94288f1c19fe71304aab0",
  },
};

/** The official executable: the running one if that is it, else from npm. */
export async function officialDeno(): Promise<Uint8Array<ArrayBuffer>> {
  const official = OFFICIAL[Deno.build.arch];
  if (!official || Deno.build.os !== "linux") {
    throw new Error(
      `find Deno: the embed flavour is not there yet for ${Deno.build.target}`,
    );
  }
  if (Deno.version.deno === DENO_VERSION) {
    const running = await Deno.readFile(Deno.execPath());
    if (await sha256(running) === official.sha256) return running;
  }
  const fetched = await Deno.readFile(await fetchFromNpm(official.package));
  const digest = await sha256(fetched);
  if (digest !== official.sha256) {
    throw new Error(
      `find Deno: ${official.package}@${DENO_VERSION} has SHA-256 ${digest}, ` +
        `expected ${official.sha256}`,
    );
  }
  return fetched;
}

/** Installs the package in a scratch folder and returns its executable's path. */
async function fetchFromNpm(name: string): Promise<string> {
  const folder = `${DIST}deno-${DENO_VERSION}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({
      nodeModulesDir: "auto",
      lock: false,
      imports: { deno: `npm:${name}@${DENO_VERSION}` },
    }),
  );
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["install", "--quiet"],
    cwd: folder,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    throw new Error(
      `find Deno: fetching ${name}@${DENO_VERSION} failed:\n` +
        new TextDecoder().decode(stderr),
    );
  }
  return `${folder}/node_modules/.deno/${
    name.replace("/", "+")
  }@${DENO_VERSION}/node_modules/${name}/deno`;
}

/** Lower-case hex SHA-256. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}
