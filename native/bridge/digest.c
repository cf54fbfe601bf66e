#include "digest.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "../base/fd.h"

#define CHUNK 65536U

#ifndef XFS_SUPER_MAGIC
#define XFS_SUPER_MAGIC 0x58465342
#endif

static int64_t
nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int
identify(int fd, struct csc_observed_file *file)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EACCES;
	*file = (struct csc_observed_file){
		.device = st.st_dev,
		.inode = st.st_ino,
		.size = (uint64_t)st.st_size,
		.mtime_ns = nanoseconds(st.st_mtim),
		.ctime_ns = nanoseconds(st.st_ctim),
		.mode = st.st_mode,
	};
	return 0;
}

/*
 * Whether nobody but the kernel and root sets the time of a change. A file
 * system in user space, or a server's, may say what it likes: its times prove
 * nothing about the content. What is not named here is not believed.
 */
static bool
times_are_kept(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return false;
	switch ((unsigned long)fs.f_type) {
	case EXT4_SUPER_MAGIC: /* ext2 and ext3, too */
	case XFS_SUPER_MAGIC:
	case BTRFS_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
	case TMPFS_MAGIC:
	case OVERLAYFS_SUPER_MAGIC:
	case SQUASHFS_MAGIC:
	case EROFS_SUPER_MAGIC_V1:
		return true;
	default:
		return false;
	}
}

static int
hash_all(int fd, uint8_t sha256[CSC_SHA256_LEN])
{
	uint8_t chunk[CHUNK];
	struct csc_sha256 hash;

	csc_sha256_init(&hash);
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		csc_sha256_add(&hash, chunk, (size_t)n);
	}
	csc_sha256_end(&hash, sha256);
	return 0;
}

static bool
same(const struct csc_observed_file *a, const struct csc_observed_file *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size && a->mtime_ns == b->mtime_ns &&
	    a->ctime_ns == b->ctime_ns;
}

static int
digest_open(int fd, struct csc_digest *digest, bool wanted)
{
	struct csc_observed_file after = { .err = 0 };
	int done = identify(fd, &digest->file);

	if (!wanted)
		return done;
	if (done == 0)
		done = hash_all(fd, digest->sha256);
	if (done == 0)
		done = identify(fd, &after);
	/* Somebody writes to it: what was read is no file that ever was. */
	if (done == 0 && !same(&digest->file, &after))
		done = -EBUSY;
	digest->times_kept = done == 0 && times_are_kept(fd);
	return done;
}

int32_t
csc_digest(const char *path, struct csc_digest *digest, uint32_t wanted)
{
	/* A pipe with this name must not keep us waiting. */
	cleanup_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int done;

	memset(digest, 0, sizeof(*digest));
	done = fd < 0 ? -errno : digest_open(fd, digest, wanted != 0);
	digest->file.err = -done;
	return 0;
}

void
csc_digest_sealed(int fd, uint8_t sha256[CSC_SHA256_LEN])
{
	struct csc_sha256 hash;
	struct stat st;
	void *bytes = MAP_FAILED;

	if (fstat(fd, &st) == 0 && st.st_size > 0)
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return;
	csc_sha256_init(&hash);
	csc_sha256_add(&hash, bytes, (size_t)st.st_size);
	csc_sha256_end(&hash, sha256);
	(void)munmap(bytes, (size_t)st.st_size);
}
