/*
 * One output stream: what is kept, counted and hashed, and what goes live,
 * with readers that are gone, slow or a person.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "../../native/bridge/stream.h"
#include "harness.h"

#define SIZE (300U * 1024U)

/* A stream, the command's end of its pipe, and the reader's end of live. */
struct setup {
	struct csc_stream stream;
	int command_fd;
	int reader_fd;
	int live_fd;
	uint8_t *kept;
	uint8_t *pending;
	uint8_t *seen; /* what the reader got */
	size_t nseen;
};

static bool
open_setup(struct setup *s, uint64_t cap, bool live, bool escape)
{
	int command[2], reader[2] = { -1, -1 };

	memset(s, 0, sizeof(*s));
	if (pipe2(command, O_CLOEXEC) < 0 || fcntl(command[0], F_SETFL, O_NONBLOCK) < 0)
		return false;
	if (live && (pipe2(reader, O_CLOEXEC) < 0 || fcntl(reader[0], F_SETFL, O_NONBLOCK) < 0))
		return false;
	s->command_fd = command[1];
	s->reader_fd = reader[0];
	s->live_fd = reader[1];
	s->kept = malloc(cap);      /* no byte more: AddressSanitizer watches */
	s->pending = malloc(CSC_CHUNK);
	s->seen = malloc(SIZE * CSC_VISIBLE_GROWTH);
	csc_stream_open(&s->stream, command[0], reader[1], escape, s->kept, cap, s->pending);
	return s->kept && s->pending && s->seen;
}

static void
close_setup(struct setup *s)
{
	if (s->command_fd >= 0)
		(void)close(s->command_fd);
	if (s->stream.pipe_fd >= 0)
		(void)close(s->stream.pipe_fd);
	if (s->reader_fd >= 0)
		(void)close(s->reader_fd);
	if (s->live_fd >= 0)
		(void)close(s->live_fd);
	free(s->kept);
	free(s->pending);
	free(s->seen);
}

static void
end_of_command(struct setup *s)
{
	(void)close(s->command_fd);
	s->command_fd = -1;
}

static bool
ready(int fd, short events)
{
	struct pollfd watch = { .fd = fd, .events = events };

	return poll(&watch, 1, 0) == 1;
}

/* The reader takes up to `most` bytes. */
static void
take(struct setup *s, size_t most)
{
	size_t room = SIZE * CSC_VISIBLE_GROWTH - s->nseen;
	ssize_t n = read(s->reader_fd, s->seen + s->nseen, most < room ? most : room);

	if (n > 0)
		s->nseen += (size_t)n;
}

/* One turn of what the bridge does in its loop, without waiting. */
static bool
turn(struct setup *s)
{
	bool moved = false;

	if (csc_stream_full(&s->stream) && ready(s->stream.live_fd, POLLOUT)) {
		csc_stream_pass(&s->stream);
		moved = true;
	}
	if (csc_stream_hungry(&s->stream) && ready(s->stream.pipe_fd, POLLIN)) {
		csc_stream_read(&s->stream);
		moved = true;
	}
	return moved;
}

/* Feeds `len` bytes and drains all, the reader taking `appetite` at a time. */
static void
feed(struct setup *s, const uint8_t *bytes, size_t len, size_t appetite)
{
	(void)fcntl(s->command_fd, F_SETFL, O_NONBLOCK);
	for (;;) {
		ssize_t n = len > 0 ? write(s->command_fd, bytes, len) : 0;
		bool moved = turn(s);

		if (n > 0) {
			bytes += n;
			len -= (size_t)n;
		}
		if (s->reader_fd >= 0)
			take(s, appetite);
		if (len == 0 && s->command_fd >= 0)
			end_of_command(s);
		if (!moved && s->stream.pipe_fd < 0 && !csc_stream_full(&s->stream))
			break;
	}
	while (s->reader_fd >= 0 && ready(s->reader_fd, POLLIN)) {
		size_t before = s->nseen;

		take(s, SIZE);
		if (s->nseen == before)
			break;
	}
}

static uint8_t *
pattern(size_t len)
{
	uint8_t *bytes = malloc(len > 0 ? len : 1);

	for (size_t i = 0; i < len; i++)
		bytes[i] = (uint8_t)('a' + i % 23);
	return bytes;
}

static bool
hash_is_of(struct csc_stream *stream, const uint8_t *bytes, size_t len)
{
	uint8_t is[CSC_SHA256_LEN], want[CSC_SHA256_LEN];
	struct csc_sha256 hash;

	csc_sha256_end(&stream->hash, is);
	csc_sha256_init(&hash);
	csc_sha256_add(&hash, bytes, len);
	csc_sha256_end(&hash, want);
	return memcmp(is, want, sizeof(is)) == 0;
}

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
	int live = s.stream.live_fd;
	uint64_t kept = s.stream.nkept;
	close_setup(&s);
	free(bytes);
	CHECK_INT(live, -1);
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
