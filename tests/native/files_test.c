/*
 * csc_files: what csc writes lands where it was meant to, whole or not at all,
 * whatever links and leftovers lie in its way.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files_folder.h"

static int32_t
replace(const char *name, const char *temporary, const char *text, uint32_t mode)
{
	return csc_files(CSC_FILE_REPLACE, dir, name, temporary, (uint8_t *)(uintptr_t)text, strlen(text), mode, 1);
}

static mode_t
mode_of(const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode & 07777 : 0;
}

static bool
text_of_is(const char *name, const char *text)
{
	char buffer[128];
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buffer, sizeof(buffer));

	if (fd >= 0)
		(void)close(fd);
	return n == (ssize_t)strlen(text) && memcmp(buffer, text, strlen(text)) == 0;
}

static void
makes_sealed_memory(void)
{
	static uint8_t bytes[] = "sealed";
	int fd = csc_files(CSC_FILE_MEMFD, NONE, "csc-test", NULL, bytes, sizeof(bytes), 0, 0);
	int program = csc_files(CSC_FILE_MEMFD, NONE, "csc-test", NULL, bytes, sizeof(bytes), 0, 1);
	uint8_t back[16];
	int wanted = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

	CHECK(fd >= 0 && program >= 0);
	int seals = fcntl(fd, F_GET_SEALS), flags = fcntl(fd, F_GETFD);
	ssize_t n = pread(fd, back, sizeof(back), 0);
	bool written = pwrite(fd, "x", 1, 0) >= 0;
	bool grown = ftruncate(fd, 100) == 0;
	int program_seals = fcntl(program, F_GET_SEALS);
	(void)close(fd);
	(void)close(program);
	CHECK_INT(seals & wanted, wanted);
	CHECK_INT(program_seals & wanted, wanted);
	CHECK(flags & FD_CLOEXEC);
	CHECK_INT(n, sizeof(bytes));
	CHECK(!written);
	CHECK(!grown);
}

static void
creates_once(void)
{
	NEEDS_KERNEL("openat2");
	CHECK_INT(create("a", "first", 0600), 0);
	CHECK_INT(create("a", "second", 0600), -EEXIST);
	CHECK(text_of_is("a", "first"));
}

static void
mode_is_exact(void)
{
	NEEDS_KERNEL("openat2");
	mode_t before = umask(0077);
	int32_t created = create("a", "x", 0644);
	int32_t replaced = replace("b", ".b", "x", 0640);
	(void)umask(before);
	CHECK_INT(created, 0);
	CHECK_INT(replaced, 0);
	CHECK_INT(mode_of("a"), 0644);
	CHECK_INT(mode_of("b"), 0640);
	(void)umask(0);
	created = create("c", "x", 0600);
	(void)umask(before);
	CHECK_INT(created, 0);
	CHECK_INT(mode_of("c"), 0600);
}

static void
replaces_in_one_step(void)
{
	NEEDS_KERNEL("openat2");
	char old[8];

	CHECK_INT(replace("a", ".a", "old", 0600), 0);
	int held = openat(dir, "a", O_RDONLY | O_CLOEXEC);
	CHECK(held >= 0);
	CHECK_INT(replace("a", ".a", "newer", 0600), 0);
	ssize_t n = read(held, old, sizeof(old));
	(void)close(held);
	/* Who has the old file open keeps it: the new one is another file. */
	CHECK(n == 3 && memcmp(old, "old", 3) == 0);
	CHECK(text_of_is("a", "newer"));
	CHECK(!exists(".a"));
}

