/*
 * What is held in place: a shell inside tries to move, change and exchange it,
 * and the segments are started from what was pinned.
 */
#include "sandbox_run.h"

/* A path below the directory of this test; until the next call but one. */
static const char *
at(const char *name)
{
	static char paths[2][128];
	static int turn;

	turn = !turn;
	(void)snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", place, name);
	return paths[turn];
}

static void
write_program(const char *path, const char *text)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0755);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	(void)close(fd);
}

/* Pins what `name` is now, shown below /w. */
static void
pin(uint32_t flags, uint32_t segments, const char *name)
{
	char path[64];
	struct stat st;

	if (stat(at(name), &st) < 0)
		abort();
	(void)snprintf(path, sizeof(path), "/w/%s", name);
	pin_record(flags, segments, st.st_dev, st.st_ino, path);
}

static void
from(const char *file)
{
	text_record(CSC_RECORD_SEGMENT, file);
	text_record(CSC_RECORD_ARG, "named");
	text_record(CSC_RECORD_ARG, "-c");
	text_record(CSC_RECORD_ARG, "readlink /proc/self/fd/* 2>/dev/null | grep -c ' (deleted)'; echo $0; exit 3");
}

static void
holds_directories_and_files(void)
{
	NEEDS_SANDBOX();
	CHECK(mkdir(at("tree"), 0755) == 0 && mkdir(at("tree/way"), 0755) == 0);
	write_program(at("tree/way/kept"), "kept\n");
	begin_sandbox();
	bind_record(CSC_BIND_DIR, at("tree"), "/w");
	hold_record(CSC_BIND_DIR, "/w/way");
	hold_record(CSC_BIND_RDONLY, "/w/way/kept");
	run_shell("exec 2>/dev/null; cd /w; echo more >way/new && cat way/new; mv way off || echo held; "
	          "mv way/kept way/off || echo held; rm -f way/kept || echo held; true >way/kept || echo kept; "
	          "ln way/kept way/link || echo no link; cat way/kept");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "more\nheld\nheld\nheld\nkept\nno link\nkept\n");
}

static void
starts_a_pin_by_descriptor(void)
{
	NEEDS_SANDBOX();
	CHECK(mkdir(at("bin"), 0755) == 0);
	CHECK(system("cp /bin/sh /tmp/csc-held-sh") == 0 && rename("/tmp/csc-held-sh", at("bin/sh")) == 0);
	begin_sandbox();
	bind_record(CSC_BIND_DIR | CSC_BIND_NOEXEC, at("bin"), "/w/bin");
	pin(CSC_PIN_DESCRIPTOR | CSC_PIN_EXEC, 1, "bin/sh");
	from("/w/bin/sh");
	run();
	CHECK_ENDED(3);
	CHECK_TEXT(printed, "0\nnamed\n");
	CHECK_INT(observed.head.nfiles, 1);
	CHECK(observed.head.files[0].size > 0);
}

static void
executes_nothing_else_of_a_noexec_scope(void)
{
	NEEDS_SANDBOX();
	write_program(at("bin/other"), "#!/bin/sh\necho ran\n");
	begin_sandbox();
	bind_record(CSC_BIND_DIR | CSC_BIND_NOEXEC, at("bin"), "/w/bin");
	pin(CSC_PIN_EXEC, 0, "bin/sh");
	run_shell("exec 2>/dev/null; cd /w/bin; ./other || echo refused; ./sh -c 'echo pinned'; "
	          "cp sh copy; ./copy -c 'echo ran' || echo refused; true >sh || echo kept; mv copy sh || echo kept; rm copy");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "refused\npinned\nrefused\nkept\nkept\n");
}

static void
refuses_another_file(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	bind_record(CSC_BIND_DIR, at("bin"), "/w/bin");
	pin(0, 1, "bin/other");
	write_program(at("bin/new"), "#!/bin/sh\necho exchanged\n");
	CHECK(rename(at("bin/new"), at("bin/other")) == 0);
	from("/w/bin/other");
	run();
	CHECK_INT(answer.status.kind, CSC_STATUS_FAILED);
	CHECK_INT(answer.status.err.stage, CSC_STAGE_MOUNTS);
	CHECK(strstr(answer.status.err.text, "another file") != NULL);
	CHECK_TEXT(printed, "");
}

static void
never_starts_what_it_could_not_pin(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	pin_record(0, 1, 1, 1, "/w/gone");
	from("/w/gone");
	run();
	CHECK_INT(answer.status.kind, CSC_STATUS_ENDED);
	CHECK_INT(answer.status.segments[0].exec_errno, ENOENT);
	CHECK_TEXT(printed, "");
}

static void
observes_interpreters_behind_the_segments(void)
{
	struct stat st;

	NEEDS_SANDBOX();
	begin_sandbox();
	bind_record(CSC_BIND_DIR, at("bin"), "/w/bin");
	pin(CSC_PIN_INTERPRETER, 0, "bin/sh");
	run_shell("true");
	CHECK_ENDED(0);
	CHECK_INT(observed.head.nfiles, 2);
	CHECK(stat(at("bin/sh"), &st) == 0);
	CHECK(observed.head.files[1].inode == st.st_ino && observed.head.files[1].device == st.st_dev);
}

static void
refuses_to_hold_what_has_changed(void)
{
	static const struct {
		uint32_t flags;
		const char *path;
		int err;
	} cases[] = {
		{ CSC_BIND_DIR, "/w/bin/sh", ENOTDIR },
		{ 0, "/w/bin", EISDIR },
		{ CSC_BIND_DIR, "/w/none", ENOENT },
	};

	NEEDS_SANDBOX();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin_sandbox();
		bind_record(CSC_BIND_DIR, at("bin"), "/w/bin");
		hold_record(cases[i].flags, cases[i].path);
		run_shell("echo ran");
		CHECK_INT(answer.status.err.stage, CSC_STAGE_MOUNTS);
		CHECK_INT(answer.status.err.err, cases[i].err);
		CHECK_TEXT(printed, "");
	}
}

static const struct test TESTS[] = {
	{ "held: neither moves nor goes, and is read-only where planned", holds_directories_and_files },
	{ "held: a segment starts from its descriptor, and gets none", starts_a_pin_by_descriptor },
	{ "held: of a noexec scope only what is pinned can be executed", executes_nothing_else_of_a_noexec_scope },
	{ "held: another file than the planned one stops the run", refuses_another_file },
	{ "held: what could not be pinned is not started", never_starts_what_it_could_not_pin },
	{ "held: interpreters are observed behind the segments", observes_interpreters_behind_the_segments },
	{ "held: what is no longer what it was stops the run", refuses_to_hold_what_has_changed },
};

int
main(void)
{
	return run_sandbox_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
