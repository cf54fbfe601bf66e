/*
 * The last record that the launcher writes to its status pipe, before it ends:
 * either the stage that failed, or how each segment ended. It is smaller than
 * PIPE_BUF, so it arrives whole or not at all. src/execute/status.ts reads it.
 * What comes before it on that pipe is in observation.h.
 */
#ifndef CSC_WIRE_STATUS_H
#define CSC_WIRE_STATUS_H

#include <stdint.h>

#include "../base/err.h"
#include "plan.h"

#define CSC_STATUS_MAGIC 0x32545343U /* "CST2" */

/* More than there are stages. */
#define CSC_MAX_STAGES 32

enum csc_status_kind {
	CSC_STATUS_FAILED = 1, /* a stage failed: nothing of the command ran */
	CSC_STATUS_ENDED = 2,  /* every segment has ended */
};

struct csc_segment_status {
	int32_t exec_errno; /* not 0: execve failed and the segment never ran */
	int32_t wait_status;
	uint64_t user_us;
	uint64_t system_us;
	uint64_t max_rss_kib;
	uint32_t changed; /* 1: once started, its file was another than the one observed */
	uint32_t zero;
};

struct csc_status {
	uint32_t magic;
	uint32_t kind;
	uint32_t nstages;
	uint32_t nsegments;
	uint8_t stages[CSC_MAX_STAGES]; /* enum csc_stage, in the order applied */
	struct csc_err err;
	struct csc_segment_status segments[CSC_MAX_SEGMENTS];
	uint64_t ran_us; /* from the release to the end of the last segment, by PID 1's own clock */
};

_Static_assert(sizeof(struct csc_status) == 16 + CSC_MAX_STAGES + 264 + 40 * CSC_MAX_SEGMENTS + 8,
    "status layout is wire format");
_Static_assert(sizeof(struct csc_status) < 4096, "status must be written atomically");

#endif
