/*
 * Staged scopes in real sandboxes: what a shell inside changes goes to the
 * layers, what lies below stays, and nothing of either has a name inside.
 */
#include "sandbox_run.h"

/* A path below the directory of this test; until the next call but three. */
static const char *
at(const char *name)
{
	static char paths[4][128];
	static unsigned int turn;

	turn = (turn + 1) % 4;
	(void)snprintf(paths[turn], sizeof(paths[turn]), "%s/%s", place, name);
	return paths[turn];
}

static void
write_file(const char *path, const char *text, mode_t mode)
{
	int fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, mode);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	(void)close(fd);
}

static void
overlay_record(uint32_t flags, uint32_t uid, uint32_t gid, uint32_t work, const char *path)
{
	begin(CSC_RECORD_OVERLAY);
	put32(flags);
	put32(uid);
	put32(gid);
	put32(work);
	put_text(at("lower"));
	put_text(path);
	put_text(at("layers"));
	end();
}

/* A directory with layers for it, all fresh. */
static void
lay(void)
{
	static const char *const dirs[] = { "lower", "lower/sub", "layers", "layers/upper", "layers/work0", "layers/work1" };
	char command[160];

	(void)snprintf(command, sizeof(command), "rm -rf %s/lower %s/layers", place, place);
	if (system(command) != 0)
		abort();
	(void)umask(0);
	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		if (mkdir(at(dirs[i]), 0755) < 0)
			abort();
	}
	write_file(at("lower/kept"), "old\n", 0644);
	write_file(at("lower/gone"), "gone\n", 0644);
	write_file(at("lower/sub/held"), "held\n", 0644);
	write_file(at("lower/script"), "#!/bin/sh\necho ran\n", 0755);
}

/* Some directories cannot hold the layers, such as those of another overlay. */
#define NEEDS_LAYERS()                                                                        \
	do {                                                                                  \
		if (answer.status.err.stage == CSC_STAGE_OVERLAY &&                           \
		    strncmp(answer.status.err.text, "make an overlay", 15) == 0)              \
			SKIP(answer.status.err.text);                                         \
	} while (0)

static void
changes_go_to_the_layers(void)
{
	struct stat st;

	NEEDS_SANDBOX();
	lay();
	begin_sandbox();
	overlay_record(CSC_BIND_DIR, getuid(), getgid(), 1, "/w");
	run_shell("cd /w; echo more >>kept; rm gone; echo new >made; cat kept; ls; /w/script; "
	          "ls -A / | grep csc; grep -c csc-sandbox /proc/self/mounts");
	NEEDS_LAYERS();
	CHECK_ENDED(1);
	CHECK_TEXT(printed, "old\nmore\nkept\nmade\nscript\nsub\nran\n0\n");
	CHECK(stat(at("lower/kept"), &st) == 0 && st.st_size == 4);
	CHECK(access(at("lower/gone"), F_OK) == 0 && access(at("lower/made"), F_OK) < 0);
	CHECK(stat(at("layers/upper/kept"), &st) == 0 && st.st_size == 9);
	CHECK(lstat(at("layers/upper/gone"), &st) == 0 && S_ISCHR(st.st_mode));
	/* The next command's has what this one has left. */
	begin_sandbox();
	overlay_record(CSC_BIND_DIR, getuid(), getgid(), 0, "/w");
	run_shell("cat /w/kept /w/made; test -e /w/gone");
	CHECK_ENDED(1);
	CHECK_TEXT(printed, "old\nmore\nnew\n");
}

static void
keeps_the_attributes_of_a_scope(void)
{
	NEEDS_SANDBOX();
	lay();
	begin_sandbox();
	overlay_record(CSC_BIND_DIR | CSC_BIND_NOEXEC, getuid(), getgid(), 0, "/w");
	overlay_record(CSC_BIND_DIR | CSC_BIND_RDONLY, getuid(), getgid(), 1, "/r");
	run_shell("/w/script 2>/dev/null || echo refused; true 2>/dev/null >/r/made || echo kept");
	NEEDS_LAYERS();
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "refused\nkept\n");
}

