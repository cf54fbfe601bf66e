/*
 * The smallest test harness that does: a program is a table of tests, prints
 * one line for each ("ok NAME", "FAILED NAME: why" or "SKIPPED NAME: why"), and
 * fails if any did.
 * The programs are built with AddressSanitizer and UBSan, which end them at
 * the first fault; scripts/test/native_tests.ts counts that as a failure.
 */
#ifndef CSC_TESTS_HARNESS_H
#define CSC_TESTS_HARNESS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test {
	const char *name;
	void (*body)(void);
};

/* Set by the first check of a test that does not hold. */
static bool test_failed;
static bool test_skipped;
static char test_why[512];

/* True under an emulator of another processor, which is not the kernel. */
static inline bool
emulated(void)
{
	const char *value = getenv("CSC_EMULATED");

	return value && *value != '\0';
}

__attribute__((format(printf, 3, 4))) static inline void
fail_test(const char *file, int line, const char *format, ...)
{
	va_list args;
	char text[384];

	if (test_failed)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)snprintf(test_why, sizeof(test_why), "%s:%d: %s", file, line, text);
	test_failed = true;
}

#define CHECK(condition)                                                                      \
	do {                                                                                  \
		if (!(condition)) {                                                           \
			fail_test(__FILE__, __LINE__, "%s", #condition);                      \
			return;                                                               \
		}                                                                             \
	} while (0)

/* Ends a test that cannot be made here. */
#define SKIP(reason)                                                                          \
	do {                                                                                  \
		(void)snprintf(test_why, sizeof(test_why), "%s", (reason));                   \
		test_skipped = true;                                                          \
		return;                                                                       \
	} while (0)

/* For tests of what an emulator is known to lack; any kernel must have it. */
#define NEEDS_KERNEL(what)                                                                    \
	do {                                                                                  \
		if (emulated())                                                               \
			SKIP("the emulator has no " what);                                    \
	} while (0)

#define CHECK_INT(actual, expected)                                                           \
	do {                                                                                  \
		long long is = (long long)(actual), want = (long long)(expected);             \
		if (is != want) {                                                             \
			fail_test(__FILE__, __LINE__, "%s is %lld, not %lld", #actual, is, want); \
			return;                                                               \
		}                                                                             \
	} while (0)

#define CHECK_TEXT(actual, expected)                                                          \
	do {                                                                                  \
		const char *is = (actual), *want = (expected);                                \
		if (strcmp(is, want) != 0) {                                                  \
			fail_test(__FILE__, __LINE__, "%s is \"%s\", not \"%s\"", #actual, is, want); \
			return;                                                               \
		}                                                                             \
	} while (0)

#define TESTS_MAIN(tests)                                                                     \
	int main(void)                                                                        \
	{                                                                                     \
		return run_tests((tests), sizeof(tests) / sizeof((tests)[0]));                \
	}

static inline int
run_tests(const struct test *tests, size_t count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		test_failed = test_skipped = false;
		tests[i].body();
		if (test_failed)
			printf("FAILED %s: %s\n", tests[i].name, test_why);
		else if (test_skipped)
			printf("SKIPPED %s: %s\n", tests[i].name, test_why);
		else
			printf("ok %s\n", tests[i].name);
		/* A sanitizer may end the program in the next test. */
		(void)fflush(stdout);
		any = any || test_failed;
	}
	return any ? 1 : 0;
}

/* The same numbers on every machine and in every run (xorshift64). */
static inline uint64_t
next_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A copy whose end AddressSanitizer guards to the byte. */
static inline uint8_t *
guarded_copy(const void *bytes, size_t len)
{
	uint8_t *copy = malloc(len);

	if (!copy)
		abort();
	if (len > 0)
		memcpy(copy, bytes, len);
	return copy;
}

#endif
