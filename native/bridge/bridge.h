/*
 * The bridge: the shared object that csc loads through FFI. Its exports are
 * the only native code that runs in the process that holds the signing key.
 */
#ifndef CSC_BRIDGE_H
#define CSC_BRIDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/err.h"
#include "../wire/observation.h"
#include "../wire/plan.h"
#include "../wire/status.h"
#include "sha256.h"

#define CSC_EXPORT __attribute__((visibility("default")))

/* What csc_run is asked; src/execute/native.ts writes it. */
struct csc_request {
	int32_t launcher_fd;
	int32_t plan_fd;
	int32_t stdout_fd; /* where output goes live, or -1 */
	int32_t stderr_fd;
	uint32_t escape_stdout; /* a person is reading */
	uint32_t escape_stderr;
	uint64_t deadline_ms; /* from the moment the command may start */
	uint64_t stdout_cap;  /* how much is kept */
	uint64_t stderr_cap;
	/* NUL-separated files that take "0" to put the command into its cgroups. */
	uint64_t cgroup_files_len;
	int32_t gate_fd; /* made by CSC_FILE_GATE: the command starts when it opens; -1: at once */
	int32_t progress_fd; /* the terminal that is told how long the command runs, or -1 */
};

/* What csc_run answers. */
struct csc_answer {
	uint32_t outcome; /* enum csc_outcome */
	int32_t killed_by; /* signal that ended PID 1, or 0 */
	struct csc_err err; /* filled for CSC_OUTCOME_NOT_STARTED */
	uint64_t stdout_total;
	uint64_t stderr_total;
	uint64_t stdout_kept;
	uint64_t stderr_kept;
	uint64_t wall_us; /* from the moment the command might start to its end */
	uint64_t spawn_us; /* until the launcher was executed */
	uint64_t stdout_at; /* address of what was kept, until csc_files releases it */
	uint64_t stderr_at;
	uint8_t stdout_sha256[CSC_SHA256_LEN]; /* over what was kept */
	uint8_t stderr_sha256[CSC_SHA256_LEN];
	uint64_t stdout_cap; /* sizes of the buffers at those addresses */
	uint64_t stderr_cap;
	uint8_t plan_sha256[CSC_SHA256_LEN];   /* over the sealed plan */
	uint8_t filter_sha256[CSC_SHA256_LEN]; /* over the filter that PID 1 loaded, where it was observed */
	/* Of PID 1 and all that was waited for in its namespace, which at its end is everything. */
	uint64_t user_us;
	uint64_t system_us;
	/* Why output could not be passed on live, an errno; 0: it was, or its reader had gone. */
	int32_t stdout_lost;
	int32_t stderr_lost;
	struct csc_status status; /* filled for CSC_OUTCOME_REPORTED */
};

enum csc_outcome {
	CSC_OUTCOME_NOT_STARTED = 0, /* the bridge failed before the launcher ran */
	CSC_OUTCOME_REPORTED = 1,    /* the launcher's record is there */
	CSC_OUTCOME_TIMED_OUT = 2,
	CSC_OUTCOME_DIED = 3, /* PID 1 ended without a record */
	CSC_OUTCOME_ABANDONED = 4, /* csc gave it up, before the command started or while it ran */
};

/* Gives back the buffers of an answer. */
void csc_release(const struct csc_answer *answer);

/* Writes all of `bytes` or returns -1 with errno. */
int csc_write_all(int fd, const uint8_t *bytes, uint64_t len);

/* What the child between clone and exec needs; it shares our memory. */
struct csc_spawn {
	int fds[6]; /* numbers 0..5 of launcher.h, all above 9 */
	int launcher_fd;
	const struct csc_plan *plan;
	uint32_t uid; /* csc's own */
	uint32_t gid;
	const int *cgroup_fds;
	int ncgroup_fds;
	const int *scope_fds; /* numbers 6.. of launcher.h; these and the launcher's above all of them */
	int nscope_fds;
	struct csc_err *err; /* what stopped the child before its exec */
};

/*
 * A child that shares our memory: we go on when it has executed or ended. All
 * signals are blocked in it. Its pid, or -1 with errno.
 */
int csc_clone(int (*run)(void *), void *argument, int flags, int *pidfd);

/* Starts the launcher as PID 1 of new namespaces; a pid and its pidfd, or -1. */
int csc_spawn(struct csc_spawn *spawn, int *pidfd, struct csc_err *err);

/* How durable a file is made. */
#define CSC_SYNC_NONE 0U
#define CSC_SYNC_ALL 1U
#define CSC_SYNC_FILE 2U

