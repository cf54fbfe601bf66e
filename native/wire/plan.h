/*
 * The plan on the wire: what one sandbox is made of, as src/plan/wire.ts
 * writes it. Little-endian. A header, then records:
 *
 *   header  char magic[8] "CSCPLAN1", u32 total bytes, u32 number of records
 *   record  u16 type, u16 zero, u32 payload bytes, payload
 *
 * A string in a payload ends in its NUL. Integers come first in a payload, in
 * the order that the comments below name. Every length is checked, unknown
 * types and trailing bytes are refused: the launcher runs a plan that it
 * understands whole, or nothing.
 */
#ifndef CSC_WIRE_PLAN_H
#define CSC_WIRE_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "../base/err.h"

#define CSC_PLAN_MAGIC "CSCPLAN1"

enum csc_record {
	CSC_RECORD_ROOT = 1,     /* u64 bytes, u64 inodes: the skeleton tmpfs */
	CSC_RECORD_DIR = 2,      /* u32 mode, path: a directory of the skeleton */
	CSC_RECORD_SYMLINK = 3,  /* path, target: a link of the skeleton */
	CSC_RECORD_BIND = 4,     /* u32 CSC_BIND_*, source, destination */
	CSC_RECORD_TMPFS = 5,    /* u32 mode, u32 CSC_BIND_NOEXEC or 0, u64 bytes, u64 inodes (neither 0), path */
	CSC_RECORD_PROC = 6,     /* path: a new procfs, read-only: its modes are the whole machine's */
	CSC_RECORD_MASK = 8,     /* path: shown empty, when it exists */
	CSC_RECORD_LIMIT = 9,    /* u32 RLIMIT_*, u32 zero, u64 value: soft and hard */
	CSC_RECORD_HOSTNAME = 10, /* name */
	CSC_RECORD_CWD = 11,     /* path inside */
	CSC_RECORD_ENV = 12,     /* NAME=VALUE */
	CSC_RECORD_SEGMENT = 13, /* path of the executable inside; starts a segment */
	CSC_RECORD_ARG = 14,     /* one argument of the segment begun last (may be empty) */
	CSC_RECORD_SETTINGS = 16, /* u32 CSC_PLAN_*, u32 seconds until PID 1 ends by itself */
	CSC_RECORD_FILE = 15,    /* u32 mode, path, text: a file of the skeleton */
	CSC_RECORD_BIND_OWNED = 17, /* u32 CSC_BIND_*, u32 uid, u32 gid: owner on disk, source, destination */
	CSC_RECORD_RUN_AS = 18,  /* u32 uid, u32 gid of the command, u32 enum csc_identity */
	CSC_RECORD_LANDLOCK = 19, /* u64 handled file rights (0: no Landlock), u64 scopes, u32 flags, u32 zero */
	CSC_RECORD_LANDLOCK_RULE = 20, /* u64 file rights, path inside */
	CSC_RECORD_PIN = 24,     /* u32 CSC_PIN_*, u32 segments (bit N: of segment N), u64 device, u64 inode, path: an executable */
	CSC_RECORD_ALLOW = 26,   /* u64 device, u64 inode, path: can be executed where CSC_PLAN_STRICT_EXEC says so */
	CSC_RECORD_HOLD = 25,    /* u32 CSC_BIND_RDONLY, CSC_BIND_DIR, path: mounted on itself */
	/*
	 * u32 CSC_BIND_DIR and others, u32 uid, u32 gid: owner on disk, u32 number of
	 * the work directory, source, destination, layers: a directory that holds
	 * "upper" and "work<number>". What is written at the destination goes there.
	 */
	CSC_RECORD_OVERLAY = 30,
};

#define CSC_BIND_RDONLY 1U
#define CSC_BIND_NOEXEC 2U
#define CSC_BIND_DEVICES 4U
#define CSC_BIND_DIR 8U /* the source must be a directory; else it must not be one */
/* What is shown at a pin's path is that very inode, read-only. */
#define CSC_PIN_DESCRIPTOR 1U  /* its segments are started by descriptor, not by path */
#define CSC_PIN_EXEC 2U        /* what shows it is noexec by this plan; the pin is not */
#define CSC_PIN_INTERPRETER 4U /* observed behind the segments' files, in plan order */
#define CSC_PIN_ALL (CSC_PIN_DESCRIPTOR | CSC_PIN_EXEC | CSC_PIN_INTERPRETER)

