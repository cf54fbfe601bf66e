/*
 * The entry routine of the packed executable, on an image and a stack of ours.
 * What it does to the real ones, tests/build/entry_test.ts sees from outside.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

/* The image, as the packer lays it out: the header, and what it points at. */
struct packed {
	uint64_t header[22];
	char *const *const *environ_slot;
	int *(*errno_slot)(void);
	char loader[32];
	char bridge[16];
	char launcher[16];
	char lists[128];
	char cache[16];
};

extern struct packed packed;
__asm__(".globl csc_header\n.hidden csc_header\n.set csc_header, packed\n");

/* Its AT_NULL and the like are numbers of its own. */
#undef AT_FDCWD
#include "../../native/entry/cache.c"
#include "../../native/entry/entry.c"
#include "../../native/entry/memory_file.c"

#define OFFSET(member) __builtin_offsetof(struct packed, member)

static char *const *libc_environ;

struct packed packed = {
	.environ_slot = &libc_environ,
	.errno_slot = __errno_location,
	.loader = "export default 1;",
	.bridge = "the bridge",
	.launcher = "the launcher",
	.lists = "run\0--flag\0ADDED=1\0HOME=\0DENO_\0/none/cache\0",
	.cache = "the code",
};

static struct entry_header *
header(void)
{
	return (struct entry_header *)(void *)packed.header;
}

static void
prepare(void)
{
	*header() = (struct entry_header){
		.original_entry = 0x40,
		.environ_slot = OFFSET(environ_slot),
		.errno_slot = OFFSET(errno_slot),
		.module = { OFFSET(loader), 17 },
		.bridge = { OFFSET(bridge), 10 },
		.launcher = { OFFSET(launcher), 12 },
		.arguments = { OFFSET(lists), 2 },
		.added_env = { OFFSET(lists) + 11, 1 },
		.dropped_names = { OFFSET(lists) + 19, 2 },
		.cache_path = { OFFSET(lists) + 31, 1 },
		.cache = { OFFSET(cache), 8 },
	};
}

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

static bool
holds(int fd, const char *text, size_t len)
{
	char bytes[256];
	ssize_t n = pread(fd, bytes, sizeof(bytes), 0);

	return n == (ssize_t)len && memcmp(bytes, text, len) == 0;
}

static bool
is_sealed(int fd)
{
	return fcntl(fd, F_GET_SEALS) >= 0 && (fcntl(fd, F_GET_SEALS) & 15) == 15 && fcntl(fd, F_GETFD) == FD_CLOEXEC;
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

static void
without_descriptors(void)
{
	struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };

	(void)setrlimit(RLIMIT_NOFILE, &none);
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
	CHECK_INT(build_after(with_small_files, said, sizeof(said)), 126);
	CHECK(strstr(said, "csc: cannot start: writing the start module to a memory file failed") == said);
	int code = build_after(without_proc, said, sizeof(said));
	if (code == 99)
		SKIP("no user namespace can be made");
	CHECK_INT(code, 126);
	CHECK(strstr(said, "csc: cannot start: /proc/self/fd cannot be read") == said);
}

/* What stands in for Deno's open64. */
static void
opens_what_it_is_asked_for(void)
{
	char name[] = "/tmp/csc-entry-open-XXXXXX";
	int made = mkstemp(name);
	struct stat info;
	int fd;

	prepare();
	fd = csc_entry_open("/none/cache", O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	CHECK(fd > 2 && is_sealed(fd) && holds(fd, "the code", 8));
	(void)close(fd);

	/* A longer name and a shorter one are none of its business. */
	errno = 0;
	CHECK_INT(csc_entry_open("/none/cache-wal", O_RDWR, 0), -1);
	CHECK_INT(errno, ENOENT);
	errno = 0;
	CHECK_INT(csc_entry_open("/none/cach", O_RDWR, 0), -1);
	CHECK_INT(errno, ENOENT);

	CHECK(made >= 0 && unlink(name) == 0);
	fd = csc_entry_open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	CHECK(fd >= 0 && fstat(fd, &info) == 0 && (info.st_mode & 0777 & ~0640u) == 0);
	CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	errno = 0;
	CHECK_INT(csc_entry_open(name, O_WRONLY | O_CREAT | O_EXCL, 0640), -1);
	CHECK_INT(errno, EEXIST);
	(void)unlink(name);
	(void)close(fd);
	(void)close(made);
}

/* Where no memory file can be had, there is no cache, and no lie either. */
static void
opens_no_cache_without_descriptors(void)
{
	int status = 0;
	pid_t pid;

	prepare();
	pid = fork();
	if (pid == 0) {
		without_descriptors();
		_exit(csc_entry_open("/none/cache", O_RDWR, 0) == -1 && errno == ENOENT ? 0 : 1);
	}
	(void)waitpid(pid, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static const struct test TESTS[] = {
	{ "entry: the stack that Deno sees, and the files it is told of", builds_the_stack },
	{ "entry: closed streams and few descriptors", starts_under_odd_conditions },
	{ "entry: what keeps it from starting is said", says_why_it_cannot_start },
	{ "entry: the code cache is opened by its name, everything else by the kernel", opens_what_it_is_asked_for },
	{ "entry: without descriptors there is no code cache", opens_no_cache_without_descriptors },
};
TESTS_MAIN(TESTS)
