import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";

const INJECTED = {
  CSC_TEST_TOKEN: "secret of the caller",
  GIT_SSH_COMMAND: "/bin/false",
  BASH_ENV: "/nonexistent",
  PYTHONPATH: "/nonexistent",
  HTTPS_PROXY: "http://203.0.113.1:3128",
  IFS: "/",
};

attackTest("only PATH and named variables reach the command", async (place) => {
  const env = { ...INJECTED, CSC_TEST_NAMED: "named" };
  const bare = await place.bare([place.attacker, "environment"], { env });
  for (const [name, value] of Object.entries(env)) {
    assert.ok(bare.stdout.includes(`environment: ${name}=${value}\n`));
  }

  const confined = await place.confined([place.attacker, "environment"], {
    env,
    envAllow: ["CSC_TEST_NAMED", "CSC_TEST_MISSING"],
  });
  assertRan(confined);
  for (const value of Object.values(INJECTED)) {
    assert.ok(!confined.stdout.includes(`=${value}\n`), `"${value}" came in`);
  }
  if (confined.subject !== "csc") return;
  const entries = [...confined.stdout.matchAll(/^environment: (.*)$/gm)]
    .map(([, entry]) => entry).sort();
  assert.deepEqual(entries, [
    "CSC_TEST_NAMED=named",
    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  ]);
});
