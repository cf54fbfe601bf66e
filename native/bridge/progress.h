/* A line on the caller's terminal that says how long the command has run. */
#ifndef CSC_BRIDGE_PROGRESS_H
#define CSC_BRIDGE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct csc_progress {
	int fd;          /* the terminal; -1 for none */
	int64_t from_us; /* the command's start; 0 before */
	bool shown;      /* the line stands there now */
	bool midline;    /* the command's output ended within a line, which is not ours to overwrite */
	unsigned frame;
};

/* For a descriptor that is no terminal there is no progress. */
void csc_progress_open(struct csc_progress *progress, int fd);
/* Draws the line if it is time. Never blocks. */
void csc_progress_tick(struct csc_progress *progress, int64_t now_us);
/* Milliseconds until the line is drawn next; -1 for never. */
int csc_progress_patience(const struct csc_progress *progress, int64_t now_us);
/* Takes the line away, because output comes or all is over. */
void csc_progress_clear(struct csc_progress *progress);
/* Notes the last byte of output that went to the same terminal. */
void csc_progress_wrote(struct csc_progress *progress, uint8_t last);

#endif
