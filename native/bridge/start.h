/* The pipes between csc and one sandbox, and the start of its launcher. */
#ifndef CSC_BRIDGE_START_H
#define CSC_BRIDGE_START_H

#include "bridge.h"

/* Index 0 is read, 1 is written; -1 where closed. */
struct csc_pipes {
	int out[2], err[2], status[2], liveness[2];
};

/* Opens all of them, close-on-exec, and our reading ends nonblocking. */
int csc_pipes_open(struct csc_pipes *pipes, struct csc_err *err);
/* One pipe, both ends close-on-exec and above 9; on -1 the ends are to be closed all the same. */
int csc_pipe_open(int ends[2]);
/* Closes one end and forgets it. */
void csc_pipe_close(int *fd);
void csc_pipes_close(struct csc_pipes *pipes);
/* Starts the launcher of a request: its pid and pidfd, or -1. */
int csc_start(const struct csc_request *request, const char *cgroup_files, const struct csc_pipes *pipes, int *pidfd,
    struct csc_err *err);

#endif
