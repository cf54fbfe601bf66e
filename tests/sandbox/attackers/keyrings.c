/* Attacks on the kernel's keyrings, which no namespace divides between users. */
#include "attack.h"

#include <errno.h>
#include <linux/keyctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* store-key NAME TEXT: puts TEXT into the keyring of this user, as a daemon would; ends with it. */
int
tool_store_key(int argc, char **argv)
{
	long key;

	if (argc < 3)
		broken("store-key NAME TEXT");
	key = syscall(SYS_add_key, "user", argv[1], argv[2], strlen(argv[2]),
		KEY_SPEC_USER_KEYRING);
	if (key < 0)
		broken("add_key");
	/* Its possessor reads it; so does its owner: whoever is of the same uid. */
	if (syscall(SYS_keyctl, KEYCTL_SETPERM, key, 0x3f3f0000L) < 0)
		broken("keyctl");
	printf("stored\n");
	fflush(stdout);
	sleep(60);
	return 0;
}

/* drop-key NAME: takes it away again. */
int
tool_drop_key(int argc, char **argv)
{
	long key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user",
		argc > 1 ? argv[1] : "", 0);

	return syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING) < 0;
}

/* keyring NAME: finds and reads a key of the same user, and leaves one behind. */
int
attack_keyring(int argc, char **argv)
{
	char text[256] = "";
	long key, length;

	if (argc < 2)
		broken("keyring NAME");
	attempt("find key");
	key = syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_USER_KEYRING, "user", argv[1], 0);
	report("find key", key);
	length = syscall(SYS_keyctl, KEYCTL_READ, key, text, sizeof text - 1);
	report("read key", length);
	if (length > 0)
		printf("content: %s\n", text);
	report("request key", syscall(SYS_request_key, "user", argv[1], NULL, 0));
	return 0;
}
