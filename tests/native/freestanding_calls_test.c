/*
 * What stands in for the C library's system calls: the same effects, the same
 * errors, seen through the library's own functions. Mounting is not here: it
 * takes namespaces, and tests/sandbox does nothing else.
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness.h"
#include "freestanding_names.h"
#include "../../native/freestanding/process.c"
#include "../../native/freestanding/files.c"
#include "freestanding_names_end.h"

static void
reports_errors_as_the_library_does(void)
{
	errno = 0;
	CHECK_INT(own_open("/no/such/file", O_RDONLY), -1);
	CHECK_INT(*own_errno(), ENOENT);
	CHECK_INT(errno, 0); /* the library's own is another */
	CHECK_INT(own_close(-1), -1);
	CHECK_INT(*own_errno(), EBADF);
	CHECK_INT(own_syscall(SYS_close, -1L, 0L, 0L, 0L, 0L, 0L), -1);
	CHECK(own_mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
	CHECK_INT(*own_errno(), EINVAL);
	/* Success leaves the number alone. */
	CHECK_INT(own_close_range(1000, 1001, 0), 0);
	CHECK_INT(*own_errno(), EINVAL);
}

static void
passes_all_arguments_of_a_call(void)
{
	int fd = (int)own_syscall(SYS_memfd_create, "test", (long)MFD_CLOEXEC, 0L, 0L, 0L, 0L);
	char *bytes;

	CHECK(fd >= 0);
	CHECK_INT(own_write(fd, "abc", 3), 3);
	CHECK_INT(lseek(fd, 4096, SEEK_SET), 4096);
	CHECK_INT(own_write(fd, "xyz", 3), 3);
	/* Six of them, the last one not zero. */
	bytes = own_mmap(NULL, 3, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 4096);
	CHECK(bytes != MAP_FAILED);
	CHECK(memcmp(bytes, "xyz", 3) == 0);
	bytes[0] = 'X';
	CHECK_INT(own_mprotect(bytes, 3, PROT_READ), 0);
	CHECK_INT(own_syscall(SYS_munmap, bytes, 4096L, 0L, 0L, 0L, 0L), 0);
	bytes = (char *)own_syscall(SYS_mmap, NULL, 3L, (long)PROT_READ, (long)MAP_PRIVATE, (long)fd, 4096L);
	CHECK(memcmp(bytes, "xyz", 3) == 0);
	CHECK_INT(own_syscall(SYS_munmap, bytes, 4096L, 0L, 0L, 0L, 0L), 0);
	CHECK_INT(own_close(fd), 0);
	CHECK_INT(own_prctl(PR_SET_NAME, "own name", 0L, 0L, 0L), 0);
	char name[16];
	CHECK_INT(prctl(PR_GET_NAME, name), 0);
	CHECK_TEXT(name, "own name");
}

