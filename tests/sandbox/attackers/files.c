/* Attacks on files by name: read, write, replace, and reach through links. */
#include "attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char OWNED[] = "owned by the attacker\n";

/* read PATH...: prints what it finds. */
int
attack_read(int argc, char **argv)
{
	char text[4096];

	for (int i = 1; i < argc; i++) {
		long length = read_small_file(argv[i], text, sizeof text);

		report_on("read", argv[i], length);
		if (length > 0)
			printf("content: %s\n", text);
	}
	return 0;
}

/* list DIRECTORY...: prints the names in it. */
int
attack_list(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		DIR *directory = opendir(argv[i]);
		struct dirent *entry;

		report_on("list", argv[i], directory == NULL ? -1 : 0);
		while (directory != NULL && (entry = readdir(directory)) != NULL)
			printf("name: %s\n", entry->d_name);
		if (directory != NULL)
			closedir(directory);
	}
	return 0;
}

static int
append_owned(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, OWNED, sizeof OWNED - 1);
	close(fd);
	return written < 0 ? -1 : 0;
}

/* write PATH...: appends to each, creating it where it is missing. */
int
attack_write(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		report_on("write", argv[i], append_owned(argv[i]));
	return 0;
}

/*
 * tamper PATH: every other way to change a file: truncate, change its mode and
 * its times, rename it, delete it.
 */
int
attack_tamper(int argc, char **argv)
{
	char moved[4200];

	if (argc < 2)
		broken("tamper PATH");
	report("truncate", truncate(argv[1], 0));
	report("chmod", chmod(argv[1], 0666));
	report("utimens", utimensat(AT_FDCWD, argv[1], NULL, 0));
	snprintf(moved, sizeof moved, "%s.moved", argv[1]);
	report("rename", rename(argv[1], moved));
	if (access(moved, F_OK) == 0)
		report("unlink", unlink(moved));
	else
		report("unlink", unlink(argv[1]));
	return 0;
}

/* link SOURCE NAME: a second name for SOURCE, then a write through it. */
int
attack_link(int argc, char **argv)
{
	int fd;

	if (argc < 3)
		broken("link SOURCE NAME");
	report("link", link(argv[1], argv[2]));
	/* The same by descriptor: what a check of names would miss. */
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		char by_descriptor[64], second[4200];

		snprintf(by_descriptor, sizeof by_descriptor, "/proc/self/fd/%d", fd);
		snprintf(second, sizeof second, "%s.2", argv[2]);
		report("link by descriptor", linkat(AT_FDCWD, by_descriptor,
			AT_FDCWD, second, AT_SYMLINK_FOLLOW));
		close(fd);
	} else {
		report("link by descriptor", -1);
	}
	if (access(argv[2], F_OK) == 0)
		report("write through link", append_owned(argv[2]));
	else
		report("write through link", -1);
	return 0;
}

/* symlink TARGET NAME: makes NAME point at TARGET, then reads and writes it. */
int
attack_symlink(int argc, char **argv)
{
	char text[4096];
	long length;

	if (argc < 3)
		broken("symlink TARGET NAME");
	if (symlink(argv[1], argv[2]) < 0 && errno != EEXIST)
		broken("symlink");
	length = read_small_file(argv[2], text, sizeof text);
	report("read through symlink", length);
	if (length > 0)
		printf("content: %s\n", text);
	report("write through symlink", append_owned(argv[2]));
	return 0;
}
