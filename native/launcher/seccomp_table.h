/*
 * The system calls of a command, one reason a line. Included by filter.c:
 *
 *   ALLOW(name)            runs
 *   DENY(name, errno)      fails with errno, whatever its arguments
 *   anything not listed    fails with ENOSYS: the C library falls back, and a
 *                          call that this table has never heard of is off
 *
 * Calls whose arguments decide (clone, ioctl, socket, personality, set-id bits)
 * are in filter.c. The kernel caches plain verdicts per call, so the length of
 * this list costs nothing when it runs.
 */

/* --- files: the mounts and their flags are the wall, not the call --- */
ALLOW(read)                     /* descriptors that the command was given or opened */
ALLOW(write)                    /* as read */
ALLOW(readv)                    /* as read, into several buffers */
ALLOW(writev)                   /* as write, from several buffers */
ALLOW(pread64)                  /* as read, at an offset */
ALLOW(pwrite64)                 /* as write, at an offset */
ALLOW(preadv)                   /* as pread64 */
ALLOW(pwritev)                  /* as pwrite64 */
ALLOW(preadv2)                  /* as pread64, with flags */
ALLOW(pwritev2)                 /* as pwrite64, with flags */
ALLOW(openat)                   /* paths end in the private root; set-id modes are refused in filter.c */
ALLOW(close)                    /* own descriptors */
ALLOW(close_range)              /* own descriptors; a program closes what it will not pass on */
ALLOW(lseek)                    /* own descriptors */
ALLOW(fstat)                    /* own descriptors */
ALLOW(statx)                    /* metadata of what is visible */
ALLOW(statfs)                   /* size of a visible file system; df, installers */
ALLOW(fstatfs)                  /* as statfs */
ALLOW(faccessat)                /* asks, changes nothing */
ALLOW(faccessat2)               /* as faccessat */
ALLOW(readlinkat)               /* links resolve in the private root */
ALLOW(getdents64)               /* names in visible directories */
ALLOW(getcwd)                   /* the own working directory */
ALLOW(chdir)                    /* leads nowhere outside the private root */
ALLOW(fchdir)                   /* as chdir; no descriptor of the host is left open */
ALLOW(mkdirat)                  /* only where a write scope or a tmpfs is; modes in filter.c */
ALLOW(unlinkat)                 /* only in write scopes and tmpfs */
ALLOW(symlinkat)                /* a link is followed by whoever may go there already */
ALLOW(linkat)                   /* fails with EXDEV across scopes: each is its own mount */
ALLOW(renameat2)                /* as linkat */
ALLOW(truncate)                 /* only what may be written */
ALLOW(ftruncate)                /* as truncate */
ALLOW(fallocate)                /* as truncate; RLIMIT_FSIZE counts */
ALLOW(fadvise64)                /* a hint for the page cache */
ALLOW(readahead)                /* as fadvise64 */
ALLOW(fsync)                    /* git, data bases */
ALLOW(fdatasync)                /* as fsync */
ALLOW(sync_file_range)          /* as fsync, for a part */
ALLOW(syncfs)                   /* as fsync, for a file system */
ALLOW(sync)                     /* build tools call it; slow at worst */
ALLOW(fchmod)                   /* own files in write scopes; modes in filter.c */
ALLOW(fchmodat)                 /* as fchmod */
ALLOW(fchmodat2)                /* as fchmod */
ALLOW(fchown)                   /* without capabilities only what the owner may */
ALLOW(fchownat)                 /* as fchown */
ALLOW(utimensat)                /* tar, make: times of own files */
ALLOW(umask)                    /* own process */
ALLOW(dup)                      /* own descriptors */
ALLOW(dup3)                     /* own descriptors */
ALLOW(fcntl)                    /* own descriptors: locks, flags */
ALLOW(flock)                    /* cargo, package managers */
ALLOW(pipe2)                    /* shells */
ALLOW(splice)                   /* between own descriptors */
ALLOW(tee)                      /* as splice */
ALLOW(vmsplice)                 /* as splice */
ALLOW(sendfile)                 /* as splice; cp, Java */
ALLOW(copy_file_range)          /* between own descriptors; cp, Go */
ALLOW(mknodat)                  /* FIFOs and sockets; device nodes need a capability; modes in filter.c */
ALLOW(getxattr)                 /* metadata of what is visible; ls, cp */
ALLOW(lgetxattr)                /* as getxattr */
ALLOW(fgetxattr)                /* as getxattr */
ALLOW(listxattr)                /* as getxattr */
ALLOW(llistxattr)               /* as getxattr */
ALLOW(flistxattr)               /* as getxattr */
ALLOW(setxattr)                 /* only in write scopes; security.* needs a capability */
ALLOW(lsetxattr)                /* as setxattr */
ALLOW(fsetxattr)                /* as setxattr */
ALLOW(removexattr)              /* as setxattr */
ALLOW(lremovexattr)             /* as setxattr */
ALLOW(fremovexattr)             /* as setxattr */
ALLOW(inotify_init1)            /* watchers of build tools; what is visible only */
ALLOW(inotify_add_watch)        /* as inotify_init1 */
ALLOW(inotify_rm_watch)         /* as inotify_init1 */
ALLOW(name_to_handle_at)        /* makes a handle; opening one is denied below */
ALLOW(memfd_create)             /* JITs and linkers; counted as memory */
ALLOW(cachestat)                /* as mincore; git asks */