/* A process that reads all the time must never see half a file or none. */
static void
no_reader_sees_half(void)
{
	NEEDS_KERNEL("openat2");
	static uint8_t bytes[64 * 1024];

	memset(bytes, 'a', sizeof(bytes));
	CHECK_INT(csc_files(CSC_FILE_REPLACE, dir, "a", ".a", bytes, sizeof(bytes), 0600, 0), 0);
	pid_t reader = fork();
	CHECK(reader >= 0);
	if (reader == 0) {
		static uint8_t seen[sizeof(bytes) + 1];

		for (;;) {
			int fd = openat(dir, "a", O_RDONLY | O_CLOEXEC);
			ssize_t n = fd < 0 ? -1 : read(fd, seen, sizeof(seen));

			if (n != (ssize_t)sizeof(bytes) || seen[0] != seen[n - 1])
				_exit(1);
			(void)close(fd);
		}
	}
	int32_t done = 0;
	for (int i = 0; i < 300 && done == 0; i++) {
		memset(bytes, 'a' + i % 26, sizeof(bytes));
		done = csc_files(CSC_FILE_REPLACE, dir, "a", ".a", bytes, sizeof(bytes), 0600, 0);
	}
	int status = 0;
	pid_t ended = waitpid(reader, &status, WNOHANG);
	(void)kill(reader, SIGKILL);
	if (ended == 0)
		(void)waitpid(reader, &status, 0);
	CHECK_INT(done, 0);
	CHECK_INT(ended, 0); /* still reading: nothing disturbed it */
}

static void
follows_no_link(void)
{
	NEEDS_KERNEL("openat2");
	CHECK_INT(create("victim", "untouched", 0600), 0);
	CHECK(mkdirat(dir, "there", 0700) == 0);
	CHECK(symlinkat("victim", dir, "link") == 0);
	CHECK(symlinkat("nothing", dir, "dangling") == 0);
	CHECK(symlinkat("there", dir, "door") == 0);
	CHECK_INT(create("link", "x", 0600), -EEXIST);
	CHECK_INT(create("dangling", "x", 0600), -EEXIST);
	CHECK_INT(replace("a", "link", "x", 0600), -EEXIST); /* as the temporary name */
	CHECK_INT(replace("a", "dangling", "x", 0600), -EEXIST);
	CHECK(exists("link") && exists("dangling") && !exists("nothing") && !exists("a"));
	CHECK_INT(enter("door"), -ELOOP);
	/* The link itself gives way; what it named does not change. */
	CHECK_INT(replace("link", ".tmp", "new", 0600), 0);
	CHECK(text_of_is("victim", "untouched"));
	CHECK(text_of_is("link", "new"));
}

static void
takes_plain_names_only(void)
{
	static const char *const names[] = { "", ".", "..", "/tmp/x", "a/b", "../x", "there/", "/" };

	CHECK(mkdirat(dir, "there", 0700) == 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK_INT(create(names[i], "x", 0600), -EINVAL);
		CHECK_INT(replace(names[i], ".tmp", "x", 0600), -EINVAL);
		CHECK_INT(replace("a", names[i], "x", 0600), -EINVAL);
		CHECK_INT(enter(names[i]), -EINVAL);
	}
	CHECK(!exists(".tmp") && !exists("a"));
}

/* A replacement that cannot be finished leaves no temporary file behind. */
static void
failed_replace_leaves_nothing(void)
{
	NEEDS_KERNEL("openat2");
	CHECK(mkdirat(dir, "a", 0700) == 0);
	CHECK_INT(replace("a", ".a", "x", 0600), -EISDIR);
	CHECK(!exists(".a"));
	CHECK_INT(create(".b", "somebody's", 0600), 0);
	CHECK_INT(replace("b", ".b", "x", 0600), -EEXIST);
	/* What lay there before is not ours to remove. */
	CHECK(text_of_is(".b", "somebody's"));
	CHECK(!exists("b"));
}

