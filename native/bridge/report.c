#include "report.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

void
csc_report_begin(struct csc_report *report, uint8_t *bytes, uint8_t *observation)
{
	memset(report, 0, sizeof(*report));
	report->fd = -1;
	report->bytes = bytes;
	report->observation = observation;
}

/* Whether a header that came is one that we could have sent. */
static bool
sound(const struct csc_observation *head)
{
	return head->length <= CSC_OBSERVATION_MAX && head->filter_len <= CSC_OBSERVATION_MAX &&
	    head->mounts_len <= CSC_OBSERVATION_MAX &&
	    head->length == sizeof(*head) + head->filter_len + head->mounts_len && head->nlimits <= CSC_MAX_LIMITS &&
	    head->nfiles <= CSC_MAX_SEGMENTS && head->nstages <= CSC_MAX_STAGES;
}

static void
publish(struct csc_report *report, const struct csc_observation *head)
{
	struct csc_sha256 hash;

	csc_sha256_init(&hash);
	csc_sha256_add(&hash, report->bytes + sizeof(*head), head->filter_len);
	csc_sha256_end(&hash, report->filter_sha256);
	memcpy(report->observation + sizeof(head->magic), report->bytes + sizeof(head->magic),
	    head->length - sizeof(head->magic));
	report->observed = head->length;
	/* Another thread may be looking already. */
	atomic_store_explicit((_Atomic uint32_t *)(void *)report->observation, head->magic, memory_order_release);
}

/* Looks at what has come so far; there is an observation, or none, at its start. */
static void
look(struct csc_report *report)
{
	struct csc_observation head;
	uint32_t magic;

	if (report->observed > 0 || report->len < sizeof(magic))
		return;
	memcpy(&magic, report->bytes, sizeof(magic));
	if (magic != CSC_OBSERVATION_MAGIC || report->len < sizeof(head))
		return;
	memcpy(&head, report->bytes, sizeof(head));
	if (!sound(&head))
		report->broken = true;
	else if (report->len >= head.length)
		publish(report, &head);
}

void
csc_report_read(struct csc_report *report)
{
	while (report->fd >= 0 && !report->broken) {
		ssize_t n = read(report->fd, report->bytes + report->len, CSC_REPORT_ROOM - report->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			break;
		report->len += (size_t)n;
		look(report);
		if (report->len == CSC_REPORT_ROOM)
			report->broken = true;
	}
	report->fd = -1;
}

bool
csc_report_status(const struct csc_report *report, struct csc_status *status)
{
	if (report->broken || report->len - report->observed != sizeof(*status))
		return false;
	memcpy(status, report->bytes + report->observed, sizeof(*status));
	if (status->magic != CSC_STATUS_MAGIC)
		return false;
	/* Nothing of a command has run that was not observed before. */
	return status->kind == CSC_STATUS_FAILED || (status->kind == CSC_STATUS_ENDED && report->observed > 0);
}
