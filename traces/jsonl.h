/* SPDX-License-Identifier: Apache-2.0 */
/* Traces as JSON Lines: a header, then one record a line. */
#ifndef TRACES_JSONL_H
#define TRACES_JSONL_H

#include "traces/trace.h"

/* How many names a writer keeps as they stand in the trace, and how long such a name may be. */
#define JSONL_NAMES 4096
#define JSONL_NAME_BYTES 51

/* A name in its quotes, escaped; the place of a name follows from its number. */
struct jsonl_name {
    uint64_t number; /* its table in the upper half; 0: free */
    uint32_t length;
    char text[JSONL_NAME_BYTES + 1];
};

/* A number as it was last written at its place in a line: the next line's is often the same, or a little more. */
struct jsonl_number {
    uint64_t number;
    uint32_t length;
    char text[24]; /* the digits */
};

/* A writer; bytes gather in it and go to the sink when there are enough. */
struct jsonl_writer {
    struct trace_sink sink;
    struct record_names names;
    bool failed; /* the sink took no more, or a name was too long */
    size_t length;
    struct jsonl_number n, t, step_n, op, cause;
    struct jsonl_name name[JSONL_NAMES];
    char buffer[65536];
};

/* Begins a trace: its header. What `names` says of a number must never change. */
void jsonl_begin(struct jsonl_writer *writer,
                 const struct trace_sink *sink,
                 const struct record_names *names,
                 const struct trace_header *header);

/* An observer's `see`; `context` is the writer. */
void jsonl_see(void *context, const struct record_batch *batch);

/* Hands over what is left. False when the sink took not everything. */
bool jsonl_end(struct jsonl_writer *writer);

#endif
