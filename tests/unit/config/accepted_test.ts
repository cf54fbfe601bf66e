import assert from "node:assert/strict";
import { refuseUnaccepted } from "../../../src/config/accepted.ts";
import { samplePolicy } from "../decide/samples.ts";

const A = "a".repeat(64);
const B = "b".repeat(64);
const POLICY = { policy: samplePolicy({ name: "mine" }), sha256: A };

Deno.test("refuseUnaccepted() asks every file that names policies", () => {
  const source = "/etc/csc/config.yaml";
  refuseUnaccepted(POLICY, []);
  refuseUnaccepted(POLICY, [{ source, digests: [B, A] }]);
  for (
    const accepted of [
      [{ source, digests: [] }],
      [{ source, digests: [B] }],
      [{ source: "/other", digests: [A] }, { source, digests: [B] }],
    ]
  ) {
    assert.throws(() => refuseUnaccepted(POLICY, accepted), {
      code: "POLICY_REFUSED",
      message: `use policy "mine": its sha256 ${A} is none of those that ` +
        `"${source}" accepts`,
      hint: /\/policies of that file/,
    });
  }
});
