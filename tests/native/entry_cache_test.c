/*
 * What Deno calls in place of open64, where csc carries a code cache.
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include "entry_image.h"

/* What stands in for Deno's open64. */
static void
opens_what_it_is_asked_for(void)
{
	char name[] = "/tmp/csc-entry-open-XXXXXX";
	int made = mkstemp(name);
	struct stat info;
	int fd;

	prepare();
	fd = csc_entry_open("/none/cache", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	CHECK(fd > 2 && is_sealed(fd) && holds(fd, "the code", 8));
	(void)close(fd);

	/* A longer name and a shorter one are none of its business. */
	errno = 0;
	CHECK_INT(csc_entry_open("/none/cache-wal", O_RDWR, 0), -1);
	CHECK_INT(errno, ENOENT);
	errno = 0;
	CHECK_INT(csc_entry_open("/none/cach", O_RDWR, 0), -1);
	CHECK_INT(errno, ENOENT);

	CHECK(made >= 0 && unlink(name) == 0);
	fd = csc_entry_open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	CHECK(fd >= 0 && fstat(fd, &info) == 0 && (info.st_mode & 0777 & ~0640u) == 0);
	CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	errno = 0;
	CHECK_INT(csc_entry_open(name, O_WRONLY | O_CREAT | O_EXCL, 0640), -1);
	CHECK_INT(errno, EEXIST);
	(void)unlink(name);
	(void)close(fd);
	(void)close(made);
}

/* Where no memory file can be had, there is no cache, and no lie either. */
static void
opens_no_cache_without_descriptors(void)
{
	int status = 0;
	pid_t pid;

	prepare();
	pid = fork();
	if (pid == 0) {
		without_descriptors();
		_exit(csc_entry_open("/none/cache", O_RDWR, 0) == -1 && errno == ENOENT ? 0 : 1);
	}
	(void)waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const struct test TESTS[] = {
	{ "entry: the code cache is opened by its name, everything else by the kernel", opens_what_it_is_asked_for },
	{ "entry: without descriptors there is no code cache", opens_no_cache_without_descriptors },
};
TESTS_MAIN(TESTS)
