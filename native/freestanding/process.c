/* errno, processes and signals. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"

#define LARGEST_ERRNO 4095

int *
__errno_location(void)
{
	static int number; /* there is one thread; on launcher/network.c's child, see there */

	return &number;
}

__attribute__((used)) long
csc_result(long value)
{
	if (value >= 0 || value < -LARGEST_ERRNO)
		return value; /* also an address in the upper half */
	errno = (int)-value;
	return -1;
}

long
syscall(long number, ...)
{
	long rest[6];
	va_list args;

	/* Arguments that were not passed are read too, and ignored by the kernel. */
	va_start(args, number);
	for (size_t i = 0; i < 6; i++)
		rest[i] = va_arg(args, long);
	va_end(args);
	return ASK(number, rest[0], rest[1], rest[2], rest[3], rest[4], rest[5]);
}

/* --- processes --- */

CSC_ASM_FUNCTION(vfork, CSC_VFORK);
/* Of the library's optional arguments there are none. */
CSC_ASM_FUNCTION(clone, CSC_CLONE);

void
_exit(int status)
{
	for (;;)
		(void)ASK(SYS_exit_group, status);
}

int
execve(const char *file, char *const argv[], char *const envp[])
{
	return (int)ASK(SYS_execve, file, argv, envp);
}

pid_t
wait4(pid_t pid, int *status, int options, struct rusage *usage)
{
	return (pid_t)ASK(SYS_wait4, pid, status, options, usage);
}

pid_t
setsid(void)
{
	return (pid_t)ASK(SYS_setsid);
}

int
prctl(int option, ...)
{
	long rest[4];
	va_list args;

	va_start(args, option);
	for (size_t i = 0; i < 4; i++)
		rest[i] = va_arg(args, long);
	va_end(args);
	return (int)ASK(SYS_prctl, option, rest[0], rest[1], rest[2], rest[3]);
}

int
getrlimit(__rlimit_resource_t resource, struct rlimit *limit)
{
	return (int)ASK(SYS_prlimit64, 0, resource, NULL, limit);
}

int
setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
{
	return (int)ASK(SYS_prlimit64, 0, resource, limit, NULL);
}

uid_t
getuid(void)
{
	return (uid_t)ASK(SYS_getuid);
}

gid_t
getgid(void)
{
	return (gid_t)ASK(SYS_getgid);
}

int
uname(struct utsname *name)
{
	return (int)ASK(SYS_uname, name);
}

int
sethostname(const char *name, size_t length)
{
	return (int)ASK(SYS_sethostname, name, length);
}

/* --- signals --- */

/* The library's set is larger than the kernel's; the rest of it stays zero. */
int
sigemptyset(sigset_t *set)
{
	*set = (sigset_t){ 0 };
	return 0;
}

int
sigfillset(sigset_t *set)
{
	*set = (sigset_t){ .__val = { ~0UL } };
	return 0;
}

int
sigaddset(sigset_t *set, int sig)
{
	if (sig < 1 || sig >= NSIG) {
		errno = EINVAL;
		return -1;
	}
	set->__val[0] |= 1UL << (sig - 1);
	return 0;
}

int
sigprocmask(int how, const sigset_t *set, sigset_t *old)
{
	uint64_t before;
	int done = (int)ASK(SYS_rt_sigprocmask, how, set, &before, KERNEL_SET_SIZE);

	if (done == 0 && old)
		*old = (sigset_t){ .__val = { before } };
	return done;
}

/*
 * Gives a signal its standard effect, or none. There are no handlers: returning
 * from one takes code of the library that is not here.
 */
int
sigaction(int sig, const struct sigaction *action, struct sigaction *old)
{
	struct {
		void (*handler)(int);
		unsigned long flags;
		void (*restorer)(void);
		uint64_t mask;
	} wanted = { .handler = SIG_DFL };

	if (old || !action || (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN)) {
		errno = EINVAL;
		return -1;
	}
	wanted.handler = action->sa_handler;
	return (int)ASK(SYS_rt_sigaction, sig, &wanted, NULL, KERNEL_SET_SIZE);
}

int
signalfd(int fd, const sigset_t *set, int flags)
{
	return (int)ASK(SYS_signalfd4, fd, set, KERNEL_SET_SIZE, flags);
}
