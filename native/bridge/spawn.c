/*
 * Starts the launcher in new namespaces without ever copying csc: the child
 * shares our memory (CLONE_VM) and we are suspended until it has executed the
 * launcher (CLONE_VFORK), so no process of the sandbox holds a page of ours.
 *
 * The child is between two worlds: only system calls, no library state.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../base/fault.h"
#include "../base/fd.h"
#include "bridge.h"
#include "identity.h"

#define STACK_SIZE ((size_t)64 * 1024)
/* The launcher makes that of the network itself, beside its mounts: it takes as long as they do. */
#define NAMESPACES                                                                            \
	(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP)

/* Capabilities over the new namespaces that the launcher's stages need; the last two to change its user. */
static const int NEEDED[] = { CAP_SYS_ADMIN, CAP_NET_ADMIN, CAP_SETPCAP, CAP_SETUID, CAP_SETGID };
#define NEEDED_BY_ALL 3

/*
 * An overlay copies and changes files as whoever has mounted it, whatever their
 * mode; what the command itself may, the kernel asks before. Over files of the
 * one user that exists inside.
 */
static const int NEEDED_BY_OVERLAY[] = { CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID };

/* Like csc_fail, without stdio: `what` is a constant. */
static int
stop(struct csc_err *err, enum csc_stage stage, const char *what)
{
	int errnum = errno;
	size_t i = 0;

	for (; what[i] != '\0' && i + 1 < sizeof(err->text); i++)
		err->text[i] = what[i];
	err->text[i] = '\0';
	err->stage = (uint32_t)stage;
	err->err = errnum;
	return 124;
}

static int
put(const char *path, const char *text, size_t len)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int done;

	if (fd < 0)
		return -1;
	done = write(fd, text, len) == (ssize_t)len ? 0 : -1;
	csc_close_scoped(&fd);
	return done;
}

/*
 * Exec empties the capability sets of a uid that is not 0; the ambient set is
 * what survives it. The launcher clears it as soon as its stages are done.
 */
static int
keep_needed(size_t count, size_t noverlay)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &header, sets) < 0)
		return -1;
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
		sets[i].inheritable = sets[i].permitted;
	if (syscall(SYS_capset, &header, sets) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, NEEDED[i], 0, 0) < 0)
			return -1;
	}
	for (size_t i = 0; i < noverlay; i++) {
		if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, NEEDED_BY_OVERLAY[i], 0, 0) < 0)
			return -1;
	}
	return 0;
}

/*
 * The caller's own ids are the only ones that exist inside, by the numbers that
 * the plan has for them. Where they are not to be the command's, csc writes the
 * maps as soon as it goes on: that takes rights which this process has given up
 * for those over its namespaces.
 */
static int
map_ids(const struct csc_spawn *spawn)
{
	char map[CSC_MAP_SIZE];

	if (spawn->plan->identity == CSC_IDENTITY_SWITCHED)
		return 0;
	if (put("/proc/self/setgroups", "deny", 4) < 0)
		return stop(spawn->err, CSC_STAGE_USERNS, "write \"/proc/self/setgroups\"");
	if (put("/proc/self/uid_map", map, csc_map_one(map, spawn->plan->uid, spawn->uid)) < 0)
		return stop(spawn->err, CSC_STAGE_USERNS, "write \"/proc/self/uid_map\"");
	if (put("/proc/self/gid_map", map, csc_map_one(map, spawn->plan->gid, spawn->gid)) < 0)
		return stop(spawn->err, CSC_STAGE_USERNS, "write \"/proc/self/gid_map\"");
	return 0;
}

