/* Attacks by System V shared memory and POSIX queues, which have no path in the file tree. */
#include "attack.h"

#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

/* shared-memory KEY: reads the segment that another process made. */
int
attack_shared_memory(int argc, char **argv)
{
	int id = shmget((key_t)number(argc > 1 ? argv[1] : NULL), 4096, 0);
	const char *at;

	report("find segment", id);
	if (id < 0)
		return 0;
	at = shmat(id, NULL, SHM_RDONLY);
	report("attach segment", at == (void *)-1 ? -1 : 0);
	if (at != (void *)-1)
		printf("content: %.100s\n", at);
	return 0;
}

/* make-shared-memory KEY TEXT: a segment with TEXT until SIGTERM, at most 60 s. */
int
tool_shared_memory(int argc, char **argv)
{
	sigset_t ends;
	int id, which;
	char *at;

	if (argc < 3)
		broken("make-shared-memory KEY TEXT");
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGALRM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	alarm(60);
	id = shmget((key_t)number(argv[1]), 4096, IPC_CREAT | IPC_EXCL | 0666);
	at = id < 0 ? (void *)-1 : shmat(id, NULL, 0);
	if (at == (void *)-1)
		broken("shmget");
	snprintf(at, 4096, "%s", argv[2]);
	printf("ready\n");
	fflush(stdout);
	sigwait(&ends, &which);
	shmctl(id, IPC_RMID, NULL);
	return 0;
}

/* message-queue NAME: takes a message from the POSIX queue NAME. */
int
attack_message_queue(int argc, char **argv)
{
	char text[8192];
	mqd_t queue = mq_open(argc > 1 ? argv[1] : "", O_RDONLY | O_NONBLOCK);
	ssize_t length;

	report("open queue", queue);
	if (queue < 0)
		return 0;
	length = mq_receive(queue, text, sizeof text, NULL);
	report("receive message", length);
	if (length > 0)
		printf("content: %.*s\n", (int)length, text);
	return 0;
}

/* make-message-queue NAME TEXT: a queue that holds TEXT twice, until SIGTERM, at most 60 s. */
int
tool_message_queue(int argc, char **argv)
{
	sigset_t ends;
	mqd_t queue;
	int which;

	if (argc < 3)
		broken("make-message-queue NAME TEXT");
	sigemptyset(&ends);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGALRM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	alarm(60);
	umask(0);
	queue = mq_open(argv[1], O_RDWR | O_CREAT | O_EXCL, 0666, NULL);
	if (queue < 0 || mq_send(queue, argv[2], strlen(argv[2]), 0) < 0 ||
	    mq_send(queue, argv[2], strlen(argv[2]), 0) < 0)
		broken("mq_open");
	printf("ready\n");
	fflush(stdout);
	sigwait(&ends, &which);
	mq_unlink(argv[1]);
	return 0;
}
