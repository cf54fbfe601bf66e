/* Attacks on the kernel's own surface: rare calls, foreign ABIs, /proc/sys, devices. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long
call_keyctl(void)
{
	return syscall(SYS_keyctl, 0 /* GET_KEYRING_ID */, -3 /* session */, 1);
}

static long
call_add_key(void)
{
	return syscall(SYS_add_key, "user", "csc-attack", "x", 1, -2 /* process */);
}

static long
call_bpf(void)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY,
		.key_size = 4, .value_size = 4, .max_entries = 1 };

	return syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr);
}

static long
call_perf_event_open(void)
{
	struct perf_event_attr attr = { .type = PERF_TYPE_SOFTWARE,
		.size = sizeof attr, .config = PERF_COUNT_SW_TASK_CLOCK,
		.exclude_kernel = 1 };

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static long
call_userfaultfd(void)
{
	return syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */ | O_CLOEXEC);
}

static long
call_io_uring_setup(void)
{
	struct io_uring_params params = { .flags = 0 };

	return syscall(SYS_io_uring_setup, 4, &params);
}

/* Bad arguments on purpose: only an error past the gate shows the call came through. */
static long
reached(long result, int past_the_gate)
{
	return result < 0 && errno == past_the_gate ? 0 : result;
}

static long
call_io_uring_enter(void)
{
	return reached(syscall(SYS_io_uring_enter, -1, 0, 0, 0, NULL, 0), EBADF);
}

static long
call_io_uring_register(void)
{
	long result = syscall(SYS_io_uring_register, -1, 0, NULL, 0);

	return reached(reached(result, EBADF), EINVAL);
}

static long
call_personality(void)
{
	return personality(ADDR_NO_RANDOMIZE);
}

static long
call_open_by_handle(void)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} here = { .handle = { .handle_bytes = MAX_HANDLE_SZ } };
	int mount_id, at = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (name_to_handle_at(AT_FDCWD, ".", &here.handle, &mount_id, 0) < 0)
		return -1;
	return syscall(SYS_open_by_handle_at, at, &here.handle, O_RDONLY);
}

static long
call_fanotify_init(void)
{
	return syscall(SYS_fanotify_init, FAN_CLASS_NOTIF | FAN_REPORT_FID, O_RDONLY);
}

static long
call_memfd_secret(void)
{
	return syscall(447, 0);
}

#if defined(__x86_64__)
static long
call_modify_ldt(void)
{
	char table[16];

	return syscall(SYS_modify_ldt, 0 /* read */, table, sizeof table);
}
#endif

/* kernel-calls: each in a child of its own, since a filter may kill it. */
int
attack_kernel_calls(int argc, char **argv)
{
	static const struct {
		const char *label;
		long (*call)(void);
	} CALLS[] = {
		{ "keyctl", call_keyctl },
		{ "add_key", call_add_key },
		{ "bpf", call_bpf },
		{ "perf_event_open", call_perf_event_open },
		{ "userfaultfd", call_userfaultfd },
		{ "io_uring_setup", call_io_uring_setup },
		{ "io_uring_enter", call_io_uring_enter },
		{ "io_uring_register", call_io_uring_register },
		{ "personality", call_personality },
		{ "open_by_handle_at", call_open_by_handle },
		{ "fanotify_init", call_fanotify_init },
		{ "memfd_secret", call_memfd_secret },
#if defined(__x86_64__)
		{ "modify_ldt", call_modify_ldt },
#endif
	};

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
		pid_t child;

		attempt(CALLS[i].label);
		child = fork();
		if (child == 0) {
			report(CALLS[i].label, CALLS[i].call());
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
	return 0;
}

#if defined(__x86_64__)
/* i386: system calls by the 32-bit gate and by x32 numbers, past a 64-bit filter. */
int
attack_i386(int argc, char **argv)
{
	pid_t child;

	(void)argc;
	(void)argv;
	attempt("i386 getpid");
	child = fork();
	if (child == 0) {
		long result;

		__asm__ volatile("int $0x80" : "=a"(result) : "a"(20L)
			: "memory", "r8", "r9", "r10", "r11");
		errno = result < 0 ? (int)-result : 0;
		report("i386 getpid", result);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	attempt("i386 unshare");
	child = fork();
	if (child == 0) {
		long result;

		__asm__ volatile("int $0x80" : "=a"(result)
			: "a"(310L), "b"((long)CLONE_NEWUSER)
			: "memory", "r8", "r9", "r10", "r11");
		errno = result < 0 ? (int)-result : 0;
		report("i386 unshare", result < 0 ? -1 : 0);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	attempt("x32 getpid");
	child = fork();
	if (child == 0) {
		report("x32 getpid", syscall(0x40000000 | SYS_getpid));
		_exit(0);
	}
	waitpid(child, NULL, 0);
	return 0;
}
#else
int
attack_i386(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("no foreign ABI on this architecture\n");
	return 0;
}
#endif

/* Opens for writing and closes again: nothing of the host changes. */
static void
open_for_writing(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);

	report_on("open", path, fd);
	if (fd >= 0)
		close(fd);
}

/* proc-sys: the files by which /proc and /sys steer the whole machine. */
int
attack_proc_sys(int argc, char **argv)
{
	static const char *const FILES[] = {
		"/proc/sys/kernel/core_pattern",
		"/proc/sys/kernel/hostname",
		"/proc/sys/kernel/modprobe",
		"/proc/sys/vm/overcommit_memory",
		"/proc/sys/net/ipv4/ip_forward",
		"/proc/sysrq-trigger",
		"/proc/irq/default_smp_affinity",
		"/sys/kernel/uevent_helper",
		"/sys/kernel/mm/transparent_hugepage/enabled",
		"/sys/power/state",
	};

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++)
		open_for_writing(FILES[i]);
	return 0;
}

/* devices: device files beyond the harmless ones, and kernel memory. */
int
attack_devices(int argc, char **argv)
{
	static const char *const FILES[] = {
		"/dev/kmsg", "/dev/mem", "/dev/kvm", "/dev/fuse", "/dev/loop-control",
		"/dev/console", "/dev/tty1", "/dev/net/tun", "/dev/vda", "/dev/sda",
		"/dev/loop0", "/proc/kcore",
	};

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
		int fd = open(FILES[i], O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

		report_on("open", FILES[i], fd);
		if (fd >= 0)
			close(fd);
	}
	return 0;
}
