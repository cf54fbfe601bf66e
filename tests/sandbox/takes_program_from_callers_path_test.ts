import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import type { Confined } from "./place.ts";

/** Where the evidence states what was looked up, and where. */
interface Stated {
  readonly commands: readonly {
    readonly plan: { readonly segments: readonly { readonly file: string }[] };
  }[];
  readonly sandbox_profile: {
    readonly facts: {
      readonly sandbox_profile: { readonly path: readonly string[] };
    };
  };
}

const stated = ({ evidence }: Confined) => evidence as unknown as Stated;

attackTest(
  "the caller's PATH chooses no program, and the evidence says which one ran",
  async (place) => {
    const planted = "#!/bin/sh\necho planted\n";
    for (const directory of [place.write, place.read]) {
      await place.file(`${directory}/hostname`, planted, 0o755);
    }
    // An empty entry is the working directory.
    const path = `${place.read}::/usr/bin:/bin`;
    const argv = ["hostname"];
    const wrap = (words: readonly string[]) => ["/usr/bin/env", ...words];
    const bare = await place.bare(argv, { wrap, env: { PATH: path } });
    assert.equal(bare.stdout, "planted\n");

    for (const envAllow of [[], ["PATH"]]) {
      const ran = await place.confined(argv, { env: { PATH: path }, envAllow });
      assertRan(ran);
      assert.equal(ran.stdout, "csc\n");
      const { commands, sandbox_profile } = stated(ran);
      const file = commands[0]?.plan.segments[0]?.file ?? "";
      const directories = sandbox_profile.facts.sandbox_profile.path;
      assert.ok(directories.some((one) => file === `${one}/hostname`), file);
      assert.ok(!directories.includes(place.read));
    }
    const nowhere = await place.confined(["planted"], { env: { PATH: path } });
    assert.equal(nowhere.receipt?.exit_code, 127);
  },
  { cscOnly: "is given its PATH by its caller" },
);

attackTest(
  "a command finds programs where csc does, and not on the caller's PATH",
  async (place) => {
    await place.file(
      `${place.read}/hostname`,
      "#!/bin/sh\necho planted\n",
      0o755,
    );
    const argv = ["/bin/sh", "-c", 'hostname; echo "$PATH"'];
    const env = { PATH: `${place.read}:/usr/bin:/bin` };
    const bare = await place.bare(argv, { env });
    assert.match(bare.stdout, /^planted\n/);
    const ran = await place.confined(argv, { env, envAllow: ["PATH"] });
    assertRan(ran);
    const { path } = stated(ran).sandbox_profile.facts.sandbox_profile;
    assert.equal(ran.stdout, `csc\n${path.join(":")}\n`);
  },
  { cscOnly: "is given its PATH by its caller" },
);
