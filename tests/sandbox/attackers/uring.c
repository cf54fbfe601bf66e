/* Attacks that let io_uring do what a filter would refuse: no call of theirs is ever seen. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ring {
	int fd;
	struct io_uring_params params;
	char *submit, *complete;
	struct io_uring_sqe *entries;
};

static void *
map_ring(const struct ring *ring, size_t size, off_t at)
{
	void *mapped = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd, at);

	if (mapped == MAP_FAILED)
		broken("map the ring");
	return mapped;
}

static int
make_ring(struct ring *ring)
{
	memset(ring, 0, sizeof *ring);
	ring->fd = (int)syscall(SYS_io_uring_setup, 4, &ring->params);
	if (ring->fd < 0)
		return -1;
	ring->submit = map_ring(ring, ring->params.sq_off.array +
		ring->params.sq_entries * sizeof(uint32_t), IORING_OFF_SQ_RING);
	ring->complete = map_ring(ring, ring->params.cq_off.cqes +
		ring->params.cq_entries * sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);
	ring->entries = map_ring(ring, ring->params.sq_entries *
		sizeof(struct io_uring_sqe), IORING_OFF_SQES);
	return 0;
}

/* Hands one entry in and waits; its result, with errno as of a call. */
static long
perform(struct ring *ring, const struct io_uring_sqe *entry)
{
	uint32_t *tail = (uint32_t *)(void *)(ring->submit + ring->params.sq_off.tail);
	uint32_t *array = (uint32_t *)(void *)(ring->submit + ring->params.sq_off.array);
	uint32_t *head = (uint32_t *)(void *)(ring->complete + ring->params.cq_off.head);
	struct io_uring_cqe *done = (struct io_uring_cqe *)(void *)(ring->complete + ring->params.cq_off.cqes);
	uint32_t slot = *tail & (ring->params.sq_entries - 1);
	uint32_t answer = *head & (ring->params.cq_entries - 1);
	int result;

	ring->entries[slot] = *entry;
	array[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring->fd, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) < 0)
		return -1;
	result = done[answer].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	if (result < 0) {
		errno = -result;
		return -1;
	}
	return result;
}

/* uring PATH: a local socket by ring, and PATH opened and read by ring. */
int
attack_uring(int argc, char **argv)
{
	static char text[4096];
	struct io_uring_sqe local = { .opcode = IORING_OP_SOCKET, .fd = AF_UNIX, .off = SOCK_STREAM };
	struct io_uring_sqe opening = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .open_flags = O_RDONLY };
	struct io_uring_sqe reading = { .opcode = IORING_OP_READ, .len = sizeof text - 1 };
	struct ring ring;
	long fd, length;

	if (argc < 2)
		broken("uring PATH");
	attempt("make a ring");
	if (make_ring(&ring) < 0) {
		report("make a ring", -1);
		report("socket by ring", -1);
		report("read by ring", -1);
		return 0;
	}
	report("make a ring", 0);
	report("socket by ring", perform(&ring, &local));
	opening.addr = (uint64_t)(uintptr_t)argv[1];
	fd = perform(&ring, &opening);
	if (fd < 0) {
		report("read by ring", -1);
		return 0;
	}
	reading.fd = (int)fd;
	reading.addr = (uint64_t)(uintptr_t)text;
	length = perform(&ring, &reading);
	report("read by ring", length);
	printf("content: %s\n", text);
	return 0;
}
