/* Attacks through families of sockets that few programs know: much kernel, little tested. */
#include "attack.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* families: opens a socket of each; what this kernel has not is refused bare, too. */
int
attack_families(int argc, char **argv)
{
	static const struct {
		const char *label;
		int family, type, protocol;
	} KINDS[] = {
		{ "AF_ALG", AF_ALG, SOCK_SEQPACKET, 0 },
		{ "AF_VSOCK", AF_VSOCK, SOCK_STREAM, 0 },
		{ "AF_XDP", AF_XDP, SOCK_RAW, 0 },
		{ "AF_KEY", AF_KEY, SOCK_RAW, 2 },
		{ "AF_BLUETOOTH", AF_BLUETOOTH, SOCK_STREAM, 3 },
		{ "AF_CAN", AF_CAN, SOCK_RAW, 1 },
		{ "AF_TIPC", AF_TIPC, SOCK_STREAM, 0 },
		{ "AF_RDS", AF_RDS, SOCK_SEQPACKET, 0 },
		{ "AF_SMC", AF_SMC, SOCK_STREAM, 0 },
		{ "AF_QIPCRTR", AF_QIPCRTR, SOCK_DGRAM, 0 },
		{ "netlink generic", AF_NETLINK, SOCK_RAW, NETLINK_GENERIC },
		{ "netlink netfilter", AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER },
		{ "netlink sock_diag", AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG },
		{ "netlink uevent", AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT },
		{ "netlink audit", AF_NETLINK, SOCK_RAW, NETLINK_AUDIT },
		{ "netlink xfrm", AF_NETLINK, SOCK_RAW, NETLINK_XFRM },
		{ "netlink crypto", AF_NETLINK, SOCK_RAW, NETLINK_CRYPTO },
	};

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
		int fd = socket(KINDS[i].family, KINDS[i].type | SOCK_CLOEXEC, KINDS[i].protocol);

		report(KINDS[i].label, fd);
		if (fd >= 0)
			close(fd);
	}
	return 0;
}

/* One message with an acknowledgement; < 0 with errno when it was refused. */
static long
ask(int fd, struct nlmsghdr *message)
{
	char answer[1024];
	struct nlmsghdr *header = (struct nlmsghdr *)(void *)answer;
	struct nlmsgerr *error = NLMSG_DATA(header);

	if (fd < 0 || send(fd, message, message->nlmsg_len, 0) < 0)
		return -1;
	if (recv(fd, answer, sizeof answer, 0) < 0)
		return -1;
	if (header->nlmsg_type != NLMSG_ERROR)
		return 0;
	errno = -error->error;
	return error->error == 0 ? 0 : -1;
}

/* netlink: takes the loopback down, and gives it another address, in a network of its own. */
int
attack_netlink(int argc, char **argv)
{
	struct {
		struct nlmsghdr header;
		struct ifinfomsg link;
	} down = {
		.header = { sizeof down, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 0 },
		.link = { .ifi_index = 1, .ifi_change = IFF_UP },
	};
	struct {
		struct nlmsghdr header;
		struct ifaddrmsg address;
		struct rtattr attribute;
		struct in_addr value;
	} add = {
		.header = { sizeof add, RTM_NEWADDR,
			NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, 2, 0 },
		.address = { .ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = 1 },
		.attribute = { sizeof add.attribute + sizeof add.value, IFA_LOCAL },
		.value = { htonl(0xCB007101U) /* 203.0.113.1 */ },
	};
	int fd;

	(void)argc;
	(void)argv;
	/* A network of its own, so that the bare half leaves the machine alone. */
	report("take a network namespace", become_namespace_root(CLONE_NEWNET));
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	report("add an address", ask(fd, &add.header));
	report("take the link down", ask(fd, &down.header));
	return 0;
}
