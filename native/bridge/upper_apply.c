/*
 * The steps by which staged changes become the host's. Each is one the host
 * sees whole or not at all, and each may be repeated: a csc that was killed
 * goes on where it was (src/staged/apply.ts has the order and the journal).
 *
 * Trusts: nothing in the host's scope, where others may plant links meanwhile.
 * Its directories are entered without following any.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"
#include "staged.h"

/* Removes `name` in `dir` and all below it; nothing there is no error. */
static int
remove_tree(int dir, const char *name) // NOLINT(misc-no-recursion): a descriptor a level bounds it
{
	struct csc_names names;
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISDIR(st.st_mode))
		return unlinkat(dir, name, 0) < 0 ? -errno : 0;
	cleanup_fd below = csc_open_below(dir, name, O_RDONLY | O_DIRECTORY);
	if (below < 0)
		return below;
	/* A directory of the user's own that nobody may write to. */
	if (st.st_uid == geteuid() && (st.st_mode & 0300) != 0300)
		(void)fchmod(below, (st.st_mode & 07777) | 0700);
	int done = csc_names_read(below, &names);
	for (size_t i = 0; done == 0 && i < names.count; i++)
		done = remove_tree(below, names.at[i]);
	csc_names_free(&names);
	if (done == 0 && unlinkat(dir, name, AT_REMOVEDIR) < 0)
		done = -errno;
	return done;
}

static bool
has_inode(int dir, const char *name, uint64_t ino)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == ino;
}

static int
rename_with(int dir, const char *from, const char *to, unsigned int flags)
{
	return syscall(SYS_renameat2, dir, from, dir, to, flags) < 0 ? -errno : 0;
}

/*
 * Puts the prepared tree, known by its inode, in the place of `name`. What was
 * there goes where the prepared one was, and then away. Again, after a kill:
 * where the place has the inode already, only that is left to do.
 */
int
csc_upper_place(const char *root, const char *parent, const char *name, const char *temporary, uint64_t ino)
{
	cleanup_fd dir = csc_upper_directory(root, parent);
	int done = dir < 0 ? dir : 0;

	if (done == 0 && !has_inode(dir, name, ino)) {
		if (!has_inode(dir, temporary, ino))
			return -ESTALE;
		done = rename_with(dir, temporary, name, RENAME_NOREPLACE);
		if (done == -EEXIST)
			done = rename_with(dir, temporary, name, RENAME_EXCHANGE);
	}
	if (done == 0 && !has_inode(dir, temporary, ino))
		done = remove_tree(dir, temporary);
	return done;
}

/* Takes `name` away, at once, by way of the temporary name. */
int
csc_upper_remove(const char *root, const char *parent, const char *name, const char *temporary)
{
	cleanup_fd dir = csc_upper_directory(root, parent);
	int done = dir < 0 ? dir : rename_with(dir, name, temporary, RENAME_NOREPLACE);

	if (done < 0 && done != -ENOENT && done != -EEXIST)
		return done;
	return remove_tree(dir, temporary);
}

/* A directory that stays gets the mode, owner and attributes that it was given. */
int
csc_upper_adjust(const char *root, const char *path, const char *upper)
{
	cleanup_fd dir = csc_upper_directory(root, path);
	cleanup_fd from = csc_upper_directory(upper, path);
	struct stat st;

	if (dir < 0 || from < 0)
		return dir < 0 ? dir : from;
	if (fstat(from, &st) < 0)
		return -errno;
	if (geteuid() == 0 && fchown(dir, st.st_uid, st.st_gid) < 0)
		return -errno;
	int done = csc_copy_attributes(from, dir);
	return done == 0 && fchmod(dir, st.st_mode & CSC_STAGED_MODE) < 0 ? -errno : done;
}

int
csc_upper_clean(const char *root, const char *parent, const char *name)
{
	cleanup_fd dir = csc_upper_directory(root, parent);

	return dir < 0 ? dir : remove_tree(dir, name);
}

static int
measure(int root, const char *path, uint64_t out[2]) // NOLINT(misc-no-recursion): a descriptor a level bounds it
{
	struct csc_names names;
	char below[PATH_MAX];
	struct stat st;
	cleanup_fd dir = csc_open_below(root, path, O_RDONLY | O_DIRECTORY);
	int done = dir < 0 ? dir : csc_names_read(dir, &names);

	/* While a command runs, what was there a moment ago may be gone. */
	if (done == -ENOENT || done == -ENOTDIR || done == -ELOOP)
		return 0;
	if (done < 0)
		return done;
	done = csc_depth_check(path);
	for (size_t i = 0; done == 0 && i < names.count; i++) {
		if (fstatat(dir, names.at[i], &st, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		out[0] += (uint64_t)st.st_blocks * 512;
		if (S_ISDIR(st.st_mode))
			done = csc_path_join(below, path, names.at[i]) < 0 ? -ENAMETOOLONG : measure(root, below, out);
	}
	csc_names_free(&names);
	return done;
}

int
csc_upper_measure(const char *root, uint64_t out[2])
{
	cleanup_fd top = csc_upper_root(root);
	struct stat st;

	if (top < 0)
		return top;
	if (fstat(top, &st) < 0)
		return -errno;
	out[1] = (uint64_t)csc_nanoseconds(st.st_ctim);
	return measure(top, "", out);
}

int
csc_upper_sync(const char *root)
{
	cleanup_fd top = csc_upper_root(root);

	if (top < 0)
		return top;
	return syncfs(top) < 0 ? -errno : 0;
}

int
csc_gate_wait(int gate, int timeout_ms)
{
	struct pollfd one = { .fd = gate, .events = POLLIN };
	int ready = poll(&one, 1, timeout_ms);

	return ready < 0 && errno != EINTR ? -errno : ready > 0;
}
