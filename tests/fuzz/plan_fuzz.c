/*
 * The decoder of plans (native/wire/plan.c) on anybody's bytes. Beyond memory
 * faults: what it accepts means one thing only. Every accepted plan is written
 * again from what was decoded, and must come out byte for byte the same.
 */
#include <stdlib.h>
#include <string.h>

#include "../../native/wire/plan.h"
#include "fuzz.h"

#define HEADER_LEN 16
#define RECORD_LEN 8

/* The plan written again, from what was decoded. */
struct again {
	uint8_t *bytes;
	size_t len;
	size_t capacity;
};

static void
put_bytes(struct again *again, const void *from, size_t len)
{
	REQUIRE(len <= again->capacity - again->len);
	memcpy(again->bytes + again->len, from, len);
	again->len += len;
}

static void
put32(struct again *again, uint32_t value)
{
	uint8_t bytes[4];

	store32(bytes, value);
	put_bytes(again, bytes, sizeof(bytes));
}

static void
put64(struct again *again, uint64_t value)
{
	put32(again, (uint32_t)value);
	put32(again, (uint32_t)(value >> 32));
}

static void
put_text(struct again *again, const char *text)
{
	put_bytes(again, text, strlen(text) + 1);
}

static void
put_path(struct again *again, const char *path)
{
	REQUIRE(path[0] == '/');
	put_text(again, path);
}

/* How far the lists of the plan have been written. */
struct position {
	size_t limit;
	size_t env;
	size_t segment; /* one past the segment begun last */
	size_t arg;
	size_t owned;
	size_t rule;
	size_t overlays;
	struct csc_tree_cursor tree;
	struct csc_tree_cursor rules;
};

static void
put_tree_op(struct again *again, uint32_t type, struct position *at)
{
	struct csc_tree_op op;

	REQUIRE(csc_plan_next(&at->tree, &op) == 1);
	REQUIRE((uint32_t)op.type == type);
	switch (op.type) {
	case CSC_RECORD_DIR:
	case CSC_RECORD_FILE:
		put32(again, op.mode);
		break;
	case CSC_RECORD_OVERLAY:
		REQUIRE((op.flags & ~CSC_BIND_ALL) == 0 && (op.flags & CSC_BIND_DIR) != 0);
		put32(again, op.flags);
		put32(again, op.uid);
		put32(again, op.gid);
		put32(again, op.work);
		put_path(again, op.source);
		at->overlays++;
		break;
	case CSC_RECORD_BIND_OWNED:
	case CSC_RECORD_BIND:
		REQUIRE((op.flags & ~CSC_BIND_ALL) == 0);
		put32(again, op.flags);
		if (op.type == CSC_RECORD_BIND_OWNED) {
			put32(again, op.uid);
			put32(again, op.gid);
			at->owned++;
		}
		put_path(again, op.source);
		break;
	case CSC_RECORD_TMPFS:
		put32(again, op.mode);
		put32(again, op.flags);
		put64(again, op.bytes);
		put64(again, op.inodes);
		break;
	default:
		break;
	}
	put_path(again, op.path);
	if (op.type == CSC_RECORD_SYMLINK || op.type == CSC_RECORD_FILE)
		put_text(again, op.source);
	if (op.type == CSC_RECORD_OVERLAY)
		put_path(again, op.layers);
}

static void
put_record(struct again *again, const struct csc_plan *plan, uint32_t type, struct position *at)
{
	const struct csc_limit *limit;
	struct csc_landlock_rule rule;

	switch (type) {
	case CSC_RECORD_ROOT:
		put64(again, plan->root_bytes);
		put64(again, plan->root_inodes);
		break;
	case CSC_RECORD_SETTINGS:
		put32(again, plan->flags);
		put32(again, plan->last_seconds);
		break;
	case CSC_RECORD_RUN_AS:
		put32(again, plan->uid);
		put32(again, plan->gid);
		put32(again, plan->identity);
		break;
	case CSC_RECORD_LANDLOCK:
		put64(again, plan->landlock.handled);
		put64(again, plan->landlock.scoped);
		put32(again, plan->landlock.flags);
		put32(again, 0);
		break;
	case CSC_RECORD_LANDLOCK_RULE:
		REQUIRE(csc_plan_next_rule(&at->rules, &rule) == 1);
		/* No rule grants what is not handled: nobody would have refused it. */
		REQUIRE(rule.rights != 0 && (rule.rights & ~plan->landlock.handled) == 0);
		put64(again, rule.rights);
		put_path(again, rule.path);
		at->rule++;
		break;
	case CSC_RECORD_LIMIT:
		REQUIRE(at->limit < plan->nlimits);
		limit = &plan->limits[at->limit++];
		put32(again, limit->resource);
		put32(again, 0);
		put64(again, limit->value);
		break;
	case CSC_RECORD_HOSTNAME:
		put_text(again, plan->hostname);
		break;
	case CSC_RECORD_CWD:
		put_path(again, plan->cwd);
		break;
	case CSC_RECORD_ENV:
		REQUIRE(at->env < plan->nenv);
		REQUIRE(strchr(plan->env[at->env], '=') > plan->env[at->env]);
		put_text(again, plan->env[at->env++]);
		break;
	case CSC_RECORD_SEGMENT:
		REQUIRE(at->segment < plan->nsegments);
		put_path(again, plan->segments[at->segment++].file);
		at->arg = 0;
		break;
	case CSC_RECORD_ARG:
		REQUIRE(at->segment > 0);
		REQUIRE(at->arg < plan->segments[at->segment - 1].argc);
		put_text(again, plan->segments[at->segment - 1].argv[at->arg++]);
		break;
	default:
		put_tree_op(again, type, at);
	}
}

