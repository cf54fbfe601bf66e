/*
 * csc_staged: what a layer tells of changes, and the steps of applying them.
 * The layers are made by hand, as overlayfs would leave them.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "../../native/bridge/staged.h"
#include "harness.h"

static char folder[64]; /* fresh for each test */
static uint64_t told[2];

/* A path in the folder; until the next call but three. */
static const char *
at(const char *name)
{
	static char paths[4][512];
	static unsigned int turn;

	turn = (turn + 1) % 4;
	(void)snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", folder, name);
	return paths[turn];
}

/* Calls csc_staged with these arguments, up to NULL. */
static int32_t
call(uint32_t op, const char *const arguments[])
{
	char text[4096];
	size_t len = 0;

	for (size_t i = 0; arguments[i]; i++) {
		memcpy(text + len, arguments[i], strlen(arguments[i]) + 1);
		len += strlen(arguments[i]) + 1;
	}
	uint8_t *copy = guarded_copy(text, len);
	int32_t done = csc_staged(op, (const char *)copy, len, (uint8_t *)told, sizeof(told));
	free(copy);
	return done;
}

#define CALL(op, ...) call((op), (const char *const[]){ __VA_ARGS__, NULL })

static void
text(const char *name, const char *content)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, content, strlen(content)) != (ssize_t)strlen(content))
		abort();
	(void)close(fd);
}

static void
dir(const char *name)
{
	if (mkdir(at(name), 0755) < 0)
		abort();
}

/* One line a change: kind, flags, path. */
static const char *
changes(const char *since)
{
	static char lines[4096];
	struct csc_change change;
	char path[PATH_MAX];
	size_t used = 0;
	int fd = CALL(CSC_STAGED_WALK, at("upper"), at("lower"), since);

	lines[0] = '\0';
	if (fd < 0) {
		(void)snprintf(lines, sizeof(lines), "%d", fd);
		return lines;
	}
	(void)lseek(fd, 0, SEEK_SET);
	while (read(fd, &change, sizeof(change)) == (ssize_t)sizeof(change)) {
		if (read(fd, path, change.path_len) != (ssize_t)change.path_len)
			abort();
		path[change.path_len] = '\0';
		(void)lseek(fd, (off_t)change.link_len + (off_t)change.xattr_len, SEEK_CUR);
		used += (size_t)snprintf(lines + used, sizeof(lines) - used, "%u%u %s\n", change.kind, change.flags, path);
	}
	(void)close(fd);
	return lines;
}

#define LATE "4000000000000000000"

static void
lay(void)
{
	dir("upper");
	dir("lower");
	dir("lower/dir");
	text("lower/dir/file", "in it\n");
	text("lower/file", "old\n");
	if (symlink("file", at("lower/link")) < 0)
		abort();
}

static void
tells_changes(void)
{
	NEEDS_KERNEL("openat2");
	lay();
	CHECK_TEXT(changes(LATE), "");
	text("upper/file", "newer\n");
	text("upper/made", "made\n");
	dir("upper/dir");
	text("upper/dir/odd \n\xff", "odd\n");
	CHECK(symlink("elsewhere", at("upper/link")) == 0);
	CHECK(mkfifo(at("upper/pipe"), 0600) == 0);
	CHECK_TEXT(changes(LATE), "10 dir/odd \n\xff\n20 file\n20 link\n10 made\n10 pipe\n");
	/* Before all of it: the host's have changed since. */
	CHECK_TEXT(changes("0"), "10 dir/odd \n\xff\n21 file\n21 link\n10 made\n10 pipe\n");
}

static void
tells_replaced_kinds(void)
{
	NEEDS_KERNEL("openat2");
	lay();
	text("upper/dir", "a file now\n");
	dir("upper/file");
	text("upper/file/in", "in\n");
	CHECK_TEXT(changes(LATE), "22 dir\n22 file\n10 file/in\n");
}

static void
tells_whiteouts_and_opaque_directories(void)
{
	NEEDS_KERNEL("openat2");
	lay();
	dir("upper/dir");
	if (setxattr(at("upper/dir"), "user.overlay.opaque", "y", 1, 0) < 0)
		SKIP("this file system has no attributes of users");
	text("upper/dir/file", "in it\n");
	CHECK_TEXT(changes(LATE), "22 dir\n10 dir/file\n");
	if (mknod(at("upper/link"), S_IFCHR | 0600, makedev(0, 0)) < 0)
		SKIP("no whiteout may be made here");
	CHECK(mknod(at("upper/never"), S_IFCHR | 0600, makedev(0, 0)) == 0);
	CHECK_TEXT(changes(LATE), "22 dir\n10 dir/file\n30 link\n");
	CHECK(unlink(at("upper/dir/file")) == 0 && rmdir(at("upper/dir")) == 0);
	CHECK(mknod(at("upper/dir"), S_IFCHR | 0600, makedev(0, 0)) == 0);
	CHECK_TEXT(changes(LATE), "30 dir\n30 link\n");
}

