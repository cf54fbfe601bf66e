/*
 * The skeleton: the small tmpfs that becomes the root, and the directories in
 * it on which scopes are mounted. Nothing here may ever create a file in the
 * user's tree, so creating is allowed only on the file systems that this
 * launcher has made itself.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"
#include "launcher.h"

/* "/a/b" seen from the root descriptor is "a/b"; "/" is ".". */
static const char *
relative(const char *path)
{
	while (*path == '/')
		path++;
	return *path == '\0' ? "." : path;
}

int
csc_open_inside(const struct csc_launch *launch, const char *path)
{
	int fd = csc_openat2(launch->root_fd, relative(path), O_PATH, 0, RESOLVE_BENEATH);

	return fd < 0 ? -errno : fd;
}

int
csc_own_device(struct csc_launch *launch, int fd)
{
	struct stat st;

	if (launch->nown == CSC_MAX_OWN)
		return -ENOSPC;
	if (fstat(fd, &st) < 0)
		return -errno;
	launch->own[launch->nown++] = st.st_dev;
	return 0;
}

/* 0 when things may be made in this directory, else -EXDEV. */
static int
may_create(const struct csc_launch *launch, int dir)
{
	struct stat st;

	if (fstat(dir, &st) < 0)
		return -errno;
	for (size_t i = 0; i < launch->nown; i++) {
		if (launch->own[i] == st.st_dev)
			return 0;
	}
	return -EXDEV;
}

/* Steps into `name` below `dir`, making it where it is missing. */
static int
enter(const struct csc_launch *launch, int dir, const char *name)
{
	int fd = csc_openat2(dir, name, O_PATH | O_DIRECTORY, 0, RESOLVE_BENEATH);

	if (fd < 0 && errno == ENOENT) {
		int refused = may_create(launch, dir);

		if (refused < 0)
			return refused;
		if (mkdirat(dir, name, 0755) < 0)
			return -errno;
		fd = csc_openat2(dir, name, O_PATH | O_DIRECTORY, 0, RESOLVE_BENEATH);
	}
	return fd < 0 ? -errno : fd;
}

/*
 * Returns a descriptor of the directory that `path` lies in, made in the
 * skeleton as far as it is missing, and copies the last component to `leaf`.
 * -EXDEV means that something would be made inside a mounted scope.
 */
int
csc_skeleton_parent(const struct csc_launch *launch, const char *path, char *leaf, size_t leaf_size)
{
	cleanup_fd dir = fcntl(launch->root_fd, F_DUPFD_CLOEXEC, 3);
	const char *rest = relative(path);

	if (dir < 0)
		return -errno;
	for (;;) {
		size_t len = strcspn(rest, "/");
		int next;

		if (len == 0 || len >= leaf_size)
			return len == 0 ? -EINVAL : -ENAMETOOLONG;
		memcpy(leaf, rest, len);
		leaf[len] = '\0';
		rest += len;
		while (*rest == '/')
			rest++;
		if (*rest == '\0') {
			int refused = may_create(launch, dir);
			return refused < 0 ? refused : csc_steal_fd(&dir);
		}
		next = enter(launch, dir, leaf);
		if (next < 0)
			return next;
		(void)close(dir);
		dir = next;
	}
}
