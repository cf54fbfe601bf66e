/*
 * The system-call filter, run as the kernel runs it: every number gets what
 * the table says of it, and the calls whose arguments decide are decided so.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "../../native/launcher/filter.h"
#include "../../native/wire/plan.h"
#include "harness.h"

#define ALLOWED SECCOMP_RET_ALLOW
#define KILLED SECCOMP_RET_KILL_PROCESS
#define FAILS(errnum) (SECCOMP_RET_ERRNO | (uint32_t)(errnum))
#define BROKEN 0xBADU /* no verdict at all: the program ran off its end */

#ifdef __x86_64__
#define OWN_ARCH AUDIT_ARCH_X86_64
#define FOREIGN_ARCH AUDIT_ARCH_I386
#else
#define OWN_ARCH AUDIT_ARCH_AARCH64
#define FOREIGN_ARCH AUDIT_ARCH_ARM
#endif

static struct sock_filter program[CSC_FILTER_MAX];
static size_t length;

/* What the filter answers. Knows just the instructions that it may have. */
static uint32_t
run(const struct seccomp_data *data)
{
	uint32_t a = 0;

	for (size_t at = 0; at < length; at++) {
		const struct sock_filter *i = &program[at];
		bool jump;

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (i->k % 4 != 0 || i->k > sizeof(*data) - 4)
				return BROKEN;
			memcpy(&a, (const uint8_t *)data + i->k, 4);
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			continue;
		case BPF_RET | BPF_K:
			return i->k;
		case BPF_JMP | BPF_JEQ | BPF_K:
			jump = a == i->k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			jump = a >= i->k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			jump = (a & i->k) != 0;
			break;
		default:
			return BROKEN;
		}
		at += jump ? i->jt : i->jf;
	}
	return BROKEN;
}

static uint32_t
call(long nr, uint64_t first, uint64_t second, uint64_t third)
{
	struct seccomp_data data = { .nr = (int)nr, .arch = OWN_ARCH, .args = { first, second, third } };

	return run(&data);
}

static bool
by_argument(uint32_t nr)
{
	static const uint32_t numbers[] = { __NR_clone, __NR_ioctl, __NR_socket, __NR_socketpair, __NR_personality };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (numbers[i] == nr)
			return true;
	}
	return false;
}

static uint32_t
opened_with(uint64_t flags, uint64_t mode)
{
	struct seccomp_data data = { .nr = __NR_openat, .arch = OWN_ARCH, .args = { 3, 0, flags, mode } };

	return run(&data);
}

static void
fits(void)
{
	CHECK(length > 0);
	CHECK(length < BPF_MAXINSNS);
	/* Too small a buffer is refused and not overrun. */
	struct sock_filter *small = malloc((length - 1) * sizeof(*small));
	size_t built = csc_filter_build(small, length - 1, 0);
	size_t tiny = csc_filter_build(small, 3, 0);
	free(small);
	CHECK_INT(built, 0);
	CHECK_INT(tiny, 0);
}

static void
agrees_with_its_table(void)
{
	size_t allowed = 0;

	for (uint32_t nr = 0; nr < 4096; nr++) {
		if (by_argument(nr))
			continue;
		CHECK_INT(call(nr, 0, 0, 0), csc_filter_verdict(nr));
		allowed += csc_filter_verdict(nr) == ALLOWED;
	}
	CHECK(allowed > 200 && allowed < 350);
}

/* Not by way of the table: what would be a hole if the table said otherwise. */
static void
refuses_the_ways_out(void)
{
	static const long refused[] = { __NR_unshare, __NR_setns, __NR_mount, __NR_umount2, __NR_pivot_root, __NR_chroot,
		__NR_open_tree, __NR_move_mount, __NR_fsopen, __NR_fsconfig, __NR_fsmount, __NR_fspick, __NR_mount_setattr,
		457 /* statmount */, 458 /* listmount */, 467 /* open_tree_attr */, 470 /* listns */, __NR_ptrace,
		__NR_process_vm_readv, __NR_process_vm_writev, __NR_process_mrelease, __NR_pidfd_getfd, __NR_kcmp,
		__NR_open_by_handle_at, __NR_bpf, __NR_perf_event_open, __NR_userfaultfd, __NR_keyctl, __NR_add_key,
		__NR_request_key, __NR_io_uring_setup, __NR_io_uring_enter, __NR_io_uring_register, __NR_clone3,
		__NR_kexec_load, __NR_kexec_file_load, __NR_init_module, __NR_finit_module, __NR_delete_module, __NR_reboot,
		__NR_clock_settime, __NR_settimeofday, __NR_clock_adjtime, __NR_adjtimex, __NR_sethostname,
		__NR_setdomainname, __NR_swapon, __NR_swapoff, __NR_acct, __NR_quotactl, __NR_syslog, __NR_fanotify_init,
		__NR_memfd_secret };
	static const long needed[] = { __NR_read, __NR_write, __NR_openat, __NR_close, __NR_mmap, __NR_execve,
		__NR_exit_group, __NR_futex, __NR_wait4, __NR_getrandom, __NR_rt_sigreturn };

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		CHECK_INT(call(refused[i], 0, 0, 0) & SECCOMP_RET_ACTION_FULL, SECCOMP_RET_ERRNO);
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
		CHECK_INT(call(needed[i], 0, 0, 0), ALLOWED);
	CHECK_INT(call(__NR_clone3, 0, 0, 0), FAILS(ENOSYS)); /* else libc would not fall back */
	CHECK_INT(call(600, 0, 0, 0), FAILS(ENOSYS));
	CHECK_INT(call(100000, 0, 0, 0), FAILS(ENOSYS));
}

