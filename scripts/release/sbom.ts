/**
 * Prints a CycloneDX 1.6 bill of materials of dist/csc: the npm packages whose
 * code is in it, the natives, and the runtime; and, marked as excluded, what
 * only the build uses.
 *
 *     deno run -A scripts/release/sbom.ts COMMIT_TIME > sbom.cdx.json
 *
 * What is in the bundle is asked of the bundler, not listed by hand. The same
 * commit always gives the same text.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { VERSION } from "../../src/build_info.ts";
import { sha256 } from "../build/deno_elf.ts";
import { DIST, ROOT } from "../build/paths.ts";

/** One component as CycloneDX writes it. */
interface Component {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly [member: string]: unknown;
}

/** What a package says of itself. */
interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
}

/** The bill of materials of the csc in dist/. `time` is RFC 3339. */
export async function billOfMaterials(time: string): Promise<unknown> {
  const csc = await Deno.readFile(`${DIST}csc`);
  const digest = await sha256(csc);
  return {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidFrom(digest)}`,
    version: 1,
    metadata: {
      timestamp: time,
      component: {
        type: "application",
        "bom-ref": "csc",
        name: "csc",
        version: VERSION,
        licenses: [{ license: { id: "Apache-2.0" } }],
        hashes: hashes(digest),
      },
    },
    components: [
      ...await packages(),
      await native("launcher", "PID 1 of every sandbox; static, own libc"),
      await native("bridge.so", "starts sandboxes; called through FFI"),
      runtime(),
    ],
  };
}

async function packages(): Promise<Component[]> {
  const lock = JSON.parse(await Deno.readTextFile(`${ROOT}deno.lock`)) as {
    npm: Record<string, { integrity: string }>;
  };
  const bundled = await bundledPackages();
  const components: Component[] = [];
  for (const [id, { integrity }] of Object.entries(lock.npm)) {
    const at = id.lastIndexOf("@");
    const [name, version] = [id.slice(0, at), id.slice(at + 1)];
    const file = await packageFile(name, version);
    // Binaries of esbuild for other machines are locked, not installed.
    if (file === null) continue;
    components.push({
      type: "library",
      "bom-ref": `npm:${id}`,
      name,
      version,
      scope: bundled.has(name) ? "required" : "excluded",
      purl: `pkg:npm/${name.replace("@", "%40")}@${version}`,
      licenses: [{ license: { id: file.license ?? "NOASSERTION" } }],
      hashes: [{ alg: "SHA-512", content: hexOf(integrity) }],
    });
  }
  return components;
}

/** Names of the npm packages of which any code is in the bundle. */
async function bundledPackages(): Promise<Set<string>> {
  try {
    const { metafile } = await esbuild.build({
      absWorkingDir: ROOT,
      entryPoints: ["src/main.ts"],
      bundle: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      conditions: ["deno", "import", "default"],
      external: ["node:*"],
      logLevel: "silent",
    });
    const names = Object.keys(metafile!.inputs)
      .map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
      .filter((name) => name !== undefined);
    return new Set(names);
  } finally {
    await esbuild.stop();
  }
}

async function packageFile(
  name: string,
  version: string,
): Promise<PackageFile | null> {
  const folder = `${name.replace("/", "+")}@${version}`;
  const path = `node_modules/.deno/${folder}/node_modules/${name}/package.json`;
  try {
    return JSON.parse(await Deno.readTextFile(ROOT + path)) as PackageFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function native(name: string, description: string): Promise<Component> {
  const digest = await sha256(await Deno.readFile(`${DIST}native/${name}`));
  return {
    type: "file",
    "bom-ref": `native:${name}`,
    name,
    version: VERSION,
    description,
    scope: "required",
    licenses: [{ license: { id: "Apache-2.0" } }],
    hashes: hashes(digest),
  };
}

function runtime(): Component {
  const { deno, v8 } = Deno.version;
  return {
    type: "platform",
    "bom-ref": "runtime:deno",
    name: "deno",
    version: deno,
    description: `JavaScript runtime inside csc, with V8 ${v8}`,
    scope: "required",
    purl: `pkg:npm/deno@${deno}`,
    licenses: [{ license: { id: "MIT" } }],
  };
}

function hashes(digest: string) {
  return [{ alg: "SHA-256", content: digest }];
}

/** The digest of an npm integrity string, in hexadecimal. */
function hexOf(integrity: string): string {
  const bytes = atob(integrity.replace(/^sha512-/, ""));
  return [...bytes]
    .map((byte) => byte.charCodeAt(0).toString(16).padStart(2, "0"))
    .join("");
}

/** A version 8 UUID whose bits come from the digest. */
function uuidFrom(digest: string): string {
  const hex = `${digest.slice(0, 12)}8${digest.slice(13, 16)}` +
    `8${digest.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

if (import.meta.main) {
  const [time = ""] = Deno.args;
  console.log(JSON.stringify(await billOfMaterials(time), null, 2));
}
