/*
 * Shared vocabulary of the attackers.
 *
 * One static program holds every attack as a subcommand, so that the sandbox
 * tests compile once. An attacker never judges itself: it tries, and prints
 * one line per try which the test reads:
 *
 *     LABEL: attempted          (printed first; all that is left if it is killed)
 *     LABEL: possible
 *     LABEL: refused ENAME
 *
 * An attacker exits 0 when it got to its end, whatever was refused.
 */
#ifndef CSC_TEST_ATTACK_H
#define CSC_TEST_ATTACK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <stdbool.h>
#include <stddef.h>

/* Announces a try; call it before whatever may kill the process. */
void attempt(const char *label);

/* Prints the result of a try: `result` < 0 means refused, with errno. */
void report(const char *label, long result);

/* Like report(), for labels made of a verb and an object. */
void report_on(const char *verb, const char *object, long result);
void attempt_on(const char *verb, const char *object);

/* The tool itself cannot work (bad arguments, no pipe): exit 70. */
void broken(const char *what) __attribute__((noreturn));

/* A positive decimal number from argv, or broken(). */
long number(const char *text);

/*
 * Makes the process able to mount, chroot and so on without touching the host:
 * with CAP_SYS_ADMIN a private copy of `namespaces`, else the same inside a new
 * user namespace. Returns < 0 with errno when neither is to be had.
 */
int become_namespace_root(int namespaces);

/* True while CAP_SYS_ADMIN is in the effective set. */
bool has_sys_admin(void);

/* Calls `visit` with each process id that /proc shows; returns how many. */
int each_process(void (*visit)(long pid, void *context), void *context);

/* Reads at most `size` - 1 bytes and ends them with NUL; < 0 with errno. */
long read_small_file(const char *path, char *buffer, size_t size);

typedef int attack_function(int argc, char **argv);

attack_function attack_forge, attack_swap, attack_flood, attack_many_files, attack_inotify,
	tool_own_size, tool_peak_memory;
attack_function attack_read, attack_write, attack_tamper, attack_link,
	attack_symlink, attack_list;
attack_function attack_proc_roots, attack_processes, attack_environments,
	attack_memory, attack_memory_watch, attack_signal, attack_ptrace, attack_kill_group;
attack_function attack_tcp, attack_udp, attack_abstract, attack_unix,
	attack_sockets, tool_listen_abstract;
attack_function attack_set_id, attack_modes;
attack_function attack_capabilities, attack_identity, attack_privileged_calls;
attack_function attack_descriptors, attack_environment, tool_hold, tool_sleep;
attack_function attack_heartbeat, attack_stopped, attack_fork_bomb,
	attack_memory_bomb, attack_large_file, attack_fill, attack_raise_limits,
	attack_core;
attack_function attack_user_namespace, attack_mounts, attack_chroot,
	attack_pivot_root, attack_hostname, attack_clock, attack_setns,
	tool_ghost;
attack_function attack_kernel_calls, attack_i386, attack_proc_sys,
	attack_devices;
attack_function attack_terminal, tool_with_terminal;
attack_function attack_proc_exe, tool_victim;
attack_function attack_shared_memory, tool_shared_memory, attack_message_queue,
	tool_message_queue;
attack_function attack_uring, attack_memfd;
attack_function attack_keyring, tool_store_key, tool_drop_key;
attack_function attack_patch_sibling, attack_pidfd, attack_every_signal;
attack_function attack_families, attack_netlink;
attack_function attack_file_capabilities, attack_effective_capabilities,
	attack_immutable;
attack_function attack_administer, attack_scheduling, attack_oom,
	attack_leave_cgroup;
attack_function tool_swap, attack_look_then_read;
attack_function attack_open_files, tool_peak, attack_escapes;

#endif
