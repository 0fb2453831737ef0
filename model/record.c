/* SPDX-License-Identifier: Apache-2.0 */
/* The vocabulary of records in words.
 *
 * Everything is read from the .def tables, so that an entry there is all that a new kind, field, rule or
 * error needs. A field is a place in struct record; several share one, since no kind carries both. */
#include "model/record.h"

#include "model/policy/hill_climbing.h"

#include "sim/choice.h"

const uint8_t record_kind_fields[][RECORD_OWN_FIELDS_MAX + 1] = {
#define RECORD(id, name, sentence, ...) {__VA_ARGS__},
#include "model/record.def"
#undef RECORD
};

const struct record record_blank = {
    .thread = REFERENCE_NONE, .object = REFERENCE_NONE, .procedure = NAME_NONE, .step = NAME_NONE};

const char *record_kind_name(enum record_kind kind)
{
    static const char *const names[] = {
#define RECORD(id, name, sentence, ...) name,
#include "model/record.def"
#undef RECORD
    };

    return names[kind];
}

const char *record_kind_sentence(enum record_kind kind)
{
    static const char *const sentences[] = {
#define RECORD(id, name, sentence, ...) sentence,
#include "model/record.def"
#undef RECORD
    };

    return sentences[kind];
}

const struct field_place record_fields[] = {
    [FIELD_NONE] = {"", FORMAT_COUNT, 0, 0},
#define FIELD(id, name, member, format)                                                            \
    [FIELD_##id] = {name, FORMAT_##format, offsetof(struct record, member),                        \
                    sizeof((struct record *)0)->member},
#include "model/field.def"
#undef FIELD
};

void record_field_set(struct record *record, enum record_field field, uint64_t value)
{
    unsigned char *place = (unsigned char *)record + record_fields[field].offset;

    switch (record_fields[field].size) {
    case 8:
        *(uint64_t *)(void *)place = value;
        break;
    case 4:
        *(uint32_t *)(void *)place = (uint32_t)value;
        break;
    case 2:
        *(uint16_t *)(void *)place = (uint16_t)value;
        break;
    default:
        *place = (uint8_t)value;
        break;
    }
}

const char *record_why_name(enum record_why why)
{
    static const char *const names[] = {
#define WHY(id, name, facts, sentence) name,
#include "model/why.def"
#undef WHY
    };

    return names[why];
}

const char *record_why_sentence(enum record_why why)
{
    static const char *const sentences[] = {
#define WHY(id, name, facts, sentence) sentence,
#include "model/why.def"
#undef WHY
    };

    return sentences[why];
}

const char *record_why_facts(enum record_why why)
{
    static const char *const facts_of[] = {
#define WHY(id, name, facts, sentence) facts,
#include "model/why.def"
#undef WHY
    };

    return facts_of[why];
}

const char *run_end_name(enum run_end end)
{
    static const char *const names[] = {
#define END(id, name, sentence) name,
#include "model/end.def"
#undef END
    };

    return names[end];
}

const char *run_end_sentence(enum run_end end)
{
    static const char *const sentences[] = {
#define END(id, name, sentence) sentence,
#include "model/end.def"
#undef END
    };

    return sentences[end];
}

/* One row of the table of thread types. */
struct type_row {
    const char *name, *colour, *text_colour, *pattern;
    char glyph;
};

static const struct type_row types[] = {
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) {name, colour, text_colour, pattern, glyph},
#include "model/thread_type.def"
#undef THREAD_TYPE
};

const char *thread_type_name(enum thread_type type)
{
    return types[type].name;
}

char thread_type_glyph(enum thread_type type)
{
    return types[type].glyph;
}

const char *thread_type_colour(enum thread_type type)
{
    return types[type].colour;
}

const char *thread_type_text_colour(enum thread_type type)
{
    return types[type].text_colour;
}

const char *thread_type_pattern(enum thread_type type)
{
    return types[type].pattern;
}

/* One row of the table of kinds. */
struct kind_row {
    const char *name, *article;
};

static const struct kind_row kinds[] = {
#define OBJECT_KIND(id, name, table, article) {name, article},
#include "model/object_kind.def"
#undef OBJECT_KIND
};

const char *object_kind_name(enum object_kind kind)
{
    return kinds[kind].name;
}

const char *object_kind_of(enum object_kind kind)
{
    return kind == OBJECT_HANDLE ? "file" : kinds[kind].name;
}

const char *object_kind_article(enum object_kind kind)
{
    return kinds[kind].article;
}

const char *choice_name(uint32_t choice)
{
    static const char *const names[CHOICE_NAMES] = {
        [CHOICE_TIE] = "tie",         [CHOICE_READY] = "ready", [CHOICE_WAITER] = "waiter",
        [CHOICE_LATENCY] = "latency", [CHOICE_FAULT] = "fault", [CHOICE_CHOOSE] = "choose",
        [CHOICE_POLICY] = "policy"};

    return names[choice];
}

const char *work_queue_name(uint32_t queue)
{
    static const char *const names[WORK_QUEUE_NAMES] = {"global", "local", "high", "unmanaged", "context"};

    return names[queue];
}

const char *transition_name(uint32_t transition)
{
    static const char *const names[TRANSITION_NAMES] = {
#define TRANSITION(id, name) name,
        HILL_CLIMBING_TRANSITIONS(TRANSITION)
#undef TRANSITION
    };

    return names[transition];
}

/* Severities of the statuses that errors stand for. */
enum severity {
    SUCCESS,
    WARNING,
    FAILURE,
};

struct error_row {
    const char *name;
    uint32_t number;
    enum severity severity;
};

static const struct error_row errors[] = {
#define WIN32_ERROR(name, number, severity) {#name, number, severity},
#include "model/win32_error.def"
#undef WIN32_ERROR
};

const char *win32_error_name(uint16_t error)
{
    return errors[error].name;
}

uint32_t win32_error_number(uint16_t error)
{
    return errors[error].number;
}

int win32_error_fails(uint16_t error)
{
    return errors[error].severity != SUCCESS;
}

int win32_error_is_error(uint16_t error)
{
    return errors[error].severity == FAILURE;
}

int win32_error_count(void)
{
    return (int)(sizeof errors / sizeof errors[0]);
}