static void
kills_a_foreign_abi(void)
{
	struct seccomp_data data = { .nr = __NR_read, .arch = FOREIGN_ARCH };

	CHECK_INT(run(&data), KILLED);
	data.arch = 0;
	CHECK_INT(run(&data), KILLED);
#ifdef __x86_64__
	for (long nr = 0; nr < 600; nr++)
		CHECK_INT(call(0x40000000 + nr, 0, 0, 0), KILLED);
	CHECK_INT(call(-1, 0, 0, 0), KILLED);
#endif
}

static void
decides_by_argument(void)
{
	static const uint64_t namespaces[] = { CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER,
		CLONE_NEWPID, CLONE_NEWNET };

	CHECK_INT(call(__NR_clone, SIGCHLD, 0, 0), ALLOWED);
	CHECK_INT(call(__NR_clone, CLONE_VM | CLONE_THREAD | CLONE_SIGHAND, 0, 0), ALLOWED);
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
		CHECK_INT(call(__NR_clone, namespaces[i] | SIGCHLD, 0, 0), FAILS(EPERM));
	CHECK_INT(call(__NR_clone, 0x100000000ULL | CLONE_NEWUSER, 0, 0), FAILS(EPERM));

	CHECK_INT(call(__NR_ioctl, 0, TCGETS, 0), ALLOWED);
	CHECK_INT(call(__NR_ioctl, 0, TIOCSTI, 0), FAILS(EPERM));
	CHECK_INT(call(__NR_ioctl, 0, 0x541C, 0), FAILS(EPERM));
	/* The kernel drops the upper half of a request, so it must not hide one. */
	CHECK_INT(call(__NR_ioctl, 0, 0x100000000ULL | TIOCSTI, 0), FAILS(EPERM));
	CHECK_INT(call(__NR_ioctl, 0, 0xFFFFFFFF00000000ULL | TIOCSTI, 0), FAILS(EPERM));
	CHECK_INT(call(__NR_ioctl, 0, 0x100000000ULL | 0x541C, 0), FAILS(EPERM));

	CHECK_INT(call(__NR_socket, AF_UNIX, SOCK_STREAM, 0), FAILS(EAFNOSUPPORT));
	CHECK_INT(call(__NR_socket, AF_INET, SOCK_STREAM, 0), ALLOWED);
	CHECK_INT(call(__NR_socket, AF_INET6, SOCK_DGRAM, 0), ALLOWED);
	CHECK_INT(call(__NR_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), ALLOWED);
	CHECK_INT(call(__NR_socket, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER), FAILS(EAFNOSUPPORT));
	CHECK_INT(call(__NR_socket, AF_PACKET, SOCK_RAW, 0), FAILS(EAFNOSUPPORT));
	CHECK_INT(call(__NR_socket, AF_VSOCK, SOCK_STREAM, 0), FAILS(EAFNOSUPPORT));
	CHECK_INT(call(__NR_socket, AF_ALG, SOCK_SEQPACKET, 0), FAILS(EAFNOSUPPORT));
	CHECK_INT(call(__NR_socket, 0x100000000ULL | AF_ALG, SOCK_SEQPACKET, 0), FAILS(EAFNOSUPPORT));

	CHECK_INT(call(__NR_socketpair, AF_UNIX, SOCK_STREAM, 0), ALLOWED);
	CHECK_INT(call(__NR_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0), ALLOWED);
	/* These could be pointed at a path afterwards. */
	CHECK_INT(call(__NR_socketpair, AF_UNIX, SOCK_DGRAM, 0), FAILS(EAFNOSUPPORT));
	CHECK_INT(call(__NR_socketpair, AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0), FAILS(EAFNOSUPPORT));
	CHECK_INT(call(__NR_socketpair, AF_UNIX, SOCK_RAW, 0), FAILS(EAFNOSUPPORT));
	CHECK_INT(call(__NR_socketpair, AF_TIPC, SOCK_STREAM, 0), FAILS(EAFNOSUPPORT));

	CHECK_INT(call(__NR_personality, 0, 0, 0), ALLOWED);
	CHECK_INT(call(__NR_personality, 0xFFFFFFFF, 0, 0), ALLOWED);
	CHECK_INT(call(__NR_personality, 0x0040000, 0, 0), FAILS(EPERM)); /* no randomisation */
}

