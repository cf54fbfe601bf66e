/*
 * What Deno has no call for: files by descriptor, without following links,
 * written so that a crash leaves the old file or the new one (state, receipts,
 * keys). Every operation returns a descriptor or 0, or -errno.
 *
 * One export for all of them: each symbol that FFI looks up costs csc a fifth
 * of a millisecond at every start.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"
#include "bridge.h"

/*
 * A sealed memfd with these bytes. `executable` says whether it will be run:
 * newer kernels want to know, older ones refuse the question.
 */
static int32_t
memfd(const char *name, const uint8_t *bytes, uint64_t len, uint32_t executable)
{
	unsigned int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	cleanup_fd fd = memfd_create(name, flags | (executable ? MFD_EXEC : MFD_NOEXEC_SEAL));

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create(name, flags);
	if (fd < 0)
		return -errno;
	if (csc_write_all(fd, bytes, len) < 0)
		return -errno;
	if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return -errno;
	return csc_steal_fd(&fd);
}

int
csc_write_all(int fd, const uint8_t *bytes, uint64_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0) {
			errno = ENOSPC;
			return -1;
		}
		bytes += n;
		len -= (uint64_t)n;
	}
	return 0;
}

/* A directory by its path as the caller wrote it; links on the way are the caller's own. */
static int32_t
directory_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* True for a name that stays in its directory. */
static bool
plain_name(const char *name)
{
	return *name != '\0' && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && !strchr(name, '/');
}

/* The directory `name` in `dir`, made 0700 where it is missing; never through a link. */
static int32_t
directory_enter(int32_t dir, const char *name)
{
	int fd;

	if (!plain_name(name))
		return -EINVAL;
	if (mkdirat(dir, name, 0700) < 0 && errno != EEXIST)
		return -errno;
	fd = csc_openat2(dir, name, O_RDONLY | O_DIRECTORY, 0, RESOLVE_BENEATH);
	return fd < 0 ? -errno : fd;
}

/* A new file `name` in `dir` with these bytes, on disk when `durable`. */
static int
write_new(int dir, const char *name, const uint8_t *bytes, uint64_t len, uint32_t mode, bool durable)
{
	cleanup_fd fd = csc_openat2(dir, name, O_WRONLY | O_CREAT | O_EXCL, mode, RESOLVE_BENEATH);

	if (fd < 0)
		return -1;
	/* The umask may have taken bits away that the caller asked for. */
	if (fchmod(fd, (mode_t)mode) == 0 && csc_write_all(fd, bytes, len) == 0 && (!durable || fsync(fd) == 0))
		return 0;
	int saved = errno;
	(void)unlinkat(dir, name, 0);
	errno = saved;
	return -1;
}

/*
 * Puts a file in place of `name` in one step, by way of `temporary` in the same
 * directory. With CSC_SYNC_ALL the new file survives a power cut when this
 * returns 0; with CSC_SYNC_FILE it does once the directory has been synced.
 */
static int32_t
file_replace(int32_t dir, const char *name, const char *temporary, const uint8_t *bytes, uint64_t len,
    uint32_t mode, uint32_t durable)
{
	if (!plain_name(name) || !plain_name(temporary))
		return -EINVAL;
	if (write_new(dir, temporary, bytes, len, mode, durable != 0) < 0)
		return -errno;
	if (renameat(dir, temporary, dir, name) < 0) {
		int saved = errno;
		(void)unlinkat(dir, temporary, 0);
		return -saved;
	}
	return durable == CSC_SYNC_ALL && fsync(dir) < 0 ? -errno : 0;
}

/* A file that must not exist yet: 0, or -EEXIST, durable either way. */
static int32_t
file_create(int32_t dir, const char *name, const uint8_t *bytes, uint64_t len, uint32_t mode, uint32_t durable)
{
	if (!plain_name(name))
		return -EINVAL;
	if (write_new(dir, name, bytes, len, mode, durable != 0) < 0)
		return -errno;
	return durable && fsync(dir) < 0 ? -errno : 0;
}

/*
 * The ordinary file `name` in `dir`, to be read. Looked at before it is opened:
 * opening a pipe waits for somebody, opening a device may do something.
 */