/* A full disk in the middle of a write: old content stays, nothing half remains. */
static void
failed_write_leaves_nothing(void)
{
	NEEDS_KERNEL("openat2");
	static uint8_t large[64 * 1024];
	struct rlimit before, small = { .rlim_cur = 4096 };

	CHECK_INT(replace("a", ".a", "old", 0600), 0);
	CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
	small.rlim_max = before.rlim_max;
	CHECK(setrlimit(RLIMIT_FSIZE, &small) == 0);
	int32_t replaced = csc_files(CSC_FILE_REPLACE, dir, "a", ".a", large, sizeof(large), 0600, 1);
	int32_t created = csc_files(CSC_FILE_CREATE, dir, "b", NULL, large, sizeof(large), 0600, 1);
	(void)setrlimit(RLIMIT_FSIZE, &before);
	CHECK_INT(replaced, -EFBIG);
	CHECK_INT(created, -EFBIG);
	CHECK(text_of_is("a", "old"));
	CHECK(!exists(".a") && !exists("b"));
}

static void
enters_directories(void)
{
	NEEDS_KERNEL("openat2");
	mode_t before = umask(0);
	int made = enter("new");
	(void)umask(before);
	int again = enter("new");

	CHECK(made >= 0 && again >= 0);
	int flags = fcntl(made, F_GETFD);
	(void)close(again);
	CHECK_INT(csc_files(CSC_FILE_SYNC_DIRECTORY, made, NULL, NULL, NULL, 0, 0, 0), 0);
	CHECK_INT(csc_files(CSC_FILE_CLOSE, made, NULL, NULL, NULL, 0, 0, 0), 0);
	CHECK_INT(csc_files(CSC_FILE_CLOSE, made, NULL, NULL, NULL, 0, 0, 0), -EBADF);
	CHECK(flags & FD_CLOEXEC);
	CHECK_INT(mode_of("new"), 0700);
	CHECK_INT(create("file", "x", 0600), 0);
	CHECK_INT(enter("file"), -ENOTDIR);
	CHECK_INT(csc_files(CSC_FILE_OPEN_DIRECTORY, NONE, "/dev/null", NULL, NULL, 0, 0, 0), -ENOTDIR);
	CHECK_INT(csc_files(99, NONE, "a", "b", NULL, 0, 0, 0), -ENOSYS);
}

/* A gate says one thing once: start, or give up. */
static void
opens_gates(void)
{
	for (uint32_t start = 0; start <= 1; start++) {
		uint64_t word = 0;
		int gate = csc_files(CSC_FILE_GATE, NONE, NULL, NULL, NULL, 0, 0, 0);

		CHECK(gate >= 0);
		int flags = fcntl(gate, F_GETFD);
		ssize_t before = read(gate, &word, sizeof(word));
		int32_t opened = csc_files(CSC_FILE_OPEN_GATE, gate, NULL, NULL, NULL, 0, 0, start);
		ssize_t n = read(gate, &word, sizeof(word));
		(void)close(gate);
		CHECK(flags & FD_CLOEXEC);
		CHECK_INT(before, -1); /* closed until it is opened, and nobody waits for it */
		CHECK_INT(opened, 0);
		CHECK_INT(n, sizeof(word));
		CHECK_INT(word, start ? CSC_GATE_START : CSC_GATE_ABANDON);
	}
}

static const struct test TESTS[] = {
	{ "files: a gate opens to start or to give up", opens_gates },
	{ "files: memory is sealed and close-on-exec", makes_sealed_memory },
	{ "files: what exists is not created again", creates_once },
	{ "files: the mode is exact, whatever the umask", mode_is_exact },
	{ "files: a replacement is another file under the same name", replaces_in_one_step },
	{ "files: no reader sees half a file", no_reader_sees_half },
	{ "files: no link is followed", follows_no_link },
	{ "files: names with a slash, dots and empty names are refused", takes_plain_names_only },
	{ "files: a failed replacement leaves nothing behind", failed_replace_leaves_nothing },
	{ "files: a failed write leaves the old file and nothing else", failed_write_leaves_nothing },
	{ "files: directories are made private, opened and closed", enters_directories },
};

int
main(void)
{
	(void)signal(SIGXFSZ, SIG_IGN);
	return run_in_folders(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
