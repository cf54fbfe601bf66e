/**
 * Does the kernel give what a sandbox needs, and may this user have it? Pure:
 * everything comes from the host given.
 *
 * @module
 */
import { quote } from "../../core/text.ts";
import type { Finding } from "./finding.ts";
import type { Host } from "./host.ts";

/** mount_setattr, which makes whole trees read-only, came with 5.12. */
const LEAST_KERNEL = [5, 12] as const;

const DEVICES = ["null", "zero", "full", "random", "urandom"];

/** Every check of this file, in the order in which a person should fix them. */
export function kernelFindings(host: Host): Finding[] {
  return [
    ...kernel(host),
    ...procfs(host),
    ...userNamespaces(host),
    ...appArmor(host),
    ...ownFilter(host),
    ...seccomp(host),
    ...memoryFiles(host),
    ...devices(host),
  ];
}

function kernel(host: Host): Finding[] {
  const release = host.read("/proc/sys/kernel/osrelease")?.trim();
  if (release === undefined) return [];
  const [major = 0, minor = 0] = release.split(/[.-]/).map(Number);
  const [leastMajor, leastMinor] = LEAST_KERNEL;
  const isOld = major < leastMajor ||
    (major === leastMajor && minor < leastMinor);
  if (/microsoft/i.test(release) && major < 5) {
    return [{
      id: "kernel",
      standing: "missing",
      text: `kernel ${quote(release)} is WSL 1, which has no namespaces`,
      fix: "In PowerShell: wsl --set-version DISTRIBUTION 2",
    }];
  }
  if (isOld) {
    return [{
      id: "kernel",
      standing: "missing",
      text: `kernel ${quote(release)} is older than ${LEAST_KERNEL.join(".")}`,
      fix: /microsoft/i.test(release)
        ? "In PowerShell: wsl --update"
        : "Boot a newer kernel of your distribution (backports, HWE).",
    }];
  }
  return [{ id: "kernel", standing: "ok", text: `kernel ${release}` }];
}

function procfs(host: Host): Finding[] {
  if (host.read("/proc/self/status") === null) {
    return [{
      id: "proc",
      standing: "missing",
      text: "/proc is not mounted, or hidden",
      fix: "mount -t proc proc /proc",
    }];
  }
  const mounts = host.read("/proc/self/mountinfo") ?? "";
  const points = mounts.split("\n").map((line) => line.split(" ")[4] ?? "");
  const findings: Finding[] = [];
  if (!points.includes("/")) {
    findings.push({
      id: "chroot",
      standing: "missing",
      text: "this process is in a chroot, where the kernel refuses user " +
        "namespaces",
      fix: "Use pivot_root (as containers do) instead of chroot, or run csc " +
        "outside.",
    });
  }
  const masked = points.filter((point) => point.startsWith("/proc/"));
  const first = masked[0];
  findings.push(
    first === undefined
      ? {
        id: "proc",
        standing: "ok",
        text: "/proc is mounted, nothing over it",
      }
      : {
        id: "proc",
        standing: "missing",
        text:
          `a container hides parts of /proc (${quote(first)}); the kernel ` +
          "then refuses a new /proc to a sandbox inside",
        fix: "Docker: docker run --security-opt systempaths=unconfined …\n" +
          "Podman: podman run --security-opt unmask=ALL …\n" +
          "Kubernetes: securityContext.procMount: Unmasked",
      },
  );
  return findings;
}

