/*
 * Each stage that can fail does so with its name, an error number and what was
 * tried; and nothing of the command runs.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "sandbox_run.h"

/* One way to fail: what is written into the plan, and what must come of it. */
struct refusal {
	const char *name;
	void (*plan)(void);
	enum csc_stage stage;
	int errnum;
	const char *text; /* a part of the message */
};

static char long_name[600];

static const char *
below(const char *name)
{
	static char paths[2][700];
	static int turn;

	turn = !turn;
	(void)snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", place, name);
	return paths[turn];
}

static void
scope(void)
{
	bind_record(CSC_BIND_DIR, place, "/w");
}

static void missing_source(void) { bind_record(CSC_BIND_DIR, "/no/such/source", "/w"); }
static void linked_source(void) { bind_record(CSC_BIND_DIR, below("link"), "/w"); }
static void source_through_link(void) { bind_record(CSC_BIND_DIR, below("link/sub"), "/w"); }
static void source_no_directory(void) { bind_record(CSC_BIND_DIR, below("file"), "/w"); }
static void source_no_file(void) { bind_record(0, place, "/w"); }
static void source_exchanged(void)
{
	struct stat st = { 0 };

	(void)stat(place, &st);
	planned_bind_record(CSC_BIND_DIR, st.st_dev, st.st_ino + 1, place, "/w");
}
static void point_in_scope(void) { scope(); bind_record(CSC_BIND_DIR, "/usr", "/w/new"); }
static void point_through_scope(void) { scope(); bind_record(CSC_BIND_DIR, "/usr", "/w/new/deep"); }
static void point_through_link(void) { scope(); bind_record(CSC_BIND_DIR, "/usr", "/w/link"); }
static void memory_in_scope(void) { scope(); tmpfs_record(0, "/w/new"); }
static void link_in_scope(void) { scope(); link_record("/w/new", "x"); }
static void point_below_file(void) { text_record(CSC_RECORD_PROC, "/dev/null/x"); }
static void point_too_long(void) { text_record(CSC_RECORD_PROC, long_name); }
static void directory_too_long(void) { dir_record(0755, long_name); }
static void mask_through_link(void) { scope(); text_record(CSC_RECORD_MASK, "/w/link/x"); }
static void limit_unknown(void) { limit_record(99, 0, 1); }

static void
text_twice(void)
{
	for (int i = 0; i < 2; i++) {
		begin(CSC_RECORD_FILE);
		put32(0644);
		put_text("/text");
		put_text("x");
		end();
	}
}

static void
text_in_scope(void)
{
	scope();
	begin(CSC_RECORD_FILE);
	put32(0644);
	put_text("/w/text");
	put_text("x");
	end();
}

static void
too_much_memory(void)
{
	for (int i = 0; i < 20; i++) {
		char path[16];

		(void)snprintf(path, sizeof(path), "/t%d", i);
		tmpfs_record(0, path);
	}
}

static const struct refusal REFUSALS[] = {
	{ "a source that is not there", missing_source, CSC_STAGE_MOUNTS, ENOENT, "open \"/no/such/source\"" },
	{ "a source that became a link", linked_source, CSC_STAGE_MOUNTS, ELOOP, "open \"" },
	{ "a source behind a link", source_through_link, CSC_STAGE_MOUNTS, ELOOP, "open \"" },
	{ "a source that is no directory any more", source_no_directory, CSC_STAGE_MOUNTS, ENOTDIR, "changed its kind" },
	{ "a source that is a directory now", source_no_file, CSC_STAGE_MOUNTS, EISDIR, "changed its kind" },
	{ "a source that is another by now", source_exchanged, CSC_STAGE_MOUNTS, ESTALE, "was exchanged since planning" },
	{ "a mount point missing in a scope", point_in_scope, CSC_STAGE_MOUNTS, EXDEV, "find a mount point for \"/w/new\"" },
	{ "its directory missing in a scope", point_through_scope, CSC_STAGE_MOUNTS, EXDEV, "find a mount point" },
	{ "a mount point that is a link", point_through_link, CSC_STAGE_MOUNTS, ELOOP, "find a mount point" },
	{ "memory missing its place in a scope", memory_in_scope, CSC_STAGE_MOUNTS, EXDEV, "find a mount point for \"/w/new\"" },
	{ "a link to be made in a scope", link_in_scope, CSC_STAGE_MOUNTS, EXDEV, "make the directories of" },
	{ "a text to be made in a scope", text_in_scope, CSC_STAGE_MOUNTS, EXDEV, "make the directories of" },
	{ "a text that is there already", text_twice, CSC_STAGE_MOUNTS, EEXIST, "make \"/text\"" },
	{ "a place below a file", point_below_file, CSC_STAGE_MOUNTS, ENOTDIR, "find a mount point" },
	{ "a name too long for a place", point_too_long, CSC_STAGE_MOUNTS, ENAMETOOLONG, "find a mount point" },
	{ "a name too long for a directory", directory_too_long, CSC_STAGE_MOUNTS, ENAMETOOLONG, "make the directories" },
	{ "a mask behind a link", mask_through_link, CSC_STAGE_MOUNTS, ELOOP, "open \"/w/link/x\"" },
	{ "more memory than may be", too_much_memory, CSC_STAGE_MOUNTS, ENOSPC, "make a tmpfs for" },
	{ "a limit that is none", limit_unknown, CSC_STAGE_LIMITS, EINVAL, "read limit 99" },
};

