/*
 * What the bridge takes from the status pipe: an observation and a record, in
 * any pieces, and nothing that is not exactly that.
 */
#include "../../native/bridge/report.h"
#include "harness.h"

#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

#define FILTER_LEN 16U
#define MOUNTS_LEN 40000U

static uint8_t room[CSC_REPORT_ROOM];
static uint8_t observation[CSC_OBSERVATION_MAX];
static uint8_t sent[2 * CSC_OBSERVATION_MAX];
static int ends[2];
static struct csc_report report;

static void
start(void)
{
	memset(room, 0xEE, sizeof(room));
	memset(observation, 0, sizeof(observation));
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0 || fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) < 0)
		abort();
	report = (struct csc_report){ .fd = ends[0], .bytes = room, .observation = observation };
}

/* Puts an observation into `sent`; its length. */
static size_t
observed(void)
{
	struct csc_observation head;

	memset(&head, 0, sizeof(head));
	head.magic = CSC_OBSERVATION_MAGIC;
	head.filter_len = FILTER_LEN;
	head.mounts_len = MOUNTS_LEN;
	head.length = (uint32_t)sizeof(head) + FILTER_LEN + MOUNTS_LEN;
	memcpy(sent, &head, sizeof(head));
	memcpy(sent + sizeof(head), "0123456789abcdef", FILTER_LEN);
	memset(sent + sizeof(head) + FILTER_LEN, 'm', MOUNTS_LEN);
	return head.length;
}

/* Puts a record behind `at`; the new end. */
static size_t
record(size_t at, uint32_t kind)
{
	struct csc_status status;

	memset(&status, 0, sizeof(status));
	status.magic = CSC_STATUS_MAGIC;
	status.kind = kind;
	status.nsegments = 7;
	memcpy(sent + at, &status, sizeof(status));
	return at + sizeof(status);
}

static void
send_bytes(size_t from, size_t to)
{
	if (write(ends[1], sent + from, to - from) != (ssize_t)(to - from))
		abort();
}

/* Sends the first `len` bytes, and then the end; whether there is a record. */
static bool
ends_with(size_t len, struct csc_status *status)
{
	bool whole;

	if (len > 0)
		send_bytes(0, len);
	(void)close(ends[1]);
	csc_report_read(&report);
	whole = csc_report_status(&report, status);
	(void)close(ends[0]);
	return whole;
}

static void
both_come_whole(void)
{
	struct csc_status status;
	size_t middle, end;

	start();
	middle = observed();
	end = record(middle, CSC_STATUS_ENDED);
	CHECK(ends_with(end, &status));
	CHECK_INT(status.nsegments, 7);
	CHECK_INT(report.observed, middle);
	CHECK(memcmp(observation, sent, middle) == 0);
	CHECK_INT(report.fd, -1);
}

static void
both_come_in_any_pieces(void)
{
	static const size_t CUTS[] = { 1, 3, 4, 5, 79, 1295, 1296, 1297, 1311, 1312, 30000, 41311, 41312, 41313 };
	struct csc_status status;

	for (size_t i = 0; i < sizeof(CUTS) / sizeof(CUTS[0]); i++) {
		uint32_t magic;
		size_t middle, end;

		start();
		middle = observed();
		end = record(middle, CSC_STATUS_ENDED);
		send_bytes(0, CUTS[i]);
		csc_report_read(&report);
		memcpy(&magic, observation, sizeof(magic));
		/* Nobody may find a part of it. */
		CHECK_INT(magic, CUTS[i] >= middle ? CSC_OBSERVATION_MAGIC : 0U);
		CHECK_INT(report.fd, ends[0]);
		send_bytes(CUTS[i], end);
		CHECK(ends_with(0, &status));
		CHECK(memcmp(observation, sent, middle) == 0);
	}
}

static void
the_filter_is_digested(void)
{
	/* SHA-256 of "0123456789abcdef" */
	static const uint8_t DIGEST[4] = { 0x9f, 0x9f, 0x51, 0x11 };
	struct csc_status status;

	start();
	CHECK(ends_with(record(observed(), CSC_STATUS_ENDED), &status));
	CHECK(memcmp(report.filter_sha256, DIGEST, sizeof(DIGEST)) == 0);
}

static void
a_failure_needs_no_observation(void)
{
	struct csc_status status;

	start();
	CHECK(ends_with(record(0, CSC_STATUS_FAILED), &status));
	CHECK_INT(report.observed, 0);
	start();
	CHECK(ends_with(record(observed(), CSC_STATUS_FAILED), &status));
}

