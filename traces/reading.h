/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of both forms share: bytes from a source, and what went wrong. */
#ifndef TRACES_READING_H
#define TRACES_READING_H

#include "traces/binary.h"
#include "traces/reader.h"
#include "traces/stored.h"

/* The longest line and the longest text that is read. */
#define READING_LONGEST ((size_t)1 << 28)

/* How many shapes a trace may have. */
#define READING_SHAPES 65536u

/* A field of a shape that stands in its records. */
struct reading_hole {
    uint8_t place, form;
};

/* A shape as its definition told it. */
struct reading_shape {
    struct record record; /* with everything that the shape tells */
    uint32_t set, holes;
    struct reading_hole *hole;
};

/* A parameter of the header; its texts by where they begin in `header_bytes`. */
struct reading_parameter {
    struct trace_parameter parameter;
    size_t name, text;
};

/* No text. */
#define READING_NO_TEXT SIZE_MAX

struct trace_reader {
    struct trace_source source;
    /* Bytes [begin, end) of the buffer are not read yet; `begin` stands at `offset` of the file. */
    char *buffer;
    size_t begin, end, room;
    uint64_t offset;
    bool is_at_end;  /* of the source */
    bool is_binary, is_in_run;
    /* How it went; once it is not TRACE_OK nothing is read any more. */
    enum trace_status status;
    uint64_t line; /* of a text; the error's column and message */
    uint64_t column;
    char message[512];
    /* The header of the run. */
    char *header_bytes; /* its texts, one behind the other, each with a NUL */
    size_t header_length, header_room;
    struct reading_parameter *parameter;
    struct trace_parameter *parameters; /* the same, for the header */
    size_t parameter_count, parameter_room;
    struct stored stored;
    /* Binary: shapes, the last record's fields, the last counts of each object. */
    struct reading_shape *shape;
    uint32_t shape_count, shape_room;
    uint64_t frame, op, item, records, gap;
    uint32_t thread, object, procedure, step;
    struct binary_counts *counts;
    uint32_t counts_room;
};

/* Makes at least `wanted` bytes available; false when the source has fewer, or failed. */
bool reading_fill(struct trace_reader *reader, size_t wanted);

/* How many bytes are available. */
static inline size_t reading_available(const struct trace_reader *reader)
{
    return reader->end - reader->begin;
}

/* Takes so many of the available bytes. */
static inline void reading_take(struct trace_reader *reader, size_t count)
{
    reader->begin += count;
    reader->offset += count;
}

/* Says what is wrong, once; false. */
__attribute__((format(printf, 2, 3))) bool reading_fail(struct trace_reader *reader, const char *format, ...);
bool reading_no_memory(struct trace_reader *reader);

/* Keeps a text of the header, which holds no NUL: where it begins in `header_bytes`. */
bool reading_keep(struct trace_reader *reader, const char *bytes, size_t length, size_t *kept);

bool reading_add_parameter(struct trace_reader *reader, const struct reading_parameter *parameter);

/* Whether a trace of this version can be read; says so when not. */
bool reading_is_version(struct trace_reader *reader, uint64_t version);

/* The header is whole: title and variant by where they begin, and the parameters. */
bool reading_finish_header(struct trace_reader *reader, struct trace_header *header, size_t title, size_t variant);

/* Whether these bytes are UTF-8. */
bool reading_is_text(const char *bytes, size_t length);

/* A stretch of the trace for a message, cut and made printable. */
struct reading_quoted {
    char text[64];
};

struct reading_quoted reading_quote(const char *bytes, size_t length);

/* The two forms. The header's texts are kept; false when something is wrong. A batch that ends the run sets
 * `is_in_run` to false. */
bool binary_read_header(struct trace_reader *reader, struct trace_header *header);
bool binary_read_batch(struct trace_reader *reader);
bool jsonl_read_header(struct trace_reader *reader, struct trace_header *header);
bool jsonl_read_batch(struct trace_reader *reader);

#endif
