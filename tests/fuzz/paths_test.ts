/** Paths, hosts of shares and scopes: what is inside stays inside. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  classifyPath,
  hasGlob,
  isInside,
  literalPrefix,
  normalizePath,
  scopeVerdict,
} from "../../src/core/path.ts";
import { holds } from "./property.ts";

const part = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "A",
    "..",
    ".",
    "",
    "*",
    "**",
    "?",
    "[ab]",
    " ..",
    ".. ",
  ),
  fc.constantFrom(
    "C:",
    "host",
    "share",
    "con",
    "ß",
    "ı",
    "é",
    "e\u0301",
    "a.b",
  ),
  fc.string({ unit: "grapheme", maxLength: 3 }),
);
const root = fc.constantFrom("/", "//", "\\\\", "C:\\", "c:/", "", "\\", "///");
const path = fc.tuple(
  root,
  fc.array(part, { maxLength: 6 }),
  fc.constantFrom("/", "\\"),
).map(([start, parts, separator]) => start + parts.join(separator));

Deno.test("paths: the normal form is its own normal form, and of the same kind", async () => {
  await holds(path, (text) => {
    const normal = normalizePath(text);
    assert.equal(normal === null, classifyPath(text) === null);
    if (normal === null) return;
    assert.equal(classifyPath(normal), classifyPath(text));
    assert.equal(normalizePath(normal), normal);
  });
});

Deno.test("paths: being inside does not depend on how a path is written", async () => {
  await holds(fc.tuple(path, path), ([inner, outer]) => {
    const [a, b] = [normalizePath(inner), normalizePath(outer)];
    const verdict = isInside(inner, outer);
    if (a === null || b === null) assert.equal(verdict, false);
    else assert.equal(verdict, isInside(a, b));
  });
});

Deno.test("paths: a path is inside itself, and what is below it is inside", async () => {
  await holds(
    fc.tuple(path, fc.stringMatching(/^[a-z]{1,5}$/)),
    ([text, name]) => {
      const climbs = text.split(/[\\/]/).some((segment) =>
        /^\.[. ]*\.[. ]*$/.test(segment)
      );
      if (classifyPath(text) === null || climbs) return;
      const posix = classifyPath(text) === "posix";
      const separator = posix ? "/" : "\\";
      const ends = posix ? /\/$/ : /[\\/]$/;
      const below = ends.test(text) ? text : text + separator;
      assert.ok(isInside(text, text));
      assert.ok(isInside(below + name, text));
      assert.ok(!isInside(`${below}..${separator}${name}`, text));
    },
  );
});

Deno.test("paths: inside of what is inside is inside", async () => {
  await holds(fc.tuple(path, path, path), ([a, b, c]) => {
    if (isInside(a, b) && isInside(b, c)) assert.ok(isInside(a, c));
  });
});

Deno.test("scopes: whatever a scope that is inside matches is inside", async () => {
  const name = fc.stringMatching(/^[a-z]([a-z.]{0,4}[a-z])?$/);
  await holds(
    fc.tuple(path, path, fc.array(name, { minLength: 9, maxLength: 9 })),
    ([scope, prefix, names]) => {
      if (scopeVerdict(scope, [prefix]) !== "inside") return;
      const literal = literalPrefix(scope);
      assert.ok(literal !== null && !hasGlob(literal));
      let used = 0;
      // Each pattern becomes a name; "**" may become several.
      const matched = scope.replace(/\*\*|\*|\?|\[[^\]]*\]|\[/g, (glob) => {
        const first = names[used++ % 9]!;
        return glob === "**" ? `${first}/${names[used++ % 9]}` : first;
      });
      assert.ok(isInside(matched, prefix), JSON.stringify([matched, prefix]));
    },
  );
});
