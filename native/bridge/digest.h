/* The digest of a whole file, with what identifies the content it was taken of. */
#ifndef CSC_BRIDGE_DIGEST_H
#define CSC_BRIDGE_DIGEST_H

#include <stdint.h>

#include "../wire/observation.h"
#include "bridge.h"
#include "sha256.h"

struct csc_digest {
	struct csc_observed_file file; /* its `err` is not 0 where there is no digest */
	uint32_t times_kept; /* 1: on a file system of which the kernel itself keeps the times */
	uint32_t zero;
	uint8_t sha256[CSC_SHA256_LEN];
};

/*
 * Always returns 0; what happened is in `digest`. Takes as long as reading the
 * file does, unless only its identity is `wanted`: 0, else 1.
 */
CSC_EXPORT int32_t csc_digest(const char *path, struct csc_digest *digest, uint32_t wanted);

/*
 * The digest of a sealed memory file; zeros where it cannot be read, in which
 * case nobody else could read it either.
 */
void csc_digest_sealed(int fd, uint8_t sha256[CSC_SHA256_LEN]);

#endif