static void
holds_places_in_it(void)
{
	struct stat st;

	NEEDS_SANDBOX();
	lay();
	CHECK(stat(at("lower/script"), &st) == 0);
	begin_sandbox();
	overlay_record(CSC_BIND_DIR | CSC_BIND_NOEXEC, getuid(), getgid(), 0, "/w");
	hold_record(CSC_BIND_DIR, "/w/sub");
	hold_record(CSC_BIND_RDONLY, "/w/sub/held");
	/* The host's file on top of the overlay's, which has another device. */
	bind_record(CSC_BIND_RDONLY | CSC_BIND_NOEXEC, at("lower/script"), "/w/script");
	pin_record(CSC_PIN_EXEC, 1, st.st_dev, st.st_ino, "/w/script");
	run_shell("cd /w; true 2>/dev/null >sub/held && echo hole; mv sub moved 2>/dev/null && echo hole; "
	          "rm -f sub/held 2>/dev/null && echo hole; echo new >sub/made && cat sub/made; ./script");
	NEEDS_LAYERS();
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "new\nran\n");
	CHECK(access(at("layers/upper/sub/made"), F_OK) == 0 && access(at("lower/sub/made"), F_OK) < 0);

	begin_sandbox();
	overlay_record(CSC_BIND_DIR, getuid(), getgid(), 1, "/w");
	pin_record(0, 1, st.st_dev, st.st_ino, "/w/script");
	run_shell("echo started");
	CHECK(strstr(answer.status.err.text, "another file than when the run was planned") != NULL);
}

static void
refuses_what_is_no_directory(void)
{
	NEEDS_SANDBOX();
	lay();
	CHECK(rename(at("layers"), at("away")) == 0);
	begin_sandbox();
	overlay_record(CSC_BIND_DIR, getuid(), getgid(), 0, "/w");
	run_shell("echo started");
	CHECK_INT(answer.status.err.stage, CSC_STAGE_OVERLAY);
	CHECK_INT(answer.status.err.err, ENOENT);
	CHECK(symlink("away", at("layers")) == 0);
	begin_sandbox();
	overlay_record(CSC_BIND_DIR, getuid(), getgid(), 0, "/w");
	run_shell("echo started");
	CHECK_INT(answer.status.err.err, ELOOP);
	CHECK(unlink(at("layers")) == 0 && rename(at("away"), at("layers")) == 0);
	CHECK(rmdir(at("layers/work0")) == 0);
	begin_sandbox();
	overlay_record(CSC_BIND_DIR, getuid(), getgid(), 0, "/w");
	run_shell("echo started");
	CHECK_INT(answer.status.err.stage, CSC_STAGE_OVERLAY);
	CHECK_TEXT(printed, "");
}

static void
changes_the_user_of_root(void)
{
	struct stat st;

	NEEDS_SANDBOX();
	if (getuid() != 0)
		SKIP("only root may run commands as somebody else");
	lay();
	begin_bare(600);
	identity_record(65534, 65533, CSC_IDENTITY_SWITCHED);
	text_record(CSC_RECORD_PROC, "/proc");
	text_record(CSC_RECORD_CWD, "/");
	overlay_record(CSC_BIND_DIR, 0, 0, 0, "/w");
	run_shell("cd /w && echo more >>kept && rm gone && echo new >made && stat -c %u:%g kept made");
	NEEDS_LAYERS();
	CHECK_ENDED(0);
	CHECK_TEXT(printed, "65534:65533\n65534:65533\n");
	CHECK(stat(at("layers/upper/made"), &st) == 0 && st.st_uid == 0 && st.st_gid == 0);
	CHECK(access(at("lower/made"), F_OK) < 0);
}

static const struct test TESTS[] = {
	{ "overlay: changes go to the layers, the next command sees them", changes_go_to_the_layers },
	{ "overlay: it is noexec or read-only where it is told", keeps_the_attributes_of_a_scope },
	{ "overlay: what is held in it stays, what is pinned starts", holds_places_in_it },
	{ "overlay: without its layers nothing starts", refuses_what_is_no_directory },
	{ "overlay: root's command is somebody else, and its layers root's", changes_the_user_of_root },
};

int
main(void)
{
	return run_sandbox_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
