/*
 * The system-call filter: the few calls whose arguments decide, then a binary
 * search over seccomp_table.h. It depends on this source and on one word of the
 * plan (local sockets), not on the host.
 *
 * A search and not a list, because the kernel walks the whole program once for
 * every system call number when it is loaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "filter.h"

/* Newer than the headers of the oldest build host; the numbers are the same everywhere. */
#ifndef __NR_cachestat
#define __NR_cachestat 451
#endif
#ifndef __NR_fchmodat2
#define __NR_fchmodat2 452
#endif
#ifndef __NR_map_shadow_stack
#define __NR_map_shadow_stack 453
#endif
#ifndef __NR_futex_wake
#define __NR_futex_wake 454
#define __NR_futex_wait 455
#define __NR_futex_requeue 456
#endif
#ifndef __NR_mseal
#define __NR_mseal 462
#endif

#if defined(__x86_64__)
#define CSC_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define CSC_AUDIT_ARCH AUDIT_ARCH_AARCH64
#else
#error "no system-call table for this architecture"
#endif

#define X32_BIT 0x40000000U
#define NEW_NAMESPACES                                                                        \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
/* The low half of an argument: the kernel looks at 32 bits of all of these. */
#define LOAD_ARG(n) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[n]))
#define RETURN(verdict) BPF_STMT(BPF_RET | BPF_K, (verdict))
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (yes), (no))
#define IF_BITS(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (value), (yes), (no))
#define FAIL(errnum) (SECCOMP_RET_ERRNO | ((errnum) & SECCOMP_RET_DATA))

/*
 * A file with a set-id bit in a write scope would give its finder, outside, the
 * rights of whoever ran csc. The mode is argument `m`; of the two opens only
 * where the flags, argument `f`, say that a file is made.
 */
#define SET_ID (S_ISUID | S_ISGID)
#define NO_SET_ID(call, m)                                                                    \
	IF_EQUAL(__NR_##call, 0, 4), LOAD_ARG(m), IF_BITS(SET_ID, 0, 1), RETURN(FAIL(EPERM)), \
	    RETURN(SECCOMP_RET_ALLOW)
#define NO_SET_ID_OPEN(call, f, m)                                                            \
	IF_EQUAL(__NR_##call, 0, 6), LOAD_ARG(f), IF_BITS(O_CREAT | O_TMPFILE, 0, 3), LOAD_ARG(m), \
	    IF_BITS(SET_ID, 0, 1), RETURN(FAIL(EPERM)), RETURN(SECCOMP_RET_ALLOW)

/* Ends with the number of the call loaded, for the search. */
static const struct sock_filter BY_ARGUMENT[] = {
	/* A foreign ABI has other numbers for the same calls: never guess, kill. */
	LOAD(arch),
	IF_EQUAL(CSC_AUDIT_ARCH, 1, 0),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
#ifdef __x86_64__
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),
#endif
	/* clone: threads and processes yes, namespaces no. */
	IF_EQUAL(__NR_clone, 0, 4),
	LOAD_ARG(0),
	IF_BITS(NEW_NAMESPACES, 0, 1),
	RETURN(FAIL(EPERM)),
	RETURN(SECCOMP_RET_ALLOW),
	/* ioctl: all but pushing input into a terminal. */
	IF_EQUAL(__NR_ioctl, 0, 5),
	LOAD_ARG(1),
	IF_EQUAL(TIOCSTI, 1, 0),
	IF_EQUAL(0x541C /* TIOCLINUX */, 0, 1),
	RETURN(FAIL(EPERM)),
	RETURN(SECCOMP_RET_ALLOW),
	/* making or changing a file: without set-id bits */
	NO_SET_ID_OPEN(openat, 2, 3),
	NO_SET_ID(fchmod, 1),
	NO_SET_ID(fchmodat, 2),
	NO_SET_ID(fchmodat2, 2),
	NO_SET_ID(mkdirat, 2),
	NO_SET_ID(mknodat, 2),
#ifdef __x86_64__
	NO_SET_ID_OPEN(open, 1, 2),
	NO_SET_ID(creat, 1),
	NO_SET_ID(chmod, 1),
	NO_SET_ID(mkdir, 1),
	NO_SET_ID(mknod, 1),
#endif
	/*
	 * socketpair: local, and of a kind that stays connected. A datagram socket
	 * of a pair can be pointed at any path, and would be a local socket.
	 */
	IF_EQUAL(__NR_socketpair, 0, 8),
	LOAD_ARG(0),
	IF_EQUAL(AF_UNIX, 0, 5),
	LOAD_ARG(1),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xF /* the kind, without its flags */),
	IF_EQUAL(SOCK_STREAM, 1, 0),
	IF_EQUAL(SOCK_SEQPACKET, 0, 1),
	RETURN(SECCOMP_RET_ALLOW),
	RETURN(FAIL(EAFNOSUPPORT)),
	/* personality: ask for it, or the plain one; no other turns off randomisation. */
	IF_EQUAL(__NR_personality, 0, 5),
	LOAD_ARG(0),
	IF_EQUAL(PER_LINUX, 1, 0),
	IF_EQUAL(0xFFFFFFFFU, 0, 1),
	RETURN(SECCOMP_RET_ALLOW),
	RETURN(FAIL(EPERM)),
};

