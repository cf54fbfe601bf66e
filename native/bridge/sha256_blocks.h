/* The compression function of SHA-256, in as many ways as there are. */
#ifndef CSC_BRIDGE_SHA256_BLOCKS_H
#define CSC_BRIDGE_SHA256_BLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fractional parts of the cube roots of the first 64 primes (FIPS 180-4, 4.2.2). */
extern const uint32_t csc_sha256_constants[64] __attribute__((visibility("hidden")));

/* Takes whole blocks of 64 bytes into the state. */
void csc_sha256_portably(uint32_t state[8], const uint8_t *bytes, size_t blocks);

/* The same with the processor's own instructions; false, and nothing done, where it has none. */
bool csc_sha256_by_instruction(uint32_t state[8], const uint8_t *bytes, size_t blocks);

#endif
