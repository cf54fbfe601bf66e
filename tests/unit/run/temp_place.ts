/**
 * A private directory for one test, gone when the test process ends.
 *
 * @module
 */

const made: string[] = [];

globalThis.addEventListener("unload", () => {
  for (const path of made) Deno.removeSync(path, { recursive: true });
});

/** Makes a directory (mode 0700) and returns its path, links resolved. */
export function tempPlace(): string {
  const path = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "csc-test-" }));
  made.push(path);
  return path;
}
