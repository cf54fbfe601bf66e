/* Attacks on processes of the same user: patch, trace and rob them, by number and by pidfd. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int target = 1;

/*
 * patch-sibling: a child that shares nothing with us is traced, read and
 * written. It is the attacker's own; what counts is that the calls answer.
 */
int
attack_patch_sibling(int argc, char **argv)
{
	int value = 2;
	struct iovec mine = { &value, sizeof value };
	struct iovec theirs = { (void *)(uintptr_t)&target, sizeof target };
	pid_t child = fork();

	(void)argc;
	(void)argv;
	if (child < 0)
		broken("fork");
	if (child == 0) {
		pause();
		_exit(0);
	}
	report("process_vm_writev", process_vm_writev(child, &mine, 1, &theirs, 1, 0));
	report("process_vm_readv", process_vm_readv(child, &mine, 1, &theirs, 1, 0));
	report("kcmp", syscall(SYS_kcmp, getpid(), child, KCMP_FILES, 0, 0));
	report("ptrace", ptrace(PTRACE_ATTACH, child, NULL, NULL));
	kill(child, SIGKILL);
	waitpid(child, NULL, __WALL);
	return 0;
}

/* pidfd PID...: what a descriptor of a process is good for, for each. */
int
attack_pidfd(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		int held = (int)syscall(SYS_pidfd_open, number(argv[i]), 0);
		int taken;

		report_on("pidfd_open", argv[i], held);
		taken = (int)syscall(SYS_pidfd_getfd, held, 1, 0);
		report_on("pidfd_getfd", argv[i], taken);
		if (taken >= 0)
			close(taken);
		report_on("join by pidfd", argv[i], setns(held, CLONE_NEWNET | CLONE_NEWNS));
		if (held >= 0)
			close(held);
	}
	return 0;
}

/*
 * every-signal: sends its parent all of them, which in a sandbox is PID 1. (Not
 * PID 1 by its number: where no sandbox is, that would be the machine's own.)
 */
int
attack_every_signal(int argc, char **argv)
{
	pid_t pid = getppid();

	(void)argc;
	(void)argv;
	for (int which = 1; which < NSIG; which++)
		signal(which, SIG_IGN);
	attempt("signals");
	/* Again and again: it must not only survive, but have the time to be wrong. */
	for (int round = 0; round < 20; round++) {
		for (int which = 1; which < NSIG; which++)
			(void)kill(pid, which);
		usleep(5000);
	}
	printf("signals: sent\n");
	return 0;
}
