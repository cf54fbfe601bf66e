/*
 * Users inside and outside: what the id maps of a sandbox say, and mounts that
 * show files under another owner, so that a command that root has started
 * needs no right of root's.
 */
#ifndef CSC_BRIDGE_IDENTITY_H
#define CSC_BRIDGE_IDENTITY_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../base/err.h"
#include "../wire/plan.h"

/* Room for any map made here: five extents of three numbers. */
#define CSC_MAP_SIZE 192

/* More scopes than any contract needs, fewer than there are descriptors. */
#define CSC_MAX_SCOPES 256

/* "INSIDE OUTSIDE 1\n": one id exists inside. No library calls. */
size_t csc_map_one(char *text, uint32_t inside, uint32_t outside);
/* Every id stays itself, but `a` and `b` change places. No library calls. */
size_t csc_map_swap(char *text, uint32_t a, uint32_t b);

/* Writes both maps of the user namespace of a child that csc has not reaped. */
int csc_write_maps(pid_t pid, const char *uid_map, size_t uid_len, const char *gid_map, size_t gid_len);

/* Mounts that nobody has attached yet, in the order of the plan. */
struct csc_scopes {
	size_t count;
	int fds[CSC_MAX_SCOPES];
};

/*
 * Opens the source of each BIND_OWNED operation, source and layers of each OVERLAY, with descriptors from `least`
 * upwards. Whatever it returns, csc_scopes_close has to follow.
 */
int csc_scopes_open(const struct csc_plan *plan, int least, struct csc_scopes *scopes, struct csc_err *err);
void csc_scopes_close(struct csc_scopes *scopes);

#endif
