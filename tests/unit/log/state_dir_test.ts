import assert from "node:assert/strict";
import { isCscError } from "../../../src/core/errors.ts";
import { openDirectory } from "../../../src/execute/held_directory.ts";
import {
  openStateDirectory,
  stateDirectoryPath,
} from "../../../src/log/state_dir.ts";
import { tempPlace } from "../run/temp_place.ts";

const UID = Deno.uid() ?? 0;

const CHOICES: [
  string,
  string | undefined,
  number,
  Record<string, string>,
  string,
][] = [
  ["what is configured", "/x", 0, { HOME: "/h" }, "/x"],
  ["/var/lib for root", undefined, 0, { HOME: "/root" }, "/var/lib/csc"],
  [
    "XDG_STATE_HOME",
    undefined,
    1000,
    { HOME: "/h", XDG_STATE_HOME: "/s" },
    "/s/csc",
  ],
  [
    "HOME where XDG_STATE_HOME is relative",
    undefined,
    1000,
    { HOME: "/h", XDG_STATE_HOME: "s" },
    "/h/.local/state/csc",
  ],
];
for (const [what, configured, uid, env, expected] of CHOICES) {
  Deno.test(`stateDirectoryPath() takes ${what}`, () => {
    const sources = { configured, uid, env: (name: string) => env[name] };
    assert.equal(stateDirectoryPath(sources), expected);
  });
}

Deno.test("stateDirectoryPath() asks for a word where there is no home", () => {
  assert.throws(
    () =>
      stateDirectoryPath({
        configured: undefined,
        uid: 1000,
        env: () => undefined,
      }),
    (error) =>
      isCscError(error) && error.code === "STATE_UNAVAILABLE" &&
      /--no-log/.test(error.hint ?? ""),
  );
});

Deno.test("openStateDirectory() makes a private directory, parents too", () => {
  const dir = tempPlace();
  const path = `${dir}/a/b`;
  assert.equal(openStateDirectory(path, UID, openDirectory).place(), path);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o700);
  assert.equal((Deno.statSync(`${dir}/a`).mode ?? 0) & 0o777, 0o700);
});

const REFUSED: [string, (dir: string) => string][] = [
  ["a link", (dir) => {
    Deno.mkdirSync(`${dir}/real`, { mode: 0o700 });
    Deno.symlinkSync(`${dir}/real`, `${dir}/link`);
    return `${dir}/link`;
  }],
  ["a file", (dir) => {
    Deno.writeTextFileSync(`${dir}/file`, "");
    return `${dir}/file`;
  }],
  ["a directory that others may read", (dir) => {
    Deno.mkdirSync(`${dir}/open`);
    Deno.chmodSync(`${dir}/open`, 0o750);
    return `${dir}/open`;
  }],
  ["a parent that everybody may write", (dir) => {
    Deno.mkdirSync(`${dir}/free/state`, { recursive: true, mode: 0o700 });
    Deno.chmodSync(`${dir}/free`, 0o777);
    return `${dir}/free/state`;
  }],
];
for (const [what, make] of REFUSED) {
  Deno.test(`openStateDirectory() refuses ${what}`, () => {
    const path = make(tempPlace());
    assert.throws(
      () => openStateDirectory(path, UID, openDirectory),
      (error) => isCscError(error) && error.code === "STATE_UNAVAILABLE",
    );
  });
}

Deno.test("openStateDirectory() refuses the directory of another user", () => {
  const dir = tempPlace();
  assert.throws(
    () => openStateDirectory(dir, UID + 1, openDirectory),
    (error) => isCscError(error) && /belongs to user/.test(error.message),
  );
});

Deno.test("openStateDirectory() accepts a sticky parent such as /tmp", () => {
  const dir = tempPlace();
  Deno.mkdirSync(`${dir}/tmp`);
  Deno.chmodSync(`${dir}/tmp`, 0o1777);
  openStateDirectory(`${dir}/tmp/state`, UID, openDirectory);
});

Deno.test("openStateDirectory() judges what it opened, not what is there later", () => {
  const dir = tempPlace();
  Deno.mkdirSync(`${dir}/state`, { mode: 0o700 });
  Deno.mkdirSync(`${dir}/open`);
  Deno.chmodSync(`${dir}/open`, 0o755);
  assert.throws(
    () =>
      openStateDirectory(`${dir}/state`, UID, (path) => {
        Deno.renameSync(path, `${dir}/private`);
        Deno.renameSync(`${dir}/open`, path);
        const held = openDirectory(path);
        Deno.renameSync(path, `${dir}/open`);
        Deno.renameSync(`${dir}/private`, path);
        return held;
      }),
    { code: "STATE_UNAVAILABLE", message: /its mode is 0755/ },
  );
});
