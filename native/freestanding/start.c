/*
 * From the kernel to main: relocates the program to where it was mapped, seeds
 * the stack protector, makes read-only what never changes again.
 *
 * Runs: before anything else, in one thread. Nothing that holds an address may
 * be read before `relocate`, and no function with a canary be left that was
 * entered before the guard had its value.
 */
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch.h"

#define EARLY __attribute__((no_stack_protector))
#define HIDDEN __attribute__((visibility("hidden")))

/* Exit code where the program cannot even start. */
#define CANNOT_START 127

int main(void);
void csc_begin(const uintptr_t *stack) HIDDEN;

/* From the linker: the program's own headers, wherever they are now. */
extern const Elf64_Ehdr __ehdr_start HIDDEN;
extern const Elf64_Dyn _DYNAMIC[] HIDDEN;

/* What functions compare their canary with; read-only once main runs. */
extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard __attribute__((section(".data.rel.ro"))) = 0;

void __stack_chk_fail(void);

/* A smashed stack: nothing can be trusted, not even to say so. */
void
__stack_chk_fail(void)
{
	/* The kernel forces this signal even upon PID 1 of a namespace. */
	__builtin_trap();
}

/* The value of one entry of the auxiliary vector, or 0. */
EARLY static uintptr_t
auxiliary(const uintptr_t *stack, uintptr_t type)
{
	const uintptr_t *at = stack + 1 + stack[0] + 1; /* behind the arguments */

	while (*at != 0) /* behind the environment */
		at++;
	for (at++; at[0] != AT_NULL; at += 2) {
		if (at[0] == type)
			return at[1];
	}
	return 0;
}

/* The only relocations of a static program are addresses of its own. */
EARLY static void
relocate(uintptr_t base)
{
	const Elf64_Rela *table = NULL;
	size_t count = 0;

	for (const Elf64_Dyn *entry = _DYNAMIC; entry->d_tag != DT_NULL; entry++) {
		if (entry->d_tag == DT_RELA)
			table = (const Elf64_Rela *)(base + entry->d_un.d_ptr);
		if (entry->d_tag == DT_RELASZ)
			count = entry->d_un.d_val / sizeof(*table);
	}
	for (size_t i = 0; table && i < count; i++) {
		if (ELF64_R_TYPE(table[i].r_info) != CSC_R_RELATIVE)
			_exit(CANNOT_START);
		*(uintptr_t *)(base + table[i].r_offset) = base + (uintptr_t)table[i].r_addend;
	}
}

/* Takes the write permission of what only `relocate` had to write. */
static void
protect(uintptr_t base, uintptr_t page)
{
	const Elf64_Phdr *segments = (const Elf64_Phdr *)(base + __ehdr_start.e_phoff);

	for (size_t i = 0; i < __ehdr_start.e_phnum; i++) {
		uintptr_t start = (base + segments[i].p_vaddr) & ~(page - 1);
		uintptr_t end = (base + segments[i].p_vaddr + segments[i].p_memsz) & ~(page - 1);

		if (segments[i].p_type != PT_GNU_RELRO || start == end)
			continue;
		if (mprotect((void *)start, end - start, PROT_READ) < 0)
			_exit(CANNOT_START);
	}
}

CSC_ASM_FUNCTION(_start, CSC_START);

/* The kernel's stack: argc, argv, environment, auxiliary vector. */
EARLY __attribute__((used)) void
csc_begin(const uintptr_t *stack)
{
	uintptr_t base = (uintptr_t)&__ehdr_start;
	const uintptr_t *random = (const uintptr_t *)auxiliary(stack, AT_RANDOM);

	relocate(base);
	if (!random)
		_exit(CANNOT_START);
	/* The zero byte stops a string that runs over from copying the guard. */
	__stack_chk_guard = *random & ~(uintptr_t)0xff;
	protect(base, auxiliary(stack, AT_PAGESZ));
	_exit(main());
}
