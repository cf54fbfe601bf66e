/* The export for staged scopes, and what its operations share. */
#include "staged.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"

#define MAX_ARGUMENTS 5
/* What a mounter without rights on the host notes its own attributes under. */
#define OVERLAY_XATTR "user.overlay."

int64_t
csc_nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

bool
csc_is_whiteout(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && st->st_rdev == makedev(0, 0);
}

int
csc_path_join(char *path, const char *dir, const char *name)
{
	int len = snprintf(path, PATH_MAX, "%s%s%s", dir, *dir == '\0' ? "" : "/", name);

	return len < 0 || len >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int
csc_depth_check(const char *path)
{
	int depth = 0;

	for (; *path != '\0'; path++)
		depth += *path == '/';
	return depth > CSC_STAGED_MAX_DEPTH ? -ELOOP : 0;
}

static int
open_plain(int root, const char *path, int flags)
{
	int fd = csc_openat2(root, *path == '\0' ? "." : path, (uint64_t)(unsigned int)flags, 0, RESOLVE_BENEATH);

	return fd < 0 ? -errno : fd;
}

int
csc_open_below(int root, const char *path, int flags)
{
	int fd = open_plain(root, path, flags);
	struct stat st;
	char self[32];

	if (fd != -EACCES)
		return fd;
	/* A command may take its own rights away, from itself and from us. */
	cleanup_fd place = open_plain(root, path, O_PATH | O_NOFOLLOW);
	if (place < 0 || fstat(place, &st) < 0 || st.st_uid != geteuid() || S_ISLNK(st.st_mode))
		return -EACCES;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", (int)place);
	if (chmod(self, (st.st_mode & 07777) | (S_ISDIR(st.st_mode) ? 0700 : 0600)) < 0)
		return -EACCES;
	fd = open_plain(root, path, flags);
	(void)chmod(self, st.st_mode & 07777);
	return fd;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Notes where each name of the filled text begins. */
static int
index_names(struct csc_names *names, size_t used)
{
	size_t i = 0;

	names->at = calloc(names->count + 1, sizeof(*names->at));
	if (!names->at)
		return -ENOMEM;
	for (size_t at = 0; at < used; at += strlen(names->text + at) + 1)
		names->at[i++] = names->text + at;
	qsort((void *)names->at, names->count, sizeof(*names->at), compare);
	return 0;
}

int
csc_names_read(int dir, struct csc_names *names)
{
	size_t used = 0, size = 0;
	struct dirent *entry;
	int copy = fcntl(dir, F_DUPFD_CLOEXEC, 3);
	DIR *stream = copy < 0 ? NULL : fdopendir(copy);
	int done = stream ? 0 : -errno;

	*names = (struct csc_names){ .text = NULL };
	if (!stream) {
		csc_close_scoped(&copy);
		return done;
	}
	/* A stream of our own, which no other thread reads. */
	while (done == 0 && (errno = 0, entry = readdir(stream)) != NULL) { // NOLINT(concurrency-mt-unsafe)
		size_t len = strlen(entry->d_name) + 1;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (used + len > size) {
			size = size * 2 + 4096;
			char *larger = realloc(names->text, size);
			if (!larger) {
				done = -ENOMEM;
				break;
			}
			names->text = larger;
		}
		memcpy(names->text + used, entry->d_name, len);
		used += len;
		names->count++;
	}
	if (done == 0 && errno != 0)
		done = -errno;
	(void)closedir(stream);
	if (done == 0)
		done = index_names(names, used);
	if (done < 0)
		csc_names_free(names);
	return done;
}

void
csc_names_free(struct csc_names *names)
{
	free(names->text);
	free((void *)names->at);
	*names = (struct csc_names){ .text = NULL };
}

ssize_t
csc_own_xattrs(int fd, char *names, size_t size)
{
	char all[CSC_STAGED_XATTRS];
	ssize_t len = flistxattr(fd, all, sizeof(all));
	size_t used = 0;

	/* Neither have a file system without them, and a descriptor of a link. */
	if (len < 0)
		return errno == EOPNOTSUPP || errno == EBADF ? 0 : -errno;
	for (const char *name = all; name < all + len; name += strlen(name) + 1) {
		size_t more = strlen(name) + 1;
		/* Labels of security modules are the host's to give. */
		bool kept = strncmp(name, "user.", 5) == 0 || strncmp(name, "system.posix_acl_", 17) == 0;

		if (!kept || strncmp(name, OVERLAY_XATTR, strlen(OVERLAY_XATTR)) == 0)
			continue;
		if (used + more > size)
			return -E2BIG;
		memcpy(names + used, name, more);
		used += more;
	}
	return (ssize_t)used;
}

static int
split(const char *bytes, uint64_t len, const char *arguments[MAX_ARGUMENTS])
{
	int count = 0;

	if (len == 0 || bytes[len - 1] != '\0')
		return -EINVAL;
	for (const char *at = bytes; at < bytes + len; at += strlen(at) + 1) {
		if (count == MAX_ARGUMENTS)
			return -EINVAL;
		arguments[count++] = at;
	}
	return count;
}

int32_t
csc_staged(uint32_t op, const char *bytes, uint64_t len, uint8_t *out, uint64_t out_len)
{
	static const int wanted[] = { 0, 3, 5, 5, 4, 3, 3, 1, 1, 2 };
	const char *a[MAX_ARGUMENTS] = { "", "", "", "", "" };
	uint64_t told[2] = { 0, 0 };
	int done = split(bytes, len, a);

	if (op == 0 || op >= sizeof(wanted) / sizeof(wanted[0]) || done != wanted[op] || out_len != sizeof(told))
		return -EINVAL;
	switch ((enum csc_staged_op)op) {
	case CSC_STAGED_WALK:
		done = csc_upper_walk(a[0], a[1], strtoll(a[2], NULL, 10));
		break;
	case CSC_STAGED_COPY:
		done = csc_upper_copy(a[0], a[1], a[2], a[3], a[4], &told[0]);
		break;
	case CSC_STAGED_PLACE:
		done = csc_upper_place(a[0], a[1], a[2], a[3], strtoull(a[4], NULL, 10));
		break;
	case CSC_STAGED_REMOVE:
		done = csc_upper_remove(a[0], a[1], a[2], a[3]);
		break;
	case CSC_STAGED_ADJUST:
		done = csc_upper_adjust(a[0], a[1], a[2]);
		break;
	case CSC_STAGED_CLEAN:
		done = csc_upper_clean(a[0], a[1], a[2]);
		break;
	case CSC_STAGED_MEASURE:
		done = csc_upper_measure(a[0], told);
		break;
	case CSC_STAGED_SYNC:
		done = csc_upper_sync(a[0]);
		break;
	case CSC_STAGED_WAIT:
		done = csc_gate_wait((int)strtol(a[0], NULL, 10), (int)strtol(a[1], NULL, 10));
		break;
	}
	memcpy(out, told, sizeof(told));
	return done;
}