#define CSC_BIND_ALL (CSC_BIND_RDONLY | CSC_BIND_NOEXEC | CSC_BIND_DEVICES | CSC_BIND_DIR)

/* How the command comes to its uid and gid. */
enum csc_identity {
	CSC_IDENTITY_CALLER = 1,   /* they stand for those of csc's caller, mostly by the same numbers */
	CSC_IDENTITY_SWITCHED = 2, /* csc was started by root: the launcher changes to them, neither is 0 */
};

/* Said on the liveness pipe before the start to a launcher that changes its user. */
#define CSC_WORD_MAPPED 'm'

#define CSC_PLAN_LOCAL_SOCKETS 1U /* socket(AF_UNIX) is allowed */
#define CSC_PLAN_STRICT_EXEC 16U  /* nothing is executed but what ALLOW records name */
#define CSC_PLAN_ALL (CSC_PLAN_LOCAL_SOCKETS | CSC_PLAN_STRICT_EXEC)

#define CSC_MAX_SEGMENTS 10
#define CSC_MAX_INTERPRETERS 22
#define CSC_MAX_ARGS 200
#define CSC_MAX_ENV 1024
#define CSC_MAX_LIMITS 16

struct csc_segment {
	const char *file;
	size_t argc;
	const char *argv[CSC_MAX_ARGS + 1];
};

struct csc_limit {
	uint32_t resource;
	uint64_t value;
};

/* What Landlock is told, in the kernel's own numbers; its rules stay in the records. */
struct csc_landlock {
	uint64_t handled; /* LANDLOCK_ACCESS_FS_*: refused but where a rule allows it */
	uint64_t scoped;  /* LANDLOCK_SCOPE_* */
	uint32_t flags;   /* LANDLOCK_RESTRICT_SELF_* */
	size_t nrules;
};

struct csc_landlock_rule {
	uint64_t rights;
	const char *path;
};

/* The decoded plan; every pointer points into the decoded bytes. */
struct csc_plan {
	const uint8_t *records;
	size_t records_len;
	uint64_t root_bytes;
	uint64_t root_inodes;
	uint32_t flags;
	uint32_t last_seconds;
	uint32_t identity; /* enum csc_identity */
	uint32_t uid;      /* of the command inside, and outside unless they are the caller's */
	uint32_t gid;
	size_t nlandlock;  /* records that say what Landlock handles */
	struct csc_landlock landlock;
	size_t nowned; /* mounts under another owner that the bridge has to open: one a source */
	size_t noverlays;
	size_t ninterpreters; /* pins that are CSC_PIN_INTERPRETER */
	const char *hostname;
	const char *cwd;
	size_t nlimits;
	struct csc_limit limits[CSC_MAX_LIMITS];
	size_t nenv;
	const char *env[CSC_MAX_ENV + 1];
	size_t nsegments;
	struct csc_segment segments[CSC_MAX_SEGMENTS];
};

/* One operation on the file tree, in plan order. */
struct csc_tree_op {
	enum csc_record type;
	uint32_t flags;
	uint32_t mode;
	uint32_t uid; /* BIND_OWNED, OVERLAY: who owns the source on disk */
	uint32_t gid;
	uint32_t work; /* OVERLAY: number of its work directory */
	uint64_t bytes;
	uint64_t inodes;
	uint32_t segments; /* PIN */
	uint64_t device;
	uint64_t inode;
	const char *path;   /* destination inside */
	const char *source; /* BIND, BIND_OWNED, OVERLAY: on the host; SYMLINK: the target; FILE: its text */
	const char *layers; /* OVERLAY: on the host */
};

struct csc_tree_cursor {
	const uint8_t *at;
	const uint8_t *end;
};

/* Checks all of `bytes` and fills `plan`. Fails with CSC_STAGE_PLAN. */
int csc_plan_decode(const uint8_t *bytes, size_t len, struct csc_plan *plan, struct csc_err *err);

/* Walks the tree operations of a decoded plan: 1 and an operation, or 0 at the end. */
struct csc_tree_cursor csc_plan_tree(const struct csc_plan *plan);
int csc_plan_next(struct csc_tree_cursor *cursor, struct csc_tree_op *op);

/* The same for the rules of Landlock. */
int csc_plan_next_rule(struct csc_tree_cursor *cursor, struct csc_landlock_rule *rule);

#endif
