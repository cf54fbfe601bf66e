#include "progress.h"

#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

/* A run that is over sooner needs no line. */
#define FIRST_US 2000000
#define EVERY_US 250000

static const char erase[] = "\r\033[K";
static const char frames[] = "|/-\\";

void
csc_progress_open(struct csc_progress *progress, int fd)
{
	*progress = (struct csc_progress){ .fd = fd >= 0 && isatty(fd) ? fd : -1 };
}

/* A terminal that is held up must not hold up the deadline. */
static bool
put(const struct csc_progress *progress, const char *text, size_t len)
{
	struct pollfd writable = { .fd = progress->fd, .events = POLLOUT };

	if (poll(&writable, 1, 0) != 1 || (writable.revents & POLLOUT) == 0)
		return false;
	return write(progress->fd, text, len) == (ssize_t)len;
}

/* How often the line should have been drawn until now. */
static int64_t
due(const struct csc_progress *progress, int64_t now_us)
{
	int64_t since = now_us - progress->from_us - FIRST_US;

	return since < 0 ? 0 : since / EVERY_US + 1;
}

void
csc_progress_tick(struct csc_progress *progress, int64_t now_us)
{
	char line[64];
	int len;

	if (progress->fd < 0 || progress->from_us == 0 || progress->midline)
		return;
	if (due(progress, now_us) == (int64_t)progress->frame)
		return;
	progress->frame = (unsigned)due(progress, now_us);
	len = snprintf(line, sizeof(line), "%s%c csc: running, %lld s", erase, frames[progress->frame % 4],
	    (long long)((now_us - progress->from_us) / 1000000));
	if (len > 0 && (size_t)len < sizeof(line))
		progress->shown = put(progress, line, (size_t)len) || progress->shown;
}

int
csc_progress_patience(const struct csc_progress *progress, int64_t now_us)
{
	int64_t next;

	if (progress->fd < 0 || progress->from_us == 0)
		return -1;
	next = progress->from_us + FIRST_US + due(progress, now_us) * EVERY_US;
	return (int)((next - now_us + 999) / 1000);
}

void
csc_progress_clear(struct csc_progress *progress)
{
	if (progress->shown)
		progress->shown = !put(progress, erase, sizeof(erase) - 1);
}

void
csc_progress_wrote(struct csc_progress *progress, uint8_t last)
{
	progress->midline = last != '\n';
}
