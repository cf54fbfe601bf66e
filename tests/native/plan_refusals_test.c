/* The plan decoder: each thing that it must refuse, alone. */
#include "plan_builder.h"

static void
refuses_trailing_bytes(void)
{
	full_plan();
	built.data[built.len++] = 0;
	CHECK_REFUSED("plan says");
	store32(built.data + 8, (uint32_t)built.len);
	CHECK_REFUSED("after its last record");
	/* One record more than the header counts. */
	full_plan();
	store32(built.data + 12, built.count - 1);
	CHECK_REFUSED("after its last record");
	full_plan();
	store32(built.data + 12, built.count + 1);
	CHECK_REFUSED("ends inside record");
}

static void
refuses_a_wrong_header(void)
{
	for (size_t i = 0; i < 8; i++) {
		full_plan();
		built.data[i] ^= 1;
		CHECK_REFUSED("not a plan of this version");
	}
	full_plan();
	store32(built.data + 8, (uint32_t)built.len - 1);
	CHECK_REFUSED("plan says");
	/* A record that claims to be longer than the plan. */
	full_plan();
	store32(built.data + built.record + 4, 0xFFFFFFFFU);
	CHECK_REFUSED("longer than the plan");
}

static void
refuses_unknown_types(void)
{
	static const uint32_t types[] = { 0, 15, 255, 0x10001, 0x80000002, 0xFFFFFFFF };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		frame();
		segment();
		text_record(types[i], "/x");
		CHECK_REFUSED("malformed");
	}
}

/* Each with a byte too many, a byte too few, and without its NUL. */
static void
refuses_a_payload_of_wrong_size(void)
{
	full_plan();
	for (size_t at = HEADER_LEN; at < built.len;) {
		size_t payload = built.data[at + 4]; /* all are shorter than 256 */
		static struct bytes whole;

		whole = built;
		for (int change = -1; change <= 1; change += 2) {
			size_t from = at + 8 + payload;
			size_t to = from + (size_t)(long)change;

			memmove(built.data + to, whole.data + from, whole.len - from);
			if (change > 0)
				built.data[from] = 0;
			built.len = whole.len + (size_t)(long)change;
			built.data[at + 4] = (uint8_t)(payload + (size_t)(long)change);
			store32(built.data + 8, (uint32_t)built.len);
			CHECK_REFUSED("malformed");
			built = whole;
		}
		at += 8 + payload;
	}
}

static void
refuses_what_a_record_must_not_say(void)
{
#define REFUSED_RECORD(make)                                                                  \
	do {                                                                                  \
		frame();                                                                      \
		segment();                                                                    \
		make;                                                                         \
		CHECK_REFUSED("malformed");                                                   \
	} while (0)
	REFUSED_RECORD(dir_record(0755, "var"));
	REFUSED_RECORD(dir_record(0755, ""));
	REFUSED_RECORD(link_record("bin", "usr/bin"));
	REFUSED_RECORD(link_record("/bin", ""));
	REFUSED_RECORD(bind_record(16, "/a", "/b"));
	REFUSED_RECORD(bind_record(0x80000000U, "/a", "/b"));
	REFUSED_RECORD(bind_record(0, "a", "/b"));
	REFUSED_RECORD(bind_record(0, "/a", "b"));
	REFUSED_RECORD(tmpfs_record(CSC_BIND_RDONLY, "/tmp"));
	REFUSED_RECORD(tmpfs_record(0, "tmp"));
	REFUSED_RECORD(sized_tmpfs_record(0, 64, 0, "/tmp")); /* would have no bounds */
	REFUSED_RECORD(sized_tmpfs_record(4096, 0, 0, "/tmp"));
	REFUSED_RECORD(text_record(CSC_RECORD_PROC, "proc"));
	REFUSED_RECORD(text_record(CSC_RECORD_MASK, "x"));
	REFUSED_RECORD(allow_record(1, 1, "x"));
	REFUSED_RECORD(hold_record(CSC_BIND_NOEXEC, "/x"));
	REFUSED_RECORD(hold_record(0, "x"));
	REFUSED_RECORD(pin_record(8, 1, 1, 1, "/x"));
	REFUSED_RECORD(pin_record(0, 1U << CSC_MAX_SEGMENTS, 1, 1, "/x"));
	REFUSED_RECORD(pin_record(0, 1, 1, 1, "x"));
	REFUSED_RECORD({
		for (int i = 0; i <= CSC_MAX_INTERPRETERS; i++)
			pin_record(CSC_PIN_INTERPRETER, 0, 1, 1, "/x");
	});
	REFUSED_RECORD(limit_record(7, 1, 100));
	REFUSED_RECORD(text_record(CSC_RECORD_ENV, "NAME"));
	REFUSED_RECORD(text_record(CSC_RECORD_ENV, "=value"));
	REFUSED_RECORD(text_record(CSC_RECORD_ENV, ""));
	REFUSED_RECORD(text_record(CSC_RECORD_SEGMENT, "true"));
	REFUSED_RECORD(text_record(CSC_RECORD_CWD, "/twice"));
	REFUSED_RECORD(text_record(CSC_RECORD_HOSTNAME, "twice"));
	REFUSED_RECORD(root_record(1, 1));
	REFUSED_RECORD(owned_record(UINT32_MAX, 1, "/a", "/b"));
	REFUSED_RECORD(owned_record(1, UINT32_MAX, "/a", "/b"));
	REFUSED_RECORD(owned_record(1, 1, "a", "/b"));
	REFUSED_RECORD(owned_record(1, 1, "/a", "b"));
	REFUSED_RECORD(identity_record(65534, 65533, CSC_IDENTITY_SWITCHED)); /* twice */
	REFUSED_RECORD(landlock_record(0xE00F, 3, 4)); /* twice */
	REFUSED_RECORD(rule_record(0, "/a"));
	REFUSED_RECORD(rule_record(0x10, "/a")); /* not handled, so nobody would refuse it */
	REFUSED_RECORD(rule_record(1, "a"));
#undef REFUSED_RECORD
}

