/*
 * What planning asks the host again and again: what is at a path, what do the
 * kernel's own files say. Deno can tell as well, but a hundred answers of it
 * cost csc milliseconds, above all those that say that nothing is there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/fd.h"
#include "bridge.h"

/* The text of a link; it may be gone or no link any more, and then says so. */
static int32_t
look_link(const char *path, struct csc_look *look)
{
	ssize_t n = readlink(path, look->link, sizeof(look->link));

	if (n < 0)
		return -errno;
	if (n == (ssize_t)sizeof(look->link))
		return -ENAMETOOLONG;
	look->link_len = (uint32_t)n;
	return 0;
}

int32_t
csc_look_at(const char *path, struct csc_look *look, bool follow)
{
	struct stat st;

	if (fstatat(AT_FDCWD, path, &st, follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	look->mode = st.st_mode;
	look->uid = st.st_uid;
	look->gid = st.st_gid;
	look->dev = st.st_dev;
	look->ino = st.st_ino;
	look->nlink = st.st_nlink;
	look->link_len = 0;
	return S_ISLNK(st.st_mode) ? look_link(path, look) : 0;
}

/* A whole file that may say another size than it has, as those of /proc do. */
int32_t
csc_read_file(const char *path, uint8_t *bytes, uint64_t len)
{
	cleanup_fd fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	uint64_t done = 0;

	if (fd < 0)
		return -errno;
	if (len > INT32_MAX)
		return -EINVAL;
	while (done < len) {
		ssize_t n = read(fd, bytes + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return (int32_t)done;
		done += (uint64_t)n;
	}
	/* Full to the brim: whether more would come, nobody has asked. */
	return -EFBIG;
}

/* For the kernel's files, which take a value in one write. */
int32_t
csc_write_file(const char *path, const uint8_t *bytes, uint64_t len)
{
	cleanup_fd fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	return csc_write_all(fd, bytes, len) < 0 ? -errno : 0;
}
