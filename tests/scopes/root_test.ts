/** The root of the host as a scope: all of it may be read, none of it written. */
import assert from "node:assert/strict";
import { assertBlocked, assertRan } from "../sandbox/assertions.ts";
import { attackTest } from "../sandbox/harness.ts";
import { OUTSIDE_TMP } from "./base.ts";

const WHOLE = {
  allowed_cwd_prefixes: ["/"],
  allowed_read_prefixes: ["/"],
  allowed_write_prefixes: ["/"],
};

attackTest(
  "scope /: the host can be read, and nothing of it changed",
  async (place) => {
    const out = await place.mkdir(`${place.write}/out`);
    const script = `
    cat "$1" /etc/hostname &&
    ls -d /home /var/lib /usr/bin /run &&
    echo granted > out/file && cat out/file
    for path in "$1" /etc/csc-test ./file /csc-test /var/csc-test; do
      { echo changed >> "$path"; } 2> /dev/null && echo "changed $path"
    done
    true`;
    const ran = await place.confined(
      ["/bin/sh", "-c", script, "sh", place.secret],
      { policy: WHOLE, readPaths: ["/"], writePaths: [out] },
    );
    assertRan(ran);
    const hostname = await Deno.readTextFile("/etc/hostname");
    assert.equal(
      ran.stdout,
      `${place.secretText}\n${hostname}` +
        "/home\n/run\n/usr/bin\n/var/lib\ngranted\n",
    );
    await place.assertOutsideUntouched();
  },
  OUTSIDE_TMP,
);

attackTest("scope /: what csc owns is shown empty", async (place) => {
  await place.makeKey();
  const state = await place.mkdir(`${place.root}/state`, 0o700);
  const script = `ls -A "$1" "$2"; cat "$1/test.key" && echo "key read"
    ls -A /tmp /var/tmp /dev/shm; ls /sys 2> /dev/null
    cat /proc/1/comm; ls /dev; true`;
  const argv = ["/bin/sh", "-c", script, "sh", place.private, state];
  const bare = await place.bare(argv);
  assert.match(bare.stdout, /key read/);
  const ran = await place.confined(argv, {
    policy: WHOLE,
    readPaths: ["/"],
    writePaths: [],
    stateDir: state,
    receiptOut: `${state}/receipt.json`,
  });
  assertRan(ran);
  const [first, ...rest] = ran.stdout.split("\n\n");
  assert.equal(first, `${place.private}:`);
  assert.equal(
    rest.join("\n\n"),
    `${state}:\n/dev/shm:\n\n/tmp:\n\n/var/tmp:\nmemfd:csc-launc\n` +
      "fd\nfull\nnull\nrandom\nshm\nstderr\nstdin\nstdout\nurandom\nzero\n",
  );
  assert.match(ran.stderr, /test\.key: No such file/);
}, OUTSIDE_TMP);

attackTest("scope /: a key beside the cwd blocks the run", async (place) => {
  const key = await Deno.readTextFile(await place.makeKey());
  const ran = await place.confined(["/bin/true"], {
    policy: WHOLE,
    readPaths: ["/"],
    signingKey: await place.file(`${place.write}/own.key`, key, 0o600),
  });
  assertBlocked(ran);
  assert.match(
    ran.stderr,
    /holds the signing key.*\nhint: .* directory of its own/,
  );
}, OUTSIDE_TMP);

attackTest(
  "scope /: to write everything is refused with the reason",
  async (place) => {
    const ran = await place.confined(["/bin/true"], {
      policy: WHOLE,
      writePaths: ["/"],
    });
    assertBlocked(ran);
    assert.match(ran.stderr, /write scope "\/" cannot be granted: it holds/);
  },
);

attackTest(
  "scope /: as cwd alone it shows the sandbox's own root",
  async (place) => {
    const ran = await place.confined(["/bin/ls", "/", place.root], {
      policy: WHOLE,
      contractCwd: "/",
      readPaths: [],
      writePaths: [],
    });
    assert.equal(ran.receipt?.exit_code, 2, ran.stderr);
    assert.match(ran.stdout, /^dev$/m);
    assert.match(ran.stderr, /cannot access '.*csc-attack-.*': No such file/);
  },
  OUTSIDE_TMP,
);

attackTest(
  "scope /**: the gate refuses it and says what to name",
  async (place) => {
    const ran = await place.confined(["/bin/true"], {
      policy: WHOLE,
      readPaths: ["/**"],
    });
    assertBlocked(ran);
    assert.match(ran.stderr, /READ_SCOPE_DENIED.*glob at the root.*"\/" names/);
  },
);

attackTest(
  "scope /: root's own files are shown by a scope of their own only",
  async (place) => {
    const own = await place.mkdir(`${place.root}/own`, 0o700);
    const file = await place.file(`${own}/file`, "text\n", 0o600);
    const call = (readPaths: string[]) =>
      place.confined(["/bin/cat", file], { policy: WHOLE, readPaths });
    const ran = await call(["/", own]);
    assertRan(ran);
    assert.equal(ran.stdout, "text\n");
    assertRan(await call(["/"]), 1);
  },
  { ...OUTSIDE_TMP, callers: ["root"] },
);