static void
refuses_a_plan_that_lacks_something(void)
{
	empty_plan();
	CHECK_REFUSED("lacks");
	frame();
	CHECK_REFUSED("nothing to execute");
	frame();
	text_record(CSC_RECORD_SEGMENT, "/bin/true");
	CHECK_REFUSED("no argv[0]");
	frame();
	text_record(CSC_RECORD_ARG, "before any segment");
	CHECK_REFUSED("malformed");
	empty_plan();
	text_record(CSC_RECORD_HOSTNAME, "csc");
	text_record(CSC_RECORD_CWD, "/w");
	segment();
	CHECK_REFUSED("lacks");
	empty_plan();
	root_record(1, 1);
	text_record(CSC_RECORD_CWD, "/w");
	segment();
	CHECK_REFUSED("lacks");
	empty_plan();
	root_record(1, 1);
	text_record(CSC_RECORD_HOSTNAME, "csc");
	segment();
	CHECK_REFUSED("lacks");
	empty_plan();
	root_record(1, 1);
	text_record(CSC_RECORD_HOSTNAME, "csc");
	text_record(CSC_RECORD_CWD, "/w");
	segment();
	CHECK_REFUSED("lacks"); /* its settings */
	empty_plan();
	root_record(1, 1);
	settings_record(0, 1);
	identity_record(1, 1, CSC_IDENTITY_CALLER);
	text_record(CSC_RECORD_HOSTNAME, "csc");
	text_record(CSC_RECORD_CWD, "/w");
	segment();
	CHECK_REFUSED("Landlock");
	empty_plan();
	landlock_record(0, 1, 0); /* nothing is handled, so nothing is scoped */
	CHECK_REFUSED("malformed");
	empty_plan();
	landlock_record(0, 0, 4);
	CHECK_REFUSED("malformed");
	empty_plan();
	rule_record(1, "/a"); /* before it is said what is handled */
	CHECK_REFUSED("malformed");
	empty_plan();
	settings_record(2, 1); /* an unknown flag */
	CHECK_REFUSED("malformed");
	empty_plan();
	settings_record(0, 0);
	CHECK_REFUSED("malformed");
	empty_plan();
	root_record(0, 1);
	CHECK_REFUSED("malformed");
	empty_plan();
	root_record(1, 0);
	CHECK_REFUSED("malformed");
}

static void
refuses_to_stay_root_by_a_change(void)
{
	static const uint32_t bad[][3] = { { 0, 1, CSC_IDENTITY_SWITCHED }, { 1, 0, CSC_IDENTITY_SWITCHED },
		{ UINT32_MAX, 1, CSC_IDENTITY_SWITCHED }, { 1, UINT32_MAX, CSC_IDENTITY_CALLER }, { 1, 1, 0 }, { 1, 1, 3 } };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		empty_plan();
		identity_record(bad[i][0], bad[i][1], bad[i][2]);
		CHECK_REFUSED("malformed");
	}
	empty_plan();
	root_record(1, 1);
	settings_record(0, 1);
	text_record(CSC_RECORD_HOSTNAME, "csc");
	text_record(CSC_RECORD_CWD, "/w");
	segment();
	CHECK_REFUSED("lacks"); /* its identity */
	landlock_record(0, 0, 0);
	identity_record(0, 0, CSC_IDENTITY_CALLER);
	CHECK_INT(decode(), 0);
	/* Only who changes to another user may ask for another owner's files. */
	owned_record(1000, 1000, "/a", "/b");
	CHECK_REFUSED("changes owners");
}

static const struct test TESTS[] = {
	{ "plan: bytes after the last record are refused", refuses_trailing_bytes },
	{ "plan: a wrong magic, total or length is refused", refuses_a_wrong_header },
	{ "plan: unknown types and a set zero field are refused", refuses_unknown_types },
	{ "plan: a payload one byte too long or short is refused", refuses_a_payload_of_wrong_size },
	{ "plan: relative paths, unknown flags, repeated records are refused", refuses_what_a_record_must_not_say },
	{ "plan: a change of user never leads to root, nor without one to others' files",
	    refuses_to_stay_root_by_a_change },
	{ "plan: one without root, cwd, name or command is refused", refuses_a_plan_that_lacks_something },
};
TESTS_MAIN(TESTS)
