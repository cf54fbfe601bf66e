/* What leaks from the parent: descriptors, environment. And idle helpers. */
#include "attack.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* descriptors: lists each open one above 2 with its target, and reads it. */
int
attack_descriptors(int argc, char **argv)
{
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	int inherited = 0;

	(void)argc;
	(void)argv;
	if (directory == NULL)
		broken("/proc/self/fd");
	while ((entry = readdir(directory)) != NULL) {
		char target[4096], text[4096];
		int fd = atoi(entry->d_name);
		ssize_t length = readlinkat(dirfd(directory), entry->d_name,
			target, sizeof target - 1);

		if (fd <= 2 || fd == dirfd(directory))
			continue;
		target[length > 0 ? length : 0] = '\0';
		printf("descriptor %d: %s\n", fd, target);
		inherited++;
		length = pread(fd, text, sizeof text - 1, 0);
		if (length > 0) {
			text[length] = '\0';
			printf("content: %s\n", text);
		}
	}
	closedir(directory);
	printf("inherited: %d\n", inherited);
	return 0;
}

/* environment: every entry. */
int
attack_environment(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (char **entry = environ; *entry != NULL; entry++)
		printf("environment: %s\n", *entry);
	return 0;
}

/* hold FILE: keeps the first 4 KiB of FILE in memory, as a careless parent would. */
int
tool_hold(int argc, char **argv)
{
	static char kept[4096];

	if (argc < 2 || read_small_file(argv[1], kept, sizeof kept) < 0)
		broken("hold FILE");
	printf("holding\n");
	fflush(stdout);
	sleep(60);
	return kept[0];
}

/* sleep SECONDS: a process to be seen, traced or ended. */
int
tool_sleep(int argc, char **argv)
{
	if (argc < 2)
		broken("sleep SECONDS");
	printf("sleeping\n");
	fflush(stdout);
	sleep((unsigned)number(argv[1]));
	return 0;
}
