/* The pipes between csc and one sandbox, and the start of its launcher. */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/fault.h"
#include "../base/fd.h"
#include "identity.h"

#define MAX_CGROUPS 4
/* The launcher gets 0 to 5, and from 6 on a descriptor for each scope that is opened here. */
#define FIRST_SCOPE 6
#define ABOVE 10

/* A copy above the numbers that every launcher's descriptors get. */
static int
above(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, ABOVE);
}

void
csc_pipes_close(struct csc_pipes *pipes)
{
	int *all = (int *)pipes;

	for (size_t i = 0; i < sizeof(*pipes) / sizeof(int); i++)
		csc_close_scoped(&all[i]);
}

void
csc_pipe_close(int *fd)
{
	csc_close_scoped(fd);
	*fd = -1;
}

int
csc_pipe_open(int ends[2])
{
	int made[2];

	if (pipe2(made, O_CLOEXEC) < 0)
		return -1;
	ends[0] = above(made[0]);
	ends[1] = above(made[1]);
	csc_close_scoped(&made[0]);
	csc_close_scoped(&made[1]);
	return ends[0] < 0 || ends[1] < 0 ? -1 : 0;
}

int
csc_pipes_open(struct csc_pipes *pipes, struct csc_err *err)
{
	memset(pipes, 0xFF, sizeof(*pipes)); /* every descriptor -1 */
	if (csc_pipe_open(pipes->out) < 0 || csc_pipe_open(pipes->err) < 0 || csc_pipe_open(pipes->status) < 0 ||
	    csc_pipe_open(pipes->liveness) < 0)
		return csc_fail(err, CSC_STAGE_SPAWN, errno, "make pipes");
	if (fcntl(pipes->out[0], F_SETFL, O_NONBLOCK) < 0 || fcntl(pipes->err[0], F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(pipes->status[0], F_SETFL, O_NONBLOCK) < 0)
		return csc_fail(err, CSC_STAGE_SPAWN, errno, "make pipes nonblocking");
	return 0;
}

static int
open_cgroups(const char *files, uint64_t len, int fds[MAX_CGROUPS], struct csc_err *err)
{
	int count = 0;

	for (const char *file = files; file < files + len; file += strlen(file) + 1) {
		if (count == MAX_CGROUPS)
			return csc_fail(err, CSC_STAGE_CGROUP, 0, "more than %d cgroups", MAX_CGROUPS);
		fds[count] = open(file, O_WRONLY | O_CLOEXEC);
		if (fds[count] < 0)
			return csc_fail(err, CSC_STAGE_CGROUP, errno, "open \"%s\"", file);
		count++;
	}
	return count;
}

/*
 * Lets the command open its standard output and error anew (/dev/stderr): a
 * pipe belongs to whoever has made it.
 */
static int
give_pipes(const struct csc_plan *plan, const struct csc_pipes *pipes, struct csc_err *err)
{
	if (fchown(pipes->out[1], plan->uid, plan->gid) < 0 || fchown(pipes->err[1], plan->uid, plan->gid) < 0)
		return csc_fail(err, CSC_STAGE_SPAWN, errno, "give the pipes to user %u", plan->uid);
	return 0;
}

/* The ids of a command that is not csc's user, the same inside and outside; the launcher waits for them. */
static int
switch_ids(pid_t pid, const struct csc_plan *plan, const struct csc_pipes *pipes, struct csc_err *err)
{
	char uids[CSC_MAP_SIZE], gids[CSC_MAP_SIZE];
	const char word = CSC_WORD_MAPPED;

	size_t uids_len = csc_map_one(uids, plan->uid, plan->uid);
	size_t gids_len = csc_map_one(gids, plan->gid, plan->gid);

	if (csc_write_maps(pid, uids, uids_len, gids, gids_len) < 0)
		return csc_fail(err, CSC_STAGE_USERNS, errno, "map user %u and group %u", plan->uid, plan->gid);
	if (write(pipes->liveness[1], &word, 1) != 1)
		return csc_fail(err, CSC_STAGE_USERNS, errno, "tell the launcher of its id maps");
	return 0;
}

/* Ends a child that cannot become a sandbox. */
static int
give_up(pid_t pid, int *pidfd)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	csc_pipe_close(pidfd);
	return -1;
}

