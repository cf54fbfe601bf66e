/* The parts of the last look around (observe.c) that are tested by themselves. */
#ifndef CSC_LAUNCHER_OBSERVE_H
#define CSC_LAUNCHER_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/err.h"
#include "../wire/observation.h"
#include "launcher.h"

/* Refuses what still has a capability, may gain privileges or has no filter. */
int csc_observed_walls(const struct csc_observation *seen, struct csc_err *err);

/*
 * The number behind "NAME:" at the start of a line of `text`, which ends in at
 * least as many zeros as NAME has letters; false where there is none.
 */
bool csc_status_number(const char *text, const char *name, unsigned int base, uint64_t *value);

/* The number in the text of a link below /proc/self/ns, "mnt:[4026531832]"; false where there is none. */
bool csc_namespace_number(const char *link, uint64_t *number);

/* How many of `len` bytes are lines with their line feed. */
size_t csc_whole_lines(const char *text, size_t len);

/*
 * Whether the file of segment `index` is now another file, or has another
 * content, than when the sandbox was observed.
 */
bool csc_observed_changed(const struct csc_launch *launch, size_t index);

#endif
