import { assertPossible, assertRan, assertRefused } from "./assertions.ts";
import { attackTest } from "./harness.ts";

attackTest(
  "a scope of one owner opens no private file of another",
  async (place) => {
    const theirs = await place.file(`${place.write}/theirs`, "theirs\n", 0o600);
    await Deno.chown(theirs, 4242, 4243);
    const ours = await place.file(`${place.read}/ours`, "ours\n", 0o600);
    assertPossible(
      await place.bareAttack("read", theirs, ours),
      `read ${theirs}`,
      `read ${ours}`,
    );
    assertPossible(await place.bareAttack("tamper", theirs), "chmod");
    await place.file(theirs, "theirs\n", 0o600);
    await Deno.chown(theirs, 4242, 4243);

    const read = await place.confinedAttack("read", theirs, ours);
    assertRan(read);
    assertRefused(read, `read ${theirs}`);
    // What root alone may read is root's own in a scope that root declares.
    assertPossible(read, `read ${ours}`);
    const write = await place.confinedAttack("write", theirs);
    assertRan(write);
    assertRefused(write, `write ${theirs}`);
    const tampered = await place.confinedAttack("tamper", theirs);
    assertRan(tampered);
    assertRefused(tampered, "truncate", "chmod", "utimens");
  },
  { callers: ["root"] },
);
