/*
 * What stands in for the C library's calls on mounts and names of hosts, in
 * namespaces of its own; their effects are seen through the library.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "freestanding_names.h"
#include "../../native/freestanding/process.c"
#include "../../native/freestanding/files.c"
#include "freestanding_names_end.h"

#define TMPFS_MAGIC 0x01021994

/* In the child: 0, or the line that went wrong. */
#define HOLDS(condition)                                                                      \
	do {                                                                                  \
		if (!(condition))                                                             \
			return __LINE__;                                                      \
	} while (0)

static int
mount_and_move(void)
{
	struct mount_attr attributes = { .attr_set = MOUNT_ATTR_RDONLY };
	struct statfs fs;

	HOLDS(own_mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
	int context = own_fsopen("tmpfs", FSOPEN_CLOEXEC);
	HOLDS(context >= 0);
	HOLDS(own_fsconfig(context, FSCONFIG_SET_STRING, "nr_inodes", "7", 0) == 0);
	HOLDS(own_fsconfig(context, FSCONFIG_SET_STRING, "no-such-option", "7", 0) < 0 && *own_errno() == EINVAL);
	HOLDS(own_fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0);
	int made = own_fsmount(context, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOEXEC);
	HOLDS(made >= 0);
	HOLDS(own_move_mount(made, "", AT_FDCWD, "/tmp", MOVE_MOUNT_F_EMPTY_PATH) == 0);
	HOLDS(statfs("/tmp", &fs) == 0 && fs.f_type == TMPFS_MAGIC && fs.f_files == 7);
	HOLDS((fs.f_flags & ST_NOEXEC) != 0 && (fs.f_flags & ST_RDONLY) == 0);
	HOLDS(mkdir("/tmp/copy", 0700) == 0);
	int copy = own_open_tree(AT_FDCWD, "/tmp", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	HOLDS(copy >= 0);
	HOLDS(own_mount_setattr(copy, "", AT_EMPTY_PATH, &attributes, sizeof(attributes)) == 0);
	HOLDS(own_move_mount(copy, "", AT_FDCWD, "/tmp/copy", MOVE_MOUNT_F_EMPTY_PATH) == 0);
	HOLDS(mkdir("/tmp/copy/new", 0700) < 0 && errno == EROFS);
	HOLDS(own_umount2("/tmp/copy", MNT_DETACH) == 0);
	HOLDS(access("/tmp/copy/copy", F_OK) < 0);
	HOLDS(own_umount2("/no/such/mount", 0) < 0 && *own_errno() == ENOENT);
	return 0;
}

static int
name_the_host(void)
{
	char name[16];

	HOLDS(own_sethostname("inside", 3) == 0);
	HOLDS(gethostname(name, sizeof(name)) == 0 && strcmp(name, "ins") == 0);
	return 0;
}

static int
open_sockets(void)
{
	int fd = own_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	HOLDS(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	HOLDS(own_socket(AF_INET, 99, 0) < 0 && *own_errno() == EINVAL);
	return 0;
}

static bool
tell(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool told = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	(void)close(fd);
	return told;
}

/* New namespaces, with a user who may make files in them. */
static bool
enter_namespaces(void)
{
	char uids[32], gids[32];

	(void)snprintf(uids, sizeof(uids), "0 %u 1", getuid());
	(void)snprintf(gids, sizeof(gids), "0 %u 1", getgid());
	return unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS) == 0 && tell("/proc/self/setgroups", "deny") &&
	    tell("/proc/self/uid_map", uids) && tell("/proc/self/gid_map", gids);
}

/* What `body` returns in namespaces of its own; -1 where there are none. */
static int
inside(int (*body)(void))
{
	int ends[2], result = -2;
	pid_t pid;

	if (pipe(ends) < 0)
		return -2;
	pid = fork();
	if (pid == 0) {
		int done = enter_namespaces() ? body() : -1;

		_exit(write(ends[1], &done, sizeof(done)) == sizeof(done) ? 0 : 1);
	}
	(void)close(ends[1]);
	if (read(ends[0], &result, sizeof(result)) != sizeof(result))
		result = -2;
	(void)close(ends[0]);
	(void)waitpid(pid, NULL, 0);
	return result;
}

#define CHECK_INSIDE(body)                                                                    \
	do {                                                                                  \
		NEEDS_KERNEL("namespaces");                                                   \
		int line = inside(body);                                                      \
		if (line == -1)                                                               \
			SKIP("no user namespace can be made");                                \
		CHECK_INT(line, 0);                                                           \
	} while (0)

static void
mounts(void)
{
	CHECK_INSIDE(mount_and_move);
}

static void
names_the_host(void)
{
	CHECK_INSIDE(name_the_host);
}

static void
opens_sockets(void)
{
	CHECK_INSIDE(open_sockets);
}

static const struct test TESTS[] = {
	{ "the calls on mounts do what the library's do", mounts },
	{ "sethostname()", names_the_host },
	{ "socket()", opens_sockets },
};
TESTS_MAIN(TESTS)
