/* Whether what is found at a source is what the plan was made for. */
#ifndef CSC_WIRE_PLANNED_H
#define CSC_WIRE_PLANNED_H

#include <stdbool.h>
#include <sys/stat.h>

#include "plan.h"

/*
 * A name may lead to another file by now, without any link: whoever may rename
 * beside a scope can exchange it. What was judged is a file, not its name.
 */
static inline bool
csc_is_planned(const struct csc_tree_op *op, const struct stat *st)
{
	return op->inode == 0 || (st->st_dev == op->device && st->st_ino == op->inode);
}

#endif
