/* A stream with a command at one end and a reader at the other, for the tests of stream.c. */
#ifndef CSC_TESTS_STREAM_SETUP_H
#define CSC_TESTS_STREAM_SETUP_H

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
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

#endif