static void
leaves_local_sockets_to_the_profile(void)
{
	length = csc_filter_build(program, CSC_FILTER_MAX, CSC_PLAN_LOCAL_SOCKETS);
	CHECK_INT(call(__NR_socket, AF_UNIX, SOCK_STREAM, 0), ALLOWED);
	CHECK_INT(call(__NR_socket, AF_INET, SOCK_STREAM, 0), ALLOWED);
	CHECK_INT(call(__NR_socket, AF_VSOCK, SOCK_STREAM, 0), FAILS(EAFNOSUPPORT));
	CHECK_INT(call(__NR_read, 0, 0, 0), ALLOWED);
	length = csc_filter_build(program, CSC_FILTER_MAX, 0);
}

static void
makes_no_program_in_memory_where_strict(void)
{
	length = csc_filter_build(program, CSC_FILTER_MAX, CSC_PLAN_STRICT_EXEC | CSC_PLAN_LOCAL_SOCKETS);
	CHECK_INT(call(__NR_memfd_create, 0, 0, 0), FAILS(EACCES));
	CHECK_INT(call(__NR_memfd_create, 0, 1 | 0x10 /* MFD_EXEC */, 0), FAILS(EACCES));
	CHECK_INT(call(__NR_memfd_create, 0, 0x8 /* MFD_NOEXEC_SEAL */, 0), ALLOWED);
	CHECK_INT(call(__NR_memfd_create, 0, 1 | 0x8, 0), ALLOWED);
	CHECK_INT(call(__NR_socket, AF_UNIX, SOCK_STREAM, 0), ALLOWED);
	CHECK_INT(call(__NR_read, 0, 0, 0), ALLOWED);
	length = csc_filter_build(program, CSC_FILTER_MAX, 0);
	CHECK_INT(call(__NR_memfd_create, 0, 0, 0), ALLOWED);
}

static void
makes_no_set_id_file(void)
{
	static const uint64_t bits[] = { S_ISUID, S_ISGID, S_ISUID | S_ISGID };

	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		uint64_t mode = bits[i] | 0755;

		CHECK_INT(call(__NR_fchmod, 3, mode, 0), FAILS(EPERM));
		CHECK_INT(call(__NR_fchmodat, 3, 0, mode), FAILS(EPERM));
		CHECK_INT(call(452 /* fchmodat2 */, 3, 0, mode), FAILS(EPERM));
		CHECK_INT(call(__NR_mkdirat, 3, 0, mode), FAILS(EPERM));
		CHECK_INT(call(__NR_mknodat, 3, 0, mode), FAILS(EPERM));
#ifdef __x86_64__
		CHECK_INT(call(__NR_chmod, 0, mode, 0), FAILS(EPERM));
		CHECK_INT(call(__NR_creat, 0, mode, 0), FAILS(EPERM));
		CHECK_INT(call(__NR_mkdir, 0, mode, 0), FAILS(EPERM));
		CHECK_INT(call(__NR_mknod, 0, mode, 0), FAILS(EPERM));
		CHECK_INT(call(__NR_open, 0, O_CREAT, mode), FAILS(EPERM));
		/* Nothing is made: then the mode is whatever lay in the register. */
		CHECK_INT(call(__NR_open, 0, O_RDONLY, mode), ALLOWED);
#endif
	}
	CHECK_INT(opened_with(O_CREAT | O_WRONLY, 04755), FAILS(EPERM));
	CHECK_INT(opened_with(O_TMPFILE | O_WRONLY, 02755), FAILS(EPERM));
	CHECK_INT(opened_with(O_CREAT | O_WRONLY, 0644), ALLOWED);
	CHECK_INT(opened_with(O_WRONLY, 04755), ALLOWED);
	CHECK_INT(call(__NR_fchmod, 3, 0755, 0), ALLOWED);
	CHECK_INT(call(__NR_mkdirat, 3, 0, 01777), ALLOWED); /* sticky is harmless */
	CHECK_INT(call(__NR_openat2, 0, 0, 0), FAILS(ENOSYS)); /* its mode cannot be seen */
}

static const struct test TESTS[] = {
	{ "filter: it fits, and refuses a buffer that is too small", fits },
	{ "filter: every call gets what the table says", agrees_with_its_table },
	{ "filter: the ways out are refused, what programs need is not", refuses_the_ways_out },
	{ "filter: strict execution makes no program in memory", makes_no_program_in_memory_where_strict },
	{ "filter: a foreign ABI is killed", kills_a_foreign_abi },
	{ "filter: clone, ioctl, sockets and personality by argument", decides_by_argument },
	{ "filter: local sockets are for the sandbox profile to allow", leaves_local_sockets_to_the_profile },
	{ "filter: no file with a set-id bit is made", makes_no_set_id_file },
};

int
main(void)
{
	length = csc_filter_build(program, CSC_FILTER_MAX, 0);
	return run_tests(TESTS, sizeof(TESTS) / sizeof(TESTS[0]));
}
