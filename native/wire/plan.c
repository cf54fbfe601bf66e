#include "plan.h"

#include <string.h>

#include "reader.h"

#define HEADER_LEN 16
#define RECORD_LEN 8
#define PLAN_MAX ((size_t)64 * 1024 * 1024)

/* Reads a tree operation; false when the type is none. */
static bool
take_tree_op(uint32_t type, struct reader *r, struct csc_tree_op *op)
{
	memset(op, 0, sizeof(*op));
	op->type = (enum csc_record)type;
	switch (type) {
	case CSC_RECORD_DIR:
		op->mode = take32(r);
		op->path = take_path(r);
		return true;
	case CSC_RECORD_FILE:
		op->mode = take32(r);
		op->path = take_path(r);
		op->source = take_text(r);
		return true;
	case CSC_RECORD_SYMLINK:
		op->path = take_path(r);
		op->source = take_text(r);
		if (op->source[0] == '\0')
			r->bad = true;
		return true;
	case CSC_RECORD_OVERLAY:
	case CSC_RECORD_BIND_OWNED:
	case CSC_RECORD_BIND:
		op->flags = take32(r);
		if (type != CSC_RECORD_BIND) {
			op->uid = take_id(r);
			op->gid = take_id(r);
		}
		op->work = type == CSC_RECORD_OVERLAY ? take32(r) : 0;
		op->source = take_path(r);
		op->path = take_path(r);
		op->layers = type == CSC_RECORD_OVERLAY ? take_path(r) : NULL;
		if ((op->flags & ~CSC_BIND_ALL) != 0 || (type == CSC_RECORD_OVERLAY && (op->flags & CSC_BIND_DIR) == 0))
			r->bad = true;
		return true;
	case CSC_RECORD_TMPFS:
		op->mode = take32(r);
		op->flags = take32(r);
		op->bytes = take64(r);
		op->inodes = take64(r);
		op->path = take_path(r);
		/* A size of 0 is a tmpfs without bounds: never what a plan means. */
		if ((op->flags & ~CSC_BIND_NOEXEC) != 0 || op->bytes == 0 || op->inodes == 0)
			r->bad = true;
		return true;
	case CSC_RECORD_PIN:
		op->flags = take32(r);
		op->segments = take32(r);
		op->device = take64(r);
		op->inode = take64(r);
		op->path = take_path(r);
		if ((op->flags & ~CSC_PIN_ALL) != 0 || op->segments >> CSC_MAX_SEGMENTS != 0)
			r->bad = true;
		return true;
	case CSC_RECORD_ALLOW:
		op->device = take64(r);
		op->inode = take64(r);
		op->path = take_path(r);
		return true;
	case CSC_RECORD_HOLD:
		op->flags = take32(r);
		op->path = take_path(r);
		if ((op->flags & ~(CSC_BIND_RDONLY | CSC_BIND_DIR)) != 0)
			r->bad = true;
		return true;
	case CSC_RECORD_PROC:
	case CSC_RECORD_MASK:
		op->path = take_path(r);
		return true;
	default:
		return false;
	}
}

/* Records that may come once. */
static void
once(const char **slot, const char *value, struct reader *r)
{
	if (*slot)
		r->bad = true;
	*slot = value;
}

static void
take_identity(struct reader *r, struct csc_plan *plan)
{
	bool again = plan->identity != 0;

	plan->uid = take_id(r);
	plan->gid = take_id(r);
	plan->identity = take32(r);
	if (again || (plan->identity != CSC_IDENTITY_CALLER && plan->identity != CSC_IDENTITY_SWITCHED))
		r->bad = true;
	/* Whoever asks for a change never asks to stay root. */
	if (plan->identity == CSC_IDENTITY_SWITCHED && (plan->uid == 0 || plan->gid == 0))
		r->bad = true;
}

static void
take_limit(struct reader *r, struct csc_plan *plan)
{
	struct csc_limit limit = { .resource = take32(r) };

	if (take32(r) != 0 || plan->nlimits == CSC_MAX_LIMITS) {
		r->bad = true;
		return;
	}
	limit.value = take64(r);
	plan->limits[plan->nlimits++] = limit;
}

