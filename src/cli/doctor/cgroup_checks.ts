/**
 * Can csc put a sandbox into a cgroup of its own? Pure.
 *
 * @module
 */
import type { CgroupGrant } from "../../execute/trial.ts";
import type { Finding } from "./finding.ts";

const DELEGATE =
  "With systemd: systemd-run --user --scope -p Delegate=yes csc run …\n" +
  "for good: a drop-in for user@.service with Delegate=memory pids.\n" +
  "In a container: mount /sys/fs/cgroup writable (Docker: --cgroupns=private " +
  "with cgroup v2).";

/** What is missing, and what then stands in. */
export function cgroupFindings(granted: CgroupGrant): Finding[] {
  const id = "cgroup";
  if (granted.memory && granted.processes) {
    return [{
      id,
      standing: "ok",
      text: `cgroup version ${granted.version}: memory and processes of a ` +
        "sandbox are limited together",
    }];
  }
  if (!granted.memory && !granted.processes) {
    return [{
      id,
      standing: "weaker",
      text:
        "no cgroup is to be had: memory is limited for each process alone, " +
        "processes for the user as a whole",
      fix: DELEGATE,
    }];
  }
  return [{
    id,
    standing: "weaker",
    text: `cgroup version ${granted.version} limits only ${
      granted.memory ? "memory" : "processes"
    }`,
    fix: DELEGATE,
  }];
}
