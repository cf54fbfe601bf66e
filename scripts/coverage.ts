/**
 * How much of native/ the tests in C run: `deno task coverage`. Prints lines by
 * file and fails when all of it together is below the minimum.
 *
 * @module
 */
import { countLines } from "./test/coverage.ts";
import { tallyText } from "./test/tally.ts";

const tally = await countLines(Deno.env.get("CI") === "true");
console.log(tallyText(tally));
if (tally.failed > 0) Deno.exit(1);
