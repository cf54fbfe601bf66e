/**
 * The texts of `csc help`.
 *
 * @module
 */

/** What `csc help` prints. */
export const OVERVIEW = `\
csc: run what a contract asks for, if a policy allows it, and sign what happened

  csc check CONTRACT POLICY             decide, run nothing
  csc run CONTRACT POLICY               decide, run, write a receipt
  csc verify-receipt RECEIPT            check a receipt's signature
  csc keygen                            make a key pair for receipts
  csc sign-file FILE                    sign any file, detached
  csc verify-file FILE SIGNATURE        check such a signature
  csc doctor                            can this host run hardened commands?
  csc version                           tell what this csc is made of
  csc help [TOPIC]                      tell more

Topics: every verb above, config, exit-codes.
`;

const CHECK = `\
csc check CONTRACT POLICY [--json]

Decides whether the policy (YAML or JSON) allows the contract (JSON), and says
why. Nothing runs, nothing is written. "-" reads one of the two from standard
input.

  --json    print the PolicyDecision as one JSON document
`;

const RUN = `\
csc run CONTRACT POLICY [FLAGS]

Decides; if allowed, runs the contract's commands one after another until one
fails; writes a receipt and, beside it, an evidence document. A contract that is
denied or blocked gets a receipt as well.

  --mode local|hardened  local (the default) checks before launch and confines
                         nothing; hardened runs in a kernel sandbox (Linux) and
                         needs a signing key
  --receipt-out FILE     where the receipt goes; ./out/receipt.json if not given.
                         Evidence goes to FILE.evidence.json. Name a place
                         outside every write scope. It replaces an older
                         receipt, and nothing else
  --approval FILE        an approval of this very contract
  --sign                 sign in local mode too
  --signing-key FILE     private key: PKCS#8 PEM, 32-byte seed or 64-byte pair
  --key-id ID            the name under which verifiers know the key
  --state-dir DIR        where runs are recorded and used approvals remembered
  --no-log               run without a record; the evidence says so
  --config FILE          read this configuration and no other
  --json                 print the receipt alone on standard output; the
                         commands' output goes to standard error
  --quiet                no status line and no notice about local mode

SIGINT, SIGTERM or SIGHUP to csc ends the command and gives a receipt. Look at
the exit code first: an error before judging leaves an older receipt in place.
`;

const VERIFY = `\
csc verify-receipt RECEIPT --public-key FILE --key-id ID [--evidence FILE] [--json]

Checks that the receipt was signed by the key, which must come from somewhere
else than the receipt.

  --public-key FILE  SPKI PEM or 32 raw bytes
  --key-id ID        the id that the receipt must name
  --evidence FILE    check too that this is the evidence the receipt was signed
                     with
  --json             print {valid, code, message, key_id}
`;

const KEYGEN = `\
csc keygen [--out DIR] [--key-id ID] [--raw] [--json]

Makes an Ed25519 key pair: DIR/ID.key (PKCS#8 PEM, readable by its owner only)
and DIR/ID.pub (SPKI PEM). Existing files are never overwritten.

  --out DIR    directory of the files; the current one if not given
  --key-id ID  name of the key; made from its public half if not given
  --raw        write ID.seed (32 bytes) and ID.pub.raw (32 bytes) as well
  --json       print the id and the files as JSON
`;

const SIGN_FILE = `\
csc sign-file FILE --signing-key FILE --key-id ID

Prints a detached signature of a file: a DSSE envelope (JSON) whose statement
holds the file's name, size and sha256. "-" reads standard input. Use another
key than for receipts.

  --signing-key FILE  private key: PKCS#8 PEM, 32-byte seed or 64-byte pair
  --key-id ID         the name under which verifiers know the key
`;

const VERIFY_FILE = `\
csc verify-file FILE SIGNATURE --public-key FILE --key-id ID [--json]

Checks that the file has the size and digest that the key signed.

  --public-key FILE  SPKI PEM or 32 raw bytes; from somewhere else than the file
  --key-id ID        the id that the signature must name
  --json             print {valid, code, message, key_id}
`;

