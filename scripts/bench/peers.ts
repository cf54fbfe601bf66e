/**
 * The tools that csc is compared with, installed from Debian where missing.
 *
 * @module
 */

/** Which peers there are; one that is missing is left out and said so. */
export interface Peers {
  readonly bwrap: boolean;
  readonly firejail: boolean;
}

function works(program: string, ...args: string[]): boolean {
  try {
    return new Deno.Command(program, { args, stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

/** Installs what is missing (as root, with apt-get) and says what stays so. */
export function installPeers(): Peers {
  const missing = [
    ["bubblewrap", "bwrap"],
    ["firejail", "firejail"],
    ["util-linux", "setpriv"],
  ].filter(([, program = ""]) => !works(program, "--version"))
    .map(([debianPackage = ""]) => debianPackage);
  if (missing.length > 0 && Deno.uid() === 0) {
    works("apt-get", "update", "-qq");
    works("apt-get", "install", "-y", "-qq", ...missing);
  }
  const peers = {
    bwrap: works("bwrap", "--version") && works("setpriv", "--version"),
    firejail: works("firejail", "--version"),
  };
  for (const [name, there] of Object.entries(peers)) {
    if (!there) console.error(`SKIPPED ${name}: it is not installed`);
  }
  return peers;
}
