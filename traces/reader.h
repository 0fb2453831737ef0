/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a stored trace, in either form. What comes out is what a run would have told its observers. */
#ifndef TRACES_READER_H
#define TRACES_READER_H

#include "traces/trace.h"

enum trace_status {
    TRACE_OK,
    TRACE_END,       /* behind the last record of a run, or the last run of a file */
    TRACE_BAD,       /* this is no trace, or a broken one: trace_reader_error */
    TRACE_NOT_READ,  /* the source failed */
    TRACE_NO_MEMORY,
};

/* What is wrong and where: a line and a byte in it, from 1, of a text; else line 0 and a byte's offset. */
struct trace_error {
    uint64_t line, byte;
    const char *message;
};

/* How many bytes at the head of a file tell whether it is a trace. */
#define TRACE_HEAD_BYTES 9u

/* Whether a file that begins so is meant as a trace, in either form. */
bool trace_is(const char *head, size_t length);

struct trace_reader;

/* A reader of all the runs that a source holds, one behind the other. NULL when there is no memory. */
struct trace_reader *trace_reader_create(const struct trace_source *source);
void trace_reader_destroy(struct trace_reader *reader);

/* Goes to the first or next run, of which every record was read: its header, good until the next call.
 * TRACE_END when there is none. */
enum trace_status trace_reader_begin(struct trace_reader *reader, struct trace_header *header);

/* The next records of the run, good until the next call. TRACE_END behind the last. */
enum trace_status trace_reader_next(struct trace_reader *reader, struct record_batch *batch);

/* The names of the run; they grow as records are read, and what they say of a number does not change. */
struct record_names trace_reader_names(const struct trace_reader *reader);

/* After TRACE_BAD. */
struct trace_error trace_reader_error(const struct trace_reader *reader);

#endif
