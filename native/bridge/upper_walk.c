/*
 * What a command has changed, read from the upper layer of its overlay and
 * compared with the lower one, which is the host's directory.
 *
 * Trusts: nothing below the two roots. The upper holds whatever the command
 * made; the host's directory may change while it is read, which shows in its
 * times. No link is ever followed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"
#include "staged.h"

struct walk {
	int upper;
	int lower;
	int64_t since_ns;
	int out; /* memory file */
	uint32_t count;
	char path[PATH_MAX]; /* of what is looked at; "" for the scope itself */
};

/* One path in both layers; a descriptor is -1 where nothing is there to be read. */
struct pair {
	struct stat upper;
	struct stat lower;
	bool below; /* the lower layer has it, and it is not hidden */
};

static int
emit(struct walk *walk, struct csc_change *change, const char *link, const char *xattrs)
{
	const struct {
		const void *at;
		size_t len;
	} parts[] = {
		{ change, sizeof(*change) },
		{ walk->path, strlen(walk->path) },
		{ link, change->link_len },
		{ xattrs, change->xattr_len },
	};

	change->path_len = (uint32_t)strlen(walk->path);

	if (walk->count++ == CSC_STAGED_MAX_CHANGES)
		return -E2BIG;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (csc_write_all(walk->out, parts[i].at, parts[i].len) < 0)
			return -errno;
	}
	return 0;
}

/* What the host has there, and whether it has changed since the run began. */
static int
note_base(const struct walk *walk, const struct pair *pair, struct csc_change *change, bool all)
{
	struct csc_sha256 hash;
	char path[PATH_MAX];
	int64_t latest_ns;

	if (!pair->below)
		return 0;
	change->base_mode = pair->lower.st_mode;
	change->base_uid = pair->lower.st_uid;
	change->base_gid = pair->lower.st_gid;
	change->base_ino = pair->lower.st_ino;
	/* Of a directory that stays, others may change the entries. */
	if (S_ISDIR(pair->lower.st_mode) && !all)
		return 0;
	change->base_size = (uint64_t)pair->lower.st_size;
	change->base_mtime_ns = csc_nanoseconds(pair->lower.st_mtim);
	change->base_ctime_ns = latest_ns = csc_nanoseconds(pair->lower.st_ctim);
	if (S_ISDIR(pair->lower.st_mode)) {
		memcpy(path, walk->path, strlen(walk->path) + 1);
		csc_sha256_init(&hash);
		int done = csc_identify_tree(walk->lower, path, &hash, &latest_ns);
		if (done < 0)
			return done;
		csc_sha256_end(&hash, change->base_sha256);
	}
	if (latest_ns > walk->since_ns)
		change->flags |= CSC_CHANGE_HOST_MOVED;
	return 0;
}

/* True where the two layers show the same, times of directories aside. */
static int
is_same(const struct walk *walk, const struct pair *pair, const struct csc_change *change, const char *link,
    const uint8_t attributes_sha256[CSC_SHA256_LEN])
{
	const struct stat *up = &pair->upper, *low = &pair->lower;
	uint8_t theirs[CSC_SHA256_LEN];
	char names[CSC_STAGED_XATTRS], text[PATH_MAX];

	if (up->st_mode != low->st_mode)
		return 0;
	/* Only root's copies can have an owner other than csc's user. */
	if (geteuid() == 0 && (up->st_uid != low->st_uid || up->st_gid != low->st_gid))
		return 0;
	ssize_t len = csc_attributes_below(walk->lower, walk->path, low->st_mode, names, theirs);
	if (len < 0)
		return (int)len;
	if (memcmp(theirs, attributes_sha256, sizeof(theirs)) != 0)
		return 0;
	if (S_ISDIR(up->st_mode))
		return 1;
	if (up->st_size != low->st_size || csc_nanoseconds(up->st_mtim) != csc_nanoseconds(low->st_mtim))
		return 0;
	if (S_ISLNK(up->st_mode)) {
		len = csc_link_below(walk->lower, walk->path, text);
		return len < 0 ? (int)len : (size_t)len == change->link_len && memcmp(text, link, (size_t)len) == 0;
	}
	if (!S_ISREG(up->st_mode))
		return 1;
	int done = csc_digest_below(walk->lower, walk->path, theirs);
	return done < 0 ? done : memcmp(theirs, change->sha256, sizeof(theirs)) == 0;
}

