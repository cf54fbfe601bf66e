/* A fresh folder for each test of csc_files, and the calls that all of them make. */
#ifndef TESTS_FILES_FOLDER_H
#define TESTS_FILES_FOLDER_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../native/bridge/bridge.h"
#include "harness.h"

#define NONE (-1)

static char folder[64]; /* fresh for each test */
static int dir = -1;

static int32_t
create(const char *name, const char *text, uint32_t mode)
{
	return csc_files(CSC_FILE_CREATE, dir, name, NULL, (uint8_t *)(uintptr_t)text, strlen(text), mode, 1);
}

static int32_t
enter(const char *name)
{
	return csc_files(CSC_FILE_ENTER_DIRECTORY, dir, name, NULL, NULL, 0, 0, 0);
}

static bool
exists(const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Runs every test in a folder of its own. */
static int
run_in_folders(const struct test *tests, size_t count)
{
	char command[128];
	int failed = 0;

	for (size_t i = 0; i < count; i++) {
		(void)strcpy(folder, "/tmp/csc-files-XXXXXX");
		if (!mkdtemp(folder))
			abort();
		dir = csc_files(CSC_FILE_OPEN_DIRECTORY, NONE, folder, NULL, NULL, 0, 0, 0);
		failed |= run_tests(&tests[i], 1);
		(void)close(dir);
		(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
		if (system(command) != 0)
			abort();
	}
	return failed;
}

#endif
