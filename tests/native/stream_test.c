/*
 * One output stream: what is kept, counted and hashed, and what goes live,
 * with readers that are gone, slow or a person.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "stream_setup.h"

static void
keeps_the_prefix(void)
{
	/* Written bytes against a cap of 1000: below, at, one above, far above. */
	static const size_t sizes[] = { 0, 1, 999, 1000, 1001, 200000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct setup s;
		uint8_t *bytes = pattern(sizes[i]);
		size_t kept = sizes[i] < 1000 ? sizes[i] : 1000;

		CHECK(open_setup(&s, 1000, false, false));
		feed(&s, bytes, sizes[i], 0);
		bool same = memcmp(s.kept, bytes, kept) == 0;
		bool hashed = hash_is_of(&s.stream, bytes, kept);
		uint64_t total = s.stream.total, nkept = s.stream.nkept;
		close_setup(&s);
		free(bytes);
		CHECK_INT(total, sizes[i]);
		CHECK_INT(nkept, kept);
		CHECK_INT(total > nkept, sizes[i] > 1000); /* "truncated" */
		CHECK(same);
		CHECK(hashed);
	}
}

static void
keeps_nothing(void)
{
	struct setup s;

	CHECK(open_setup(&s, 0, false, false));
	feed(&s, (const uint8_t *)"abc", 3, 0);
	bool hashed = hash_is_of(&s.stream, NULL, 0);
	uint64_t total = s.stream.total, nkept = s.stream.nkept;
	close_setup(&s);
	CHECK_INT(total, 3);
	CHECK_INT(nkept, 0);
	CHECK(hashed);
}

/* A reader that takes a few bytes at a time still gets all, above the cap too. */
static void
passes_everything_on(void)
{
	static const size_t appetites[] = { 7, 4096, SIZE };

	for (size_t i = 0; i < sizeof(appetites) / sizeof(appetites[0]); i++) {
		struct setup s;
		size_t len = appetites[i] == 7 ? 90000 : SIZE;
		uint8_t *bytes = pattern(len);

		CHECK(open_setup(&s, 1000, true, false));
		feed(&s, bytes, len, appetites[i]);
		bool same = s.nseen == len && memcmp(s.seen, bytes, len) == 0;
		uint64_t total = s.stream.total;
		close_setup(&s);
		free(bytes);
		CHECK(same);
		CHECK_INT(total, len);
	}
}

/* While the reader does not read, no more is taken from the command. */
static void
holds_back(void)
{
	struct setup s;
	uint8_t *bytes = pattern(SIZE);
	size_t written = 0;

	CHECK(open_setup(&s, SIZE, true, false));
	(void)fcntl(s.command_fd, F_SETFL, O_NONBLOCK);
	/* Until nothing moves any more, although the command still has some. */
	for (bool moved = true; moved && written < SIZE;) {
		ssize_t n = write(s.command_fd, bytes + written, SIZE - written);

		if (n > 0)
			written += (size_t)n;
		moved = turn(&s) || n > 0;
	}
	bool full = csc_stream_full(&s.stream), hungry = csc_stream_hungry(&s.stream);
	feed(&s, bytes + written, SIZE - written, 4096);
	bool same = s.nseen == SIZE && memcmp(s.seen, bytes, SIZE) == 0;
	close_setup(&s);
	free(bytes);
	CHECK(written < SIZE);
	CHECK(full);
	CHECK(!hungry);
	CHECK(same);
}

/* A reader that went away (head, a closed terminal) does not stop the command. */
static void
outlives_its_reader(void)
{
	struct setup s;
	uint8_t *bytes = pattern(SIZE);

	CHECK(open_setup(&s, SIZE, true, false));
	(void)close(s.reader_fd);
	s.reader_fd = -1;
	feed(&s, bytes, SIZE, 0);
	bool hashed = hash_is_of(&s.stream, bytes, SIZE);
	int live = s.stream.live_fd, lost = s.stream.lost;
	uint64_t kept = s.stream.nkept;
	close_setup(&s);
	free(bytes);
	CHECK_INT(live, -1);
	CHECK_INT(lost, 0);
	CHECK_INT(kept, SIZE);
	CHECK(hashed);
}

