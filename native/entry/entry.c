/*
 * Entry routine of the packed executable (see README.md).
 *
 * Runs: once, in the only thread, after ld.so has relocated everything and
 * before a single instruction of Deno. There is no libc to call, no writable
 * data and no way back: every failure ends the process with 126 and a sentence.
 * Trusts: the image itself (mapped from the executable) and the kernel. What
 * the caller controls (arguments, environment, open descriptors) is moved
 * around as pointers and compared against constant prefixes, never interpreted.
 */
#include "entry.h"

enum {
	EXIT_CANNOT_START = 126,
	STDERR = 2,
	DECIMAL_DIGITS = 10, /* of the largest descriptor, 2^31 - 1 */
	O_READ_CLOEXEC = 02000000,
	OPEN_FILES = 7, /* RLIMIT_NOFILE */
	FEWEST_FILES = 32,
};

#define PATH_PREFIX "/proc/self/fd/"
#define NATIVES_START "const CSC_NATIVES=["
#define NATIVES_END "];"

/* Names the start module; lives above the new stack, so that Deno keeps it. */
struct script_path {
	char text[sizeof(PATH_PREFIX) + DECIMAL_DIGITS];
};

/* JavaScript that tells the module the descriptors of bridge and launcher. */
struct natives_text {
	char text[sizeof(NATIVES_START) + DECIMAL_DIGITS + 1 + DECIMAL_DIGITS + sizeof(NATIVES_END)];
};

/* The three parts of a process's initial stack. */
struct initial_stack {
	uintptr_t argc;
	const uintptr_t *argv; /* argc pointers and a null */
	const uintptr_t *envp; /* pointers and a null */
	const uintptr_t *auxv; /* pairs, the last of type 0 */
	size_t env_count;
	size_t aux_words; /* the closing pair included */
};

static struct initial_stack
read_stack(const uintptr_t *stack)
{
	struct initial_stack parts = { .argc = stack[0], .argv = stack + 1 };

	parts.envp = parts.argv + parts.argc + 1;
	while (parts.envp[parts.env_count] != 0)
		parts.env_count++;
	parts.auxv = parts.envp + parts.env_count + 1;
	do
		parts.aux_words += 2;
	while (parts.auxv[parts.aux_words - 2] != 0);
	return parts;
}

static _Noreturn void
die(const char *message)
{
	system_call(NR_WRITE, STDERR, (uintptr_t)message, csc_entry_length(message), 0);
	for (;;)
		system_call(NR_EXIT_GROUP, EXIT_CANNOT_START, 0, 0, 0);
}

/* Appends text without its NUL; returns where the next goes. */
static char *
put_text(char *to, const char *text)
{
	while (*text != '\0')
		*to++ = *text++;
	return to;
}

static char *
put_number(char *to, int number)
{
	char digits[DECIMAL_DIGITS];
	size_t count = 0;

	do {
		digits[count++] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0);
	while (count > 0)
		*to++ = digits[--count];
	return to;
}

/*
 * Makes bridge and launcher ready for the verbs that run something. Where they
 * cannot be had the list is empty, which is no failure: most verbs do without,
 * and csc then makes them itself, or says why it cannot.
 */
static void
serve_natives(struct natives_text *natives)
{
	const char *why;
	int bridge = csc_entry_serve("csc-bridge", CSC_EXECUTABLE, "", csc_header.bridge, &why);
	int launcher = bridge < 0 ? -1 : csc_entry_serve("csc-launcher", CSC_EXECUTABLE, "", csc_header.launcher, &why);
	char *to = put_text(natives->text, NATIVES_START);

	if (launcher >= 0) {
		to = put_number(to, bridge);
		*to++ = ',';
		to = put_number(to, launcher);
	} else if (bridge >= 0) {
		system_call(NR_CLOSE, (uintptr_t)bridge, 0, 0, 0);
	}
	*put_text(to, NATIVES_END) = '\0';
}

/*
 * The module's text begins with what only this run knows: nobody but the
 * module sees it, and nobody else can say it.
 */
static void
serve_module(struct script_path *path)
{
	struct natives_text natives;
	const char *why;
	int fd;

	serve_natives(&natives);
	fd = csc_entry_serve("csc", CSC_NOEXEC_SEAL, natives.text, csc_header.module, &why);
	if (fd < 0)
		die(why);
	*put_number(put_text(path->text, PATH_PREFIX), fd) = '\0';
}

