#include "stream.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Escaping makes a chunk longer, so that much less is read at once. */
#define ESCAPED_CHUNK (CSC_CHUNK / CSC_VISIBLE_GROWTH - 8)

void
csc_stream_open(struct csc_stream *stream, int pipe_fd, int live_fd, bool escape, uint8_t *kept, uint64_t cap,
    uint8_t *pending)
{
	struct stat st;

	memset(stream, 0, sizeof(*stream));
	stream->pipe_fd = pipe_fd;
	stream->live_fd = live_fd;
	stream->escape = escape;
	stream->kept = kept;
	stream->cap = cap;
	stream->pending = pending;
	csc_sha256_init(&stream->hash);
	if (live_fd < 0)
		return;
	if (fstat(live_fd, &st) < 0)
		stream->live_fd = -1; /* closed by the caller: nobody listens */
	else
		stream->whole = S_ISREG(st.st_mode) || (S_ISCHR(st.st_mode) && !isatty(live_fd));
}

bool
csc_stream_full(const struct csc_stream *stream)
{
	return stream->live_fd >= 0 && stream->passed < stream->npending;
}

bool
csc_stream_hungry(const struct csc_stream *stream)
{
	return stream->pipe_fd >= 0 && !csc_stream_full(stream);
}

/* Keeps the prefix that fits, and hashes just that. */
static void
keep(struct csc_stream *stream, const uint8_t *bytes, size_t len)
{
	uint64_t room = stream->cap - stream->nkept;
	size_t take = len < room ? len : (size_t)room;

	stream->total += len;
	if (take == 0)
		return;
	memcpy(stream->kept + stream->nkept, bytes, take);
	csc_sha256_add(&stream->hash, bytes, take);
	stream->nkept += take;
}

static void
end_of_pipe(struct csc_stream *stream)
{
	(void)close(stream->pipe_fd);
	stream->pipe_fd = -1;
	if (stream->escape) {
		stream->npending = csc_visible_end(&stream->visible, stream->pending);
		stream->passed = 0;
	}
}

void
csc_stream_read(struct csc_stream *stream)
{
	uint8_t raw[ESCAPED_CHUNK];
	bool escape = stream->escape && stream->live_fd >= 0;
	uint8_t *into = escape ? raw : stream->pending;
	ssize_t n = read(stream->pipe_fd, into, escape ? sizeof(raw) : CSC_CHUNK);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		end_of_pipe(stream);
		return;
	}
	keep(stream, into, (size_t)n);
	stream->passed = 0;
	stream->npending = escape ? csc_visible_add(&stream->visible, raw, (size_t)n, stream->pending) : (size_t)n;
}

void
csc_stream_pass(struct csc_stream *stream)
{
	size_t left = stream->npending - stream->passed;
	ssize_t n;

	/*
	 * The descriptor is shared with others, so it is not made nonblocking; a
	 * pipe or terminal that polls writable takes PIPE_BUF bytes at once.
	 */
	if (!stream->whole && left > PIPE_BUF)
		left = PIPE_BUF;
	if (stream->progress)
		csc_progress_clear(stream->progress);
	n = write(stream->live_fd, stream->pending + stream->passed, left);
	if (n > 0)
		stream->passed += (size_t)n;
	if (n > 0 && stream->progress)
		csc_progress_wrote(stream->progress, stream->pending[stream->passed - 1]);
	if (n < 0 && errno != EINTR && errno != EAGAIN) {
		/* The command goes on in any case; only who still wanted the output has lost some. */
		stream->lost = errno == EPIPE ? 0 : errno;
		stream->live_fd = -1;
	}
}
