/* Attacks by the mode of a file: set-id bits, and objects of the whole machine. */
#include "attack.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *
below(const char *directory, const char *name)
{
	static char path[4096];

	if ((size_t)snprintf(path, sizeof path, "%s/%s", directory, name) >= sizeof path)
		broken("path too long");
	return path;
}

/* A plain file of ours, to change the mode of. */
static int
plain(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0755);

	if (fd < 0)
		broken("open");
	return fd;
}

static void
report_made(const char *label, long result)
{
	report(label, result);
	if (result >= 0)
		close((int)result);
}

/* set-id DIRECTORY: makes files there that lend their owner's or group's rights. */
int
attack_set_id(int argc, char **argv)
{
	struct open_how how = { .flags = O_RDWR | O_CREAT, .mode = 04755 };
	const char *at = argc > 1 ? argv[1] : ".";
	int fd = plain(below(at, "plain"));

	report("fchmod 4755", fchmod(fd, 04755));
	report("chmod 4755", syscall(SYS_chmod, below(at, "plain"), 04755));
	report("chmod 2755", syscall(SYS_chmod, below(at, "plain"), 02755));
	report("fchmodat 4755", fchmodat(AT_FDCWD, below(at, "plain"), 04755, 0));
	report("fchmodat2 4755", syscall(452, AT_FDCWD, below(at, "plain"), 04755, 0));
	report_made("open 4755", syscall(SYS_open, below(at, "a"), O_RDWR | O_CREAT, 04755));
	report_made("openat 4755", syscall(SYS_openat, AT_FDCWD, below(at, "b"), O_RDWR | O_CREAT, 04755));
	report_made("openat2 4755", syscall(SYS_openat2, AT_FDCWD, below(at, "c"), &how, sizeof how));
	report_made("creat 4755", syscall(SYS_creat, below(at, "d"), 04755));
	report("mknod 4755", syscall(SYS_mknod, below(at, "e"), S_IFREG | 04755, 0));
	report("mkdir 2777", syscall(SYS_mkdir, below(at, "f"), 02777));
	return 0;
}

/* modes PATH...: changes the mode of each to what it is already. */
int
attack_modes(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) < 0) {
			report_on("chmod", argv[i], -1);
			continue;
		}
		report_on("chmod", argv[i], chmod(argv[i], st.st_mode & 07777));
	}
	return 0;
}
