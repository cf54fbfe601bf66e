/*
 * The C side of what crosses between TypeScript and C, for tests that compare
 * the two: `wire_dump MODE`, JSON or bytes on stdout.
 *
 *   layout   sizes, offsets and numbers of the headers
 *   look     a csc_look with a different value in every member, as bytes
 *   answer   a csc_answer with a different value in every member, as bytes
 *   failure  one of a launcher whose stage failed
 *   observation  a csc_observation with a different value in every member
 *   request  the csc_request on stdin, as JSON
 *   plan     the plan on stdin as the launcher's decoder reads it, as JSON
 *   visible  stdin as a person is shown it
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../../native/bridge/bridge.h"
#include "../../native/bridge/visible.h"
#include "../../native/wire/plan.h"

static uint8_t input[32U * 1024U * 1024U];
static size_t input_len;

static void
text(const char *string)
{
	putchar('"');
	for (const unsigned char *c = (const unsigned char *)string; *c; c++) {
		if (*c < 0x20 || *c == '"' || *c == '\\')
			printf("\\u%04x", *c);
		else
			putchar(*c);
	}
	putchar('"');
}

static void
layout(void)
{
#define NUMBER(name) printf("\"%s\":%lld,", #name, (long long)(name))
	NUMBER(CSC_STAGE_NONE);
	NUMBER(CSC_STAGE_SPAWN);
	NUMBER(CSC_STAGE_CGROUP);
	NUMBER(CSC_STAGE_USERNS);
	NUMBER(CSC_STAGE_PLAN);
	NUMBER(CSC_STAGE_SESSION);
	NUMBER(CSC_STAGE_LOOPBACK);
	NUMBER(CSC_STAGE_MOUNTS);
	NUMBER(CSC_STAGE_PIVOT);
	NUMBER(CSC_STAGE_HOSTNAME);
	NUMBER(CSC_STAGE_CWD);
	NUMBER(CSC_STAGE_LIMITS);
	NUMBER(CSC_STAGE_CAPABILITIES);
	NUMBER(CSC_STAGE_NO_NEW_PRIVS);
	NUMBER(CSC_STAGE_LANDLOCK);
	NUMBER(CSC_STAGE_SECCOMP);
	NUMBER(CSC_STAGE_EXEC);
	NUMBER(CSC_STAGE_SUPERVISE);
	NUMBER(CSC_STAGE_OVERLAY);
	NUMBER(CSC_STAGE_IDMAP);
	NUMBER(CSC_STAGE_IDENTITY);
	NUMBER(CSC_STAGE_RELEASE);
	NUMBER(CSC_STAGE_OBSERVE);
	NUMBER(CSC_OBSERVATION_MAX);
	printf("\"observation.files\":%zu,", offsetof(struct csc_observation, files));
	NUMBER(CSC_FILE_MEMFD);
	NUMBER(CSC_FILE_OPEN_DIRECTORY);
	NUMBER(CSC_FILE_ENTER_DIRECTORY);
	NUMBER(CSC_FILE_REPLACE);
	NUMBER(CSC_FILE_CREATE);
	NUMBER(CSC_FILE_SYNC_DIRECTORY);
	NUMBER(CSC_FILE_OPEN_FILE);
	NUMBER(CSC_FILE_TRY_MAKING);
	NUMBER(CSC_FILE_CLOSE);
	NUMBER(CSC_FILE_RELEASE);
	NUMBER(CSC_FILE_GATE);
	NUMBER(CSC_FILE_OPEN_GATE);
	NUMBER(CSC_FILE_LOOK);
	NUMBER(CSC_FILE_READ);
	NUMBER(CSC_FILE_WRITE);
	NUMBER(CSC_FILE_SEGMENT_PIPE);
	NUMBER(CSC_FILE_LANDLOCK_ABI);
	NUMBER(CSC_FILE_LOOK_IN);
	NUMBER(CSC_MAX_SEGMENTS);
	NUMBER(CSC_MAX_ARGS);
	NUMBER(sizeof(struct csc_request));
	NUMBER(sizeof(struct csc_answer));
	NUMBER(sizeof(struct csc_status));
	NUMBER(offsetof(struct csc_answer, status));
#undef NUMBER
}

/* Every member its own value, so that no two can be taken for each other. */
static void
answer(uint32_t kind)
{
	struct csc_answer a;

	memset(&a, 0, sizeof(a));
	a.outcome = CSC_OUTCOME_REPORTED;
	a.killed_by = 101;
	a.stdout_total = 0x100000102;
	a.stderr_total = 103;
	a.stdout_kept = 104;
	a.stderr_kept = 105;
	a.wall_us = 106;
	a.spawn_us = 107;
	a.stdout_at = 0x7F0000001000;
	a.stderr_at = 0x7F0000002000;
	memset(a.stdout_sha256, 0xAB, sizeof(a.stdout_sha256));
	memset(a.stderr_sha256, 0xCD, sizeof(a.stderr_sha256));
	a.stdout_cap = 108;
	a.stderr_cap = 109;
	a.status.magic = CSC_STATUS_MAGIC;
	a.status.kind = kind;
	memset(a.plan_sha256, 0xEF, sizeof(a.plan_sha256));
	memset(a.filter_sha256, 0x01, sizeof(a.filter_sha256));
	a.user_us = 115;
	a.system_us = 116;
	a.stdout_lost = 117;
	a.stderr_lost = 118;
	a.status.nstages = 2;
	a.status.stages[0] = CSC_STAGE_PLAN;
	a.status.stages[1] = CSC_STAGE_EXEC;
	a.status.nsegments = 2;
	a.status.ran_us = 0x100000073;
	a.status.segments[0] = (struct csc_segment_status){ .wait_status = 3 << 8, .user_us = 111, .system_us = 112,
		.max_rss_kib = 113 };
	a.status.segments[1] = (struct csc_segment_status){ .exec_errno = 13, .wait_status = 9, .user_us = 114,
		.changed = 1 };
	a.err.stage = CSC_STAGE_SPAWN;
	a.err.err = 1;
	(void)strcpy(a.err.text, "the bridge's");
	a.status.err.stage = CSC_STAGE_MOUNTS;
	a.status.err.err = 2;
	(void)strcpy(a.status.err.text, "open \"/x\"");
	(void)fwrite(&a, sizeof(a), 1, stdout);
}

