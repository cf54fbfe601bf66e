/*
 * The entry routine of the packed executable, on an image and a stack of ours.
 * What it does to the real ones, tests/build/entry_test.ts sees from outside.
 */
#include <sched.h>
#include <sys/wait.h>

#include "entry_image.h"

/* An old stack with room below it, as the kernel would leave one. */
static uintptr_t memory[128];
#define OLD (memory + 96)

static const uintptr_t *
build(void)
{
	static const char *const before[] = { "own name", "one", "two" };
	static const char *const environment[] = { "HOME=/h", "A=b", "DENO_DIR=/d", "DENO=kept", "HOMES=kept" };
	uintptr_t *to = OLD;
	uintptr_t *stack;

	memset(memory, 0, sizeof(memory));
	*to++ = 3;
	for (size_t i = 0; i < 3; i++)
		*to++ = (uintptr_t)before[i];
	to++;
	for (size_t i = 0; i < 5; i++)
		*to++ = (uintptr_t)environment[i];
	to++;
	*to++ = 6; /* AT_PAGESZ */
	*to++ = 4096;
	stack = OLD - csc_entry_room(OLD) / sizeof(uintptr_t) - 1;
	if (csc_entry_build(OLD, stack) != (uintptr_t)&packed + 0x40)
		return NULL;
	return stack;
}

/* The number at the end of a path, or behind a mark in a text. */
static int
number_after(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	return at ? atoi(at + strlen(mark)) : -1;
}

static void
builds_the_stack(void)
{
	static const char *const environment[] = { "A=b", "DENO=kept", "HOMES=kept", "ADDED=1" };
	char loader[64], expected[128];

	prepare();
	const uintptr_t *stack = build();
	CHECK(stack != NULL);
	CHECK_INT(stack[0], 6);
	const char *const *argv = (const char *const *)stack + 1;
	CHECK_TEXT(argv[0], "csc"); /* whatever the caller called it */
	CHECK_TEXT(argv[1], "run");
	CHECK_TEXT(argv[2], "--flag");
	CHECK_INT(strncmp(argv[3], "/proc/self/fd/", 14), 0);
	CHECK_TEXT(argv[4], "one");
	CHECK_TEXT(argv[5], "two");
	CHECK(argv[6] == NULL);
	const char *const *env = argv + 7;
	for (size_t i = 0; i < 4; i++)
		CHECK_TEXT(env[i], environment[i]);
	CHECK(env[4] == NULL);
	CHECK(libc_environ == (char *const *)env);
	const uintptr_t *auxiliary = (const uintptr_t *)env + 5;
	CHECK(auxiliary[0] == 6 && auxiliary[1] == 4096 && auxiliary[2] == 0);
	/* Nothing lies where the caller's own stack begins. */
	CHECK((const char *)(auxiliary + 4) <= argv[3] && argv[3] + sizeof(struct script_path) == (const char *)OLD);

	int fd = number_after(argv[3], "/fd/");
	ssize_t n = pread(fd, loader, sizeof(loader) - 1, 0);
	CHECK(n > 0);
	loader[n] = '\0';
	int bridge = number_after(loader, "NATIVES=[");
	int launcher = number_after(loader, ",");
	(void)snprintf(expected, sizeof(expected), "const CSC_NATIVES=[%d,%d];export default 1;", bridge, launcher);
	CHECK_TEXT(loader, expected);
	CHECK(fd > 2 && bridge > 2 && launcher > 2);
	CHECK(holds(bridge, "the bridge", 10));
	CHECK(holds(launcher, "the launcher", 12));
	CHECK(is_sealed(fd) && is_sealed(bridge) && is_sealed(launcher));
	(void)close(fd);
	(void)close(bridge);
	(void)close(launcher);
}

static void
nothing(void)
{
}

/* Three of these are the standard streams, which a caller may have closed. */
static void
without_standard_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
		(void)close(fd);
}

/*
 * Two are free. The bridge takes one and the launcher the other; with none left
 * for the loader, nothing starts. With a single one the bridge has it and gives
 * it back; then the loader has it, and /proc cannot be read.
 */
