/* Attacks on identity: capabilities, set-user-id programs, forbidden calls. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* capabilities: the lines of /proc/self/status that name privileges. */
int
attack_capabilities(int argc, char **argv)
{
	static const char *const WANTED[] = { "Uid:", "Cap", "NoNewPrivs:", "Seccomp:" };
	char line[512];
	FILE *status = fopen("/proc/self/status", "re");

	(void)argc;
	(void)argv;
	if (status == NULL)
		broken("/proc/self/status");
	while (fgets(line, sizeof line, status) != NULL) {
		for (size_t i = 0; i < sizeof WANTED / sizeof WANTED[0]; i++) {
			if (strncmp(line, WANTED[i], strlen(WANTED[i])) == 0)
				printf("%s", line);
		}
	}
	fclose(status);
	return 0;
}

/* identity: real and effective ids, to be run from a set-user-id file. */
int
attack_identity(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("uid: %u\neuid: %u\n", getuid(), geteuid());
	errno = EPERM;
	report("gain an identity", getuid() == geteuid() ? -1 : 0);
	return 0;
}

/*
 * privileged-calls PATH: calls that need one capability each, on PATH where
 * they need a file. Nothing outside PATH changes.
 */
int
attack_privileged_calls(int argc, char **argv)
{
	char node[4200];
	gid_t group = 4242;
	int fd;

	if (argc < 2)
		broken("privileged-calls PATH");
	fd = open(argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		broken("open PATH");
	report("chown", fchown(fd, 4242, 4242));
	close(fd);
	snprintf(node, sizeof node, "%s.device", argv[1]);
	report("mknod", mknod(node, S_IFBLK | 0600, makedev(7, 0)));
	report("setgroups", setgroups(1, &group));
	report("drop from the bounding set", prctl(PR_CAPBSET_DROP, 0, 0, 0, 0));
	report("become uid 4242", setresuid(4242, 4242, 4242));
	return 0;
}
