/* csc_files, pipes for the segments of local pipelines: one for each two, and nothing for anybody else. */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../native/bridge/bridge.h"
#include "harness.h"

#define NONE (-1)

static int32_t
segment_pipe(int32_t ends[2])
{
	return csc_files(CSC_FILE_SEGMENT_PIPE, NONE, NULL, NULL, (uint8_t *)ends, 2 * sizeof(int32_t), 0, 0);
}

static void
makes_pipes(void)
{
	NEEDS_KERNEL("close_range");
	int32_t ends[2] = { NONE, NONE };
	char byte = 0;

	CHECK_INT(segment_pipe(ends), 0);
	CHECK(ends[0] > 2 && ends[1] > 2);
	CHECK(fcntl(ends[0], F_GETFD) & FD_CLOEXEC);
	CHECK(fcntl(ends[1], F_GETFD) & FD_CLOEXEC);
	/* What a program reads and writes must wait for the other. */
	CHECK_INT(fcntl(ends[0], F_GETFL) & O_NONBLOCK, 0);
	CHECK_INT(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
	CHECK_INT(write(ends[1], "x", 1), 1);
	CHECK_INT(read(ends[0], &byte, 1), 1);
	CHECK_INT(byte, 'x');
	(void)close(ends[1]);
	CHECK_INT(read(ends[0], &byte, 1), 0);
	(void)close(ends[0]);
	CHECK_INT(csc_files(CSC_FILE_SEGMENT_PIPE, NONE, NULL, NULL, (uint8_t *)ends, 1, 0, 0), -EINVAL);
}

/* Which of these a child would have after an exec, as bits. */
static int
kept_by_child(const int *fds, int count)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		int kept = 0;

		for (int i = 0; i < count; i++)
			if ((fcntl(fds[i], F_GETFD) & FD_CLOEXEC) == 0)
				kept |= 1 << i;
		_exit(kept);
	}
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
children_get_standard_descriptors_only(void)
{
	NEEDS_KERNEL("close_range");
	int32_t ends[2] = { NONE, NONE };

	CHECK_INT(segment_pipe(ends), 0);
	int fds[] = { 0, 1, 2, dup(ends[0]), dup(ends[1]) };
	bool open_here = (fcntl(fds[3], F_GETFD) & FD_CLOEXEC) == 0;
	int kept = kept_by_child(fds, 5);
	for (int i = 3; i < 5; i++)
		(void)close(fds[i]);
	(void)close(ends[0]);
	(void)close(ends[1]);
	CHECK(open_here);
	CHECK_INT(kept, 7);
}

static const struct test TESTS[] = {
	{ "segments: a pipe is close-on-exec, waits, and ends with its writer", makes_pipes },
	{ "segments: children get standard descriptors only", children_get_standard_descriptors_only },
};

int
main(void)
{
	return run_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
