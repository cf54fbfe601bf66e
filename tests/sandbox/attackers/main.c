/* The table of attacks, and the reporting that all of them share. */
#include "attack.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static const struct {
	const char *name;
	attack_function *run;
} TABLE[] = {
	{ "read", attack_read },
	{ "write", attack_write },
	{ "tamper", attack_tamper },
	{ "link", attack_link },
	{ "symlink", attack_symlink },
	{ "list", attack_list },
	{ "proc-roots", attack_proc_roots },
	{ "processes", attack_processes },
	{ "environments", attack_environments },
	{ "memory", attack_memory },
	{ "memory-watch", attack_memory_watch },
	{ "signal", attack_signal },
	{ "ptrace", attack_ptrace },
	{ "kill-group", attack_kill_group },
	{ "tcp", attack_tcp },
	{ "udp", attack_udp },
	{ "abstract", attack_abstract },
	{ "unix", attack_unix },
	{ "sockets", attack_sockets },
	{ "listen-abstract", tool_listen_abstract },
	{ "capabilities", attack_capabilities },
	{ "identity", attack_identity },
	{ "privileged-calls", attack_privileged_calls },
	{ "descriptors", attack_descriptors },
	{ "environment", attack_environment },
	{ "set-id", attack_set_id },
	{ "modes", attack_modes },
	{ "hold", tool_hold },
	{ "sleep", tool_sleep },
	{ "heartbeat", attack_heartbeat },
	{ "stopped", attack_stopped },
	{ "fork-bomb", attack_fork_bomb },
	{ "memory-bomb", attack_memory_bomb },
	{ "large-file", attack_large_file },
	{ "fill", attack_fill },
	{ "inotify", attack_inotify },
	{ "raise-limits", attack_raise_limits },
	{ "core", attack_core },
	{ "user-namespace", attack_user_namespace },
	{ "mounts", attack_mounts },
	{ "chroot", attack_chroot },
	{ "pivot-root", attack_pivot_root },
	{ "hostname", attack_hostname },
	{ "clock", attack_clock },
	{ "setns", attack_setns },
	{ "ghost", tool_ghost },
	{ "kernel-calls", attack_kernel_calls },
	{ "i386", attack_i386 },
	{ "proc-sys", attack_proc_sys },
	{ "devices", attack_devices },
	{ "terminal", attack_terminal },
	{ "with-terminal", tool_with_terminal },
	{ "proc-exe", attack_proc_exe },
	{ "victim", tool_victim },
	{ "uring", attack_uring },
	{ "keyring", attack_keyring },
	{ "store-key", tool_store_key },
	{ "drop-key", tool_drop_key },
	{ "patch-sibling", attack_patch_sibling },
	{ "pidfd", attack_pidfd },
	{ "every-signal", attack_every_signal },
	{ "families", attack_families },
	{ "netlink", attack_netlink },
	{ "file-capabilities", attack_file_capabilities },
	{ "effective-capabilities", attack_effective_capabilities },
	{ "immutable", attack_immutable },
	{ "administer", attack_administer },
	{ "scheduling", attack_scheduling },
	{ "oom", attack_oom },
	{ "leave-cgroup", attack_leave_cgroup },
	{ "memfd", attack_memfd },
	{ "open-files", attack_open_files },
	{ "peak", tool_peak },
	{ "escapes", attack_escapes },
	{ "message-queue", attack_message_queue },
	{ "make-message-queue", tool_message_queue },
	{ "exchange", tool_swap },
	{ "look-then-read", attack_look_then_read },
	{ "shared-memory", attack_shared_memory },
	{ "forge", attack_forge },
	{ "swap", attack_swap },
	{ "own-size", tool_own_size },
	{ "flood", attack_flood },
	{ "peak-memory", tool_peak_memory },
	{ "many-files", attack_many_files },
	{ "make-shared-memory", tool_shared_memory },
};

void
attempt(const char *label)
{
	printf("%s: attempted\n", label);
	fflush(stdout);
}

void
report(const char *label, long result)
{
	int saved = errno;

	if (result >= 0)
		printf("%s: possible\n", label);
	else
		printf("%s: refused %s\n", label, strerrorname_np(saved));
	fflush(stdout);
}

void
attempt_on(const char *verb, const char *object)
{
	printf("%s %s: attempted\n", verb, object);
	fflush(stdout);
}

void
report_on(const char *verb, const char *object, long result)
{
	int saved = errno;

	printf("%s ", verb);
	errno = saved;
	report(object, result);
}

void
broken(const char *what)
{
	fprintf(stderr, "attacker cannot work: %s: %s\n", what, strerror(errno));
	exit(70);
}

long
number(const char *text)
{
	char *end = NULL;
	long value = text != NULL ? strtol(text, &end, 10) : -1;

	if (end == NULL || *end != '\0' || value < 0)
		broken("not a number");
	return value;
}

long
read_small_file(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t length;
	int saved;

	if (fd < 0)
		return -1;
	length = read(fd, buffer, size - 1);
	saved = errno;
	close(fd);
	errno = saved;
	buffer[length > 0 ? length : 0] = '\0';
	return length;
}

int
each_process(void (*visit)(long pid, void *context), void *context)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int count = 0;

	if (proc == NULL)
		return -1;
	while ((entry = readdir(proc)) != NULL) {
		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		count++;
		visit(number(entry->d_name), context);
	}
	closedir(proc);
	return count;
}

bool
has_sys_admin(void)
{
	char status[8192];
	const char *line;

	if (read_small_file("/proc/self/status", status, sizeof status) < 0)
		return false;
	line = strstr(status, "CapEff:");
	return line != NULL && (strtoull(line + 7, NULL, 16) >> 21 & 1) != 0;
}

static int
write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, text, strlen(text));
	close(fd);
	return written < 0 ? -1 : 0;
}

int
become_namespace_root(int namespaces)
{
	char map[64];
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (!has_sys_admin()) {
		if (unshare(CLONE_NEWUSER) < 0)
			return -1;
		snprintf(map, sizeof map, "0 %u 1\n", uid);
		write_text("/proc/self/uid_map", map);
		write_text("/proc/self/setgroups", "deny");
		snprintf(map, sizeof map, "0 %u 1\n", gid);
		write_text("/proc/self/gid_map", map);
	}
	if (unshare(namespaces) < 0)
		return -1;
	if ((namespaces & CLONE_NEWNS) != 0)
		return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc < 2)
		broken("usage: attacker ATTACK [ARGUMENT...]");
	for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
		if (strcmp(argv[1], TABLE[i].name) == 0)
			return TABLE[i].run(argc - 1, argv + 1);
	}
	broken("no such attack");
}
