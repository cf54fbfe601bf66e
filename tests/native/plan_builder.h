/* Writes plans, well-formed or not, for the tests of the decoder. */
#ifndef CSC_TESTS_PLAN_BUILDER_H
#define CSC_TESTS_PLAN_BUILDER_H

#include "../../native/wire/plan.h"
#include "harness.h"

#define HEADER_LEN 16

/* A plan under construction. */
struct bytes {
	uint8_t data[256 * 1024];
	size_t len;
	size_t record; /* where the current record starts */
	uint32_t count;
};

static struct bytes built; /* too large for a small stack */
static inline void
store32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static inline void
put32(uint32_t value)
{
	store32(built.data + built.len, value);
	built.len += 4;
}

static inline void
put64(uint64_t value)
{
	put32((uint32_t)value);
	put32((uint32_t)(value >> 32));
}

static inline void
put_text(const char *text)
{
	memcpy(built.data + built.len, text, strlen(text) + 1);
	built.len += strlen(text) + 1;
}

static inline void
begin(uint32_t type)
{
	built.record = built.len;
	built.count++;
	put32(type);
	put32(0);
}

/* Fills in the lengths that the record and the plan have now. */
static inline void
end(void)
{
	store32(built.data + built.record + 4, (uint32_t)(built.len - built.record - 8));
	store32(built.data + 8, (uint32_t)built.len);
	store32(built.data + 12, built.count);
}

static inline void
text_record(uint32_t type, const char *text)
{
	begin(type);
	put_text(text);
	end();
}

static inline void
limit_record(uint32_t resource, uint32_t zero, uint64_t value)
{
	begin(CSC_RECORD_LIMIT);
	put32(resource);
	put32(zero);
	put64(value);
	end();
}

static inline void
root_record(uint64_t bytes, uint64_t inodes)
{
	begin(CSC_RECORD_ROOT);
	put64(bytes);
	put64(inodes);
	end();
}

static inline void
settings_record(uint32_t flags, uint32_t last_seconds)
{
	begin(CSC_RECORD_SETTINGS);
	put32(flags);
	put32(last_seconds);
	end();
}

static inline void
bind_record(uint32_t flags, const char *source, const char *path)
{
	begin(CSC_RECORD_BIND);
	put32(flags);
	put_text(source);
	put_text(path);
	end();
}

static inline void
owned_record(uint32_t uid, uint32_t gid, const char *source, const char *path)
{
	begin(CSC_RECORD_BIND_OWNED);
	put32(CSC_BIND_DIR);
	put32(uid);
	put32(gid);
	put_text(source);
	put_text(path);
	end();
}

static inline void
identity_record(uint32_t uid, uint32_t gid, uint32_t identity)
{
	begin(CSC_RECORD_RUN_AS);
	put32(uid);
	put32(gid);
	put32(identity);
	end();
}

static inline void
sized_tmpfs_record(uint64_t bytes, uint64_t inodes, uint32_t flags, const char *path)
{
	begin(CSC_RECORD_TMPFS);
	put32(01777);
	put32(flags);
	put64(bytes);
	put64(inodes);
	put_text(path);
	end();
}

static inline void
allow_record(uint64_t device, uint64_t inode, const char *path)
{
	begin(CSC_RECORD_ALLOW);
	put64(device);
	put64(inode);
	put_text(path);
	end();
}

static inline void
hold_record(uint32_t flags, const char *path)
{
	begin(CSC_RECORD_HOLD);
	put32(flags);
	put_text(path);
	end();
}

static inline void
pin_record(uint32_t flags, uint32_t segments, uint64_t device, uint64_t inode, const char *path)
{
	begin(CSC_RECORD_PIN);
	put32(flags);
	put32(segments);
	put64(device);
	put64(inode);
	put_text(path);
	end();
}

static inline void
tmpfs_record(uint32_t flags, const char *path)
{
	sized_tmpfs_record(4096, 64, flags, path);
}

static inline void
link_record(const char *path, const char *target)
{
	begin(CSC_RECORD_SYMLINK);
	put_text(path);
	put_text(target);
	end();
}

static inline void
landlock_record(uint64_t handled, uint64_t scoped, uint32_t flags)
{
	begin(CSC_RECORD_LANDLOCK);
	put64(handled);
	put64(scoped);
	put32(flags);
	put32(0);
	end();
}

static inline void
rule_record(uint64_t rights, const char *path)
{
	begin(CSC_RECORD_LANDLOCK_RULE);
	put64(rights);
	put_text(path);
	end();
}

static inline void
dir_record(uint32_t mode, const char *path)
{
	begin(CSC_RECORD_DIR);
	put32(mode);
	put_text(path);
	end();
}

static inline void
empty_plan(void)
{
	memcpy(built.data, CSC_PLAN_MAGIC, 8);
	built.len = HEADER_LEN;
	built.count = 0;
	store32(built.data + 8, HEADER_LEN);
	store32(built.data + 12, 0);
}

/* All that a plan must have but something to execute. */
static inline void
frame(void)
{
	empty_plan();
	root_record(1048576, 8192);
	settings_record(0, 12);
	identity_record(65534, 65533, CSC_IDENTITY_SWITCHED);
	landlock_record(0xE00F, 3, 4);
	text_record(CSC_RECORD_HOSTNAME, "csc");
	text_record(CSC_RECORD_CWD, "/w");
}

static inline void
segment(void)
{
	text_record(CSC_RECORD_SEGMENT, "/bin/true");
	text_record(CSC_RECORD_ARG, "true");
}

/* One record of each kind. */
static inline void
full_plan(void)
{
	frame();
	dir_record(0755, "/var");
	link_record("/bin", "usr/bin");
	bind_record(CSC_BIND_RDONLY | CSC_BIND_DIR, "/usr", "/usr");
	owned_record(1000, 0, "/srv", "/w");
	tmpfs_record(CSC_BIND_NOEXEC, "/tmp");
	text_record(CSC_RECORD_PROC, "/proc");
	text_record(CSC_RECORD_MASK, "/proc/kcore");
	rule_record(0xD, "/usr");
	rule_record(0xE00F, "/w");
	limit_record(7, 0, 0x100000002ULL);
	text_record(CSC_RECORD_ENV, "PATH=/bin");
	text_record(CSC_RECORD_ENV, "EMPTY=");
	text_record(CSC_RECORD_SEGMENT, "/bin/cat");
	text_record(CSC_RECORD_ARG, "cat");
	text_record(CSC_RECORD_ARG, "");
	segment();
}

/* What was decoded last; it points into bytes that are gone. */
static struct csc_plan plan;
static struct csc_err err;

static inline int
decode_bytes(const uint8_t *bytes, size_t len)
{
	uint8_t *copy = guarded_copy(bytes, len);
	int result = csc_plan_decode(copy, len, &plan, &err);

	free(copy);
	return result;
}

static inline int
decode(void)
{
	return decode_bytes(built.data, built.len);
}

#define CHECK_REFUSED(message)                                                                \
	do {                                                                                  \
		memset(&err, 0, sizeof(err));                                                 \
		CHECK_INT(decode(), -1);                                                      \
		CHECK_INT(err.stage, CSC_STAGE_PLAN);                                         \
		CHECK(strstr(err.text, (message)) != NULL);                                   \
	} while (0)

#endif