/*
 * socket: IPv4, IPv6, and netlink for reading routes and addresses. The network
 * namespace holds nothing but loopback. A local socket is another matter: with
 * one, a command reaches whatever listens at a path in its scopes, and may hand
 * descriptors out; so it takes the sandbox profile's word.
 */
static const struct sock_filter SOCKETS[] = {
	IF_EQUAL(__NR_socket, 0, 8),
	LOAD_ARG(0),
	IF_EQUAL(AF_INET, 4, 0),
	IF_EQUAL(AF_INET6, 3, 0),
	IF_EQUAL(AF_NETLINK, 0, 3),
	LOAD_ARG(2),
	IF_EQUAL(NETLINK_ROUTE, 0, 1),
	RETURN(SECCOMP_RET_ALLOW),
	RETURN(FAIL(EAFNOSUPPORT)),
};

static const struct sock_filter LOCAL_SOCKETS[] = {
	IF_EQUAL(__NR_socket, 0, 4),
	LOAD_ARG(0),
	IF_EQUAL(AF_UNIX, 0, 1),
	RETURN(SECCOMP_RET_ALLOW),
	LOAD(nr),
};

struct rule {
	uint32_t nr;
	uint32_t verdict;
};

#define ALLOW(name) { __NR_##name, SECCOMP_RET_ALLOW },
#define DENY(name, errnum) { __NR_##name, FAIL(errnum) },
static const struct rule RULES[] = {
#include "seccomp_table.h"
};

#define NRULES (sizeof(RULES) / sizeof(RULES[0]))
/* Above every number that an architecture uses for a real call. */
#define NR_END 1024U

/* All numbers from `first` up to the next range have this verdict. */
struct range {
	uint32_t first;
	uint32_t verdict;
};

/* A call that the table does not name fails with ENOSYS. */
static uint32_t
verdict_of(uint32_t nr)
{
	for (size_t i = 0; i < NRULES; i++) {
		if (RULES[i].nr == nr)
			return RULES[i].verdict;
	}
	return FAIL(ENOSYS);
}

static size_t
make_ranges(struct range ranges[NR_END])
{
	uint32_t verdicts[NR_END];
	size_t count = 0;

	for (uint32_t nr = 0; nr < NR_END; nr++)
		verdicts[nr] = FAIL(ENOSYS);
	for (size_t i = 0; i < NRULES; i++)
		verdicts[RULES[i].nr] = RULES[i].verdict;
	for (uint32_t nr = 0; nr < NR_END; nr++) {
		if (nr == 0 || verdicts[nr] != verdicts[nr - 1])
			ranges[count++] = (struct range){ .first = nr, .verdict = verdicts[nr] };
	}
	return count;
}

/*
 * Emits the search over ranges[low..high): a leaf returns, a node jumps over
 * its left half when the number is not below the right half's first. Returns
 * the end of the program, or 0 when it does not fit.
 */
static size_t /* NOLINTNEXTLINE(misc-no-recursion): as deep as the search, ten levels at most */
emit(struct sock_filter *program, size_t at, size_t capacity, const struct range *ranges, size_t low, size_t high)
{
	size_t middle = low + (high - low) / 2;
	size_t left_end;

	if (at >= capacity)
		return 0;
	if (high - low == 1) {
		program[at] = (struct sock_filter)RETURN(ranges[low].verdict);
		return at + 1;
	}
	left_end = emit(program, at + 1, capacity, ranges, low, middle);
	if (left_end == 0 || left_end - (at + 1) > UINT8_MAX)
		return 0;
	program[at] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, ranges[middle].first,
	    (uint8_t)(left_end - (at + 1)), 0);
	return emit(program, left_end, capacity, ranges, middle, high);
}

/* Appends instructions; the new end, or 0 when they do not fit. */
static size_t
append(struct sock_filter *program, size_t at, size_t capacity, const struct sock_filter *more, size_t bytes)
{
	size_t count = bytes / sizeof(*more);

	if (at == 0 || count > capacity - at)
		return 0;
	memcpy(program + at, more, bytes);
	return at + count;
}

size_t
csc_filter_build(struct sock_filter *program, size_t capacity, int local_sockets)
{
	static struct range ranges[NR_END];
	size_t at = sizeof(BY_ARGUMENT) / sizeof(BY_ARGUMENT[0]);

	if (at > capacity)
		return 0;
	memcpy(program, BY_ARGUMENT, sizeof(BY_ARGUMENT));
	if (local_sockets)
		at = append(program, at, capacity, LOCAL_SOCKETS, sizeof(LOCAL_SOCKETS));
	at = append(program, at, capacity, SOCKETS, sizeof(SOCKETS));
	return at == 0 ? 0 : emit(program, at, capacity, ranges, 0, make_ranges(ranges));
}

uint32_t
csc_filter_verdict(uint32_t nr)
{
	return verdict_of(nr);
}
