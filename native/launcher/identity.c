/* Becomes the user that the command runs as. */
#include <errno.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launcher.h"

/* csc writes the id maps of a sandbox of root's: from inside nobody may. */
static int
await_maps(struct csc_err *err)
{
	char word = 0;
	ssize_t n;

	do {
		n = read(CSC_FD_LIVENESS, &word, 1);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return csc_fail(err, CSC_STAGE_IDENTITY, errno, "wait for the id maps");
	/* End of file: csc is gone. */
	if (n == 0)
		_exit(1);
	if (word != CSC_WORD_MAPPED)
		return csc_fail(err, CSC_STAGE_IDENTITY, 0, "the id maps were not announced");
	return 0;
}

/*
 * Until here this process may still have root's number, though without rights
 * outside its namespaces; from here on it has none of root's identities, not
 * even through a group. Only now, and not before exec: while it shared csc's
 * memory, it must have been nobody whom another process of the command's user
 * could trace.
 */
int
csc_stage_identity(struct csc_launch *launch, struct csc_err *err)
{
	const struct csc_plan *plan = &launch->plan;
	long uid = (long)plan->uid;
	long gid = (long)plan->gid;

	if (plan->identity == CSC_IDENTITY_SWITCHED) {
		if (await_maps(err) < 0)
			return -1;
		if (syscall(SYS_setgroups, 0L, NULL) < 0)
			return csc_fail(err, CSC_STAGE_IDENTITY, errno, "drop the supplementary groups");
	}
	if (syscall(SYS_setresgid, gid, gid, gid) < 0)
		return csc_fail(err, CSC_STAGE_IDENTITY, errno, "become group %u", plan->gid);
	if (syscall(SYS_setresuid, uid, uid, uid) < 0)
		return csc_fail(err, CSC_STAGE_IDENTITY, errno, "become user %u", plan->uid);
	/* A change of user resets this to what the host's fs.suid_dumpable says. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return csc_fail(err, CSC_STAGE_IDENTITY, errno, "stay undumpable");
	return 0;
}
