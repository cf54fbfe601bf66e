/* One output stream of the command: captured, hashed, counted, passed on live. */
#ifndef CSC_BRIDGE_STREAM_H
#define CSC_BRIDGE_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "progress.h"
#include "sha256.h"
#include "visible.h"

#define CSC_CHUNK 65536U

struct csc_stream {
	int pipe_fd;  /* our end of the command's pipe; -1 after its end */
	int live_fd;  /* where output goes while the command runs; -1 for nowhere */
	int lost;     /* errno of the write that ended passing on, or 0; a reader that left is none */
	bool escape;  /* a person is reading there */
	bool whole;   /* live_fd takes any amount without blocking for long (file, device) */
	uint8_t *kept;
	uint64_t cap;
	uint64_t nkept;
	uint64_t total;
	struct csc_sha256 hash;
	struct csc_visible visible;
	/* Read from the pipe, not yet passed on; reading waits until it is empty. */
	uint8_t *pending;
	size_t npending;
	size_t passed;
	struct csc_progress *progress; /* on the terminal that live_fd is; or NULL */
};

/* Takes over both descriptors' use (not their ownership). */
void csc_stream_open(struct csc_stream *stream, int pipe_fd, int live_fd, bool escape, uint8_t *kept, uint64_t cap,
    uint8_t *pending);
/* Wants to read: the pipe is open and nothing is waiting to be passed on. */
bool csc_stream_hungry(const struct csc_stream *stream);
/* Wants to write: something is waiting to be passed on. */
bool csc_stream_full(const struct csc_stream *stream);
/* Reads once. The pipe does not block. */
void csc_stream_read(struct csc_stream *stream);
/* Writes once, no more than the reader's end takes now. */
void csc_stream_pass(struct csc_stream *stream);

#endif
