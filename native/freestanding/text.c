/* The functions of <string.h> that the launcher, or the compiler, asks for. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Else the compiler sees what a loop does and calls the function it is in. */
#define KEEP_LOOP() __asm__ volatile("")

/* Eight bytes of anything, anywhere. */
typedef uint64_t word __attribute__((may_alias, aligned(1)));

void *
memcpy(void *restrict to, const void *restrict from, size_t count)
{
	unsigned char *out = to;
	const unsigned char *in = from;

	for (; count >= sizeof(word); count -= sizeof(word)) {
		KEEP_LOOP();
		*(word *)out = *(const word *)in;
		out += sizeof(word);
		in += sizeof(word);
	}
	for (; count > 0; count--) {
		KEEP_LOOP();
		*out++ = *in++;
	}
	return to;
}

void *
memset(void *to, int byte, size_t count)
{
	unsigned char *out = to;
	word pattern = (unsigned char)byte * 0x0101010101010101U;

	for (; count >= sizeof(word); count -= sizeof(word)) {
		KEEP_LOOP();
		*(word *)out = pattern;
		out += sizeof(word);
	}
	for (; count > 0; count--) {
		KEEP_LOOP();
		*out++ = (unsigned char)byte;
	}
	return to;
}

int
memcmp(const void *left, const void *right, size_t count)
{
	const unsigned char *a = left;
	const unsigned char *b = right;

	for (size_t i = 0; i < count; i++) {
		KEEP_LOOP();
		if (a[i] != b[i])
			return a[i] - b[i];
	}
	return 0;
}

void *
memchr(const void *bytes, int byte, size_t count)
{
	const unsigned char *at = bytes;

	for (; count > 0; count--, at++) {
		KEEP_LOOP();
		if (*at == (unsigned char)byte)
			return (void *)(uintptr_t)at;
	}
	return NULL;
}

size_t
strlen(const char *text)
{
	size_t length = 0;

	while (text[length] != '\0') {
		KEEP_LOOP();
		length++;
	}
	return length;
}

char *
strchr(const char *text, int wanted)
{
	for (;; text++) {
		KEEP_LOOP();
		if (*text == (char)wanted)
			return (char *)(uintptr_t)text;
		if (*text == '\0')
			return NULL;
	}
}

/* How many bytes `text` starts with that are none of `stop`. */
size_t
strcspn(const char *text, const char *stop)
{
	size_t length = 0;

	while (text[length] != '\0' && strchr(stop, text[length]) == NULL) {
		KEEP_LOOP();
		length++;
	}
	return length;
}