/* --- memory: bounded by RLIMIT_DATA and the memory cgroup --- */
ALLOW(mmap)                     /* own address space */
ALLOW(mprotect)                 /* JITs need W then X */
ALLOW(munmap)                   /* own address space */
ALLOW(mremap)                   /* own address space */
ALLOW(brk)                      /* malloc */
ALLOW(madvise)                  /* allocators give memory back */
ALLOW(mincore)                  /* own pages; tells which are resident */
ALLOW(msync)                    /* sqlite and other mapped files */
ALLOW(mlock)                    /* bounded by RLIMIT_MEMLOCK */
ALLOW(mlock2)                   /* as mlock */
ALLOW(mlockall)                 /* as mlock */
ALLOW(munlock)                  /* undoes mlock */
ALLOW(munlockall)               /* undoes mlockall */
ALLOW(membarrier)               /* runtimes with lock-free code; own threads */
ALLOW(pkey_alloc)               /* protection keys of own memory */
ALLOW(pkey_free)                /* as pkey_alloc */
ALLOW(pkey_mprotect)            /* as mprotect */
ALLOW(mbind)                    /* allocators and JVMs ask for NUMA placement */
ALLOW(get_mempolicy)            /* as mbind */
ALLOW(set_mempolicy)            /* as mbind */
ALLOW(process_madvise)          /* of others it needs a capability */
ALLOW(map_shadow_stack)         /* libc's control-flow protection */
ALLOW(mseal)                    /* makes own mappings immutable */

/* --- processes and threads: bounded by the pid namespace and its limit --- */
ALLOW(execve)                   /* no_new_privs: nothing is gained by it */
ALLOW(execveat)                 /* as execve */
ALLOW(exit)                     /* ends the own thread */
ALLOW(exit_group)               /* ends the own process */
ALLOW(wait4)                    /* own children */
ALLOW(waitid)                   /* own children */
ALLOW(kill)                     /* reaches the sandbox's own processes only */
ALLOW(tkill)                    /* as kill */
ALLOW(tgkill)                   /* as kill */
ALLOW(getpid)                   /* a number of the pid namespace */
ALLOW(getppid)                  /* as getpid */
ALLOW(gettid)                   /* as getpid */
ALLOW(set_tid_address)          /* thread start in libc */
ALLOW(set_robust_list)          /* mutexes of libc */
ALLOW(get_robust_list)          /* as set_robust_list */
ALLOW(rseq)                     /* libc registers it for each thread */
ALLOW(futex)                    /* locks of all threads */
ALLOW(futex_waitv)              /* as futex */
ALLOW(futex_wake)               /* as futex */
ALLOW(futex_wait)               /* as futex */
ALLOW(futex_requeue)            /* as futex */
ALLOW(setpgid)                  /* job control of shells */
ALLOW(getpgid)                  /* as setpgid */
ALLOW(setsid)                   /* daemons; the pid namespace holds them all the same */
ALLOW(getsid)                   /* as setsid */
ALLOW(prctl)                    /* no capability and no_new_privs is locked: nothing to win */
ALLOW(getrlimit)                /* asks, changes nothing */
ALLOW(setrlimit)                /* only downwards */
ALLOW(prlimit64)                /* own processes, only downwards */
ALLOW(getrusage)                /* own use */
ALLOW(getpriority)              /* asks, changes nothing */
ALLOW(setpriority)              /* only to less, of own processes */
ALLOW(ioprio_get)               /* as getpriority */
ALLOW(ioprio_set)               /* as setpriority */
ALLOW(sched_yield)              /* own thread */
ALLOW(sched_getaffinity)        /* how many processors to use; make -j, Go, Java */
ALLOW(sched_setaffinity)        /* own threads, within the cpuset */
ALLOW(sched_getparam)           /* as getpriority */
ALLOW(sched_setparam)           /* real-time classes need a capability */
ALLOW(sched_getscheduler)       /* as getpriority */
ALLOW(sched_setscheduler)       /* as sched_setparam */
ALLOW(sched_getattr)            /* as getpriority */
ALLOW(sched_setattr)            /* as sched_setparam */
ALLOW(sched_get_priority_max)   /* a constant */
ALLOW(sched_get_priority_min)   /* a constant */
ALLOW(sched_rr_get_interval)    /* asks, changes nothing */
ALLOW(getcpu)                   /* which processor this is */
ALLOW(pidfd_open)               /* processes of the pid namespace */
ALLOW(pidfd_send_signal)        /* as kill */
ALLOW(seccomp)                  /* programs may confine themselves further */
ALLOW(landlock_create_ruleset)  /* as seccomp */
ALLOW(landlock_add_rule)        /* as seccomp */
ALLOW(landlock_restrict_self)   /* as seccomp */
ALLOW(restart_syscall)          /* the kernel itself resumes a sleep by it */