static void
take_landlock(struct reader *r, struct csc_plan *plan)
{
	bool again = plan->nlandlock++ > 0;

	plan->landlock.handled = take64(r);
	plan->landlock.scoped = take64(r);
	plan->landlock.flags = take32(r);
	if (take32(r) != 0 || again)
		r->bad = true;
	/* Without a domain there is nothing to be scoped or logged. */
	if (plan->landlock.handled == 0 && (plan->landlock.scoped != 0 || plan->landlock.flags != 0))
		r->bad = true;
}

static struct csc_landlock_rule
take_landlock_rule(struct reader *r)
{
	struct csc_landlock_rule rule = { .rights = take64(r) };

	rule.path = take_path(r);
	if (rule.rights == 0)
		r->bad = true;
	return rule;
}

static void
take_segment(struct reader *r, struct csc_plan *plan)
{
	const char *file = take_path(r);

	if (plan->nsegments == CSC_MAX_SEGMENTS)
		r->bad = true;
	if (!r->bad)
		plan->segments[plan->nsegments++].file = file;
}

static void
take_arg(struct reader *r, struct csc_plan *plan)
{
	const char *arg = take_text(r);

	if (plan->nsegments == 0) {
		r->bad = true;
		return;
	}
	struct csc_segment *segment = &plan->segments[plan->nsegments - 1];
	if (segment->argc == CSC_MAX_ARGS) {
		r->bad = true;
		return;
	}
	segment->argv[segment->argc++] = arg;
}

static void
take_env(struct reader *r, struct csc_plan *plan)
{
	const char *entry = take_text(r);
	const char *equals = strchr(entry, '=');

	if (!equals || equals == entry || plan->nenv == CSC_MAX_ENV) {
		r->bad = true;
		return;
	}
	plan->env[plan->nenv++] = entry;
}

static bool
take_record(uint32_t type, struct reader *r, struct csc_plan *plan)
{
	struct csc_tree_op op;

	switch (type) {
	case CSC_RECORD_ROOT:
		if (plan->root_bytes != 0)
			r->bad = true;
		plan->root_bytes = take64(r);
		plan->root_inodes = take64(r);
		if (plan->root_bytes == 0 || plan->root_inodes == 0)
			r->bad = true;
		break;
	case CSC_RECORD_SETTINGS:
		if (plan->last_seconds != 0)
			r->bad = true;
		plan->flags = take32(r);
		plan->last_seconds = take32(r);
		if ((plan->flags & ~CSC_PLAN_ALL) != 0 || plan->last_seconds == 0)
			r->bad = true;
		break;
	case CSC_RECORD_RUN_AS:
		take_identity(r, plan);
		break;
	case CSC_RECORD_LANDLOCK:
		take_landlock(r, plan);
		break;
	case CSC_RECORD_LANDLOCK_RULE:
		/* Behind what it is a rule of, and within it. */
		if ((take_landlock_rule(r).rights & ~plan->landlock.handled) != 0)
			r->bad = true;
		plan->landlock.nrules++;
		break;
	case CSC_RECORD_LIMIT:
		take_limit(r, plan);
		break;
	case CSC_RECORD_HOSTNAME:
		once(&plan->hostname, take_text(r), r);
		break;
	case CSC_RECORD_CWD:
		once(&plan->cwd, take_path(r), r);
		break;
	case CSC_RECORD_ENV:
		take_env(r, plan);
		break;
	case CSC_RECORD_SEGMENT:
		take_segment(r, plan);
		break;
	case CSC_RECORD_ARG:
		take_arg(r, plan);
		break;
	default:
		if (!take_tree_op(type, r, &op))
			return false;
		plan->nowned += type == CSC_RECORD_BIND_OWNED;
		plan->noverlays += type == CSC_RECORD_OVERLAY;
		if (type == CSC_RECORD_PIN && (op.flags & CSC_PIN_INTERPRETER) != 0 &&
		    ++plan->ninterpreters > CSC_MAX_INTERPRETERS)
			r->bad = true;
	}
	return !r->bad && r->at == r->end;
}

