#include "sha256.h"

#include <string.h>

#include "sha256_blocks.h"

/* From here on it pays to ask the processor what it can do. */
#define WORTH_ASKING 65536U

void
csc_sha256_init(struct csc_sha256 *hash)
{
	/* Fractional parts of the square roots of the first eight primes. */
	static const uint32_t start[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memcpy(hash->state, start, sizeof(start));
	hash->length = 0;
}

/*
 * Asking the processor is a trap where it is virtual, and takes as long as
 * hashing some kilobytes: for less nobody is asked.
 */
static void
compress(struct csc_sha256 *hash, const uint8_t *bytes, size_t blocks)
{
	if (hash->length < WORTH_ASKING || !csc_sha256_by_instruction(hash->state, bytes, blocks))
		csc_sha256_portably(hash->state, bytes, blocks);
}

void
csc_sha256_add(struct csc_sha256 *hash, const uint8_t *bytes, size_t len)
{
	size_t used = hash->length % 64;
	size_t whole;

	hash->length += len;
	if (used > 0) {
		size_t take = 64 - used < len ? 64 - used : len;

		memcpy(hash->block + used, bytes, take);
		bytes += take;
		len -= take;
		if (used + take < 64)
			return;
		compress(hash, hash->block, 1);
	}
	whole = len / 64;
	if (whole > 0)
		compress(hash, bytes, whole);
	if (len % 64 > 0)
		memcpy(hash->block, bytes + whole * 64, len % 64);
}

void
csc_sha256_end(struct csc_sha256 *hash, uint8_t digest[CSC_SHA256_LEN])
{
	uint64_t bits = hash->length * 8;
	uint8_t padding[72] = { 0x80 };
	size_t used = hash->length % 64;
	size_t zeros = (used < 56 ? 56 : 120) - used;

	for (size_t i = 0; i < 8; i++)
		padding[zeros + i] = (uint8_t)(bits >> (56 - 8 * i));
	csc_sha256_add(hash, padding, zeros + 8);
	for (size_t i = 0; i < CSC_SHA256_LEN; i++)
		digest[i] = (uint8_t)(hash->state[i / 4] >> (24 - 8 * (i % 4)));
}
