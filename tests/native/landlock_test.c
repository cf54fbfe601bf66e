/*
 * Landlock by itself: in these sandboxes every mount is writable, so that what
 * is refused, it has refused.
 */
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "../../native/launcher/launcher.h"
#include "sandbox_run.h"

#define READ 0xDU    /* execute, read_file, read_dir */
#define WRITE 0x37BFU /* all of ABI 2 but making device nodes */
#define HANDLED 0x3FFFU /* all of ABI 2 */

static int
landlock_abi(void)
{
	return csc_files(CSC_FILE_LANDLOCK_ABI, NONE, NULL, NULL, NULL, 0, 0, 0);
}

#define NEEDS_LANDLOCK()                                                                      \
	do {                                                                                  \
		NEEDS_SANDBOX();                                                              \
		if (landlock_abi() < 2)                                                         \
			SKIP("no Landlock that knows renames between directories");           \
	} while (0)

/* A sandbox in which /tmp and /var are alike, but for what Landlock makes of them. */
static void
begin_domain(void)
{
	landlock_handled = HANDLED;
	begin_sandbox();
	landlock_handled = 0;
	tmpfs_record(0, "/tmp");
	tmpfs_record(0, "/var");
	rule_record(READ, "/usr");
	rule_record(READ & ~1U, "/proc");
	rule_record(0x6, "/dev/null");
}

static void
refuses_what_no_rule_allows(void)
{
	NEEDS_LANDLOCK();
	begin_sandbox();
	tmpfs_record(0, "/tmp");
	tmpfs_record(0, "/var");
	run_shell("echo x >/tmp/f && echo x >/var/f && mkdir /var/d && mv /var/f /var/d/f && ls /var/d");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "f\n");

	begin_domain();
	rule_record(WRITE, "/tmp");
	run_shell("echo x >/tmp/f; mkdir /tmp/d && mv /tmp/f /tmp/d/f && ls /tmp/d; "
	          "for c in 'echo x >/var/f' 'mkdir /var/d' 'ls /var' 'ln -s x /var/l'; do "
	          "(eval \"$c\") 2>/dev/null && echo \"done: $c\"; done; echo tried");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "f\ntried\n");
}

static void
says_that_it_stands(void)
{
	NEEDS_LANDLOCK();
	begin_domain();
	run_shell("true");
	CHECK_ENDED(0);
	CHECK(memchr(answer.status.stages, CSC_STAGE_LANDLOCK, answer.status.nstages) != NULL);
	begin_sandbox();
	run_shell("true");
	CHECK_ENDED(0);
	CHECK(memchr(answer.status.stages, CSC_STAGE_LANDLOCK, answer.status.nstages) == NULL);
}

/* The stage failed, with these words, and nothing has run. */
#define CHECK_NO_DOMAIN(words)                                                                \
	do {                                                                                  \
		CHECK_INT(answer.status.kind, CSC_STATUS_FAILED);                             \
		CHECK_INT(answer.status.err.stage, CSC_STAGE_LANDLOCK);                       \
		CHECK(strstr(answer.status.err.text, (words)) != NULL);                       \
		CHECK_TEXT(printed, "");                                                      \
	} while (0)

static void
stops_where_a_rule_cannot_be_had(void)
{
	NEEDS_LANDLOCK();
	begin_domain();
	rule_record(READ, "/not/there");
	run_shell("echo ran");
	CHECK_NO_DOMAIN("open \"/not/there\"");
	CHECK_INT(answer.status.err.err, ENOENT);

	begin_domain();
	link_record("/tmp/link", "/usr");
	rule_record(READ, "/tmp/link"); /* never through a link */
	run_shell("echo ran");
	CHECK_NO_DOMAIN("open \"/tmp/link\"");
	CHECK_INT(answer.status.err.err, ELOOP);

	begin_domain();
	rule_record(WRITE, "/dev/null"); /* what only a directory has */
	run_shell("echo ran");
	CHECK_NO_DOMAIN("below \"/dev/null\"");
	CHECK_INT(answer.status.err.err, EINVAL);
}

static void
stops_where_the_kernel_knows_a_right_not(void)
{
	NEEDS_LANDLOCK();
	landlock_handled = 1ULL << 62;
	begin_sandbox();
	landlock_handled = 0;
	run_shell("echo ran");
	CHECK_NO_DOMAIN("handle 4000000000000000");
	CHECK_INT(answer.status.err.err, EINVAL);
}

/* Enters a domain without anything else of a sandbox; exit code 0: nothing got out of it. */
static int
tries_from_a_domain(pid_t outside, const struct sockaddr_un *name, socklen_t len)
{
	static struct csc_launch launch;
	struct csc_err failure;
	int stranger = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (csc_plan_decode(built.data, built.len, &launch.plan, &failure) < 0 ||
	    csc_stage_no_new_privs(&launch, &failure) < 0 || csc_stage_landlock(&launch, &failure) != 0)
		return 1;
	if (kill(outside, 0) == 0 || errno != EPERM)
		return 2;
	if (connect(stranger, (const struct sockaddr *)(const void *)name, len) == 0 || errno != EPERM)
		return 3;
	return kill(getpid(), 0) == 0 ? 0 : 4;
}

static void
keeps_signals_and_abstract_sockets_inside(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(sa_family_t);
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int status = 0;
	pid_t child;

	NEEDS_LANDLOCK();
	if (landlock_abi() < 6)
		SKIP("no Landlock that knows scopes");
	/* The kernel gives it an abstract name. */
	CHECK_INT(bind(server, (const struct sockaddr *)&name, len), 0);
	len = sizeof(name);
	CHECK_INT(getsockname(server, (struct sockaddr *)&name, &len), 0);
	CHECK_INT(listen(server, 1), 0);
	empty_plan();
	root_record(1, 1);
	settings_record(0, 1);
	identity_record(1, 1, CSC_IDENTITY_CALLER);
	landlock_record(HANDLED, 3, 0);
	text_record(CSC_RECORD_HOSTNAME, "csc");
	text_record(CSC_RECORD_CWD, "/");
	segment();
	child = fork();
	if (child == 0)
		_exit(tries_from_a_domain(getppid(), &name, len));
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
	(void)close(server);
}

static const struct test TESTS[] = {
	{ "what no rule allows is refused although the mount would allow it", refuses_what_no_rule_allows },
	{ "the stage is reported only where there is a domain", says_that_it_stands },
	{ "a rule whose path is not there, or a link, stops the launcher", stops_where_a_rule_cannot_be_had },
	{ "signals and abstract sockets do not reach beyond a domain", keeps_signals_and_abstract_sockets_inside },
	{ "a right that the kernel does not know stops the launcher", stops_where_the_kernel_knows_a_right_not },
};

int
main(void)
{
	return run_sandbox_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
