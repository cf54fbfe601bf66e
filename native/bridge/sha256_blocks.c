#include "sha256_blocks.h"

#include <string.h>

const uint32_t csc_sha256_constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static inline uint32_t
rotate(uint32_t x, unsigned int n)
{
	return x >> n | x << (32 - n);
}

/*
 * One round. The eight words keep their places and the names move on: who
 * calls this gives them one place further each time.
 */
static inline void
round_of(uint32_t s[8], unsigned int turn, uint32_t added)
{
	uint32_t a = s[(0U - turn) % 8], b = s[(1U - turn) % 8], c = s[(2U - turn) % 8];
	uint32_t e = s[(4U - turn) % 8], f = s[(5U - turn) % 8], g = s[(6U - turn) % 8];
	uint32_t *d = &s[(3U - turn) % 8];
	uint32_t *h = &s[(7U - turn) % 8];
	uint32_t big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
	uint32_t t1 = *h + big1 + ((e & f) ^ (~e & g)) + added;
	uint32_t big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);

	*d += t1;
	*h = t1 + big0 + ((a & b) ^ (a & c) ^ (b & c));
}

static void
one_block(uint32_t state[8], const uint8_t block[64])
{
	uint32_t w[64];
	uint32_t s[8];

	for (size_t i = 0; i < 16; i++) {
		const uint8_t *p = block + 4 * i;
		w[i] = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | (uint32_t)p[3];
	}
	for (size_t i = 16; i < 64; i++) {
		uint32_t low = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
		uint32_t high = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
		w[i] = w[i - 16] + low + w[i - 7] + high;
	}
	memcpy(s, state, sizeof(s));
	for (size_t i = 0; i < 64; i += 8) {
#pragma GCC unroll 8
		for (unsigned int turn = 0; turn < 8; turn++)
			round_of(s, turn, csc_sha256_constants[i + turn] + w[i + turn]);
	}
	for (size_t i = 0; i < 8; i++)
		state[i] += s[i];
}

void
csc_sha256_portably(uint32_t state[8], const uint8_t *bytes, size_t blocks)
{
	for (; blocks > 0; blocks--, bytes += 64)
		one_block(state, bytes);
}
