/* SPDX-License-Identifier: Apache-2.0 */
/* The record: what the model says of each state change, and the words to say it in.
 * Everything that a person sees or a claim checks is a function of records. */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "model/policy/work_queue.h"
#include "model/reference.h"
#include "sim/time.h"

enum record_field {
    FIELD_NONE,
#define FIELD(id, name, member, format) FIELD_##id,
#include "model/field.def"
#undef FIELD
};

enum {
    FIELD_ID_COUNT = 1
#define FIELD(id, name, member, format) +1
#include "model/field.def"
#undef FIELD
};

enum field_format {
    FORMAT_INTEGER,
    FORMAT_COUNT,
    FORMAT_BOOLEAN,
    FORMAT_ERROR,
    FORMAT_TEXT,
    FORMAT_REFERENCES,
    FORMAT_REFERENCE,
    FORMAT_VERB,
    FORMAT_KIND,
    FORMAT_END,
    FORMAT_WHAT,
    FORMAT_QUEUE,
    FORMAT_TRANSITION,
    FORMAT_VALUE,
};

enum record_kind {
#define RECORD(id, ...) RECORD_##id,
#include "model/record.def"
#undef RECORD
};

enum {
    RECORD_KIND_COUNT = 0
#define RECORD(id, ...) +1
#include "model/record.def"
#undef RECORD
};

enum record_why {
#define WHY(id, name, facts, sentence) WHY_##id,
#include "model/why.def"
#undef WHY
};

enum {
    WHY_COUNT = 0
#define WHY(id, name, facts, sentence) +1
#include "model/why.def"
#undef WHY
};

enum run_end {
#define END(id, name, sentence) END_##id,
#include "model/end.def"
#undef END
};

enum {
    END_COUNT = 0
#define END(id, name, sentence) +1
#include "model/end.def"
#undef END
};

enum thread_type {
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) THREAD_TYPE_##id,
#include "model/thread_type.def"
#undef THREAD_TYPE
};

enum {
    THREAD_TYPE_COUNT = 0
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) +1
#include "model/thread_type.def"
#undef THREAD_TYPE
};

/* Win32 errors by their place in win32_error.def, which is what records and values carry. */
enum win32_error {
#define WIN32_ERROR(name, number, severity) WIN32_##name,
#include "model/win32_error.def"
#undef WIN32_ERROR
};

/* The most own fields that one kind has. */
#define RECORD_OWN_FIELDS_MAX 8

/* No procedure, no step. */
#define NAME_NONE UINT32_MAX

/* A stretch of a batch's bytes (text) or of its list (references). */
struct record_span {
    uint32_t first, length;
};

struct record {
    /* Identity: the numbers count from 1; a cause of 0 marks a root. */
    uint64_t n, step_n, cause;
    sim_time t;
    /* Where it happened. Absent: REFERENCE_NONE, NAME_NONE, 0. */
    uint64_t frame, op;
    uint32_t item;
    reference thread, object;
    uint32_t procedure; /* a procedure's number in the plan */
    uint32_t step;      /* a step pointer's number in the plan */
    uint16_t cpu;       /* number + 1 of the processor that its thread has; 0: none, or an ideal one */
    uint16_t error;     /* index into win32_error.def */
    /* Own fields, shared among kinds: model/field.def says which member holds which. */
    uint64_t bytes, key, amount;
    uint32_t active, depth, count, which;
    struct record_span span;
    uint8_t kind, type, why, ok;
    uint8_t absent; /* bit i: the i-th own field of this kind is absent */
    uint8_t verb, spare[2];
};

/* Two cache lines: one record more in them costs every run. */
static_assert(sizeof(struct record) == 128, "a record is two cache lines");

/* One with nothing in it. It lies elsewhere so that it is copied, in vectors: where a compiler sees that most of it is 0,
 * it clears with a string instruction, which takes five times as long. */
extern const struct record record_blank;

/* Records in order, with the bytes and references that their spans point into. All of it is borrowed:
 * it is gone when the observer returns. */
struct record_batch {
    const struct record *record;
    uint32_t count;
    const char *bytes;
    const reference *list;
};

/* How numbers of a record become words. Each writes at most `room` bytes, without a NUL, and returns the
 * whole length; a number that is unknown writes nothing and returns 0. */
