/*
 * The entry routine over an image of ours, for its tests: one header for each
 * program, since it brings the routine's own text along.
 */
#ifndef CSC_ENTRY_IMAGE_H
#define CSC_ENTRY_IMAGE_H

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "harness.h"

/* The image, as the packer lays it out: the header, and what it points at. */
struct packed {
	uint64_t header[22];
	char *const *const *environ_slot;
	int *(*errno_slot)(void);
	char loader[32];
	char bridge[16];
	char launcher[16];
	char lists[128];
	char cache[16];
};

extern struct packed packed;
__asm__(".globl csc_header\n.hidden csc_header\n.set csc_header, packed\n");

/* Its AT_NULL and the like are numbers of its own. */
#undef AT_FDCWD
#include "../../native/entry/cache.c"
#include "../../native/entry/entry.c"
#include "../../native/entry/memory_file.c"

#define OFFSET(member) __builtin_offsetof(struct packed, member)

static char *const *libc_environ;

struct packed packed = {
	.environ_slot = &libc_environ,
	.errno_slot = __errno_location,
	.loader = "export default 1;",
	.bridge = "the bridge",
	.launcher = "the launcher",
	.lists = "run\0--flag\0ADDED=1\0HOME=\0DENO_\0/none/cache\0",
	.cache = "the code",
};

static struct entry_header *
header(void)
{
	return (struct entry_header *)(void *)packed.header;
}

static void
prepare(void)
{
	*header() = (struct entry_header){
		.original_entry = 0x40,
		.environ_slot = OFFSET(environ_slot),
		.errno_slot = OFFSET(errno_slot),
		.module = { OFFSET(loader), 17 },
		.bridge = { OFFSET(bridge), 10 },
		.launcher = { OFFSET(launcher), 12 },
		.arguments = { OFFSET(lists), 2 },
		.added_env = { OFFSET(lists) + 11, 1 },
		.dropped_names = { OFFSET(lists) + 19, 2 },
		.cache_path = { OFFSET(lists) + 31, 1 },
		.cache = { OFFSET(cache), 8 },
	};
}

static bool
holds(int fd, const char *text, size_t len)
{
	char bytes[256];
	ssize_t n = pread(fd, bytes, sizeof(bytes), 0);

	return n == (ssize_t)len && memcmp(bytes, text, len) == 0;
}

static bool
is_sealed(int fd)
{
	return fcntl(fd, F_GET_SEALS) >= 0 && (fcntl(fd, F_GET_SEALS) & 15) == 15 && fcntl(fd, F_GETFD) == FD_CLOEXEC;
}

static void
without_descriptors(void)
{
	struct rlimit none = { .rlim_cur = 0, .rlim_max = 0 };

	(void)setrlimit(RLIMIT_NOFILE, &none);
}

#endif
