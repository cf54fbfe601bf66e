/* Attacks that build or rearrange a world: namespaces, mounts, roots. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs `trial` in a child, so that each try starts from the same state. */
static void
in_child(const char *label, int (*trial)(void))
{
	pid_t child;

	attempt(label);
	child = fork();
	if (child == 0) {
		report(label, trial());
		_exit(0);
	}
	waitpid(child, NULL, 0);
}

static int by_unshare(void) { return unshare(CLONE_NEWUSER); }

static int
by_clone(void)
{
	long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : 0;
}

static int
by_clone3(void)
{
	struct clone_args args = { .flags = CLONE_NEWUSER, .exit_signal = SIGCHLD };
	long child = syscall(SYS_clone3, &args, sizeof args);

	if (child == 0)
		_exit(0);
	return child < 0 ? -1 : 0;
}

static int mount_namespace(void) { return become_namespace_root(CLONE_NEWNS); }

/* user-namespace: by every call that makes one. */
int
attack_user_namespace(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	in_child("unshare", by_unshare);
	in_child("clone", by_clone);
	in_child("clone3", by_clone3);
	in_child("mount namespace", mount_namespace);
	return 0;
}

/* An error from behind the check of rights shows that the check was passed. */
static long
reached(long result, int behind)
{
	return result < 0 && errno == behind ? 0 : result;
}

/*
 * mounts DIRECTORY: every way to change what a path means, in a private copy
 * of the mount table where one is to be had.
 */
int
attack_mounts(int argc, char **argv)
{
	const char *at = argc > 1 ? argv[1] : "/tmp";
	uint64_t attributes[4] = { 1 /* read-only */ };
	int fd;

	report("take a mount namespace", become_namespace_root(CLONE_NEWNS));
	report("mount tmpfs", mount("none", at, "tmpfs", 0, NULL));
	report("bind", mount("/", at, NULL, MS_BIND | MS_REC, NULL));
	report("remount writable", mount(NULL, at, NULL, MS_REMOUNT | MS_BIND, NULL));
	report("unmount", umount2(at, MNT_DETACH));
	fd = (int)syscall(SYS_fsopen, "tmpfs", 0);
	report("fsopen", fd);
	if (fd >= 0)
		close(fd);
	fd = (int)syscall(SYS_open_tree, AT_FDCWD, "/",
		1 /* OPEN_TREE_CLONE */ | 0x8000 /* AT_RECURSIVE */);
	report("open_tree clone", fd);
	if (fd >= 0)
		close(fd);
	/* Bad descriptors: the kernel asks for rights before it looks at them. */
	report("move_mount", reached(syscall(SYS_move_mount, -1, "", -1, "", 0x4 | 0x40), EBADF));
	report("fspick", (fd = (int)syscall(SYS_fspick, AT_FDCWD, at, 0)));
	if (fd >= 0)
		close(fd);
	report("mount_setattr", reached(syscall(SYS_mount_setattr, -1, "", 0, attributes, sizeof attributes), ENOENT));
	return 0;
}

/*
 * chroot JAIL PATH: the classic way out of a root that is only a chroot: take
 * a second root below the first, then climb past it. Reads PATH at the end.
 */
int
attack_chroot(int argc, char **argv)
{
	char text[4096];
	long length;
	int outside;

	if (argc < 3)
		broken("chroot JAIL PATH");
	if (!has_sys_admin())
		report("take a namespace", become_namespace_root(CLONE_NEWNS));
	outside = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	report("chroot", chroot(argv[1]));
	if (outside >= 0 && fchdir(outside) == 0) {
		for (int i = 0; i < 64; i++)
			(void)!chdir("..");
		report("chroot back", chroot("."));
	}
	length = read_small_file(argv[2], text, sizeof text);
	report("read outside", length);
	if (length > 0)
		printf("content: %s\n", text);
	return 0;
}

/* pivot-root DIRECTORY: makes DIRECTORY the root. */
int
attack_pivot_root(int argc, char **argv)
{
	const char *at = argc > 1 ? argv[1] : "/tmp";
	bool entered;

	report("take a mount namespace", become_namespace_root(CLONE_NEWNS));
	/* The new root must be a mount point. */
	(void)!mount(at, at, NULL, MS_BIND, NULL);
	entered = chdir(at) == 0;
	report("pivot_root", entered ? syscall(SYS_pivot_root, ".", ".") : -1);
	return 0;
}

/* hostname: names this machine as it is already named. */
int
attack_hostname(int argc, char **argv)
{
	char name[256] = "";

	(void)argc;
	(void)argv;
	gethostname(name, sizeof name - 1);
	if (!has_sys_admin())
		report("take a uts namespace", become_namespace_root(CLONE_NEWUTS));
	report("sethostname", sethostname(name, strlen(name)));
	report("setdomainname", setdomainname("(none)", 6));
	return 0;
}

/* clock: settings that need the right to set the clock and change nothing. */
int
attack_clock(int argc, char **argv)
{
	struct timezone utc = { 0, 0 };
	struct timex now = { .modes = 0 };

	(void)argc;
	(void)argv;
	report("settimeofday", syscall(SYS_settimeofday, NULL, &utc));
	if (adjtimex(&now) < 0)
		memset(&now, 0, sizeof now);
	now.modes = ADJ_TICK; /* the tick it has */
	report("adjtimex", adjtimex(&now));
	return 0;
}

/* setns PID...: joins the namespaces of another process. */
int
attack_setns(int argc, char **argv)
{
	static const char *const KINDS[] = { "mnt", "net", "ipc", "uts", "user" };

	for (int i = 1; i < argc; i++) {
		for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++) {
			char path[64];
			int fd;

			snprintf(path, sizeof path, "/proc/%s/ns/%s", argv[i], KINDS[k]);
			fd = open(path, O_RDONLY | O_CLOEXEC);
			report_on("open", path, fd);
			report_on("join", path, fd < 0 ? -1 : setns(fd, 0));
			if (fd >= 0)
				close(fd);
		}
	}
	return 0;
}

/*
 * ghost DIRECTORY NAME: what a careless sandbox does: makes a mount point in
 * the user's tree, mounts over it, and ends without removing it.
 */
int
tool_ghost(int argc, char **argv)
{
	char path[4200];

	if (argc < 3)
		broken("ghost DIRECTORY NAME");
	if (become_namespace_root(CLONE_NEWNS) < 0)
		broken("no mount namespace");
	snprintf(path, sizeof path, "%s/%s", argv[1], argv[2]);
	if (mkdir(path, 0755) < 0 || mount("none", path, "tmpfs", 0, NULL) < 0)
		broken("mount");
	return 0;
}