static void
observation(void)
{
	static const char mounts[] = "1 2 0:3 / /a\\040b ro - tmpfs none rw\n4 1 0:5 / /\xff rw - tmpfs none rw\n";
	static const char filter[16] = "filter filter";
	struct csc_observation o;

	memset(&o, 0, sizeof(o));
	o.magic = CSC_OBSERVATION_MAGIC;
	o.filter_len = sizeof(filter);
	o.mounts_len = sizeof(mounts) - 1;
	o.length = (uint32_t)(sizeof(o) + sizeof(filter) + sizeof(mounts) - 1);
	o.flags = CSC_OBSERVED_MOUNTS_CUT;
	o.seccomp_mode = 2;
	o.no_new_privs = 1;
	o.uid = 211;
	o.gid = 212;
	o.nlimits = 2;
	o.limits[0] = (struct csc_observed_limit){ .resource = 7, .value = 1024 };
	o.limits[1] = (struct csc_observed_limit){ .resource = 1, .value = 1ULL << 40 };
	o.nfiles = 2;
	o.files[0] = (struct csc_observed_file){ .device = 65024, .inode = 221, .size = 222, .mtime_ns = -223,
		.ctime_ns = 224, .mode = 0100755 };
	o.files[1].err = 2;
	o.nstages = 2;
	o.stages[0] = CSC_STAGE_SECCOMP;
	o.stages[1] = CSC_STAGE_OBSERVE;
	for (uint64_t i = 0; i < CSC_NS_COUNT; i++)
		o.namespaces[i] = 201 + i;
	o.capabilities[CSC_CAP_INHERITABLE] = 1;
	o.capabilities[CSC_CAP_PERMITTED] = 2;
	o.capabilities[CSC_CAP_EFFECTIVE] = 3;
	o.capabilities[CSC_CAP_BOUNDING] = 0x1ffffffffff;
	o.capabilities[CSC_CAP_AMBIENT] = 1ULL << 63;
	(void)strcpy(o.release, "6.1.0-test");
	(void)strcpy(o.machine, "x86_64");
	(void)strcpy(o.uid_map, "         0     100000        200\n       211      65534          1\n");
	(void)strcpy(o.gid_map, "       212          5          1\n");
	(void)fwrite(&o, sizeof(o), 1, stdout);
	(void)fwrite(filter, sizeof(filter), 1, stdout);
	(void)fwrite(mounts, sizeof(mounts) - 1, 1, stdout);
}

static void
look(void)
{
	struct csc_look l;

	memset(&l, 0, sizeof(l));
	l.mode = S_IFLNK | S_ISUID | 0640;
	l.uid = 4294967294;
	l.gid = 4294967293;
	l.dev = 0x100000001;
	l.ino = 0xFFFFFFFFFFFFFFFF;
	l.nlink = 2;
	l.link_len = CSC_LINK_MAX - 1;
	memset(l.link, 'x', sizeof(l.link));
	(void)fwrite(&l, sizeof(l), 1, stdout);
}

