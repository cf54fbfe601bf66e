/* Attacks by marks on files that outlive the run: capabilities, flags. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/xattr.h>
#include <unistd.h>

/* file-capabilities FILE: whoever executes FILE from now on may open raw sockets. */
int
attack_file_capabilities(int argc, char **argv)
{
	struct vfs_cap_data data = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0] = { 1U << CAP_NET_RAW, 0 },
	};

	if (argc < 2)
		broken("file-capabilities FILE");
	report("give capabilities",
		setxattr(argv[1], "security.capability", &data, XATTR_CAPS_SZ_2, 0));
	return 0;
}

/* effective-capabilities: whether there is any. */
int
attack_effective_capabilities(int argc, char **argv)
{
	char status[8192];
	const char *line;

	(void)argc;
	(void)argv;
	if (read_small_file("/proc/self/status", status, sizeof status) < 0)
		broken("/proc/self/status");
	line = strstr(status, "CapEff:");
	errno = EPERM;
	report("gain a capability",
		line != NULL && strtoull(line + 7, NULL, 16) != 0 ? 0 : -1);
	return 0;
}

static long
set_flags(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long result;
	int saved;

	if (fd < 0)
		return -1;
	result = ioctl(fd, FS_IOC_SETFLAGS, &flags);
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

/* immutable FILE [undo]: a file that nobody can change or delete. */
int
attack_immutable(int argc, char **argv)
{
	if (argc < 2)
		broken("immutable FILE");
	if (argc > 2)
		return set_flags(argv[1], 0) < 0;
	report("make immutable", set_flags(argv[1], FS_IMMUTABLE_FL));
	report("make append-only", set_flags(argv[1], FS_APPEND_FL));
	return 0;
}
