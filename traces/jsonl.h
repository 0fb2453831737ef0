/* SPDX-License-Identifier: Apache-2.0 */
/* Traces as JSON Lines: a header, then one record a line. */
#ifndef TRACES_JSONL_H
#define TRACES_JSONL_H

#include "traces/trace.h"

/* A writer; bytes gather in it and go to the sink when there are enough. */
struct jsonl_writer {
    struct trace_sink sink;
    struct record_names names;
    bool failed; /* the sink took no more */
    size_t length;
    char buffer[65536];
};

void jsonl_begin(struct jsonl_writer *writer,
                 const struct trace_sink *sink,
                 const struct record_names *names,
                 const struct trace_header *header);

/* An observer's `see`; `context` is the writer. */
void jsonl_see(void *context, const struct record_batch *batch);

/* Hands over what is left. False when the sink took not everything. */
bool jsonl_end(struct jsonl_writer *writer);

#endif
