/*
 * The file tree: carries out the plan's tree operations in order, below a
 * fresh tmpfs, with the mount calls that work on descriptors.
 *
 * Trusts: nothing but the plan. Sources were resolved when planning, so a link
 * met now means that the host changed since, and the run must stop.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"
#include "held.h"
#include "launcher.h"

/* Every mount of the sandbox ignores set-user-id bits. */
#define ALWAYS MOUNT_ATTR_NOSUID

/* A new file system of our own, not yet attached anywhere. */
static int
detached(const char *type, const char *const options[][2], unsigned int attributes)
{
	cleanup_fd fs = fsopen(type, FSOPEN_CLOEXEC);

	if (fs < 0)
		return -errno;
	for (size_t i = 0; options && options[i][0]; i++) {
		if (fsconfig(fs, FSCONFIG_SET_STRING, options[i][0], options[i][1], 0) < 0)
			return -errno;
	}
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	int mount_fd = fsmount(fs, FSMOUNT_CLOEXEC, attributes);
	return mount_fd < 0 ? -errno : mount_fd;
}

static int
tmpfs(uint64_t bytes, uint64_t inodes, uint32_t mode, unsigned int attributes)
{
	char size[24], count[24], bits[16];
	const char *const options[][2] = {
		{ "size", size }, { "nr_inodes", count }, { "mode", bits }, { NULL, NULL },
	};

	(void)snprintf(size, sizeof(size), "%llu", (unsigned long long)bytes);
	(void)snprintf(count, sizeof(count), "%llu", (unsigned long long)inodes);
	(void)snprintf(bits, sizeof(bits), "%o", mode);
	return detached("tmpfs", options, attributes);
}

/* Attaches `mount_fd` to what `target_fd` is open on. */
static int
attach(int mount_fd, int target_fd)
{
	unsigned int flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH;

	return move_mount(mount_fd, "", target_fd, "", flags) < 0 ? -errno : 0;
}

/* Attaches `mount_fd` to what is at `path`; `missing` is what to say where that is nothing. */
static int
attach_to(struct csc_launch *launch, int mount_fd, const char *path, int missing, struct csc_err *err)
{
	cleanup_fd there = csc_open_inside(launch, path);
	int done;

	if (there < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, there == -ENOENT ? missing : -there, "find a mount point for \"%s\"",
		    path);
	csc_skeleton_forget(launch);
	done = attach(mount_fd, there);
	return done < 0 ? csc_fail(err, CSC_STAGE_MOUNTS, -done, "mount \"%s\"", path) : 0;
}

/*
 * Attaches `mount_fd` at `path`: on a new directory or empty file in the
 * skeleton, or else on what is there already. EXDEV where a scope would have to
 * be changed.
 */
static int
attach_at(struct csc_launch *launch, int mount_fd, const char *path, bool directory, struct csc_err *err)
{
	char leaf[CSC_LEAF_SIZE];
	int parent = csc_skeleton_parent(launch, path, leaf);
	int made;

	/* The root has no parent, and a scope's directories are not to be changed: it must be there. */
	if (parent == -EINVAL || parent == -EXDEV)
		return attach_to(launch, mount_fd, path, -parent, err);
	if (parent < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -parent, "find a mount point for \"%s\"", path);
	made = directory ? mkdirat(parent, leaf, 0755) : mknodat(parent, leaf, S_IFREG | 0444, 0);
	if (made < 0 && errno == EEXIST)
		return attach_to(launch, mount_fd, path, ENOENT, err);
	if (made < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "find a mount point for \"%s\"", path);
	/* What was just made is no link, and nobody else could put one in its place. */
	if (move_mount(mount_fd, "", parent, leaf, MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "mount \"%s\"", path);
	return 0;
}

static unsigned int
attributes_of(uint32_t flags)
{
	unsigned int set = ALWAYS;

	if (flags & CSC_BIND_RDONLY)
		set |= MOUNT_ATTR_RDONLY;
	if (flags & CSC_BIND_NOEXEC)
		set |= MOUNT_ATTR_NOEXEC;
	if (!(flags & CSC_BIND_DEVICES))
		set |= MOUNT_ATTR_NODEV;
	return set;
}

/* A copy of the mount at `fd` and all below it, with `attributes` added. */
static int
clone_tree(int fd, unsigned int attributes)
{
	struct mount_attr attr = { .attr_set = attributes };
	unsigned int flags = AT_EMPTY_PATH | AT_RECURSIVE;
	cleanup_fd tree = open_tree(fd, "", flags | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);

	if (tree < 0)
		return -errno;
	if (mount_setattr(tree, "", flags, &attr, sizeof(attr)) < 0)
		return -errno;
	return csc_steal_fd(&tree);
}

/* The mount that an operation shows: one that the bridge has handed over, or a new copy. */
static int
source_tree(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	if (op->type == CSC_RECORD_BIND_OWNED)
		return CSC_FD_SCOPES + launch->nscopes++;
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
	cleanup_fd tree = clone_tree(source, attributes_of(op->flags));
	if (tree < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -tree, "copy the mount of \"%s\"", op->source);
	return csc_steal_fd(&tree);
}

static int
op_bind(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	cleanup_fd tree = source_tree(launch, op, err);

	if (tree < 0)
		return -1;
	return attach_at(launch, tree, op->path, (op->flags & CSC_BIND_DIR) != 0, err);
}

/* Attaches a fresh file system (or passes on why there is none) at `path`. */
static int
op_fresh(struct csc_launch *launch, int mount_fd, const char *type, const char *path, struct csc_err *err)
{
	cleanup_fd fresh = mount_fd;

	if (fresh < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -fresh, "make a %s for \"%s\"", type, path);
	return attach_at(launch, fresh, path, true, err);
}

/* One more copy of the mount of /dev/null in the sandbox. */
static int
copy_of_null(struct csc_launch *launch)
{
	int copy;

	if (launch->null_fd < 0)
		launch->null_fd = csc_open_inside(launch, "/dev/null");
	if (launch->null_fd < 0)
		return launch->null_fd;
	copy = open_tree(launch->null_fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	return copy < 0 ? -errno : copy;
}

/* Covers a file with /dev/null of the sandbox, a directory with an empty one. */
static int
op_mask(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	cleanup_fd place = csc_open_inside(launch, op->path);
	struct stat st;
	int done;

	/* Where this process may not look, the command, of the same user and with fewer rights, may not either. */
	if (place == -ENOENT || place == -EACCES)
		return 0;
	if (place < 0 || fstat(place, &st) < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, place < 0 ? -place : errno, "open \"%s\"", op->path);
	cleanup_fd cover = -1;
	if (S_ISDIR(st.st_mode)) {
		cover = tmpfs(4096, 1, 0555, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | ALWAYS);
	} else {
		/* Read-only and without set-user-id bits already: a plain copy will do. */
		cover = copy_of_null(launch);
	}
	done = cover < 0 ? cover : attach(cover, place);
	if (done < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -done, "mask \"%s\"", op->path);
	return 0;
}

/* A directory or link of the skeleton; what exists there already stays. */
static int
op_skeleton(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	char leaf[CSC_LEAF_SIZE];
	int parent = csc_skeleton_parent(launch, op->path, leaf);
	int done;

	if (parent < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -parent, "make the directories of \"%s\"", op->path);
	if (op->type == CSC_RECORD_SYMLINK)
		done = symlinkat(op->source, parent, leaf);
	else
		done = mkdirat(parent, leaf, (mode_t)op->mode);
	if (done < 0 && errno != EEXIST)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "make \"%s\"", op->path);
	return 0;
}

/* A small text of our own; what a scope shows at that path later lies on top. */
static int
op_file(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	char leaf[CSC_LEAF_SIZE];
	size_t len = strlen(op->source);
	int parent = csc_skeleton_parent(launch, op->path, leaf);

	if (parent < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -parent, "make the directories of \"%s\"", op->path);
	cleanup_fd file = openat(parent, leaf, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, (mode_t)op->mode);
	if (file < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "make \"%s\"", op->path);
	if (write(file, op->source, len) != (ssize_t)len)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "write \"%s\"", op->path);
	return 0;
}

