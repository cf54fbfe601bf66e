/*
 * Runs real sandboxes: the bridge as it is linked here, and the launcher that
 * was built like this program and lies beside it. A test writes a plan with
 * plan_builder.h, between begin_sandbox() and run().
 */
#ifndef CSC_TESTS_SANDBOX_RUN_H
#define CSC_TESTS_SANDBOX_RUN_H

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../native/bridge/bridge.h"
#include "plan_builder.h"

#define NONE (-1)
#define CAP 65536U

/* What the next run is asked, and what the last one answered. */
static struct csc_request request;
static struct csc_answer answer;
/* What PID 1 saw; all zeros where it saw nothing. */
static union {
	uint8_t bytes[CSC_OBSERVATION_MAX];
	struct csc_observation head;
} observed;
static char cgroup_files[PATH_MAX];
/* What the command printed, as text. */
static char printed[CAP + 1];
/* A directory of this test on the host. */
static char place[64];

/*
 * The launcher that was built with the same compiler and flags as this program:
 * a descriptor of the test's own, also once it has become somebody else.
 */
static inline int
open_launcher(void)
{
	static int launcher = NONE;
	char path[PATH_MAX];
	ssize_t n;

	if (launcher >= 0)
		return fcntl(launcher, F_DUPFD_CLOEXEC, 3);
	n = readlink("/proc/self/exe", path, sizeof(path) - 16);

	if (n < 0)
		return -1;
	path[n] = '\0';
	(void)strcpy(strrchr(path, '/'), "/launcher");
	launcher = open(path, O_RDONLY | O_CLOEXEC);
	return fcntl(launcher, F_DUPFD_CLOEXEC, 3);
}

/* Shows a system directory as the host has it: a directory, a link, or not at all. */
static inline void
show_system(const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof(target) - 1);
	struct stat st;

	if (n > 0) {
		target[n] = '\0';
		link_record(path, target);
	} else if (stat(path, &st) == 0) {
		bind_record(CSC_BIND_RDONLY | CSC_BIND_DIR, path, path);
	}
}

/* Of the next plan that is begun. */
static uint32_t plan_flags;
static uint64_t landlock_handled; /* 0: without Landlock */
static uint64_t landlock_scoped;

/* A plan without identity, cwd and anything to see or execute. */
static inline void
begin_empty(uint32_t last_seconds, const char *hostname)
{
	request = (struct csc_request){
		.launcher_fd = open_launcher(),
		.plan_fd = NONE,
		.stdout_fd = NONE,
		.stderr_fd = NONE,
		.deadline_ms = 60000,
		.stdout_cap = CAP,
		.stderr_cap = CAP,
		.gate_fd = NONE,
	};
	cgroup_files[0] = '\0';
	empty_plan();
	root_record(1048576, 8192);
	settings_record(plan_flags, last_seconds);
	landlock_record(landlock_handled, landlock_scoped, 0);
	text_record(CSC_RECORD_HOSTNAME, hostname);
}

/* A plan in which a shell can run, but for its identity, /proc, its cwd and what is executed. */
static inline void
begin_bare(uint32_t last_seconds)
{
	static const char *const dirs[] = { "/usr", "/bin", "/lib", "/lib64" };

	begin_empty(last_seconds, "inside");
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		show_system(dirs[i]);
	bind_record(CSC_BIND_DEVICES, "/dev/null", "/dev/null");
	text_record(CSC_RECORD_ENV, "PATH=/usr/bin:/bin");
}

static inline void
own_identity(void)
{
	identity_record(getuid(), getgid(), CSC_IDENTITY_CALLER);
}

static inline void
begin_sandbox(void)
{
	begin_bare(600);
	own_identity();
	text_record(CSC_RECORD_PROC, "/proc");
	text_record(CSC_RECORD_CWD, "/");
}

/* Adds a segment: a shell with these commands. */
static inline void
shell(const char *commands)
{
	text_record(CSC_RECORD_SEGMENT, "/bin/sh");
	text_record(CSC_RECORD_ARG, "sh");
	text_record(CSC_RECORD_ARG, "-c");
	text_record(CSC_RECORD_ARG, commands);
}

static inline void
release(void)
{
	(void)csc_files(CSC_FILE_RELEASE, NONE, NULL, NULL, (uint8_t *)&answer, sizeof(answer), 0, 0);
}

/* Runs the plan that was built, or the one that the request names already. */
static inline void
run(void)
{
	size_t len;

	if (request.plan_fd < 0)
		request.plan_fd = csc_files(CSC_FILE_MEMFD, NONE, "plan", NULL, built.data, built.len, 0, 0);
	memset(&observed, 0, sizeof(observed));
	(void)csc_run(&request, cgroup_files, &answer, observed.bytes);
	len = answer.stdout_at == 0 ? 0 : answer.stdout_kept;
	if (len > CAP)
		len = CAP;
	if (len > 0)
		memcpy(printed, (const void *)(uintptr_t)answer.stdout_at, len);
	printed[len] = '\0';
	release();
	(void)close(request.plan_fd);
	(void)close(request.launcher_fd);
}

/* The usual: one shell, run to its end. */
static inline void
run_shell(const char *commands)
{
	shell(commands);
	run();
}

/* Why no sandbox can be had on this machine, or NULL. */
static inline const char *
no_sandbox(void)
{
	begin_sandbox();
	run_shell("true");
	if (answer.outcome != CSC_OUTCOME_NOT_STARTED)
		return NULL;
	return answer.err.stage == CSC_STAGE_CGROUP ? NULL : answer.err.text;
}

#define NEEDS_SANDBOX()                                                                       \
	do {                                                                                  \
		NEEDS_KERNEL("namespaces");                                                   \
		if (sandbox_obstacle)                                                         \
			SKIP(sandbox_obstacle);                                               \
	} while (0)

/* The command ran to its end and left with this exit code. */
#define CHECK_ENDED(code)                                                                     \
	do {                                                                                  \
		CHECK_TEXT(answer.err.text, "");                                              \
		CHECK_INT(answer.outcome, CSC_OUTCOME_REPORTED);                              \
		CHECK_TEXT(answer.status.err.text, "");                                       \
		CHECK_INT(answer.status.kind, CSC_STATUS_ENDED);                              \
		CHECK_INT(answer.status.segments[0].exec_errno, 0);                           \
		CHECK_INT(answer.status.segments[0].wait_status, (code) << 8);                \
	} while (0)

static const char *sandbox_obstacle;

/* What main() of such a test does. */
static inline int
run_sandbox_tests(const struct test *tests, size_t count)
{
	int failed;
	char command[128];

	(void)signal(SIGPIPE, SIG_IGN);
	if (!emulated() && no_sandbox() != NULL) {
		static char why[CSC_ERR_TEXT];

		(void)strcpy(why, answer.err.text);
		sandbox_obstacle = why;
	}
	(void)strcpy(place, "/tmp/csc-sandbox-run-XXXXXX");
	if (!mkdtemp(place))
		abort();
	failed = run_tests(tests, count);
	(void)snprintf(command, sizeof(command), "rm -rf %s", place);
	return system(command) == 0 ? failed : 1;
}

#endif
