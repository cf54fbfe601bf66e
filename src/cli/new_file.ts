/**
 * Files that were not there before: keys, configuration, policies. What exists
 * is never touched, a link in its place neither.
 *
 * @module
 */

/**
 * Makes a file with these bytes, durable when it returns. One that could not be
 * written whole is taken away again.
 *
 * @throws Deno.errors.AlreadyExists, and what else Deno throws.
 */
export function createFile(
  path: string,
  bytes: Uint8Array,
  mode: number,
): void {
  const file = Deno.openSync(path, { write: true, createNew: true, mode });
  try {
    for (let done = 0; done < bytes.length;) {
      done += file.writeSync(bytes.subarray(done));
    }
    file.syncSync();
  } catch (error) {
    Deno.removeSync(path);
    throw error;
  } finally {
    file.close();
  }
}
