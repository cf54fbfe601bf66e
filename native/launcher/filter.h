/* The system-call filter of every sandbox, as a program for seccomp. */
#ifndef CSC_LAUNCHER_FILTER_H
#define CSC_LAUNCHER_FILTER_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

#define CSC_FILTER_MAX 1024

/*
 * Writes the program for a plan's flags (CSC_PLAN_*); returns its length, or 0
 * when it does not fit.
 */
size_t csc_filter_build(struct sock_filter *program, size_t capacity, uint32_t flags);

/* What the table says of a call by its number alone (SECCOMP_RET_*); for tests. */
uint32_t csc_filter_verdict(uint32_t nr);

#endif
