/* Attacks on what the host has to share: processes, memory, disk, limits. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MIB = 1 << 20 };

/* fork-bomb COUNT: how many children can live at once, at most COUNT. */
int
attack_fork_bomb(int argc, char **argv)
{
	long wanted = number(argc > 1 ? argv[1] : NULL), alive = 0;
	int hold[2];

	/* The children live as long as this pipe, so none outlives the attacker. */
	if (wanted > 1000 || pipe(hold) < 0)
		broken("fork-bomb COUNT, at most 1000");
	attempt("fork");
	while (alive < wanted) {
		pid_t child = fork();

		if (child < 0)
			break;
		if (child == 0) {
			char byte;

			close(hold[1]);
			(void)!read(hold[0], &byte, 1);
			_exit(0);
		}
		alive++;
	}
	report("fork all", alive == wanted ? 0 : -1);
	printf("alive: %ld\n", alive);
	fflush(stdout);
	close(hold[1]);
	while (wait(NULL) > 0)
		continue;
	return 0;
}

static long
touch_memory(long mib, int flags)
{
	for (long i = 0; i < mib; i += 16) {
		char *block = mmap(NULL, 16 * MIB, PROT_READ | PROT_WRITE,
			flags, -1, 0);

		if (block == MAP_FAILED)
			return i;
		memset(block, 1, 16 * MIB);
	}
	return mib;
}

/*
 * memory-bomb KIND MIB: touches that much memory, at most 1.5 GiB.
 * KIND private: one process. shared: mappings no data limit counts.
 * spread: four children, a quarter each, all alive at once.
 */
int
attack_memory_bomb(int argc, char **argv)
{
	long mib = number(argc > 2 ? argv[2] : NULL), touched = 0;

	if (mib > 1536)
		broken("memory-bomb KIND MIB, at most 1536");
	attempt("touch memory");
	if (strcmp(argv[1], "spread") == 0) {
		int ready[2], hold[2];
		char byte;

		if (pipe(ready) < 0 || pipe(hold) < 0)
			broken("pipe");
		for (int i = 0; i < 4; i++) {
			if (fork() != 0)
				continue;
			close(ready[0]);
			close(hold[1]);
			if (touch_memory(mib / 4, MAP_PRIVATE | MAP_ANONYMOUS) == mib / 4)
				(void)!write(ready[1], ".", 1);
			close(ready[1]);
			(void)!read(hold[0], &byte, 1);
			_exit(0);
		}
		close(ready[1]);
		close(hold[0]);
		while (read(ready[0], &byte, 1) == 1)
			touched += mib / 4;
		/* Who was killed after it had its share made room for another. */
		while (waitpid(-1, NULL, WNOHANG) > 0)
			touched -= mib / 4;
		close(hold[1]);
		while (wait(NULL) > 0)
			continue;
	} else {
		touched = touch_memory(mib, MAP_ANONYMOUS |
			(strcmp(argv[1], "shared") == 0 ? MAP_SHARED : MAP_PRIVATE));
	}
	errno = ENOMEM;
	report("touch memory", touched == mib ? 0 : -1);
	printf("touched MiB: %ld\n", touched);
	return 0;
}

/* large-file PATH MIB: allocates it, then a sparse one twice as long. */
int
attack_large_file(int argc, char **argv)
{
	off_t size = (off_t)number(argc > 2 ? argv[2] : NULL) * MIB;
	int fd = open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd < 0)
		broken("open PATH");
	signal(SIGXFSZ, SIG_IGN);
	attempt("allocate");
	report("allocate", fallocate(fd, 0, 0, size));
	report("sparse write", pwrite(fd, "x", 1, 2 * size));
	report("truncate to size", ftruncate(fd, 2 * size));
	close(fd);
	return 0;
}

/* fill DIRECTORY MIB: 16 MiB files in DIRECTORY, together at most MIB (removed after). */
int
attack_fill(int argc, char **argv)
{
	long wanted = number(argc > 2 ? argv[2] : NULL), written = 0;
	struct statvfs space;
	char path[4200];

	attempt("fill");
	if (statvfs(argv[1], &space) < 0)
		broken("statvfs");
	printf("size MiB: %llu\n",
		(unsigned long long)space.f_blocks * space.f_frsize / MIB);
	for (long i = 0; written < wanted; i++, written += 16) {
		int fd;

		snprintf(path, sizeof path, "%s/fill-%d-%ld", argv[1], getpid(), i);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0 || fallocate(fd, 0, 0, 16 * MIB) < 0)
			break;
		close(fd);
	}
	report("fill", written >= wanted ? 0 : -1);
	printf("written MiB: %ld\n", written);
	for (long i = 0; i <= written / 16; i++) {
		snprintf(path, sizeof path, "%s/fill-%d-%ld", argv[1], getpid(), i);
		unlink(path);
	}
	return 0;
}

/* raise-limits: sets each limit of its own beyond what a sandbox would grant. */
int
attack_raise_limits(int argc, char **argv)
{
	static const struct {
		const char *label;
		__rlimit_resource_t resource;
		rlim_t value;
	} LIMITS[] = {
		{ "raise file size", RLIMIT_FSIZE, 1024ul * MIB },
		{ "raise CPU seconds", RLIMIT_CPU, 100000 },
		{ "raise core size", RLIMIT_CORE, 1024ul * MIB },
	};

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++) {
		struct rlimit limit = { LIMITS[i].value, LIMITS[i].value };

		report(LIMITS[i].label, setrlimit(LIMITS[i].resource, &limit));
	}
	return 0;
}

/* core: dies in a way that asks the kernel for a core file in the cwd. */
int
attack_core(int argc, char **argv)
{
	struct rlimit limit = { 64 * MIB, 64 * MIB };

	(void)argc;
	(void)argv;
	report("raise core size", setrlimit(RLIMIT_CORE, &limit));
	attempt("abort");
	abort();
}

/* open-files COUNT: how many descriptors it can hold. */
int
attack_open_files(int argc, char **argv)
{
	long wanted = number(argc > 1 ? argv[1] : NULL), open_now = 0;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		broken("getrlimit");
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	attempt("open all");
	while (open_now < wanted && dup(0) >= 0)
		open_now++;
	report("open all", open_now == wanted ? 0 : -1);
	printf("open: %ld\n", open_now);
	return 0;
}

/* peak COMMAND...: the most memory that COMMAND (not its children) had at once; its output is dropped. */
int
tool_peak(int argc, char **argv)
{
	struct rusage usage;
	int status;
	pid_t child = argc < 2 ? -1 : fork();

	if (child < 0)
		broken("peak COMMAND");
	if (child == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(null, 1);
		execvp(argv[1], argv + 1);
		broken(argv[1]);
	}
	if (wait4(child, &status, 0, &usage) < 0)
		broken("wait4");
	printf("peak MiB: %ld\n", usage.ru_maxrss / 1024);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* inotify COUNT: as many instances of inotify; the host has few for each user. */
int
attack_inotify(int argc, char **argv)
{
	long wanted = number(argc > 1 ? argv[1] : NULL);
	long result = 0;
	long made = 0;

	attempt("take inotify instances");
	while (made < wanted && (result = inotify_init1(IN_CLOEXEC)) >= 0)
		made++;
	report("take inotify instances", result);
	printf("instances: %ld\n", made);
	return 0;
}
