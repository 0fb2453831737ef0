/* SPDX-License-Identifier: Apache-2.0 */
/* What every test program needs: cmocka's headers in their order, an allocator, a failing check. */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/allocator.h"
#include "sim/check.h"

_Noreturn void sim_check_failed(const char *text, const char *file, int line)
{
    fprintf(stderr, "check failed: %s at %s:%d\n", text, file, line);
    abort();
}

static inline void *support_reallocate(void *context, void *memory, size_t size)
{
    (void)context;
    if (size == 0) {
        free(memory);
        return NULL;
    }
    return realloc(memory, size);
}

static const struct sim_allocator support_allocator = {support_reallocate, NULL};

#endif
