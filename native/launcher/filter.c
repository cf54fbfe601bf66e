/*
 * The system-call filter: a binary search over seccomp_table.h that ends in a
 * verdict, or, for the few calls whose arguments decide, in what looks at them.
 * It depends on this source and on one word of the plan (local sockets, exec:
 * strict), not on the host.
 *
 * A search and not a list, because the kernel goes through the program once for
 * every system call number when it is loaded.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "../base/sys.h"
#include "../wire/plan.h"
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

/* What every call goes through first; the search goes on with its number. */
static const struct sock_filter ENTRY[] = {
	/* A foreign ABI has other numbers for the same calls: never guess, kill. */
	LOAD(arch),
	IF_EQUAL(CSC_AUDIT_ARCH, 1, 0),
	RETURN(SECCOMP_RET_KILL_PROCESS),
	LOAD(nr),
#ifdef __x86_64__
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
	RETURN(SECCOMP_RET_KILL_PROCESS),
#endif
};

/*
 * What looks at the arguments of one call. Each ends in a verdict on every way
 * through it: behind it lies another call's.
 */

/*
 * A file with a set-id bit in a write scope would give its finder, outside, the
 * rights of whoever ran csc. The mode is argument `m`; of the two opens only
 * where the flags, argument `f`, say that a file is made.
 */
#define SET_ID (S_ISUID | S_ISGID)
#define NO_SET_ID(m) LOAD_ARG(m), IF_BITS(SET_ID, 0, 1), RETURN(FAIL(EPERM)), RETURN(SECCOMP_RET_ALLOW)
#define NO_SET_ID_OPEN(f, m)                                                                  \
	LOAD_ARG(f), IF_BITS(O_CREAT | O_TMPFILE, 0, 3), LOAD_ARG(m), IF_BITS(SET_ID, 0, 1),  \
	    RETURN(FAIL(EPERM)), RETURN(SECCOMP_RET_ALLOW)

static const struct sock_filter MODE_SECOND[] = { NO_SET_ID(1) };
static const struct sock_filter MODE_THIRD[] = { NO_SET_ID(2) };
static const struct sock_filter OPENAT[] = { NO_SET_ID_OPEN(2, 3) };
#ifdef __x86_64__
static const struct sock_filter OPEN[] = { NO_SET_ID_OPEN(1, 2) };
#endif

/* Threads and processes yes, namespaces no. */
static const struct sock_filter CLONE[] = {
	LOAD_ARG(0),
	IF_BITS(NEW_NAMESPACES, 0, 1),
	RETURN(FAIL(EPERM)),
	RETURN(SECCOMP_RET_ALLOW),
};

/* All but pushing input into a terminal. */
static const struct sock_filter IOCTL[] = {
	LOAD_ARG(1),
	IF_EQUAL(TIOCSTI, 1, 0),
	IF_EQUAL(0x541C /* TIOCLINUX */, 0, 1),
	RETURN(FAIL(EPERM)),
	RETURN(SECCOMP_RET_ALLOW),
};

/*
 * Local, and of a kind that stays connected. A datagram socket of a pair can be
 * pointed at any path, and would be a local socket.
 */
static const struct sock_filter SOCKETPAIR[] = {
	LOAD_ARG(0),
	IF_EQUAL(AF_UNIX, 0, 5),
	LOAD_ARG(1),
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xF /* the kind, without its flags */),
	IF_EQUAL(SOCK_STREAM, 1, 0),
	IF_EQUAL(SOCK_SEQPACKET, 0, 1),
	RETURN(SECCOMP_RET_ALLOW),
	RETURN(FAIL(EAFNOSUPPORT)),
};

/* Asking for it, or the plain one; no other turns off randomisation. */
static const struct sock_filter PERSONALITY[] = {
	LOAD_ARG(0),
	IF_EQUAL(PER_LINUX, 1, 0),
	IF_EQUAL(0xFFFFFFFFU, 0, 1),
	RETURN(SECCOMP_RET_ALLOW),
	RETURN(FAIL(EPERM)),
};

/*
 * IPv4, IPv6, and netlink for reading routes and addresses. The network
 * namespace holds nothing but loopback. A local socket is another matter: with
 * one, a command reaches whatever listens at a path in its scopes, and may hand
 * descriptors out; so it takes the sandbox profile's word.
 */
#define FAMILIES                                                                              \
	IF_EQUAL(AF_INET, 4, 0), IF_EQUAL(AF_INET6, 3, 0), IF_EQUAL(AF_NETLINK, 0, 3), LOAD_ARG(2), \
	    IF_EQUAL(NETLINK_ROUTE, 0, 1), RETURN(SECCOMP_RET_ALLOW), RETURN(FAIL(EAFNOSUPPORT))

static const struct sock_filter SOCKET[] = { LOAD_ARG(0), FAMILIES };
static const struct sock_filter LOCAL_SOCKET[] = {
	LOAD_ARG(0),
	IF_EQUAL(AF_UNIX, 0, 1),
	RETURN(SECCOMP_RET_ALLOW),
	FAMILIES,
};

/*
 * exec: strict. No file in memory that could be executed, as vm.memfd_noexec=2
 * has it, which only root may set.
 */