/* Starts the launcher of a decoded plan, whose scopes are open. */
static int
start_launcher(struct csc_spawn *spawn, const struct csc_request *request, const char *cgroup_files,
    const struct csc_pipes *pipes, int *pidfd, struct csc_err *err)
{
	bool switched = spawn->plan->identity == CSC_IDENTITY_SWITCHED;
	int cgroups[MAX_CGROUPS] = { -1, -1, -1, -1 };
	int pid = -1;

	if (switched && give_pipes(spawn->plan, pipes, err) < 0)
		return -1;
	spawn->cgroup_fds = cgroups;
	spawn->ncgroup_fds = open_cgroups(cgroup_files, request->cgroup_files_len, cgroups, err);
	CSC_FAULT(CSC_FAULT_BEFORE_SPAWN);
	if (spawn->ncgroup_fds >= 0)
		pid = csc_spawn(spawn, pidfd, err);
	for (int i = 0; i < MAX_CGROUPS; i++)
		csc_close_scoped(&cgroups[i]);
	if (pid < 0)
		return -1;
	/* Otherwise the child has said why it could not execute the launcher. */
	if (err->stage == CSC_STAGE_NONE && (!switched || switch_ids(pid, spawn->plan, pipes, err) == 0))
		return pid;
	return give_up(pid, pidfd);
}

static int
start_plan(const struct csc_plan *plan, const struct csc_request *request, const char *cgroup_files,
    const struct csc_pipes *pipes, int *pidfd, struct csc_err *err)
{
	int least = FIRST_SCOPE + (int)(plan->nowned < CSC_MAX_SCOPES ? plan->nowned : CSC_MAX_SCOPES);
	struct csc_scopes scopes;
	int pid = -1;

	if (least < ABOVE)
		least = ABOVE;
	cleanup_fd launcher = fcntl(request->launcher_fd, F_DUPFD_CLOEXEC, least);
	cleanup_fd plan_fd = above(request->plan_fd);
	if (launcher < 0 || plan_fd < 0)
		return csc_fail(err, CSC_STAGE_SPAWN, errno, "hold the launcher and the plan");
	if (csc_scopes_open(plan, least, &scopes, err) == 0) {
		struct csc_spawn spawn = {
			.fds = { CSC_FAULT_CHOICE(pipes->liveness[0]), pipes->out[1], pipes->err[1], plan_fd, pipes->status[1],
			    pipes->liveness[0] },
			.launcher_fd = launcher,
			.plan = plan,
			.uid = geteuid(),
			.gid = getegid(),
			.scope_fds = scopes.fds,
			.nscope_fds = (int)scopes.count,
		};
		pid = start_launcher(&spawn, request, cgroup_files, pipes, pidfd, err);
	}
	csc_scopes_close(&scopes);
	return pid;
}

int
csc_start(const struct csc_request *request, const char *cgroup_files, const struct csc_pipes *pipes, int *pidfd,
    struct csc_err *err)
{
	struct csc_plan plan;
	struct stat st;
	void *bytes;
	int pid = -1;

	/* Sealed: what is read here is what the launcher will read. */
	if (fstat(request->plan_fd, &st) < 0)
		return csc_fail(err, CSC_STAGE_PLAN, errno, "read the plan");
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, request->plan_fd, 0);
	if (bytes == MAP_FAILED)
		return csc_fail(err, CSC_STAGE_PLAN, errno, "map the plan");
	if (csc_plan_decode(bytes, (size_t)st.st_size, &plan, err) == 0)
		pid = start_plan(&plan, request, cgroup_files, pipes, pidfd, err);
	(void)munmap(bytes, (size_t)st.st_size);
	return pid;
}
