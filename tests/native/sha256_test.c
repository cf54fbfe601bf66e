/*
 * SHA-256 against the vectors of FIPS 180-2 (appendix B) and, for every length
 * up to 200 bytes, against sha256sum of coreutils.
 */
#include "../../native/bridge/sha256.h"
#include "../../native/bridge/sha256_blocks.h"
#include "harness.h"

#include <sys/stat.h>
#include <unistd.h>

#define LENGTHS 201
#define HEX_LEN (2 * CSC_SHA256_LEN)

static void
hex_of(struct csc_sha256 *hash, char hex[HEX_LEN + 1])
{
	uint8_t digest[CSC_SHA256_LEN];

	csc_sha256_end(hash, digest);
	for (size_t i = 0; i < CSC_SHA256_LEN; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
}

static void
hash_of(const void *bytes, size_t len, char hex[HEX_LEN + 1])
{
	struct csc_sha256 hash;
	uint8_t *copy = guarded_copy(bytes, len);

	csc_sha256_init(&hash);
	csc_sha256_add(&hash, copy, len);
	hex_of(&hash, hex);
	free(copy);
}

static void
fips_vectors(void)
{
	static const char *const vectors[][2] = {
		{ "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
		{ "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
		  "lmnopqrsmnopqrstnopqrstu",
		    "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1" },
	};
	char hex[HEX_LEN + 1];

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		hash_of(vectors[i][0], strlen(vectors[i][0]), hex);
		CHECK_TEXT(hex, vectors[i][1]);
	}
}

static void
a_million(void)
{
	struct csc_sha256 hash;
	uint8_t chunk[1000];
	char hex[HEX_LEN + 1];

	memset(chunk, 'a', sizeof(chunk));
	csc_sha256_init(&hash);
	for (int i = 0; i < 1000; i++)
		csc_sha256_add(&hash, chunk, sizeof(chunk));
	hex_of(&hash, hex);
	CHECK_TEXT(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

static void
fill(uint8_t bytes[LENGTHS])
{
	for (size_t i = 0; i < LENGTHS; i++)
		bytes[i] = (uint8_t)(i * 31 + 7);
}

/* Writes a file for each length and lets sha256sum hash them all. */
static bool
reference(const char *folder, const uint8_t bytes[LENGTHS], char hex[LENGTHS][HEX_LEN + 1])
{
	char path[128], line[256];
	FILE *sums;
	bool done = true;

	for (size_t len = 0; len < LENGTHS; len++) {
		(void)snprintf(path, sizeof(path), "%s/%03zu", folder, len);
		FILE *file = fopen(path, "w");
		if (!file)
			return false;
		done = fwrite(bytes, 1, len, file) == len && done;
		done = fclose(file) == 0 && done;
	}
	(void)snprintf(path, sizeof(path), "sha256sum %s/*", folder);
	sums = popen(path, "r");
	if (!sums)
		return false;
	for (size_t len = 0; len < LENGTHS; len++) {
		done = done && fgets(line, sizeof(line), sums) && strlen(line) > HEX_LEN;
		if (!done)
			break;
		memcpy(hex[len], line, HEX_LEN);
		hex[len][HEX_LEN] = '\0';
	}
	return pclose(sums) == 0 && done;
}

static void
every_length(void)
{
	static char expected[LENGTHS][HEX_LEN + 1];
	char folder[] = "/tmp/csc-sha256-XXXXXX";
	char hex[HEX_LEN + 1], path[128];
	uint8_t bytes[LENGTHS];
	bool known;

	fill(bytes);
	CHECK(mkdtemp(folder) != NULL);
	known = reference(folder, bytes, expected);
	for (size_t len = 0; len < LENGTHS; len++) {
		(void)snprintf(path, sizeof(path), "%s/%03zu", folder, len);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	CHECK(known);
	for (size_t len = 0; len < LENGTHS; len++) {
		hash_of(bytes, len, hex);
		CHECK_TEXT(hex, expected[len]);
	}
}

/* Both ways of taking blocks give the same state, wherever the blocks lie. */
static void
both_ways(void)
{
	uint64_t seed = 0x5DEECE66D;
	uint8_t bytes[65 * 64];

	if (!csc_sha256_by_instruction(NULL, NULL, 0))
		return; /* this processor knows one way only */
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)next_number(&seed);
	for (size_t blocks = 0; blocks < 64; blocks++) {
		uint32_t portable[8], instruction[8];

		for (size_t i = 0; i < 8; i++)
			portable[i] = instruction[i] = (uint32_t)next_number(&seed);
		csc_sha256_portably(portable, bytes + blocks, blocks);
		CHECK(csc_sha256_by_instruction(instruction, bytes + blocks, blocks));
		CHECK(memcmp(portable, instruction, sizeof(portable)) == 0);
	}
}

static void
any_split(void)
{
	uint8_t bytes[LENGTHS];
	char whole[HEX_LEN + 1], split[HEX_LEN + 1];

	fill(bytes);
	hash_of(bytes, sizeof(bytes), whole);
	for (size_t first = 0; first <= LENGTHS; first++) {
		for (size_t second = first; second <= LENGTHS; second += 13) {
			struct csc_sha256 hash;

			csc_sha256_init(&hash);
			csc_sha256_add(&hash, bytes, first);
			csc_sha256_add(&hash, bytes + first, second - first);
			csc_sha256_add(&hash, bytes + second, LENGTHS - second);
			hex_of(&hash, split);
			CHECK_TEXT(split, whole);
		}
	}
}

static const struct test TESTS[] = {
	{ "sha256 reproduces the vectors of FIPS 180-2", fips_vectors },
	{ "sha256 reproduces a million times \"a\"", a_million },
	{ "sha256 agrees with sha256sum for every length up to 200", every_length },
	{ "sha256 does not depend on how the bytes come", any_split },
	{ "the processor's instructions do what the portable way does", both_ways },
};
TESTS_MAIN(TESTS)
