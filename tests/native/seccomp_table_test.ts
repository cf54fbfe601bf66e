/** The table of system calls is for people to read: each line says why. */
import assert from "node:assert/strict";

const TABLE = new URL(
  "../../native/launcher/seccomp_table.h",
  import.meta.url,
);

const LINE = /^(?:ALLOW\((\w+)\)|DENY\((\w+), E[A-Z]+\)) +\/\* (\S.*) \*\/$/;

Deno.test("every line of the table of system calls has a reason", () => {
  const [, ...lines] = Deno.readTextFileSync(TABLE)
    .replace(/^\/\*[^]*?\*\/$/m, "")
    .split("\n");
  const reasons = new Map<string, string>();
  for (const line of lines) {
    if (/^(?:|\/\* --- .* --- \*\/|#ifdef __\w+__|#endif)$/.test(line)) {
      continue;
    }
    const [, allowed, denied, reason = ""] = LINE.exec(line) ?? [];
    assert.ok(reason !== "", `no reason: ${line}`);
    reasons.set(allowed ?? denied ?? "", reason);
  }
  assert.ok(reasons.size > 300);
  for (const [name, reason] of reasons) {
    const other = /^as (\w+)\b/.exec(reason)?.[1];
    if (other === undefined || /^as (?:clone|POSIX)\b/.test(reason)) continue;
    assert.ok(reasons.has(other), `${name} points to "${other}"`);
  }
});
