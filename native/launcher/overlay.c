/*
 * Staged scopes: a directory of the host below, unchanged, and what the command
 * writes in a layer of csc's own above it.
 *
 * The kernel takes both layers by name, from the mounts of this namespace. So
 * they are attached for a moment to the root that is being built, by relative
 * names, and taken off again once the overlay has copies of its own: nothing
 * of them has a name in the finished sandbox, nor does the host's tree in what
 * /proc/self/mountinfo says there.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"
#include "launcher.h"

#define LOWER ".csc-lower"
#define LAYERS ".csc-layers"

/* A copy of the mount of `path`, which must be a directory still. */
static int
open_layer(const char *path, struct csc_err *err)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV };
	unsigned int flags = AT_EMPTY_PATH | AT_RECURSIVE;
	cleanup_fd source = csc_openat2(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0, 0);

	if (source < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "open \"%s\"", path);
	cleanup_fd tree = open_tree(source, "", flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (tree < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "copy the mount of \"%s\"", path);
	if (mount_setattr(tree, "", flags, &attr, sizeof(attr)) < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "mount \"%s\" without set-id bits and devices", path);
	return csc_steal_fd(&tree);
}

/* Attaches a layer to a new directory of the root. */
static int
lay(const struct csc_launch *launch, int tree, const char *name, struct csc_err *err)
{
	if (mkdirat(launch->root_fd, name, 0700) < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "make \"%s\"", name);
	if (move_mount(tree, "", launch->root_fd, name, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "attach a layer");
	return 0;
}

/* Takes it off again; the overlay keeps what it has. */
static int
lift(const struct csc_launch *launch, const char *name, struct csc_err *err)
{
	if (umount2(name, MNT_DETACH | UMOUNT_NOFOLLOW) < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "detach a layer");
	if (syscall(SYS_unlinkat, (long)launch->root_fd, name, (long)AT_REMOVEDIR) < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "remove \"%s\"", name);
	return 0;
}

/*
 * The overlay of the two layers. `userxattr`: what it notes of its own it notes
 * in attributes that need no right on the host. `volatile`: nobody mounts the
 * layers a second time, and what a power cut loses of them shows in its digest.
 */
static int
merge(const struct csc_tree_op *op, struct csc_err *err)
{
	char work[sizeof(LAYERS) + 24];
	unsigned int attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	cleanup_fd fs = fsopen("overlay", FSOPEN_CLOEXEC);

	(void)snprintf(work, sizeof(work), LAYERS "/work%u", op->work);
	if (fs < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "have the kernel's overlayfs");
	if (fsconfig(fs, FSCONFIG_SET_FLAG, "userxattr", NULL, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_FLAG, "volatile", NULL, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "lowerdir", LOWER, 0) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "upperdir", LAYERS "/upper", 0) < 0 ||
	    fsconfig(fs, FSCONFIG_SET_STRING, "workdir", work, 0) < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "set up an overlay over \"%s\"", op->source);
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "make an overlay over \"%s\" with its layers in \"%s\"",
		    op->source, op->layers);
	if (op->flags & CSC_BIND_RDONLY)
		attributes |= MOUNT_ATTR_RDONLY;
	if (op->flags & CSC_BIND_NOEXEC)
		attributes |= MOUNT_ATTR_NOEXEC;
	int mount_fd = fsmount(fs, FSMOUNT_CLOEXEC, attributes);
	if (mount_fd < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "mount an overlay over \"%s\"", op->source);
	return mount_fd;
}

int
csc_overlay(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	/* Under another owner only the bridge can open them. */
	int given = launch->plan.identity == CSC_IDENTITY_SWITCHED;
	cleanup_fd lower = given ? CSC_FD_SCOPES + launch->nscopes++ : open_layer(op->source, err);
	cleanup_fd layers = given ? CSC_FD_SCOPES + launch->nscopes++ : lower < 0 ? -1 : open_layer(op->layers, err);

	if (lower < 0 || layers < 0)
		return -1;
	if (lay(launch, lower, LOWER, err) < 0 || lay(launch, layers, LAYERS, err) < 0)
		return -1;
	/* The names of the layers are seen from here. */
	if (fchdir(launch->root_fd) < 0)
		return csc_fail(err, CSC_STAGE_OVERLAY, errno, "enter the new root");
	cleanup_fd merged = merge(op, err);
	if (merged < 0 || lift(launch, LAYERS, err) < 0 || lift(launch, LOWER, err) < 0)
		return -1;
	return csc_steal_fd(&merged);
}
