/* Attacks on the terminal the caller sits at. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* terminal: types into whatever terminal a descriptor leads to. */
int
attack_terminal(int argc, char **argv)
{
	static const char *const WAYS[] = { "stdin", "stdout", "stderr", "/dev/tty" };
	char key = 'x', paste = 3 /* TIOCL_PASTESEL */;

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < 4; i++) {
		int fd = i < 3 ? (int)i : open("/dev/tty", O_RDWR | O_CLOEXEC);

		report_on("TIOCSTI by", WAYS[i], ioctl(fd, TIOCSTI, &key));
		/* The kernel looks at 32 bits of the request; a filter must as well. */
		report_on("TIOCSTI with high bits by", WAYS[i],
			syscall(SYS_ioctl, fd, 0x100000000ul | TIOCSTI, &key));
		/* ENOTTY: the call came through, the terminal is just no console. */
		report_on("TIOCLINUX by", WAYS[i], ioctl(fd, TIOCLINUX, &paste));
		report_on("TIOCLINUX with high bits by", WAYS[i],
			syscall(SYS_ioctl, fd, 0x100000000ul | TIOCLINUX, &paste));
	}
	return 0;
}

/*
 * with-terminal COMMAND...: runs COMMAND on a terminal of its own, copies what
 * it prints, and says at the end how many keys are waiting in the terminal
 * that nobody typed.
 */
int
tool_with_terminal(int argc, char **argv)
{
	struct termios raw;
	struct winsize size = { 24, 80, 0, 0 };
	int master, slave, waiting = 0, status = 0;
	pid_t child;

	if (argc < 2 || openpty(&master, &slave, NULL, NULL, &size) < 0)
		broken("openpty");
	tcgetattr(slave, &raw);
	cfmakeraw(&raw);
	tcsetattr(slave, TCSANOW, &raw);
	child = fork();
	if (child == 0) {
		setsid();
		ioctl(slave, TIOCSCTTY, 0);
		for (int fd = 0; fd <= 2; fd++)
			dup2(slave, fd);
		close(master);
		close(slave);
		execvp(argv[1], argv + 1);
		broken(argv[1]);
	}
	for (bool ended = false;;) {
		struct pollfd output = { .fd = master, .events = POLLIN };
		char text[4096];

		if (poll(&output, 1, ended ? 0 : 20) > 0) {
			ssize_t got = read(master, text, sizeof text);

			if (got > 0)
				fwrite(text, 1, (size_t)got, stdout);
			continue;
		}
		if (ended)
			break;
		ended = waitpid(child, &status, WNOHANG) == child;
	}
	ioctl(slave, FIONREAD, &waiting);
	printf("\nkeys nobody typed: %d\n", waiting);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* escapes: what a terminal would obey: a new title, a hidden line, a key sent back. */
int
attack_escapes(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("before \033]0;owned\007\033[8mhidden\033[0m\033[5n after\n");
	return 0;
}
