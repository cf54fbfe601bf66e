/*
 * Staged scopes, seen from outside: what an overlay's upper layer says was
 * created, changed and deleted, and the steps by which it is applied to the
 * host. One export, loaded by staged runs and by the verbs for them alone.
 */
#ifndef CSC_BRIDGE_STAGED_H
#define CSC_BRIDGE_STAGED_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "bridge.h"
#include "sha256.h"

/* Operations of csc_staged and their arguments, each ending in its NUL. */
enum csc_staged_op {
	CSC_STAGED_WALK = 1,    /* upper, lower, since (ns, decimal): a memory file of csc_change records */
	CSC_STAGED_COPY = 2,    /* root, path, target root, target directory, name: a whole tree; out: its inode */
	CSC_STAGED_PLACE = 3,   /* root, directory, name, temporary name, inode (decimal): in one step, again at will */
	CSC_STAGED_REMOVE = 4,  /* root, directory, name, temporary name: in one step, again at will */
	CSC_STAGED_ADJUST = 5,  /* root, path, upper: mode, owner and attributes of a directory */
	CSC_STAGED_CLEAN = 6,   /* root, directory, name: away with it and all below, if it is there */
	CSC_STAGED_MEASURE = 7, /* root; out: bytes on disk below, and its own time of change, ns */
	CSC_STAGED_SYNC = 8,    /* root: all that was written to its file system becomes durable */
	CSC_STAGED_WAIT = 9,    /* a gate, milliseconds (both decimal): 1 once it opens, 0 if it does not in time */
};

/* What became of one path. */
enum csc_change_kind {
	CSC_CHANGE_CREATED = 1,
	CSC_CHANGE_CHANGED = 2,
	CSC_CHANGE_DELETED = 3,
};

#define CSC_CHANGE_HOST_MOVED 1U /* what lies on the host has changed since `since` */
#define CSC_CHANGE_REPLACED 2U   /* nothing of what was there is left: another kind, or an opaque directory */

/* Followed by path, link text and names of attributes, each as long as said. */
struct csc_change {
	uint32_t kind;
	uint32_t flags;
	uint32_t mode; /* st_mode, 0 for what is deleted */
	uint32_t uid;
	uint32_t gid;
	uint32_t base_mode; /* of the host's, 0 where there is nothing */
	uint32_t base_uid;
	uint32_t base_gid;
	uint64_t size;
	int64_t mtime_ns;
	uint64_t base_ino;
	uint64_t base_size;
	int64_t base_mtime_ns;
	int64_t base_ctime_ns;
	uint8_t sha256[CSC_SHA256_LEN];      /* of a file's content */
	uint8_t base_sha256[CSC_SHA256_LEN]; /* over what identifies all of a directory that is gone */
	uint32_t path_len;
	uint32_t link_len;
	uint32_t xattr_len;
	uint32_t zero;
};

/* More changes than any reader wants: such a run cannot be accounted for. */
#define CSC_STAGED_MAX_CHANGES 1000000U

/* Directories in each other, at most: what reads or copies them holds each open. */
#define CSC_STAGED_MAX_DEPTH 200

/* Most names and values of extended attributes of one file. */
#define CSC_STAGED_XATTRS 65536U

CSC_EXPORT int32_t csc_staged(uint32_t op, const char *arguments, uint64_t arguments_len, uint8_t *out,
    uint64_t out_len);

/* Names in one directory, sorted by their bytes. */
struct csc_names {
	char *text;
	const char **at;
	size_t count;
};

/* All names but "." and ".."; 0 or -errno. csc_names_free has to follow. */
int csc_names_read(int dir, struct csc_names *names);
void csc_names_free(struct csc_names *names);

/* The path `name` in `dir`; `dir` "" is the root itself. 0 or -ENAMETOOLONG. */
int csc_path_join(char *path, const char *dir, const char *name);

/* 0, or -ELOOP for a path of too many directories. */
int csc_depth_check(const char *path);

/* Opens below `root`, never through a link; "" is the root itself. What its owner may not read, it makes readable for a moment. */
int csc_open_below(int root, const char *path, int flags);

int64_t csc_nanoseconds(struct timespec time);

/* Where a layer or a scope lies, and a directory in it: a descriptor, or -errno. */
int csc_upper_root(const char *path);
int csc_upper_directory(const char *root, const char *dir);
/* Attributes from one file to another. */
int csc_copy_attributes(int from, int to);
/* The kept bits of a mode: set-id bits never come out of a sandbox. */
#define CSC_STAGED_MODE 01777U

/* Of a file's content; 0 or -errno. */
int csc_digest_below(int root, const char *path, uint8_t sha256[CSC_SHA256_LEN]);
/* The text of a link, its length or -errno. */
ssize_t csc_link_below(int root, const char *path, char text[PATH_MAX]);
/* Names of a file's own attributes, their length or -errno; the digest is of names and values. */
ssize_t csc_attributes_below(int root, const char *path, mode_t mode, char *names, uint8_t sha256[CSC_SHA256_LEN]);
/* What identifies each file below a directory of the host, and the latest of their changes. */
int csc_identify_tree(int root, char path[PATH_MAX], struct csc_sha256 *hash, int64_t *latest_ns);

/* A char device 0/0: here something of the lower layer has been deleted. */
bool csc_is_whiteout(const struct stat *st);

/* Names of attributes that are the file's own, not the overlay's, NUL-separated; their length or -errno. */
ssize_t csc_own_xattrs(int fd, char *names, size_t size);

int csc_upper_walk(const char *upper, const char *lower, int64_t since_ns);
int csc_upper_copy(const char *from_root, const char *path, const char *to_root, const char *dir, const char *name,
    uint64_t *ino);
int csc_upper_place(const char *root, const char *parent, const char *name, const char *temporary, uint64_t ino);
int csc_upper_remove(const char *root, const char *parent, const char *name, const char *temporary);
int csc_upper_adjust(const char *root, const char *path, const char *upper);
int csc_upper_clean(const char *root, const char *parent, const char *name);
int csc_upper_measure(const char *root, uint64_t out[2]);
int csc_upper_sync(const char *root);
int csc_gate_wait(int gate, int timeout_ms);

#endif
