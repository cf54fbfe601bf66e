/* Attacks that administer the machine, each such that it changes nothing where it succeeds. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* An error from behind the check of rights shows that the check was passed. */
static long
reached(long result, int behind)
{
	return result < 0 && errno == behind ? 0 : result;
}

/* administer: modules, kernels, swap, accounting, reboot, ports. */
int
attack_administer(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	report("init_module", reached(syscall(SYS_init_module, NULL, 0, ""), ENOEXEC));
	report("finit_module", reached(syscall(SYS_finit_module, -1, "", 0), EBADF));
	report("delete_module", reached(syscall(SYS_delete_module, "csc_no_such", 0), ENOENT));
	/* No segments: unloads what is loaded, and nothing is. */
	report("kexec_load", syscall(SYS_kexec_load, 0, 0, NULL, 0));
	report("swapoff", reached(syscall(SYS_swapoff, "/csc-no-such"), ENOENT));
	report("acct", syscall(SYS_acct, NULL));
	/* Wrong magic numbers. */
	report("reboot", reached(syscall(SYS_reboot, 0, 0, 0, NULL), EINVAL));
	report("syslog", syscall(SYS_syslog, 10 /* SIZE_BUFFER */, NULL, 0));
#if defined(__x86_64__)
	report("iopl", syscall(SYS_iopl, 3));
	report("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
#endif
	return 0;
}

/* scheduling: puts itself before everybody else. */
int
attack_scheduling(int argc, char **argv)
{
	struct sched_param first = { .sched_priority = 1 };
	struct sched_param none = { .sched_priority = 0 };

	(void)argc;
	(void)argv;
	report("realtime priority", sched_setscheduler(0, SCHED_FIFO, &first));
	(void)sched_setscheduler(0, SCHED_OTHER, &none);
	report("negative nice value", setpriority(PRIO_PROCESS, 0, -20));
	report("idle class of others", syscall(SYS_ioprio_set, 1, 0, 1 << 13 /* realtime */));
	return 0;
}

static long
put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;
	int saved;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	saved = errno;
	close(fd);
	errno = saved;
	return written < 0 ? -1 : 0;
}

/* oom: lets the kernel kill anybody but this process when memory runs out. */
int
attack_oom(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	report("never be killed", put("/proc/self/oom_score_adj", "-1000"));
	return 0;
}

/* leave-cgroup: moves itself to the root of each hierarchy. */
int
attack_leave_cgroup(int argc, char **argv)
{
	static const char *const ROOTS[] = {
		"/sys/fs/cgroup/pids/cgroup.procs",
		"/sys/fs/cgroup/memory/cgroup.procs",
		"/sys/fs/cgroup/unified/cgroup.procs",
		"/sys/fs/cgroup/cgroup.procs",
	};

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof ROOTS / sizeof ROOTS[0]; i++)
		report_on("enter", ROOTS[i], put(ROOTS[i], "0"));
	return 0;
}
