/*
 * Pipes between the segments of a local pipeline, which Deno starts: they are
 * csc's children and get their ends by number.
 */
#include <errno.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <stdbool.h>
#include <unistd.h>

#include "../base/fd.h"
#include "start.h"

/*
 * Runs: in every child that fork() makes of csc, before anything else of it.
 * Deno hands a descriptor over as a copy that is not close-on-exec. A segment
 * that had it beside its standard output could close that and yet keep its
 * reader from seeing the end. What becomes 0 to 2 is put there afterwards.
 */
static void
keep_descriptors(void)
{
	(void)close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
}

int32_t
csc_segment_pipe(int32_t ends[2])
{
	static bool kept; /* csc asks from one thread only */
	int made[2] = { -1, -1 };

	/* Of no descriptors: is there such a call? */
	if (close_range(~0U, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return -errno;
	if (!kept) {
		int refused = pthread_atfork(NULL, NULL, keep_descriptors);

		if (refused != 0)
			return -refused;
		kept = true;
	}
	if (csc_pipe_open(made) < 0) {
		int saved = errno;
		csc_pipe_close(&made[0]);
		csc_pipe_close(&made[1]);
		return -saved;
	}
	ends[0] = made[0];
	ends[1] = made[1];
	return 0;
}
