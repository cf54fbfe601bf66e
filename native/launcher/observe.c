/*
 * The last look around before the command exists: asks the kernel what became
 * of the stages, refuses to go on where a wall is not there, and reports what
 * it has seen (wire/observation.h).
 *
 * Trusts: the kernel. /proc is the sandbox's own by now, and nobody but PID 1
 * lives in it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "../base/fd.h"
#include "../wire/observation.h"
#include "launcher.h"
#include "observe.h"

#define ROOM (CSC_OBSERVATION_MAX - sizeof(struct csc_observation))
/* /proc/self/status; some lines grow with the number of processors. */
#define STATUS_ROOM 16384U

/* Header and what follows it, in one piece for one write. */
static struct {
	struct csc_observation head;
	uint8_t rest[ROOM];
} report;

/* Reads until the end or until `room` bytes; how many, or -errno. */
static ssize_t
read_file(int dir, const char *name, void *into, size_t room)
{
	cleanup_fd fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	size_t len = 0;

	if (fd < 0)
		return -errno;
	while (len < room) {
		ssize_t n = read(fd, (char *)into + len, room - len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			break;
		if (n > 0)
			len += (size_t)n;
	}
	return (ssize_t)len;
}

/* How much of a text that fills its room is whole lines. */
size_t
csc_whole_lines(const char *text, size_t len)
{
	while (len > 0 && text[len - 1] != '\n')
		len--;
	return len;
}

/* The value of a digit, or 16 for what is none. */
static unsigned int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	return c >= 'a' && c <= 'f' ? (unsigned int)(c - 'a') + 10 : 16;
}

bool
csc_status_number(const char *text, const char *name, unsigned int base, uint64_t *value)
{
	size_t len = strlen(name);

	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (memcmp(line, name, len) != 0 || line[len] != ':')
			continue;
		line += len + 1;
		while (*line == '\t' || *line == ' ')
			line++;
		if (digit(*line) >= base)
			return false;
		for (*value = 0; digit(*line) < base; line++)
			*value = *value * base + digit(*line);
		return *line == '\n';
	}
	return false;
}

bool
csc_namespace_number(const char *link, uint64_t *number)
{
	const char *at = strchr(link, '[');

	if (!at || digit(at[1]) >= 10)
		return false;
	at++;
	for (*number = 0; digit(*at) < 10; at++)
		*number = *number * 10 + digit(*at);
	return at[0] == ']' && at[1] == '\0';
}

/* One number of /proc/self/status, by its name there. */
struct wanted {
	const char *name;
	unsigned int base;
	uint64_t *value;
};

static int
look_at_rights(int self, struct csc_observation *seen, struct csc_err *err)
{
	/* Behind the text so many zeros that a line can be compared without care. */
	static char text[STATUS_ROOM + 32];
	uint64_t no_new_privs = 0;
	uint64_t seccomp = 0;
	const struct wanted wanted[] = {
		{ "CapInh", 16, &seen->capabilities[CSC_CAP_INHERITABLE] },
		{ "CapPrm", 16, &seen->capabilities[CSC_CAP_PERMITTED] },
		{ "CapEff", 16, &seen->capabilities[CSC_CAP_EFFECTIVE] },
		{ "CapBnd", 16, &seen->capabilities[CSC_CAP_BOUNDING] },
		{ "CapAmb", 16, &seen->capabilities[CSC_CAP_AMBIENT] },
		{ "NoNewPrivs", 10, &no_new_privs },
		{ "Seccomp", 10, &seccomp },
	};
	ssize_t len = read_file(self, "status", text, STATUS_ROOM);

	if (len < 0)
		return csc_fail(err, CSC_STAGE_OBSERVE, (int)-len, "read \"/proc/self/status\"");
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
		if (!csc_status_number(text, wanted[i].name, wanted[i].base, wanted[i].value))
			return csc_fail(err, CSC_STAGE_OBSERVE, 0, "find \"%s\" in \"/proc/self/status\"", wanted[i].name);
	}
	seen->no_new_privs = (uint32_t)no_new_privs;
	seen->seccomp_mode = (uint32_t)seccomp;
	return csc_observed_walls(seen, err);
}

