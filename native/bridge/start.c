/* The pipes between csc and one sandbox, and the start of its launcher. */
#include "start.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../base/fd.h"

#define MAX_CGROUPS 4

/* A copy above the numbers that the launcher's descriptors get. */
static int
above(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 10);
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

static int
open_pipe(int ends[2])
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
	if (open_pipe(pipes->out) < 0 || open_pipe(pipes->err) < 0 || open_pipe(pipes->status) < 0 ||
	    open_pipe(pipes->liveness) < 0)
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

int
csc_start(const struct csc_request *request, const char *cgroup_files, const struct csc_pipes *pipes, int *pidfd,
    struct csc_err *err)
{
	int cgroups[MAX_CGROUPS] = { -1, -1, -1, -1 };
	cleanup_fd launcher = above(request->launcher_fd);
	cleanup_fd plan = above(request->plan_fd);
	struct csc_spawn spawn = {
		.fds = { pipes->liveness[0], pipes->out[1], pipes->err[1], plan, pipes->status[1], pipes->liveness[0] },
		.launcher_fd = launcher,
		.uid = request->uid,
		.gid = request->gid,
		.cgroup_fds = cgroups,
	};
	int pid = -1;

	if (launcher < 0 || plan < 0)
		return csc_fail(err, CSC_STAGE_SPAWN, errno, "hold the launcher and the plan");
	spawn.ncgroup_fds = open_cgroups(cgroup_files, request->cgroup_files_len, cgroups, err);
	if (spawn.ncgroup_fds >= 0)
		pid = csc_spawn(&spawn, pidfd, err);
	for (int i = 0; i < MAX_CGROUPS; i++)
		csc_close_scoped(&cgroups[i]);
	if (pid >= 0 && err->stage != CSC_STAGE_NONE) {
		/* The child has said why it could not execute the launcher. */
		(void)waitpid(pid, NULL, 0);
		csc_pipe_close(pidfd);
		return -1;
	}
	return pid;
}
