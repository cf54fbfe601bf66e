/*
 * csc_files: what csc opens to read is an ordinary file of the directory that
 * it holds, and what it tries out there leaves no trace.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files_folder.h"

/* Only ordinary files are opened, and nothing that is no file holds csc up. */
static void
opens_ordinary_files(void)
{
	static const struct { const char *name; int32_t answer; } refused[] = {
		{ "none", -ENOENT }, { "link", -ELOOP }, { "door/a", -EINVAL }, { "folder", -EISDIR },
		{ "pipe", -ENXIO }, { "..", -EINVAL }, { "", -EINVAL },
	};
	char text[8];

	NEEDS_KERNEL("openat2");
	CHECK_INT(create("a", "text", 0600), 0);
	CHECK(symlinkat("a", dir, "link") == 0);
	CHECK(mkdirat(dir, "folder", 0700) == 0);
	CHECK(symlinkat("folder", dir, "door") == 0);
	CHECK(mkfifoat(dir, "pipe", 0600) == 0);
	int fd = csc_files(CSC_FILE_OPEN_FILE, dir, "a", NULL, NULL, 0, 0, 0);
	CHECK(fd >= 0);
	int flags = fcntl(fd, F_GETFD);
	ssize_t n = read(fd, text, sizeof(text));
	bool written = write(fd, "x", 1) == 1;
	(void)close(fd);
	CHECK(flags & FD_CLOEXEC);
	CHECK_INT(n, 4);
	CHECK(!written);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		CHECK_INT(csc_files(CSC_FILE_OPEN_FILE, dir, refused[i].name, NULL, NULL, 0, 0, 0), refused[i].answer);
}

/* Making is tried out without a trace, also where the path now leads elsewhere. */
static void
tries_making(void)
{
	NEEDS_KERNEL("openat2");
	int proc = open("/proc/self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int gone = enter("gone");

	CHECK(proc >= 0 && gone >= 0);
	CHECK_INT(csc_files(CSC_FILE_TRY_MAKING, dir, ".try", NULL, NULL, 0, 0, 0), 0);
	CHECK(!exists(".try"));
	CHECK_INT(csc_files(CSC_FILE_TRY_MAKING, dir, "../try", NULL, NULL, 0, 0, 0), -EINVAL);
	int32_t in_proc = csc_files(CSC_FILE_TRY_MAKING, proc, ".try", NULL, NULL, 0, 0, 0);
	CHECK(unlinkat(dir, "gone", AT_REMOVEDIR) == 0);
	int32_t in_gone = csc_files(CSC_FILE_TRY_MAKING, gone, ".try", NULL, NULL, 0, 0, 0);
	(void)close(proc);
	(void)close(gone);
	CHECK(in_proc < 0);
	CHECK(in_gone < 0);
}

static const struct test TESTS[] = {
	{ "files: ordinary files alone are opened to be read", opens_ordinary_files },
	{ "files: making a file is tried out without a trace", tries_making },
};

int
main(void)
{
	return run_in_folders(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
