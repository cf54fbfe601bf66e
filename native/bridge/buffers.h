/* Memory of the bridge for what a run brings, most of which never comes. */
#ifndef CSC_BRIDGE_BUFFERS_H
#define CSC_BRIDGE_BUFFERS_H

#include <stdint.h>

#include "bridge.h"

/* Memory that costs nothing until something fills it; NULL where there is none. */
uint8_t *csc_lazy_buffer(uint64_t size);

/* Room in `answer` for as much output as is to be kept; csc_release gives it back. */
int csc_make_buffers(const struct csc_request *request, struct csc_answer *answer);

#endif
