/* Attacks on the time between looking and doing. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t ended;

static void
end(int which)
{
	(void)which;
	ended = 1;
}

/* exchange A B: exchanges the two names again and again, until SIGTERM; at most 10 minutes. */
int
tool_swap(int argc, char **argv)
{
	unsigned seed = (unsigned)getpid();
	unsigned long swaps = 0;

	if (argc < 3)
		broken("exchange A B");
	signal(SIGTERM, end);
	signal(SIGALRM, end);
	alarm(600);
	printf("swapping\n");
	fflush(stdout);
	while (!ended) {
		if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) < 0)
			broken("renameat2");
		swaps++;
		/* Uneven, so that no rhythm of the other side fits. */
		usleep((useconds_t)(rand_r(&seed) % 200));
	}
	/* Leaves each in its place. */
	if (swaps % 2 == 1)
		(void)renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE);
	printf("swaps: %lu\n", swaps);
	return 0;
}

/*
 * look-then-read OBJECT PATH TEXT: makes sure that OBJECT is no link, then
 * reads PATH, which leads through it: until it finds TEXT, at most 1,000,000
 * times. What a careless runner does with the scopes it is given.
 */
int
attack_look_then_read(int argc, char **argv)
{
	char text[4096];
	long result = -1;

	if (argc < 4)
		broken("look-then-read OBJECT PATH TEXT");
	attempt("look, then read");
	for (long i = 0; i < 1000000 && result < 0; i++) {
		struct stat st;

		if (lstat(argv[1], &st) < 0 || S_ISLNK(st.st_mode))
			continue;
		if (read_small_file(argv[2], text, sizeof text) > 0 && strstr(text, argv[3]) != NULL)
			result = 0;
	}
	errno = ENOENT;
	report("look, then read", result);
	return 0;
}
