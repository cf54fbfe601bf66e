import {
  assertPossible,
  assertRan,
  assertRefusedOrKilled,
  tries,
} from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

/** Each is a large kernel interface that no honest command of a contract needs. */
const FOR_EVERYBODY = [
  "keyctl",
  "add_key",
  "perf_event_open",
  "userfaultfd",
  "io_uring_setup",
  "io_uring_enter",
  "io_uring_register",
  "personality",
  "fanotify_init",
  "memfd_secret",
  ...(Deno.build.arch === "x86_64" ? ["modify_ldt"] : []),
];
const FOR_ROOT = ["bpf", "open_by_handle_at"];

attackTest("rare kernel interfaces answer no command", async (place) => {
  const wanted = place.caller.name === "root"
    ? [...FOR_EVERYBODY, ...FOR_ROOT]
    : FOR_EVERYBODY;
  const bare = await place.bareAttack("kernel-calls");
  const outcomes = tries(bare.stdout);
  const missing = wanted.filter((label) => outcomes.get(label) !== "possible");
  assertPossible(bare, ...wanted.filter((label) => !missing.includes(label)));

  const confined = await place.confinedAttack("kernel-calls");
  assertRan(confined);
  assertRefusedOrKilled(
    confined,
    ...FOR_EVERYBODY,
    ...FOR_ROOT,
  );
  if (missing.length > 0) {
    skipSecurityTest(`this kernel answers nobody on ${missing.join(", ")}`);
  }
});
