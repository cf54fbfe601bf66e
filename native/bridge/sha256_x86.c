/* SHA-256 by the instructions that x86 processors have for it (SHA extensions). */
#include "sha256_blocks.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#define LEAF_FEATURES 1U
#define SSSE3_AND_SSE41 (1U << 9 | 1U << 19) /* of ecx */
#define LEAF_MORE_FEATURES 7U
#define SHA (1U << 29) /* of ebx */

static bool
is_capable(void)
{
	unsigned int a, b, c, d;

	if ((unsigned int)__get_cpuid_max(0, NULL) < LEAF_MORE_FEATURES)
		return false;
	__cpuid(LEAF_FEATURES, a, b, c, d);
	if ((c & SSSE3_AND_SSE41) != SSSE3_AND_SSE41)
		return false;
	__cpuid_count(LEAF_MORE_FEATURES, 0, a, b, c, d);
	return (b & SHA) != 0;
}

/*
 * The instructions want the state as two vectors, a b e f and c d g h, and do
 * two rounds at a time; four words of the schedule are one vector.
 */
__attribute__((target("sha,sse4.1,ssse3"))) static void
one_block(__m128i *abef, __m128i *cdgh, const uint8_t *bytes)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	const __m128i abef_before = *abef;
	const __m128i cdgh_before = *cdgh;
	__m128i w[4]; /* the last sixteen words */

#pragma GCC unroll 16
	for (size_t i = 0; i < 16; i++) {
		__m128i *now = &w[i % 4];
		__m128i sum;

		if (i < 4) {
			*now = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(bytes + 16 * i)), big_endian);
		} else {
			__m128i seven_back = _mm_alignr_epi8(w[(i + 3) % 4], w[(i + 2) % 4], 4);

			*now = _mm_add_epi32(_mm_sha256msg1_epu32(*now, w[(i + 1) % 4]), seven_back);
			*now = _mm_sha256msg2_epu32(*now, w[(i + 3) % 4]);
		}
		sum = _mm_add_epi32(*now, _mm_loadu_si128((const __m128i *)(const void *)(csc_sha256_constants + 4 * i)));
		*cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, sum);
		*abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(sum, 0x0E));
	}
	*abef = _mm_add_epi32(*abef, abef_before);
	*cdgh = _mm_add_epi32(*cdgh, cdgh_before);
}

__attribute__((target("sha,sse4.1,ssse3"))) static void
all_blocks(uint32_t s[8], const uint8_t *bytes, size_t blocks)
{
	__m128i abef = _mm_set_epi32((int)s[0], (int)s[1], (int)s[4], (int)s[5]);
	__m128i cdgh = _mm_set_epi32((int)s[2], (int)s[3], (int)s[6], (int)s[7]);

	for (; blocks > 0; blocks--, bytes += 64)
		one_block(&abef, &cdgh, bytes);
	s[0] = (uint32_t)_mm_extract_epi32(abef, 3);
	s[1] = (uint32_t)_mm_extract_epi32(abef, 2);
	s[4] = (uint32_t)_mm_extract_epi32(abef, 1);
	s[5] = (uint32_t)_mm_extract_epi32(abef, 0);
	s[2] = (uint32_t)_mm_extract_epi32(cdgh, 3);
	s[3] = (uint32_t)_mm_extract_epi32(cdgh, 2);
	s[6] = (uint32_t)_mm_extract_epi32(cdgh, 1);
	s[7] = (uint32_t)_mm_extract_epi32(cdgh, 0);
}

bool
csc_sha256_by_instruction(uint32_t state[8], const uint8_t *bytes, size_t blocks)
{
	static int capable = -1; /* -1: nobody has asked */

	if (__atomic_load_n(&capable, __ATOMIC_RELAXED) < 0)
		__atomic_store_n(&capable, is_capable() ? 1 : 0, __ATOMIC_RELAXED);
	if (__atomic_load_n(&capable, __ATOMIC_RELAXED) == 0)
		return false;
	if (blocks > 0)
		all_blocks(state, bytes, blocks);
	return true;
}

#else

bool
csc_sha256_by_instruction(uint32_t state[8], const uint8_t *bytes, size_t blocks)
{
	(void)state;
	(void)bytes;
	(void)blocks;
	return false;
}

#endif
