/* The plan, and the launcher's own standing: session, signals, loopback, name. */
#include <errno.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../base/fd.h"
#include "launcher.h"

/*
 * Maps the plan and decodes it. The memfd is sealed by the bridge, so what was
 * checked cannot change while it is being carried out.
 */
int
csc_stage_plan(struct csc_launch *launch, struct csc_err *err)
{
	cleanup_fd fd = CSC_FD_PLAN;
	struct stat st;
	void *bytes;

	if (fstat(fd, &st) < 0)
		return csc_fail(err, CSC_STAGE_PLAN, errno, "read the plan");
	bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return csc_fail(err, CSC_STAGE_PLAN, errno, "map the plan");
	return csc_plan_decode(bytes, (size_t)st.st_size, &launch->plan, err);
}

/*
 * A session of its own: no controlling terminal, so no input can be pushed
 * into the caller's. Not dumpable: the command cannot read PID 1's memory or
 * descriptors through /proc although it has the same uid.
 */
int
csc_stage_session(struct csc_launch *launch, struct csc_err *err)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t all;

	(void)launch;
	if (setsid() < 0)
		return csc_fail(err, CSC_STAGE_SESSION, errno, "start a session");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return csc_fail(err, CSC_STAGE_SESSION, errno, "become undumpable");
	/* PID 1 takes its signals through a signalfd (supervise.c). */
	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, NULL) < 0)
		return csc_fail(err, CSC_STAGE_SESSION, errno, "block signals");
	/* A caller that ignores it leaves that to its children, whose ends would be nobody's to see. */
	if (sigaction(SIGCHLD, &standard, NULL) < 0)
		return csc_fail(err, CSC_STAGE_SESSION, errno, "hear of the ends of children");
	return csc_network_begin(err);
}

int
csc_stage_hostname(struct csc_launch *launch, struct csc_err *err)
{
	const char *name = launch->plan.hostname;

	if (sethostname(name, strlen(name)) < 0)
		return csc_fail(err, CSC_STAGE_HOSTNAME, errno, "set host name \"%s\"", name);
	return 0;
}

int
csc_stage_cwd(struct csc_launch *launch, struct csc_err *err)
{
	const char *cwd = launch->plan.cwd;

	if (chdir(cwd) < 0)
		return csc_fail(err, CSC_STAGE_CWD, errno, "enter \"%s\"", cwd);
	return 0;
}
