import assert from "node:assert/strict";
import { realPrefixes } from "../../../src/plan/prefixes.ts";
import { samplePolicy } from "../decide/samples.ts";
import { linked, there } from "./samples.ts";

/** Real paths of the read prefixes, where /x -> /y stands for a link. */
function reals(
  reads: string[],
  writes: string[],
  links: Record<string, string>,
): string[] {
  const policy = samplePolicy({
    allowed_cwd_prefixes: ["/w"],
    allowed_read_prefixes: reads,
    allowed_write_prefixes: writes,
  });
  const map = realPrefixes(policy, (path) => {
    const target = links[path];
    return target === undefined ? there(path) : linked(path, target);
  });
  return reads.map((prefix) => map.get(prefix) ?? "absent");
}

Deno.test("realPrefixes() follows links that no command could have made", () => {
  const links = { "/home": "/data/home", "/w/out": "/disk/out" };
  assert.deepEqual(reals(["/home", "/w"], [], links), ["/data/home", "/w"]);
  assert.deepEqual(
    reals(["/home", "/w/out"], ["/w/out"], links),
    ["/data/home", "/disk/out"],
  );
});

Deno.test("realPrefixes() follows no link below a write prefix", () => {
  const links = { "/w/data": "/root" };
  assert.deepEqual(reals(["/w/data"], ["/w"], links), ["/w/data"]);
  assert.deepEqual(reals(["/w/data"], ["/w", "/w/data"], links), ["/w/data"]);
  assert.deepEqual(reals(["/w/data"], ["/"], links), ["/w/data"]);
});

Deno.test("realPrefixes() follows no link below where a write prefix leads", () => {
  const links = { "/out": "/real", "/real/data": "/root" };
  assert.deepEqual(reals(["/real/data"], ["/out"], links), ["/real/data"]);
});

Deno.test("realPrefixes() knows every prefix of the policy", () => {
  const policy = samplePolicy({
    allowed_cwd_prefixes: ["/a"],
    allowed_read_prefixes: ["/b"],
    allowed_write_prefixes: ["/c"],
  });
  const map = realPrefixes(policy, (path) => there(path));
  assert.deepEqual([...map.keys()].sort(), ["/a", "/b", "/c"]);
});