/* --- identity: one uid is mapped and there is no capability --- */
ALLOW(getuid)                   /* asks, changes nothing */
ALLOW(geteuid)                  /* as getuid */
ALLOW(getgid)                   /* as getuid */
ALLOW(getegid)                  /* as getuid */
ALLOW(getresuid)                /* as getuid */
ALLOW(getresgid)                /* as getuid */
ALLOW(getgroups)                /* as getuid */
ALLOW(setuid)                   /* to the own uid; all else is EINVAL or EPERM */
ALLOW(setgid)                   /* as setuid */
ALLOW(setreuid)                 /* as setuid */
ALLOW(setregid)                 /* as setuid */
ALLOW(setresuid)                /* as setuid */
ALLOW(setresgid)                /* as setuid */
ALLOW(setfsuid)                 /* as setuid */
ALLOW(setfsgid)                 /* as setuid */
ALLOW(setgroups)                /* refused by /proc/self/setgroups */
ALLOW(capget)                   /* asks, changes nothing */
ALLOW(capset)                   /* the bounding set is empty */

/* --- signals and timers --- */
ALLOW(rt_sigaction)             /* own process */
ALLOW(rt_sigprocmask)           /* own thread */
ALLOW(rt_sigpending)            /* own thread */
ALLOW(rt_sigreturn)             /* how every handler ends */
ALLOW(rt_sigsuspend)            /* own thread */
ALLOW(rt_sigtimedwait)          /* own thread */
ALLOW(rt_sigqueueinfo)          /* as kill */
ALLOW(rt_tgsigqueueinfo)        /* as kill */
ALLOW(sigaltstack)              /* Go and Java handle faults on a stack of their own */
ALLOW(signalfd4)                /* own signals as a descriptor */
ALLOW(eventfd2)                 /* event loops */
ALLOW(timerfd_create)           /* event loops */
ALLOW(timerfd_settime)          /* as timerfd_create */
ALLOW(timerfd_gettime)          /* as timerfd_create */
ALLOW(timer_create)             /* own timers; RLIMIT_SIGPENDING counts */
ALLOW(timer_settime)            /* as timer_create */
ALLOW(timer_gettime)            /* as timer_create */
ALLOW(timer_getoverrun)         /* as timer_create */
ALLOW(timer_delete)             /* as timer_create */
ALLOW(getitimer)                /* own timers */
ALLOW(setitimer)                /* own timers */
ALLOW(nanosleep)                /* waits */
ALLOW(clock_nanosleep)          /* waits */
ALLOW(clock_gettime)            /* reads a clock */
ALLOW(clock_getres)             /* as clock_gettime */
ALLOW(gettimeofday)             /* as clock_gettime */
ALLOW(times)                    /* own use */

/* --- waiting --- */
ALLOW(ppoll)                    /* own descriptors */
ALLOW(pselect6)                 /* own descriptors */
ALLOW(epoll_create1)            /* event loops */
ALLOW(epoll_ctl)                /* as epoll_create1 */
ALLOW(epoll_pwait)              /* as epoll_create1 */
ALLOW(epoll_pwait2)             /* as epoll_create1 */
ALLOW(io_setup)                 /* POSIX AIO as data bases use it; not io_uring */
ALLOW(io_submit)                /* as io_setup */
ALLOW(io_getevents)             /* as io_setup */
ALLOW(io_pgetevents)            /* as io_setup */
ALLOW(io_cancel)                /* as io_setup */
ALLOW(io_destroy)               /* as io_setup */

