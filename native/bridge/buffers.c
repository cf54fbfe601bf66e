#include "buffers.h"

#include <errno.h>
#include <sys/mman.h>

uint8_t *
csc_lazy_buffer(uint64_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

static void
give_back(uint64_t at, uint64_t size)
{
	if (at != 0)
		(void)munmap((void *)(uintptr_t)at, size);
}

void
csc_release(const struct csc_answer *answer)
{
	give_back(answer->stdout_at, answer->stdout_cap);
	give_back(answer->stderr_at, answer->stderr_cap);
}

int
csc_make_buffers(const struct csc_request *request, struct csc_answer *answer)
{
	answer->stdout_cap = request->stdout_cap;
	answer->stderr_cap = request->stderr_cap;
	answer->stdout_at = (uint64_t)(uintptr_t)csc_lazy_buffer(request->stdout_cap);
	answer->stderr_at = (uint64_t)(uintptr_t)csc_lazy_buffer(request->stderr_cap);
	if (answer->stdout_at == 0 || answer->stderr_at == 0)
		return csc_fail(&answer->err, CSC_STAGE_SPAWN, ENOMEM, "make buffers for the output");
	return 0;
}