static void
with_free_descriptors(rlim_t count)
{
	struct rlimit few = { .rlim_cur = 3 + count, .rlim_max = 3 + count };

	for (int fd = 3; fd < 20; fd++)
		(void)close(fd);
	(void)setrlimit(RLIMIT_NOFILE, &few);
}

static void
with_one_descriptor(void)
{
	with_free_descriptors(1);
}

static void
with_two_descriptors(void)
{
	with_free_descriptors(2);
}

/* Enough for what the routine itself makes, and for nothing more. */
static void
with_few_descriptors(void)
{
	with_free_descriptors(28);
}

static void
with_small_files(void)
{
	struct rlimit small = { .rlim_cur = 4, .rlim_max = 4 };

	(void)signal(SIGXFSZ, SIG_IGN);
	(void)setrlimit(RLIMIT_FSIZE, &small);
}

/* A root without /proc; where there are no user namespaces, there is no test. */
static void
without_proc(void)
{
	char empty[] = "/tmp/csc-entry-XXXXXX";

	if (!mkdtemp(empty) || unshare(CLONE_NEWUSER) < 0 || chroot(empty) < 0)
		(void)system_call(NR_EXIT_GROUP, 99, 0, 0, 0);
	(void)system_call(NR_CLOSE, 3, 0, 0, 0);
}

/* What a child says that builds its stack after `limit`, and its exit code. */
static int
build_after(void (*limit)(void), char *said, size_t size)
{
	int ends[2], status = 0;
	ssize_t n;
	pid_t pid;

	if (pipe(ends) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		(void)dup2(ends[1], 2);
		(void)close(ends[0]);
		(void)close(ends[1]);
		limit();
		const uintptr_t *stack = build();
		const char *path = stack ? ((const char *const *)stack)[4] : "";
		(void)system_call(NR_EXIT_GROUP, number_after(path, "/fd/") > 2 ? 0 : 1, 0, 0, 0);
	}
	(void)close(ends[1]);
	n = read(ends[0], said, size - 1);
	said[n > 0 ? n : 0] = '\0';
	(void)close(ends[0]);
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
starts_under_odd_conditions(void)
{
	char said[256];

	prepare();
	CHECK_INT(build_after(nothing, said, sizeof(said)), 0);
	CHECK_TEXT(said, "");
	CHECK_INT(build_after(without_standard_streams, said, sizeof(said)), 0);
	CHECK_INT(build_after(with_one_descriptor, said, sizeof(said)), 126);
	CHECK(strstr(said, "csc: cannot start: /proc/self/fd cannot be read") == said);
	CHECK_INT(build_after(with_two_descriptors, said, sizeof(said)), 126);
	CHECK(strstr(said, "csc: cannot start: memfd_create failed") == said);
}

static void
says_why_it_cannot_start(void)
{
	char said[256];

	prepare();
	CHECK_INT(build_after(without_descriptors, said, sizeof(said)), 126);
	CHECK(strstr(said, "csc: cannot start: memfd_create failed") == said);
	CHECK_INT(build_after(with_few_descriptors, said, sizeof(said)), 126);
	CHECK_TEXT(said, "csc: cannot start: the limit on open files is below 32; raise it (ulimit -n)\n");
	CHECK_INT(build_after(with_small_files, said, sizeof(said)), 126);
	CHECK(strstr(said, "csc: cannot start: writing the start module to a memory file failed") == said);
	int code = build_after(without_proc, said, sizeof(said));
	if (code == 99)
		SKIP("no user namespace can be made");
	CHECK_INT(code, 126);
	CHECK(strstr(said, "csc: cannot start: /proc/self/fd cannot be read") == said);
}

static const struct test TESTS[] = {
	{ "entry: the stack that Deno sees, and the files it is told of", builds_the_stack },
	{ "entry: closed streams and few descriptors", starts_under_odd_conditions },
	{ "entry: what keeps it from starting is said", says_why_it_cannot_start },
};
TESTS_MAIN(TESTS)
