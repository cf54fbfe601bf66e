/* Attacks over sockets: TCP, UDP, Unix in both name spaces, raw kinds. */
#include "attack.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char GREETING[] = "hello from the attacker\n";

static socklen_t
address_of(const char *host, const char *port, struct sockaddr_storage *to)
{
	struct sockaddr_in *four = (struct sockaddr_in *)to;
	struct sockaddr_in6 *six = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof *to);
	if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons((uint16_t)number(port));
		return sizeof *four;
	}
	if (inet_pton(AF_INET6, host, &six->sin6_addr) != 1)
		broken("not an address");
	six->sin6_family = AF_INET6;
	six->sin6_port = htons((uint16_t)number(port));
	return sizeof *six;
}

/*
 * A stream is reached as soon as it is connected: its owner may hang up before
 * the greeting. A datagram socket "connects" to anything, so there the sending
 * counts.
 */
static long
greet(int fd, const struct sockaddr *to, socklen_t length, bool stream)
{
	long result, sent;
	int saved;

	if (fd < 0)
		return -1;
	result = connect(fd, to, length);
	if (result == 0) {
		sent = send(fd, GREETING, sizeof GREETING - 1, MSG_NOSIGNAL);
		if (!stream)
			result = sent;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return result;
}

/* tcp ADDRESS PORT [ADDRESS PORT]... */
int
attack_tcp(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		struct sockaddr_storage to;
		socklen_t length = address_of(argv[i], argv[i + 1], &to);
		int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

		report_on("connect", argv[i],
			greet(fd, (struct sockaddr *)&to, length, true));
	}
	return 0;
}

/* udp ADDRESS PORT [ADDRESS PORT]... */
int
attack_udp(int argc, char **argv)
{
	for (int i = 1; i + 1 < argc; i += 2) {
		struct sockaddr_storage to;
		socklen_t length = address_of(argv[i], argv[i + 1], &to);
		int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		report_on("send", argv[i],
			greet(fd, (struct sockaddr *)&to, length, false));
	}
	return 0;
}

/* A name that begins with '@' is abstract: no file, only a network namespace. */
static socklen_t
unix_address(const char *name, struct sockaddr_un *to)
{
	size_t length = strlen(name);

	memset(to, 0, sizeof *to);
	to->sun_family = AF_UNIX;
	if (length >= sizeof to->sun_path)
		broken("name too long");
	memcpy(to->sun_path, name, length);
	if (name[0] == '@')
		to->sun_path[0] = '\0';
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

/* abstract NAME: connects to the abstract socket @NAME. */
int
attack_abstract(int argc, char **argv)
{
	char name[100];
	struct sockaddr_un to;
	socklen_t length;

	if (argc < 2)
		broken("abstract NAME");
	snprintf(name, sizeof name, "@%s", argv[1]);
	length = unix_address(name, &to);
	report("connect abstract", greet(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
		(struct sockaddr *)&to, length, true));
	return 0;
}

/* unix PATH...: connects to sockets that are files. */
int
attack_unix(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct sockaddr_un to;
		socklen_t length = unix_address(argv[i], &to);

		report_on("connect", argv[i],
			greet(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0),
				(struct sockaddr *)&to, length, true));
	}
	return 0;
}

/* listen-abstract NAME: prints "listening", then what it receives, once. */
int
tool_listen_abstract(int argc, char **argv)
{
	char name[100], text[256];
	struct sockaddr_un here;
	socklen_t length;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (argc < 2)
		broken("listen-abstract NAME");
	snprintf(name, sizeof name, "@%s", argv[1]);
	length = unix_address(name, &here);
	if (bind(fd, (struct sockaddr *)&here, length) < 0 || listen(fd, 4) < 0)
		broken("listen");
	printf("listening\n");
	fflush(stdout);
	for (;;) {
		int peer = accept(fd, NULL, NULL);
		ssize_t got = peer < 0 ? -1 : read(peer, text, sizeof text - 1);

		text[got > 0 ? got : 0] = '\0';
		printf("received: %s\n", text);
		fflush(stdout);
		if (peer >= 0)
			close(peer);
	}
}

/* sockets: opens each kind of socket that sees more than its own traffic. */
int
attack_sockets(int argc, char **argv)
{
	static const struct {
		const char *label;
		int family, type, protocol;
	} KINDS[] = {
		{ "raw IPv4", AF_INET, SOCK_RAW, IPPROTO_ICMP },
		{ "raw IPv6", AF_INET6, SOCK_RAW, IPPROTO_ICMPV6 },
		{ "packet raw", AF_PACKET, SOCK_RAW, 0 },
		{ "packet datagram", AF_PACKET, SOCK_DGRAM, 0 },
	};

	/*
	 * Without privileges of its own the attacker takes them from a new user
	 * namespace, which is what a sandbox must deny as well.
	 */
	(void)argc;
	(void)argv;
	if (!has_sys_admin())
		report("take a network namespace", become_namespace_root(CLONE_NEWNET));
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
		int fd = socket(KINDS[i].family, KINDS[i].type, KINDS[i].protocol);

		report(KINDS[i].label, fd);
		if (fd >= 0)
			close(fd);
	}
	return 0;
}
