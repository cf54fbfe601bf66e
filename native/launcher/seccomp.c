/* Loads the filter; from here on the launcher itself runs under it too. */
#include <errno.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter.h"
#include "launcher.h"

int
csc_stage_seccomp(struct csc_launch *launch, struct csc_err *err)
{
	static struct sock_filter filter[CSC_FILTER_MAX];
	struct sock_fprog program = { .filter = filter };
	size_t len = csc_filter_build(filter, CSC_FILTER_MAX, launch->plan.flags);

	if (len == 0)
		return csc_fail(err, CSC_STAGE_SECCOMP, 0, "the filter does not fit into %d instructions", CSC_FILTER_MAX);
	program.len = (unsigned short)len;
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
		return csc_fail(err, CSC_STAGE_SECCOMP, errno, "load the filter of %zu instructions", len);
	launch->filter = filter;
	launch->filter_len = len;
	return 0;
}
