/* What PID 1 of real sandboxes reports of them before their command exists. */
#include "sandbox_run.h"

/* The text of the mounts in what was observed. */
static const char *
mounts(void)
{
	static char text[CSC_OBSERVATION_MAX + 1];
	const struct csc_observation *head = &observed.head;

	memcpy(text, observed.bytes + sizeof(*head) + head->filter_len, head->mounts_len);
	text[head->mounts_len] = '\0';
	return text;
}

static void
reports_the_walls(void)
{
	char line[64];

	NEEDS_SANDBOX();
	begin_sandbox();
	limit_record(7 /* RLIMIT_NOFILE */, 0, 40);
	run_shell("readlink /proc/self/ns/mnt; cat /proc/self/mountinfo");
	CHECK_ENDED(0);
	CHECK_INT(observed.head.magic, CSC_OBSERVATION_MAGIC);
	CHECK_INT(observed.head.seccomp_mode, 2);
	CHECK_INT(observed.head.no_new_privs, 1);
	CHECK_INT(observed.head.nlimits, 1);
	CHECK_INT(observed.head.limits[0].resource, 7);
	CHECK_INT(observed.head.limits[0].value, 40);
	CHECK_INT(observed.head.stages[observed.head.nstages - 1], CSC_STAGE_OBSERVE);
	CHECK_INT(observed.head.flags, 0);
	(void)snprintf(line, sizeof(line), "mnt:[%llu]\n", (unsigned long long)observed.head.namespaces[CSC_NS_MNT]);
	CHECK(strncmp(printed, line, strlen(line)) == 0);
	CHECK_TEXT(printed + strlen(line), mounts());
}

static void
digests_the_filter_that_was_loaded(void)
{
	uint8_t digest[CSC_SHA256_LEN], other[CSC_SHA256_LEN];
	struct csc_sha256 hash;

	NEEDS_SANDBOX();
	begin_sandbox();
	run_shell("exit 0");
	CHECK_ENDED(0);
	csc_sha256_init(&hash);
	csc_sha256_add(&hash, observed.bytes + sizeof(observed.head), observed.head.filter_len);
	csc_sha256_end(&hash, digest);
	CHECK(observed.head.filter_len > 1000);
	CHECK(memcmp(digest, answer.filter_sha256, sizeof(digest)) == 0);
	/* With local sockets it is another filter, and another plan. */
	memcpy(other, answer.plan_sha256, sizeof(other));
	plan_flags = CSC_PLAN_LOCAL_SOCKETS;
	begin_sandbox();
	plan_flags = 0;
	run_shell("exit 0");
	CHECK_ENDED(0);
	CHECK(memcmp(digest, answer.filter_sha256, sizeof(digest)) != 0);
	CHECK(memcmp(other, answer.plan_sha256, sizeof(other)) != 0);
}

static void
notes_the_program_of_each_segment(void)
{
	struct stat st;

	NEEDS_SANDBOX();
	begin_sandbox();
	shell("exit 0");
	text_record(CSC_RECORD_SEGMENT, "/no/such/program");
	text_record(CSC_RECORD_ARG, "x");
	run();
	CHECK_INT(stat("/bin/sh", &st), 0);
	CHECK_INT(observed.head.nfiles, 2);
	CHECK_INT(observed.head.files[0].err, 0);
	CHECK_INT(observed.head.files[0].inode, st.st_ino);
	CHECK_INT(observed.head.files[0].device, st.st_dev);
	CHECK_INT(observed.head.files[0].ctime_ns, st.st_ctim.tv_sec * 1000000000LL + st.st_ctim.tv_nsec);
	CHECK_INT(observed.head.files[1].err, ENOENT);
	CHECK_INT(answer.status.segments[0].changed, 0);
	CHECK_INT(answer.status.segments[1].changed, 0);
}

static void
stops_where_the_kernel_cannot_be_asked(void)
{
	NEEDS_SANDBOX();
	begin_bare(600);
	own_identity();
	text_record(CSC_RECORD_CWD, "/");
	run_shell("echo ran");
	CHECK_INT(answer.outcome, CSC_OUTCOME_REPORTED);
	CHECK_INT(answer.status.kind, CSC_STATUS_FAILED);
	CHECK_INT(answer.status.err.stage, CSC_STAGE_OBSERVE);
	CHECK_INT(answer.status.err.err, ENOENT);
	CHECK_INT(observed.head.magic, 0);
	CHECK_TEXT(printed, "");
}

static void
reports_more_than_a_pipe_holds(void)
{
	char path[64];

	NEEDS_SANDBOX();
	begin_sandbox();
	for (int i = 0; i < 600; i++) {
		(void)snprintf(path, sizeof(path), "/many/%040d", i);
		bind_record(CSC_BIND_RDONLY | CSC_BIND_DIR, "/usr", path);
	}
	run_shell("exit 0");
	CHECK_ENDED(0);
	CHECK_INT(observed.head.flags, CSC_OBSERVED_MOUNTS_CUT);
	CHECK(observed.head.length > 60000 && observed.head.length <= CSC_OBSERVATION_MAX);
	CHECK_INT(mounts()[observed.head.mounts_len - 1], '\n');
}

static const struct test TESTS[] = {
	{ "observation: the walls as the command sees them", reports_the_walls },
	{ "observation: the filter that was loaded, and the plan that was sealed", digests_the_filter_that_was_loaded },
	{ "observation: the program of each segment", notes_the_program_of_each_segment },
	{ "observation: nothing starts where the kernel cannot be asked", stops_where_the_kernel_cannot_be_asked },
	{ "observation: more mounts than there is room for, and than a pipe holds", reports_more_than_a_pipe_holds },
};

TESTS_MAIN(TESTS)