/* The run failed at this stage, and nothing was printed. */
static void
check_failed(const char *name, int line, enum csc_stage stage, int errnum, const char *text)
{
	bool started = answer.outcome == CSC_OUTCOME_REPORTED;
	const struct csc_err *said = started ? &answer.status.err : &answer.err;

	if (answer.outcome > CSC_OUTCOME_REPORTED || (started && answer.status.kind != CSC_STATUS_FAILED))
		fail_test(__FILE__, line, "%s: outcome %u, kind %u", name, answer.outcome, answer.status.kind);
	else if (said->stage != stage || said->err != errnum || !strstr(said->text, text))
		fail_test(__FILE__, line, "%s: stage %u, error %d, \"%s\"", name, said->stage, said->err, said->text);
	else if (answer.stdout_total != 0)
		fail_test(__FILE__, line, "%s: the command ran", name);
}

#define CHECK_FAILED(stage, errnum, text) check_failed(__func__, __LINE__, (stage), (errnum), (text))

static void
refuses_what_a_plan_may_say(void)
{
	NEEDS_SANDBOX();
	memset(long_name, 'n', sizeof(long_name) - 1);
	long_name[0] = '/';
	CHECK(symlink("sub", below("link")) == 0 && mkdir(below("sub"), 0755) == 0);
	CHECK(symlink("nowhere", below("sub/sub")) == 0);
	int file = open(below("file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	CHECK(file >= 0 && close(file) == 0);
	for (size_t i = 0; i < sizeof(REFUSALS) / sizeof(REFUSALS[0]); i++) {
		const struct refusal *refusal = &REFUSALS[i];

		begin_sandbox();
		refusal->plan();
		run_shell("echo ran");
		check_failed(refusal->name, __LINE__, refusal->stage, refusal->errnum, refusal->text);
	}
}

/* Begins a plan with this identity, and with nothing else that could be wrong. */
static void
begin_as(uint32_t uid, uint32_t gid, uint32_t identity)
{
	begin_empty(600, "inside");
	identity_record(uid, gid, identity);
	text_record(CSC_RECORD_CWD, "/");
}

/* Plans that lack something which all the others here have. */
static void
refuses_what_a_plan_lacks(void)
{
	NEEDS_SANDBOX();
	begin_bare(600);
	own_identity();
	text_record(CSC_RECORD_CWD, "/no/such/cwd");
	run_shell("echo ran");
	CHECK_FAILED(CSC_STAGE_CWD, ENOENT, "enter \"/no/such/cwd\"");

	begin_as(getuid(), getgid(), CSC_IDENTITY_CALLER);
	text_record(CSC_RECORD_PROC, "/proc");
	run_shell("echo ran");
	CHECK_FAILED(CSC_STAGE_EXEC, ENOENT, "open \"/dev/null\"");

	begin_as(getuid(), getgid(), CSC_IDENTITY_CALLER);
	scope();
	text_record(CSC_RECORD_MASK, "/w/file");
	run_shell("echo ran");
	CHECK_FAILED(CSC_STAGE_MOUNTS, ENOENT, "mask \"/w/file\"");

	begin_empty(600, long_name + 1);
	own_identity();
	text_record(CSC_RECORD_CWD, "/");
	run_shell("echo ran");
	CHECK_FAILED(CSC_STAGE_HOSTNAME, EINVAL, "set host name");
}

static void
refuses_bytes_that_are_no_plan(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	request.plan_fd = csc_files(CSC_FILE_MEMFD, NONE, "plan", NULL, (uint8_t[]){ "no plan at all" }, 14, 0, 0);
	run();
	CHECK_FAILED(CSC_STAGE_PLAN, 0, "not a plan of this version");
	begin_sandbox();
	request.plan_fd = csc_files(CSC_FILE_MEMFD, NONE, "plan", NULL, NULL, 0, 0, 0);
	run();
	CHECK_FAILED(CSC_STAGE_PLAN, EINVAL, "map the plan");
	begin_sandbox();
	shell("echo ran");
	request.plan_fd = INT_MAX;
	run();
	CHECK_FAILED(CSC_STAGE_PLAN, EBADF, "read the plan");
	begin_sandbox();
	request.plan_fd = open("/usr", O_RDONLY | O_CLOEXEC);
	run();
	CHECK_FAILED(CSC_STAGE_PLAN, ENODEV, "map the plan");
}

static void
refuses_what_is_no_launcher(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	(void)close(request.launcher_fd);
	request.launcher_fd = NONE;
	run_shell("echo ran");
	CHECK_INT(answer.outcome, CSC_OUTCOME_NOT_STARTED);
	CHECK_FAILED(CSC_STAGE_SPAWN, EBADF, "hold the launcher and the plan");
	begin_sandbox();
	(void)close(request.launcher_fd);
	request.launcher_fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
	run_shell("echo ran");
	CHECK_INT(answer.outcome, CSC_OUTCOME_NOT_STARTED);
	CHECK_FAILED(CSC_STAGE_SPAWN, EACCES, "execute the launcher");
}

/* Inside, its own ids may have any number; of others it gets none. */
static void
refuse_ids(void)
{
	begin_bare(600);
	identity_record(getuid() + 1, getgid() + 2, CSC_IDENTITY_CALLER);
	text_record(CSC_RECORD_PROC, "/proc");
	text_record(CSC_RECORD_CWD, "/");
	run_shell("id -u");
	CHECK_ENDED(0);
	CHECK_INT(atoi(printed), getuid() + 1);
	begin_as(getuid() + 1, getgid() + 1, CSC_IDENTITY_SWITCHED);
	run_shell("echo ran");
	CHECK_FAILED(CSC_STAGE_SPAWN, EPERM, "give the pipes to user");
}

/* Root may map any id, so this takes somebody else. */
static void
refuses_ids_of_others(void)
{
	int status = -1;
	pid_t pid;

	NEEDS_SANDBOX();
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		uid_t uid = geteuid() == 0 ? 65534 : geteuid();
		gid_t gid = geteuid() == 0 ? 65534 : getegid();

		if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0 || prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
			_exit(2);
		refuse_ids();
		if (test_failed)
			(void)fprintf(stderr, "%s\n", test_why);
		_exit(test_failed);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK_INT(status, 0);
}

/* A list of names, each with its NUL. */
static void
cgroups(const char *name, size_t count)
{
	size_t len = strlen(name) + 1;

	for (size_t i = 0; i < count; i++)
		memcpy(cgroup_files + i * len, name, len);
	request.cgroup_files_len = count * len;
}

static void
refuses_to_run_outside_its_cgroups(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	cgroups("/no/such/cgroup", 1);
	run_shell("echo ran");
	CHECK_FAILED(CSC_STAGE_CGROUP, ENOENT, "open \"/no/such/cgroup\"");
	begin_sandbox();
	cgroups("/dev/null", 5);
	run_shell("echo ran");
	CHECK_FAILED(CSC_STAGE_CGROUP, 0, "more than 4 cgroups");
	begin_sandbox();
	cgroups("/dev/full", 1); /* takes nothing */
	run_shell("echo ran");
	CHECK_FAILED(CSC_STAGE_CGROUP, ENOSPC, "enter the cgroup");
	begin_sandbox();
	cgroups("/dev/null", 4);
	run_shell("echo ran");
	CHECK_ENDED(0);
}

static void
refuses_where_the_host_has_no_room(void)
{
	struct rlimit before, none = { .rlim_cur = 0 };

	NEEDS_SANDBOX();
	begin_sandbox();
	request.stdout_cap = UINT64_MAX / 2;
	run_shell("echo ran");
	CHECK_FAILED(CSC_STAGE_SPAWN, ENOMEM, "make buffers for the output");
	begin_sandbox();
	shell("echo ran");
	request.plan_fd = csc_files(CSC_FILE_MEMFD, NONE, "plan", NULL, built.data, built.len, 0, 0);
	CHECK(getrlimit(RLIMIT_NOFILE, &before) == 0);
	none.rlim_max = before.rlim_max;
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	run();
	CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
	CHECK_FAILED(CSC_STAGE_SPAWN, EMFILE, "make pipes");
}

static const struct test TESTS[] = {
	{ "refusals: what a plan says and the host does not bear out", refuses_what_a_plan_may_say },
	{ "refusals: what a plan lacks", refuses_what_a_plan_lacks },
	{ "refusals: bytes that are no plan", refuses_bytes_that_are_no_plan },
	{ "refusals: what is no launcher", refuses_what_is_no_launcher },
	{ "refusals: ids of others", refuses_ids_of_others },
	{ "refusals: a cgroup that cannot be entered", refuses_to_run_outside_its_cgroups },
	{ "refusals: no room for output, no descriptor free", refuses_where_the_host_has_no_room },
};

int
main(void)
{
	return run_sandbox_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
