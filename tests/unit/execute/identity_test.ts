import assert from "node:assert/strict";
import { type ErrorCode, isCscError } from "../../../src/core/errors.ts";
import { findIdentity } from "../../../src/execute/identity.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/bash
nobody:x:99:98:nobody:/nonexistent:/usr/sbin/nologin
nobody2:x:7:7::/:
builder:x:1001:1002:,,,:/home/builder:/bin/sh
wheel:x:1003:0::/:
+broken
empty:x:::/:
largest:x:4294967295:1::/:
`;
const ROOT = { uid: 0, gid: 0 };
const USER = { uid: 1001, gid: 1002 };

function identity(
  wanted: string,
  caller: { uid: number; gid: number },
  passwd = PASSWD,
  uidMap = "         0          0 4294967295\n",
) {
  const texts: Record<string, string> = {
    "/etc/passwd": passwd,
    "/proc/self/uid_map": uidMap,
  };
  return findIdentity(wanted, caller, (path) => texts[path] ?? "");
}

const FOUND: [
  behaviour: string,
  wanted: string,
  caller: { uid: number; gid: number },
  expected: readonly [uid: number, gid: number, switched: boolean],
][] = [
  ["makes root's commands nobody's", "nobody", ROOT, [99, 98, true]],
  ["finds a named user", "builder", ROOT, [1001, 1002, true]],
  ["takes numbers", "4321:1234", ROOT, [4321, 1234, true]],
  ["keeps root where told to", "keep-root", { uid: 0, gid: 5 }, [0, 5, false]],
  ["leaves a user who he is", "nobody", USER, [1001, 1002, false]],
  ["lets a user be himself by name", "builder", USER, [1001, 1002, false]],
  ["lets a user be himself by number", "1001:1002", USER, [1001, 1002, false]],
  ["ignores keep-root for a user", "keep-root", USER, [1001, 1002, false]],
];
for (const [behaviour, wanted, caller, [uid, gid, switched]] of FOUND) {
  Deno.test(`findIdentity() ${behaviour}`, () => {
    assert.deepEqual(identity(wanted, caller), { uid, gid, switched });
  });
}

Deno.test("findIdentity() takes Linux's number for nobody where none is named", () => {
  for (const passwd of ["", "root:x:0:0::/:\nnobody\n"]) {
    assert.deepEqual(identity("nobody", ROOT, passwd), {
      uid: 65534,
      gid: 65534,
      switched: true,
    });
  }
});

Deno.test("findIdentity() lets root of a rootless container keep its rights, as nobody", () => {
  const nobody = { uid: 99, gid: 98 };
  for (const map of ["0 1000 1\n1 100000 65536\n", "1 2 3\n 0 1000 1\n"]) {
    assert.deepEqual(identity("nobody", ROOT, PASSWD, map), {
      ...nobody,
      switched: false,
    });
    // Whom the configuration names is another user, and that takes root's rights.
    assert.equal(identity("builder", ROOT, PASSWD, map).switched, true);
    assert.equal(identity("keep-root", ROOT, PASSWD, map).uid, 0);
  }
  for (const map of ["", "1 1 9\n", "0 0 65536\n"]) {
    assert.equal(identity("nobody", ROOT, PASSWD, map).switched, true, map);
  }
});

const REFUSED: [
  wanted: string,
  caller: { uid: number; gid: number },
  code: ErrorCode,
  why: RegExp,
][] = [
  ["root", ROOT, "CONFIG_INVALID", /neither may be 0/],
  ["0:0", ROOT, "CONFIG_INVALID", /neither may be 0/],
  ["0:5", ROOT, "CONFIG_INVALID", /neither may be 0/],
  ["wheel", ROOT, "CONFIG_INVALID", /gid 0\): neither may be 0/],
  ["4294967295:1", ROOT, "CONFIG_INVALID", /largest id is 4294967294/],
  ["1:4294967295", ROOT, "CONFIG_INVALID", /largest id/],
  ["largest", ROOT, "CONFIG_INVALID", /largest id/],
  ["somebody", ROOT, "CONFIG_INVALID", /"\/etc\/passwd" has no such user/],
  ["empty", ROOT, "CONFIG_INVALID", /no such user/],
  ["nobody2", USER, "NOT_ENFORCEABLE", /started by uid 1001, gid 1002/],
  ["1001:1003", USER, "NOT_ENFORCEABLE", /only root/],
  ["0:0", USER, "NOT_ENFORCEABLE", /only root/],
];
for (const [wanted, caller, code, why] of REFUSED) {
  Deno.test(`findIdentity() refuses ${wanted} to uid ${caller.uid}`, () => {
    assert.throws(
      () => identity(wanted, caller),
      (error) =>
        isCscError(error) && error.code === code && why.test(error.message) &&
        error.hint !== undefined,
    );
  });
}
