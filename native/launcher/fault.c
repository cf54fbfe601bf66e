/* The launcher's side of fault.h: nothing, but in a test build. */
#include "../base/fault.h"

#ifdef CSC_FAULTS

#include <poll.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher.h"

#define PATIENCE_MS 20000

int
csc_fault_chosen(unsigned int point)
{
	static unsigned int chosen;
	char digits[4] = "";

	/* Descriptor 0 is what the bridge has put there, until it is /dev/null. */
	if (chosen == 0 && syscall(SYS_pread64, 0, digits, sizeof(digits) - 1, 0) > 0) {
		for (size_t i = 0; digits[i] >= '0' && digits[i] <= '9'; i++)
			chosen = chosen * 10 + (unsigned int)(digits[i] - '0');
	}
	return chosen == point;
}

void
csc_fault(unsigned int point)
{
	struct pollfd csc = { .fd = CSC_FD_LIVENESS };

	if (!csc_fault_chosen(point))
		return;
	(void)prctl(PR_SET_NAME, "csc-fault", 0, 0, 0);
	/* No longer than csc lives: it is what comes then that is tested. */
	(void)poll(&csc, 1, PATIENCE_MS);
	(void)prctl(PR_SET_NAME, "csc-launcher", 0, 0, 0);
}

#endif
