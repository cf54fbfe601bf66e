/*
 * As much of printf as error messages and mount options need: %s, %% and
 * %d %u %o %x with the lengths l, ll and z. No widths, no flags. Anything else
 * ends the text with a visible mark, since what follows in the list of
 * arguments cannot be known.
 */
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define UNKNOWN "(unknown format)"

/* Where text goes; counts on behind the end, as printf has it. */
struct sink {
	char *text;
	size_t size;
	size_t length;
};

static void
put(struct sink *sink, char byte)
{
	if (sink->length + 1 < sink->size)
		sink->text[sink->length] = byte;
	sink->length++;
}

static void
put_text(struct sink *sink, const char *text)
{
	for (; *text != '\0'; text++)
		put(sink, *text);
}

static void
put_number(struct sink *sink, unsigned long long value, unsigned int base)
{
	char digits[sizeof(value) * CHAR_BIT]; /* enough for any base */
	size_t count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value != 0);
	while (count > 0)
		put(sink, digits[--count]);
}

/* An argument of the length that the modifiers name. */
static unsigned long long
take(va_list *args, int longs, bool is_size, bool is_signed)
{
	if (is_size)
		return va_arg(*args, size_t);
	if (longs >= 2)
		return va_arg(*args, unsigned long long);
	/* The sign must fill the upper half: a negative int is a negative long. */
	if (longs == 1)
		return is_signed ? (unsigned long long)va_arg(*args, long) : va_arg(*args, unsigned long);
	return is_signed ? (unsigned long long)va_arg(*args, int) : va_arg(*args, unsigned int);
}

/* Writes one conversion; returns what follows it, or NULL for an unknown one. */
static const char *
convert(struct sink *sink, const char *format, va_list *args)
{
	bool is_size = *format == 'z';
	int longs = 0;
	unsigned long long value;

	if (is_size)
		format++;
	while (!is_size && longs < 2 && *format == 'l') {
		longs++;
		format++;
	}
	switch (*format) {
	case 'd':
		value = take(args, longs, is_size, true);
		if ((long long)value < 0) {
			put(sink, '-');
			value = 0 - value;
		}
		put_number(sink, value, 10);
		return format + 1;
	case 'u':
		put_number(sink, take(args, longs, is_size, false), 10);
		return format + 1;
	case 'o':
		put_number(sink, take(args, longs, is_size, false), 8);
		return format + 1;
	case 'x':
		put_number(sink, take(args, longs, is_size, false), 16);
		return format + 1;
	default:
		break;
	}
	if (is_size || longs > 0)
		return NULL;
	if (*format == 's') {
		const char *text = va_arg(*args, const char *);

		put_text(sink, text ? text : "(null)");
		return format + 1;
	}
	if (*format == '%') {
		put(sink, '%');
		return format + 1;
	}
	return NULL;
}

int
vsnprintf(char *restrict text, size_t size, const char *restrict format, va_list args)
{
	struct sink sink = { .text = text, .size = size };
	va_list rest;

	va_copy(rest, args); /* a va_list that is a parameter may have no address */
	while (*format != '\0') {
		if (*format != '%') {
			put(&sink, *format++);
			continue;
		}
		format = convert(&sink, format + 1, &rest);
		if (!format) {
			put_text(&sink, UNKNOWN);
			break;
		}
	}
	va_end(rest);
	if (size > 0)
		text[sink.length < size ? sink.length : size - 1] = '\0';
	return sink.length > INT_MAX ? -1 : (int)sink.length;
}

int
snprintf(char *restrict text, size_t size, const char *restrict format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, size, format, args);
	va_end(args);
	return length;
}
