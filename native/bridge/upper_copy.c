/*
 * Copies what was staged beside its place on the host, or a file of the host
 * into a layer, with all that it has.
 *
 * Trusts: nothing in the host's scope, where others may plant links meanwhile.
 * Its directories are entered without following any.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <string.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"
#include "staged.h"

#define CHUNK 65536U

int
csc_upper_root(const char *path)
{
	int fd = csc_openat2(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, 0);

	return fd < 0 ? -errno : fd;
}

/* The directory `dir` of the tree at `root`. */
int
csc_upper_directory(const char *root, const char *dir)
{
	cleanup_fd top = csc_upper_root(root);

	return top < 0 ? top : csc_open_below(top, dir, O_RDONLY | O_DIRECTORY);
}

static int
copy_bytes(int from, int to)
{
	uint8_t chunk[CHUNK];
	ssize_t n;

	while ((n = read(from, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0 && csc_write_all(to, chunk, (uint64_t)n) < 0)
			return -errno;
	}
	return 0;
}

int
csc_copy_attributes(int from, int to)
{
	char names[CSC_STAGED_XATTRS], value[CSC_STAGED_XATTRS];
	ssize_t len = csc_own_xattrs(from, names, sizeof(names));

	if (len < 0)
		return (int)len;
	for (const char *name = names; name < names + len; name += strlen(name) + 1) {
		ssize_t n = fgetxattr(from, name, value, sizeof(value));
		if (n < 0 || fsetxattr(to, name, value, (size_t)n, 0) < 0)
			return -errno;
	}
	return 0;
}

/* Owner, attributes, mode and times, in the order in which none undoes another. */
static int
copy_status(int from, int to, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	int done;

	if (geteuid() == 0 && fchown(to, st->st_uid, st->st_gid) < 0)
		return -errno;
	done = csc_copy_attributes(from, to);
	if (done < 0)
		return done;
	if (fchmod(to, st->st_mode & CSC_STAGED_MODE) < 0 || futimens(to, times) < 0)
		return -errno;
	return 0;
}

static int
copy_file(int root, const char *path, int to_dir, const char *name, const struct stat *st)
{
	cleanup_fd from = csc_open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (from < 0)
		return from;
	cleanup_fd to = csc_openat2(to_dir, name, O_WRONLY | O_CREAT | O_EXCL, 0600, RESOLVE_BENEATH);
	if (to < 0)
		return -errno;
	int done = copy_bytes(from, to);
	return done < 0 ? done : copy_status(from, to, st);
}

/*
 * Owner and mode of what was just made by name, and so may have been exchanged
 * by whoever can write there: only what is of its kind, has no other name and
 * is still csc's gets them.
 */
static int
give_made(int dir, const char *name, const struct stat *st)
{
	cleanup_fd made = csc_openat2(dir, name, O_PATH | O_NOFOLLOW, 0, RESOLVE_BENEATH);
	struct stat now;
	char self[32];

	if (made < 0 || fstat(made, &now) < 0)
		return -errno;
	if ((now.st_mode & S_IFMT) != (st->st_mode & S_IFMT) || now.st_nlink != 1 || now.st_uid != geteuid())
		return -EBUSY;
	if (geteuid() == 0 && fchownat(made, "", st->st_uid, st->st_gid, AT_EMPTY_PATH) < 0)
		return -errno;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", (int)made);
	return !S_ISLNK(st->st_mode) && chmod(self, st->st_mode & CSC_STAGED_MODE) < 0 ? -errno : 0;
}

static int
copy_link(int from, int to_dir, const char *name, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	char text[PATH_MAX];
	ssize_t n = readlinkat(from, "", text, sizeof(text) - 1);

	if (n < 0)
		return -errno;
	text[n] = '\0';
	if (symlinkat(text, to_dir, name) < 0)
		return -errno;
	int done = give_made(to_dir, name, st);
	return done == 0 && utimensat(to_dir, name, times, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : done;
}

static int
copy_pipe(int to_dir, const char *name, const struct stat *st)
{
	return mkfifoat(to_dir, name, 0600) < 0 ? -errno : give_made(to_dir, name, st);
}

static int copy_directory(int root, const char *path, int to_dir, const char *name, const struct stat *st);

/* One entry of the tree at `root`, whatever it is. */
static int
copy_entry(int root, const char *path, int to_dir, const char *name) // NOLINT(misc-no-recursion): csc_depth_check bounds it
{
	cleanup_fd from = csc_openat2(root, path, O_PATH | O_NOFOLLOW, 0, RESOLVE_BENEATH);
	struct stat st;

	if (from < 0 || fstat(from, &st) < 0)
		return -errno;
	/* In a new directory nothing lies below that a whiteout could hide. */
	if (csc_is_whiteout(&st))
		return 0;
	switch (st.st_mode & S_IFMT) {
	case S_IFREG:
		return copy_file(root, path, to_dir, name, &st);
	case S_IFDIR:
		return copy_directory(root, path, to_dir, name, &st);
	case S_IFLNK:
		return copy_link(from, to_dir, name, &st);
	case S_IFIFO:
		return copy_pipe(to_dir, name, &st);
	default:
		return -EOPNOTSUPP;
	}
}

static int
copy_directory(int root, const char *path, int to_dir, const char *name, const struct stat *st) // NOLINT(misc-no-recursion): csc_depth_check bounds it
{
	struct csc_names names;
	char below[PATH_MAX];

	if (mkdirat(to_dir, name, 0700) < 0)
		return -errno;
	cleanup_fd from = csc_open_below(root, path, O_RDONLY | O_DIRECTORY);
	cleanup_fd to = csc_openat2(to_dir, name, O_RDONLY | O_DIRECTORY, 0, RESOLVE_BENEATH);
	if (from < 0 || to < 0)
		return from < 0 ? from : -errno;
	int done = csc_depth_check(path);
	if (done == 0)
		done = csc_names_read(from, &names);
	else
		names = (struct csc_names){ .text = NULL };
	for (size_t i = 0; done == 0 && i < names.count; i++) {
		done = csc_path_join(below, path, names.at[i]);
		if (done == 0)
			done = copy_entry(root, below, to, names.at[i]);
	}
	csc_names_free(&names);
	return done < 0 ? done : copy_status(from, to, st);
}

int
csc_upper_copy(const char *from_root, const char *path, const char *to_root, const char *dir, const char *name,
    uint64_t *ino)
{
	cleanup_fd from = csc_upper_root(from_root);
	cleanup_fd to = csc_upper_directory(to_root, dir);
	struct stat st;
	int done = from < 0 ? from : to < 0 ? to : copy_entry(from, path, to, name);

	if (done < 0)
		return done;
	if (fstatat(to, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	*ino = st.st_ino;
	return 0;
}
