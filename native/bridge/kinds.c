/*
 * What is at each of several names in one directory: planning asks for some
 * dozens in every write scope, and most are not there.
 *
 * A small directory is read, which is one system call instead of one for each
 * name; a large one is asked for the names, so that what it holds costs nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/fd.h"
#include "bridge.h"

/* What one call reads of a directory; and the size from which it is not even tried, bytes. */
#define ROOM 8192

/* As the kernel fills it in (getdents64). */
struct entry {
	uint64_t inode;
	int64_t next;
	uint16_t length;
	uint8_t type;
	char name[];
};

/* The names and their answers. */
struct asked {
	const char *names;
	uint8_t *kinds;
	uint32_t count;
};

static uint8_t
kind_of(int dir, const char *name)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return CSC_KIND_NONE;
	switch (st.st_mode & S_IFMT) {
	case S_IFDIR:
		return CSC_KIND_DIRECTORY;
	case S_IFREG:
		return CSC_KIND_FILE;
	case S_IFLNK:
		return CSC_KIND_LINK;
	default:
		return CSC_KIND_OTHER;
	}
}

/* Every name is asked for, or with `only` the one that was met in the directory. */
static void
ask(int dir, const struct asked *asked, const char *only)
{
	const char *name = asked->names;

	for (uint32_t i = 0; i < asked->count; i++, name += strlen(name) + 1) {
		if (only == NULL || strcmp(only, name) == 0)
			asked->kinds[i] = kind_of(dir, name);
	}
}

/* Reads all of a small directory; false where it is none, or may not be read. */
static bool
read_small(int dir, const struct asked *asked)
{
	_Alignas(struct entry) char room[ROOM];
	struct stat st;
	long len;

	if (fstat(dir, &st) < 0 || st.st_size > ROOM)
		return false;
	len = syscall(SYS_getdents64, dir, room, sizeof(room));
	for (long at = 0; at < len;) {
		const struct entry *entry = (const struct entry *)(const void *)(room + at);

		ask(dir, asked, entry->name);
		at += entry->length;
	}
	/* More of it would be told by another call. */
	return len >= 0 && syscall(SYS_getdents64, dir, room, sizeof(room)) == 0;
}

/*
 * `bytes`: room for `count` answers, then as many names, each with its NUL, and
 * nothing else. Returns how many of them are there.
 */
int32_t
csc_look_in(const char *path, uint8_t *bytes, uint64_t len, uint32_t count)
{
	struct asked asked = { .names = (const char *)bytes + count, .kinds = bytes, .count = count };
	const char *name = asked.names;
	const char *end = (const char *)bytes + len;
	int32_t found = 0;

	if (count > len)
		return -EINVAL;
	for (uint32_t i = 0; i < count; i++) {
		const char *nul = memchr(name, 0, (size_t)(end - name));

		if (!nul)
			return -EINVAL;
		name = nul + 1;
	}
	if (name != end)
		return -EINVAL;
	cleanup_fd dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	cleanup_fd unread = dir < 0 && errno == EACCES ? open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	if (dir < 0 && unread < 0)
		return -errno;
	memset(bytes, CSC_KIND_NONE, count);
	if (dir < 0 || !read_small(dir, &asked))
		ask(dir < 0 ? unread : dir, &asked, NULL);
	for (uint32_t i = 0; i < count; i++)
		found += bytes[i] != CSC_KIND_NONE;
	return found;
}
