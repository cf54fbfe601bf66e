/*
 * The file tree of a sandbox, as the launcher builds it from the plan, seen
 * from inside by a shell.
 */
#include "sandbox_run.h"

/* A path below the directory of this test; until the next call but one. */
static const char *
at(const char *name)
{
	static char paths[2][128];
	static int turn;

	turn = !turn;
	(void)snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", place, name);
	return paths[turn];
}

static void
write_file(const char *path, const char *text)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	(void)close(fd);
}

static void
file_record(uint32_t mode, const char *path, const char *text)
{
	begin(CSC_RECORD_FILE);
	put32(mode);
	put_text(path);
	put_text(text);
	end();
}

static void
makes_a_skeleton(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	dir_record(0750, "/var/deep/er");
	dir_record(0700, "/usr"); /* is there already, and stays as it is */
	link_record("/var/link", "deep");
	link_record("/var/link", "elsewhere");
	file_record(0640, "/etc/hosts", "127.0.0.1 localhost\n");
	run_shell("stat -c %a /var/deep/er /etc/hosts; cd /var/link && readlink /var/link; cat /etc/hosts; test -x /usr/bin/stat");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "750\n640\ndeep\n127.0.0.1 localhost\n");
}

static void
keeps_its_root_read_only(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	dir_record(0777, "/var");
	run_shell("for d in / /var /usr /proc /proc/sys/kernel; do true 2>/dev/null >$d/made && echo $d; done; echo tried");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "tried\n");
}

static void
mounts_scopes(void)
{
	NEEDS_SANDBOX();
	CHECK(mkdir(at("write"), 0755) == 0 && mkdir(at("read"), 0755) == 0);
	write_file(at("read/file"), "one file\n");
	write_file(at("read/script"), "#!/bin/sh\necho ran\n");
	CHECK(chmod(at("read/script"), 0755) == 0);
	begin_sandbox();
	bind_record(CSC_BIND_DIR, at("write"), "/w");
	bind_record(CSC_BIND_RDONLY | CSC_BIND_DIR, at("read"), "/r");
	bind_record(CSC_BIND_RDONLY | CSC_BIND_DIR | CSC_BIND_NOEXEC, at("read"), "/n");
	bind_record(CSC_BIND_RDONLY, at("read/file"), "/some/where/file");
	run_shell("cat /some/where/file; echo kept >/w/made; true 2>/dev/null >/r/made && echo hole; "
	          "true 2>/dev/null >/some/where/file && echo hole; /r/script; /n/script 2>/dev/null || echo refused");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "one file\nran\nrefused\n");
	CHECK(access(at("write/made"), F_OK) == 0);
	CHECK(unlink(at("write/made")) == 0);
}

static void
mounts_devices_where_told(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	bind_record(CSC_BIND_DEVICES, "/dev/zero", "/dev/zero");
	bind_record(0, "/dev/full", "/dev/dead");
	run_shell("head -c 3 /dev/zero | od -An -c; echo x >/dev/null && echo taken; "
	          "true 2>/dev/null </dev/dead || echo dead");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "  \\0  \\0  \\0\ntaken\ndead\n");
}

static void
mounts_private_memory(void)
{
	NEEDS_SANDBOX();
	begin_sandbox();
	tmpfs_record(CSC_BIND_NOEXEC, "/tmp"); /* of one page */
	tmpfs_record(0, "/var/tmp");
	run_shell("cp /usr/bin/true /tmp/program 2>/dev/null || echo full; stat -c %a /tmp; "
	          "printf '#!/bin/sh\\necho ran\\n' | tee /tmp/s >/var/tmp/s; chmod 755 /tmp/s /var/tmp/s; "
	          "/var/tmp/s; /tmp/s 2>/dev/null || echo refused");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "full\n1777\nran\nrefused\n");
}

static void
masks(void)
{
	NEEDS_SANDBOX();
	CHECK(mkdir(at("masked"), 0755) == 0);
	write_file(at("masked/secret"), "secret\n");
	write_file(at("hidden"), "hidden\n");
	begin_sandbox();
	bind_record(CSC_BIND_RDONLY | CSC_BIND_DIR, place, "/w");
	text_record(CSC_RECORD_MASK, "/w/masked");
	text_record(CSC_RECORD_MASK, "/w/hidden");
	text_record(CSC_RECORD_MASK, "/proc/kallsyms");
	text_record(CSC_RECORD_MASK, "/w/is/not/there");
	run_shell("ls -A /w/masked; cat /w/hidden /proc/kallsyms; test -e /w/is || echo covered");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "covered\n");
	/* Outside, all is as it was. */
	CHECK(access(at("masked/secret"), R_OK) == 0);
}

static void
mounts_one_scope_in_another(void)
{
	NEEDS_SANDBOX();
	CHECK(mkdir(at("outer"), 0755) == 0 && mkdir(at("outer/inner"), 0755) == 0);
	write_file(at("outer/inner/file"), "seen\n");
	begin_sandbox();
	bind_record(CSC_BIND_RDONLY | CSC_BIND_DIR, at("outer"), "/w");
	bind_record(CSC_BIND_DIR, at("outer/inner"), "/w/inner");
	run_shell("cat /w/inner/file; echo more >/w/inner/made && true 2>/dev/null >/w/made || echo as planned");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "seen\nas planned\n");
}

static void
changes_the_user_of_root(void)
{
	struct stat st;

	NEEDS_SANDBOX();
	if (geteuid() != 0)
		return;
	CHECK(mkdir(at("owned"), 0755) == 0);
	begin_bare(600);
	identity_record(65534, 65533, CSC_IDENTITY_SWITCHED);
	owned_record(0, 0, at("owned"), "/w");
	text_record(CSC_RECORD_PROC, "/proc");
	text_record(CSC_RECORD_CWD, "/w");
	run_shell("id -u; id -g; id -G; echo kept >made; stat -c %u:%g made /");
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "65534\n65533\n65533\n65534:65533\n65534:65533\n");
	/* On disk it belongs to whoever owns the scope. */
	CHECK(stat(at("owned/made"), &st) == 0 && st.st_uid == 0 && st.st_gid == 0);
}

static void
allows_local_sockets_when_told(void)
{
	static const uint32_t flags[] = { 0, CSC_PLAN_LOCAL_SOCKETS };
	static const char *const answers[] = { "97\n", "ok\n" };

	NEEDS_SANDBOX();
	for (size_t i = 0; i < 2; i++) {
		begin_sandbox();
		/* The flags of the settings record, the second one of the plan. */
		store32(built.data + HEADER_LEN + 8 + 16 + 8, flags[i]);
		run_shell("perl -MSocket -e 'print socket(S, AF_UNIX, SOCK_STREAM, 0) ? \"ok\" : $!+0, \"\\n\"'");
		CHECK_ENDED(0);
		CHECK_TEXT(printed, answers[i]);
	}
}

static const struct test TESTS[] = {
	{ "tree: directories, links and texts of the skeleton", makes_a_skeleton },
	{ "tree: nothing of it can be written but what was planned so", keeps_its_root_read_only },
	{ "tree: scopes are mounted with their rights", mounts_scopes },
	{ "tree: a device works where it was planned as one", mounts_devices_where_told },
	{ "tree: memory of its own is bounded", mounts_private_memory },
	{ "tree: what is masked shows empty", masks },
	{ "tree: a scope may lie in another", mounts_one_scope_in_another },
	{ "tree: root's command is somebody else, and so is the owner of what it sees", changes_the_user_of_root },
	{ "tree: local sockets are for the plan to allow", allows_local_sockets_when_told },
};

int
main(void)
{
	return run_sandbox_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
