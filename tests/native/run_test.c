/*
 * csc_run() from the plan to the answer, with real sandboxes: how commands end,
 * what becomes of their output, who may end them.
 */
#include <sys/prctl.h>
#include <sys/wait.h>

#include "sandbox_run.h"

static const uint8_t ALL_STAGES[] = { CSC_STAGE_PLAN, CSC_STAGE_SESSION, CSC_STAGE_IDENTITY, CSC_STAGE_MOUNTS,
	CSC_STAGE_PIVOT, CSC_STAGE_LOOPBACK, CSC_STAGE_HOSTNAME, CSC_STAGE_CWD, CSC_STAGE_LIMITS, CSC_STAGE_CAPABILITIES,
	CSC_STAGE_NO_NEW_PRIVS, CSC_STAGE_SECCOMP, CSC_STAGE_OBSERVE, CSC_STAGE_RELEASE, CSC_STAGE_EXEC };

static void
runs_a_command(void)
{
	uint8_t digest[CSC_SHA256_LEN];
	struct csc_sha256 hash;

	NEEDS_SANDBOX();
	begin_sandbox();
	run_shell("echo out; echo wrong >&2; exit 3");
	CHECK_ENDED(3);
	CHECK_INT(answer.status.nstages, sizeof(ALL_STAGES));
	CHECK(memcmp(answer.status.stages, ALL_STAGES, sizeof(ALL_STAGES)) == 0);
	CHECK_INT(answer.status.nsegments, 1);
	CHECK_TEXT(printed, "out\n");
	CHECK_INT(answer.stdout_total, 4);
	CHECK_INT(answer.stderr_total, 6);
	csc_sha256_init(&hash);
	csc_sha256_add(&hash, (const uint8_t *)"out\n", 4);
	csc_sha256_end(&hash, digest);
	CHECK(memcmp(digest, answer.stdout_sha256, sizeof(digest)) == 0);
	CHECK(answer.status.segments[0].max_rss_kib > 0);
	CHECK(answer.wall_us > 0 && answer.spawn_us > 0);
	CHECK_INT(answer.killed_by, 0);
}

static void
shows_what_was_planned(void)
{
	NEEDS_SANDBOX();
	begin_bare(600);
	own_identity();
	text_record(CSC_RECORD_PROC, "/proc");
	text_record(CSC_RECORD_CWD, "/usr/bin");
	text_record(CSC_RECORD_ENV, "A=b c");
	limit_record(7 /* RLIMIT_NOFILE */, 0, 40);
	limit_record(4 /* RLIMIT_CORE */, 0, 0);
	run_shell("echo $A; pwd; cat /proc/sys/kernel/hostname; ulimit -n; ulimit -Hc; set -- /proc/self/fd/*; echo $#; "
	          "grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/self/status");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "b c\n/usr/bin\ninside\n40\n0\n4\n" /* the fourth is the shell's, on the directory */
	                    "CapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n");
}

static void
never_raises_a_limit(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	limit_record(4 /* RLIMIT_CORE */, 0, 0);
	limit_record(4 /* RLIMIT_CORE */, 0, 4096);
	run_shell("ulimit -Hc");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "0\n");
}

static void
connects_a_pipeline(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	shell("echo to stderr >&2; exit 4");
	text_record(CSC_RECORD_SEGMENT, "/no/such/program");
	text_record(CSC_RECORD_ARG, "program");
	shell("cat; kill -KILL $$");
	shell("read line; echo \"[$line]\"");
	run();
	CHECK_INT(answer.outcome, CSC_OUTCOME_REPORTED);
	CHECK_INT(answer.status.nsegments, 4);
	CHECK_INT(WEXITSTATUS(answer.status.segments[0].wait_status), 4);
	CHECK_INT(answer.status.segments[1].exec_errno, ENOENT);
	CHECK_INT(WTERMSIG(answer.status.segments[2].wait_status), SIGKILL);
	CHECK_INT(WEXITSTATUS(answer.status.segments[3].wait_status), 0);
	CHECK_TEXT(printed, "[]\n"); /* the one in the middle never ran */
	CHECK_INT(answer.stderr_total, strlen("to stderr\n"));
}

/*
 * Two processes are allowed: PID 1 and the first segment. That the rest cannot
 * be started must not read as if nothing had run.
 */
