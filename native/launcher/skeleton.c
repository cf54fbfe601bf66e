/*
 * The skeleton: the small tmpfs that becomes the root, and the directories in
 * it on which scopes are mounted. Nothing here may ever create a file in the
 * user's tree, so creating is allowed only on the file systems that this
 * launcher has made itself.
 */
#include <errno.h>
#include <fcntl.h>
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

/* Steps through the first `len` bytes of `way`, making what is missing. */
static int
descend(const struct csc_launch *launch, const char *way, size_t len)
{
	char name[CSC_LEAF_SIZE];
	const char *end = way + len;
	cleanup_fd dir = fcntl(launch->root_fd, F_DUPFD_CLOEXEC, 3);

	if (dir < 0)
		return -errno;
	while (way < end) {
		size_t part = strcspn(way, "/");

		if (part >= sizeof(name))
			return -ENAMETOOLONG;
		if (part > 0) {
			memcpy(name, way, part);
			name[part] = '\0';
			int next = enter(launch, dir, name);
			if (next < 0)
				return next;
			(void)close(dir);
			dir = next;
		}
		way += part;
		while (*way == '/')
			way++;
	}
	return csc_steal_fd(&dir);
}

/* How much of the first `len` bytes of `path` is left without the slashes at their end. */
static size_t
without_slashes(const char *path, size_t len)
{
	while (len > 0 && path[len - 1] == '/')
		len--;
	return len;
}

int
csc_skeleton_parent(struct csc_launch *launch, const char *path, char leaf[CSC_LEAF_SIZE])
{
	struct csc_nearby *near = &launch->near;
	const char *way = relative(path);
	size_t len = without_slashes(way, strlen(way));
	size_t dir = len;

	while (dir > 0 && way[dir - 1] != '/')
		dir--;
	if (len == 0 || strcmp(way, ".") == 0)
		return -EINVAL;
	if (len - dir >= CSC_LEAF_SIZE)
		return -ENAMETOOLONG;
	memcpy(leaf, way + dir, len - dir);
	leaf[len - dir] = '\0';
	dir = without_slashes(way, dir);
	if (near->fd < 0 || near->len != dir || memcmp(near->path, way, dir) != 0) {
		int fd = descend(launch, way, dir);

		csc_skeleton_forget(launch);
		if (fd < 0)
			return fd;
		*near = (struct csc_nearby){ .fd = fd, .path = way, .len = dir, .refused = may_create(launch, fd) };
	}
	return near->refused < 0 ? near->refused : near->fd;
}

void
csc_skeleton_forget(struct csc_launch *launch)
{
	csc_close_scoped(&launch->near.fd);
	launch->near.fd = -1;
}
