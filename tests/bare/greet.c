/* The command of the bare host: greets, also into the file it is given. */
#include <stdio.h>

int
main(int argc, char **argv)
{
	FILE *file = argc == 2 ? fopen(argv[1], "w") : NULL;

	if (file == NULL || fputs("greetings\n", file) < 0 || fclose(file) != 0)
		return 1;
	return puts("greetings") < 0;
}
