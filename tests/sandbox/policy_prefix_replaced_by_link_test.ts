import { assertBlocked, assertPossible, assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

/** What a contract tells a caller whose path escapes (protocol §6). */
const PATH_ESCAPE = 126;

/** Puts a link to $2 in the place of the directory $1. */
const REPLACE = 'rm -r "$1" && ln -s "$2" "$1"';

attackTest(
  "a command cannot let the next one out by a link in the place of a prefix of the policy",
  async (place) => {
    const prefix = await place.mkdir(`${place.write}/data`);
    const prefixes = [place.read, place.write, prefix];
    const options = { policy: { allowed_read_prefixes: prefixes } };
    const replace = ["/bin/sh", "-c", REPLACE, "sh", prefix, "../outside"];
    // The command may do this: it lies in its write scope.
    assertRan(await place.confined(replace, options));
    const target = `${prefix}/secret`;
    assertPossible(await place.bareAttack("read", target), `read ${target}`);

    const confined = await place.confined([place.attacker, "read", target], {
      ...options,
      readPaths: [place.read, prefix],
    });
    assertBlocked(confined, PATH_ESCAPE);
  },
  { cscOnly: "has no policy" },
);
