/*
 * Escaping of a command's output for a terminal (native/bridge/visible.c):
 * whatever comes in, and wherever chunks of it are cut, nothing comes out that
 * a terminal would obey.
 */
#include <stdbool.h>
#include <string.h>

#include "../../native/bridge/visible.h"
#include "fuzz.h"

/* Escaped text, at the end of a buffer that is as large as promised. */
struct text {
	uint8_t *bytes;
	size_t len;
};

/* Escapes in two chunks, cut at `cut`. */
static struct text
escape(const uint8_t *data, size_t size, size_t cut)
{
	struct csc_visible state = { .npending = 0 };
	size_t room = (size + 4 + 4) * CSC_VISIBLE_GROWTH + 2;
	struct text text = { .bytes = malloc(room) };
	uint8_t *chunk = malloc((size + 4) * CSC_VISIBLE_GROWTH + 1);
	size_t len;

	REQUIRE(text.bytes != NULL && chunk != NULL);
	for (int i = 0; i < 2; i++) {
		const uint8_t *part = i == 0 ? data : data + cut;
		size_t part_len = i == 0 ? cut : size - cut;
		/* A buffer of just the size that visible.h asks for. */
		uint8_t *out = realloc(chunk, (part_len + 4) * CSC_VISIBLE_GROWTH + 1);

		REQUIRE(out != NULL);
		chunk = out;
		len = csc_visible_add(&state, part, part_len, chunk);
		REQUIRE(state.npending < sizeof(state.pending));
		REQUIRE(len <= room - text.len);
		memcpy(text.bytes + text.len, chunk, len);
		text.len += len;
	}
	len = csc_visible_end(&state, text.bytes + text.len);
	REQUIRE(state.npending == 0);
	text.len += len;
	free(chunk);
	return text;
}

/* Neither a control character, nor one that turns the direction of text. */
static void
check_harmless(const struct text *text)
{
	for (size_t i = 0; i < text->len; i++) {
		const uint8_t *at = text->bytes + i;
		size_t left = text->len - i;

		REQUIRE((at[0] >= 0x20 && at[0] != 0x7F) || at[0] == '\n' || at[0] == '\t');
		/* C1, as UTF-8 or as a bare byte (then its lead is not there) */
		REQUIRE(!(left > 1 && at[0] == 0xC2 && at[1] < 0xA0));
		REQUIRE(!(at[0] >= 0x80 && at[0] < 0xC0 && (i == 0 || at[-1] < 0x80)));
		/* U+200B to U+200F, U+2028 to U+202E, U+2066 to U+2069 */
		if (left > 2 && at[0] == 0xE2 && at[1] == 0x80)
			REQUIRE(!(at[2] >= 0x8B && at[2] <= 0x8F) && !(at[2] >= 0xA8 && at[2] <= 0xAE));
		if (left > 2 && at[0] == 0xE2 && at[1] == 0x81)
			REQUIRE(!(at[2] >= 0xA6 && at[2] <= 0xA9));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t cut = size == 0 ? 0 : data[0] % (size + 1);
	struct text whole = escape(data, size, size);
	struct text parts = escape(data, size, cut);
	struct text twice = escape(whole.bytes, whole.len, whole.len);

	check_harmless(&whole);
	/* Where chunks end is an accident, and must not be seen. */
	REQUIRE(whole.len == parts.len && memcmp(whole.bytes, parts.bytes, whole.len) == 0);
	/* All of it can be seen, so there is nothing left to escape. */
	REQUIRE(whole.len == twice.len && memcmp(whole.bytes, twice.bytes, whole.len) == 0);
	free(whole.bytes);
	free(parts.bytes);
	free(twice.bytes);
	return 0;
}