function userNamespaces(host: Host): Finding[] {
  const most = host.read("/proc/sys/user/max_user_namespaces");
  const id = "user-namespaces";
  if (most === null) {
    return [{
      id,
      standing: "missing",
      text: "the kernel was built without user namespaces",
      fix: "Boot a kernel with CONFIG_USER_NS=y.",
    }];
  }
  if (Number(most) === 0) {
    return [{
      id,
      standing: "missing",
      text: "user namespaces are switched off (user.max_user_namespaces = 0)",
      fix: "sysctl -w user.max_user_namespaces=15000   (as root; keep it in " +
        "/etc/sysctl.d)",
    }];
  }
  const clone = host.read("/proc/sys/kernel/unprivileged_userns_clone");
  if (clone !== null && Number(clone) === 0 && host.uid !== 0) {
    return [{
      id,
      standing: "missing",
      text: "user namespaces are for root only " +
        "(kernel.unprivileged_userns_clone = 0)",
      fix: "sysctl -w kernel.unprivileged_userns_clone=1   (as root; keep it " +
        "in /etc/sysctl.d)",
    }];
  }
  return [{ id, standing: "ok", text: "user namespaces are allowed" }];
}

/** Ubuntu 23.10 and later. */
function appArmor(host: Host): Finding[] {
  const restricted = host.read(
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
  );
  if (restricted === null || Number(restricted) === 0 || host.uid === 0) {
    return [];
  }
  const own = host.read("/proc/self/attr/apparmor/current")?.trim() ??
    host.read("/proc/self/attr/current")?.trim() ?? "unconfined";
  if (own !== "unconfined") {
    return [{
      id: "apparmor",
      standing: "ok",
      text: `AppArmor restricts user namespaces; csc has the profile ${
        quote(own)
      }`,
    }];
  }
  return [{
    id: "apparmor",
    standing: "missing",
    text: "AppArmor lets no unconfined program use user namespaces " +
      "(kernel.apparmor_restrict_unprivileged_userns = 1)",
    fix:
      "csc doctor --print-apparmor-profile | sudo tee /etc/apparmor.d/csc\n" +
      "sudo apparmor_parser --replace /etc/apparmor.d/csc",
  }];
}

/** A filter that is on csc already: a container's. */
function ownFilter(host: Host): Finding[] {
  const status = host.read("/proc/self/status");
  const mode = /^Seccomp:\s*(\d)/m.exec(status ?? "")?.[1];
  if (mode !== "2") return [];
  return [{
    id: "outer-seccomp",
    standing: "note",
    text: "csc itself runs under a seccomp filter, as in a container",
    fix: "If the trial below fails: Docker's default profile refuses " +
      "namespaces and mounts; docker run --security-opt seccomp=unconfined … " +
      "(or a profile that allows clone, unshare, mount_setattr, move_mount, " +
      "open_tree, fsopen and pivot_root).",
  }];
}

function seccomp(host: Host): Finding[] {
  const actions = host.read("/proc/sys/kernel/seccomp/actions_avail");
  const id = "seccomp";
  if (actions !== null && /\bkill_process\b/.test(actions)) {
    return [{ id, standing: "ok", text: "seccomp filters are there" }];
  }
  // Without the file the trial decides; some containers hide it.
  return actions === null ? [] : [{
    id,
    standing: "missing",
    text: "the kernel cannot end a process from a seccomp filter",
    fix: "Boot a kernel with CONFIG_SECCOMP_FILTER=y, 4.14 or newer.",
  }];
}

/** The launcher is executed from a sealed memory file. */
function memoryFiles(host: Host): Finding[] {
  const level = host.read("/proc/sys/vm/memfd_noexec");
  if (level === null || Number(level) < 2) return [];
  return [{
    id: "memfd",
    standing: "missing",
    text: "the kernel lets no memory file be executed (vm.memfd_noexec = 2), " +
      "and the launcher is one",
    fix: "sysctl -w vm.memfd_noexec=1   (as root; keep it in /etc/sysctl.d)",
  }];
}

function devices(host: Host): Finding[] {
  const absent = DEVICES.filter((name) => host.look(`/dev/${name}`) === null);
  const id = "devices";
  if (absent.length === 0) {
    return [{ id, standing: "ok", text: "/dev has what programs need" }];
  }
  return [{
    id,
    standing: "missing",
    text: `missing below /dev: ${absent.join(", ")}`,
    fix: "mount -t devtmpfs devtmpfs /dev   (or bind the host's /dev)",
  }];
}