/* The order of the records is free, so their types are taken from the input. */
static void
write_again(struct again *again, const struct csc_plan *plan, const uint8_t *bytes)
{
	struct position at = { .tree = csc_plan_tree(plan), .rules = csc_plan_tree(plan) };
	struct csc_tree_op none;
	struct csc_landlock_rule no_rule;
	uint32_t count = load32(bytes + 12);

	put_bytes(again, CSC_PLAN_MAGIC, 8);
	put32(again, (uint32_t)again->capacity);
	put32(again, count);
	for (uint32_t i = 0; i < count; i++) {
		size_t record = again->len;
		uint32_t type;

		REQUIRE(again->capacity - record >= RECORD_LEN);
		type = load32(bytes + record);
		put32(again, type);
		put32(again, 0);
		put_record(again, plan, type, &at);
		store32(again->bytes + record + 4, (uint32_t)(again->len - record - RECORD_LEN));
	}
	REQUIRE(csc_plan_next(&at.tree, &none) == 0);
	REQUIRE(at.limit == plan->nlimits && at.env == plan->nenv && at.segment == plan->nsegments);
	REQUIRE(csc_plan_next_rule(&at.rules, &no_rule) == 0);
	REQUIRE(at.rule == plan->landlock.nrules);
	REQUIRE(at.overlays == plan->noverlays);
	REQUIRE(at.owned + (plan->identity == CSC_IDENTITY_SWITCHED ? 2 * at.overlays : 0) == plan->nowned);
}

/* What execve is going to walk must end where it says; a change of user is no way to be root. */
static void
check_meaning(const struct csc_plan *plan)
{
	if (plan->identity == CSC_IDENTITY_SWITCHED)
		REQUIRE(plan->uid != 0 && plan->gid != 0);
	else
		REQUIRE(plan->identity == CSC_IDENTITY_CALLER && plan->nowned == 0);
	if (plan->landlock.handled == 0)
		REQUIRE(plan->landlock.nrules == 0 && plan->landlock.scoped == 0 && plan->landlock.flags == 0);
	REQUIRE(plan->uid != UINT32_MAX && plan->gid != UINT32_MAX);
	REQUIRE(plan->last_seconds > 0 && plan->root_bytes > 0 && plan->root_inodes > 0);
	REQUIRE(plan->nsegments > 0);
	REQUIRE(plan->env[plan->nenv] == NULL);
	for (size_t i = 0; i < plan->nsegments; i++) {
		REQUIRE(plan->segments[i].argc > 0);
		REQUIRE(plan->segments[i].argv[plan->segments[i].argc] == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct csc_plan plan;
	struct csc_err err = { .stage = CSC_STAGE_NONE };
	struct again again = { .bytes = malloc(size + 1), .capacity = size };

	REQUIRE(again.bytes != NULL);
	if (csc_plan_decode(data, size, &plan, &err) < 0) {
		REQUIRE(err.stage == CSC_STAGE_PLAN);
		REQUIRE(memchr(err.text, '\0', sizeof(err.text)) != NULL);
	} else {
		REQUIRE(err.stage == CSC_STAGE_NONE);
		check_meaning(&plan);
		write_again(&again, &plan, data);
		REQUIRE(again.len == size && memcmp(again.bytes, data, size) == 0);
	}
	free(again.bytes);
	return 0;
}

/* Sets the length of the record at `at` to what is left, when it says more. */
static size_t
mend_record(uint8_t *data, size_t at, size_t size)
{
	size_t left = size - at - RECORD_LEN;

	if (load32(data + at + 4) > left)
		store32(data + at + 4, (uint32_t)left);
	return at + RECORD_LEN + load32(data + at + 4);
}

/*
 * A change of a length anywhere would nearly always be refused at the header,
 * and nothing behind it be reached: mostly, header and lengths are mended.
 */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	uint32_t count = 0;

	size = LLVMFuzzerMutate(data, size, max_size);
	if (seed % 8 == 0 || size < HEADER_LEN)
		return size;
	memcpy(data, CSC_PLAN_MAGIC, 8);
	for (size_t at = HEADER_LEN; size - at >= RECORD_LEN; count++)
		at = mend_record(data, at, size);
	store32(data + 8, (uint32_t)size);
	store32(data + 12, count);
	return size;
}