/* --- sockets: made by family in filter.c; the network namespace is empty --- */
ALLOW(bind)                     /* addresses of the own loopback */
ALLOW(listen)                   /* as bind */
ALLOW(accept)                   /* as bind */
ALLOW(accept4)                  /* as bind */
ALLOW(connect)                  /* reaches the own loopback */
ALLOW(getsockname)              /* own sockets */
ALLOW(getpeername)              /* own sockets */
ALLOW(getsockopt)               /* own sockets */
ALLOW(setsockopt)               /* own sockets; what is dangerous needs a capability */
ALLOW(sendto)                   /* own sockets */
ALLOW(recvfrom)                 /* own sockets */
ALLOW(sendmsg)                  /* own sockets; changing routes by netlink needs a capability */
ALLOW(recvmsg)                  /* own sockets */
ALLOW(sendmmsg)                 /* as sendmsg */
ALLOW(recvmmsg)                 /* as recvmsg */
ALLOW(shutdown)                 /* own sockets */

/* --- System V and POSIX IPC: an IPC namespace of its own --- */
ALLOW(shmget)                   /* data bases, X; counted as memory */
ALLOW(shmat)                    /* as shmget */
ALLOW(shmdt)                    /* as shmget */
ALLOW(shmctl)                   /* as shmget */
ALLOW(semget)                   /* as shmget */
ALLOW(semop)                    /* as shmget */
ALLOW(semtimedop)               /* as shmget */
ALLOW(semctl)                   /* as shmget */
ALLOW(msgget)                   /* as shmget */
ALLOW(msgsnd)                   /* as shmget */
ALLOW(msgrcv)                   /* as shmget */
ALLOW(msgctl)                   /* as shmget */
ALLOW(mq_open)                  /* queues of this namespace; bounded by RLIMIT_MSGQUEUE */
ALLOW(mq_unlink)                /* as mq_open */
ALLOW(mq_timedsend)             /* as mq_open */
ALLOW(mq_timedreceive)          /* as mq_open */
ALLOW(mq_notify)                /* as mq_open */
ALLOW(mq_getsetattr)            /* as mq_open */

/* --- the machine, read only --- */
ALLOW(uname)                    /* host name "csc" and the kernel's release */
ALLOW(sysinfo)                  /* memory and load of the machine; make -l, free */
ALLOW(getrandom)                /* randomness */

#ifdef __x86_64__
/* --- older spellings that only x86-64 has --- */
ALLOW(open)                     /* as openat */
ALLOW(creat)                    /* as openat */
ALLOW(stat)                     /* as statx */
ALLOW(lstat)                    /* as statx */
ALLOW(newfstatat)               /* as statx */
ALLOW(access)                   /* as faccessat */
ALLOW(readlink)                 /* as readlinkat */
ALLOW(getdents)                 /* as getdents64 */
ALLOW(mkdir)                    /* as mkdirat */
ALLOW(rmdir)                    /* as unlinkat */
ALLOW(unlink)                   /* as unlinkat */
ALLOW(symlink)                  /* as symlinkat */
ALLOW(link)                     /* as linkat */
ALLOW(rename)                   /* as renameat2 */
ALLOW(renameat)                 /* as renameat2 */
ALLOW(mknod)                    /* as mknodat */
ALLOW(chmod)                    /* as fchmodat */
ALLOW(chown)                    /* as fchownat */
ALLOW(lchown)                   /* as fchownat */
ALLOW(utime)                    /* as utimensat */
ALLOW(utimes)                   /* as utimensat */
ALLOW(futimesat)                /* as utimensat */
ALLOW(dup2)                     /* as dup3 */
ALLOW(pipe)                     /* as pipe2 */
ALLOW(poll)                     /* as ppoll */
ALLOW(select)                   /* as pselect6 */
ALLOW(epoll_create)             /* as epoll_create1 */
ALLOW(epoll_wait)               /* as epoll_pwait */
ALLOW(inotify_init)             /* as inotify_init1 */
ALLOW(eventfd)                  /* as eventfd2 */
ALLOW(signalfd)                 /* as signalfd4 */
ALLOW(fork)                     /* as clone, which filter.c decides */
ALLOW(vfork)                    /* as fork */
ALLOW(getpgrp)                  /* as getpgid */
ALLOW(alarm)                    /* as setitimer */
ALLOW(pause)                    /* waits */
ALLOW(time)                     /* as clock_gettime */
ALLOW(arch_prctl)               /* sets the thread pointer */
#endif

#ifdef __aarch64__
ALLOW(newfstatat)               /* as statx */
ALLOW(renameat)                 /* as renameat2 */
#endif

