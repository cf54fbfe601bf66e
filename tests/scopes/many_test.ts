/** A hundred write scopes, each with something protected: all of them hold. */
import assert from "node:assert/strict";
import { attackTest } from "../sandbox/harness.ts";

const SCOPES = 100;

attackTest(
  "a hundred write scopes are writable, and what is protected in each is not",
  async (place) => {
    const scopes = Array.from(
      { length: SCOPES },
      (_, index) => `${place.root}/scope${index}`,
    );
    for (const scope of scopes) {
      await place.mkdir(scope);
      await place.file(`${scope}/.npmrc`, "good\n");
    }
    const script = `for scope; do
      echo new > "$scope/file" || echo "cannot write $scope"
      { echo evil > "$scope/.npmrc"; } 2>/dev/null && echo "planted in $scope"
    done; echo done`;
    const run = await place.confined(["sh", "-c", script, "sh", ...scopes], {
      writePaths: [place.write, ...scopes],
      writePrefixes: scopes,
    });
    assert.equal(run.stdout, "done\n", run.stderr);
    for (const scope of scopes) {
      assert.equal(Deno.readTextFileSync(`${scope}/.npmrc`), "good\n");
      assert.equal(Deno.readTextFileSync(`${scope}/file`), "new\n");
    }
  },
  { cscOnly: "is no attack" },
);