int
csc_observed_walls(const struct csc_observation *seen, struct csc_err *err)
{
	for (size_t i = 0; i < CSC_CAP_COUNT; i++) {
		if (seen->capabilities[i] != 0)
			return csc_fail(err, CSC_STAGE_OBSERVE, 0, "be without capabilities: set %zu still holds %llx", i,
			    (unsigned long long)seen->capabilities[i]);
	}
	if (seen->no_new_privs != 1)
		return csc_fail(err, CSC_STAGE_OBSERVE, 0, "be without new privileges: NoNewPrivs is %u", seen->no_new_privs);
	if (seen->seccomp_mode != SECCOMP_MODE_FILTER)
		return csc_fail(err, CSC_STAGE_OBSERVE, 0, "be under a filter: Seccomp is %u", seen->seccomp_mode);
	return 0;
}

static int
look_at_namespaces(int self, struct csc_observation *seen, struct csc_err *err)
{
	/* Read as links, not followed: that would make the kernel open each. */
	static const char *const NAMES[CSC_NS_COUNT] = {
		[CSC_NS_USER] = "ns/user",
		[CSC_NS_MNT] = "ns/mnt",
		[CSC_NS_PID] = "ns/pid",
		[CSC_NS_NET] = "ns/net",
		[CSC_NS_IPC] = "ns/ipc",
		[CSC_NS_UTS] = "ns/uts",
		[CSC_NS_CGROUP] = "ns/cgroup",
	};
	char link[64];

	for (size_t i = 0; i < CSC_NS_COUNT; i++) {
		ssize_t len = readlinkat(self, NAMES[i], link, sizeof(link) - 1);

		if (len < 0)
			return csc_fail(err, CSC_STAGE_OBSERVE, errno, "look at \"/proc/self/%s\"", NAMES[i]);
		link[len] = '\0';
		if (!csc_namespace_number(link, &seen->namespaces[i]))
			return csc_fail(err, CSC_STAGE_OBSERVE, 0, "find a number in \"%s\"", link);
	}
	return 0;
}

/* The last byte of `into` stays the NUL that it is. */
static int
look_at_map(int self, const char *name, char into[CSC_OBSERVED_MAP], struct csc_err *err)
{
	ssize_t len = read_file(self, name, into, CSC_OBSERVED_MAP - 1);

	if (len < 0)
		return csc_fail(err, CSC_STAGE_OBSERVE, (int)-len, "read \"/proc/self/%s\"", name);
	into[csc_whole_lines(into, (size_t)len)] = '\0';
	return 0;
}

static int
look_at_kernel(struct csc_observation *seen, struct csc_err *err)
{
	struct utsname name;

	_Static_assert(sizeof(name.release) >= CSC_OBSERVED_NAME && sizeof(name.machine) >= CSC_OBSERVED_NAME,
	    "the kernel's names are at least as long");
	if (uname(&name) < 0)
		return csc_fail(err, CSC_STAGE_OBSERVE, errno, "ask for the kernel's name");
	memcpy(seen->release, name.release, CSC_OBSERVED_NAME - 1);
	memcpy(seen->machine, name.machine, CSC_OBSERVED_NAME - 1);
	return 0;
}

static int
look_at_limits(const struct csc_plan *plan, struct csc_observation *seen, struct csc_err *err)
{
	for (size_t i = 0; i < plan->nlimits; i++) {
		struct rlimit limit;

		if (getrlimit((__rlimit_resource_t)plan->limits[i].resource, &limit) < 0)
			return csc_fail(err, CSC_STAGE_OBSERVE, errno, "read limit %u", plan->limits[i].resource);
		seen->limits[i] = (struct csc_observed_limit){ .resource = plan->limits[i].resource, .value = limit.rlim_max };
	}
	seen->nlimits = (uint32_t)plan->nlimits;
	return 0;
}

static int64_t
nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* That a program cannot be seen is for execve to refuse. */
static struct csc_observed_file
look_at_file(int dir, const char *path, int flags)
{
	struct stat st;

	if (fstatat(dir, path, &st, flags) < 0)
		return (struct csc_observed_file){ .err = errno };
	return (struct csc_observed_file){
		.device = st.st_dev,
		.inode = st.st_ino,
		.size = (uint64_t)st.st_size,
		.mtime_ns = nanoseconds(st.st_mtim),
		.ctime_ns = nanoseconds(st.st_ctim),
		.mode = st.st_mode,
	};
}

