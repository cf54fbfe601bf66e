/* The error record: filled on failure, cut and not overrun, passed on as -1. */
#include "../../native/base/err.h"
#include "harness.h"

static void
fills_the_record(void)
{
	struct csc_err err;

	memset(&err, 0xAA, sizeof(err));
	CHECK_INT(csc_fail(&err, CSC_STAGE_MOUNTS, 13, "open \"%s\" at %d", "/a", 7), -1);
	CHECK_INT(err.stage, CSC_STAGE_MOUNTS);
	CHECK_INT(err.err, 13);
	CHECK_TEXT(err.text, "open \"/a\" at 7");
}

static void
cuts_a_long_message(void)
{
	struct csc_err err;
	char name[600];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CHECK_INT(csc_fail(&err, CSC_STAGE_EXEC, 0, "%s", name), -1);
	CHECK_INT(strlen(err.text), CSC_ERR_TEXT - 1);
}

static void
keeps_a_message_that_just_fits(void)
{
	struct csc_err err;
	char name[CSC_ERR_TEXT];

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	(void)csc_fail(&err, CSC_STAGE_EXEC, 0, "%s", name);
	CHECK_TEXT(err.text, name);
}

static const struct test TESTS[] = {
	{ "csc_fail() fills the record and returns -1", fills_the_record },
	{ "csc_fail() cuts a message that is too long", cuts_a_long_message },
	{ "csc_fail() keeps a message that just fits", keeps_a_message_that_just_fits },
};
TESTS_MAIN(TESTS)
