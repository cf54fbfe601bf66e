/*
 * What is mounted on itself: a place that is to stay what it is, and where it
 * is, while the command runs.
 *
 * A mount point can be neither renamed nor removed from inside (EBUSY), and its
 * mount has attributes of its own: a protected path in a write scope becomes
 * read-only, an executable there can be executed although its scope is noexec.
 *
 * Trusts: nothing but the plan. The places are looked for in the new tree,
 * below what shows them, so that no scope's owner or mask is gone around.
 */
#include "held.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"

/* A copy of what lies at `place`, with all that is mounted below it, changed as `attr` says. */
static int
copy_of(int place, struct mount_attr attr)
{
	unsigned int flags = AT_EMPTY_PATH | AT_RECURSIVE;
	cleanup_fd tree = open_tree(place, "", flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0)
		return -errno;
	if ((attr.attr_set | attr.attr_clr) != 0 && mount_setattr(tree, "", flags, &attr, sizeof(attr)) < 0)
		return -errno;
	return csc_steal_fd(&tree);
}

static int
attach(int tree, int place)
{
	unsigned int flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;

	return move_mount(tree, "", place, "", flags) < 0 ? -errno : 0;
}

int
csc_hold(const struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	struct mount_attr attr = { .attr_set = op->flags & CSC_BIND_RDONLY ? MOUNT_ATTR_RDONLY : 0 };
	int directory = (op->flags & CSC_BIND_DIR) != 0;
	cleanup_fd place = csc_open_inside(launch, op->path);
	struct stat st;

	if (place < 0 || fstat(place, &st) < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, place < 0 ? -place : errno, "hold \"%s\"", op->path);
	if (S_ISDIR(st.st_mode) != directory)
		return csc_fail(err, CSC_STAGE_MOUNTS, directory ? ENOTDIR : EISDIR,
		    "\"%s\" changed its kind since planning", op->path);
	cleanup_fd tree = copy_of(place, attr);
	int done = tree < 0 ? tree : attach(tree, place);
	if (done < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -done, "hold \"%s\"", op->path);
	return 0;
}

void
csc_pins_none(struct csc_launch *launch)
{
	for (size_t i = 0; i < CSC_MAX_SEGMENTS; i++)
		launch->pins[i] = (struct csc_pinned){ .fd = -1 };
}

/* What the segments of a pin are to know: its descriptor, or why it has none. */
static int
note(struct csc_launch *launch, const struct csc_tree_op *op, int tree, int refused)
{
	for (size_t i = 0; i < CSC_MAX_SEGMENTS; i++) {
		if ((op->segments & 1U << i) == 0)
			continue;
		if (refused != 0)
			launch->pins[i].refused = refused;
		else if (op->flags & CSC_PIN_DESCRIPTOR)
			launch->pins[i].fd = fcntl(tree, F_DUPFD_CLOEXEC, 3);
		if (refused == 0 && (op->flags & CSC_PIN_DESCRIPTOR) && launch->pins[i].fd < 0)
			return -errno;
	}
	return 0;
}

int
csc_pin(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	cleanup_fd place = csc_open_inside(launch, op->path);
	struct stat st;

	/*
	 * Where this process may not look, the command may not either: execve would
	 * say the same. Never asked: by then something else might lie there.
	 */
	if (place == -ENOENT || place == -EACCES)
		return note(launch, op, -1, -place);
	if (place < 0 || fstat(place, &st) < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, place < 0 ? -place : errno, "open \"%s\"", op->path);
	if (st.st_dev != op->device || st.st_ino != op->inode)
		return csc_fail(err, CSC_STAGE_MOUNTS, 0, "\"%s\" is another file than when the run was planned", op->path);
	if (op->flags & CSC_PIN_EXEC)
		attr.attr_clr = MOUNT_ATTR_NOEXEC;
	cleanup_fd tree = copy_of(place, attr);
	int done = tree < 0 ? tree : attach(tree, place);
	if (done == 0)
		done = note(launch, op, tree, 0);
	if (done < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -done, "pin \"%s\"", op->path);
	return 0;
}
