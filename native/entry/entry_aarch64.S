/*
 * First instructions of the packed executable, reached from ld.so exactly as
 * Deno's own _start would be: sp points at argc, x0 holds the function that
 * ld.so wants registered with atexit.
 */
	.section .text.csc_start, "ax", %progbits
	.globl csc_start
	.hidden csc_start
	.type csc_start, %function
csc_start:
	hint	#38			/* bti jc: an indirect jump may land here */
	mov	x19, sp			/* the stack as the kernel left it */
	mov	x20, x0
	mov	x0, x19
	bl	csc_entry_room
	sub	x21, x19, x0
	and	x21, x21, #-16		/* the stack pointer is always aligned */
	mov	sp, x21			/* frames from here on lie below the new stack */
	mov	x0, x19
	mov	x1, x21
	bl	csc_entry_build
	mov	x16, x0			/* a jump through x16 may land on a bti c */
	mov	sp, x21
	mov	x0, x20
	mov	x19, xzr
	mov	x20, xzr
	mov	x21, xzr
	mov	x29, xzr		/* marks the outermost frame */
	mov	x30, xzr
	br	x16
	.size csc_start, . - csc_start

	.section .note.GNU-stack, "", %progbits