const DOCTOR = `\
csc doctor [--json] [--config FILE] [--print-apparmor-profile]

Looks at everything that a hardened run needs (kernel, namespaces, seccomp,
cgroups, configuration, key, state directory), builds one sandbox as a trial, and
says for each thing that is missing what exactly to do. Changes nothing. Exit
code 0: hardened runs work here.

  --json                    print {works, findings} as JSON
  --config FILE             look at this configuration
  --print-apparmor-profile  print the AppArmor profile that lets csc use user
                            namespaces on Ubuntu 23.10 and newer
`;

const VERSION = `\
csc version [--json]

Prints version, flavour, Deno version and commit; with --json also the digests
of the native parts.
`;

const HELP = `\
csc help [TOPIC]

Prints this manual's overview or one topic.
`;

const CONFIG = `\
Configuration

/etc/csc/config.yaml, then $XDG_CONFIG_HOME/csc/config.yaml or
~/.config/csc/config.yaml; with --config, that file in place of both. Never one
from the working directory. A file must belong to root or to the caller, the
first one to root, and nobody else may write it. Flags win over files. Unknown
keys are refused. A LIST REPLACES THE DEFAULT LIST: to add to it, copy all of
it. What stands here is the default, except for signing, which has none. For
others than root, state_dir is $XDG_STATE_HOME/csc or ~/.local/state/csc.

The first file may also have "policies", a list of SHA-256 or a mapping of names
to them (csc check prints them): no other policy is accepted. And "locked", a
list of mode, state_dir, log, signing, sandbox, config: nothing else than this
file decides what is locked. With config, no other file is read.

  mode: local              # of csc run, where no flag says it; or hardened
  state_dir: /var/lib/csc  # where runs are recorded
  log: required            # or "off", for hosts without a state directory
  signing:
    key: /etc/csc/ci.key   # private key that signs receipts
    key_id: ci
  sandbox:                 # hardened mode
    # where programs are looked up; the caller's PATH plays no part
    path: [/usr/local/sbin, /usr/local/bin, /usr/sbin, /usr/bin, /sbin, /bin]
    # visible, read-only
    system_dirs: [/usr, /bin, /sbin, /lib, /lib32, /lib64, /libx32]
    # visible, read-only; csc makes an /etc/hosts that knows localhost
    etc: [/etc/ld.so.cache, /etc/passwd, /etc/group, /etc/nsswitch.conf,
      /etc/localtime, /etc/alternatives, /etc/ssl/certs, /etc/ssl/openssl.cnf,
      /etc/ca-certificates, /etc/pki/tls/certs, /etc/pki/ca-trust/extracted,
      /etc/java-11-openjdk, /etc/java-17-openjdk, /etc/java-21-openjdk,
      /etc/java-25-openjdk]
    tmp_mb: 64             # size of /tmp, /var/tmp and /dev/shm, each
    memory_mb: 1024        # memory of all processes together
    processes: 100         # processes and threads
    cpu_sec: 300           # processor time of one process
    file_mb: 100           # largest file
    open_files: 1024       # open files of one process
    unix_sockets: false    # true: commands reach what listens in their scopes
`;

const EXIT_CODES = `\
Exit codes

  0   allowed, succeeded, valid
  1   denied, failed, blocked, invalid, and every other error
  2   the policy asks for an approval, and none was given
  64  the command line cannot be understood

A command's own exit code is in the receipt: 124 for a deadline, 126 for what
cannot be executed or leaves its paths, 127 for what is not found, 128+N for
signal N, also where the signal came to csc.
`;

/** Texts by topic. */
export const TOPICS: Readonly<Record<string, string>> = {
  check: CHECK,
  run: RUN,
  "verify-receipt": VERIFY,
  keygen: KEYGEN,
  "sign-file": SIGN_FILE,
  "verify-file": VERIFY_FILE,
  doctor: DOCTOR,
  version: VERSION,
  help: HELP,
  config: CONFIG,
  "exit-codes": EXIT_CODES,
};