static void
owns_up_to_half_a_pipeline(void)
{
	bool root = geteuid() == 0;

	NEEDS_SANDBOX();
	begin_bare(600);
	/* The limit does not hold for root. */
	identity_record(root ? 65534 : getuid(), root ? 65534 : getgid(),
	    root ? CSC_IDENTITY_SWITCHED : CSC_IDENTITY_CALLER);
	text_record(CSC_RECORD_PROC, "/proc");
	text_record(CSC_RECORD_CWD, "/");
	limit_record(6 /* RLIMIT_NPROC */, 0, 2);
	shell("echo ran >&2");
	shell("cat");
	shell("cat");
	run();
	CHECK_INT(answer.outcome, CSC_OUTCOME_REPORTED);
	CHECK_TEXT(answer.status.err.text, "");
	CHECK_INT(answer.status.kind, CSC_STATUS_ENDED);
	CHECK_INT(answer.status.segments[0].exec_errno, 0);
	CHECK_INT(answer.status.segments[1].exec_errno, EAGAIN);
	CHECK_INT(answer.status.segments[2].exec_errno, EAGAIN);
	CHECK_INT(answer.stderr_total, 4);
}

static void
ends_what_is_left_behind(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	/* One orphan ends at once, the other would for a long time not. */
	run_shell("(true &); (sleep 1000 &) ; sleep 0.1; echo done");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "done\n");
}

static void
keeps_what_fits(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	request.stdout_cap = 10;
	request.stderr_cap = 1;
	run_shell("head -c 100000 /dev/zero 2>/dev/null || yes | head -c 100000; echo more >&2");
	CHECK_ENDED(0);
	CHECK_INT(answer.stdout_kept, 10);
	CHECK_INT(answer.stdout_total, 100000);
	CHECK_INT(answer.stderr_kept, 1);
	CHECK_INT(answer.stderr_total, 5);
}

static void
passes_output_on(void)
{
	int out[2], gone[2];
	char seen[64];

	NEEDS_SANDBOX();
	CHECK(pipe2(out, O_CLOEXEC) == 0 && pipe2(gone, O_CLOEXEC) == 0);
	begin_sandbox();
	request.stdout_fd = out[1];
	request.escape_stdout = 1;
	request.stderr_fd = gone[1];
	(void)close(gone[0]);
	run_shell("printf 'a\\033[1mb'; echo nobody reads this >&2; echo more >&2");
	(void)close(out[1]);
	(void)close(gone[1]);
	ssize_t n = read(out[0], seen, sizeof(seen) - 1);
	(void)close(out[0]);
	CHECK_ENDED(0);
	CHECK(n > 0);
	seen[n] = '\0';
	CHECK_TEXT(seen, "a\\x1b[1mb");
	CHECK_TEXT(printed, "a\033[1mb");
}

static void
keeps_the_deadline(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	request.deadline_ms = 100;
	run_shell("echo begun; trap '' TERM INT HUP; sleep 1000 & sleep 1000");
	CHECK_INT(answer.outcome, CSC_OUTCOME_TIMED_OUT);
	CHECK_INT(answer.killed_by, SIGKILL);
}

static void
waits_for_no_reader_after_the_deadline(void)
{
	int out[2];

	NEEDS_SANDBOX();
	CHECK(pipe2(out, O_CLOEXEC) == 0);
	begin_sandbox();
	request.deadline_ms = 100;
	request.stdout_fd = out[1];
	run_shell("exec yes");
	(void)close(out[0]);
	(void)close(out[1]);
	CHECK_INT(answer.outcome, CSC_OUTCOME_TIMED_OUT);
	CHECK(answer.stdout_total > 0);
}

static void
has_an_alarm_of_its_own(void)
{
	NEEDS_SANDBOX();
	begin_bare(1);
	own_identity();
	text_record(CSC_RECORD_PROC, "/proc");
	text_record(CSC_RECORD_CWD, "/");
	run_shell("exec sleep 1000");
	/* Without a word: PID 1 ended by itself, long before csc's deadline. */
	CHECK_INT(answer.outcome, CSC_OUTCOME_DIED);
	CHECK_INT(answer.killed_by, 0);
}

static int
new_gate(void)
{
	return csc_files(CSC_FILE_GATE, NONE, NULL, NULL, NULL, 0, 0, 0);
}

