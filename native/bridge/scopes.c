/*
 * Opens declared scopes for a command of another user than csc's.
 *
 * Only who may mount on the host may show files under another owner, so this
 * is done here and not in the launcher, which gets the mounts as descriptors.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/fault.h"
#include "../base/fd.h"
#include "../base/sys.h"
#include "bridge.h"
#include "identity.h"

/* A user namespace that stands for one exchange of owners. */
struct exchange {
	uint32_t uid; /* owner on disk */
	uint32_t gid;
	int fd; /* -1: none made yet */
};

static int
end_at_once(void *argument)
{
	(void)argument;
	return 0;
}

/*
 * A user namespace in which nobody lives: a child that has ended still has one
 * until it is reaped, and that is enough for writing its maps and opening it.
 * It belongs to root, and nobody enters it.
 */
static int
make_exchange(const struct csc_plan *plan, uint32_t uid, uint32_t gid)
{
	char uids[CSC_MAP_SIZE], gids[CSC_MAP_SIZE], path[48];
	size_t uids_len = csc_map_swap(uids, uid, plan->uid);
	size_t gids_len = csc_map_swap(gids, gid, plan->gid);
	int fd = -1;
	/* No signal at its end: csc has asked for none. */
	pid_t pid = csc_clone(end_at_once, NULL, CLONE_NEWUSER, NULL);

	if (pid < 0)
		return -1;
	(void)snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	CSC_FAULT(CSC_FAULT_EXCHANGE);
	if (csc_write_maps(pid, uids, uids_len, gids, gids_len) == 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	int saved = errno;
	while (waitpid(pid, NULL, __WALL) < 0 && errno == EINTR)
		;
	errno = saved;
	return fd;
}

static unsigned int
attributes_of(uint32_t flags)
{
	unsigned int set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;

	if (flags & CSC_BIND_RDONLY)
		set |= MOUNT_ATTR_RDONLY;
	if (flags & CSC_BIND_NOEXEC)
		set |= MOUNT_ATTR_NOEXEC;
	return set;
}

/* The source, which must be what it was when the run was planned. */
static int
open_source(const struct csc_tree_op *op, struct csc_err *err)
{
	cleanup_fd source = csc_openat2(AT_FDCWD, op->source, O_PATH, 0, 0);
	int directory = (op->flags & CSC_BIND_DIR) != 0;
	struct stat st;

	if (source < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "open \"%s\"", op->source);
	if (fstat(source, &st) < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "stat \"%s\"", op->source);
	if (S_ISDIR(st.st_mode) != directory)
		return csc_fail(err, CSC_STAGE_MOUNTS, directory ? ENOTDIR : EISDIR,
		    "\"%s\" changed its kind since planning", op->source);
	if (st.st_uid != op->uid || st.st_gid != op->gid)
		return csc_fail(err, CSC_STAGE_MOUNTS, 0, "\"%s\" changed its owner since planning", op->source);
	return csc_steal_fd(&source);
}

/*
 * A copy of the source's mount and of all below it. What is hidden below a
 * mount stays hidden; one that refuses refuses the whole.
 */
static int
open_scope(const struct csc_plan *plan, const struct csc_tree_op *op, struct exchange *exchange, struct csc_err *err)
{
	struct mount_attr attr = { .attr_set = attributes_of(op->flags), .propagation = MS_PRIVATE };
	unsigned int flags = AT_EMPTY_PATH | AT_RECURSIVE;
	cleanup_fd source = open_source(op, err);

	if (source < 0)
		return -1;
	cleanup_fd tree = open_tree(source, "", flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0)
		return csc_fail(err, CSC_STAGE_IDMAP, errno, "copy the mount of \"%s\"", op->source);
	if (op->uid != plan->uid || op->gid != plan->gid) {
		if (exchange->fd < 0 || exchange->uid != op->uid || exchange->gid != op->gid) {
			csc_close_scoped(&exchange->fd);
			*exchange = (struct exchange){ op->uid, op->gid, make_exchange(plan, op->uid, op->gid) };
		}
		if (exchange->fd < 0)
			return csc_fail(err, CSC_STAGE_IDMAP, errno, "exchange user %u for %u", op->uid, plan->uid);
		attr.attr_set |= MOUNT_ATTR_IDMAP;
		attr.userns_fd = (__u64)(unsigned int)exchange->fd;
	}
	if (mount_setattr(tree, "", flags, &attr, sizeof(attr)) < 0)
		return csc_fail(err, CSC_STAGE_IDMAP, errno, "show \"%s\" of user %u as user %u's", op->source, op->uid,
		    plan->uid);
	return csc_steal_fd(&tree);
}

/* Opens the source of `op` and keeps its descriptor. */
static int
hold_scope(const struct csc_plan *plan, const struct csc_tree_op *op, struct exchange *exchange, int least,
    struct csc_scopes *scopes, struct csc_err *err)
{
	cleanup_fd tree = open_scope(plan, op, exchange, err);

	if (tree < 0)
		return -1;
	int fd = fcntl(tree, F_DUPFD_CLOEXEC, least);
	if (fd < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "hold \"%s\"", op->source);
	scopes->fds[scopes->count++] = fd;
	return 0;
}

int
csc_scopes_open(const struct csc_plan *plan, int least, struct csc_scopes *scopes, struct csc_err *err)
{
	struct csc_tree_cursor cursor = csc_plan_tree(plan);
	struct exchange exchange = { .fd = -1 };
	struct csc_tree_op op;
	int done = 0;

	scopes->count = 0;
	if (plan->nowned > CSC_MAX_SCOPES)
		return csc_fail(err, CSC_STAGE_MOUNTS, 0, "more than %d scopes of one command", CSC_MAX_SCOPES);
	while (done == 0 && csc_plan_next(&cursor, &op)) {
		bool overlay = op.type == CSC_RECORD_OVERLAY && plan->identity == CSC_IDENTITY_SWITCHED;

		if (op.type == CSC_RECORD_BIND_OWNED || overlay)
			done = hold_scope(plan, &op, &exchange, least, scopes, err);
		/* Its layers are shown as its source is, so that they belong to the same. */
		op.source = op.layers;
		if (overlay && done == 0)
			done = hold_scope(plan, &op, &exchange, least, scopes, err);
	}
	csc_close_scoped(&exchange.fd);
	return done;
}

void
csc_scopes_close(struct csc_scopes *scopes)
{
	while (scopes->count > 0)
		csc_close_scoped(&scopes->fds[--scopes->count]);
}
