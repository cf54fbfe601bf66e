/*
 * What stands in for the C library's memory, text and format functions, beside
 * the library's own: the same answers on the same questions.
 */
#include <errno.h>
#include <limits.h>

#include "harness.h"

/* Under names of their own: this program needs the library's, too. */
#define memcpy own_memcpy
#define memset own_memset
#define memcmp own_memcmp
#define memchr own_memchr
#define strlen own_strlen
#define strchr own_strchr
#define strcspn own_strcspn
#define vsnprintf own_vsnprintf
#define snprintf own_snprintf
int own_snprintf(char *restrict text, size_t size, const char *restrict format, ...);
#include "../../native/freestanding/format.c"
#include "../../native/freestanding/text.c"
#undef memcpy
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strchr
#undef strcspn
#undef vsnprintf
#undef snprintf

#define LONGEST 40

/* Random bytes, of few values, so that searches find and comparisons agree. */
static void
fill(uint64_t *state, uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)(next_number(state) % 4);
}

static void
copies_every_length_and_alignment(void)
{
	uint64_t state = 1;

	for (size_t len = 0; len < LONGEST; len++) {
		for (size_t from = 0; from < 9; from++) {
			uint8_t source[LONGEST + 9], ours[LONGEST + 18], theirs[LONGEST + 18];
			size_t to = next_number(&state) % 9;

			fill(&state, source, sizeof(source));
			fill(&state, ours, sizeof(ours));
			memcpy(theirs, ours, sizeof(ours));
			memcpy(theirs + to, source + from, len);
			CHECK(own_memcpy(ours + to, source + from, len) == ours + to);
			CHECK(memcmp(ours, theirs, sizeof(ours)) == 0);
		}
	}
}

static void
sets_every_length_and_alignment(void)
{
	uint64_t state = 2;

	for (size_t len = 0; len < LONGEST; len++) {
		for (size_t to = 0; to < 9; to++) {
			uint8_t ours[LONGEST + 18], theirs[LONGEST + 18];
			int byte = (int)(next_number(&state) % 1024) - 512; /* only its low byte counts */

			fill(&state, ours, sizeof(ours));
			memcpy(theirs, ours, sizeof(ours));
			memset(theirs + to, byte, len);
			CHECK(own_memset(ours + to, byte, len) == ours + to);
			CHECK(memcmp(ours, theirs, sizeof(ours)) == 0);
		}
	}
}

static int
sign(int value)
{
	return (value > 0) - (value < 0);
}

static void
compares_and_finds_bytes(void)
{
	uint64_t state = 3;

	for (int round = 0; round < 2000; round++) {
		size_t len = next_number(&state) % 12;
		uint8_t *a = guarded_copy("aaaaaaaaaaaa", len);
		uint8_t *b = guarded_copy("aaaaaaaaaaaa", len);
		int wanted = (int)(next_number(&state) % 5);
		bool same, found;

		fill(&state, a, len);
		fill(&state, b, len);
		if (len > 0)
			a[0] = (uint8_t)(a[0] * 85); /* 255 is more than 0 */
		same = sign(own_memcmp(a, b, len)) == sign(memcmp(a, b, len)) && own_memcmp(a, a, len) == 0;
		found = own_memchr(a, wanted | 0x100, len) == memchr(a, wanted, len);
		free(a);
		free(b);
		CHECK(same);
		CHECK(found);
	}
}

static void
measures_and_searches_text(void)
{
	uint64_t state = 4;

	for (int round = 0; round < 2000; round++) {
		size_t len = next_number(&state) % 12;
		uint8_t bytes[12];
		char *text;
		bool right = true;

		fill(&state, bytes, len);
		for (size_t i = 0; i < len; i++)
			bytes[i] = (uint8_t)('a' + bytes[i]);
		bytes[len] = 0;
		text = (char *)guarded_copy(bytes, len + 1);
		right = right && own_strlen(text) == strlen(text);
		for (int wanted = 'a'; wanted < 'f'; wanted++)
			right = right && own_strchr(text, wanted) == strchr(text, wanted);
		right = right && own_strchr(text, 0) == text + len;
		right = right && own_strcspn(text, "") == len;
		right = right && own_strcspn(text, "b") == strcspn(text, "b");
		right = right && own_strcspn(text, "cd") == strcspn(text, "cd");
		free(text);
		CHECK(right);
	}
}

