/*
 * Makes a folder the root of a new mount and network namespace, the way a
 * minimal host looks, and becomes an unprivileged user there:
 *
 *     enter ROOT UID PROGRAM [ARGUMENT...]
 *
 * The root is read-only but for ROOT/data; /tmp is a tmpfs that executes
 * nothing; the environment is empty. No chroot: the kernel refuses user
 * namespaces to a process whose root is not its mount namespace's.
 */
#define _GNU_SOURCE
#include <err.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static void
attach(const char *what, const char *where, const char *type, unsigned long flags)
{
	if (mount(what, where, type, flags, NULL) < 0)
		err(125, "mount %s", where);
}

int
main(int argc, char **argv)
{
	char *nothing[] = { NULL };
	uid_t uid;

	if (argc < 4)
		errx(125, "usage: enter ROOT UID PROGRAM [ARGUMENT...]");
	uid = (uid_t)strtoul(argv[2], NULL, 10);
	if (unshare(CLONE_NEWNS | CLONE_NEWNET) < 0)
		err(125, "unshare");
	attach("none", "/", NULL, MS_REC | MS_PRIVATE);
	attach(argv[1], argv[1], NULL, MS_BIND);
	if (chdir(argv[1]) < 0)
		err(125, "chdir");
	attach("data", "data", NULL, MS_BIND);
	attach("proc", "proc", "proc", 0);
	attach("/dev", "dev", NULL, MS_BIND | MS_REC);
	attach("tmpfs", "tmp", "tmpfs", MS_NOEXEC | MS_NOSUID | MS_NODEV);
	attach("none", ".", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY);
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		err(125, "pivot_root");
	if (setgroups(0, NULL) < 0 || setgid(uid) < 0 || setuid(uid) < 0)
		err(125, "become %u", uid);
	execve(argv[3], argv + 3, nothing);
	err(125, "execute %s", argv[3]);
}
