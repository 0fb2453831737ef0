/* SPDX-License-Identifier: Apache-2.0 */
/* A trace as a whole: its header, where its bytes go and come from, and what its two forms have in common. */
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

/* The longest name that both forms carry: deeper than any step's pointer can be nested. */
#define TRACE_NAME_MAX 16384u

/* Integers above this, up or down, are strings in JSON, which every reader keeps exactly. */
#define TRACE_EXACT_MAX (UINT64_C(1) << 53)

/* Where a writer's bytes go. False from `write` ends the writing: the caller learns of it by its status. */
struct trace_sink {
    bool (*write)(void *context, const char *bytes, size_t length);
    void *context;
};

/* Where a reader's bytes come from. `length` 0: there are no more; false: they could not be read. */
struct trace_source {
    bool (*read)(void *context, char *bytes, size_t room, size_t *length);
    void *context;
};

/* Whether the index-th own field of a record is written: it is not absent, no null and no empty list. */
static inline bool trace_has_own(const struct record *record, uint32_t index)
{
    enum record_field field = (enum record_field)record_own_fields((enum record_kind)record->kind)[index];

    if ((record->absent >> index & 1) != 0) {
        return false;
    }
    if (record_field_format(field) == FORMAT_VALUE) {
        return record->which != VALUE_NULL && record->which != VALUE_ANY;
    }
    return record_field_format(field) != FORMAT_REFERENCES || record->span.length > 0;
}

/* Whether a text is an integer that JSON shows as a string, and which: no reader of JSON can tell a text of
 * such digits from the integer, so in both forms it is one. */
bool trace_is_big_integer(const char *text, size_t length, int64_t *number);

#endif