/* True for what the overlay has copied from the lower layer, there or from another name. */
static bool
is_copy(int root, const char *path, mode_t mode)
{
	cleanup_fd fd = S_ISREG(mode) || S_ISDIR(mode) ? csc_open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY) : -1;

	return fd >= 0 && fgetxattr(fd, "user.overlay.origin", NULL, 0) >= 0;
}

/*
 * Whether names have come or gone in the lower directory of walk->path since
 * the run began. With a copy whose original is not there, somebody may have
 * deleted that; without, the command itself has renamed it.
 */
static bool
moved_around(const struct walk *walk)
{
	char parent[PATH_MAX];
	struct stat st;
	char *slash;

	memcpy(parent, walk->path, strlen(walk->path) + 1);
	slash = strrchr(parent, '/');
	*(slash ? slash : parent) = '\0';
	cleanup_fd dir = csc_open_below(walk->lower, parent, O_PATH | O_DIRECTORY);
	return dir < 0 || fstat(dir, &st) < 0 || csc_nanoseconds(st.st_ctim) > walk->since_ns;
}

/* What lies in the upper layer at walk->path: content and link text. */
static int
note_content(const struct walk *walk, struct csc_change *change, char link[PATH_MAX])
{
	ssize_t len;

	if (S_ISREG(change->mode))
		return csc_digest_below(walk->upper, walk->path, change->sha256);
	if (!S_ISLNK(change->mode))
		return 0;
	len = csc_link_below(walk->upper, walk->path, link);
	change->link_len = len < 0 ? 0 : (uint32_t)len;
	return len < 0 ? (int)len : 0;
}

static void
note_status(struct csc_change *change, const struct stat *up)
{
	change->mode = up->st_mode;
	change->uid = up->st_uid;
	change->gid = up->st_gid;
	change->size = S_ISDIR(up->st_mode) ? 0 : (uint64_t)up->st_size;
	change->mtime_ns = S_ISDIR(up->st_mode) ? 0 : csc_nanoseconds(up->st_mtim);
}

/* True where nothing of what was there is left. */
static bool
is_replaced(const struct pair *pair, bool opaque)
{
	mode_t kind = pair->upper.st_mode & S_IFMT;

	return pair->below && (kind != (pair->lower.st_mode & S_IFMT) || (kind == S_IFDIR && opaque));
}

/* Lists what is in the upper layer at walk->path, unless it is as below. */
static int
note_entry(struct walk *walk, const struct pair *pair, bool opaque)
{
	struct csc_change change = { .kind = pair->below ? CSC_CHANGE_CHANGED : CSC_CHANGE_CREATED };
	char names[CSC_STAGED_XATTRS], link[PATH_MAX];
	uint8_t attributes_sha256[CSC_SHA256_LEN];
	bool replaced = is_replaced(pair, opaque);
	mode_t mode = pair->upper.st_mode;
	ssize_t len = csc_attributes_below(walk->upper, walk->path, mode, names, attributes_sha256);

	if (len < 0)
		return (int)len;
	note_status(&change, &pair->upper);
	change.xattr_len = (uint32_t)len;
	change.flags = replaced ? CSC_CHANGE_REPLACED : 0;
	int done = note_content(walk, &change, link);
	if (done < 0)
		return done;
	if (!pair->below && is_copy(walk->upper, walk->path, mode) && moved_around(walk))
		change.flags |= CSC_CHANGE_HOST_MOVED;
	if (pair->below && !replaced) {
		int same = is_same(walk, pair, &change, link, attributes_sha256);
		if (same != 0)
			return same < 0 ? same : 0;
	}
	done = note_base(walk, pair, &change, replaced);
	return done < 0 ? done : emit(walk, &change, link, names);
}

