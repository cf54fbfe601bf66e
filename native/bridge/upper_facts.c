/* What is told of single files in the layers of a staged run: digests, attributes, identities. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"
#include "staged.h"

#define CHUNK 65536U

int
csc_digest_below(int root, const char *path, uint8_t sha256[CSC_SHA256_LEN])
{
	uint8_t chunk[CHUNK];
	struct csc_sha256 hash;
	cleanup_fd fd = csc_open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	ssize_t n;

	if (fd < 0)
		return fd;
	csc_sha256_init(&hash);
	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			csc_sha256_add(&hash, chunk, (size_t)n);
	}
	csc_sha256_end(&hash, sha256);
	return 0;
}

ssize_t
csc_link_below(int root, const char *path, char text[PATH_MAX])
{
	cleanup_fd fd = csc_openat2(root, path, O_PATH | O_NOFOLLOW, 0, RESOLVE_BENEATH);
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", text, PATH_MAX);

	return n < 0 ? -errno : n;
}

/* Names and values of a file's own attributes, as one digest; their names as well. */
ssize_t
csc_attributes_below(int root, const char *path, mode_t mode, char *names, uint8_t sha256[CSC_SHA256_LEN])
{
	struct csc_sha256 hash;
	char value[CSC_STAGED_XATTRS];
	ssize_t len = 0;

	csc_sha256_init(&hash);
	if (S_ISREG(mode) || S_ISDIR(mode)) {
		cleanup_fd fd = csc_open_below(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
		if (fd < 0)
			return fd;
		len = csc_own_xattrs(fd, names, CSC_STAGED_XATTRS);
		for (const char *name = names; len > 0 && name < names + len; name += strlen(name) + 1) {
			ssize_t n = fgetxattr(fd, name, value, sizeof(value));
			if (n < 0)
				return -errno;
			csc_sha256_add(&hash, (const uint8_t *)name, strlen(name) + 1);
			csc_sha256_add(&hash, (const uint8_t *)value, (size_t)n);
		}
	}
	csc_sha256_end(&hash, sha256);
	return len;
}

/* What identifies each file of a directory on the host, and the latest of their changes. */
int
csc_identify_tree( // NOLINT(misc-no-recursion): csc_depth_check bounds it
    int root, char path[PATH_MAX], struct csc_sha256 *hash, int64_t *latest_ns)
{
	struct csc_names names;
	struct stat st;
	size_t len = strlen(path);
	cleanup_fd dir = csc_open_below(root, path, O_RDONLY | O_DIRECTORY);
	int done = dir < 0 ? dir : csc_names_read(dir, &names);

	if (done < 0)
		return done;
	done = csc_depth_check(path);
	for (size_t i = 0; done == 0 && i < names.count; i++) {
		if (len + 1 + strlen(names.at[i]) >= PATH_MAX) {
			done = -ENAMETOOLONG;
			break;
		}
		path[len] = '/';
		memcpy(path + len + 1, names.at[i], strlen(names.at[i]) + 1);
		cleanup_fd place = csc_openat2(root, path, O_PATH | O_NOFOLLOW, 0, RESOLVE_BENEATH);
		if (place < 0 || fstat(place, &st) < 0) {
			done = -errno;
			break;
		}
		int64_t ctime_ns = csc_nanoseconds(st.st_ctim);
		uint64_t facts[4] = { st.st_ino, st.st_mode, (uint64_t)st.st_size, (uint64_t)ctime_ns };
		if (ctime_ns > *latest_ns)
			*latest_ns = ctime_ns;
		csc_sha256_add(hash, (const uint8_t *)path, strlen(path) + 1);
		csc_sha256_add(hash, (const uint8_t *)facts, sizeof(facts));
		if (S_ISDIR(st.st_mode))
			done = csc_identify_tree(root, path, hash, latest_ns);
	}
	path[len] = '\0';
	csc_names_free(&names);
	return done;
}
