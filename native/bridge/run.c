/*
 * One run, from the plan to the answer, on the thread that FFI gave us: start
 * the launcher, drain its output, keep the deadline, collect the record.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../base/fault.h"
#include "../base/fd.h"
#include "bridge.h"
#include "buffers.h"
#include "digest.h"
#include "report.h"
#include "start.h"
#include "stream.h"

/* How long output may still be passed on to a slow reader after the command was killed. */
#define GRACE_US 1000000
/* For both streams and the report. */
#define BUFFERS (2 * (size_t)CSC_CHUNK + CSC_REPORT_ROOM)
/* How long a sandbox may stand ready before csc has to decide. */
#define READY_US (60 * 1000000LL)

struct run {
	struct csc_stream out;
	struct csc_stream err;
	struct csc_report report;
	struct csc_progress progress;
	int pidfd;
	pid_t pid;
	bool dead;
	bool timed_out;
	bool abandoned; /* csc gave it up, before the start or later */
	bool started;   /* the command may run */
	int gate_fd;     /* -1 where there is none, or nothing more can come */
	int liveness_fd; /* our end */
	int64_t start_us;
	int64_t deadline_us;
	int64_t grace_us;   /* until then output is passed on after the deadline */
	int64_t allowed_us; /* how long the command may run */
};