static int
check_whole(const struct csc_plan *plan, struct csc_err *err)
{
	if (plan->root_bytes == 0 || plan->last_seconds == 0 || plan->identity == 0 || !plan->cwd || !plan->hostname)
		return csc_fail(err, CSC_STAGE_PLAN, 0, "plan lacks its root, settings, identity, cwd or host name");
	if (plan->nlandlock == 0)
		return csc_fail(err, CSC_STAGE_PLAN, 0, "plan does not say what Landlock handles");
	if (plan->nowned > 0 && plan->identity != CSC_IDENTITY_SWITCHED)
		return csc_fail(err, CSC_STAGE_PLAN, 0, "plan changes owners, but not the user");
	if (plan->nsegments == 0)
		return csc_fail(err, CSC_STAGE_PLAN, 0, "plan has nothing to execute");
	for (size_t i = 0; i < plan->nsegments; i++) {
		if (plan->segments[i].argc == 0)
			return csc_fail(err, CSC_STAGE_PLAN, 0, "segment %zu has no argv[0]", i);
	}
	return 0;
}

int
csc_plan_decode(const uint8_t *bytes, size_t len, struct csc_plan *plan, struct csc_err *err)
{
	const uint8_t *at, *end;
	uint32_t count;

	memset(plan, 0, sizeof(*plan));
	if (len < HEADER_LEN || len > PLAN_MAX || memcmp(bytes, CSC_PLAN_MAGIC, 8) != 0)
		return csc_fail(err, CSC_STAGE_PLAN, 0, "not a plan of this version");
	if (load32(bytes + 8) != len)
		return csc_fail(err, CSC_STAGE_PLAN, 0, "plan says %u bytes, has %zu", load32(bytes + 8), len);
	at = plan->records = bytes + HEADER_LEN;
	end = bytes + len;
	plan->records_len = len - HEADER_LEN;
	count = load32(bytes + 12);
	for (uint32_t i = 0; i < count; i++) {
		struct reader r;
		uint32_t type;
		uint32_t payload;

		if (end - at < RECORD_LEN)
			return csc_fail(err, CSC_STAGE_PLAN, 0, "plan ends inside record %u", i);
		type = load32(at); /* the upper half is the zero field: unknown when set */
		payload = load32(at + 4);
		at += RECORD_LEN;
		if ((size_t)(end - at) < payload)
			return csc_fail(err, CSC_STAGE_PLAN, 0, "record %u is longer than the plan", i);
		r = (struct reader){ .at = at, .end = at + payload };
		if (!take_record(type, &r, plan))
			return csc_fail(err, CSC_STAGE_PLAN, 0, "record %u of type %u is malformed", i, type);
		at += payload;
	}
	if (at != end)
		return csc_fail(err, CSC_STAGE_PLAN, 0, "plan has %zu bytes after its last record", (size_t)(end - at));
	if (plan->identity == CSC_IDENTITY_SWITCHED)
		plan->nowned += 2 * plan->noverlays; /* source and layers */
	return check_whole(plan, err);
}

struct csc_tree_cursor
csc_plan_tree(const struct csc_plan *plan)
{
	return (struct csc_tree_cursor){ .at = plan->records, .end = plan->records + plan->records_len };
}

int
csc_plan_next(struct csc_tree_cursor *cursor, struct csc_tree_op *op)
{
	/* The plan was decoded whole before: lengths hold. */
	while (cursor->at != cursor->end) {
		uint32_t type = load32(cursor->at);
		uint32_t payload = load32(cursor->at + 4);
		struct reader r = { .at = cursor->at + RECORD_LEN, .end = cursor->at + RECORD_LEN + payload };

		cursor->at = r.end;
		if (take_tree_op(type, &r, op))
			return 1;
	}
	return 0;
}

int
csc_plan_next_rule(struct csc_tree_cursor *cursor, struct csc_landlock_rule *rule)
{
	/* The same: lengths hold. */
	while (cursor->at != cursor->end) {
		uint32_t type = load32(cursor->at);
		uint32_t payload = load32(cursor->at + 4);
		struct reader r = { .at = cursor->at + RECORD_LEN, .end = cursor->at + RECORD_LEN + payload };

		cursor->at = r.end;
		if (type == CSC_RECORD_LANDLOCK_RULE) {
			*rule = take_landlock_rule(&r);
			return 1;
		}
	}
	return 0;
}
