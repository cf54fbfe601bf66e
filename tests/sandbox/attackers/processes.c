/* Attacks on other processes: see, read, trace and signal them. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void
try_roots_of(long pid, void *context)
{
	static const char *const DOORS[] = { "root", "cwd/../../../../../../.." };
	const char *wanted = context;
	char path[4300], text[4096];

	for (size_t i = 0; i < 2; i++) {
		long length;

		snprintf(path, sizeof path, "/proc/%ld/%s%s", pid, DOORS[i], wanted);
		length = read_small_file(path, text, sizeof text);
		report_on("read", path, length);
		if (length > 0)
			printf("content: %s\n", text);
	}
}

/* proc-roots PATH: PATH as seen from the root of every visible process. */
int
attack_proc_roots(int argc, char **argv)
{
	if (argc < 2)
		broken("proc-roots PATH");
	attempt("roots");
	printf("processes seen: %d\n", each_process(try_roots_of, argv[1]));
	return 0;
}

static void
print_command_line(long pid, void *context)
{
	char path[64], text[4096];
	long length;

	(void)context;
	snprintf(path, sizeof path, "/proc/%ld/cmdline", pid);
	length = read_small_file(path, text, sizeof text);
	for (long i = 0; i + 1 < length; i++) {
		if (text[i] == '\0')
			text[i] = ' ';
	}
	printf("process %ld: %s\n", pid, length > 0 ? text : "(unreadable)");
}

/* processes: the command line of every visible process. */
int
attack_processes(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	printf("processes seen: %d\n", each_process(print_command_line, NULL));
	return 0;
}

static void
print_environment(long pid, void *context)
{
	static char text[65536];
	char path[64];
	long length;

	(void)context;
	snprintf(path, sizeof path, "/proc/%ld/environ", pid);
	length = read_small_file(path, text, sizeof text);
	for (long i = 0; i < length; i++) {
		if (text[i] == '\0')
			text[i] = ' ';
	}
	printf("environment of %ld: %s\n", pid, length > 0 ? text : "");
}

/* environments [PID]: the environment of every visible process, or of PID. */
int
attack_environments(int argc, char **argv)
{
	attempt("environments");
	if (argc > 1)
		print_environment(number(argv[1]), NULL);
	else
		printf("processes seen: %d\n", each_process(print_environment, NULL));
	return 0;
}

/*
 * The bytes looked for, each one off by one bit: the search must not find
 * its own copy of them.
 */
struct needle {
	unsigned char masked[256];
	size_t length;
	int opened;
	int hits;
};

static bool
matches(const unsigned char *at, const struct needle *needle)
{
	for (size_t i = 0; i < needle->length; i++) {
		if ((at[i] ^ 0x01) != needle->masked[i])
			return false;
	}
	return true;
}

static void
search_range(int memory, off_t from, off_t to, struct needle *needle)
{
	static unsigned char block[1 << 20];
	size_t overlap = needle->length - 1;

	/* Neighbouring blocks overlap, so that no match is cut in two. */
	for (off_t at = from; at < to; at += (off_t)(sizeof block - overlap)) {
		size_t want = sizeof block;
		ssize_t got;

		if ((off_t)want > to - at)
			want = (size_t)(to - at);
		got = pread(memory, block, want, at);
		if (got <= 0)
			return;
		for (ssize_t i = 0; i + (ssize_t)needle->length <= got; i++) {
			if (matches(block + i, needle))
				needle->hits++;
		}
	}
	memset(block, 0, sizeof block);
}

static void
search_process(long pid, void *context)
{
	struct needle *needle = context;
	char path[64], line[512];
	FILE *maps;
	int memory;

	if (pid == getpid())
		return; /* its own buffers would be false hits */
	snprintf(path, sizeof path, "/proc/%ld/mem", pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	if (memory < 0)
		return;
	needle->opened++;
	snprintf(path, sizeof path, "/proc/%ld/maps", pid);
	maps = fopen(path, "re");
	while (maps != NULL && fgets(line, sizeof line, maps) != NULL) {
		unsigned long from, to;
		char rights[8];

		/* Writable memory only: keys are data, and programs are large. */
		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3 &&
		    rights[0] == 'r' && rights[1] == 'w')
			search_range(memory, (off_t)from, (off_t)to, needle);
	}
	if (maps != NULL)
		fclose(maps);
	close(memory);
}

