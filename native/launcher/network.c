/*
 * The sandbox's network: a namespace with nothing but its own loopback.
 *
 * To make one takes the kernel as long as all the mounts, so a child makes it
 * meanwhile. It shares memory and descriptors with this process, which waits
 * for its end before it gives up any capability; nothing of the command exists
 * by then.
 */
#include <errno.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/fd.h"
#include "launcher.h"

#define STACK_SIZE 32768

/* What the child has come to; read when it has ended. */
static struct {
	pid_t pid;
	int fd; /* the namespace */
	struct csc_err err;
} network = { .fd = -1 };

/*
 * Runs in the child. errno is this process's as well: unless something fails,
 * and then the sandbox does, it must not be written. So no cleanup_fd here,
 * which puts it back. No path either: the root may be changed meanwhile.
 */
static int
make(void *argument)
{
	struct csc_err *err = argument;
	struct ifreq request = { .ifr_name = "lo" };
	int fd;

	if (syscall(SYS_unshare, CLONE_NEWNET) < 0)
		return csc_fail(err, CSC_STAGE_LOOPBACK, errno, "create a network namespace");
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return csc_fail(err, CSC_STAGE_LOOPBACK, errno, "open a socket");
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return csc_fail(err, CSC_STAGE_LOOPBACK, errno, "bring up \"lo\"");
	/* Close-on-exec, like everything else. */
	network.fd = ioctl(fd, SIOCGSKNS, NULL);
	if (network.fd < 0)
		return csc_fail(err, CSC_STAGE_LOOPBACK, errno, "hold the network namespace");
	(void)close(fd);
	return 0;
}

int
csc_network_begin(struct csc_err *err)
{
	static _Alignas(16) char stack[STACK_SIZE];

	/* No signal at its end: SIGCHLD speaks of the command alone. */
	network.pid = clone(make, stack + sizeof(stack), CLONE_VM | CLONE_FILES, &network.err);
	if (network.pid < 0)
		return csc_fail(err, CSC_STAGE_LOOPBACK, errno, "start what makes the network");
	return 0;
}

int
csc_stage_loopback(struct csc_launch *launch, struct csc_err *err)
{
	int status = 0;

	(void)launch;
	while (wait4(network.pid, &status, __WALL, NULL) < 0) {
		if (errno != EINTR)
			return csc_fail(err, CSC_STAGE_LOOPBACK, errno, "wait for the network");
	}
	cleanup_fd made = csc_steal_fd(&network.fd);
	if (network.err.stage != CSC_STAGE_NONE) {
		*err = network.err;
		return -1;
	}
	if (status != 0 || made < 0)
		return csc_fail(err, CSC_STAGE_LOOPBACK, 0, "make the network: its maker ended with status %u", (unsigned int)status);
	if (syscall(SYS_setns, made, CLONE_NEWNET) < 0)
		return csc_fail(err, CSC_STAGE_LOOPBACK, errno, "enter the network namespace");
	return 0;
}