/* Without /proc Deno would fail later, with an error that names neither. */
static void
require_proc(const struct script_path *path)
{
	long fd = system_call(NR_OPENAT, (uintptr_t)AT_CWD, (uintptr_t)path->text, O_READ_CLOEXEC, 0);

	if (fd < 0)
		die("csc: cannot start: /proc/self/fd cannot be read; mount /proc (mount -t proc proc /proc)\n");
	system_call(NR_CLOSE, (uintptr_t)fd, 0, 0, 0);
}

/* With fewer Deno would end in the middle of its start, and with a stack trace. */
static void
require_descriptors(void)
{
	struct {
		uint64_t soft;
		uint64_t hard; /* Deno raises its own to this */
	} limit = { 0, FEWEST_FILES };

	if (system_call(NR_PRLIMIT64, 0, OPEN_FILES, 0, (uintptr_t)&limit) == 0 && limit.hard < FEWEST_FILES)
		die("csc: cannot start: the limit on open files is below 32; raise it (ulimit -n)\n");
}

static int
starts_with(const char *text, const char *prefix)
{
	size_t i = 0;

	while (prefix[i] != '\0' && text[i] == prefix[i])
		i++;
	return prefix[i] == '\0';
}

/*
 * True for variables that configure Deno, Node or their libraries. They are
 * addressed to other programs; csc reads the ones that a contract wants to
 * pass on from /proc/self/environ, which still has all of them.
 */
static int
is_dropped(const char *variable)
{
	const char *prefix = csc_entry_image(csc_header.dropped_names.offset);

	for (uint64_t i = 0; i < csc_header.dropped_names.count; i++) {
		if (starts_with(variable, prefix))
			return 1;
		prefix += csc_entry_length(prefix) + 1;
	}
	return 0;
}

/* Appends pointers to the strings of a list; returns the next free word. */
static uintptr_t *
append(uintptr_t *to, struct entry_strings list)
{
	const char *text = csc_entry_image(list.offset);

	for (uint64_t i = 0; i < list.count; i++) {
		*to++ = (uintptr_t)text;
		text += csc_entry_length(text) + 1;
	}
	return to;
}

/* Bytes that `csc_entry_build` needs below the old stack, at most. */
size_t
csc_entry_room(const uintptr_t *old_stack)
{
	struct initial_stack old = read_stack(old_stack);
	size_t words = 1 + old.argc + csc_header.arguments.count + 2 + 1 /* argc, argv, path, null */
	    + old.env_count + csc_header.added_env.count + 1 + old.aux_words;

	return words * sizeof(uintptr_t) + sizeof(struct script_path);
}

/*
 * Writes the initial stack that Deno shall see:
 *
 *   csc <arguments of the image> /proc/self/fd/N <the caller's arguments>
 *
 * and returns the address at which Deno starts.
 */
uintptr_t
csc_entry_build(const uintptr_t *old_stack, uintptr_t *new_stack)
{
	struct initial_stack old = read_stack(old_stack);
	struct script_path *path = (struct script_path *)old_stack - 1;
	uintptr_t *to = new_stack + 1;
	uintptr_t *new_env;
	uintptr_t **libc_environ;

	serve_module(path);
	require_proc(path);
	require_descriptors();

	/* Deno acts on some names that it is called by ("dx"): the caller's name
	 * for this file must not choose what it does. */
	*to++ = (uintptr_t)"csc";
	to = append(to, csc_header.arguments);
	*to++ = (uintptr_t)path->text;
	for (uintptr_t i = 1; i < old.argc; i++)
		*to++ = old.argv[i];
	*new_stack = (uintptr_t)(to - new_stack) - 1;
	*to++ = 0;

	new_env = to;
	for (size_t i = 0; i < old.env_count; i++)
		if (!is_dropped((const char *)old.envp[i]))
			*to++ = old.envp[i];
	to = append(to, csc_header.added_env);
	*to++ = 0;

	for (size_t i = 0; i < old.aux_words; i++)
		*to++ = old.auxv[i];

	/* libc learned the old environment from ld.so; its `environ` is what
	 * getenv and main's third argument come from. */
	libc_environ = *(uintptr_t ***)(csc_entry_image(0) + csc_header.environ_slot);
	*libc_environ = new_env;
	return (uintptr_t)csc_entry_image(0) + (uintptr_t)csc_header.original_entry;
}
