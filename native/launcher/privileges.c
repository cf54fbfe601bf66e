/* Limits, capabilities and no_new_privs: what the command may never have. */
#include <errno.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher.h"

int
csc_stage_limits(struct csc_launch *launch, struct csc_err *err)
{
	const struct csc_plan *plan = &launch->plan;

	for (size_t i = 0; i < plan->nlimits; i++) {
		const struct csc_limit *limit = &plan->limits[i];
		struct rlimit current;
		struct rlimit wanted = { .rlim_cur = limit->value, .rlim_max = limit->value };

		if (getrlimit((__rlimit_resource_t)limit->resource, &current) < 0)
			return csc_fail(err, CSC_STAGE_LIMITS, errno, "read limit %u", limit->resource);
		/* The caller's own hard limit may be tighter; it is never raised. */
		if (current.rlim_max < wanted.rlim_max)
			wanted.rlim_cur = wanted.rlim_max = current.rlim_max;
		if (setrlimit((__rlimit_resource_t)limit->resource, &wanted) < 0)
			return csc_fail(err, CSC_STAGE_LIMITS, errno, "set limit %u", limit->resource);
	}
	return 0;
}

/*
 * Empties every set. The bounding set first, while CAP_SETPCAP is still there:
 * without it a program with file capabilities or uid 0 could take some back.
 */
int
csc_stage_capabilities(struct csc_launch *launch, struct csc_err *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3];
	unsigned long bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
	    SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
	    SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED;

	(void)launch;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return csc_fail(err, CSC_STAGE_CAPABILITIES, errno, "clear the ambient set");
	if (prctl(PR_SET_SECUREBITS, bits, 0, 0, 0) < 0)
		return csc_fail(err, CSC_STAGE_CAPABILITIES, errno, "lock the secure bits");
	unsigned long cap = 0;
	while (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
		cap++;
	/* The kernel ends the list: EINVAL is the first number it does not know. */
	if (errno != EINVAL || cap <= CAP_MAC_ADMIN)
		return csc_fail(err, CSC_STAGE_CAPABILITIES, errno, "drop capability %lu", cap);
	memset(none, 0, sizeof(none));
	if (syscall(SYS_capset, &header, none) < 0)
		return csc_fail(err, CSC_STAGE_CAPABILITIES, errno, "empty the capability sets");
	return 0;
}

int
csc_stage_no_new_privs(struct csc_launch *launch, struct csc_err *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return csc_fail(err, CSC_STAGE_NO_NEW_PRIVS, errno, "set no_new_privs");
	return csc_exec_rights(launch, err);
}