static void
handles_descriptors(void)
{
	int ends[2];
	int waiting = 0;
	char byte;

	CHECK_INT(own_pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	CHECK_INT(own_fcntl(ends[0], F_GETFD), FD_CLOEXEC);
	CHECK_INT(own_read(ends[0], &byte, 1), -1);
	CHECK_INT(*own_errno(), EAGAIN);
	CHECK_INT(own_write(ends[1], "ab", 2), 2);
	CHECK_INT(own_ioctl(ends[0], FIONREAD, &waiting), 0);
	CHECK_INT(waiting, 2);
	int copy = own_fcntl(ends[0], F_DUPFD_CLOEXEC, 100L);
	CHECK(copy >= 100);
	CHECK_INT(own_read(copy, &byte, 1), 1);
	CHECK_INT(byte, 'a');
	CHECK_INT(own_dup2(ends[0], copy), copy);
	CHECK_INT(fcntl(copy, F_GETFD), 0);
	CHECK_INT(own_read(copy, &byte, 1), 1);
	CHECK_INT(byte, 'b');
	CHECK_INT(own_dup2(copy, copy), copy);
	CHECK_INT(own_close_range((unsigned int)copy, (unsigned int)copy, 0), 0);
	CHECK_INT(own_dup2(copy, copy), -1);
	CHECK_INT(*own_errno(), EBADF);
	CHECK_INT(own_close(ends[0]), 0);
	CHECK_INT(own_close(ends[1]), 0);
}

static void
polls(void)
{
	int ends[2];

	CHECK_INT(own_pipe2(ends, O_CLOEXEC), 0);
	struct pollfd watched[2] = { { .fd = ends[0], .events = POLLIN }, { .fd = ends[1], .events = 0 } };
	CHECK_INT(own_poll(watched, 2, 0), 0);
	CHECK_INT(own_poll(watched, 2, 3), 0);
	CHECK_INT(own_write(ends[1], "a", 1), 1);
	CHECK_INT(own_poll(watched, 2, -1), 1);
	CHECK_INT(watched[0].revents, POLLIN);
	CHECK_INT(own_close(ends[1]), 0);
	CHECK_INT(own_close(ends[0]), 0);
}

static void
works_on_files(void)
{
	char folder[] = "/tmp/csc-freestanding-XXXXXX";
	char target[8] = { 0 };
	struct stat ours, theirs;

	CHECK(mkdtemp(folder) != NULL);
	int here = own_open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int dir = own_openat(AT_FDCWD, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(here >= 0 && dir >= 0);
	CHECK_INT(own_mkdirat(dir, "sub", 0700), 0);
	CHECK_INT(own_mkdirat(dir, "sub", 0700), -1);
	CHECK_INT(*own_errno(), EEXIST);
	CHECK_INT(own_mknodat(dir, "empty", S_IFREG | 0400, 0), 0);
	CHECK(fstatat(dir, "empty", &ours, 0) == 0 && S_ISREG(ours.st_mode) && (ours.st_mode & 0777) == 0400);
	CHECK(unlinkat(dir, "empty", 0) == 0);
	CHECK_INT(own_symlinkat("sub", dir, "link"), 0);
	CHECK_INT(own_readlinkat(dir, "link", target, sizeof(target)), 3);
	CHECK_INT(own_readlinkat(dir, "link", target, 1), 1);
	CHECK_TEXT(target, "sub");
	int file = own_openat(dir, "sub/file", O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	CHECK(file >= 0);
	memset(&ours, 0, sizeof(ours));
	memset(&theirs, 0, sizeof(theirs));
	CHECK_INT(own_fstat(file, &ours), 0);
	CHECK_INT(fstat(file, &theirs), 0);
	CHECK(memcmp(&ours, &theirs, sizeof(ours)) == 0);
	CHECK_INT(ours.st_mode, S_IFREG | 0600);
	memset(&ours, 0, sizeof(ours));
	CHECK_INT(own_fstatat(dir, "sub/file", &ours, 0), 0);
	CHECK(memcmp(&ours, &theirs, sizeof(ours)) == 0);
	CHECK_INT(own_fstatat(dir, "link", &ours, 0), 0);
	CHECK_INT(ours.st_mode, S_IFDIR | 0700);
	CHECK_INT(own_fstatat(dir, "none", &ours, 0), -1);
	CHECK_INT(*own_errno(), ENOENT);
	CHECK_INT(own_close(file), 0);
	CHECK_INT(own_fchdir(dir), 0);
	CHECK_INT(own_chdir("sub"), 0);
	CHECK_INT(access("file", F_OK), 0);
	file = own_open("made", O_CREAT | O_WRONLY | O_CLOEXEC, 0400);
	CHECK(file >= 0);
	CHECK_INT(own_fstat(file, &ours), 0);
	CHECK_INT(ours.st_mode, S_IFREG | 0400);
	CHECK_INT(own_close(file), 0);
	CHECK_INT(own_fchdir(here), 0);
	CHECK_INT(unlinkat(dir, "sub/made", 0), 0);
	CHECK_INT(unlinkat(dir, "sub/file", 0), 0);
	CHECK_INT(unlinkat(dir, "link", 0), 0);
	CHECK_INT(unlinkat(dir, "sub", AT_REMOVEDIR), 0);
	CHECK_INT(rmdir(folder), 0);
	CHECK_INT(own_close(dir), 0);
	CHECK_INT(own_close(here), 0);
}

static void
keeps_sets_of_signals(void)
{
	sigset_t set, theirs, before, empty;

	own_sigemptyset(&set);
	sigemptyset(&empty);
	CHECK(memcmp(&set, &empty, KERNEL_SET_SIZE) == 0);
	for (int sig = 1; sig < NSIG; sig++) {
		if (sig == 32 || sig == 33)
			continue; /* the library keeps these to itself */
		own_sigemptyset(&set);
		sigemptyset(&theirs);
		CHECK_INT(own_sigaddset(&set, sig), 0);
		CHECK_INT(sigaddset(&theirs, sig), 0);
		CHECK(memcmp(&set, &theirs, KERNEL_SET_SIZE) == 0);
	}
	CHECK_INT(own_sigaddset(&set, 0), -1);
	CHECK_INT(own_sigaddset(&set, NSIG), -1);
	CHECK_INT(*own_errno(), EINVAL);
	own_sigfillset(&set);
	for (int sig = 1; sig < NSIG; sig++)
		CHECK_INT(sigismember(&set, sig), 1);
	own_sigemptyset(&set);
	own_sigaddset(&set, SIGUSR1);
	CHECK_INT(own_sigprocmask(SIG_BLOCK, &set, &before), 0);
	CHECK_INT(sigprocmask(SIG_SETMASK, NULL, &theirs), 0);
	CHECK_INT(sigismember(&theirs, SIGUSR1), 1);
	CHECK_INT(own_sigprocmask(SIG_SETMASK, &before, &set), 0);
	CHECK(memcmp(&set, &theirs, KERNEL_SET_SIZE) == 0);
	CHECK_INT(own_sigprocmask(99, &set, NULL), -1);
}

static void
reads_a_signal_from_a_descriptor(void)
{
	struct signalfd_siginfo info;
	sigset_t set;

	own_sigemptyset(&set);
	own_sigaddset(&set, SIGUSR2);
	CHECK_INT(own_sigprocmask(SIG_BLOCK, &set, NULL), 0);
	int fd = own_signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	CHECK(fd >= 0);
	CHECK_INT(own_read(fd, &info, sizeof(info)), -1);
	CHECK_INT(raise(SIGUSR2), 0);
	CHECK_INT(own_read(fd, &info, sizeof(info)), sizeof(info));
	CHECK_INT(info.ssi_signo, SIGUSR2);
	CHECK_INT(own_sigprocmask(SIG_UNBLOCK, &set, NULL), 0);
	CHECK_INT(own_close(fd), 0);
}

static void
handler(int sig)
{
	(void)sig;
}

static void
resets_signals_and_takes_no_handler(void)
{
	struct sigaction action = { .sa_handler = SIG_IGN };
	struct sigaction now;

	CHECK_INT(own_sigaction(SIGUSR1, &action, NULL), 0);
	CHECK_INT(sigaction(SIGUSR1, NULL, &now), 0);
	CHECK(now.sa_handler == SIG_IGN);
	action.sa_handler = SIG_DFL;
	CHECK_INT(own_sigaction(SIGUSR1, &action, NULL), 0);
	CHECK_INT(sigaction(SIGUSR1, NULL, &now), 0);
	CHECK(now.sa_handler == SIG_DFL);
	CHECK_INT(own_sigaction(SIGKILL, &action, NULL), -1);
	action.sa_handler = handler;
	CHECK_INT(own_sigaction(SIGUSR1, &action, NULL), -1);
	CHECK_INT(*own_errno(), EINVAL);
	CHECK_INT(own_sigaction(SIGUSR1, &action, &now), -1);
}

static void
reads_and_sets_limits(void)
{
	struct rlimit ours, theirs;

	CHECK_INT(own_getrlimit(RLIMIT_NOFILE, &ours), 0);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &theirs), 0);
	CHECK(ours.rlim_cur == theirs.rlim_cur && ours.rlim_max == theirs.rlim_max);
	ours.rlim_cur -= 1;
	CHECK_INT(own_setrlimit(RLIMIT_NOFILE, &ours), 0);
	CHECK_INT(getrlimit(RLIMIT_NOFILE, &ours), 0);
	CHECK(ours.rlim_cur == theirs.rlim_cur - 1);
	CHECK_INT(setrlimit(RLIMIT_NOFILE, &theirs), 0);
}

static void
names_the_kernel_and_the_user(void)
{
	struct utsname ours, theirs;

	memset(&ours, 0, sizeof(ours));
	memset(&theirs, 0, sizeof(theirs));
	CHECK_INT(own_uname(&ours), 0);
	CHECK_INT(uname(&theirs), 0);
	CHECK(memcmp(&ours, &theirs, sizeof(ours)) == 0);
	CHECK_INT(own_getuid(), getuid());
	CHECK_INT(own_getgid(), getgid());
}

static const struct test TESTS[] = {
	{ "calls report errors as the library does", reports_errors_as_the_library_does },
	{ "calls pass all their arguments", passes_all_arguments_of_a_call },
	{ "pipe2(), dup2(), fcntl(), ioctl() and close_range()", handles_descriptors },
	{ "poll() waits as long as it is told", polls },
	{ "open(), openat(), fstat(), fstatat() and the rest on files", works_on_files },
	{ "sets of signals are those of the library", keeps_sets_of_signals },
	{ "signalfd() gives a signal", reads_a_signal_from_a_descriptor },
	{ "sigaction() resets a signal and takes no handler", resets_signals_and_takes_no_handler },
	{ "getrlimit() and setrlimit()", reads_and_sets_limits },
	{ "uname(), getuid() and getgid()", names_the_kernel_and_the_user },
};
TESTS_MAIN(TESTS)
