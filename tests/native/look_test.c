/*
 * csc_files, the operations on single paths: what they tell is what is there,
 * and what is not there is an error number.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../native/bridge/bridge.h"
#include "harness.h"

#define NONE (-1)

static char folder[64]; /* fresh for each test */

/* The path of something in the folder; valid until the next call. */
static const char *
in_folder(const char *name)
{
	static char path[128];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int32_t
look(const char *name, struct csc_look *out, uint32_t follow)
{
	memset(out, 0xEE, sizeof(*out));
	return csc_files(CSC_FILE_LOOK, NONE, in_folder(name), NULL, (uint8_t *)out, sizeof(*out), 0, follow);
}

static int32_t
read_file(const char *path, uint8_t *bytes, uint64_t len)
{
	return csc_files(CSC_FILE_READ, NONE, path, NULL, bytes, len, 0, 0);
}

static int32_t
write_file(const char *path, const char *text)
{
	uint8_t *copy = guarded_copy(text, strlen(text));
	int32_t done = csc_files(CSC_FILE_WRITE, NONE, path, NULL, copy, strlen(text), 0, 0);

	free(copy);
	return done;
}

static bool
make_file(const char *name, const char *text)
{
	int fd = open(in_folder(name), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0;
}

static void
tells_what_is_there(void)
{
	struct csc_look found;
	struct stat st;

	(void)umask(0);
	CHECK(make_file("file", "text"));
	CHECK_INT(look("file", &found, 0), 0);
	CHECK_INT(stat(in_folder("file"), &st), 0);
	CHECK_INT(found.mode, S_IFREG | 0640);
	CHECK_INT(found.uid, getuid());
	CHECK_INT(found.gid, getgid());
	CHECK_INT(found.dev, st.st_dev);
	CHECK_INT(found.ino, st.st_ino);
	CHECK_INT(found.nlink, 1);
	CHECK_INT(found.link_len, 0);
	CHECK_INT(mkdir(in_folder("folder"), 01755), 0);
	CHECK_INT(look("folder", &found, 0), 0);
	CHECK_INT(found.mode, S_IFDIR | 01755);
	CHECK_INT(found.nlink, 2);
}

static void
tells_of_links(void)
{
	struct csc_look found;
	char target[300];

	memset(target, 'x', sizeof(target) - 1);
	target[sizeof(target) - 1] = '\0';
	CHECK(make_file("file", ""));
	CHECK_INT(symlink("file", in_folder("link")), 0);
	CHECK_INT(symlink(target, in_folder("long")), 0);
	CHECK_INT(look("link", &found, 0), 0);
	CHECK(S_ISLNK(found.mode));
	CHECK_INT(found.link_len, 4);
	CHECK(memcmp(found.link, "file", 4) == 0);
	CHECK_INT(look("long", &found, 0), 0);
	CHECK_INT(found.link_len, strlen(target));
	CHECK(memcmp(found.link, target, strlen(target)) == 0);
	/* Through the link: the file's own facts, and no text. */
	CHECK_INT(look("link", &found, 1), 0);
	CHECK(S_ISREG(found.mode));
	CHECK_INT(found.link_len, 0);
}

static void
says_why_it_cannot_tell(void)
{
	struct csc_look found;

	CHECK(make_file("file", ""));
	CHECK_INT(symlink("loop", in_folder("loop")), 0);
	CHECK_INT(symlink("nowhere", in_folder("dangling")), 0);
	CHECK_INT(look("nothing", &found, 0), -ENOENT);
	CHECK_INT(look("file/below", &found, 0), -ENOTDIR);
	CHECK_INT(look("loop", &found, 1), -ELOOP);
	CHECK_INT(look("dangling", &found, 1), -ENOENT);
	CHECK_INT(csc_files(CSC_FILE_LOOK, NONE, "/", NULL, (uint8_t *)&found, sizeof(found) - 1, 0, 0), -EINVAL);
}

static void
reads_whole_files(void)
{
	uint8_t *room = guarded_copy("........", 8);
	int32_t whole;
	int32_t full;
	bool same;

	CHECK(make_file("file", "1234567"));
	whole = read_file(in_folder("file"), room, 8);
	same = memcmp(room, "1234567.", 8) == 0;
	/* Just as long as the room: there might be more. */
	full = read_file(in_folder("file"), room, 7);
	free(room);
	CHECK_INT(whole, 7);
	CHECK(same);
	CHECK_INT(full, -EFBIG);
	CHECK_INT(read_file(in_folder("nothing"), NULL, 0), -ENOENT);
	CHECK_INT(read_file(folder, (uint8_t[8]){ 0 }, 8), -EISDIR);
}

static void
reads_files_that_hide_their_size(void)
{
	static uint8_t text[256 * 1024];
	struct stat st;

	CHECK_INT(stat("/proc/zoneinfo", &st), 0);
	CHECK_INT(st.st_size, 0);
	/* The kernel hands it out in pieces of about a page. */
	int32_t n = read_file("/proc/zoneinfo", text, sizeof(text) - 1);
	CHECK(n > 4096);
	text[n] = '\0';
	CHECK(strstr((const char *)text, "protection") != NULL);
}

static void
writes_only_what_is_there(void)
{
	uint8_t text[8] = { 0 };

	CHECK(make_file("file", "old text"));
	CHECK_INT(write_file(in_folder("file"), "new"), 0);
	CHECK_INT(read_file(in_folder("file"), text, sizeof(text)), 3);
	CHECK(memcmp(text, "new", 3) == 0);
	CHECK_INT(write_file(in_folder("nothing"), "new"), -ENOENT);
	CHECK_INT(access(in_folder("nothing"), F_OK), -1);
	CHECK_INT(write_file("/dev/full", "new"), -ENOSPC);
}

/* Asks about `count` names, `text` with all their NULs, in `path`. */
static int32_t
look_in(const char *path, const char *text, size_t text_len, uint32_t count, uint8_t kinds[8])
{
	uint8_t bytes[128];
	int32_t done;

	memset(bytes, 0xEE, sizeof(bytes));
	memcpy(bytes + count, text, text_len);
	done = csc_files(CSC_FILE_LOOK_IN, NONE, path, NULL, bytes, count + text_len, count, 0);
	memcpy(kinds, bytes, 8);
	return done;
}

static void
many_names_are_looked_at_in_one_directory(void)
{
	static const char names[] = "dir\0none\0file\0link\0fifo";
	uint8_t kinds[8];
	int fd;

	CHECK(mkdir(in_folder("dir"), 0755) == 0 && mkfifo(in_folder("fifo"), 0644) == 0);
	fd = open(in_folder("file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(symlink("nowhere", in_folder("link")) == 0);
	CHECK_INT(look_in(folder, names, sizeof(names), 5, kinds), 4);
	CHECK_INT(kinds[0], CSC_KIND_DIRECTORY);
	CHECK_INT(kinds[1], CSC_KIND_NONE);
	CHECK_INT(kinds[2], CSC_KIND_FILE);
	CHECK_INT(kinds[3], CSC_KIND_LINK);
	CHECK_INT(kinds[4], CSC_KIND_OTHER);
	CHECK_INT(look_in(in_folder("none"), names, sizeof(names), 5, kinds), -ENOENT);
	CHECK_INT(look_in(in_folder("file"), names, sizeof(names), 5, kinds), -ENOTDIR);
	CHECK_INT(look_in(in_folder("link"), names, sizeof(names), 5, kinds), -ENOTDIR); /* not followed */
}

static void
a_large_directory_is_asked_for_the_names(void)
{
	static const char names[] = "entry7\0none\0entry299";
	uint8_t kinds[8];

	for (int i = 0; i < 300; i++) {
		char name[60];

		/* Long enough that even where a directory has no size it takes more than one call. */
		(void)snprintf(name, sizeof(name), "%s%.*s%d", i % 2 ? "entry" : "long", i % 2 ? 0 : 40,
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", i);
		CHECK(mkdir(in_folder(name), 0755) == 0);
	}
	CHECK_INT(look_in(folder, names, sizeof(names), 3, kinds), 2);
	CHECK_INT(kinds[0], CSC_KIND_DIRECTORY);
	CHECK_INT(kinds[1], CSC_KIND_NONE);
	CHECK_INT(kinds[2], CSC_KIND_DIRECTORY);
}

static void
names_that_do_not_add_up_are_refused(void)
{
	uint8_t kinds[8];

	CHECK_INT(look_in(folder, "a\0b", 3, 2, kinds), -EINVAL); /* the last one without its NUL */
	CHECK_INT(look_in(folder, "a\0b\0c", 6, 2, kinds), -EINVAL);
	CHECK_INT(look_in(folder, "a", 2, 2, kinds), -EINVAL);
	CHECK_INT(csc_files(CSC_FILE_LOOK_IN, NONE, folder, NULL, kinds, 1, 2, 0), -EINVAL);
}

static const struct test TESTS[] = {
	{ "look: tells kind, mode, owner, identity and names", tells_what_is_there },
	{ "look: tells where a link leads, or what it leads to", tells_of_links },
	{ "look: what cannot be seen is an error number", says_why_it_cannot_tell },
	{ "look: a file is read whole or not at all", reads_whole_files },
	{ "look: files of /proc are read to their end", reads_files_that_hide_their_size },
	{ "look: a value goes into a file that is there", writes_only_what_is_there },
	{ "look: many names in one directory", many_names_are_looked_at_in_one_directory },
	{ "look: many names in a directory of many", a_large_directory_is_asked_for_the_names },
	{ "look: names that do not add up are refused", names_that_do_not_add_up_are_refused },
};

int
main(void)
{
	int failed = 0;

	for (size_t i = 0; i < sizeof(TESTS) / sizeof(TESTS[0]); i++) {
		char command[128];

		(void)strcpy(folder, "/tmp/csc-look-XXXXXX");
		if (!mkdtemp(folder))
			abort();
		failed |= run_tests(&TESTS[i], 1);
		(void)snprintf(command, sizeof(command), "rm -rf %s", folder);
		if (system(command) != 0)
			abort();
	}
	return failed;
}
