/* SPDX-License-Identifier: Apache-2.0 */
/* What the fuzzers share: a failed check is a crash, and what is written goes nowhere. */
#ifndef TESTS_FUZZ_FUZZING_H
#define TESTS_FUZZ_FUZZING_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/check.h"

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t length);

_Noreturn void sim_check_failed(const char *text, const char *file, int line)
{
    fprintf(stderr, "check failed: %s at %s:%d\n", text, file, line);
    abort();
}

static inline bool drop(void *context, const char *bytes, size_t length)
{
    (void)context;
    (void)bytes;
    (void)length;
    return true;
}

#endif
