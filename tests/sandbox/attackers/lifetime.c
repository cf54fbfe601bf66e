/* Attacks on the deadline: processes that mean to outlive their run. */
#include "attack.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* No survivor may trouble a machine on which a test failed: it ends itself. */
enum { HEARTBEATS = 800, INTERVAL_US = 50000 };

static void
ignore_every_signal(void)
{
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_IGN);
}

static void
beat(const char *path)
{
	for (int i = 0; i < HEARTBEATS; i++) {
		int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

		if (fd >= 0) {
			(void)!write(fd, ".", 1);
			close(fd);
		}
		usleep(INTERVAL_US);
	}
}

/*
 * heartbeat FILE [leave]: a grandchild in a session of its own adds a byte to
 * FILE every 50 ms for 40 s. The attacker waits, or leaves at once.
 */
int
attack_heartbeat(int argc, char **argv)
{
	pid_t child;

	if (argc < 2)
		broken("heartbeat FILE");
	child = fork();
	if (child < 0)
		broken("fork");
	if (child == 0) {
		setsid();
		if (fork() != 0)
			_exit(0);
		ignore_every_signal();
		beat(argv[1]);
		_exit(0);
	}
	printf("heartbeat: started\n");
	fflush(stdout);
	if (argc > 2 && strcmp(argv[2], "leave") == 0)
		return 0;
	ignore_every_signal();
	for (int i = 0; i < HEARTBEATS; i++)
		usleep(INTERVAL_US);
	return 0;
}

/* stopped FILE: a child adds to FILE, then stops itself; its parent hangs. */
int
attack_stopped(int argc, char **argv)
{
	if (argc < 2)
		broken("stopped FILE");
	if (fork() == 0) {
		alarm(45);
		raise(SIGSTOP);
		beat(argv[1]);
		_exit(0);
	}
	printf("stopped: started\n");
	fflush(stdout);
	sleep(40);
	return 0;
}