/* Both functions on the same arguments, with room for every size. */
#define CHECK_FORMAT(...)                                                                     \
	do {                                                                                  \
		for (size_t size = 0; size < LONGEST; size++) {                               \
			char ours[LONGEST], theirs[LONGEST];                                      \
			memset(ours, '~', sizeof(ours));                                          \
			memset(theirs, '~', sizeof(theirs));                                      \
			CHECK_INT(own_snprintf(ours, size, __VA_ARGS__), snprintf(theirs, size, __VA_ARGS__)); \
			CHECK(memcmp(ours, theirs, sizeof(ours)) == 0);                             \
		}                                                                             \
	} while (0)

static void
formats_as_the_library_does(void)
{
	static const char *const texts[] = { "", "a", "\"/a b\"", "%s%n", "a text that ours longer than there ours room for" };
	uint64_t state = 5;

	for (int round = 0; round < 300; round++) {
		/* Few bits and many: all lengths of numbers, both signs. */
		unsigned long long bits = next_number(&state) >> next_number(&state) % 64;
		const char *text = texts[next_number(&state) % 5];
		bool negative = next_number(&state) % 2 == 0;
		long long number = (long long)(negative ? 0 - bits : bits);

		CHECK_FORMAT("%s", text);
		CHECK_FORMAT("<%s|%d>", text, (int)number);
		CHECK_FORMAT("%d %ld", (int)number, (long)number);
		CHECK_FORMAT("%lld.", number);
		CHECK_FORMAT("%u,%lu", (unsigned int)bits, (unsigned long)bits);
		CHECK_FORMAT("%llu", bits);
		CHECK_FORMAT("%zu%%", (size_t)bits);
		CHECK_FORMAT("%o", (unsigned int)bits);
		CHECK_FORMAT("%x %lx", (unsigned int)bits, (unsigned long)bits);
	}
	CHECK_FORMAT("%d %d", INT_MIN, INT_MAX);
	CHECK_FORMAT("%lld", LLONG_MIN);
	CHECK_FORMAT("%llu", ULLONG_MAX);
	CHECK_FORMAT("nothing");
}

static void
marks_a_format_that_it_does_not_know(void)
{
	static const char *const unknown[] = { "%5d", "%c", "%ls", "%z", "%l", "%", "%llld", "%zs", "%l%", "%.3s", "%-d" };

	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		char format[32], ours[64];

		(void)snprintf(format, sizeof(format), "a %%s %s", unknown[i]);
		CHECK_INT(own_snprintf(ours, sizeof(ours), format, "b", 7), 20);
		CHECK_TEXT(ours, "a b (unknown format)");
	}
}

static void
shows_that_a_text_is_missing(void)
{
	const char *volatile missing = NULL;
	char ours[16];

	CHECK_INT(own_snprintf(ours, sizeof(ours), "<%s>", missing), 8);
	CHECK_TEXT(ours, "<(null)>");
}

static const struct test TESTS[] = {
	{ "memcpy() copies every length and alignment", copies_every_length_and_alignment },
	{ "memset() sets every length and alignment", sets_every_length_and_alignment },
	{ "memcmp() and memchr() agree with the library", compares_and_finds_bytes },
	{ "strlen(), strchr() and strcspn() agree with the library", measures_and_searches_text },
	{ "snprintf() agrees with the library, cut at any size", formats_as_the_library_does },
	{ "snprintf() marks a format that it does not know", marks_a_format_that_it_does_not_know },
	{ "snprintf() shows that a text is missing", shows_that_a_text_is_missing },
};
TESTS_MAIN(TESTS)
