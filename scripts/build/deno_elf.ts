/**
 * Finds the official Deno executable that the embed flavour builds upon.
 *
 * Pinned by digest: what is embedded becomes part of what users trust, and
 * two builds must agree on it.
 *
 * @module
 */
import type { Arch } from "./native.ts";
import { DIST } from "./paths.ts";

/** An npm package, its version, and SHA-256 of the executable in it. */
interface Official {
  readonly package: string;
  readonly version: string;
  readonly sha256: string;
}

const OFFICIAL: Record<Arch, Official> = {
  x86_64: {
    package: "@deno/linux-x64-glibc",
    version: "2.9.6",
    sha256: "bceb5b6a6239b0b010418406d8c77a508f67cf4337d94288f1c19fe71304aab0",
  },
  // 2.9.6 of this package could not be had when it was pinned.
  aarch64: {
    package: "@deno/linux-arm64-glibc",
    version: "2.9.5",
    sha256: "e1a70c5eb03b0ebaf761077029ef86b9ba22d50e2b54ca45ce5437457f701b63",
  },
};

/** The Deno release that csc is built upon, on this machine's processor. */
export const DENO_VERSION = OFFICIAL[Deno.build.arch].version;

/** The official executable: the running one if that is it, else from npm. */
export async function officialDeno(
  arch: Arch = Deno.build.arch,
): Promise<Uint8Array<ArrayBuffer>> {
  const official = OFFICIAL[arch];
  if (Deno.build.os !== "linux") {
    throw new Error(
      `find Deno: the embed flavour is not there yet for ${Deno.build.target}`,
    );
  }
  if (Deno.version.deno === official.version) {
    const running = await Deno.readFile(Deno.execPath());
    if (await sha256(running) === official.sha256) return running;
  }
  const fetched = await Deno.readFile(await fetchFromNpm(official, arch));
  const digest = await sha256(fetched);
  if (digest !== official.sha256) {
    throw new Error(
      `find Deno: ${official.package}@${official.version} has SHA-256 ` +
        `${digest}, expected ${official.sha256}`,
    );
  }
  return fetched;
}

/** Installs the package in a scratch folder and returns its executable's path. */
async function fetchFromNpm(
  { package: name, version }: Official,
  arch: Arch,
): Promise<string> {
  const folder = `${DIST}deno-${version}-${arch}`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    JSON.stringify({
      nodeModulesDir: "auto",
      lock: false,
      imports: { deno: `npm:${name}@${version}` },
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
      `find Deno: fetching ${name}@${version} failed:\n` +
        new TextDecoder().decode(stderr),
    );
  }
  return `${folder}/node_modules/.deno/${
    name.replace("/", "+")
  }@${version}/node_modules/${name}/deno`;
}

/** Lower-case hex SHA-256. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}
