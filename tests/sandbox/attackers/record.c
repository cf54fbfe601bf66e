/* Attacks on what csc records of a run, and tools that measure csc. */
#include "attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

/* The beginnings of what PID 1 reports: an observation, and a record of success. */
static const uint32_t OBSERVATION[4] = { 0x31424f43, 16, 0, 0 };
static const uint32_t RECORD[4] = { 0x32545343, 2, 0, 0 };

static long
write_forged(int fd)
{
	char rest[4096] = { 0 };

	if (write(fd, OBSERVATION, sizeof OBSERVATION) < 0)
		return -1;
	if (write(fd, RECORD, sizeof RECORD) < 0)
		return -1;
	return write(fd, rest, 984);
}

/*
 * forge: writes forged reports wherever a pipe can be found, which is its own
 * output and what the parent holds open.
 */
int
attack_forge(int argc, char **argv)
{
	char path[64], target[64];
	long written = -1;
	struct dirent *entry;
	DIR *fds;

	(void)argc;
	(void)argv;
	/* A pipe may be among them that nobody reads any more. */
	(void)signal(SIGPIPE, SIG_IGN);
	attempt("write into a pipe of the parent");
	snprintf(path, sizeof path, "/proc/%d/fd", getppid());
	fds = opendir(path);
	while (fds && (entry = readdir(fds))) {
		ssize_t len = readlinkat(dirfd(fds), entry->d_name, target, sizeof target - 1);
		int fd;

		if (len < 5 || strncmp(target, "pipe:", 5) != 0)
			continue;
		fd = openat(dirfd(fds), entry->d_name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (fd >= 0 && write_forged(fd) > 0)
			written = 1;
	}
	/* The descriptors that the launcher's own have inside, tried blindly. */
	for (int fd = 3; fd < 64; fd++)
		(void)write_forged(fd);
	/* What was written may stand on the same line. */
	printf("\n");
	report("write into a pipe of the parent", written);
	fflush(stdout);
	(void)write_forged(1);
	(void)write_forged(2);
	return 0;
}

/* swap TARGET OTHER: puts OTHER in the place of TARGET. */
int
attack_swap(int argc, char **argv)
{
	if (argc < 3)
		broken("swap TARGET OTHER");
	attempt("swap");
	report("swap", rename(argv[2], argv[1]));
	return 0;
}

/* own-size: how large the file is that this process was started from. */
int
tool_own_size(int argc, char **argv)
{
	struct stat st;

	(void)argc;
	(void)argv;
	if (stat("/proc/self/exe", &st) < 0)
		broken("stat /proc/self/exe");
	printf("own size: %lld\n", (long long)st.st_size);
	return 0;
}

/* flood MIB: so much on standard output. */
int
attack_flood(int argc, char **argv)
{
	static char block[MIB];
	long wanted = number(argc > 1 ? argv[1] : NULL);

	memset(block, 'x', sizeof block);
	for (long i = 0; i < wanted; i++) {
		for (size_t done = 0; done < sizeof block;) {
			ssize_t n = write(1, block + done, sizeof block - done);

			if (n < 0)
				return 1;
			done += (size_t)n;
		}
	}
	return 0;
}

/* peak-memory FILE ARGV...: runs ARGV and writes the KiB it had at most into FILE. */
int
tool_peak_memory(int argc, char **argv)
{
	struct rusage usage;
	int status = 0;
	pid_t child;
	FILE *file;

	if (argc < 3)
		broken("peak-memory FILE ARGV...");
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) < 0)
		broken("run ARGV");
	file = fopen(argv[1], "w");
	if (!file)
		broken("write FILE");
	fprintf(file, "%ld\n", usage.ru_maxrss);
	fclose(file);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* many-files DIRECTORY COUNT: so many empty files (removed after). */
int
attack_many_files(int argc, char **argv)
{
	long wanted = number(argc > 2 ? argv[2] : NULL), made = 0;
	char path[4200];

	attempt("make files");
	for (; made < wanted; made++) {
		int fd;

		snprintf(path, sizeof path, "%s/many-%d-%ld", argv[1], getpid(), made);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			break;
		close(fd);
	}
	report("make files", made == wanted ? 0 : -1);
	printf("files: %ld\n", made);
	while (made-- > 0) {
		snprintf(path, sizeof path, "%s/many-%d-%ld", argv[1], getpid(), made);
		unlink(path);
	}
	return 0;
}