/* --- denied by name, so that the program hears "not permitted" --- */
DENY(unshare, EPERM)            /* nested user namespaces open the kernel's privileged paths */
DENY(setns, EPERM)              /* as unshare */
DENY(clone3, ENOSYS)            /* its flags lie in memory, out of a filter's sight; libc falls back to clone */
DENY(mount, EPERM)              /* the tree stays as it was planned */
DENY(umount2, EPERM)            /* would uncover what is masked */
DENY(pivot_root, EPERM)         /* as mount */
DENY(chroot, EPERM)             /* a step of many ways out; needs a capability as well */
DENY(open_tree, EPERM)          /* as mount */
DENY(move_mount, EPERM)         /* as mount */
DENY(fsopen, EPERM)             /* as mount; parsers of file systems are the kernel's weakest */
DENY(fsconfig, EPERM)           /* as fsopen */
DENY(fsmount, EPERM)            /* as fsopen */
DENY(fspick, EPERM)             /* as fsopen */
DENY(mount_setattr, EPERM)      /* would lift read-only */
DENY(ptrace, EPERM)             /* would reach around every check of the traced process */
DENY(process_vm_readv, EPERM)   /* reads the memory of another process */
DENY(process_vm_writev, EPERM)  /* writes the memory of another process */
DENY(process_mrelease, EPERM)   /* takes the memory of another process */
DENY(pidfd_getfd, EPERM)        /* takes descriptors out of another process */
DENY(kcmp, EPERM)               /* tells kernel addresses apart */
DENY(open_by_handle_at, EPERM)  /* opens by inode number, past every mount */
DENY(openat2, ENOSYS)           /* its mode lies in memory, out of a filter's sight; callers fall back */
DENY(bpf, EPERM)                /* programs in the kernel, and a verifier with a history */
DENY(perf_event_open, EPERM)    /* counters and samples of the machine; a long history of faults */
DENY(userfaultfd, EPERM)        /* stalls the kernel at a chosen moment */
DENY(keyctl, EPERM)             /* keyrings are not part of any namespace */
DENY(add_key, EPERM)            /* as keyctl */
DENY(request_key, EPERM)        /* as keyctl; starts a program of the host */
DENY(io_uring_setup, ENOSYS)    /* does its work where no filter sees it; callers fall back */
DENY(io_uring_enter, ENOSYS)    /* as io_uring_setup */
DENY(io_uring_register, ENOSYS) /* as io_uring_setup */
DENY(fanotify_init, EPERM)      /* watches whole file systems */
DENY(fanotify_mark, EPERM)      /* as fanotify_init */
DENY(kexec_load, EPERM)         /* starts another kernel */
DENY(kexec_file_load, EPERM)    /* as kexec_load */
DENY(init_module, EPERM)        /* loads code into the kernel */
DENY(finit_module, EPERM)       /* as init_module */
DENY(delete_module, EPERM)      /* as init_module */
DENY(reboot, EPERM)             /* the machine is the host's */
DENY(swapon, EPERM)             /* the machine is the host's */
DENY(swapoff, EPERM)            /* the machine is the host's */
DENY(acct, EPERM)               /* writes a file for every process of the machine */
DENY(quotactl, EPERM)           /* quotas of the host's users */
DENY(quotactl_fd, EPERM)        /* as quotactl */
DENY(settimeofday, EPERM)       /* the clock is the host's */
DENY(clock_settime, EPERM)      /* the clock is the host's */
DENY(clock_adjtime, EPERM)      /* the clock is the host's */
DENY(adjtimex, EPERM)           /* the clock is the host's */
DENY(syslog, EPERM)             /* the kernel's log holds addresses and other people's business */
DENY(sethostname, EPERM)        /* the name was planned */
DENY(setdomainname, EPERM)      /* the name was planned */
DENY(vhangup, EPERM)            /* hangs up a terminal */
DENY(move_pages, EPERM)         /* tells and moves where pages of a process lie */
DENY(migrate_pages, EPERM)      /* as move_pages */
DENY(lookup_dcookie, EPERM)     /* paths of the host for profilers */
DENY(memfd_secret, ENOSYS)      /* memory that no limit sees */
#ifdef __x86_64__
DENY(iopl, EPERM)               /* ports of the machine */
DENY(ioperm, EPERM)             /* ports of the machine */
DENY(modify_ldt, EPERM)         /* a long history of kernel faults */
DENY(uselib, EPERM)             /* the oldest way to map a library, and its faults */
DENY(ustat, EPERM)              /* file systems by device number, past the mounts */
DENY(sysfs, EPERM)              /* tells what file systems the kernel has */
#endif
