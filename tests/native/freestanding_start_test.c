/*
 * From the kernel to main: what starts the launcher, let loose on an image in
 * our memory instead of on the program that it is part of.
 */
#include <elf.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"

/* As large as any machine has them. */
#define PAGE 0x10000U
#define RANDOM 0x1122334455667788U

/* A program of two pages: headers and tables, then what has to be relocated. */
struct image {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
	Elf64_Rela table[3];
	_Alignas(PAGE) uintptr_t places[PAGE / sizeof(uintptr_t)];
};

struct image test_image;
Elf64_Dyn test_tables[3];

/* The names by which the linker would give them to start.c. */
__asm__(".globl test_header\n.hidden test_header\n.set test_header, test_image\n"
        ".globl test_dynamic\n.hidden test_dynamic\n.set test_dynamic, test_tables\n");

static jmp_buf left;
static int exit_code;
static int main_runs;

int test_main(void);
void test_exit(int code) __attribute__((noreturn));

#define __ehdr_start test_header
#define _DYNAMIC test_dynamic
#define __stack_chk_guard test_guard
#define __stack_chk_fail test_smashed
#define section(name) aligned(16) /* ours is not made read-only by the linker */
#define _start test_start
#define _exit test_exit
#define main test_main
#include "../../native/freestanding/start.c"
#undef main
#undef _exit
#undef _start
#undef section

void
test_exit(int code)
{
	exit_code = code;
	longjmp(left, 1);
}

int
test_main(void)
{
	main_runs++;
	return 42;
}

/* The two relocations and the read-only part of a well-formed program. */
static void
prepare(void)
{
	(void)mprotect(test_image.places, PAGE, PROT_READ | PROT_WRITE);
	memset(&test_image, 0, sizeof(test_image));
	test_image.header.e_phoff = offsetof(struct image, segments);
	test_image.header.e_phnum = 2;
	test_image.segments[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_memsz = sizeof(test_image) };
	test_image.segments[1] = (Elf64_Phdr){
		.p_type = PT_GNU_RELRO,
		.p_vaddr = offsetof(struct image, places),
		.p_memsz = PAGE,
	};
	for (size_t i = 0; i < 2; i++) {
		test_image.table[i].r_offset = offsetof(struct image, places) + i * sizeof(uintptr_t);
		test_image.table[i].r_info = ELF64_R_INFO(0, CSC_R_RELATIVE);
		test_image.table[i].r_addend = (Elf64_Sxword)(100 + i);
	}
	test_tables[0] = (Elf64_Dyn){ .d_tag = DT_RELA, .d_un = { .d_ptr = offsetof(struct image, table) } };
	test_tables[1] = (Elf64_Dyn){ .d_tag = DT_RELASZ, .d_un = { .d_val = 2 * sizeof(Elf64_Rela) } };
	test_tables[2] = (Elf64_Dyn){ .d_tag = DT_NULL };
	test_guard = 0;
	main_runs = 0;
	exit_code = -1;
}

/* Starts the image as the kernel would, with or without AT_RANDOM. */
static void
start(bool random)
{
	static const uintptr_t bytes = RANDOM;
	const uintptr_t stack[] = { 2, 1, 1, 0, 1, 1, 1, 0, AT_UID, 7, random ? AT_RANDOM : AT_GID, (uintptr_t)&bytes,
		AT_PAGESZ, PAGE, AT_NULL, 0 };
	void (*volatile begin)(const uintptr_t *) = csc_begin;

	if (setjmp(left) == 0)
		begin(stack);
}

static void
starts_main(void)
{
	uintptr_t base = (uintptr_t)&test_image;

	prepare();
	start(true);
	CHECK_INT(main_runs, 1);
	CHECK_INT(exit_code, 42);
	CHECK(test_image.places[0] == base + 100);
	CHECK(test_image.places[1] == base + 101);
	CHECK(test_image.places[2] == 0);
	/* A canary that ends in a zero byte. */
	CHECK(test_guard == (RANDOM & ~(uintptr_t)0xFF));
}

static void
protects_what_it_relocated(void)
{
	int status = 0;

	prepare();
	start(true);
	pid_t pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		(void)signal(SIGSEGV, SIG_DFL);
		*(volatile uintptr_t *)&test_image.places[5] = 1;
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static void
needs_no_relocation(void)
{
	prepare();
	test_tables[0] = (Elf64_Dyn){ .d_tag = DT_NULL };
	start(true);
	CHECK_INT(exit_code, 42);
	CHECK(test_image.places[0] == 0);
	prepare();
	test_image.header.e_phnum = 1; /* nothing to protect either */
	start(true);
	CHECK_INT(exit_code, 42);
}

static void
refuses_what_it_does_not_know(void)
{
	prepare();
	test_image.table[1].r_info = ELF64_R_INFO(0, CSC_R_RELATIVE + 1);
	start(true);
	CHECK_INT(exit_code, 127);
	prepare();
	start(false); /* no canary without a random number */
	CHECK_INT(exit_code, 127);
	prepare();
	test_image.segments[1].p_vaddr = (Elf64_Addr)1 << 62; /* nothing is mapped there */
	start(true);
	CHECK_INT(exit_code, 127);
	CHECK_INT(main_runs, 0);
}

static void
stops_when_the_stack_is_smashed(void)
{
	int status = 0;
	pid_t pid = fork();

	CHECK(pid >= 0);
	if (pid == 0) {
		(void)signal(SIGILL, SIG_DFL);
		(void)signal(SIGTRAP, SIG_DFL);
		test_smashed();
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && (WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP));
}

static const struct test TESTS[] = {
	{ "start: a program is relocated, gets a canary, and runs", starts_main },
	{ "start: what was relocated becomes read-only", protects_what_it_relocated },
	{ "start: a program without relocations runs, too", needs_no_relocation },
	{ "start: what cannot be done right is not done", refuses_what_it_does_not_know },
	{ "start: a smashed stack ends the program", stops_when_the_stack_is_smashed },
};
TESTS_MAIN(TESTS)