/* A disk that is full, unlike it, has lost what somebody wants. */
static void
tells_what_was_lost(void)
{
	struct setup s;
	uint8_t *bytes = pattern(SIZE);
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	CHECK(full >= 0);
	CHECK(open_setup(&s, SIZE, false, false));
	csc_stream_open(&s.stream, s.stream.pipe_fd, full, false, s.kept, SIZE, s.pending);
	int before = s.stream.lost;
	feed(&s, bytes, SIZE, 0);
	bool hashed = hash_is_of(&s.stream, bytes, SIZE);
	int live = s.stream.live_fd, lost = s.stream.lost;
	uint64_t kept = s.stream.nkept;
	close_setup(&s);
	(void)close(full);
	free(bytes);
	CHECK_INT(before, 0);
	CHECK_INT(live, -1);
	CHECK_INT(lost, ENOSPC);
	CHECK_INT(kept, SIZE);
	CHECK(hashed);
}

static void
takes_a_closed_descriptor_for_nobody(void)
{
	struct setup s;
	int closed[2];

	CHECK(open_setup(&s, 10, false, false));
	CHECK(pipe2(closed, O_CLOEXEC) == 0);
	(void)close(closed[0]);
	(void)close(closed[1]);
	csc_stream_open(&s.stream, s.stream.pipe_fd, closed[1], false, s.kept, 10, s.pending);
	int live = s.stream.live_fd;
	feed(&s, (const uint8_t *)"abc", 3, 0);
	uint64_t kept = s.stream.nkept;
	close_setup(&s);
	CHECK_INT(live, -1);
	CHECK_INT(kept, 3);
}

/* Only what a person sees is escaped; what is kept and hashed is not. */
static void
escapes_only_what_is_shown(void)
{
	static const char input[] = "a\x1B[31m\xE2\x80\xAE" "b\n\xE2\x80"; /* ends within a character */
	struct setup s;
	size_t len = sizeof(input) - 1;

	CHECK(open_setup(&s, 100, true, true));
	feed(&s, (const uint8_t *)input, len, SIZE);
	s.seen[s.nseen] = '\0';
	bool raw = s.stream.nkept == len && memcmp(s.kept, input, len) == 0;
	bool hashed = hash_is_of(&s.stream, (const uint8_t *)input, len);
	bool shown = strcmp((char *)s.seen, "a\\x1b[31m\\u{202e}b\n\\xe2\\x80") == 0;
	close_setup(&s);
	CHECK(raw);
	CHECK(hashed);
	CHECK(shown);
}

/* Nothing but bytes that quadruple: the buffer must hold the longest chunk. */
static void
holds_what_escaping_adds(void)
{
	struct setup s;
	uint8_t *bytes = malloc(SIZE);

	memset(bytes, 0x1B, SIZE);
	CHECK(open_setup(&s, SIZE, true, true));
	feed(&s, bytes, SIZE, SIZE);
	bool sound = s.nseen == 4 * SIZE;
	for (size_t i = 0; sound && i < s.nseen; i++)
		sound = s.seen[i] == (uint8_t)"\\x1b"[i % 4];
	close_setup(&s);
	free(bytes);
	CHECK(sound);
}

static const struct test TESTS[] = {
	{ "stream: at the cap all is kept, one above it is truncated", keeps_the_prefix },
	{ "stream: a cap of 0 keeps nothing and counts", keeps_nothing },
	{ "stream: a slow reader gets everything", passes_everything_on },
	{ "stream: a reader that stops holds the command back", holds_back },
	{ "stream: a reader that is gone does not", outlives_its_reader },
	{ "stream: a full disk does not either, and is told of", tells_what_was_lost },
	{ "stream: a closed descriptor is nobody", takes_a_closed_descriptor_for_nobody },
	{ "stream: what a person sees is escaped, what is kept is not", escapes_only_what_is_shown },
	{ "stream: escaping never overruns its buffer", holds_what_escaping_adds },
};

int
main(void)
{
	/* As Deno does, so that a reader that is gone is an error and no end. */
	(void)signal(SIGPIPE, SIG_IGN);
	return run_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