static const struct sock_filter PLAIN_MEMORY[] = {
	LOAD_ARG(1),
	IF_BITS(MFD_NOEXEC_SEAL, 1, 0),
	RETURN(FAIL(EACCES)),
	RETURN(SECCOMP_RET_ALLOW),
};

/* A call that is judged by its arguments, and what judges it. */
struct judged {
	uint32_t nr;
	uint32_t count;
	const struct sock_filter *code;
};

#define JUDGED(name, code) { __NR_##name, sizeof(code) / sizeof((code)[0]), code }
static const struct judged BY_ARGUMENT[] = {
	JUDGED(clone, CLONE),
	JUDGED(ioctl, IOCTL),
	JUDGED(openat, OPENAT),
	JUDGED(fchmod, MODE_SECOND),
	JUDGED(fchmodat, MODE_THIRD),
	JUDGED(fchmodat2, MODE_THIRD),
	JUDGED(mkdirat, MODE_THIRD),
	JUDGED(mknodat, MODE_THIRD),
#ifdef __x86_64__
	JUDGED(open, OPEN),
	JUDGED(creat, MODE_SECOND),
	JUDGED(chmod, MODE_SECOND),
	JUDGED(mkdir, MODE_SECOND),
	JUDGED(mknod, MODE_SECOND),
#endif
	JUDGED(socketpair, SOCKETPAIR),
	JUDGED(personality, PERSONALITY),
	JUDGED(socket, SOCKET),
};
static const struct judged WITH_LOCAL_SOCKETS = JUDGED(socket, LOCAL_SOCKET);
static const struct judged STRICT_MEMORY = JUDGED(memfd_create, PLAIN_MEMORY);

#define NJUDGED (sizeof(BY_ARGUMENT) / sizeof(BY_ARGUMENT[0]))

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

/* All numbers from `first` up to the next range end alike. */
struct range {
	uint32_t first;
	uint32_t verdict;
	const struct judged *judged; /* instead of the verdict; its number is alone in its range */
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

/* What looks at the arguments of a call, if anything does. */
static const struct judged *
judged_of(uint32_t nr, uint32_t flags)
{
	if ((flags & CSC_PLAN_LOCAL_SOCKETS) && nr == WITH_LOCAL_SOCKETS.nr)
		return &WITH_LOCAL_SOCKETS;
	if ((flags & CSC_PLAN_STRICT_EXEC) && nr == STRICT_MEMORY.nr)
		return &STRICT_MEMORY;
	for (size_t i = 0; i < NJUDGED; i++) {
		if (BY_ARGUMENT[i].nr == nr)
			return &BY_ARGUMENT[i];
	}
	return NULL;
}

static size_t
make_ranges(struct range ranges[NR_END], uint32_t flags)
{
	uint32_t verdicts[NR_END];
	bool judged[NR_END] = { false };
	size_t count = 0;

	for (uint32_t nr = 0; nr < NR_END; nr++)
		verdicts[nr] = FAIL(ENOSYS);
	for (size_t i = 0; i < NRULES; i++)
		verdicts[RULES[i].nr] = RULES[i].verdict;
	for (size_t i = 0; i < NJUDGED; i++)
		judged[BY_ARGUMENT[i].nr] = true;
	if (flags & CSC_PLAN_STRICT_EXEC)
		judged[STRICT_MEMORY.nr] = true;
	for (uint32_t nr = 0; nr < NR_END; nr++) {
		if (nr == 0 || judged[nr] || judged[nr - 1] || verdicts[nr] != verdicts[nr - 1])
			ranges[count++] = (struct range){ nr, verdicts[nr], judged[nr] ? judged_of(nr, flags) : NULL };
	}
	return count;
}

/* Appends instructions; the new end, or 0 when they do not fit. */
static size_t
append(struct sock_filter *program, size_t at, size_t capacity, const struct sock_filter *more, size_t count)
{
	if (at > capacity || count > capacity - at)
		return 0;
	memcpy(program + at, more, count * sizeof(*more));
	return at + count;
}

/*
 * Emits the search over ranges[low..high): a leaf judges, a node jumps over
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
		const struct sock_filter verdict = RETURN(ranges[low].verdict);
		const struct judged *judged = ranges[low].judged;

		return judged ? append(program, at, capacity, judged->code, judged->count)
		              : append(program, at, capacity, &verdict, 1);
	}
	left_end = emit(program, at + 1, capacity, ranges, low, middle);
	if (left_end == 0 || left_end - (at + 1) > UINT8_MAX)
		return 0;
	program[at] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, ranges[middle].first,
	    (uint8_t)(left_end - (at + 1)), 0);
	return emit(program, left_end, capacity, ranges, middle, high);
}

size_t
csc_filter_build(struct sock_filter *program, size_t capacity, uint32_t flags)
{
	static struct range ranges[NR_END];
	size_t at = append(program, 0, capacity, ENTRY, sizeof(ENTRY) / sizeof(ENTRY[0]));

	return at == 0 ? 0 : emit(program, at, capacity, ranges, 0, make_ranges(ranges, flags));
}

uint32_t
csc_filter_verdict(uint32_t nr)
{
	return verdict_of(nr);
}
