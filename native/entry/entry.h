/*
 * What the packer (scripts/build/embed.ts) and the entry routine agree on, and
 * the few things an architecture has to supply (entry_<arch>.S holds its
 * csc_start, the system calls are below).
 */
#ifndef CSC_ENTRY_H
#define CSC_ENTRY_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that become a memory file. */
struct entry_bytes {
	uint64_t offset; /* from the start of the image */
	uint64_t size;
};

/* A list of NUL-terminated strings, one after the other. */
struct entry_strings {
	uint64_t offset; /* from the start of the image */
	uint64_t count;
};

/*
 * Sits at the start of the image. The linker script writes the first three
 * members, the packer the others. Offsets count from the start of the image
 * and may be negative: the image lies above everything else of the executable.
 */
struct entry_header {
	uint64_t magic;
	uint64_t start;         /* csc_start */
	uint64_t open;          /* csc_entry_open, Deno's open64 where there is a code cache */
	int64_t original_entry; /* where Deno itself starts */
	int64_t environ_slot;   /* pointer-sized slot that holds &environ of libc */
	int64_t errno_slot;     /* the same for the function __errno_location of libc */
	struct entry_bytes module;
	struct entry_bytes bridge;
	struct entry_bytes launcher;
	struct entry_strings arguments;     /* put before the caller's arguments */
	struct entry_strings added_env;     /* "NAME=value" */
	struct entry_strings dropped_names; /* prefixes of variable names */
	struct entry_strings cache_path;    /* one name: where Deno looks for its code cache */
	struct entry_bytes cache;           /* what it finds there */
};

/* 24 bytes from the linker script, 152 from the packer. */
_Static_assert(sizeof(struct entry_header) == 176, "keep entry.ld and embed.ts in step");

extern const struct entry_header csc_header __attribute__((visibility("hidden")));

/* From the kernel's ABI. */
enum {
	AT_CWD = -100,
};

/* What a memory file is for: csc_entry_serve's `kind`. */
enum {
	CSC_NOEXEC_SEAL = 8,
	CSC_EXECUTABLE = 16,
};

size_t csc_entry_length(const char *text) __attribute__((visibility("hidden")));
const char *csc_entry_image(uint64_t offset) __attribute__((visibility("hidden")));
int csc_entry_serve(const char *name, unsigned int kind, const char *head, struct entry_bytes content,
                    const char **why) __attribute__((visibility("hidden")));
size_t csc_entry_room(const uintptr_t *old_stack) __attribute__((visibility("hidden")));
uintptr_t csc_entry_build(const uintptr_t *old_stack, uintptr_t *new_stack)
    __attribute__((visibility("hidden")));
int csc_entry_open(const char *path, int flags, unsigned int mode) __attribute__((visibility("hidden")));

#if defined(__x86_64__)

enum {
	NR_WRITE = 1,
	NR_CLOSE = 3,
	NR_FCNTL = 72,
	NR_EXIT_GROUP = 231,
	NR_OPENAT = 257,
	NR_PRLIMIT64 = 302,
	NR_MEMFD_CREATE = 319,
};

static inline long
system_call(long number, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d)
{
	register uintptr_t r10 __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10)
	                 : "rcx", "r11", "memory");
	return result;
}

#elif defined(__aarch64__)

enum {
	NR_FCNTL = 25,
	NR_OPENAT = 56,
	NR_CLOSE = 57,
	NR_WRITE = 64,
	NR_EXIT_GROUP = 94,
	NR_PRLIMIT64 = 261,
	NR_MEMFD_CREATE = 279,
};

static inline long
system_call(long number, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d)
{
	register long x8 __asm__("x8") = number;
	register uintptr_t x0 __asm__("x0") = a;
	register uintptr_t x1 __asm__("x1") = b;
	register uintptr_t x2 __asm__("x2") = c;
	register uintptr_t x3 __asm__("x3") = d;

	__asm__ volatile("svc	#0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return (long)x0;
}

#else
#error "no entry routine for this architecture: add entry_<arch>.S and its system calls here"
#endif

#endif
