/*
 * Starts the segments and waits. PID 1 reaps everything; when the last segment
 * has ended, or csc is gone, it ends too, and the kernel takes every process
 * of the sandbox along.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/fault.h"
#include "../base/fd.h"
#include "launcher.h"
#include "observe.h"

/* Runs in the vfork child, which shares our memory: system calls only. */
static void
become(const struct csc_launch *launch, size_t index, int in, int out, volatile int *exec_errno)
{
	const struct csc_plan *plan = &launch->plan;
	const struct csc_segment *segment = &plan->segments[index];
	int pinned = launch->pins[index].fd;
	/* Needed by the call that closes it. */
	unsigned int how = pinned < 0 ? 0 : CLOSE_RANGE_CLOEXEC;
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;

	CSC_FAULT(CSC_FAULT_CHILD_BORN);
	for (int sig = 1; sig < NSIG; sig++) {
		if (sig != SIGKILL && sig != SIGSTOP)
			(void)sigaction(sig, &standard, NULL);
	}
	CSC_FAULT(CSC_FAULT_CHILD_READY);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	if (setsid() < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0 || close_range(3, ~0U, (int)how) < 0) {
		*exec_errno = errno;
		_exit(126);
	}
	if (pinned >= 0)
		(void)syscall(SYS_execveat, pinned, "", segment->argv, plan->env, AT_EMPTY_PATH);
	else
		(void)execve(segment->file, (char *const *)segment->argv, (char *const *)plan->env);
	*exec_errno = errno;
	_exit(126);
}

/* Starts one segment; its exec failure is a result, not a failed stage. */
static int
start(const struct csc_launch *launch, size_t index, int in, int out, pid_t *pid, struct csc_segment_status *status)
{
	volatile int exec_errno = launch->pins[index].refused;
	pid_t child;

	/* Nobody inside can do this; somebody outside may have moved the directory that it lies in. */
	if (exec_errno == 0 && csc_observed_changed(launch, index))
		exec_errno = ESTALE;
	if (exec_errno != 0) {
		status->exec_errno = exec_errno;
		return 0;
	}
	child = vfork();
	if (child < 0)
		return -1;
	if (child == 0)
		become(launch, index, in, out, &exec_errno);
	*pid = child;
	status->exec_errno = exec_errno;
	return 0;
}

/*
 * Starts the segments in order. With the first of them the command runs: what
 * cannot be started after it (no process, no descriptor is left) was not
 * executed, with its error number. It is no failed stage, for that would say
 * that nothing has run.
 */
static int
start_all(struct csc_launch *launch, pid_t *pids, struct csc_err *err)
{
	const struct csc_plan *plan = &launch->plan;
	struct csc_segment_status *statuses = launch->status.segments;
	cleanup_fd in = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (in < 0)
		return csc_fail(err, CSC_STAGE_EXEC, errno, "open \"/dev/null\"");
	for (size_t i = 0; i < plan->nsegments; i++) {
		int ends[2] = { -1, -1 };
		int done = i + 1 < plan->nsegments ? pipe2(ends, O_CLOEXEC) : 0;
		cleanup_fd next = ends[0];
		cleanup_fd out = ends[1];

		if (done == 0)
			done = start(launch, i, in, out < 0 ? CSC_FD_STDOUT : out, &pids[i], &statuses[i]);
		if (done < 0 && i == 0)
			return csc_fail(err, CSC_STAGE_EXEC, errno, "start the first segment");
		if (done < 0) {
			for (; i < plan->nsegments; i++)
				statuses[i].exec_errno = errno;
			return 0;
		}
		/* The segments before it run already, and may write where it lies. */
		launch->status.segments[i].changed = csc_observed_changed(launch, i);
		(void)close(in);
		in = csc_steal_fd(&next);
	}
	return 0;
}

static uint64_t
microseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000U + (uint64_t)time.tv_usec;
}

/* Microseconds of a clock that nobody sets. */
static uint64_t
now_us(void)
{
	struct timespec now = { 0 };

	(void)syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000U + (uint64_t)now.tv_nsec / 1000U;
}

