import assert from "node:assert/strict";
import { assertRan } from "./assertions.ts";
import { attackTest } from "./harness.ts";
import type { Place } from "./place.ts";
import { asRunAsUser, runAsIds } from "./run_as.ts";

/** Makes one of each kind, and changes what is there. */
const SCRIPT = "echo more >> kept && echo new > file && mkdir -p dir/sub && " +
  "ln -s kept link && ln kept hard && mkfifo fifo && " +
  "cp kept copy && mv copy moved && chmod 600 file && chmod 700 dir";
const MADE = [
  "dir",
  "dir/sub",
  "fifo",
  "file",
  "hard",
  "kept",
  "link",
  "moved",
];

/** Who owns what lies in the write scope. */
function owners(place: Place): string[] {
  return MADE.map((name) => {
    const { uid, gid } = Deno.lstatSync(`${place.write}/${name}`);
    return `${name} ${uid}:${gid}`;
  });
}

const ownedBy = (uid: number, gid: number) =>
  MADE.map((name) => `${name} ${uid}:${gid}`);

for (const base of ["/tmp", "/root"]) {
  attackTest(
    `what a command makes below ${base} belongs to the owner of its scope`,
    async (place) => {
      const argv = ["/bin/sh", "-c", SCRIPT];
      const { uid, gid } = await runAsIds();
      if (base !== "/root") {
        await Deno.chmod(place.write, 0o777);
        await place.file(`${place.write}/kept`, "", 0o666);
        await Deno.chown(`${place.write}/kept`, uid, gid);
        const bare = await place.bare(argv, { wrap: await asRunAsUser() });
        assert.equal(bare.code, 0, bare.stderr);
        assert.deepEqual(owners(place), ownedBy(uid, gid));
        await Deno.remove(place.write, { recursive: true });
        await place.mkdir(place.write);
      }

      await place.file(`${place.write}/kept`, "", 0o600);
      assertRan(await place.confined(argv));
      assert.deepEqual(owners(place), ownedBy(0, 0));

      // A checkout of somebody else, of whom root has said nothing.
      await Deno.remove(place.write, { recursive: true });
      await place.mkdir(place.write, 0o700);
      await place.file(`${place.write}/kept`, "", 0o600);
      for (const path of [place.write, `${place.write}/kept`]) {
        await Deno.chown(path, 4242, 4243);
      }
      assertRan(await place.confined(argv));
      assert.deepEqual(owners(place), ownedBy(4242, 4243));
    },
    { callers: ["root"], base, cscOnly: "runs as its caller" },
  );
}
