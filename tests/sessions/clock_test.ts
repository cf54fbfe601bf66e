/**
 * The real file on a machine whose clock says 1970: a library of a few lines,
 * preloaded, answers for the kernel.
 */
import assert from "node:assert/strict";
import { Session } from "./session.ts";

const FAKE = `
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#define NOW 86400

int clock_gettime(clockid_t clock, struct timespec *at)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)
		return (int)syscall(SYS_clock_gettime, clock, at);
	at->tv_sec = NOW;
	at->tv_nsec = 0;
	return 0;
}

int gettimeofday(struct timeval *restrict at, void *restrict zone)
{
	(void)zone;
	at->tv_sec = NOW;
	at->tv_usec = 0;
	return 0;
}

time_t time(time_t *at)
{
	if (at != NULL)
		*at = NOW;
	return NOW;
}
`;

/** Compiles the library; the build needs a C compiler anyway. */
function fakeClock(dir: string): string {
  Deno.writeTextFileSync(`${dir}/clock.c`, FAKE);
  const args = ["-shared", "-fPIC", "-o", `${dir}/clock.so`, `${dir}/clock.c`];
  const { success, stderr } = new Deno.Command("cc", { args }).outputSync();
  assert.ok(success, new TextDecoder().decode(stderr));
  return `${dir}/clock.so`;
}

Deno.test("csc decides, runs and signs nothing when the clock says 1970", async () => {
  const session = new Session();
  session.contract(["echo ran > ran"]);
  const preload = `LD_PRELOAD=${fakeClock(session.dir)}`;
  const keygen = ["keygen", "--out", session.dir, "--key-id", "me"];
  assert.equal((await session.csc(...keygen)).code, 0);
  const key = ["--signing-key", `${session.dir}/me.key`, "--key-id", "me"];
  const calls: readonly (readonly string[])[] = [
    ["check", "contract.json", "policy.json"],
    session.runWords(),
    session.runWords("--mode", "hardened", ...key),
    [
      ...["exec", "--state-dir", session.state, ...key],
      ...["--exit-code", "status", "--", "true"],
    ],
    ["sign-file", "policy.json", ...key],
  ];
  for (const words of calls) {
    const ended = await session.spawn(words, ["env", preload]).output();
    const [out, err] = [ended.stdout, ended.stderr].map((bytes) =>
      new TextDecoder().decode(bytes)
    );
    assert.deepEqual([ended.code, out], [1, ""], words.join(" "));
    assert.match(err!, /^csc: use the clock: it says "1970-01-02T00:00:00/);
    assert.match(err!, /\nhint: Set it \(date -s, /);
  }
  for (const trace of ["work/ran", "state", "out"]) {
    assert.throws(
      () => Deno.lstatSync(`${session.dir}/${trace}`),
      Deno.errors.NotFound,
    );
  }
  assert.equal((await session.csc(...calls[0]!)).code, 0, "with its own clock");
});