struct record_names {
    size_t (*of_reference)(const void *context, reference object, char *buffer, size_t room);
    size_t (*of_procedure)(const void *context, uint32_t procedure, char *buffer, size_t room);
    size_t (*of_step)(const void *context, uint32_t step, char *buffer, size_t room);
    const void *context;
};

/* One who wants records. */
struct record_observer {
    uint64_t kinds[2]; /* bit k % 64 of word k / 64: wants records of kind k */
    void (*see)(void *context, const struct record_batch *batch);
    void *context;
};

/* The vocabulary in words. Each answers for every member of its enumeration. */
const char *record_kind_name(enum record_kind kind);
const char *record_kind_sentence(enum record_kind kind);
/* The own fields of a kind, FIELD_NONE after the last. */
extern const uint8_t record_kind_fields[][RECORD_OWN_FIELDS_MAX + 1];

static inline const uint8_t *record_own_fields(enum record_kind kind)
{
    return record_kind_fields[kind];
}

/* Where a field lies in a record, and how many bytes it has there. */
struct field_place {
    const char *name;
    enum field_format format;
    uint16_t offset, size;
};

extern const struct field_place record_fields[];

static inline const char *record_field_name(enum record_field field)
{
    return record_fields[field].name;
}

static inline enum field_format record_field_format(enum record_field field)
{
    return record_fields[field].format;
}

const char *record_why_name(enum record_why why);
const char *record_why_sentence(enum record_why why);
/* The facts that a rule rests on, separated by spaces. */
const char *record_why_facts(enum record_why why);
const char *run_end_name(enum run_end end);
const char *run_end_sentence(enum run_end end);
const char *thread_type_name(enum thread_type type);
char thread_type_glyph(enum thread_type type);
const char *thread_type_colour(enum thread_type type);
const char *thread_type_text_colour(enum thread_type type);
const char *thread_type_pattern(enum thread_type type);
const char *object_kind_name(enum object_kind kind);
/* What object-create and object-end call it: what a handle refers to is a file. */
const char *object_kind_of(enum object_kind kind);
const char *object_kind_article(enum object_kind kind);

/* The kinds of choices in words, by their number in sim/choice.h. */
#define CHOICE_NAMES 7
const char *choice_name(uint32_t choice);

/* The queues of a pool in words, by their number in model/policy/work_queue.h. */
#define WORK_QUEUE_NAMES 5
const char *work_queue_name(uint32_t queue);

/* What hill climbing calls why a count changed. */
#define TRANSITION_NAMES 7
const char *transition_name(uint32_t transition);

/* Win32 errors, by their index in win32_error.def, which is what records and values carry. */
const char *win32_error_name(uint16_t error);
uint32_t win32_error_number(uint16_t error);
/* Whether a dequeue of this status is a failure (fact IOCP-61). */
int win32_error_fails(uint16_t error);

static inline int win32_error_is_failed(uint16_t error)
{
    return error != WIN32_ERROR_SUCCESS && win32_error_fails(error);
}

/* Whether it is of error severity: a warning is a failure to the caller, and none to the port (fact IOCP-80). */
int win32_error_is_error(uint16_t error);
int win32_error_count(void);

/* Where a field lies in a record: offset and size in bytes. */
struct record_place {
    uint16_t offset, size;
};

static inline struct record_place record_field_place(enum record_field field)
{
    return (struct record_place){record_fields[field].offset, record_fields[field].size};
}

/* Reads one own field of `record` as 64 bits; a span's field gives its length. */
static inline uint64_t record_field_value(const struct record *record, enum record_field field)
{
    const unsigned char *place = (const unsigned char *)record + record_fields[field].offset;

    if (record_fields[field].format == FORMAT_TEXT || record_fields[field].format == FORMAT_REFERENCES) {
        return record->span.length;
    }
    switch (record_fields[field].size) {
    case 8:
        return *(const uint64_t *)(const void *)place;
    case 4:
        return *(const uint32_t *)(const void *)place;
    case 2:
        return *(const uint16_t *)(const void *)place;
    default:
        return *place;
    }
}

/* Sets one own field, but for those that are a span. */
void record_field_set(struct record *record, enum record_field field, uint64_t value);

/* Whether a record of this kind shows `active` and `depth`: its object is a port, and it is no outcome. */
static inline int record_shows_port(const struct record *record)
{
    return record->object != REFERENCE_NONE && record->kind != RECORD_OUTCOME &&
           reference_kind(record->object) == OBJECT_PORT;
}

#endif
