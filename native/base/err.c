#include "err.h"

#include <stdarg.h>
#include <stdio.h>

int
csc_fail(struct csc_err *err, enum csc_stage stage, int errnum, const char *format, ...)
{
	va_list args;

	err->stage = (uint32_t)stage;
	err->err = errnum;
	va_start(args, format);
	/* A cut message is still a message: the length is of no interest. */
	(void)vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return -1;
}
