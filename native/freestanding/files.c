/* Descriptors, files and mounts. */
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "ask.h"

/* --- descriptors --- */

ssize_t
read(int fd, void *bytes, size_t count)
{
	return ASK(SYS_read, fd, bytes, count);
}

ssize_t
write(int fd, const void *bytes, size_t count)
{
	return ASK(SYS_write, fd, bytes, count);
}

int
close(int fd)
{
	return (int)ASK(SYS_close, fd);
}

int
close_range(unsigned int first, unsigned int last, int flags)
{
	return (int)ASK(SYS_close_range, first, last, flags);
}

int
pipe2(int ends[2], int flags)
{
	return (int)ASK(SYS_pipe2, ends, flags);
}

int
dup2(int from, int to)
{
	/* dup3 refuses equal numbers; dup2 only checks that there is something. */
	if (from == to)
		return ASK(SYS_fcntl, from, F_GETFD) < 0 ? -1 : to;
	return (int)ASK(SYS_dup3, from, to, 0);
}

int
fcntl(int fd, int operation, ...)
{
	va_list args;
	long argument;

	va_start(args, operation);
	argument = va_arg(args, long);
	va_end(args);
	return (int)ASK(SYS_fcntl, fd, operation, argument);
}

int
ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	long argument;

	va_start(args, request);
	argument = va_arg(args, long);
	va_end(args);
	return (int)ASK(SYS_ioctl, fd, request, argument);
}

int
poll(struct pollfd *watched, nfds_t count, int milliseconds)
{
	struct timespec limit = {
		.tv_sec = milliseconds / 1000,
		.tv_nsec = milliseconds % 1000 * 1000000L,
	};

	return (int)ASK(SYS_ppoll, watched, count, milliseconds < 0 ? NULL : &limit, NULL, KERNEL_SET_SIZE);
}

int
socket(int domain, int type, int protocol)
{
	return (int)ASK(SYS_socket, domain, type, protocol);
}

void *
mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
	return (void *)ASK(SYS_mmap, address, length, protection, flags, fd, offset);
}

int
mprotect(void *address, size_t length, int protection)
{
	return (int)ASK(SYS_mprotect, address, length, protection);
}

/* --- files --- */

int
openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_list args;

		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	return (int)ASK(SYS_openat, dir, path, flags, mode);
}

int
open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	if (flags & O_CREAT) {
		va_list args;

		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	return openat(AT_FDCWD, path, flags, mode);
}

int
fstat(int fd, struct stat *st)
{
	return (int)ASK(SYS_fstat, fd, st);
}

int
fstatat(int dir, const char *restrict path, struct stat *restrict st, int flags)
{
	return (int)ASK(SYS_newfstatat, dir, path, st, flags);
}

int
mkdirat(int dir, const char *path, mode_t mode)
{
	return (int)ASK(SYS_mkdirat, dir, path, mode);
}

int
mknodat(int dir, const char *path, mode_t mode, dev_t device)
{
	return (int)ASK(SYS_mknodat, dir, path, mode, device);
}

ssize_t
readlinkat(int dir, const char *restrict path, char *restrict target, size_t size)
{
	return ASK(SYS_readlinkat, dir, path, target, size);
}

int
symlinkat(const char *target, int dir, const char *path)
{
	return (int)ASK(SYS_symlinkat, target, dir, path);
}

int
chdir(const char *path)
{
	return (int)ASK(SYS_chdir, path);
}

int
fchdir(int fd)
{
	return (int)ASK(SYS_fchdir, fd);
}

/* --- mounts --- */

int
mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	return (int)ASK(SYS_mount, source, target, type, flags, data);
}

int
umount2(const char *target, int flags)
{
	return (int)ASK(SYS_umount2, target, flags);
}

int
fsopen(const char *type, unsigned int flags)
{
	return (int)ASK(SYS_fsopen, type, flags);
}

int
fsconfig(int fd, unsigned int command, const char *key, const void *value, int aux)
{
	return (int)ASK(SYS_fsconfig, fd, command, key, value, aux);
}

int
fsmount(int fd, unsigned int flags, unsigned int attributes)
{
	return (int)ASK(SYS_fsmount, fd, flags, attributes);
}

int
open_tree(int dir, const char *path, unsigned int flags)
{
	return (int)ASK(SYS_open_tree, dir, path, flags);
}

int
move_mount(int from_dir, const char *from, int to_dir, const char *to, unsigned int flags)
{
	return (int)ASK(SYS_move_mount, from_dir, from, to_dir, to, flags);
}

int
mount_setattr(int dir, const char *path, unsigned int flags, struct mount_attr *attributes, size_t size)
{
	return (int)ASK(SYS_mount_setattr, dir, path, flags, attributes, size);
}
