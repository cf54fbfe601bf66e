/*
 * Makes untrusted output harmless on a person's terminal: control characters,
 * invisible and direction-changing characters come out as \xNN or \u{NNNN}
 * (invariant 8). Newline and tab stay. What is hashed and kept is never touched.
 */
#ifndef CSC_BRIDGE_VISIBLE_H
#define CSC_BRIDGE_VISIBLE_H

#include <stddef.h>
#include <stdint.h>

/* A character that a chunk's end has cut. */
struct csc_visible {
	uint8_t pending[4];
	size_t npending;
};

/* The most bytes that one byte of input becomes: "\xNN". */
#define CSC_VISIBLE_GROWTH 4

/* Writes at most (len + 4) * CSC_VISIBLE_GROWTH + 1 bytes to `out`; returns how many count. */
size_t csc_visible_add(struct csc_visible *state, const uint8_t *bytes, size_t len, uint8_t *out);
/* What is pending at the end of the stream. */
size_t csc_visible_end(struct csc_visible *state, uint8_t *out);

#endif