static void
tells_nothing_of_what_is_the_same(void)
{
	struct timespec times[2];
	struct stat st;

	NEEDS_KERNEL("openat2");
	lay();
	text("upper/file", "old\n");
	CHECK(stat(at("lower/file"), &st) == 0);
	times[0] = times[1] = st.st_mtim;
	CHECK(utimensat(AT_FDCWD, at("upper/file"), times, 0) == 0);
	CHECK_TEXT(changes(LATE), "");
	CHECK(chmod(at("upper/file"), 0600) == 0);
	CHECK_TEXT(changes(LATE), "20 file\n");
	dir("upper/dir");
	CHECK(chmod(at("upper/dir"), 0700) == 0);
	CHECK_TEXT(changes(LATE), "20 dir\n20 file\n");
}

static void
never_follows_links(void)
{
	char ino[32];

	NEEDS_KERNEL("openat2");
	lay();
	dir("outside");
	CHECK(symlink("../outside", at("lower/way")) == 0);
	dir("upper/way");
	text("upper/way/file", "in\n");
	/* A link in the place of a directory: nothing below it is compared, or made. */
	CHECK_TEXT(changes(LATE), "22 way\n10 way/file\n");
	CHECK_INT(CALL(CSC_STAGED_COPY, at("upper"), "way/file", at("lower"), "way", "temporary"), -ELOOP);
	(void)snprintf(ino, sizeof(ino), "%llu", (unsigned long long)told[0]);
	CHECK_INT(CALL(CSC_STAGED_PLACE, at("lower"), "way", "file", "temporary", ino), -ELOOP);
	CHECK_INT(CALL(CSC_STAGED_REMOVE, at("lower"), "way", "file", "temporary"), -ELOOP);
	CHECK_INT(CALL(CSC_STAGED_CLEAN, at("lower"), "way", "file"), -ELOOP);
	CHECK_INT(CALL(CSC_STAGED_ADJUST, at("lower"), "way", at("upper")), -ELOOP);
	CHECK(rmdir(at("outside")) == 0);
}

static void
places_copies_again_at_will(void)
{
	char ino[32], target[16] = "";
	struct stat st;

	NEEDS_KERNEL("openat2");
	lay();
	dir("upper/new");
	dir("upper/new/deep");
	text("upper/new/deep/file", "deep\n");
	CHECK(symlink("deep/file", at("upper/new/link")) == 0);
	CHECK(mkfifo(at("upper/new/pipe"), 0600) == 0);
	CHECK(chmod(at("upper/new/deep"), 0700) == 0);
	CHECK_INT(CALL(CSC_STAGED_COPY, at("upper"), "new", at("lower"), "", "temporary"), 0);
	(void)snprintf(ino, sizeof(ino), "%llu", (unsigned long long)told[0]);
	CHECK(stat(at("lower/temporary"), &st) == 0 && st.st_ino == told[0]);
	CHECK_INT(CALL(CSC_STAGED_PLACE, at("lower"), "", "dir", "temporary", "1"), -ESTALE);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(CALL(CSC_STAGED_PLACE, at("lower"), "", "dir", "temporary", ino), 0);
		CHECK(stat(at("lower/dir/deep/file"), &st) == 0 && st.st_size == 5);
		CHECK(stat(at("lower/dir/deep"), &st) == 0 && (st.st_mode & 07777) == 0700);
		CHECK(lstat(at("lower/dir/pipe"), &st) == 0 && S_ISFIFO(st.st_mode));
		CHECK(readlink(at("lower/dir/link"), target, sizeof(target) - 1) == 9);
		CHECK_TEXT(target, "deep/file");
		CHECK(access(at("lower/temporary"), F_OK) < 0 && access(at("lower/dir/file"), F_OK) < 0);
	}
}

static void
removes_again_at_will(void)
{
	NEEDS_KERNEL("openat2");
	lay();
	CHECK(chmod(at("lower/dir"), 0500) == 0);
	for (int i = 0; i < 2; i++) {
		CHECK_INT(CALL(CSC_STAGED_REMOVE, at("lower"), "", "dir", "temporary"), 0);
		CHECK(access(at("lower/dir"), F_OK) < 0 && access(at("lower/temporary"), F_OK) < 0);
	}
	CHECK_INT(CALL(CSC_STAGED_CLEAN, at("lower"), "", "file"), 0);
	CHECK_INT(CALL(CSC_STAGED_CLEAN, at("lower"), "", "file"), 0);
	CHECK(access(at("lower/file"), F_OK) < 0);
}

