/*
 * First instructions of the packed executable, reached from ld.so exactly as
 * Deno's own _start would be (System V ABI): %rsp points at argc, %rdx holds
 * the function that ld.so wants registered with atexit.
 */
	.section .text.csc_start, "ax", @progbits
	.globl csc_start
	.hidden csc_start
	.type csc_start, @function
csc_start:
	endbr64
	mov	%rsp, %rbx		/* the stack as the kernel left it */
	mov	%rdx, %r12
	mov	%rbx, %rdi
	call	csc_entry_room
	mov	%rbx, %rsi
	sub	%rax, %rsi
	and	$-16, %rsi		/* the ABI aligns argc to 16 bytes */
	mov	%rsi, %r13
	mov	%rsi, %rsp		/* frames from here on lie below the new stack */
	mov	%rbx, %rdi
	call	csc_entry_build
	mov	%r13, %rsp
	mov	%r12, %rdx
	xor	%ebx, %ebx
	xor	%ebp, %ebp		/* marks the outermost frame */
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	jmp	*%rax
	.size csc_start, . - csc_start

	.section .note.GNU-stack, "", @progbits
