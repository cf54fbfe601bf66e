import {
  assertPossible,
  assertRan,
  assertRefused,
  tries,
} from "./assertions.ts";
import { attackTest, skipSecurityTest } from "./harness.ts";

/** What says something about the host or its users, and no program needs. */
const FILES = [
  "/etc/shadow",
  "/etc/fstab",
  "/etc/machine-id",
  "/etc/hostname",
  "/etc/issue",
  "/etc/sudoers",
  "/etc/ssh/ssh_config",
  "/etc/csc/config.yaml",
];

attackTest(
  "files of /etc that no program needs are not readable",
  async (place) => {
    const bare = await place.bareAttack("read", ...FILES);
    const readable = [...tries(bare.stdout)]
      .filter(([, outcome]) => outcome === "possible")
      .map(([label]) => label);
    if (readable.length === 0) skipSecurityTest("/etc has none of these files");
    assertPossible(bare, ...readable);

    const confined = await place.confinedAttack("read", ...FILES);
    assertRan(confined);
    assertRefused(confined, ...FILES.map((path) => `read ${path}`));
  },
);