static void
adjusts_directories(void)
{
	struct stat st;

	NEEDS_KERNEL("openat2");
	lay();
	dir("upper/dir");
	CHECK(chmod(at("upper/dir"), 0711) == 0);
	CHECK_INT(CALL(CSC_STAGED_ADJUST, at("lower"), "dir", at("upper")), 0);
	CHECK(stat(at("lower/dir"), &st) == 0 && (st.st_mode & 07777) == 0711);
	CHECK(access(at("lower/dir/file"), F_OK) == 0);
	CHECK_INT(CALL(CSC_STAGED_SYNC, at("lower")), 0);
	CHECK_INT(CALL(CSC_STAGED_SYNC, at("nowhere")), -ENOENT);
}

static void
measures_and_waits(void)
{
	static char large[40000];
	int ends[2];
	char gate[16];

	NEEDS_KERNEL("openat2");
	lay();
	memset(large, 'x', sizeof(large) - 1);
	CHECK_INT(CALL(CSC_STAGED_MEASURE, at("upper")), 0);
	CHECK(told[0] == 0 && told[1] > 0);
	dir("upper/dir");
	text("upper/dir/large", large);
	CHECK_INT(CALL(CSC_STAGED_MEASURE, at("upper")), 0);
	CHECK(told[0] >= sizeof(large) - 1);
	CHECK_INT(CALL(CSC_STAGED_MEASURE, at("nowhere")), -ENOENT);
	CHECK(pipe2(ends, O_CLOEXEC) == 0);
	(void)snprintf(gate, sizeof(gate), "%d", ends[0]);
	CHECK_INT(CALL(CSC_STAGED_WAIT, gate, "1"), 0);
	CHECK(write(ends[1], "x", 1) == 1);
	CHECK_INT(CALL(CSC_STAGED_WAIT, gate, "60000"), 1);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void
refuses_what_it_does_not_know(void)
{
	CHECK_INT(CALL(0, "a"), -EINVAL);
	CHECK_INT(CALL(99, "a"), -EINVAL);
	CHECK_INT(CALL(CSC_STAGED_WALK, "a", "b"), -EINVAL);
	CHECK_INT(CALL(CSC_STAGED_WALK, "a", "b", "c", "d", "e", "f"), -EINVAL);
	CHECK_INT(csc_staged(CSC_STAGED_SYNC, "open", 4, (uint8_t *)told, sizeof(told)), -EINVAL);
	CHECK_INT(csc_staged(CSC_STAGED_SYNC, "open", 5, (uint8_t *)told, 1), -EINVAL);
	NEEDS_KERNEL("openat2");
	lay();
	CHECK_INT(CALL(CSC_STAGED_WALK, at("nowhere"), at("lower"), "0"), -ENOENT);
	CHECK_INT(CALL(CSC_STAGED_COPY, at("upper"), "nothing", at("lower"), "", "temporary"), -ENOENT);
	CHECK_INT(CALL(CSC_STAGED_COPY, at("lower"), "../lower/file", at("lower"), "", "temporary"), -EXDEV);
}

static const struct test TESTS[] = {
	{ "staged: what is new and what is different, by any name", tells_changes },
	{ "staged: another kind in the same place", tells_replaced_kinds },
	{ "staged: what is deleted, and a directory made anew", tells_whiteouts_and_opaque_directories },
	{ "staged: a copy like its original is no change", tells_nothing_of_what_is_the_same },
	{ "staged: no link is followed", never_follows_links },
	{ "staged: a tree is copied and placed, once or twice", places_copies_again_at_will },
	{ "staged: a tree is removed, once or twice", removes_again_at_will },
	{ "staged: a directory that stays is adjusted", adjusts_directories },
	{ "staged: sizes are measured, gates waited for", measures_and_waits },
	{ "staged: unknown operations and arguments are refused", refuses_what_it_does_not_know },
};

int
main(void)
{
	char command[128];
	int failed = 0;

	(void)umask(0);
	for (size_t i = 0; i < sizeof(TESTS) / sizeof(TESTS[0]); i++) {
		(void)strcpy(folder, "/tmp/csc-staged-XXXXXX");
		if (!mkdtemp(folder))
			abort();
		failed |= run_tests(&TESTS[i], 1);
		(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
		if (system(command) != 0)
			abort();
	}
	return failed;
}