/* Reaps what has ended; returns how many segments are still running. */
static size_t
reap(struct csc_launch *launch, pid_t *pids)
{
	size_t running = 0;
	struct rusage usage;
	int wait_status;
	pid_t pid;

	while ((pid = wait4(-1, &wait_status, WNOHANG, &usage)) > 0) {
		for (size_t i = 0; i < launch->plan.nsegments; i++) {
			struct csc_segment_status *status = &launch->status.segments[i];

			if (pids[i] != pid)
				continue;
			pids[i] = 0;
			status->wait_status = wait_status;
			status->user_us = microseconds(usage.ru_utime);
			status->system_us = microseconds(usage.ru_stime);
			status->max_rss_kib = (uint64_t)usage.ru_maxrss;
		}
	}
	for (size_t i = 0; i < launch->plan.nsegments; i++)
		running += pids[i] != 0;
	return running;
}

/*
 * Waits until csc lets the command start. Everything up to here can be built
 * while csc still writes its intent to disk; nothing of the command runs before.
 */
int
csc_stage_release(struct csc_launch *launch, struct csc_err *err)
{
	struct pollfd csc = { .fd = CSC_FD_LIVENESS, .events = POLLIN };
	char go;
	ssize_t n;

	(void)launch;
	do {
		n = read(CSC_FD_LIVENESS, &go, 1);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return csc_fail(err, CSC_STAGE_RELEASE, errno, "wait for the start");
	/* End of file: csc is gone or has thought better of it; it may be gone since it said go, too. */
	if (n == 0 || (poll(&csc, 1, 0) > 0 && (csc.revents & POLLHUP) != 0))
		_exit(1);
	return 0;
}

/*
 * csc keeps the deadline. Were csc itself stopped (Ctrl-Z, SIGSTOP), nobody
 * would: then PID 1 ends the sandbox, a little later. Not by SIGALRM, which
 * the command could send as well.
 */
static int
open_last_alarm(uint32_t seconds)
{
	struct itimerspec timer = { .it_value = { .tv_sec = (time_t)seconds } };
	cleanup_fd fd = (int)syscall(SYS_timerfd_create, CLOCK_MONOTONIC, TFD_CLOEXEC);

	if (fd < 0 || syscall(SYS_timerfd_settime, fd, 0, &timer, NULL) < 0)
		return -1;
	return csc_steal_fd(&fd);
}

int
csc_stage_exec(struct csc_launch *launch, struct csc_err *err)
{
	pid_t pids[CSC_MAX_SEGMENTS] = { 0 };
	uint64_t released_us = now_us();
	sigset_t child;

	launch->status.nsegments = (uint32_t)launch->plan.nsegments;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	cleanup_fd alarm = open_last_alarm(launch->plan.last_seconds);
	if (alarm < 0)
		return csc_fail(err, CSC_STAGE_EXEC, errno, "set the last alarm");
	cleanup_fd signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		return csc_fail(err, CSC_STAGE_EXEC, errno, "watch for SIGCHLD");
	if (start_all(launch, pids, err) < 0)
		return -1;
	/* Only the command holds the output pipes now. */
	(void)close(CSC_FD_STDOUT);
	(void)close(CSC_FD_STDERR);
	while (reap(launch, pids) > 0) {
		struct pollfd watch[3] = {
			{ .fd = signals, .events = POLLIN },
			{ .fd = CSC_FD_LIVENESS, .events = POLLIN },
			{ .fd = alarm, .events = POLLIN },
		};
		struct signalfd_siginfo info;

		/* Without a record: a failed stage would say that nothing has run. */
		if (poll(watch, 3, -1) < 0 && errno != EINTR)
			_exit(1);
		/* Nothing more is written to liveness: readable means that csc is gone. */
		if (watch[1].revents != 0 || watch[2].revents != 0)
			_exit(1);
		/* Drained before reaping, so that no SIGCHLD is missed. */
		while (read(signals, &info, sizeof(info)) > 0)
			;
	}
	/* Were csc stopped meanwhile, its own clock would not tell. */
	launch->status.ran_us = now_us() - released_us;
	return 0;
}
