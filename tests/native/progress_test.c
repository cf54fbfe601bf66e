/*
 * The line that says how long a command has run, on a terminal of the test's
 * own; time is what the test says.
 */
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "../../native/bridge/progress.h"
#include "harness.h"

#define SECOND 1000000LL

/* A terminal, and the end at which a person would look. */
struct place {
	struct csc_progress progress;
	int screen;
	int terminal;
};

static bool
open_place(struct place *p)
{
	struct termios raw;

	p->screen = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
	if (p->screen < 0 || grantpt(p->screen) < 0 || unlockpt(p->screen) < 0)
		return false;
	p->terminal = open(ptsname(p->screen), O_RDWR | O_NOCTTY);
	if (p->terminal < 0 || tcgetattr(p->terminal, &raw) < 0)
		return false;
	cfmakeraw(&raw);
	(void)tcsetattr(p->terminal, TCSANOW, &raw);
	csc_progress_open(&p->progress, p->terminal);
	p->progress.from_us = 5 * SECOND;
	return true;
}

static void
close_place(struct place *p)
{
	(void)close(p->terminal);
	(void)close(p->screen);
}

/* What has appeared since the last look. */
static const char *
look(struct place *p)
{
	static char seen[256];
	ssize_t n = read(p->screen, seen, sizeof(seen) - 1);

	seen[n > 0 ? n : 0] = '\0';
	return seen;
}

static void
draws_after_two_seconds(void)
{
	struct place p;

	CHECK(open_place(&p));
	csc_progress_tick(&p.progress, 7 * SECOND - 1);
	CHECK_TEXT(look(&p), "");
	csc_progress_tick(&p.progress, 7 * SECOND);
	CHECK_TEXT(look(&p), "\r\033[K/ csc: running, 2 s");
	csc_progress_tick(&p.progress, 7 * SECOND + 1);
	CHECK_TEXT(look(&p), "");
	csc_progress_tick(&p.progress, 65 * SECOND);
	CHECK_TEXT(look(&p), "\r\033[K/ csc: running, 60 s");
	csc_progress_clear(&p.progress);
	CHECK_TEXT(look(&p), "\r\033[K");
	csc_progress_clear(&p.progress);
	CHECK_TEXT(look(&p), "");
	close_place(&p);
}

static void
leaves_lines_of_the_command_alone(void)
{
	struct place p;

	CHECK(open_place(&p));
	csc_progress_wrote(&p.progress, '?');
	csc_progress_tick(&p.progress, 9 * SECOND);
	CHECK_TEXT(look(&p), "");
	csc_progress_wrote(&p.progress, '\n');
	csc_progress_tick(&p.progress, 9 * SECOND);
	CHECK_TEXT(look(&p), "\r\033[K/ csc: running, 4 s");
	close_place(&p);
}

static void
knows_when_to_wake(void)
{
	struct place p;

	CHECK(open_place(&p));
	CHECK_INT(csc_progress_patience(&p.progress, 5 * SECOND), 2000);
	CHECK_INT(csc_progress_patience(&p.progress, 7 * SECOND - 1), 1);
	CHECK_INT(csc_progress_patience(&p.progress, 7 * SECOND), 250);
	p.progress.from_us = 0;
	CHECK_INT(csc_progress_patience(&p.progress, 7 * SECOND), -1);
	csc_progress_tick(&p.progress, 60 * SECOND);
	CHECK_TEXT(look(&p), "");
	close_place(&p);
}

static void
needs_a_terminal(void)
{
	struct csc_progress progress;
	int ends[2];

	CHECK(pipe(ends) == 0);
	csc_progress_open(&progress, ends[1]);
	CHECK_INT(progress.fd, -1);
	csc_progress_open(&progress, -1);
	CHECK_INT(progress.fd, -1);
	CHECK_INT(csc_progress_patience(&progress, SECOND), -1);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

/* A terminal that nobody reads fills up; whoever draws must not wait. */
static void
does_not_wait_for_the_terminal(void)
{
	struct place p;
	char dots[4096];

	CHECK(open_place(&p));
	memset(dots, '.', sizeof(dots));
	CHECK(fcntl(p.terminal, F_SETFL, O_NONBLOCK) == 0);
	/* The kernel moves what was written on by itself, and has room again then. */
	for (int full = 0; full < 5; full++) {
		while (write(p.terminal, dots, sizeof(dots)) > 0)
			full = 0;
		(void)usleep(10000);
	}
	CHECK(fcntl(p.terminal, F_SETFL, 0) == 0);
	csc_progress_tick(&p.progress, 9 * SECOND);
	CHECK(!p.progress.shown);
	close_place(&p);
}

static const struct test TESTS[] = {
	{ "progress draws after two seconds and again, and takes it away once", draws_after_two_seconds },
	{ "progress leaves a line that the command has begun alone", leaves_lines_of_the_command_alone },
	{ "progress knows when to wake", knows_when_to_wake },
	{ "progress needs a terminal", needs_a_terminal },
	{ "progress does not wait for a terminal", does_not_wait_for_the_terminal },
};
TESTS_MAIN(TESTS)
