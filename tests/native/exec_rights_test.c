/* exec: strict, as a shell inside meets it. */
#include "sandbox_run.h"

#include <linux/landlock.h>
#include <sys/syscall.h>

/* Without Landlock such a plan is refused, and that is all there is to see. */
#define NEEDS_LANDLOCK()                                                                      \
	do {                                                                                  \
		NEEDS_SANDBOX();                                                              \
		if (syscall(SYS_landlock_create_ruleset, NULL, 0UL, LANDLOCK_CREATE_RULESET_VERSION) < 2) \
			SKIP("this kernel has no Landlock of version 2");                     \
	} while (0)

/* Allows what this path leads to. */
static void
allow(const char *path)
{
	char real[PATH_MAX];
	struct stat st;

	if (!realpath(path, real) || stat(real, &st) < 0)
		return;
	allow_record(st.st_dev, st.st_ino, real);
}

static void
begin_strict(void)
{
	plan_flags = CSC_PLAN_STRICT_EXEC;
	begin_sandbox();
	plan_flags = 0;
	allow("/bin/sh");
	allow("/lib64/ld-linux-x86-64.so.2");
	allow("/lib/ld-linux-aarch64.so.1");
}

static void
executes_only_what_is_allowed(void)
{
	NEEDS_LANDLOCK();
	begin_strict();
	allow("/bin/cat");
	allow_record(1, 1, "/not/there");
	run_shell("sh -c 'echo shell'; echo cat | cat; ls / 2>/dev/null; echo $?; "
	          "/usr/bin/env true 2>/dev/null; echo $?");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "shell\ncat\n126\n126\n");
}

static void
lets_files_be_moved(void)
{
	char way[128];

	NEEDS_LANDLOCK();
	(void)snprintf(way, sizeof(way), "%s/tree", place);
	CHECK(mkdir(way, 0755) == 0);
	begin_strict();
	allow("/bin/mv");
	allow("/bin/mkdir");
	allow("/bin/ln");
	bind_record(CSC_BIND_DIR, way, "/w");
	run_shell("cd /w && mkdir a b && echo text >a/file && mv a/file b/file && ln b/file a/link && read t <a/link && echo $t");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "text\n");
}

static void
refuses_another_file(void)
{
	NEEDS_LANDLOCK();
	begin_strict();
	allow_record(1, 1, "/etc");
	dir_record(0755, "/etc");
	run_shell("echo ran");
	CHECK_INT(answer.status.kind, CSC_STATUS_FAILED);
	CHECK_INT(answer.status.err.stage, CSC_STAGE_NO_NEW_PRIVS);
	CHECK(strstr(answer.status.err.text, "another file") != NULL);
	CHECK_TEXT(printed, "");
}

static void
makes_no_program_in_memory(void)
{
	static const char script[] =
	    "perl -e 'my $name = \"x\"; for my $flags (0, 1, 9, 8) { my $fd = syscall($ARGV[0]+0, $name, $flags); print $fd < 0 ? $!+0 : \"ok\", \"\\n\" }' ";
	char line[512];

	NEEDS_LANDLOCK();
	(void)snprintf(line, sizeof(line), "%s%d", script, SYS_memfd_create);
	begin_sandbox();
	run_shell(line);
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "ok\nok\nok\nok\n");
	begin_strict();
	allow("/usr/bin/perl");
	run_shell(line);
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "13\n13\nok\nok\n");
}

static const struct test TESTS[] = {
	{ "exec rights: nothing is executed but what is allowed", executes_only_what_is_allowed },
	{ "exec rights: files are moved and linked as ever", lets_files_be_moved },
	{ "exec rights: another file than the planned one stops the run", refuses_another_file },
	{ "exec rights: no program is made in memory", makes_no_program_in_memory },
};

int
main(void)
{
	return run_sandbox_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
