/*
 * Gives the system calls of native/freestanding names of their own, for a
 * program that needs the library's, too. Included before them; the system's
 * headers must have been read by then.
 */
#define __errno_location own_errno
/* Not the structure of the same name. */
#define sigaction(...) own_sigaction(__VA_ARGS__)
#define syscall own_syscall
#define prctl own_prctl
#define _exit own_exit
#define execve own_execve
#define wait4 own_wait4
#define setsid own_setsid
#define getrlimit own_getrlimit
#define setrlimit own_setrlimit
#define getuid own_getuid
#define getgid own_getgid
/* Not the system call's number. */
#define uname(...) own_uname(__VA_ARGS__)
#define sethostname own_sethostname
#define sigemptyset own_sigemptyset
#define sigfillset own_sigfillset
#define sigaddset own_sigaddset
#define sigprocmask own_sigprocmask
#define signalfd own_signalfd
#define read own_read
#define write own_write
#define close own_close
#define close_range own_close_range
#define pipe2 own_pipe2
#define dup2 own_dup2
#define fcntl own_fcntl
#define ioctl own_ioctl
#define poll own_poll
#define socket own_socket
#define mmap own_mmap
#define mprotect own_mprotect
#define openat own_openat
#define open own_open
#define fstat own_fstat
#define fstatat own_fstatat
#define mkdirat own_mkdirat
#define mknodat own_mknodat
#define symlinkat own_symlinkat
#define readlinkat own_readlinkat
#define chdir own_chdir
#define fchdir own_fchdir
#define mount own_mount
#define umount2 own_umount2
#define fsopen own_fsopen
#define fsconfig own_fsconfig
#define fsmount own_fsmount
#define open_tree own_open_tree
#define move_mount own_move_mount
#define mount_setattr own_mount_setattr
#define vfork own_vfork
#define clone own_clone