/* Words in a gate. */
#define CSC_GATE_START 1U
#define CSC_GATE_ABANDON 2U

/* Longest text of a link that is told; the kernel makes none that is longer. */
#define CSC_LINK_MAX 4096U

/* What CSC_FILE_LOOK tells; src/execute/look.ts reads it. */
struct csc_look {
	uint32_t mode; /* st_mode */
	uint32_t uid;
	uint32_t gid;
	uint32_t link_len; /* 0 for what is no link */
	uint64_t dev;
	uint64_t ino;
	uint64_t nlink;
	char link[CSC_LINK_MAX]; /* its text, without a NUL */
};

/* The operations on single paths: look.c. */
int32_t csc_look_at(const char *path, struct csc_look *look, bool follow);
int32_t csc_read_file(const char *path, uint8_t *bytes, uint64_t len);
int32_t csc_write_file(const char *path, const uint8_t *bytes, uint64_t len);

/* Makes a pipe for two children that Deno starts: 0, or -errno (segments.c). */
int32_t csc_segment_pipe(int32_t ends[2]);

/* What CSC_FILE_LOOK_IN tells of a name: kinds.c. */
enum csc_kind {
	CSC_KIND_NONE = 0, /* nothing, or nothing that can be seen */
	CSC_KIND_DIRECTORY = 1,
	CSC_KIND_FILE = 2,
	CSC_KIND_LINK = 3,
	CSC_KIND_OTHER = 4,
};
int32_t csc_look_in(const char *path, uint8_t *bytes, uint64_t len, uint32_t count);

/* Operations of csc_files, and the arguments that each takes. */
enum csc_file_op {
	CSC_FILE_MEMFD = 1,           /* name, bytes, len, flag: it will be executed */
	CSC_FILE_OPEN_DIRECTORY = 2,  /* name: any path */
	CSC_FILE_ENTER_DIRECTORY = 3, /* dir, name: one component, made when missing */
	CSC_FILE_REPLACE = 4,         /* dir, name, other: temporary name, bytes, len, mode, flag: CSC_SYNC_* */
	CSC_FILE_CREATE = 5,          /* dir, name, bytes, len, mode, flag: durable */
	CSC_FILE_SYNC_DIRECTORY = 6,  /* dir */
	CSC_FILE_CLOSE = 7,           /* dir: any descriptor */
	CSC_FILE_GATE = 9,            /* nothing: a gate for csc_run */
	CSC_FILE_OPEN_GATE = 10,      /* dir: a gate, flag: 1 lets the command start, 0 ends it at any time */
	CSC_FILE_RELEASE = 8,         /* bytes: a csc_answer, len; gives back what was kept of output */
	CSC_FILE_OPEN_FILE = 11,      /* dir, name: an ordinary file, to be read */
	CSC_FILE_TRY_MAKING = 12,     /* dir, name: where a file without a name cannot be made; nothing stays */
	CSC_FILE_LOOK = 13,           /* name: any path, bytes: a csc_look to fill, len, flag: follow a link at its end */
	CSC_FILE_READ = 14,           /* name: any path, bytes: what to fill, len; how much was there, or -EFBIG */
	CSC_FILE_WRITE = 15,          /* name: path of a file that is there, bytes, len */
	CSC_FILE_SEGMENT_PIPE = 16,   /* bytes: two int32_t to fill, what is read and what is written, len */
	CSC_FILE_LANDLOCK_ABI = 17,   /* nothing: the version of Landlock that the kernel has */
	CSC_FILE_LOOK_IN = 20,        /* name: a directory, bytes: `mode` answers and names, see kinds.c, len */
};

int32_t csc_files(uint32_t op, int32_t dir, const char *name, const char *other, uint8_t *bytes,
    uint64_t len, uint32_t mode, uint32_t flag);

/* The numbers that csc_files takes, as FFI hands them over: in a structure, see src/execute/native.ts. */
struct csc_call {
	uint32_t op;
	int32_t dir;
	uint32_t mode;
	uint32_t flag;
};

CSC_EXPORT int32_t csc_call(struct csc_call call, const char *name, const char *other, uint8_t *bytes, uint64_t len);
/* `observation` has CSC_OBSERVATION_MAX bytes; its magic stays 0 until all of it is there. */
CSC_EXPORT int32_t csc_run(const struct csc_request *request, const char *cgroup_files, struct csc_answer *answer,
    uint8_t *observation);

#endif