static void
request(void)
{
	struct csc_request r;

	if (input_len != sizeof(r))
		exit(1);
	memcpy(&r, input, sizeof(r));
	printf("{\"launcher_fd\":%d,\"plan_fd\":%d,\"stdout_fd\":%d,\"stderr_fd\":%d,"
	       "\"escape_stdout\":%u,\"escape_stderr\":%u,",
	    r.launcher_fd, r.plan_fd, r.stdout_fd, r.stderr_fd, r.escape_stdout, r.escape_stderr);
	printf("\"deadline_ms\":%" PRIu64 ",\"stdout_cap\":%" PRIu64 ",\"stderr_cap\":%" PRIu64
	       ",\"cgroup_files_len\":%" PRIu64 ",\"gate_fd\":%d,\"progress_fd\":%d}",
	    r.deadline_ms, r.stdout_cap, r.stderr_cap, r.cgroup_files_len, r.gate_fd, r.progress_fd);
}

static void
tree(const struct csc_plan *plan)
{
	struct csc_tree_cursor cursor = csc_plan_tree(plan);
	struct csc_tree_op op;
	const char *comma = "";

	printf("\"tree\":[");
	while (csc_plan_next(&cursor, &op)) {
		printf("%s{\"type\":%d,\"flags\":%u,\"mode\":%u,\"bytes\":%" PRIu64 ",\"inodes\":%" PRIu64 ",\"uid\":%u,\"gid\":%u,"
		       "\"segments\":%u,\"device\":%" PRIu64 ",\"inode\":%" PRIu64 ",\"path\":",
		    comma, (int)op.type, op.flags, op.mode, op.bytes, op.inodes, op.uid, op.gid, op.segments,
		    op.device, op.inode);
		text(op.path);
		printf(",\"source\":");
		text(op.source ? op.source : "");
		putchar('}');
		comma = ",";
	}
	printf("],");
}

static void
landlock(const struct csc_plan *plan)
{
	struct csc_tree_cursor cursor = csc_plan_tree(plan);
	struct csc_landlock_rule rule;
	const char *comma = "";

	printf("\"landlock\":{\"handled\":%" PRIu64 ",\"scoped\":%" PRIu64 ",\"flags\":%u,\"rules\":[",
	    plan->landlock.handled, plan->landlock.scoped, plan->landlock.flags);
	while (csc_plan_next_rule(&cursor, &rule)) {
		printf("%s{\"path\":", comma);
		text(rule.path);
		printf(",\"rights\":%" PRIu64 "}", rule.rights);
		comma = ",";
	}
	printf("]},");
}

static void
plan(void)
{
	static struct csc_plan p;
	struct csc_err err;

	if (csc_plan_decode(input, input_len, &p, &err) < 0) {
		printf("{\"error\":");
		text(err.text);
		putchar('}');
		return;
	}
	printf("{\"root\":{\"bytes\":%" PRIu64 ",\"inodes\":%" PRIu64 "},", p.root_bytes, p.root_inodes);
	printf("\"run_as\":{\"uid\":%u,\"gid\":%u,\"identity\":%u},\"hostname\":", p.uid, p.gid, p.identity);
	text(p.hostname);
	printf(",\"cwd\":");
	text(p.cwd);
	putchar(',');
	tree(&p);
	landlock(&p);
	printf("\"limits\":[");
	for (size_t i = 0; i < p.nlimits; i++)
		printf("%s[%u,%" PRIu64 "]", i ? "," : "", p.limits[i].resource, p.limits[i].value);
	printf("],\"env\":[");
	for (size_t i = 0; i < p.nenv; i++) {
		printf("%s", i ? "," : "");
		text(p.env[i]);
	}
	printf("],\"segments\":[");
	for (size_t i = 0; i < p.nsegments; i++) {
		printf("%s{\"file\":", i ? "," : "");
		text(p.segments[i].file);
		printf(",\"argv\":[");
		for (size_t k = 0; k < p.segments[i].argc; k++) {
			printf("%s", k ? "," : "");
			text(p.segments[i].argv[k]);
		}
		printf("]}");
	}
	printf("]}");
}

static void
visible(void)
{
	struct csc_visible state = { .npending = 0 };
	uint8_t out[64];

	for (size_t i = 0; i < input_len; i++)
		(void)fwrite(out, 1, csc_visible_add(&state, input + i, 1, out), stdout);
	(void)fwrite(out, 1, csc_visible_end(&state, out), stdout);
}

int
main(int argc, char **argv)
{
	const char *mode = argc == 2 ? argv[1] : "";

	input_len = fread(input, 1, sizeof(input), stdin);
	if (strcmp(mode, "layout") == 0) {
		putchar('{');
		layout();
		printf("\"end\":0}");
	} else if (strcmp(mode, "answer") == 0) {
		answer(CSC_STATUS_ENDED);
	} else if (strcmp(mode, "failure") == 0) {
		answer(CSC_STATUS_FAILED);
	} else if (strcmp(mode, "observation") == 0) {
		observation();
	} else if (strcmp(mode, "look") == 0) {
		look();
	} else if (strcmp(mode, "request") == 0) {
		request();
	} else if (strcmp(mode, "plan") == 0) {
		plan();
	} else if (strcmp(mode, "visible") == 0) {
		visible();
	} else {
		return 64;
	}
	return 0;
}
