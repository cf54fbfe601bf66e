/* What the stages of the launcher share. */
#ifndef CSC_LAUNCHER_H
#define CSC_LAUNCHER_H

#include <limits.h>
#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../base/err.h"
#include "../wire/plan.h"
#include "../wire/status.h"

/* Descriptors that the bridge hands over; nothing else is open. */
enum {
	CSC_FD_STDIN = 0,    /* a placeholder until /dev/null of the sandbox is there */
	CSC_FD_STDOUT = 1,   /* pipe to csc */
	CSC_FD_STDERR = 2,   /* pipe to csc */
	CSC_FD_PLAN = 3,     /* sealed memfd */
	CSC_FD_STATUS = 4,   /* pipe to csc: a csc_observation, then one csc_status */
	CSC_FD_LIVENESS = 5, /* pipe from csc: one byte lets the command start; its end means that csc is gone */
	CSC_FD_SCOPES = 6,   /* and upwards: mounts of the plan's BIND_OWNED and OVERLAY operations, in its order */
};

/* File systems of its own that a plan may have: the root and its tmpfs mounts. */
#define CSC_MAX_OWN 16

/* Room for the last component of a path. */
#define CSC_LEAF_SIZE (NAME_MAX + 1)

/* The directory of the skeleton that was asked for last: most operations lie beside the one before. */
struct csc_nearby {
	int fd; /* -1: none */
	const char *path; /* in the plan, seen from the root; its first `len` bytes */
	size_t len;
	int refused; /* 0, or why nothing may be made in it */
};

/* How a segment's executable is held (held.c). */
struct csc_pinned {
	int fd;      /* to be executed; -1: by its path */
	int refused; /* errno where it could not be pinned: never to be executed */
};

struct csc_launch {
	struct csc_plan plan;
	int root_fd; /* the new root while it is being built */
	int nscopes; /* mounts taken from CSC_FD_SCOPES so far */
	struct csc_nearby near;
	int null_fd; /* its /dev/null, once something has been masked with it */
	struct csc_pinned pins[CSC_MAX_SEGMENTS];
	size_t nown;
	dev_t own[CSC_MAX_OWN]; /* where directories may be made */
	const struct sock_filter *filter; /* the filter that was loaded */
	size_t filter_len;
	struct csc_status status;
};

int csc_stage_plan(struct csc_launch *launch, struct csc_err *err);
int csc_stage_session(struct csc_launch *launch, struct csc_err *err);
int csc_stage_loopback(struct csc_launch *launch, struct csc_err *err);
int csc_stage_identity(struct csc_launch *launch, struct csc_err *err);
int csc_stage_mounts(struct csc_launch *launch, struct csc_err *err);
int csc_stage_pivot(struct csc_launch *launch, struct csc_err *err);
int csc_stage_hostname(struct csc_launch *launch, struct csc_err *err);
int csc_stage_cwd(struct csc_launch *launch, struct csc_err *err);
int csc_stage_limits(struct csc_launch *launch, struct csc_err *err);
int csc_stage_capabilities(struct csc_launch *launch, struct csc_err *err);
int csc_stage_no_new_privs(struct csc_launch *launch, struct csc_err *err);
int csc_stage_landlock(struct csc_launch *launch, struct csc_err *err);
int csc_stage_seccomp(struct csc_launch *launch, struct csc_err *err);
int csc_stage_observe(struct csc_launch *launch, struct csc_err *err);
int csc_stage_release(struct csc_launch *launch, struct csc_err *err);
int csc_stage_exec(struct csc_launch *launch, struct csc_err *err);

/* Has the network made beside the stages that follow, until that of the loopback. */
int csc_network_begin(struct csc_err *err);

/* exec: strict (exec_rights.c); part of the stage no_new_privs, which it needs. */
int csc_exec_rights(const struct csc_launch *launch, struct csc_err *err);
/* Opens `path` below the new root, never through a link. Negative errno on failure. */
int csc_open_inside(const struct csc_launch *launch, const char *path);
/* An overlay over the source of `op`, attached nowhere yet; its changes go to the layers. */
int csc_overlay(struct csc_launch *launch, const struct csc_tree_op *op, struct csc_err *err);
/* Allows making directories on the file system of `fd`. */
int csc_own_device(struct csc_launch *launch, int fd);
/*
 * The directory that `path` lies in, made in the skeleton as far as it is
 * missing; the last component goes to `leaf`. The descriptor stays the
 * skeleton's own, until another is asked for. -EXDEV means that something would
 * be made inside a mounted scope.
 */
int csc_skeleton_parent(struct csc_launch *launch, const char *path, char leaf[CSC_LEAF_SIZE]);
/* Lets go of that directory: what was mounted since may cover it. */
void csc_skeleton_forget(struct csc_launch *launch);

#endif
