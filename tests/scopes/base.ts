/**
 * Where the tests of scopes have their places: not below /tmp, where the
 * directories above a scope lie in the sandbox's own /tmp and can be written.
 *
 * @module
 */

/** For the last argument of `attackTest()`. */
export const OUTSIDE_TMP = {
  base: Deno.uid() === 0 ? "/var/lib" : Deno.env.get("HOME") ?? "/var/lib",
};
