/* The maps of user namespaces: their text, and how they come into the kernel. */
#include "identity.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "../base/fd.h"

static size_t
put_number(char *text, uint32_t number)
{
	char digits[10];
	size_t n = 0;
	size_t len = 0;

	do {
		digits[n++] = (char)('0' + number % 10);
		number /= 10;
	} while (number != 0);
	while (n > 0)
		text[len++] = digits[--n];
	return len;
}

/* `count` ids from `inside` on, which are those from `outside` on. */
static size_t
put_extent(char *text, uint32_t inside, uint32_t outside, uint32_t count)
{
	size_t len = 0;

	if (count == 0)
		return 0;
	len += put_number(text + len, inside);
	text[len++] = ' ';
	len += put_number(text + len, outside);
	text[len++] = ' ';
	len += put_number(text + len, count);
	text[len++] = '\n';
	return len;
}

size_t
csc_map_one(char *text, uint32_t inside, uint32_t outside)
{
	return put_extent(text, inside, outside, 1);
}

size_t
csc_map_swap(char *text, uint32_t a, uint32_t b)
{
	uint32_t low = a < b ? a : b;
	uint32_t high = a < b ? b : a;
	size_t len = 0;

	/* The largest number is no id: there are UINT32_MAX of them. */
	if (low == high)
		return put_extent(text, 0, 0, UINT32_MAX);
	len += put_extent(text + len, 0, 0, low);
	len += put_extent(text + len, low, high, 1);
	len += put_extent(text + len, low + 1, low + 1, high - low - 1);
	len += put_extent(text + len, high, low, 1);
	len += put_extent(text + len, high + 1, high + 1, UINT32_MAX - high - 1);
	return len;
}

static int
write_map(pid_t pid, const char *name, const char *map, size_t len)
{
	char path[48];

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	cleanup_fd fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, map, len) == (ssize_t)len ? 0 : -1;
}

int
csc_write_maps(pid_t pid, const char *uid_map, size_t uid_len, const char *gid_map, size_t gid_len)
{
	if (write_map(pid, "uid_map", uid_map, uid_len) < 0)
		return -1;
	return write_map(pid, "gid_map", gid_map, gid_len);
}
