/*
 * How the functions here ask the kernel: the C library's names and convention,
 * a result, or -1 and errno. There are only those that the launcher uses; the
 * linker says what is missing. Each asks for the newest form of its call, which
 * all processors have.
 */
#ifndef CSC_FREESTANDING_ASK_H
#define CSC_FREESTANDING_ASK_H

#include <stddef.h>

#include "arch.h"

/* Bytes of a signal set that the kernel reads: one bit a signal, 64 of them. */
#define KERNEL_SET_SIZE 8U

/* Asks with the arguments given, and zeros for those that are left. */
#define ASK(...) ASK_WITH(__VA_ARGS__, 0, 0, 0, 0, 0, 0, 0)
#define ASK_WITH(number, a, b, c, d, e, f, ...)                                               \
	csc_result(csc_system_call(number, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f)))

/* From the kernel's convention to the library's. */
long csc_result(long value) __attribute__((visibility("hidden")));

#endif
