/* What PID 1 makes of the kernel's texts, and what it refuses to go on with. */
#include "../../native/launcher/observe.h"
#include "harness.h"

/* As the kernel writes it; the zeros behind it belong to the buffer. */
static const char STATUS[256] = "Name:\tcsc\nCapInh:\t0000000000000000\nCapEffect:\t0000000000000007\n"
                                "CapEff:\t000001ffffffffff\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\n"
                                "Threads:\t18446744073709551615\nBad:\t12x\nEmpty:\t\nLast:\t4";

static uint64_t
number(const char *name, unsigned int base)
{
	uint64_t value = 0xDEAD;

	return csc_status_number(STATUS, name, base, &value) ? value : 0xBAD;
}

static void
numbers_are_found_by_their_whole_name(void)
{
	CHECK_INT(number("CapInh", 16), 0);
	CHECK(number("CapEff", 16) == 0x1ffffffffff);
	CHECK_INT(number("Seccomp", 10), 2);
	CHECK_INT(number("Seccomp_filters", 10), 3);
	CHECK_INT(number("NoNewPrivs", 10), 1);
	CHECK(number("Threads", 10) == UINT64_MAX);
}

static void
what_is_no_number_is_not_found(void)
{
	CHECK_INT(number("CapBnd", 16), 0xBAD);
	CHECK_INT(number("Cap", 16), 0xBAD);
	CHECK_INT(number("apInh", 16), 0xBAD);
	CHECK_INT(number("Name", 10), 0xBAD);
	CHECK_INT(number("Bad", 10), 0xBAD);
	CHECK_INT(number("Empty", 10), 0xBAD);
	/* A line without its end may be the beginning of a longer number. */
	CHECK_INT(number("Last", 10), 0xBAD);
	CHECK_INT(number("CapEff", 10), 0xBAD);
}

static void
lines_are_cut_behind_a_whole_one(void)
{
	CHECK_INT(csc_whole_lines("a\nb\n", 4), 4);
	CHECK_INT(csc_whole_lines("a\nbcd", 5), 2);
	CHECK_INT(csc_whole_lines("abc", 3), 0);
	CHECK_INT(csc_whole_lines("", 0), 0);
}

static void
namespaces_have_a_number(void)
{
	uint64_t number = 0;

	CHECK(csc_namespace_number("mnt:[4026531832]", &number));
	CHECK_INT(number, 4026531832);
	CHECK(!csc_namespace_number("mnt:[]", &number));
	CHECK(!csc_namespace_number("mnt:[12", &number));
	CHECK(!csc_namespace_number("mnt:[12]x", &number));
	CHECK(!csc_namespace_number("mnt:[1a]", &number));
	CHECK(!csc_namespace_number("mnt:12", &number));
	CHECK(!csc_namespace_number("", &number));
}

/* A sandbox as it must be. */
static struct csc_observation
sealed(void)
{
	return (struct csc_observation){ .no_new_privs = 1, .seccomp_mode = 2 };
}

static void
walls_that_stand_are_taken(void)
{
	struct csc_observation seen = sealed();
	struct csc_err err = { .stage = CSC_STAGE_NONE };

	CHECK_INT(csc_observed_walls(&seen, &err), 0);
	CHECK_INT(err.stage, CSC_STAGE_NONE);
}

static void
any_capability_stops_the_launcher(void)
{
	for (size_t i = 0; i < CSC_CAP_COUNT; i++) {
		struct csc_observation seen = sealed();
		struct csc_err err;

		seen.capabilities[i] = 1ULL << (8 * i);
		CHECK_INT(csc_observed_walls(&seen, &err), -1);
		CHECK_INT(err.stage, CSC_STAGE_OBSERVE);
	}
}

static void
missing_walls_stop_the_launcher(void)
{
	struct csc_observation seen = sealed();
	struct csc_err err;

	seen.no_new_privs = 0;
	CHECK_INT(csc_observed_walls(&seen, &err), -1);
	seen = sealed();
	seen.seccomp_mode = 0;
	CHECK_INT(csc_observed_walls(&seen, &err), -1);
	seen.seccomp_mode = 1;
	CHECK_INT(csc_observed_walls(&seen, &err), -1);
}

static const struct test TESTS[] = {
	{ "a number of /proc/self/status is found by its whole name", numbers_are_found_by_their_whole_name },
	{ "what is no number, or not whole, is not found", what_is_no_number_is_not_found },
	{ "a text that was cut ends behind a whole line", lines_are_cut_behind_a_whole_one },
	{ "the number of a namespace is found in its link", namespaces_have_a_number },
	{ "walls that stand are taken", walls_that_stand_are_taken },
	{ "a capability in any set stops the launcher", any_capability_stops_the_launcher },
	{ "no_new_privs or a filter that is missing stops the launcher", missing_walls_stop_the_launcher },
};

TESTS_MAIN(TESTS)
