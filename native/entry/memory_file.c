/*
 * Memory files of the entry routine, and the few words about text that it needs.
 *
 * Runs: before Deno, in the only thread; csc_entry_serve later too, from
 * whichever thread of Deno asks for the code cache (cache.c). It keeps nothing.
 */
#include "entry.h"

enum {
	FIRST_FREE_FD = 3,
};

/* From the kernel's ABI; this file includes no system header. */
enum {
	CLOEXEC = 1,
	ALLOW_SEALING = 2,
	DUPFD_CLOEXEC = 1030,
	ADD_SEALS = 1033,
	SEAL_EVERYTHING = 1 | 2 | 4 | 8, /* seal, shrink, grow, write */
	INVALID = -22,
};

size_t
csc_entry_length(const char *text)
{
	size_t count = 0;

	while (text[count] != '\0')
		count++;
	return count;
}

const char *
csc_entry_image(uint64_t offset)
{
	return (const char *)((uintptr_t)&csc_header + offset);
}

static int
make_memfd(const char *name, unsigned int kind)
{
	long fd = system_call(NR_MEMFD_CREATE, (uintptr_t)name, CLOEXEC | ALLOW_SEALING | kind, 0, 0);

	/* Kernels before 6.3 do not know the kinds; some later ones insist on one. */
	if (fd == INVALID)
		fd = system_call(NR_MEMFD_CREATE, (uintptr_t)name, CLOEXEC | ALLOW_SEALING, 0, 0);
	return (int)fd;
}

static int
write_all(int fd, const char *bytes, uint64_t size)
{
	while (size > 0) {
		long written = system_call(NR_WRITE, (uintptr_t)fd, (uintptr_t)bytes, size, 0);

		if (written <= 0)
			return -1;
		bytes += written;
		size -= (uint64_t)written;
	}
	return 0;
}

/* The same file under a number above those of the standard streams. */
static int
move_up(int fd)
{
	long moved;

	if (fd >= FIRST_FREE_FD)
		return fd;
	moved = system_call(NR_FCNTL, (uintptr_t)fd, DUPFD_CLOEXEC, FIRST_FREE_FD, 0);
	system_call(NR_CLOSE, (uintptr_t)fd, 0, 0, 0);
	return moved < 0 ? -1 : (int)moved;
}

/*
 * Puts `head` and bytes of the image into a sealed, close-on-exec memory file.
 * Returns its descriptor, or -1 and a sentence.
 *
 * The descriptor is never 0, 1 or 2, even if the caller closed those: Deno
 * would take the file for a standard stream.
 */
int
csc_entry_serve(const char *name, unsigned int kind, const char *head, struct entry_bytes content, const char **why)
{
	int fd = make_memfd(name, kind);

	if (fd < 0) {
		*why = "csc: cannot start: memfd_create failed; the kernel refuses it or no descriptor is free\n";
		return -1;
	}
	if (write_all(fd, head, csc_entry_length(head)) < 0 || write_all(fd, csc_entry_image(content.offset), content.size) < 0) {
		*why = "csc: cannot start: writing the start module to a memory file failed; is memory exhausted?\n";
	} else if (system_call(NR_FCNTL, (uintptr_t)fd, ADD_SEALS, SEAL_EVERYTHING, 0) < 0) {
		*why = "csc: cannot start: the memory file of the start module cannot be sealed\n";
	} else {
		*why = "csc: cannot start: no file descriptor is free\n";
		return move_up(fd);
	}
	system_call(NR_CLOSE, (uintptr_t)fd, 0, 0, 0);
	return -1;
}
