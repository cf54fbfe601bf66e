import { RUNS_WHAT_IT_BUILDS, toolchainTest } from "./toolchain.ts";

const MAIN_C = `#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
int twice(int n);
static void *work(void *number)
{
	*(int *)number = twice(*(int *)number);
	return NULL;
}
int main(void)
{
	pthread_t threads[8];
	int numbers[8], sum = 0;
	for (int i = 0; i < 8; i++) {
		numbers[i] = i;
		if (pthread_create(&threads[i], NULL, work, &numbers[i]) != 0)
			return 1;
	}
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		sum += numbers[i];
	}
	fflush(stdout);
	if (system("echo from a shell") != 0)
		return 2;
	printf("sum %d\\n", sum);
	return 0;
}
`;
const TWICE_C = "int twice(int n)\n{\n\treturn 2 * n;\n}\n";
const MAIN_CC = `#include <iostream>
#include <map>
#include <string>
int main()
{
	std::map<std::string, int> words{{"one", 1}, {"two", 2}};
	for (const auto &[word, number] : words)
		std::cout << word << ' ' << number << '\\n';
}
`;

toolchainTest("gcc compiles, links and runs, with threads and a shell", {
  config: RUNS_WHAT_IT_BUILDS,
  needs: ["gcc", "cc"],
  files: { "main.c": MAIN_C, "twice.c": TWICE_C },
  script: `
    gcc -O2 -Wall -c main.c
    cc -O2 -Wall -c twice.c
    cc -pthread -o main main.o twice.o
    ./main
    gcc -flto=2 -pthread -o whole main.c twice.c
    ./whole
    cc -static -pthread -o static main.c twice.c
    ./static
  `,
  prints: "from a shell\nsum 56\n".repeat(3),
});

toolchainTest("g++ compiles, links and runs", {
  config: RUNS_WHAT_IT_BUILDS,
  needs: ["g++"],
  files: { "main.cc": MAIN_CC },
  script: "g++ -std=c++17 -O1 -o main main.cc && ./main",
  prints: "one 1\ntwo 2\n",
});

toolchainTest("make -j builds libraries and a program, then only what is new", {
  config: RUNS_WHAT_IT_BUILDS,
  needs: ["make", "cc", "ar"],
  files: {
    "main.c": MAIN_C,
    "twice.c": TWICE_C,
    "Makefile": `main: main.o libtwice.a libtwice.so
	cc -pthread -o $@ main.o libtwice.a
libtwice.a: twice.o
	ar rcs $@ $^
libtwice.so: twice.o
	cc -shared -o $@ $^
%.o: %.c
	cc -fPIC -c -o $@ $<
many: $(patsubst %,part%.o,1 2 3 4 5 6 7 8 9)
part%.o: twice.c
	cc -Dtwice=part$* -c -o $@ $<
`,
  },
  script: `
    make -s -j4 main many
    make -j4 main
    touch twice.c
    make -n main | grep -c -e ' -c '
    ./main
    ls part*.o | wc -l
  `,
  prints: /up to date\.\n1\nfrom a shell\nsum 56\n9\n$/,
});