/* The vfork child. Returns only to fail, with the cause in spawn->err. */
static int
child(void *argument)
{
	struct csc_spawn *spawn = argument;
	char *argv[] = { (char *)(uintptr_t)"csc-launcher", NULL };
	char *envp[] = { NULL };
	bool switched = spawn->plan->identity == CSC_IDENTITY_SWITCHED;

	CSC_FAULT(CSC_FAULT_SPAWN_BORN);
	for (int i = 0; i < spawn->ncgroup_fds; i++) {
		if (write(spawn->cgroup_fds[i], "0", 1) != 1)
			return stop(spawn->err, CSC_STAGE_CGROUP, "enter the cgroup");
	}
	if (map_ids(spawn) != 0)
		return 124;
	/*
	 * The filter refuses them as well; this holds for whatever call a filter
	 * has never heard of, and for the launcher itself.
	 */
	if (put("/proc/sys/user/max_user_namespaces", "0", 1) < 0)
		return stop(spawn->err, CSC_STAGE_USERNS, "forbid further user namespaces");
	/*
	 * Whatever a command takes of these counts against csc's own user, too: a
	 * command of root's must not leave root without any.
	 */
	if (put("/proc/sys/user/max_inotify_instances", "32", 2) < 0 && errno != ENOENT)
		return stop(spawn->err, CSC_STAGE_USERNS, "limit inotify");
	/* A second wall behind the filter's, where csc may: only root of the host. */
	if ((spawn->plan->flags & CSC_PLAN_STRICT_EXEC) && put("/proc/sys/vm/memfd_noexec", "2", 1) < 0 &&
	    errno != ENOENT && errno != EACCES)
		return stop(spawn->err, CSC_STAGE_USERNS, "forbid programs in memory files");
	if (keep_needed(switched ? sizeof(NEEDED) / sizeof(NEEDED[0]) : NEEDED_BY_ALL,
	        spawn->plan->noverlays > 0 ? sizeof(NEEDED_BY_OVERLAY) / sizeof(NEEDED_BY_OVERLAY[0]) : 0) < 0)
		return stop(spawn->err, CSC_STAGE_USERNS, "keep the capabilities of the launcher");
	for (int i = 0; i < 6; i++) {
		if (dup2(spawn->fds[i], i) < 0)
			return stop(spawn->err, CSC_STAGE_SPAWN, "place the descriptors");
	}
	for (int i = 0; i < spawn->nscope_fds; i++) {
		if (dup2(spawn->scope_fds[i], 6 + i) < 0)
			return stop(spawn->err, CSC_STAGE_SPAWN, "place the scopes");
	}
	/* Close on exec, not now: the launcher itself is one of them. */
	if (close_range((unsigned int)(6 + spawn->nscope_fds), ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return stop(spawn->err, CSC_STAGE_SPAWN, "close the other descriptors");
	CSC_FAULT(CSC_FAULT_SPAWN_READY);
	/*
	 * All signals stay blocked: a handler of csc must not run here, on its
	 * memory, and exec forgets handlers. The launcher wants them blocked, too.
	 */
	(void)execveat(spawn->launcher_fd, "", argv, envp, AT_EMPTY_PATH);
	return stop(spawn->err, CSC_STAGE_SPAWN, "execute the launcher");
}

int
csc_clone(int (*run)(void *), void *argument, int flags, int *pidfd)
{
	sigset_t all, before;
	int pid, errnum;
	void *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (stack == MAP_FAILED)
		return -1;
	/* A handler of csc must not run in the child, on our memory. */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_BLOCK, &all, &before);
	pid = clone(run, (char *)stack + STACK_SIZE, CLONE_VM | CLONE_VFORK | flags, argument, pidfd);
	errnum = errno;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)munmap(stack, STACK_SIZE);
	errno = errnum;
	return pid;
}

int
csc_spawn(struct csc_spawn *spawn, int *pidfd, struct csc_err *err)
{
	int pid;

	spawn->err = err;
	err->stage = CSC_STAGE_NONE;
	pid = csc_clone(child, spawn, CLONE_PIDFD | NAMESPACES | SIGCHLD, pidfd);
	return pid < 0 ? csc_fail(err, CSC_STAGE_SPAWN, errno, "create the namespaces") : pid;
}