/* What will be executed: the descriptor where there is one, else what the path leads to. */
static struct csc_observed_file
look_at_segment(const struct csc_launch *launch, size_t index)
{
	int fd = launch->pins[index].fd;

	return fd < 0 ? look_at_file(AT_FDCWD, launch->plan.segments[index].file, 0) : look_at_file(fd, "", AT_EMPTY_PATH);
}

static void
look_at_files(const struct csc_launch *launch, struct csc_observation *seen)
{
	const struct csc_plan *plan = &launch->plan;
	struct csc_tree_cursor cursor = csc_plan_tree(plan);
	size_t left = plan->ninterpreters;
	struct csc_tree_op op;

	seen->nfiles = 0;
	for (size_t i = 0; i < plan->nsegments; i++)
		seen->files[seen->nfiles++] = look_at_segment(launch, i);
	while (left > 0 && csc_plan_next(&cursor, &op)) {
		if (op.type != CSC_RECORD_PIN || (op.flags & CSC_PIN_INTERPRETER) == 0)
			continue;
		seen->files[seen->nfiles++] = look_at_file(AT_FDCWD, op.path, 0);
		left--;
	}
}

bool
csc_observed_changed(const struct csc_launch *launch, size_t index)
{
	struct csc_observed_file now = look_at_segment(launch, index);

	return memcmp(&now, &report.head.files[index], sizeof(now)) != 0;
}

static int
look_at_mounts(int self, struct csc_observation *seen, struct csc_err *err)
{
	char *text = (char *)report.rest + seen->filter_len;
	size_t room = ROOM - seen->filter_len;
	ssize_t len = read_file(self, "mountinfo", text, room);

	if (len < 0)
		return csc_fail(err, CSC_STAGE_OBSERVE, (int)-len, "read \"/proc/self/mountinfo\"");
	seen->mounts_len = (uint32_t)csc_whole_lines(text, (size_t)len);
	if ((size_t)len == room)
		seen->flags |= CSC_OBSERVED_MOUNTS_CUT;
	return 0;
}

/* What is written may be more than the pipe holds; csc reads it meanwhile. */
static int
send_report(struct csc_err *err)
{
	const uint8_t *at = (const uint8_t *)&report;
	size_t left = report.head.length;

	while (left > 0) {
		ssize_t n = write(CSC_FD_STATUS, at, left);

		if (n < 0 && errno != EINTR)
			return csc_fail(err, CSC_STAGE_OBSERVE, errno, "report what was seen");
		if (n > 0) {
			at += n;
			left -= (size_t)n;
		}
	}
	return 0;
}

int
csc_stage_observe(struct csc_launch *launch, struct csc_err *err)
{
	struct csc_observation *seen = &report.head;
	cleanup_fd self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (self < 0)
		return csc_fail(err, CSC_STAGE_OBSERVE, errno, "open \"/proc/self\"");
	seen->filter_len = (uint32_t)(launch->filter_len * sizeof(*launch->filter));
	memcpy(report.rest, launch->filter, seen->filter_len);
	if (look_at_rights(self, seen, err) < 0 || look_at_namespaces(self, seen, err) < 0 ||
	    look_at_map(self, "uid_map", seen->uid_map, err) < 0 || look_at_map(self, "gid_map", seen->gid_map, err) < 0 ||
	    look_at_kernel(seen, err) < 0 || look_at_limits(&launch->plan, seen, err) < 0 ||
	    look_at_mounts(self, seen, err) < 0)
		return -1;
	look_at_files(launch, seen);
	seen->uid = (uint32_t)getuid();
	seen->gid = (uint32_t)getgid();
	seen->magic = CSC_OBSERVATION_MAGIC;
	seen->length = (uint32_t)sizeof(*seen) + seen->filter_len + seen->mounts_len;
	seen->nstages = launch->status.nstages;
	memcpy(seen->stages, launch->status.stages, sizeof(seen->stages));
	/* What arrives says that this one is done, too. */
	seen->stages[seen->nstages++] = CSC_STAGE_OBSERVE;
	return send_report(err);
}
