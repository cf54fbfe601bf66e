/* One owner per descriptor: a cleanup_fd closes itself when its scope ends. */
#ifndef CSC_BASE_FD_H
#define CSC_BASE_FD_H

#include <errno.h>
#include <unistd.h>

static inline void
csc_close_scoped(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		(void)close(*fd);
	errno = saved;
}

#define cleanup_fd __attribute__((cleanup(csc_close_scoped))) int

/* Hands the descriptor to the caller; the scope no longer closes it. */
static inline int
csc_steal_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

#endif
