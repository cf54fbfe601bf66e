/*
 * The finished file tree becomes the root, and the host's goes.
 *
 * Trusts: nothing but the descriptor of the new root.
 */
#include <errno.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/fault.h"
#include "../base/fd.h"
#include "../base/sys.h"
#include "launcher.h"

int
csc_stage_pivot(struct csc_launch *launch, struct csc_err *err)
{
	cleanup_fd root = csc_steal_fd(&launch->root_fd);
	cleanup_fd null = csc_steal_fd(&launch->null_fd);
	(void)null;
	if (CSC_FAULT_CHOSEN(CSC_FAULT_NO_PIVOT) || CSC_FAULT_CHOSEN(CSC_FAULT_NO_WALL))
		return 0;
	if (fchdir(root) < 0)
		return csc_fail(err, CSC_STAGE_PIVOT, errno, "enter the new root");
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return csc_fail(err, CSC_STAGE_PIVOT, errno, "change the root");
	/* The old root now lies on top of the new one at "."; let go of all of it. */
	if (umount2(".", MNT_DETACH) < 0)
		return csc_fail(err, CSC_STAGE_PIVOT, errno, "detach the host's tree");
	if (chdir("/") < 0)
		return csc_fail(err, CSC_STAGE_PIVOT, errno, "enter the new root");
	return 0;
}
