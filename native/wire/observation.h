/*
 * What PID 1 has seen of its own sandbox, written to the status pipe when the
 * last wall stands and before anything of the command exists: nothing in it can
 * have come from the command. src/execute/observation.ts reads it.
 *
 * Little-endian; a new layout gets a new magic. This header is followed by the
 * system-call filter that was loaded (struct sock_filter, each 8 bytes) and by
 * the text of /proc/self/mountinfo, and by nothing else.
 */
#ifndef CSC_WIRE_OBSERVATION_H
#define CSC_WIRE_OBSERVATION_H

#include <stdint.h>

#include "plan.h"
#include "status.h"

#define CSC_OBSERVATION_MAGIC 0x31424F43U /* "COB1" */

/* Header, filter and mounts together. */
#define CSC_OBSERVATION_MAX 65536U

/* The text of the mounts ends early, behind a whole line: there are more. */
#define CSC_OBSERVED_MOUNTS_CUT 1U

/* Which namespace an inode number belongs to. */
enum csc_observed_namespace {
	CSC_NS_USER = 0,
	CSC_NS_MNT = 1,
	CSC_NS_PID = 2,
	CSC_NS_NET = 3,
	CSC_NS_IPC = 4,
	CSC_NS_UTS = 5,
	CSC_NS_CGROUP = 6,
	CSC_NS_COUNT = 7,
};

/* Which set of capabilities a mask belongs to. */
enum csc_observed_capabilities {
	CSC_CAP_INHERITABLE = 0,
	CSC_CAP_PERMITTED = 1,
	CSC_CAP_EFFECTIVE = 2,
	CSC_CAP_BOUNDING = 3,
	CSC_CAP_AMBIENT = 4,
	CSC_CAP_COUNT = 5,
};

struct csc_observed_limit {
	uint32_t resource; /* RLIMIT_* */
	uint32_t zero;
	uint64_t value; /* soft and hard alike; all bits set for none */
};

/* A program as it is found inside, right before it is started. */
struct csc_observed_file {
	uint64_t device;
	uint64_t inode;
	uint64_t size;
	int64_t mtime_ns;
	int64_t ctime_ns;
	uint32_t mode;
	int32_t err; /* errno where it cannot be seen; then all others are 0 */
};

#define CSC_MAX_FILES (CSC_MAX_SEGMENTS + CSC_MAX_INTERPRETERS)

#define CSC_OBSERVED_NAME 64
#define CSC_OBSERVED_MAP 128

struct csc_observation {
	uint32_t magic;
	uint32_t length; /* of all, in bytes */
	uint32_t filter_len;
	uint32_t mounts_len;
	uint32_t flags;  /* CSC_OBSERVED_* */
	uint32_t seccomp_mode;
	uint32_t no_new_privs;
	uint32_t uid; /* inside */
	uint32_t gid;
	uint32_t nlimits;
	uint32_t nfiles; /* one for each segment, then one for each interpreter that is pinned */
	uint32_t nstages;
	uint8_t stages[CSC_MAX_STAGES]; /* in the order applied */
	uint64_t namespaces[CSC_NS_COUNT]; /* inode numbers */
	uint64_t capabilities[CSC_CAP_COUNT];
	struct csc_observed_limit limits[CSC_MAX_LIMITS];
	struct csc_observed_file files[CSC_MAX_FILES];
	char release[CSC_OBSERVED_NAME]; /* NUL-terminated, as are those below */
	char machine[CSC_OBSERVED_NAME];
	char uid_map[CSC_OBSERVED_MAP]; /* /proc/self/uid_map, whole lines */
	char gid_map[CSC_OBSERVED_MAP];
};

_Static_assert(sizeof(struct csc_observation) == 80 + 12 * 8 + 16 * CSC_MAX_LIMITS + 48 * CSC_MAX_FILES + 384,
    "observation layout is wire format");

#endif
