/*
 * All that differs between processors: how the kernel is asked, where a
 * program starts, and the one function that no compiler can be trusted with.
 */
#ifndef CSC_FREESTANDING_ARCH_H
#define CSC_FREESTANDING_ARCH_H

#include <elf.h>

#define CSC_TEXT_OF(name) #name
#define CSC_TEXT(name) CSC_TEXT_OF(name)

/* A function written in assembler, hidden like everything else here. */
#define CSC_ASM_FUNCTION(name, body)                                                          \
	__asm__(".pushsection .text." CSC_TEXT(name) ", \"ax\", %progbits\n"                  \
	        ".globl " CSC_TEXT(name) "\n"                                                 \
	        ".type " CSC_TEXT(name) ", %function\n" CSC_TEXT(name) ":\n" body            \
	        ".size " CSC_TEXT(name) ", . - " CSC_TEXT(name) "\n"                          \
	        ".popsection\n")

#if defined(__x86_64__)

#define CSC_R_RELATIVE R_X86_64_RELATIVE

/* Returns what the kernel returns: a result, or an error number negated. */
static inline long
csc_system_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall"
	                 : "=a"(result)
	                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
	                 : "rcx", "r11", "memory");
	return result;
}

/* The kernel leaves argc at the stack pointer and promises nothing else. */
#define CSC_START                                                                             \
	"	xor	%ebp, %ebp\n" /* marks the outermost frame */                              \
	"	mov	%rsp, %rdi\n"                                                              \
	"	and	$-16, %rsp\n"                                                              \
	"	call	csc_begin\n"                                                              \
	"	ud2\n"

/*
 * Parent and child share the stack. The child goes on, calls, and so
 * overwrites the place that our return address is in: keep it in a register,
 * of which each of them has its own.
 */
#define CSC_VFORK                                                                             \
	"	pop	%rdx\n"                                                                    \
	"	mov	$58, %eax\n" /* SYS_vfork */                                               \
	"	syscall\n"                                                                    \
	"	push	%rdx\n"                                                                   \
	"	mov	%rax, %rdi\n"                                                              \
	"	jmp	csc_result\n"

/* The child finds its function and the argument on the stack that it is given. */
#define CSC_CLONE                                                                             \
	"	and	$-16, %rsi\n"                                                              \
	"	sub	$16, %rsi\n"                                                               \
	"	mov	%rdi, (%rsi)\n"                                                            \
	"	mov	%rcx, 8(%rsi)\n"                                                           \
	"	mov	%edx, %edi\n"                                                              \
	"	xor	%edx, %edx\n"                                                              \
	"	xor	%r10d, %r10d\n"                                                            \
	"	xor	%r8d, %r8d\n"                                                              \
	"	mov	$56, %eax\n" /* SYS_clone */                                               \
	"	syscall\n"                                                                    \
	"	mov	%rax, %rdi\n"                                                              \
	"	test	%rax, %rax\n"                                                             \
	"	jnz	csc_result\n"                                                              \
	"	xor	%ebp, %ebp\n"                                                              \
	"	pop	%rax\n"                                                                    \
	"	pop	%rdi\n"                                                                    \
	"	call	*%rax\n"                                                                  \
	"	mov	%eax, %edi\n"                                                              \
	"	mov	$60, %eax\n" /* SYS_exit */                                                \
	"	syscall\n"                                                                    \
	"	ud2\n"

#elif defined(__aarch64__)

#define CSC_R_RELATIVE R_AARCH64_RELATIVE

static inline long
csc_system_call(long number, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc	#0"
	                 : "+r"(x0)
	                 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
	                 : "memory");
	return x0;
}

#define CSC_START                                                                             \
	"	mov	x29, #0\n"                                                                 \
	"	mov	x30, #0\n"                                                                 \
	"	mov	x0, sp\n" /* always aligned to 16 */                                       \
	"	bl	csc_begin\n"                                                                \
	"	brk	#1\n"

/* The return address is in a register already. */
#define CSC_VFORK                                                                             \
	"	mov	x0, #0x4111\n" /* CLONE_VM | CLONE_VFORK | SIGCHLD */                      \
	"	mov	x1, #0\n"                                                                  \
	"	mov	x8, #220\n" /* SYS_clone */                                                \
	"	svc	#0\n"                                                                      \
	"	b	csc_result\n"

#define CSC_CLONE                                                                             \
	"	and	x1, x1, #-16\n"                                                            \
	"	stp	x0, x3, [x1, #-16]!\n"                                                     \
	"	mov	w0, w2\n"                                                                  \
	"	mov	x2, #0\n"                                                                  \
	"	mov	x3, #0\n"                                                                  \
	"	mov	x4, #0\n"                                                                  \
	"	mov	x8, #220\n" /* SYS_clone */                                                \
	"	svc	#0\n"                                                                      \
	"	cbnz	x0, csc_result\n"                                                         \
	"	mov	x29, #0\n"                                                                 \
	"	mov	x30, #0\n"                                                                 \
	"	ldp	x1, x0, [sp], #16\n"                                                       \
	"	blr	x1\n"                                                                      \
	"	mov	x8, #93\n" /* SYS_exit */                                                  \
	"	svc	#0\n"                                                                      \
	"	brk	#1\n"

#else
#error "no freestanding launcher for this architecture: add it here"
#endif

#endif
