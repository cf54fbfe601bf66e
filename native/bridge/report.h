/* What PID 1 writes to its status pipe: first what it has seen, then its record. */
#ifndef CSC_BRIDGE_REPORT_H
#define CSC_BRIDGE_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../wire/observation.h"
#include "../wire/status.h"
#include "sha256.h"

struct csc_report {
	int fd; /* does not block; -1 when nothing more is wanted from it */
	uint8_t *bytes; /* CSC_REPORT_ROOM of them: everything that came */
	size_t len;
	uint8_t *observation; /* CSC_OBSERVATION_MAX bytes for the whole one */
	size_t observed;      /* how many bytes of `bytes` it is, once it is whole */
	uint8_t filter_sha256[CSC_SHA256_LEN]; /* of the filter in it */
	bool broken; /* what came is no report of ours */
};

/* One byte more than any report: it tells what is too long. */
#define CSC_REPORT_ROOM (CSC_OBSERVATION_MAX + sizeof(struct csc_status) + 1)

/* Begins a report; `bytes` and `observation` as above. */
void csc_report_begin(struct csc_report *report, uint8_t *bytes, uint8_t *observation);

/*
 * Takes what the pipe has now. The observation is copied out as soon as it is
 * whole, its magic last: who finds that there finds all of it.
 */
void csc_report_read(struct csc_report *report);

/* The record, once PID 1 is dead and the pipe read: true where it is whole. */
bool csc_report_status(const struct csc_report *report, struct csc_status *status);

#endif
