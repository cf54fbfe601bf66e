/**
 * Marks for `deno task profile`, which builds a csc of its own with them. In
 * every other build the function is empty, and esbuild leaves out the calls.
 *
 * @module
 */

/** Set when bundling; not there at all where nothing was bundled. */
declare const CSC_MARKS: boolean;
/** What that task puts before the bundle. */
declare function cscMark(name: string): void;

/** Notes that a phase has ended. Names are csc's own, never input. */
export function mark(name: string): void {
  if (typeof CSC_MARKS !== "undefined" && CSC_MARKS) {
    cscMark(name);
  }
}
