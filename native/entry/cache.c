/*
 * Deno's open64, in an executable that carries a code cache.
 *
 * V8 compiles a text several times faster if it gets back what it once made of
 * the same text. Deno keeps that in a data base below DENO_DIR, which csc must
 * not have: whoever can write there would write csc's code. So the data base
 * lies in the executable, and the packer has ld.so put this function in the
 * place of libc's open64 (scripts/build/code_cache.ts). Asked for the one path
 * that exists nowhere, it hands out a sealed memory file; whatever else it is
 * asked for goes to the kernel as it is.
 *
 * Runs: in any thread of Deno, at any time. Keeps nothing, trusts the image.
 */
#include "entry.h"

enum {
	NO_SUCH_FILE = -2,
};

static int
is_cache(const char *path)
{
	const char *name = csc_entry_image(csc_header.cache_path.offset);
	size_t i = 0;

	while (name[i] != '\0' && path[i] == name[i])
		i++;
	return name[i] == path[i];
}

static long
open_cache(void)
{
	const char *why;
	int fd = csc_entry_serve("csc-code-cache", CSC_NOEXEC_SEAL, "", csc_header.cache, &why);

	return fd < 0 ? NO_SUCH_FILE : fd;
}

/*
 * As open64(3), but for not being a cancellation point: Deno cancels no thread.
 * Without a cache to be had there is none at that path: V8 then compiles.
 */
int
csc_entry_open(const char *path, int flags, unsigned int mode)
{
	int *(*errno_of_thread)(void);
	long fd;

	fd = is_cache(path) ? open_cache()
	                    : system_call(NR_OPENAT, (uintptr_t)AT_CWD, (uintptr_t)path, (uintptr_t)flags, mode);
	if (fd >= 0)
		return (int)fd;
	errno_of_thread = *(int *(**)(void))csc_entry_image((uint64_t)csc_header.errno_slot);
	*errno_of_thread() = (int)-fd;
	return -1;
}
