/* The bridge's side of fault.h: nothing, but in a test build. */
#include "../base/fault.h"

#ifdef CSC_FAULTS

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

static const char *
choice(void)
{
	const char *chosen = getenv("CSC_FAULT");

	return chosen ? chosen : "";
}

void
csc_fault(unsigned int point)
{
	struct timespec patience = { .tv_sec = 1, .tv_nsec = 500000000 };

	if ((unsigned int)atoi(choice()) != point)
		return;
	(void)prctl(PR_SET_NAME, "csc-fault", 0, 0, 0);
	(void)nanosleep(&patience, NULL);
	(void)prctl(PR_SET_NAME, "csc-bridge", 0, 0, 0);
}

int
csc_fault_choice(void)
{
	int low = memfd_create("csc-fault", MFD_CLOEXEC);
	int fd = fcntl(low, F_DUPFD_CLOEXEC, 10);

	(void)close(low);
	return write(fd, choice(), strlen(choice())) < 0 ? -1 : fd;
}

#endif
