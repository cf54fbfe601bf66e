/**
 * Where things are, for the build scripts.
 *
 * @module
 */

/** The root of the checkout, absolute, with a slash at its end. */
export const ROOT = import.meta.dirname!.slice(0, -"scripts/build".length);

/** Everything that a build makes, with a slash at its end. */
export const DIST = `${ROOT}dist/`;
