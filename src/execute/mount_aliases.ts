/**
 * Under which other names a file can be reached: what a bind mount shows is the
 * same file, and a rule about one path says nothing of the other. Pure.
 *
 * What a mount in another namespace shows is not known here, nor are two mounts
 * of one network file system, which the kernel counts as different devices.
 *
 * @module
 */
import type { Seal } from "../plan/seal.ts";

/** One line of /proc/self/mountinfo, as far as it matters here. */
interface Mount {
  readonly device: string;
  /** The directory (or file) of the device's file system that is shown. */
  readonly root: string;
  /** Where it is shown. */
  readonly point: string;
}

/**
 * The seals with one more for each other path at which a sealed place is shown.
 *
 * @param mountinfo Text of /proc/self/mountinfo.
 */
export function withAliases(
  seals: readonly Seal[],
  mountinfo: string,
): Seal[] {
  const mounts = parseMounts(mountinfo);
  const shared = sharedDevices(mounts);
  return seals.flatMap((seal) => [
    seal,
    ...aliasesOf(seal.path, mounts, shared).map((path): Seal => ({
      path,
      reads: seal.reads,
    })),
  ]);
}

function parseMounts(text: string): Mount[] {
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const [, , device = "", root = "", point = ""] = line.split(" ");
    return { device, root: unescaped(root), point: unescaped(point) };
  });
}

/** The kernel writes blanks and backslashes as three octal digits. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  const bytes: number[] = [];
  const encoded = new TextEncoder().encode(text);
  for (let i = 0; i < encoded.length; i++) {
    const octal = encoded[i] === 0x5c
      ? String.fromCharCode(...encoded.subarray(i + 1, i + 4))
      : "";
    if (/^[0-7]{3}$/.test(octal)) {
      bytes.push(parseInt(octal, 8));
      i += 3;
    } else bytes.push(encoded[i]!);
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** Devices that are mounted more than once; others have no aliases. */
function sharedDevices(mounts: readonly Mount[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { device } of mounts) {
    if (seen.has(device)) shared.add(device);
    seen.add(device);
  }
  return shared;
}

function aliasesOf(
  path: string,
  mounts: readonly Mount[],
  shared: ReadonlySet<string>,
): string[] {
  let home: Mount | null = null;
  for (const mount of mounts) {
    // Of two at one point the later one covers the other.
    const nearer = home === null || mount.point.length >= home.point.length;
    if (nearer && below(path, mount.point) !== null) home = mount;
  }
  if (home === null || !shared.has(home.device)) return [];
  const inDevice = joined(home.root, below(path, home.point) ?? "");
  const aliases = new Set<string>();
  for (const { device, root, point } of mounts) {
    if (device !== home.device) continue;
    const rest = below(inDevice, root);
    if (rest !== null) aliases.add(joined(point, rest));
    // A part of what is sealed, shown by itself.
    else if (below(root, inDevice) !== null) aliases.add(point);
  }
  aliases.delete(path);
  return [...aliases];
}

/** What of `path` lies below `directory`: "" for the same, null for elsewhere. */
function below(path: string, directory: string): string | null {
  if (path === directory) return "";
  const prefix = directory === "/" ? "/" : `${directory}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : null;
}

function joined(directory: string, rest: string): string {
  if (rest === "") return directory;
  return directory === "/" ? `/${rest}` : `${directory}/${rest}`;
}