static int
op_tmpfs(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	cleanup_fd fd = tmpfs(op->bytes, op->inodes, op->mode, attributes_of(op->flags));
	int noted = fd < 0 ? fd : csc_own_device(launch, fd);

	if (noted < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -noted, "make a tmpfs for \"%s\"", op->path);
	return op_fresh(launch, csc_steal_fd(&fd), "tmpfs", op->path, err);
}

static int
apply_op(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err)
{
	int fresh;

	switch (op->type) {
	case CSC_RECORD_DIR:
	case CSC_RECORD_SYMLINK:
		return op_skeleton(launch, op, err);
	case CSC_RECORD_FILE:
		return op_file(launch, op, err);
	case CSC_RECORD_BIND:
	case CSC_RECORD_BIND_OWNED:
		return op_bind(launch, op, err);
	case CSC_RECORD_OVERLAY:
		fresh = csc_overlay(launch, op, err);
		return fresh < 0 ? -1 : op_fresh(launch, fresh, "overlay", op->path, err);
	case CSC_RECORD_TMPFS:
		return op_tmpfs(launch, op, err);
	case CSC_RECORD_PROC:
		return op_fresh(launch, detached("proc", NULL, ALWAYS | MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
		    "procfs", op->path, err);
	case CSC_RECORD_MASK:
		return op_mask(launch, op, err);
	case CSC_RECORD_HOLD:
		return csc_hold(launch, op, err);
	case CSC_RECORD_PIN:
		return csc_pin(launch, op, err);
	case CSC_RECORD_ALLOW:
		return 0; /* exec_rights.c */
	default:
		return csc_fail(err, CSC_STAGE_MOUNTS, 0, "operation %d is none of the tree", (int)op->type);
	}
}

int
csc_stage_mounts(struct csc_launch *launch, struct csc_err *err)
{
	const struct csc_plan *plan = &launch->plan;
	struct csc_tree_cursor cursor = csc_plan_tree(plan);
	struct mount_attr sealed = { .attr_set = MOUNT_ATTR_RDONLY };
	struct csc_tree_op op;

	/* Nothing mounted here may reach the host, nothing of the host come in later. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "make the mounts private");
	launch->root_fd = tmpfs(plan->root_bytes, plan->root_inodes, 0755, ALWAYS | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	if (launch->root_fd < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, -launch->root_fd, "make the root tmpfs");
	if (csc_own_device(launch, launch->root_fd) < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "stat the root tmpfs");
	/*
	 * On top of "/": path look-ups of this process start at its root below
	 * the new mount, so no source is hidden, and no other directory of the
	 * host needs to exist for it.
	 */
	if (move_mount(launch->root_fd, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "attach the root tmpfs");
	while (csc_plan_next(&cursor, &op)) {
		if (apply_op(launch, &op, err) < 0)
			return -1;
	}
	csc_skeleton_forget(launch);
	if (mount_setattr(launch->root_fd, "", AT_EMPTY_PATH, &sealed, sizeof(sealed)) < 0)
		return csc_fail(err, CSC_STAGE_MOUNTS, errno, "make the root read-only");
	return 0;
}
