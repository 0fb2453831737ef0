/* SPDX-License-Identifier: Apache-2.0 */
/* A trace as a whole: its header, and a stored one read back into memory. */
#ifndef TRACES_TRACE_H
#define TRACES_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "model/record.h"
#include "sim/value.h"

/* The form that this program writes; readers refuse a larger one. */
#define TRACE_VERSION 1

/* One effective parameter, as the scenario writes it. `text` is the string's bytes when it is one. */
struct trace_parameter {
    const char *name;
    enum { PARAMETER_NULL, PARAMETER_INTEGER, PARAMETER_BOOLEAN, PARAMETER_STRING } form;
    int64_t number;
    const char *text;
};

struct trace_header {
    const char *title;   /* NULL: none */
    uint64_t seed;
    const char *variant; /* NULL: none */
    const struct trace_parameter *parameter;
    size_t parameter_count;
};

/* Where a writer's bytes go. False from `write` ends the writing: the caller learns of it by its status. */
struct trace_sink {
    bool (*write)(void *context, const char *bytes, size_t length);
    void *context;
};

#endif
