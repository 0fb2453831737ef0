/* SPDX-License-Identifier: Apache-2.0 */
/* Traces in binary: what a stored byte means, and the writer. docs/trace-format.md describes the form. */
#ifndef TRACES_BINARY_H
#define TRACES_BINARY_H

#include "traces/strings.h"
#include "traces/trace.h"

/* A run begins with these bytes. The first is no text and no UTF-8; the line ends show whether a transfer
 * has changed them. */
#define BINARY_MAGIC "\x89iocp\r\n\x1a"
#define BINARY_MAGIC_LENGTH 8u

/* What stands at the head of an item. */
enum binary_item {
    ITEM_END,    /* how many records there were */
    ITEM_STRING, /* length, bytes: the next number of the table of strings */
    ITEM_SHAPE,  /* kind, how many fields, the fields: the next number of the table of shapes */
    ITEM_GAP,    /* by how much the next record's n is more than the last one's, less 1 */
    ITEM_RECORD, /* and everything above: a record of shape 0, 1 ... */
};

/* How a field of a shape stands in its records. */
enum binary_form {
    FORM_WORD,  /* not at all: its string stands in the shape */
    FORM_FALSE, /* not at all */
    FORM_TRUE,  /* not at all */
    FORM_KEPT,  /* not at all: as the last record of the same object had it; 0 when there was none */
    FORM_NUMBER,
    FORM_MOVED, /* a signed difference to the last record that has the field, or to 0 */
    FORM_BACK,  /* n less the number */
    FORM_NAME,  /* a string's number */
    FORM_NAMES, /* how many, then strings' numbers */
    FORM_TEXT,  /* a string's number times 2; or length times 2 plus 1, bytes */
    FORM_VALUE, /* enum binary_value, and what belongs to it */
    BINARY_FORMS,
};

enum binary_value {
    BINARY_NULL, /* of a parameter only */
    BINARY_FALSE,
    BINARY_TRUE,
    BINARY_INTEGER, /* signed */
    BINARY_TEXT,    /* in a record as FORM_TEXT, in the header length and bytes */
};

/* A record begins with a byte of bits: what is as in the last record that has it, and left out here. */
enum binary_same {
    SAME_T = 1,
    SAME_STEP_N = 2,
    SAME_THREAD = 4,
    SAME_FRAME = 8,
    SAME_OBJECT = 16,
    SAME_OP = 32,
    SAME_PROCEDURE = 64,
    SAME_STEP = 128,
};

/* Texts up to this length are put into the table of strings, but for so many. */
#define BINARY_TEXT_MAX 64u
#define BINARY_TEXTS_MAX 4096u

/* The string's number of what records carry numbers of, by that number. */
struct binary_ids {
    uint32_t *id;
    size_t room;
};

/* A shape that records had lately, by what decides it. */
struct binary_lately {
    uint64_t what, how;
    uint32_t shape; /* number + 1; 0: free */
    uint32_t spare;
};

#define BINARY_LATELY 256u
#define BINARY_PLACES 8u /* where one may lie, from the place of its hash on */

/* An own field that stands in a shape's records; a number is found without asking what it is. */
struct binary_own {
    uint8_t field, form;
    uint16_t offset, size;
};

struct binary_shape {
    struct binary_own own[RECORD_OWN_FIELDS_MAX];
    uint32_t own_count;
    bool has_strings;
};

/* What decides which own fields of a kind are written: a bit for each, and whether one may be empty. */
struct binary_kind {
    uint8_t own;
    bool may_be_empty;
};

struct binary_counts {
    uint32_t active, depth;
};

/* A writer; bytes gather in it and go to the sink when there are enough. */
struct binary_writer {
    struct trace_sink sink;
    struct record_names names;
    bool failed; /* the sink took no more, or a name was too long */
    bool out_of_memory;
    size_t length;
    /* The last record's, and the last of those that have them. Names as numbers of strings. */
    uint64_t n, t, step_n, frame, op, item, records;
    uint32_t thread, object, procedure, step;
    /* Strings and shapes defined so far; a shape is known by the bytes of its definition. */
    struct strings strings, definitions;
    uint32_t texts;
    struct binary_shape *shape;
    size_t shape_room;
    struct binary_ids reference_ids[OBJECT_KIND_COUNT], procedure_ids, step_ids;
    struct binary_counts *counts; /* by the string of the object */
    size_t counts_room;
    struct binary_kind kind[RECORD_KIND_COUNT];
    uint32_t text; /* of the record on its way: its string, or STRING_NONE */
    struct binary_lately lately[BINARY_LATELY];
    char buffer[65536];
};

/* Begins a run: its header. What `names` says of a number must never change. */
void binary_begin(struct binary_writer *writer,
                  const struct trace_sink *sink,
                  const struct record_names *names,
                  const struct trace_header *header);

/* An observer's `see`; `context` is the writer. */
void binary_see(void *context, const struct record_batch *batch);

/* Ends the run and hands over what is left. False when the sink took not everything. */
bool binary_end(struct binary_writer *writer);

/* Frees what the writer holds, not the writer. */
void binary_release(struct binary_writer *writer);

#endif
