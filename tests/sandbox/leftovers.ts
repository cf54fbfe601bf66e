/**
 * What a run might leave on the host: files, mounts, cgroups.
 *
 * @module
 */

/** Every path below `root` with its kind, mode and size, sorted. */
export function tree(root: string, except: readonly string[] = []): string[] {
  const found: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of Deno.readDirSync(directory)) {
      const path = `${directory}/${entry.name}`;
      if (directory === root && except.includes(entry.name)) continue;
      const info = Deno.lstatSync(path);
      const kind = info.isDirectory ? "directory" : `file of ${info.size}`;
      found.push(`${path}: ${kind}, mode ${info.mode?.toString(8)}`);
      if (info.isDirectory) visit(path);
    }
  };
  visit(root);
  return found.sort();
}

/** Temporary directories, mounts and cgroups of this moment. */
export function snapshot(): ReadonlySet<string> {
  const mounts = Deno.readTextFileSync("/proc/self/mountinfo").trim()
    .split("\n").map((line) => `mount ${line.split(" ")[4]}`);
  return new Set([
    ...mounts,
    ...["/tmp", "/var/tmp", "/dev/shm", "/run"].flatMap((path) =>
      names(path).map((name) => `${path}/${name}`)
    ),
    ...cgroups("/sys/fs/cgroup", 4),
  ]);
}

/** What is there now and was not before, as far as its name may come from csc. */
export function leftoversSince(before: ReadonlySet<string>): string[] {
  return [...snapshot()].filter((path) =>
    !before.has(path) && !isPlace(path) &&
    (/csc/i.test(path) || path.startsWith("mount "))
  );
}

/** The workspace of another test that runs beside this one. */
function isPlace(path: string): boolean {
  return path.startsWith("/tmp/csc-attack-");
}

function names(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map((entry) => entry.name);
  } catch {
    return []; // not every machine has every one of them
  }
}

function cgroups(path: string, depth: number): string[] {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(path)].filter((entry) => entry.isDirectory);
  } catch {
    return []; // gone while we looked
  }
  return entries.flatMap((entry) => {
    const child = `${path}/${entry.name}`;
    return [child, ...(depth > 1 ? cgroups(child, depth - 1) : [])];
  });
}
