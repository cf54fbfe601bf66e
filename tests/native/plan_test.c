/*
 * The plan decoder: a plan is understood whole or refused. Every input is
 * decoded from memory that ends where the plan ends, so that AddressSanitizer
 * sees a read of one byte more.
 */
#include "plan_builder.h"

static void
reads_every_record(void)
{
	struct csc_tree_cursor cursor;
	struct csc_tree_op op;
	static const enum csc_record order[] = { CSC_RECORD_DIR, CSC_RECORD_SYMLINK, CSC_RECORD_BIND,
		CSC_RECORD_BIND_OWNED, CSC_RECORD_TMPFS, CSC_RECORD_PROC, CSC_RECORD_MASK };

	full_plan();
	/* Not through decode(): what was decoded points into the bytes. */
	CHECK_INT(csc_plan_decode(built.data, built.len, &plan, &err), 0);
	CHECK_INT(plan.root_bytes, 1048576);
	CHECK_INT(plan.root_inodes, 8192);
	CHECK_INT(plan.uid, 65534);
	CHECK_INT(plan.gid, 65533);
	CHECK_INT(plan.identity, CSC_IDENTITY_SWITCHED);
	CHECK_INT(plan.nowned, 1);
	CHECK_TEXT(plan.hostname, "csc");
	CHECK_TEXT(plan.cwd, "/w");
	CHECK_INT(plan.landlock.handled, 0xE00F);
	CHECK_INT(plan.landlock.scoped, 3);
	CHECK_INT(plan.landlock.flags, 4);
	CHECK_INT(plan.landlock.nrules, 2);
	CHECK_INT(plan.nlimits, 1);
	CHECK_INT(plan.limits[0].resource, 7);
	CHECK_INT(plan.limits[0].value, 0x100000002LL);
	CHECK_INT(plan.nenv, 2);
	CHECK_TEXT(plan.env[1], "EMPTY=");
	CHECK(plan.env[2] == NULL);
	CHECK_INT(plan.nsegments, 2);
	CHECK_TEXT(plan.segments[0].file, "/bin/cat");
	CHECK_INT(plan.segments[0].argc, 2);
	CHECK_TEXT(plan.segments[0].argv[1], "");
	CHECK(plan.segments[0].argv[2] == NULL);
	CHECK_TEXT(plan.segments[1].argv[0], "true");
	cursor = csc_plan_tree(&plan);
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		CHECK_INT(csc_plan_next(&cursor, &op), 1);
		CHECK_INT(op.type, order[i]);
		if (op.type == CSC_RECORD_BIND)
			CHECK_INT(op.flags, CSC_BIND_RDONLY | CSC_BIND_DIR);
		if (op.type == CSC_RECORD_BIND_OWNED) {
			CHECK_INT(op.uid, 1000);
			CHECK_INT(op.gid, 0);
			CHECK_TEXT(op.source, "/srv");
		}
		if (op.type == CSC_RECORD_TMPFS)
			CHECK_INT(op.mode, 01777);
		if (op.type == CSC_RECORD_SYMLINK)
			CHECK_TEXT(op.source, "usr/bin");
	}
	CHECK_INT(csc_plan_next(&cursor, &op), 0);
}

static void
refuses_any_cut(void)
{
	full_plan();
	for (size_t len = 0; len < built.len; len++) {
		uint8_t *cut = guarded_copy(built.data, len);

		/* As it was, and with a header that agrees with the cut. */
		int honest = csc_plan_decode(cut, len, &plan, &err);
		if (len >= HEADER_LEN)
			store32(cut + 8, (uint32_t)len);
		int adjusted = csc_plan_decode(cut, len, &plan, &err);
		free(cut);
		CHECK_INT(honest, -1);
		CHECK_INT(adjusted, -1);
	}
	CHECK_INT(csc_plan_decode(NULL, 0, &plan, &err), -1);
}

