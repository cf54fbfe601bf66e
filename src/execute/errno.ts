/**
 * Error numbers of Linux in words, for messages that name the cause.
 *
 * @module
 */

/** The numbers that csc's own calls meet; the same on x86-64 and aarch64. */
const TEXT: Readonly<Record<number, string>> = {
  1: "operation not permitted (EPERM)",
  2: "no such file or directory (ENOENT)",
  4: "interrupted (EINTR)",
  5: "input/output error (EIO)",
  6: "not an ordinary file (ENXIO)",
  7: "argument list too long (E2BIG)",
  8: "not an executable format (ENOEXEC)",
  9: "bad file descriptor (EBADF)",
  11: "try again (EAGAIN)",
  12: "out of memory (ENOMEM)",
  13: "permission denied (EACCES)",
  16: "busy (EBUSY)",
  17: "file exists (EEXIST)",
  18: "crosses a mount (EXDEV)",
  20: "not a directory (ENOTDIR)",
  21: "is a directory (EISDIR)",
  22: "invalid argument (EINVAL)",
  23: "too many open files on this system (ENFILE)",
  24: "too many open files (EMFILE)",
  26: "text file busy (ETXTBSY)",
  27: "file too large (EFBIG)",
  28: "no space left (ENOSPC)",
  30: "read-only file system (EROFS)",
  36: "file name too long (ENAMETOOLONG)",
  38: "not implemented by this kernel (ENOSYS)",
  40: "a symbolic link is in the way (ELOOP)",
  75: "value too large (EOVERFLOW)",
  87: "too many user namespaces (EUSERS)",
  122: "disk quota exceeded (EDQUOT)",
};

/** What an error number means. */
export function errnoText(errno: number): string {
  return TEXT[errno] ?? `error number ${errno}`;
}
