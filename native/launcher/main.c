/*
 * The launcher: PID 1 of one sandbox. The bridge starts it inside fresh
 * namespaces with nothing but the descriptors of launcher.h; it builds the
 * sandbox stage by stage, starts the command, and waits.
 *
 * The table below is the whole descent. Order matters; each line says why the
 * stage stands where it stands. Any failure is reported with its stage and
 * ends the sandbox: there is no partial one.
 */
#include <string.h>
#include <unistd.h>

#include "../base/fault.h"
#include "held.h"
#include "launcher.h"

/* `apply` is negative where it failed, 1 where the plan does not ask for it. */
struct stage {
	enum csc_stage id;
	int (*apply)(struct csc_launch *launch, struct csc_err *err);
};

static const struct stage STAGES[] = {
	/* Nothing is done before all of the plan is understood. */
	{ CSC_STAGE_PLAN, csc_stage_plan },
	/* Leave the caller's session and terminal, become unreadable to others. */
	{ CSC_STAGE_SESSION, csc_stage_session },
	/* What follows makes files, which belong to the command's user. */
	{ CSC_STAGE_IDENTITY, csc_stage_identity },
	/* Needs the host's tree (sources) and CAP_SYS_ADMIN (mounting). */
	{ CSC_STAGE_MOUNTS, csc_stage_mounts },
	/* From here on the host's tree cannot be named any more. */
	{ CSC_STAGE_PIVOT, csc_stage_pivot },
	/* Takes over what was made meanwhile; needs CAP_SYS_ADMIN and CAP_NET_ADMIN over it. */
	{ CSC_STAGE_LOOPBACK, csc_stage_loopback },
	/* Needs CAP_SYS_ADMIN over the new UTS namespace. */
	{ CSC_STAGE_HOSTNAME, csc_stage_hostname },
	/* Inside the new root: a cwd that is not visible there is refused. */
	{ CSC_STAGE_CWD, csc_stage_cwd },
	/* After the mounts, which need more descriptors than a command gets. */
	{ CSC_STAGE_LIMITS, csc_stage_limits },
	/* The last stage that needs a capability is dropping them (CAP_SETPCAP). */
	{ CSC_STAGE_CAPABILITIES, csc_stage_capabilities },
	/* Before Landlock and seccomp, which ask it of an unprivileged task. */
	{ CSC_STAGE_NO_NEW_PRIVS, csc_stage_no_new_privs },
	/* Below the new root, whose directories its rules are bound to; forbids mounting. */
	{ CSC_STAGE_LANDLOCK, csc_stage_landlock },
	/* The last wall: the filter refuses what the stages above had to do. */
	{ CSC_STAGE_SECCOMP, csc_stage_seccomp },
	/* What the kernel says of it now is what holds for the command. */
	{ CSC_STAGE_OBSERVE, csc_stage_observe },
	/* All is built; csc makes its intent durable meanwhile, then says go. */
	{ CSC_STAGE_RELEASE, csc_stage_release },
	/* Starts every segment and reaps until the last one has ended. */
	{ CSC_STAGE_EXEC, csc_stage_exec },
};
_Static_assert(sizeof(STAGES) / sizeof(STAGES[0]) < CSC_MAX_STAGES, "every stage has a place in the record");

static void
report(struct csc_status *status, uint32_t kind)
{
	ssize_t written;

	status->magic = CSC_STATUS_MAGIC;
	status->kind = kind;
	/* If csc is gone there is nobody to tell; the sandbox ends either way. */
	written = write(CSC_FD_STATUS, status, sizeof(*status));
	_exit(written == (ssize_t)sizeof(*status) && kind == CSC_STATUS_ENDED ? 0 : 1);
}

int
main(void)
{
	static struct csc_launch launch; /* zeroed, and too large for a small stack */

	launch.root_fd = launch.null_fd = launch.near.fd = -1;
	csc_pins_none(&launch);
	for (size_t i = 0; i < sizeof(STAGES) / sizeof(STAGES[0]); i++) {
		CSC_FAULT(STAGES[i].id);
		int applied = STAGES[i].apply(&launch, &launch.status.err);

		if (applied < 0)
			report(&launch.status, CSC_STATUS_FAILED);
		if (applied == 0)
			launch.status.stages[launch.status.nstages++] = (uint8_t)STAGES[i].id;
	}
	report(&launch.status, CSC_STATUS_ENDED);
}
