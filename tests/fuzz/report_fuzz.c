/*
 * What the bridge takes from the status pipe (native/bridge/report.c), in csc's
 * own process: an observation and a record, in whatever pieces. Nothing else is
 * believed, and what is believed is what was sent.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../../native/bridge/report.h"
#include "fuzz.h"

/* One report; `bytes` has no byte more than promised. */
struct taken {
	struct csc_report report;
	uint8_t *bytes;
	uint8_t *observation;
	struct csc_status status;
	bool complete;
};

/* Sends `data` in pieces of `piece` bytes, and reads after each. */
static void
take(struct taken *taken, const uint8_t *data, size_t size, size_t piece)
{
	int ends[2];

	memset(taken, 0, sizeof(*taken));
	taken->bytes = malloc(CSC_REPORT_ROOM);
	taken->observation = calloc(1, CSC_OBSERVATION_MAX);
	REQUIRE(taken->bytes != NULL && taken->observation != NULL);
	REQUIRE(pipe2(ends, O_CLOEXEC | O_NONBLOCK) == 0);
	csc_report_begin(&taken->report, taken->bytes, taken->observation);
	taken->report.fd = ends[0];
	for (size_t at = 0; at < size; at += piece) {
		size_t len = size - at < piece ? size - at : piece;

		REQUIRE(write(ends[1], data + at, len) == (ssize_t)len);
		csc_report_read(&taken->report);
	}
	(void)close(ends[1]);
	csc_report_read(&taken->report);
	REQUIRE(taken->report.fd == -1);
	(void)close(ends[0]);
	taken->complete = csc_report_status(&taken->report, &taken->status);
}

static void
let_go(struct taken *taken)
{
	free(taken->bytes);
	free(taken->observation);
}

/* Everything that was sent has been understood, and is there as it was sent. */
static void
check_complete(const struct taken *taken, const uint8_t *data, size_t size)
{
	size_t observed = taken->report.observed;

	REQUIRE(observed + sizeof(taken->status) == size);
	REQUIRE(memcmp(data + observed, &taken->status, sizeof(taken->status)) == 0);
	REQUIRE(taken->status.magic == CSC_STATUS_MAGIC);
	REQUIRE(taken->status.kind == CSC_STATUS_FAILED || (taken->status.kind == CSC_STATUS_ENDED && observed > 0));
}

static void
check_observation(const struct taken *taken, const uint8_t *data)
{
	struct csc_observation head;

	REQUIRE(taken->report.observed >= sizeof(head) && taken->report.observed <= CSC_OBSERVATION_MAX);
	REQUIRE(memcmp(taken->observation, data, taken->report.observed) == 0);
	memcpy(&head, data, sizeof(head));
	REQUIRE(head.magic == CSC_OBSERVATION_MAGIC && head.length == taken->report.observed);
	/* What a reader goes by lies inside. */
	REQUIRE((uint64_t)sizeof(head) + head.filter_len + head.mounts_len == head.length);
	REQUIRE(head.nlimits <= CSC_MAX_LIMITS && head.nfiles <= CSC_MAX_SEGMENTS && head.nstages <= CSC_MAX_STAGES);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct taken whole, pieces;
	uint32_t magic;

	take(&whole, data, size, size == 0 ? 1 : size);
	take(&pieces, data, size, size == 0 ? 1 : 1 + size / (1U + data[size - 1] % 8U));
	if (whole.complete)
		check_complete(&whole, data, size);
	memcpy(&magic, whole.observation, sizeof(magic));
	/* The magic is there if, and only if, all the rest is. */
	REQUIRE((magic == CSC_OBSERVATION_MAGIC) == (whole.report.observed > 0));
	if (whole.report.observed > 0)
		check_observation(&whole, data);
	/* Where the pieces end is an accident. */
	REQUIRE(whole.complete == pieces.complete && whole.report.broken == pieces.report.broken);
	REQUIRE(memcmp(whole.observation, pieces.observation, CSC_OBSERVATION_MAX) == 0);
	REQUIRE(memcmp(whole.report.filter_sha256, pieces.report.filter_sha256, CSC_SHA256_LEN) == 0);
	let_go(&whole);
	let_go(&pieces);
	return 0;
}

/* Mostly, the lengths of an observation are made to fit: else nothing is reached. */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	const size_t header = sizeof(struct csc_observation);
	const size_t record = sizeof(struct csc_status);
	size_t body;

	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed % 4 == 0 || size < header + record)
		return size;
	body = size - header - (seed % 4 == 1 ? 0 : record);
	store32(data, CSC_OBSERVATION_MAGIC);
	store32(data + 4, (uint32_t)(header + body));
	store32(data + 8, (uint32_t)(body / 3));
	store32(data + 12, (uint32_t)(body - body / 3));
	if (seed % 4 > 1) {
		store32(data + header + body, CSC_STATUS_MAGIC);
		data[header + body + 4] &= 3;
	}
	return size;
}