static int64_t
now_us(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
kill_sandbox(struct run *run)
{
	/* PID 1 of its namespace: the kernel kills all the others with it. */
	(void)pidfd_send_signal(run->pidfd, SIGKILL, NULL, 0);
}

/* Lets the command start, and its time begin. */
static void
let_start(struct run *run)
{
	run->started = true;
	run->start_us = now_us();
	run->deadline_us = run->start_us + run->allowed_us;
	run->progress.from_us = run->start_us;
	/* If the launcher is gone already, its death says so. */
	if (write(run->liveness_fd, "g", 1) < 0)
		run->liveness_fd = -1;
}

/* Somebody has decided about the sandbox that stands ready. */
static void
pass_gate(struct run *run)
{
	uint64_t word = 0;

	if (read(run->gate_fd, &word, sizeof(word)) != (ssize_t)sizeof(word))
		return;
	if (word == CSC_GATE_START && !run->started) {
		let_start(run);
		return;
	}
	run->gate_fd = -1;
	run->abandoned = true;
	kill_sandbox(run);
}

/* Milliseconds until something must happen by itself; -1 for never. */
static int
patience(const struct run *run)
{
	int64_t limit = run->timed_out ? run->grace_us : run->deadline_us;
	int64_t now = now_us();
	int64_t left = (limit - now + 999) / 1000;
	int draw = csc_progress_patience(&run->progress, now);

	if (left <= 0)
		return 0;
	/* Less than until the deadline, and never 0, which means that it is there. */
	if (draw >= 0 && draw < left)
		return draw > 0 ? draw : 1;
	return left > 1000000 ? 1000000 : (int)left;
}

/* True when nothing more can come: all is dead, read and passed on. */
static bool
finished(const struct run *run)
{
	if (!run->dead)
		return false;
	return run->out.pipe_fd < 0 && run->err.pipe_fd < 0 && !csc_stream_full(&run->out) && !csc_stream_full(&run->err);
}

static void
watch_stream(const struct csc_stream *stream, struct pollfd *in, struct pollfd *out)
{
	*in = (struct pollfd){ .fd = csc_stream_hungry(stream) ? stream->pipe_fd : -1, .events = POLLIN };
	*out = (struct pollfd){ .fd = csc_stream_full(stream) ? stream->live_fd : -1, .events = POLLOUT };
}

static void
serve_stream(struct csc_stream *stream, const struct pollfd *in, const struct pollfd *out, bool dead)
{
	if (out->fd >= 0 && out->revents != 0)
		csc_stream_pass(stream);
	if (in->fd >= 0 && in->revents != 0)
		csc_stream_read(stream);
	else if (in->fd >= 0 && dead) {
		/*
		 * Every process of the sandbox is gone and the pipe is empty. Were a
		 * writer left, it got the pipe smuggled out of the sandbox.
		 */
		(void)close(stream->pipe_fd);
		stream->pipe_fd = -1;
	}
}

/* What is no report comes from no launcher of ours. */
static void
read_report(struct run *run)
{
	csc_report_read(&run->report);
	if (run->report.broken)
		kill_sandbox(run);
}

/* Deals with everything that is ready. */
static void
serve(struct run *run, const struct pollfd watch[7], bool was_dead)
{
	serve_stream(&run->out, &watch[0], &watch[1], was_dead);
	serve_stream(&run->err, &watch[2], &watch[3], was_dead);
	if (watch[6].revents != 0)
		read_report(run);
	if (watch[5].revents != 0)
		pass_gate(run);
	if (watch[4].revents != 0)
		run->dead = true;
}

static void
drain(struct run *run)
{
	while (!finished(run)) {
		struct pollfd watch[7];
		int timeout = patience(run);

		if (timeout == 0 && run->timed_out)
			return; /* the reader did not take the rest in time */
		if (timeout == 0) {
			/* Nobody decided in time: then the command never ran. */
			run->abandoned = !run->started;
			run->timed_out = true;
			run->grace_us = now_us() + GRACE_US;
			kill_sandbox(run);
			continue;
		}
		csc_progress_tick(&run->progress, now_us());
		watch_stream(&run->out, &watch[0], &watch[1]);
		watch_stream(&run->err, &watch[2], &watch[3]);
		watch[4] = (struct pollfd){ .fd = run->dead ? -1 : run->pidfd, .events = POLLIN };
		watch[5] = (struct pollfd){ .fd = run->dead ? -1 : run->gate_fd, .events = POLLIN };
		/* More than the pipe holds may come: PID 1 waits until it is read. */
		watch[6] = (struct pollfd){ .fd = run->dead ? -1 : run->report.fd, .events = POLLIN };
		bool was_dead = run->dead;
		/* After its death everything is there already: do not wait for pipes. */
		bool writing = watch[1].fd >= 0 || watch[3].fd >= 0;
		int ready = poll(watch, 7, was_dead && !writing ? 0 : timeout);
		if (ready < 0 && errno != EINTR)
			return;
		if (ready < 0)
			continue;
		serve(run, watch, was_dead);
	}
}

static uint64_t
microseconds(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000U + (uint64_t)time.tv_usec;
}

/* Reaps PID 1 and reads its last record. */
static void
collect(struct run *run, struct csc_answer *answer)
{
	struct rusage usage = { .ru_utime = { 0, 0 } };
	int wait_status = 0;

	if (!run->dead)
		kill_sandbox(run);
	while (wait4(run->pid, &wait_status, 0, &usage) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(wait_status))
		answer->killed_by = WTERMSIG(wait_status);
	answer->user_us = microseconds(usage.ru_utime);
	answer->system_us = microseconds(usage.ru_stime);
	csc_report_read(&run->report);
	memcpy(answer->filter_sha256, run->report.filter_sha256, sizeof(answer->filter_sha256));
	if (csc_report_status(&run->report, &answer->status))
		answer->outcome = CSC_OUTCOME_REPORTED;
	else if (run->abandoned)
		answer->outcome = CSC_OUTCOME_ABANDONED;
	else
		/* Past the deadline it was PID 1's own alarm, while csc was stopped. */
		answer->outcome = run->timed_out || now_us() >= run->deadline_us ? CSC_OUTCOME_TIMED_OUT : CSC_OUTCOME_DIED;
}

static void
fill_answer(struct run *run, struct csc_answer *answer)
{
	answer->stdout_total = run->out.total;
	answer->stderr_total = run->err.total;
	answer->stdout_kept = run->out.nkept;
	answer->stderr_kept = run->err.nkept;
	answer->stdout_lost = run->out.lost;
	answer->stderr_lost = run->err.lost;
	csc_sha256_end(&run->out.hash, answer->stdout_sha256);
	csc_sha256_end(&run->err.hash, answer->stderr_sha256);
	answer->wall_us = (uint64_t)(now_us() - run->start_us);
}

/* Output to the terminal takes the line of progress away. */
static void
show_progress_on(struct csc_stream *stream, struct csc_progress *progress)
{
	if (progress->fd >= 0 && stream->live_fd >= 0 && isatty(stream->live_fd))
		stream->progress = progress;
}

/* The started sandbox, from its first byte of output to its last process. */
static void
follow(struct run *run, const struct csc_request *request, struct csc_pipes *pipes, uint8_t *pending,
    struct csc_answer *answer)
{
	answer->spawn_us = (uint64_t)(now_us() - run->start_us);
	run->deadline_us = run->start_us + READY_US;
	run->allowed_us = (int64_t)request->deadline_ms * 1000;
	run->gate_fd = request->gate_fd;
	run->liveness_fd = pipes->liveness[1];
	csc_progress_open(&run->progress, request->progress_fd);
	if (run->gate_fd < 0)
		let_start(run);
	csc_pipe_close(&pipes->out[1]);
	csc_pipe_close(&pipes->err[1]);
	csc_pipe_close(&pipes->status[1]);
	csc_pipe_close(&pipes->liveness[0]);
	csc_stream_open(&run->out, pipes->out[0], request->stdout_fd, request->escape_stdout != 0,
	    (uint8_t *)(uintptr_t)answer->stdout_at, request->stdout_cap, pending);
	csc_stream_open(&run->err, pipes->err[0], request->stderr_fd, request->escape_stderr != 0,
	    (uint8_t *)(uintptr_t)answer->stderr_at, request->stderr_cap, pending + CSC_CHUNK);
	run->report.fd = pipes->status[0];
	/* The sandbox is being built meanwhile: nobody waits for this. */
	csc_digest_sealed(request->plan_fd, answer->plan_sha256);
	show_progress_on(&run->out, &run->progress);
	show_progress_on(&run->err, &run->progress);
	drain(run);
	csc_progress_clear(&run->progress);
	CSC_FAULT(CSC_FAULT_BEFORE_COLLECT);
	collect(run, answer);
	fill_answer(run, answer);
	/* The streams have closed their pipes when they met the end. */
	pipes->out[0] = run->out.pipe_fd;
	pipes->err[0] = run->err.pipe_fd;
	csc_close_scoped(&run->pidfd);
}

/*
 * Runs one sandbox to its end. Always returns 0; what happened is in `answer`,
 * which csc_files must release. When it returns, every process of the sandbox
 * is dead.
 */
int32_t
csc_run(const struct csc_request *request, const char *cgroup_files, struct csc_answer *answer, uint8_t *observation)
{
	struct run run = { .pidfd = -1, .pid = -1, .gate_fd = -1, .start_us = now_us() };
	struct csc_pipes pipes;
	uint8_t *pending = csc_lazy_buffer(BUFFERS);

	memset(answer, 0, sizeof(*answer));
	memset(&pipes, 0xFF, sizeof(pipes)); /* every descriptor -1 */
	if (!pending) {
		(void)csc_fail(&answer->err, CSC_STAGE_SPAWN, ENOMEM, "make buffers");
		return 0;
	}
	csc_report_begin(&run.report, pending + 2 * (size_t)CSC_CHUNK, observation);
	if (csc_make_buffers(request, answer) == 0 && csc_pipes_open(&pipes, &answer->err) == 0) {
		run.pid = csc_start(request, cgroup_files, &pipes, &run.pidfd, &answer->err);
		CSC_FAULT(CSC_FAULT_AFTER_SPAWN);
		if (run.pid >= 0)
			follow(&run, request, &pipes, pending, answer);
	}
	csc_pipes_close(&pipes);
	(void)munmap(pending, BUFFERS);
	return 0;
}