static void
an_end_without_observation_is_none(void)
{
	struct csc_status status;

	start();
	CHECK(!ends_with(record(0, CSC_STATUS_ENDED), &status));
}

static void
what_is_more_or_less_is_refused(void)
{
	struct csc_status status;
	size_t end;

	start();
	end = record(observed(), CSC_STATUS_ENDED);
	CHECK(!ends_with(end - 1, &status));
	start();
	end = record(observed(), CSC_STATUS_ENDED);
	sent[end] = 0;
	CHECK(!ends_with(end + 1, &status));
	/* Two records: the second may be anybody's. */
	start();
	end = record(record(observed(), CSC_STATUS_ENDED), CSC_STATUS_ENDED);
	CHECK(!ends_with(end, &status));
	/* A second observation. */
	start();
	end = observed();
	memcpy(sent + end, sent, sizeof(struct csc_observation));
	CHECK(!ends_with(end + sizeof(struct csc_observation), &status));
	start();
	CHECK(!ends_with(0, &status));
	start();
	end = record(observed(), 99);
	CHECK(!ends_with(end, &status));
}

static void
lengths_that_do_not_agree_are_refused(void)
{
	static const uint32_t LENGTHS[][3] = {
		{ 0, 0, 0 },
		{ sizeof(struct csc_observation) - 1, 0, 0 },
		{ sizeof(struct csc_observation) + 1, 0, 0 },
		{ CSC_OBSERVATION_MAX + 1, 0, CSC_OBSERVATION_MAX + 1 - sizeof(struct csc_observation) },
		/* They add up, but for the overflow. */
		{ sizeof(struct csc_observation) + 8, 0xFFFFFFF0U, 24 },
	};
	struct csc_status status;

	for (size_t i = 0; i < sizeof(LENGTHS) / sizeof(LENGTHS[0]); i++) {
		struct csc_observation head;
		uint32_t magic;

		start();
		(void)observed();
		memcpy(&head, sent, sizeof(head));
		head.length = LENGTHS[i][0];
		head.filter_len = LENGTHS[i][1];
		head.mounts_len = LENGTHS[i][2];
		memcpy(sent, &head, sizeof(head));
		CHECK(!ends_with(sizeof(head) + 64, &status));
		CHECK(report.broken);
		memcpy(&magic, observation, sizeof(magic));
		CHECK_INT(magic, 0);
	}
}

static void
endless_reports_end(void)
{
	struct csc_status status;

	start();
	memset(sent, 'x', sizeof(sent));
	CHECK(!ends_with(sizeof(sent), &status));
	CHECK(report.broken);
	CHECK_INT(report.len, CSC_REPORT_ROOM);
}

/* Whoever reads it goes by these, in csc itself. */
static void
counts_beyond_their_lists_are_refused(void)
{
	static const size_t COUNTS[] = { offsetof(struct csc_observation, nlimits), offsetof(struct csc_observation, nfiles),
		offsetof(struct csc_observation, nstages) };
	static const uint32_t MOST[] = { CSC_MAX_LIMITS, CSC_MAX_SEGMENTS, CSC_MAX_STAGES };
	struct csc_status status;

	for (size_t i = 0; i < sizeof(COUNTS) / sizeof(COUNTS[0]); i++) {
		uint32_t count = MOST[i];

		start();
		size_t end = record(observed(), CSC_STATUS_ENDED);
		memcpy(sent + COUNTS[i], &count, sizeof(count));
		CHECK(ends_with(end, &status));
		count++;
		start();
		end = record(observed(), CSC_STATUS_ENDED);
		memcpy(sent + COUNTS[i], &count, sizeof(count));
		CHECK(!ends_with(end, &status));
		CHECK(report.broken);
		CHECK_INT(report.observed, 0);
	}
}

static const struct test TESTS[] = {
	{ "an observation and a record come whole", both_come_whole },
	{ "an observation is found whole or not at all, whatever the pieces", both_come_in_any_pieces },
	{ "the filter of an observation is digested", the_filter_is_digested },
	{ "a failed stage needs no observation", a_failure_needs_no_observation },
	{ "no command has ended that was not observed before", an_end_without_observation_is_none },
	{ "a byte more or less, or a second record, is no report", what_is_more_or_less_is_refused },
	{ "lengths that do not agree are no report", lengths_that_do_not_agree_are_refused },
	{ "a report without an end is given up", endless_reports_end },
	{ "a count beyond its list is no report", counts_beyond_their_lists_are_refused },
};

TESTS_MAIN(TESTS)
