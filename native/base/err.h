/*
 * The error convention of the native side: a function returns a negative
 * number and has filled the record, or zero (or a result) and has not touched
 * it. The record crosses the status pipe as it is.
 */
#ifndef CSC_BASE_ERR_H
#define CSC_BASE_ERR_H

#include <stdint.h>

/* Which step failed; the numbers are wire format, mirrored in src/execute/status.ts. */
enum csc_stage {
	CSC_STAGE_NONE = 0,
	CSC_STAGE_SPAWN = 1,
	CSC_STAGE_CGROUP = 2,
	CSC_STAGE_USERNS = 3,
	CSC_STAGE_IDMAP = 4,
	CSC_STAGE_PLAN = 5,
	CSC_STAGE_SESSION = 6,
	CSC_STAGE_LOOPBACK = 7,
	CSC_STAGE_IDENTITY = 8,
	CSC_STAGE_MOUNTS = 9,
	CSC_STAGE_PIVOT = 10,
	CSC_STAGE_HOSTNAME = 11,
	CSC_STAGE_CWD = 12,
	CSC_STAGE_LIMITS = 13,
	CSC_STAGE_CAPABILITIES = 14,
	CSC_STAGE_NO_NEW_PRIVS = 15,
	CSC_STAGE_LANDLOCK = 16,
	CSC_STAGE_SECCOMP = 17,
	CSC_STAGE_OBSERVE = 18,
	CSC_STAGE_RELEASE = 19,
	CSC_STAGE_EXEC = 20,
	CSC_STAGE_SUPERVISE = 21,
	CSC_STAGE_OVERLAY = 22,
};

#define CSC_ERR_TEXT 256

struct csc_err {
	uint32_t stage;
	int32_t err; /* errno, or 0 when the kernel was not asked */
	char text[CSC_ERR_TEXT];
};

/* Fills the record and returns -1, so that callers can `return csc_fail(...)`. */
int csc_fail(struct csc_err *err, enum csc_stage stage, int errnum, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
