/* SHA-256 (FIPS 180-4), for hashing output while it drains. */
#ifndef CSC_BRIDGE_SHA256_H
#define CSC_BRIDGE_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define CSC_SHA256_LEN 32

struct csc_sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	uint8_t block[64];
};

void csc_sha256_init(struct csc_sha256 *hash);
void csc_sha256_add(struct csc_sha256 *hash, const uint8_t *bytes, size_t len);
void csc_sha256_end(struct csc_sha256 *hash, uint8_t digest[CSC_SHA256_LEN]);

#endif
