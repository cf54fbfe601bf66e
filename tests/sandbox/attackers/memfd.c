/* Attacks by programs that lie in no file system, past every mount flag. */
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * memfd ATTACK [ARGUMENT...]: copies this program into a memory file, with
 * set-id bits if it may, and executes ATTACK from there.
 */
int
attack_memfd(int argc, char **argv)
{
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	int to = memfd_create("attack", 0);
	struct stat st;

	if (argc < 2 || from < 0 || to < 0 || fstat(from, &st) < 0)
		broken("memfd ATTACK");
	for (off_t left = st.st_size; left > 0;) {
		ssize_t sent = sendfile(to, from, NULL, (size_t)left);

		if (sent <= 0)
			broken("sendfile");
		left -= sent;
	}
	report("set-id bits on a memory file", fchmod(to, 06755));
	close(from);
	attempt("execute a memory file");
	fexecve(to, argv, environ);
	report("execute a memory file", -1);
	return 0;
}
