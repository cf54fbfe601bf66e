/*
 * exec: strict. Execute rights by Landlock: of all files, only those that the
 * plan allows can be executed, whatever the mounts say.
 *
 * Runs: in PID 1, once no_new_privs is set; the command inherits it. A rule
 * belongs to a file and not to a path, and mapping code (libraries) is another
 * matter, which the mounts decide.
 *
 * Trusts: nothing but the plan. Each file must be the one that was planned.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../base/sys.h"
#include "launcher.h"

/* Older headers lack it; moving files between directories is refused unless it is granted. */
#define REFER (1ULL << 13)
/* The first version that has it. */
#define LEAST_ABI 2

static int
allow(int ruleset, int fd, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access, .parent_fd = fd };

	return syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) < 0 ? -1 : 0;
}

static int
allow_file(int ruleset, const struct csc_tree_op *op, struct csc_err *err)
{
	cleanup_fd fd = csc_openat2(AT_FDCWD, op->path, O_PATH, 0, 0);
	struct stat st;

	/* What cannot be looked at cannot be executed either. */
	if (fd < 0 && (errno == ENOENT || errno == EACCES))
		return 0;
	if (fd < 0 || fstat(fd, &st) < 0)
		return csc_fail(err, CSC_STAGE_NO_NEW_PRIVS, errno, "open \"%s\"", op->path);
	if (st.st_dev != op->device || st.st_ino != op->inode)
		return csc_fail(err, CSC_STAGE_NO_NEW_PRIVS, 0, "\"%s\" is another file than when the run was planned", op->path);
	if (allow(ruleset, fd, LANDLOCK_ACCESS_FS_EXECUTE) < 0)
		return csc_fail(err, CSC_STAGE_NO_NEW_PRIVS, errno, "allow \"%s\" to be executed", op->path);
	return 0;
}

int
csc_exec_rights(const struct csc_launch *launch, struct csc_err *err)
{
	struct landlock_ruleset_attr attr = { .handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | REFER };
	struct csc_tree_cursor cursor = csc_plan_tree(&launch->plan);
	struct csc_tree_op op;

	if ((launch->plan.flags & CSC_PLAN_STRICT_EXEC) == 0)
		return 0;
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0UL, LANDLOCK_CREATE_RULESET_VERSION);
	if (abi < LEAST_ABI)
		return csc_fail(err, CSC_STAGE_NO_NEW_PRIVS, abi < 0 ? errno : 0, "have Landlock of version %d or later",
		    LEAST_ABI);
	cleanup_fd ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr.handled_access_fs), 0UL);
	if (ruleset < 0)
		return csc_fail(err, CSC_STAGE_NO_NEW_PRIVS, errno, "make a Landlock ruleset");
	cleanup_fd root = csc_openat2(AT_FDCWD, "/", O_PATH | O_DIRECTORY, 0, 0);
	if (root < 0 || allow(ruleset, root, REFER) < 0)
		return csc_fail(err, CSC_STAGE_NO_NEW_PRIVS, errno, "let files be moved");
	while (csc_plan_next(&cursor, &op)) {
		if (op.type == CSC_RECORD_ALLOW && allow_file(ruleset, &op, err) < 0)
			return -1;
	}
	if (syscall(SYS_landlock_restrict_self, ruleset, 0UL) < 0)
		return csc_fail(err, CSC_STAGE_NO_NEW_PRIVS, errno, "enforce the Landlock ruleset");
	return 0;
}
