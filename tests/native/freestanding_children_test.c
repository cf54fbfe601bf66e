/*
 * What stands in for the C library where processes are made: functions that no
 * compiler can be trusted with.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "freestanding_names.h"
#include "../../native/freestanding/process.c"
#include "../../native/freestanding/files.c"
#include "freestanding_names_end.h"

pid_t own_vfork(void) __attribute__((returns_twice));
int own_clone(int (*run)(void *), void *stack, int flags, void *argument);

/* Uses the stack where the return address of the parent's vfork would be. */
__attribute__((noinline)) static int
deep(int levels)
{
	volatile char room[64];

	memset((char *)(uintptr_t)room, levels, sizeof(room));
	return levels == 0 ? room[3] : deep(levels - 1) + room[5];
}

static void
starts_a_child_that_shares_memory(void)
{
	volatile int seen = 0;
	struct rusage usage;
	int status = 0;

	NEEDS_KERNEL("vfork that shares memory");
	pid_t pid = own_vfork();
	CHECK(pid >= 0);
	if (pid == 0) {
		char *none[] = { NULL };

		seen = deep(10);
		(void)own_setsid();
		(void)own_execve("/no/such/file", none, none);
		own_exit(*own_errno() == ENOENT ? 7 : 8);
	}
	/* Suspended until the child ended, and not led astray by its calls. */
	CHECK_INT(seen, 55);
	CHECK_INT(own_wait4(pid, &status, 0, &usage), pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 7);
	CHECK_INT(own_wait4(pid, &status, 0, &usage), -1);
	CHECK_INT(*own_errno(), ECHILD);
}

/* What the child of a clone sees and leaves. */
struct meeting {
	volatile int seen;
	volatile int opened;
	uintptr_t stack;
};

static int
meet(void *argument)
{
	struct meeting *meeting = argument;
	char here = 1;

	meeting->stack = (uintptr_t)&here;
	meeting->seen = deep(10) + here;
	meeting->opened = own_open("/dev/null", O_RDONLY | O_CLOEXEC);
	return 5;
}

static void
runs_a_child_on_another_stack(void)
{
	static _Alignas(16) char stack[64 * 1024];
	struct meeting meeting = { .opened = -1 };
	int status = 0;

	NEEDS_KERNEL("clone that shares memory");
	pid_t pid = own_clone(meet, stack + sizeof(stack) - 8, CLONE_VM | CLONE_FILES, &meeting);
	CHECK(pid > 0);
	/* No signal tells of its end, and so it takes __WALL to wait for it. */
	CHECK_INT(own_wait4(pid, &status, __WALL, NULL), pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 5);
	CHECK_INT(meeting.seen, 56);
	CHECK(meeting.stack > (uintptr_t)stack && meeting.stack < (uintptr_t)stack + sizeof(stack));
	CHECK(meeting.opened >= 0 && fcntl(meeting.opened, F_GETFD) >= 0);
	CHECK_INT(own_close(meeting.opened), 0);
	/* A namespace of users and a shared root cannot be had together. */
	CHECK_INT(own_clone(meet, stack + sizeof(stack), CLONE_NEWUSER | CLONE_FS, &meeting), -1);
	CHECK_INT(*own_errno(), EINVAL);
}

static void
starts_a_program(void)
{
	char *argv[] = { "sh", "-c", "exit $X", NULL };
	char *envp[] = { "X=9", NULL };
	int status = 0;
	pid_t pid = own_vfork();

	CHECK(pid >= 0);
	if (pid == 0) {
		(void)own_execve("/bin/sh", argv, envp);
		own_exit(1);
	}
	CHECK_INT(own_wait4(pid, &status, 0, NULL), pid);
	CHECK_INT(WEXITSTATUS(status), 9);
}

static const struct test TESTS[] = {
	{ "vfork() returns twice, to the same place", starts_a_child_that_shares_memory },
	{ "vfork() and execve() start a program", starts_a_program },
	{ "clone() runs a function on a stack of its own", runs_a_child_on_another_stack },
};
TESTS_MAIN(TESTS)
