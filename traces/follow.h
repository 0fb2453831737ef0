/* SPDX-License-Identifier: Apache-2.0 */
/* A sentence for each record. */
#ifndef TRACES_FOLLOW_H
#define TRACES_FOLLOW_H

#include "traces/trace.h"

struct follow {
    struct trace_sink sink;
    struct record_names names;
    bool failed;
    const char *(*label)(const void *context, uint64_t op); /* said in place of an operation's number; NULL: none */
    const void *label_context;
};

/* An observer's `see`; `context` is a struct follow. */
void follow_see(void *context, const struct record_batch *batch);

/* Writes the sentence of one record, without time or newline, cut to `room`; its whole length. */
size_t follow_sentence(const struct follow *follow,
                       const struct record *record,
                       const struct record_batch *batch,
                       char *buffer,
                       size_t room);

#endif