static int
note_deletion(struct walk *walk, const struct pair *pair)
{
	struct csc_change change = { .kind = CSC_CHANGE_DELETED };
	int done = pair->below ? note_base(walk, pair, &change, true) : 0;

	return done < 0 || !pair->below ? done : emit(walk, &change, "", "");
}

/* True for a directory that hides all that lies below it. */
static bool
is_opaque(int root, const char *path)
{
	cleanup_fd fd = csc_open_below(root, path, O_RDONLY | O_DIRECTORY);
	char value[2];

	return fd >= 0 && fgetxattr(fd, "user.overlay.opaque", value, sizeof(value)) == 1 && value[0] == 'y';
}

/* What both layers have at walk->path. `below`: the lower layer has its directory. */
static int
look(const struct walk *walk, bool below, struct pair *pair)
{
	cleanup_fd up = csc_openat2(walk->upper, walk->path, O_PATH | O_NOFOLLOW, 0, RESOLVE_BENEATH);

	if (up < 0 || fstat(up, &pair->upper) < 0)
		return -errno;
	pair->below = false;
	if (!below)
		return 0;
	cleanup_fd low = csc_openat2(walk->lower, walk->path, O_PATH | O_NOFOLLOW, 0, RESOLVE_BENEATH);
	/* A link where there was a directory: the host has changed, and this is gone. */
	if (low < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -errno;
	if (fstat(low, &pair->lower) < 0)
		return -errno;
	pair->below = true;
	return 0;
}

/* Everything in the directory at walk->path. */
static int
walk_directory(struct walk *walk, bool below) // NOLINT(misc-no-recursion): csc_depth_check bounds it
{
	struct csc_names names;
	size_t len = strlen(walk->path);
	int dir = csc_open_below(walk->upper, walk->path, O_RDONLY | O_DIRECTORY);
	int done = dir < 0 ? dir : csc_names_read(dir, &names);

	csc_close_scoped(&dir);
	if (done < 0)
		return done;
	done = csc_depth_check(walk->path);
	for (size_t i = 0; done == 0 && i < names.count; i++) {
		struct pair pair = { .below = false };

		if (len + 1 + strlen(names.at[i]) >= PATH_MAX) {
			done = -ENAMETOOLONG;
			break;
		}
		if (len > 0)
			walk->path[len] = '/';
		memcpy(walk->path + len + (len > 0), names.at[i], strlen(names.at[i]) + 1);
		done = look(walk, below, &pair);
		if (done < 0)
			break;
		if (csc_is_whiteout(&pair.upper)) {
			done = note_deletion(walk, &pair);
			continue;
		}
		bool opaque = S_ISDIR(pair.upper.st_mode) && is_opaque(walk->upper, walk->path);
		done = note_entry(walk, &pair, opaque);
		if (done == 0 && S_ISDIR(pair.upper.st_mode))
			done = walk_directory(walk, pair.below && S_ISDIR(pair.lower.st_mode) && !opaque);
	}
	walk->path[len] = '\0';
	csc_names_free(&names);
	return done;
}

int
csc_upper_walk(const char *upper, const char *lower, int64_t since_ns)
{
	cleanup_fd up = csc_openat2(AT_FDCWD, upper, O_PATH | O_DIRECTORY, 0, 0);
	cleanup_fd low = csc_openat2(AT_FDCWD, lower, O_PATH | O_DIRECTORY, 0, 0);
	cleanup_fd out = memfd_create("csc-changes", MFD_CLOEXEC);
	struct walk walk = { .upper = up, .lower = low, .since_ns = since_ns, .out = out };
	int done;

	if (up < 0 || low < 0 || out < 0)
		return -errno;
	done = walk_directory(&walk, true);
	return done < 0 ? done : csc_steal_fd(&out);
}
