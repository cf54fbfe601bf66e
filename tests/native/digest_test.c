/* Digests of whole files, and what identifies the content that they are of. */
#include "../../native/bridge/digest.h"
#include "harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[64];
static char path[96];

static void
make(const char *text)
{
	int fd;

	(void)strcpy(folder, "/tmp/csc-digest-XXXXXX");
	if (!mkdtemp(folder))
		abort();
	(void)snprintf(path, sizeof(path), "%s/file", folder);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	(void)close(fd);
}

static void
unmake(void)
{
	(void)unlink(path);
	(void)rmdir(folder);
}

static void
a_file_is_digested_with_its_identity(void)
{
	struct csc_digest digest;
	struct stat st;

	make("abc");
	CHECK_INT(csc_digest(path, &digest, 1), 0);
	CHECK_INT(stat(path, &st), 0);
	unmake();
	CHECK_INT(digest.file.err, 0);
	CHECK_INT(digest.sha256[0] << 8 | digest.sha256[31], 0xbaad);
	CHECK_INT(digest.file.device, st.st_dev);
	CHECK_INT(digest.file.inode, st.st_ino);
	CHECK_INT(digest.file.size, 3);
	CHECK_INT(digest.file.mode, st.st_mode);
	CHECK_INT(digest.file.mtime_ns, st.st_mtim.tv_sec * 1000000000LL + st.st_mtim.tv_nsec);
	CHECK_INT(digest.file.ctime_ns, st.st_ctim.tv_sec * 1000000000LL + st.st_ctim.tv_nsec);
}

static void
only_the_identity_is_read_where_that_is_wanted(void)
{
	static const uint8_t none[CSC_SHA256_LEN];
	struct csc_digest digest;

	make("abc");
	CHECK_INT(csc_digest(path, &digest, 0), 0);
	unmake();
	CHECK_INT(digest.file.size, 3);
	CHECK(memcmp(digest.sha256, none, sizeof(none)) == 0);
	CHECK_INT(digest.times_kept, 0);
}

static void
links_are_followed_as_execve_does(void)
{
	struct csc_digest digest;
	char link[96];

	make("abc");
	(void)snprintf(link, sizeof(link), "%s/link", folder);
	CHECK_INT(symlink("file", link), 0);
	CHECK_INT(csc_digest(link, &digest, 1), 0);
	(void)unlink(link);
	unmake();
	CHECK_INT(digest.file.err, 0);
	CHECK_INT(digest.file.size, 3);
}

static void
what_is_no_file_has_no_digest(void)
{
	struct csc_digest digest;
	char pipe_path[96];

	make("");
	(void)snprintf(pipe_path, sizeof(pipe_path), "%s/pipe", folder);
	CHECK_INT(mkfifo(pipe_path, 0600), 0);
	CHECK_INT(csc_digest(pipe_path, &digest, 1), 0);
	(void)unlink(pipe_path);
	CHECK_INT(digest.file.err, EACCES);
	CHECK_INT(csc_digest(folder, &digest, 1), 0);
	CHECK_INT(digest.file.err, EISDIR);
	unmake();
	CHECK_INT(csc_digest(path, &digest, 1), 0);
	CHECK_INT(digest.file.err, ENOENT);
	CHECK_INT(digest.file.inode, 0);
}

static void
times_of_file_systems_that_are_not_named_are_not_believed(void)
{
	struct csc_digest digest;

	CHECK_INT(csc_digest("/proc/version", &digest, 1), 0);
	CHECK_INT(digest.file.err, 0);
	CHECK_INT(digest.times_kept, 0);
}

static void
sealed_memory_is_digested(void)
{
	uint8_t sha256[CSC_SHA256_LEN] = { 0 };
	int fd = memfd_create("test", MFD_CLOEXEC);

	CHECK(fd >= 0);
	CHECK_INT(write(fd, "abc", 3), 3);
	csc_digest_sealed(fd, sha256);
	(void)close(fd);
	CHECK_INT(sha256[0] << 8 | sha256[31], 0xbaad);
	memset(sha256, 0, sizeof(sha256));
	csc_digest_sealed(-1, sha256);
	CHECK_INT(sha256[0], 0);
}

static const struct test TESTS[] = {
	{ "a file is digested together with its identity", a_file_is_digested_with_its_identity },
	{ "only the identity is read where only that is wanted", only_the_identity_is_read_where_that_is_wanted },
	{ "links are followed as execve does", links_are_followed_as_execve_does },
	{ "what is no file has an error and no digest", what_is_no_file_has_no_digest },
	{ "times of a file system that is not named are not believed",
	    times_of_file_systems_that_are_not_named_are_not_believed },
	{ "sealed memory is digested", sealed_memory_is_digested },
};

TESTS_MAIN(TESTS)
