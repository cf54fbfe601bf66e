/*
 * Id maps, and mounts under another owner.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../native/bridge/bridge.h"
#include "../../native/bridge/identity.h"
#include "plan_builder.h"

static char map[CSC_MAP_SIZE + 1];

static const char *
swap(uint32_t a, uint32_t b)
{
	map[csc_map_swap(map, a, b)] = '\0';
	return map;
}

static void
maps_one_id(void)
{
	map[csc_map_one(map, 65534, 0)] = '\0';
	CHECK_TEXT(map, "65534 0 1\n");
	map[csc_map_one(map, 4294967294U, 4294967293U)] = '\0';
	CHECK_TEXT(map, "4294967294 4294967293 1\n");
}

static void
exchanges_two_ids(void)
{
	CHECK_TEXT(swap(0, 65534), "0 65534 1\n1 1 65533\n65534 0 1\n65535 65535 4294901760\n");
	CHECK_TEXT(swap(65534, 0), "0 65534 1\n1 1 65533\n65534 0 1\n65535 65535 4294901760\n");
	CHECK_TEXT(swap(1000, 1001), "0 0 1000\n1000 1001 1\n1001 1000 1\n1002 1002 4294966293\n");
	CHECK_TEXT(swap(7, 7), "0 0 4294967295\n");
	CHECK_TEXT(swap(1, 4294967294U), "0 0 1\n1 4294967294 1\n2 2 4294967292\n4294967294 1 1\n");
	/* The longest that there can be. */
	CHECK(strlen(swap(1999999999, 3999999999U)) < CSC_MAP_SIZE);
}

static int
end_at_once(void *argument)
{
	(void)argument;
	return 0;
}

/* The kernel takes such a map whole: no id is lost, none is there twice. */
static void
the_kernel_takes_the_maps(void)
{
	static const uint32_t pairs[][2] = { { 0, 65534 }, { 1000, 1001 }, { 7, 7 }, { 1, 4294967294U } };

	NEEDS_KERNEL("user namespaces");
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t len = csc_map_swap(map, pairs[i][0], pairs[i][1]);
		pid_t pid = csc_clone(end_at_once, NULL, CLONE_NEWUSER, NULL);

		CHECK(pid > 0);
		/* Nobody else may give a namespace ids that are not his own. */
		CHECK_INT(csc_write_maps(pid, map, len, map, len), geteuid() == 0 ? 0 : -1);
	}
}

static char folder[] = "/tmp/csc-identity-XXXXXX";
static char source[64];

static int
open_scopes(uint32_t uid, uint32_t gid, struct csc_scopes *scopes)
{
	frame();
	owned_record(uid, gid, source, "/w");
	segment();
	if (csc_plan_decode(built.data, built.len, &plan, &err) < 0)
		return -2;
	return csc_scopes_open(&plan, 40, scopes, &err);
}

static void
shows_files_under_another_owner(void)
{
	struct csc_scopes scopes;
	struct stat st;
	int fd;

	NEEDS_KERNEL("user namespaces");
	CHECK(mkdtemp(folder) != NULL);
	(void)snprintf(source, sizeof(source), "%s/scope", folder);
	CHECK_INT(mkdir(source, 0700), 0);
	if (geteuid() != 0) {
		CHECK_INT(open_scopes(geteuid(), getegid(), &scopes), -1);
		CHECK_INT(scopes.count, 0);
		CHECK_INT(err.err, EPERM);
		(void)rmdir(source);
		(void)rmdir(folder);
		return;
	}
	CHECK_INT(chown(source, 1000, 1001), 0);

	CHECK_INT(open_scopes(1000, 1001, &scopes), 0);
	CHECK_INT(scopes.count, 1);
	fd = scopes.fds[0];
	CHECK(fd >= 40);
	CHECK_INT(fcntl(fd, F_GETFD), FD_CLOEXEC);
	CHECK_INT(fstat(fd, &st), 0);
	CHECK_INT(st.st_uid, 65534);
	CHECK_INT(st.st_gid, 65533);
	csc_scopes_close(&scopes);
	CHECK_INT(fcntl(fd, F_GETFD), -1);

	/* Somebody has put another directory in its place. */
	CHECK_INT(open_scopes(1000, 1000, &scopes), -1);
	CHECK(strstr(err.text, "changed its owner") != NULL);
	CHECK_INT(scopes.count, 0);
	(void)snprintf(map, sizeof(map), "%s/moved", folder);
	CHECK_INT(rename(source, map), 0);
	CHECK_INT(symlink("moved", source), 0);
	CHECK_INT(open_scopes(1000, 1001, &scopes), -1);
	CHECK_INT(err.err, ELOOP);

	/* A file system that has no owners to exchange. */
	(void)snprintf(source, sizeof(source), "/proc/%d", (int)getpid());
	CHECK_INT(open_scopes(0, 0, &scopes), -1);
	CHECK_INT(err.stage, CSC_STAGE_IDMAP);
	CHECK_INT(err.err, EINVAL);
	CHECK_INT(rmdir(map), 0);
	(void)snprintf(source, sizeof(source), "%s/scope", folder);
	CHECK_INT(unlink(source), 0);
	CHECK_INT(rmdir(folder), 0);
}

static const struct test TESTS[] = {
	{ "identity: a map of one id", maps_one_id },
	{ "identity: a map that exchanges two ids and keeps all others", exchanges_two_ids },
	{ "identity: the kernel takes every such map", the_kernel_takes_the_maps },
	{ "identity: a scope comes as the command's, or not at all", shows_files_under_another_owner },
};
TESTS_MAIN(TESTS)
