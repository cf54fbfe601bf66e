/* Reads the fields of one record of a plan, and notes what is malformed. */
#ifndef CSC_WIRE_READER_H
#define CSC_WIRE_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What is left of one payload. Trusts nothing: the bytes may be anybody's. */
struct reader {
	const uint8_t *at;
	const uint8_t *end;
	bool bad;
};

static inline uint32_t
load32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint32_t
take32(struct reader *r)
{
	uint32_t value;

	if (r->bad || r->end - r->at < 4) {
		r->bad = true;
		return 0;
	}
	value = load32(r->at);
	r->at += 4;
	return value;
}

/* A uid or gid; the largest number stands for none. */
static inline uint32_t
take_id(struct reader *r)
{
	uint32_t id = take32(r);

	if (id == UINT32_MAX)
		r->bad = true;
	return id;
}

static inline uint64_t
take64(struct reader *r)
{
	uint64_t low = take32(r);
	uint64_t high = take32(r);

	return low | high << 32;
}

/* A string with its NUL inside the payload. */
static inline const char *
take_text(struct reader *r)
{
	const uint8_t *start = r->at;
	const uint8_t *nul;

	if (r->bad || start == r->end) {
		r->bad = true;
		return "";
	}
	nul = memchr(start, 0, (size_t)(r->end - start));
	if (!nul) {
		r->bad = true;
		return "";
	}
	r->at = nul + 1;
	return (const char *)start;
}

static inline const char *
take_path(struct reader *r)
{
	const char *path = take_text(r);

	if (path[0] != '/')
		r->bad = true;
	return path;
}

#endif