static struct needle
read_needle(int argc, char **argv)
{
	struct needle needle = { .length = 0 };

	if (argc < 2 || strlen(argv[1]) % 2 != 0)
		broken("MASKED_HEX is missing");
	for (const char *hex = argv[1]; *hex != '\0' && needle.length < 256; hex += 2) {
		char byte[3] = { hex[0], hex[1], '\0' };

		needle.masked[needle.length++] = (unsigned char)strtoul(byte, NULL, 16);
	}
	return needle;
}

/*
 * memory MASKED_HEX [PID]: searches the memory of every visible process (or of
 * PID) for the bytes whose lowest bits are flipped in MASKED_HEX.
 */
int
attack_memory(int argc, char **argv)
{
	struct needle needle = read_needle(argc, argv);

	attempt("memory");
	if (argc > 2)
		search_process(number(argv[2]), &needle);
	else
		printf("processes seen: %d\n", each_process(search_process, &needle));
	printf("memories opened: %d\nhits: %d\n", needle.opened, needle.hits);
	errno = EACCES;
	report("find key in memory", needle.hits > 0 ? 0 : -1);
	return 0;
}

/*
 * memory-watch MASKED_HEX STOP: the same again and again, so as to meet a
 * process in a moment of weakness, until a file STOP is there or it is found.
 */
int
attack_memory_watch(int argc, char **argv)
{
	struct needle needle = read_needle(argc, argv);
	long rounds = 0;

	if (argc < 3)
		broken("memory-watch MASKED_HEX STOP");
	attempt("memory");
	while (needle.hits == 0 && access(argv[2], F_OK) < 0) {
		each_process(search_process, &needle);
		rounds++;
	}
	printf("rounds: %ld\nmemories opened: %d\n", rounds, needle.opened);
	errno = EACCES;
	report("find key in memory", needle.hits > 0 ? 0 : -1);
	return 0;
}

/* signal PID: ends that process. */
int
attack_signal(int argc, char **argv)
{
	if (argc < 2)
		broken("signal PID");
	report("kill", kill((pid_t)number(argv[1]), SIGKILL));
	return 0;
}

/*
 * kill-group: signals its own process group. Process groups reach across pid
 * namespaces, so a sandbox that keeps its caller's group can be used to end
 * the caller.
 */
int
attack_kill_group(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	/* The attacker survives its own signal and can say how it went. */
	signal(SIGTERM, SIG_IGN);
	report("signal own group", kill(0, SIGTERM));
	return 0;
}

/* ptrace PID...: attaches, opens its memory, reads it by process_vm_readv. */
int
attack_ptrace(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		pid_t pid = (pid_t)number(argv[i]);
		unsigned char byte;
		struct iovec mine = { &byte, 1 };
		struct iovec theirs = { (void *)0x1000, 1 };
		char path[64];
		long result;
		int fd;

		result = ptrace(PTRACE_ATTACH, pid, NULL, NULL);
		report_on("attach", argv[i], result);
		if (result == 0) {
			waitpid(pid, NULL, __WALL);
			ptrace(PTRACE_DETACH, pid, NULL, NULL);
		}
		snprintf(path, sizeof path, "/proc/%d/mem", pid);
		fd = open(path, O_RDWR | O_CLOEXEC);
		report_on("open memory", argv[i], fd);
		if (fd >= 0)
			close(fd);
		/* EFAULT comes after the rights check: address 0x1000 is empty. */
		result = process_vm_readv(pid, &mine, 1, &theirs, 1, 0);
		report_on("read memory", argv[i],
			result < 0 && errno == EFAULT ? 0 : result);
	}
	return 0;
}
