/* The bridge's side of fault.h: nothing, but in a test build. */
#include "../base/fault.h"

#ifdef CSC_FAULTS

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A child goes on as soon as csc is gone; nothing wakes csc itself. */
#define PATIENCE_CHILD_MS 20000
#define PATIENCE_MS 4000

/* csc itself, as seen by a child that has its memory but another view of processes. */
static int self_fd = -1;

static const char *
choice(void)
{
	const char *chosen = getenv("CSC_FAULT");

	return chosen ? chosen : "";
}

void
csc_fault(unsigned int point)
{
	struct pollfd csc = { .fd = self_fd, .events = POLLIN };

	if ((unsigned int)atoi(choice()) != point)
		return;
	(void)prctl(PR_SET_NAME, "csc-fault", 0, 0, 0);
	/* No longer than csc lives: it is what comes then that is tested. */
	(void)poll(&csc, 1, getpid() == 1 ? PATIENCE_CHILD_MS : PATIENCE_MS);
	(void)prctl(PR_SET_NAME, "csc-bridge", 0, 0, 0);
}

int
csc_fault_choice(void)
{
	int low = memfd_create("csc-fault", MFD_CLOEXEC);
	int fd = fcntl(low, F_DUPFD_CLOEXEC, 10);

	(void)close(low);
	self_fd = pidfd_open(getpid(), 0);
	return write(fd, choice(), strlen(choice())) < 0 ? -1 : fd;
}

#endif