static void
keeps_its_bounds(void)
{
	frame();
	for (int i = 0; i < CSC_MAX_SEGMENTS; i++)
		segment();
	CHECK_INT(decode(), 0);
	CHECK_INT(plan.nsegments, 10);
	segment();
	CHECK_REFUSED("malformed");

	frame();
	text_record(CSC_RECORD_SEGMENT, "/bin/true");
	for (int i = 0; i < CSC_MAX_ARGS; i++)
		text_record(CSC_RECORD_ARG, "a");
	CHECK_INT(decode(), 0);
	CHECK_INT(plan.segments[0].argc, 200);
	CHECK(plan.segments[0].argv[200] == NULL);
	text_record(CSC_RECORD_ARG, "a");
	CHECK_REFUSED("malformed");

	frame();
	segment();
	for (int i = 0; i < CSC_MAX_ENV; i++)
		text_record(CSC_RECORD_ENV, "A=b");
	CHECK_INT(decode(), 0);
	CHECK(plan.env[CSC_MAX_ENV] == NULL);
	text_record(CSC_RECORD_ENV, "A=b");
	CHECK_REFUSED("malformed");

	frame();
	segment();
	for (uint32_t i = 0; i < CSC_MAX_LIMITS; i++)
		limit_record(i, 0, UINT64_MAX);
	CHECK_INT(decode(), 0);
	CHECK(plan.limits[15].value == UINT64_MAX);
	limit_record(0, 0, 1);
	CHECK_REFUSED("malformed");
}

/* Reads all that an accepted plan points at; true if it lies in its bytes. */
static bool
walk(const uint8_t *bytes, size_t len)
{
	struct csc_tree_cursor cursor = csc_plan_tree(&plan);
	struct csc_tree_op op;
	size_t read = strlen(plan.cwd) + strlen(plan.hostname);

	for (size_t i = 0; i < plan.nenv; i++)
		read += strlen(plan.env[i]);
	for (size_t i = 0; i < plan.nsegments; i++) {
		read += strlen(plan.segments[i].file);
		for (size_t k = 0; k < plan.segments[i].argc; k++)
			read += strlen(plan.segments[i].argv[k]);
	}
	while (csc_plan_next(&cursor, &op)) {
		const uint8_t *path = (const uint8_t *)op.path;

		if (path < bytes || path >= bytes + len || *path != '/')
			return false;
		read += strlen(op.path) + (op.source ? strlen(op.source) : 0);
	}
	return read < len && cursor.at == cursor.end && plan.nsegments >= 1;
}

static void
survives_mutation(void)
{
	uint64_t state = 0x9E3779B97F4A7C15ULL;
	size_t accepted = 0, refused = 0;

	full_plan();
	for (int round = 0; round < 20000; round++) {
		uint8_t *bytes = guarded_copy(built.data, built.len);
		uint64_t changes = 1 + next_number(&state) % 4;

		while (changes-- > 0) {
			uint64_t number = next_number(&state);
			size_t at = (size_t)(number >> 16) % built.len;
			/* A bit, a small number, or any byte. */
			uint8_t flipped = (uint8_t)(bytes[at] ^ (1U << (number & 7)));
			uint8_t any = (uint8_t)(number >> 8);

			bytes[at] = number & 8 ? flipped : number & 4 ? any % 20 : any;
		}
		bool taken = csc_plan_decode(bytes, built.len, &plan, &err) == 0;
		bool sound = !taken || walk(bytes, built.len);
		free(bytes);
		CHECK(sound);
		*(taken ? &accepted : &refused) += 1;
	}
	/* A run that only ever met one of the two would prove little. */
	CHECK(accepted > 1000);
	CHECK(refused > 1000);
}

static const struct test TESTS[] = {
	{ "plan: every record is read as it was written", reads_every_record },
	{ "plan: cut anywhere, it is refused", refuses_any_cut },
	{ "plan: 10 segments, 200 arguments, 1024 variables, 16 limits and not one more", keeps_its_bounds },
	{ "plan: 20000 mutations are refused or read within their bytes", survives_mutation },
};
TESTS_MAIN(TESTS)