static int32_t
file_open(int32_t dir, const char *name)
{
	struct stat st;

	if (!plain_name(name))
		return -EINVAL;
	cleanup_fd place = csc_openat2(dir, name, O_PATH, 0, RESOLVE_BENEATH);
	if (place < 0 || fstat(place, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -ENXIO;
	/* What has taken its place meanwhile must not hold csc up. */
	cleanup_fd fd = csc_openat2(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, RESOLVE_BENEATH);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? csc_steal_fd(&fd) : -ENXIO;
}

/*
 * Can a file be made in `dir`? Only making one proves it (read-only mounts,
 * quotas). It has no name, and so nothing can stay behind; where the file
 * system has no such files, it has `temporary` for a moment.
 */
static int32_t
file_try_making(int32_t dir, const char *temporary)
{
	if (!plain_name(temporary))
		return -EINVAL;
	cleanup_fd fd = openat(dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	if (fd >= 0)
		return 0;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return -errno;
	fd = csc_openat2(dir, temporary, O_WRONLY | O_CREAT | O_EXCL, 0600, RESOLVE_BENEATH);
	if (fd < 0)
		return -errno;
	return unlinkat(dir, temporary, 0) < 0 ? -errno : 0;
}

/* What a gate holds when it has been opened. */
static int32_t
open_gate(int32_t gate, uint32_t start)
{
	uint64_t word = start ? CSC_GATE_START : CSC_GATE_ABANDON;

	return write(gate, &word, sizeof(word)) == (ssize_t)sizeof(word) ? 0 : -errno;
}

static int32_t
make_gate(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444 /* the same on all processors */
#endif
#define ASK_FOR_VERSION 1U /* LANDLOCK_CREATE_RULESET_VERSION; older headers have it not */

static int32_t
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, ASK_FOR_VERSION);

	return abi < 0 ? -errno : (int32_t)abi;
}

/* Carries out one operation; which arguments it takes is in bridge.h. */
int32_t
csc_files(uint32_t op, int32_t dir, const char *name, const char *other, uint8_t *bytes, uint64_t len,
    uint32_t mode, uint32_t flag)
{
	switch ((enum csc_file_op)op) {
	case CSC_FILE_MEMFD:
		return memfd(name, bytes, len, flag);
	case CSC_FILE_OPEN_DIRECTORY:
		return directory_open(name);
	case CSC_FILE_ENTER_DIRECTORY:
		return directory_enter(dir, name);
	case CSC_FILE_REPLACE:
		return file_replace(dir, name, other, bytes, len, mode, flag);
	case CSC_FILE_CREATE:
		return file_create(dir, name, bytes, len, mode, flag);
	case CSC_FILE_SYNC_DIRECTORY:
		return fsync(dir) < 0 ? -errno : 0;
	case CSC_FILE_CLOSE:
		return close(dir) < 0 ? -errno : 0;
	case CSC_FILE_GATE:
		return make_gate();
	case CSC_FILE_OPEN_GATE:
		return open_gate(dir, flag);
	case CSC_FILE_OPEN_FILE:
		return file_open(dir, name);
	case CSC_FILE_TRY_MAKING:
		return file_try_making(dir, name);
	case CSC_FILE_RELEASE:
		if (len != sizeof(struct csc_answer))
			return -EINVAL;
		csc_release((const struct csc_answer *)(const void *)bytes);
		return 0;
	case CSC_FILE_LOOK:
		if (len != sizeof(struct csc_look))
			return -EINVAL;
		return csc_look_at(name, (struct csc_look *)(void *)bytes, flag != 0);
	case CSC_FILE_READ:
		return csc_read_file(name, bytes, len);
	case CSC_FILE_WRITE:
		return csc_write_file(name, bytes, len);
	case CSC_FILE_SEGMENT_PIPE:
		if (len != 2 * sizeof(int32_t))
			return -EINVAL;
		return csc_segment_pipe((int32_t *)(void *)bytes);
	case CSC_FILE_LANDLOCK_ABI:
		return landlock_abi();
	case CSC_FILE_LOOK_IN:
		return csc_look_in(name, bytes, len, mode);
	}
	return -ENOSYS;
}

int32_t
csc_call(struct csc_call call, const char *name, const char *other, uint8_t *bytes, uint64_t len)
{
	return csc_files(call.op, call.dir, name, other, bytes, len, call.mode, call.flag);
}
