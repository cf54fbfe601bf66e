/* Operations on what the new tree shows already (held.c). */
#ifndef CSC_LAUNCHER_HELD_H
#define CSC_LAUNCHER_HELD_H

#include <stdbool.h>

#include "launcher.h"

/* No pin has been met yet. */
void csc_pins_none(struct csc_launch *launch);
/* Mounts what is at the operation's path on itself. */
int csc_hold(const struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err);
/* The same for one planned executable, and keeps it for the segments that start by descriptor. */
int csc_pin(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err);

#endif
