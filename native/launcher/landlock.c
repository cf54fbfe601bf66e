/*
 * Landlock: a second wall behind the mounts. Whatever the plan does not grant
 * is refused by the kernel even where a mount should let it through.
 *
 * Which rights and rules these are has been planned (src/plan/landlock.ts);
 * this replays them. A rule is bound to the directory or file that its path
 * leads to now, below the new root: no link is followed, and what is not there
 * ends the sandbox.
 *
 * The numbers are the kernel's and travel in the plan: headers older than the
 * kernel do not have all of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/fault.h"
#include "../base/fd.h"
#include "../base/sys.h"
#include "launcher.h"

/* Older headers have them not, or shorter; older kernels take what is 0 behind their own. */
struct ruleset {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

struct path_beneath {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

#define RULE_PATH_BENEATH 1

#ifndef SYS_landlock_create_ruleset
/* The same on all processors. */
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif

static int
add_rule(int ruleset, const struct csc_landlock_rule *rule, struct csc_err *err)
{
	cleanup_fd place = csc_openat2(AT_FDCWD, rule->path, O_PATH, 0, RESOLVE_NO_SYMLINKS);
	struct path_beneath beneath = { .allowed_access = rule->rights, .parent_fd = place };

	if (place < 0)
		return csc_fail(err, CSC_STAGE_LANDLOCK, errno, "open \"%s\"", rule->path);
	if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &beneath, 0) < 0)
		return csc_fail(err, CSC_STAGE_LANDLOCK, errno, "allow %llx below \"%s\"",
		    (unsigned long long)rule->rights, rule->path);
	return 0;
}

int
csc_stage_landlock(struct csc_launch *launch, struct csc_err *err)
{
	const struct csc_landlock *wanted = &launch->plan.landlock;
	struct ruleset handled = { .handled_access_fs = wanted->handled, .scoped = wanted->scoped };
	struct csc_tree_cursor cursor = csc_plan_tree(&launch->plan);
	struct csc_landlock_rule rule;

	if (wanted->handled == 0 || CSC_FAULT_CHOSEN(CSC_FAULT_NO_WALL))
		return 1;
	cleanup_fd ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
	if (ruleset < 0)
		return csc_fail(err, CSC_STAGE_LANDLOCK, errno, "handle %llx and scope %llx",
		    (unsigned long long)wanted->handled, (unsigned long long)wanted->scoped);
	while (csc_plan_next_rule(&cursor, &rule)) {
		if (add_rule(ruleset, &rule, err) < 0)
			return -1;
	}
	if (syscall(SYS_landlock_restrict_self, ruleset, wanted->flags) < 0)
		return csc_fail(err, CSC_STAGE_LANDLOCK, errno, "enter the domain of %zu rules", wanted->nrules);
	return 0;
}
