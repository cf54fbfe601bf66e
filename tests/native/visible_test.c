/*
 * Untrusted output on a terminal: what must be made visible is, what is plain
 * stays, and where chunks are cut makes no difference.
 */
#include "../../native/bridge/visible.h"
#include "harness.h"

#define MAX_INPUT 64
#define MAX_OUTPUT ((MAX_INPUT + 4) * CSC_VISIBLE_GROWTH + 1)

struct example {
	const char *input;
	const char *output;
};

static const struct example EXAMPLES[] = {
	/* plain text in several scripts stays */
	{ "plain text\twith\nlines", "plain text\twith\nlines" },
	{ "gr\xC3\xBC\xC3\x9F \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80", "gr\xC3\xBC\xC3\x9F \xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80" },
	{ "\\x1b stays as it is", "\\x1b stays as it is" },
	/* controls */
	{ "\x1B[31mred\x1B]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07" },
	{ "over\rwritten\b\b", "over\\x0dwritten\\x08\\x08" },
	{ "\x7F\x0B\x0C", "\\x7f\\x0b\\x0c" },
	/* C1: a lone byte is no UTF-8; as a character it is CSI */
	{ "\x9B" "31m", "\\x9b31m" },
	{ "\xC2\x9B" "31m", "\\u{9b}31m" },
	{ "\xC2\x85", "\\u{85}" },
	/* direction, invisible, separators */
	{ "a\xE2\x80\xAE" "b", "a\\u{202e}b" },
	{ "a\xE2\x81\xA6" "b\xE2\x81\xA9", "a\\u{2066}b\\u{2069}" },
	{ "\xE2\x80\x8B\xE2\x80\x8D\xE2\x80\x8F", "\\u{200b}\\u{200d}\\u{200f}" },
	{ "\xC2\xAD\xD8\x9C\xEF\xBB\xBF", "\\u{ad}\\u{61c}\\u{feff}" },
	{ "\xE2\x80\xA8\xE2\x80\xA9", "\\u{2028}\\u{2029}" },
	{ "\xF3\xA0\x81\x81", "\\u{e0041}" }, /* a tag letter */
	{ "\xE3\x85\xA4\xE1\x85\x9F\xCD\x8F", "\\u{3164}\\u{115f}\\u{34f}" }, /* fillers, joiner */
	/* invalid UTF-8 */
	{ "\xFF\xFE", "\\xff\\xfe" },
	{ "\xC0\xAF", "\\xc0\\xaf" },             /* overlong "/" */
	{ "\xE0\x80\xAF", "\\xe0\\x80\\xaf" },    /* overlong */
	{ "\xED\xA0\x80", "\\xed\\xa0\\x80" },    /* a surrogate */
	{ "\xF4\x90\x80\x80", "\\xf4\\x90\\x80\\x80" }, /* beyond Unicode */
	{ "\xF5\x80", "\\xf5\\x80" },
	{ "\x80", "\\x80" },
	{ "\xE2\x80", "\\xe2\\x80" },             /* cut at the end */
	{ "\xE2\x80" "A", "\\xe2\\x80A" },        /* cut by a letter */
	{ "\xE2\x1B[2J", "\\xe2\\x1b[2J" },       /* an escape where a byte is due */
	{ "\xF0\x9F\xC3\xBC", "\\xf0\\x9f\xC3\xBC" }, /* cut by the next character */
	{ "\xC3\xC3\xBC", "\\xc3\xC3\xBC" },
	{ "", "" },
};

#define NEXAMPLES (sizeof(EXAMPLES) / sizeof(EXAMPLES[0]))

/* Feeds `len` bytes in three chunks; each gets a buffer of the documented size. */
static void
shown(const uint8_t *bytes, size_t len, size_t first, size_t second, char result[3 * MAX_OUTPUT])
{
	const size_t cuts[4] = { 0, first, second, len };
	struct csc_visible state = { .npending = 0 };
	size_t written = 0;

	for (size_t i = 0; i < 4; i++) {
		size_t size = i < 3 ? cuts[i + 1] - cuts[i] : 0;
		uint8_t *in = guarded_copy(bytes + (i < 3 ? cuts[i] : len), size);
		uint8_t *out = malloc((size + 4) * CSC_VISIBLE_GROWTH + 1);
		size_t n = i < 3 ? csc_visible_add(&state, in, size, out) : csc_visible_end(&state, out);

		memcpy(result + written, out, n);
		written += n;
		free(in);
		free(out);
	}
	result[written] = '\0';
}

static void
examples(void)
{
	char result[3 * MAX_OUTPUT];

	for (size_t i = 0; i < NEXAMPLES; i++) {
		size_t len = strlen(EXAMPLES[i].input);

		shown((const uint8_t *)EXAMPLES[i].input, len, len, len, result);
		CHECK_TEXT(result, EXAMPLES[i].output);
	}
}

static void
all_splits(void)
{
	char result[3 * MAX_OUTPUT];

	for (size_t i = 0; i < NEXAMPLES; i++) {
		size_t len = strlen(EXAMPLES[i].input);

		for (size_t first = 0; first <= len; first++) {
			for (size_t second = first; second <= len; second++) {
				shown((const uint8_t *)EXAMPLES[i].input, len, first, second, result);
				CHECK_TEXT(result, EXAMPLES[i].output);
			}
		}
	}
}

/* NUL cannot stand in a C string of the table. */
static void
shows_nul(void)
{
	static const uint8_t input[] = { 'a', 0, 'b' };
	char result[3 * MAX_OUTPUT];

	shown(input, sizeof(input), 1, 2, result);
	CHECK_TEXT(result, "a\\x00b");
}

/* Random bytes, mostly leads and continuations: splits agree, no control is left. */
static void
random_bytes(void)
{
	static const uint8_t alphabet[] = { 'a', 0x1B, 0x80, 0x9B, 0xA8, 0xC2, 0xE2, 0xED, 0xF0, 0xF3, 0xF4, 0xFF };
	uint64_t state = 88172645463325252ULL;
	uint8_t input[MAX_INPUT];
	char whole[3 * MAX_OUTPUT], split[3 * MAX_OUTPUT];

	for (int round = 0; round < 5000; round++) {
		size_t len = next_number(&state) % MAX_INPUT;

		for (size_t i = 0; i < len; i++) {
			uint64_t number = next_number(&state);
			input[i] = number & 1 ? (uint8_t)(number >> 8) : alphabet[(number >> 8) % sizeof(alphabet)];
		}
		size_t first = len == 0 ? 0 : next_number(&state) % (len + 1);
		size_t second = first + (len == first ? 0 : next_number(&state) % (len - first + 1));
		shown(input, len, len, len, whole);
		shown(input, len, first, second, split);
		CHECK_TEXT(split, whole);
		for (const char *c = whole; *c; c++)
			CHECK(((unsigned char)*c >= 0x20 && *c != 0x7F) || *c == '\n' || *c == '\t');
	}
}

static const struct test TESTS[] = {
	{ "visible shows what hides and keeps what is plain", examples },
	{ "visible does not depend on where chunks are cut", all_splits },
	{ "visible shows NUL", shows_nul },
	{ "visible leaves no control character of random bytes", random_bytes },
};
TESTS_MAIN(TESTS)