static int
decide(int gate, uint32_t start)
{
	return csc_files(CSC_FILE_OPEN_GATE, gate, NULL, NULL, NULL, 0, 0, start);
}

static void
starts_behind_a_gate(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	request.gate_fd = new_gate();
	CHECK(request.gate_fd >= 0);
	CHECK_INT(decide(request.gate_fd, 1), 0);
	run_shell("echo behind");
	(void)close(request.gate_fd);
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "behind\n");
	CHECK(decide(NONE, 1) == -EBADF);
}

static void
is_given_up_before_the_start(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	request.gate_fd = new_gate();
	CHECK_INT(decide(request.gate_fd, 0), 0);
	run_shell("echo never");
	(void)close(request.gate_fd);
	CHECK_INT(answer.outcome, CSC_OUTCOME_ABANDONED);
	CHECK_INT(answer.stdout_total, 0);
}

/* A process that waits for the command's first byte, then gives the run up. */
static pid_t
give_up_later(int reader, int gate)
{
	pid_t pid = fork();
	char byte;

	if (pid == 0)
		_exit(read(reader, &byte, 1) == 1 && decide(gate, 0) == 0 ? 0 : 1);
	return pid;
}

static void
is_given_up_while_it_runs(void)
{
	int out[2], status = -1;

	NEEDS_SANDBOX();
	CHECK(pipe2(out, O_CLOEXEC) == 0);
	begin_sandbox();
	request.stdout_fd = out[1];
	request.gate_fd = new_gate();
	CHECK_INT(decide(request.gate_fd, 1), 0);
	pid_t pid = give_up_later(out[0], request.gate_fd);
	run_shell("echo begun; exec sleep 1000");
	CHECK(waitpid(pid, &status, 0) == pid);
	(void)close(out[0]);
	(void)close(out[1]);
	(void)close(request.gate_fd);
	CHECK_INT(status, 0);
	CHECK_INT(answer.outcome, CSC_OUTCOME_ABANDONED);
	CHECK_INT(answer.stdout_total, 6);
}

/* Runs a command and is killed with it; never returns. */
static void
run_until_killed(int writer)
{
	begin_sandbox();
	request.stdout_fd = writer;
	run_shell("echo begun; exec sleep 1000");
	_exit(1);
}

static void
ends_when_csc_is_gone(void)
{
	int out[2], status = -1;
	char byte;

	NEEDS_SANDBOX();
	CHECK(pipe2(out, O_CLOEXEC) == 0);
	/* PID 1 of the sandbox becomes our child when its parent is gone. */
	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0);
	pid_t csc = fork();
	CHECK(csc >= 0);
	if (csc == 0)
		run_until_killed(out[1]);
	CHECK(read(out[0], &byte, 1) == 1);
	CHECK(kill(csc, SIGKILL) == 0);
	CHECK(waitpid(csc, &status, 0) == csc);
	CHECK(waitpid(-1, &status, 0) > 0);
	(void)close(out[0]);
	(void)close(out[1]);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	CHECK(waitpid(-1, &status, 0) < 0 && errno == ECHILD);
}

static const struct test TESTS[] = {
	{ "run: a command runs, its output is counted, kept and hashed", runs_a_command },
	{ "run: environment, cwd, host name, limits and rights are the planned ones", shows_what_was_planned },
	{ "run: a limit is never raised", never_raises_a_limit },
	{ "run: the segments of a pipeline end each in its own way", connects_a_pipeline },
	{ "run: half a pipeline has run", owns_up_to_half_a_pipeline },
	{ "run: nothing outlives the last segment", ends_what_is_left_behind },
	{ "run: of too much output the beginning is kept", keeps_what_fits },
	{ "run: output is passed on, escaped for a person, whoever listens", passes_output_on },
	{ "run: the deadline ends it", keeps_the_deadline },
	{ "run: a reader that stops holds nothing up after the deadline", waits_for_no_reader_after_the_deadline },
	{ "run: PID 1 ends by itself when csc does not", has_an_alarm_of_its_own },
	{ "run: an open gate lets it start", starts_behind_a_gate },
	{ "run: given up before the start, nothing runs", is_given_up_before_the_start },
	{ "run: given up while it runs, it ends", is_given_up_while_it_runs },
	{ "run: it ends when csc is gone", ends_when_csc_is_gone },
};

int
main(void)
{
	return run_sandbox_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
