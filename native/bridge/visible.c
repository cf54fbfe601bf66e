#include "visible.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* How many bytes a character starting with `lead` has; 0 for no valid start. */
static size_t
length_of(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 3;
	return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

/*
 * Characters beyond Latin-1 without a visible shape of their own: separators,
 * direction marks, joiners, fillers, variation selectors, tags. The same that
 * src/core/text.ts escapes in csc's own messages, wide spaces aside: those are
 * ordinary text in what a program prints. A test compares the two.
 */
static const struct range {
	uint32_t first, last;
} UNSEEN[] = {
	{ 0x34F, 0x34F }, { 0x600, 0x605 }, { 0x61C, 0x61C }, { 0x6DD, 0x6DD }, { 0x70F, 0x70F },
	{ 0x890, 0x891 }, { 0x8E2, 0x8E2 }, { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F },
	{ 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0x2800, 0x2800 }, { 0x3164, 0x3164 },
	{ 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xFFA0, 0xFFA0 }, { 0xFFF0, 0xFFFB }, { 0x110BD, 0x110BD },
	{ 0x110CD, 0x110CD }, { 0x13430, 0x1343F }, { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A },
	{ 0xE0000, 0xE0FFF },
};

static bool
hides(uint32_t c)
{
	if (c < 0x300) /* C0 but newline and tab, DEL, C1, soft hyphen */
		return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c <= 0x9F) || c == 0xAD;
	for (size_t i = 0; i < sizeof(UNSEEN) / sizeof(UNSEEN[0]) && UNSEEN[i].first <= c; i++) {
		if (c <= UNSEEN[i].last)
			return true;
	}
	return false;
}

/* Decodes a whole character; false where the bytes are no valid UTF-8. */
static bool
decode(const uint8_t *p, size_t n, uint32_t *c)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };

	*c = n == 1 ? p[0] : (uint32_t)(p[0] & (0x7F >> n));
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return false;
		*c = *c << 6 | (p[i] & 0x3F);
	}
	return *c >= least[n] && *c <= 0x10FFFF && !(*c >= 0xD800 && *c <= 0xDFFF);
}

static size_t
put_byte(uint8_t byte, uint8_t *out)
{
	return (size_t)sprintf((char *)out, "\\x%02x", byte);
}

static size_t
put_character(const uint8_t *p, size_t n, uint32_t c, uint8_t *out)
{
	if (!hides(c)) {
		memcpy(out, p, n);
		return n;
	}
	if (c < 0x80)
		return put_byte((uint8_t)c, out);
	return (size_t)sprintf((char *)out, "\\u{%x}", c);
}

size_t
csc_visible_add(struct csc_visible *state, const uint8_t *bytes, size_t len, uint8_t *out)
{
	size_t written = 0;

	for (size_t i = 0; i < len; i++) {
		uint8_t *p = state->pending;
		uint32_t c;

		p[state->npending++] = bytes[i];
		size_t need = length_of(p[0]);
		/* A byte that cannot continue ends what was pending and starts anew. */
		if (state->npending > 1 && (bytes[i] & 0xC0) != 0x80) {
			for (size_t k = 0; k + 1 < state->npending; k++)
				written += put_byte(p[k], out + written);
			p[0] = bytes[i];
			state->npending = 1;
			need = length_of(p[0]);
		}
		if (need == 0) {
			written += put_byte(p[0], out + written);
			state->npending = 0;
		} else if (state->npending == need) {
			if (decode(p, need, &c)) {
				written += put_character(p, need, c, out + written);
			} else {
				for (size_t k = 0; k < need; k++)
					written += put_byte(p[k], out + written);
			}
			state->npending = 0;
		}
	}
	return written;
}

size_t
csc_visible_end(struct csc_visible *state, uint8_t *out)
{
	size_t written = 0;

	for (size_t k = 0; k < state->npending; k++)
		written += put_byte(state->pending[k], out + written);
	state->npending = 0;
	return written;
}
