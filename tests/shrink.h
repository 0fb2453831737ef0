/* SPDX-License-Identifier: Apache-2.0 */
/* Shrinking: takes away from a JSON text whatever it fails without, until nothing more can go. */
#ifndef TESTS_SHRINK_H
#define TESTS_SHRINK_H

#include <stdbool.h>
#include <stddef.h>

struct shrink_question {
    bool (*still_fails)(void *context, const char *text, size_t length);
    void *context;
};

/* A smaller text that still fails, with a line for each declaration; to be freed. `text` must fail. */
char *shrink(const char *text, const struct shrink_question *question);

#endif
