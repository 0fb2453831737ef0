/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of binary traces. docs/trace-format.md describes what it writes.
 *
 * A record is a line of JSON with holes. What many records have in common (kind, why, type, which fields
 * there are, error and verb) is told once, as a shape; every name is told once, as a string; both stand in
 * the stream before the first record that needs them, so that the writer need not know them in advance. A
 * record then is the number of its shape and the numbers in the holes, most of them differences.
 *
 * The bytes are a function of what the records say, not of how a run numbers its names: a trace read from
 * JSON Lines gives the same bytes as the run itself. So strings and shapes are found by their bytes; `lately`
 * and the tables of ids only remember what was found.
 *
 * As in jsonl.c there are always RESERVE bytes left where an item begins. */
#include "traces/binary.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "model/verb.h"
#include "sim/check.h"
#include "traces/array.h"

/* More than any item without texts, lists and strings takes. */
#define RESERVE 512u

/* The longest varint. */
#define VARINT_MAX 10u

static_assert(RECORD_KIND_COUNT <= 256 && WHY_COUNT <= 256 && THREAD_TYPE_COUNT <= 256,
              "what decides a shape is put together of bytes");
static_assert(RECORD_OWN_FIELDS_MAX <= 8, "a bit for each own field");

static void write_out(struct binary_writer *writer, const char *bytes, size_t length)
{
    if (length > 0 && !writer->failed) {
        writer->failed = !writer->sink.write(writer->sink.context, bytes, length);
    }
}

/* Where RESERVE bytes can be written: at `at`, or, after handing on what lies before it, at the beginning. */
static inline char *ensure(struct binary_writer *writer, char *at)
{
    if ((size_t)(writer->buffer + sizeof writer->buffer - at) >= RESERVE) {
        return at;
    }
    write_out(writer, writer->buffer, (size_t)(at - writer->buffer));
    return writer->buffer;
}

/* Seven bits a byte, the lowest first; the top bit says that more follow. */
static inline char *put_varint(char *at, uint64_t number)
{
    while (number >= 0x80) {
        *at++ = (char)(number | 0x80);
        number >>= 7;
    }
    *at++ = (char)number;
    return at;
}

/* Signed: 0, -1, 1, -2 ... become 0, 1, 2, 3 ... */
static inline char *put_signed(char *at, uint64_t number)
{
    return put_varint(at, number << 1 ^ (0 - (number >> 63)));
}

/* Length and bytes, of any length; RESERVE bytes are left behind them. */
static char *put_bytes(struct binary_writer *writer, char *at, const char *bytes, size_t length)
{
    if (length <= RESERVE / 2) {
        memcpy(at, bytes, length);
        return ensure(writer, at + length);
    }
    write_out(writer, writer->buffer, (size_t)(at - writer->buffer));
    write_out(writer, bytes, length);
    return writer->buffer;
}

/* The number of a string, which is defined when it is new. */
static char *put_string(struct binary_writer *writer, char *at, const char *bytes, size_t length, uint32_t *number)
{
    uint32_t before = writer->strings.count;

    *number = strings_add(&writer->strings, bytes, length);
    if (*number == STRING_NONE) {
        writer->out_of_memory = true;
        *number = 0;
        return at;
    }
    if (writer->strings.count == before) {
        return at;
    }
    at = ensure(writer, at);
    *at++ = ITEM_STRING;
    at = put_varint(at, length);
    return put_bytes(writer, at, bytes, length);
}

/* The tables of what is named by number. */
enum name_table {
    NAME_OF_REFERENCE,
    NAME_OF_PROCEDURE,
    NAME_OF_STEP,
};

static struct binary_ids *ids_of(struct binary_writer *writer, enum name_table table, uint32_t *number)
{
    switch (table) {
    case NAME_OF_PROCEDURE:
        return &writer->procedure_ids;
    case NAME_OF_STEP:
        return &writer->step_ids;
    case NAME_OF_REFERENCE:
        break;
    }
    table = (enum name_table)reference_kind(*number);
    *number = reference_slot(*number);
    return &writer->reference_ids[table];
}

/* Asks for a name that is not known yet. */
static char *put_new_name(struct binary_writer *writer, char *at, enum name_table table, uint32_t number, uint32_t *string)
{
    const struct record_names *names = &writer->names;
    uint32_t slot = number;
    struct binary_ids *ids = ids_of(writer, table, &slot);
    void *items = ids->id;
    char name[TRACE_NAME_MAX];
    size_t length = 0;

    switch (table) {
    case NAME_OF_REFERENCE:
        length = names->of_reference(names->context, number, name, sizeof name);
        break;
    case NAME_OF_PROCEDURE:
        length = names->of_procedure(names->context, number, name, sizeof name);
        break;
    case NAME_OF_STEP:
        length = names->of_step(names->context, number, name, sizeof name);
        break;
    }
    *string = 0;
    if (!array_reach(&items, &ids->room, slot, sizeof *ids->id)) {
        writer->out_of_memory = true;
        return at;
    }
    ids->id = items;
    if (length > sizeof name) {
        writer->failed = true;
        return at;
    }
    at = put_string(writer, at, name, length, string);
    ids->id[slot] = *string + 1;
    return at;
}

/* The string of a name, which is defined when it is new. */
static inline char *put_name(struct binary_writer *writer, char *at, enum name_table table, uint32_t number, uint32_t *string)
{
    uint32_t slot = number;
    const struct binary_ids *ids = ids_of(writer, table, &slot);

    if (slot < ids->room && ids->id[slot] != 0) {
        *string = ids->id[slot] - 1;
        return at;
    }
    return put_new_name(writer, at, table, number, string);
}

/* A record on its way. */
struct item {
    const struct record *record;
    const struct record_batch *batch;
    uint32_t thread, object, procedure, step; /* strings */
    bool shows_port, active_kept, depth_kept;
};

/* A definition of a shape on its way. */
struct definition {
    char bytes[512];
    size_t length;
};

static char *add_field(struct binary_writer *writer, char *at, struct definition *to, const char *name, enum binary_form form)
{
    uint32_t string;
    char *end;

    at = put_string(writer, at, name, strlen(name), &string);
    end = put_varint(to->bytes + to->length, string);
    end = put_varint(end, form);
    to->length = (size_t)(end - to->bytes);
    to->bytes[0]++;
    return at;
}

/* A field whose string stands in the shape. */
static char *add_word(struct binary_writer *writer, char *at, struct definition *to, const char *name, const char *word)
{
    uint32_t string;

    at = add_field(writer, at, to, name, FORM_WORD);
    at = put_string(writer, at, word, strlen(word), &string);
    to->length = (size_t)(put_varint(to->bytes + to->length, string) - to->bytes);
    return at;
}

/* How a field stands in a record that its shape does not tell. */
static enum binary_form form_of(enum field_format format)
{
    switch (format) {
    case FORMAT_INTEGER:
    case FORMAT_COUNT:
        return FORM_NUMBER;
    case FORMAT_TEXT:
        return FORM_TEXT;
    case FORMAT_REFERENCES:
        return FORM_NAMES;
    case FORMAT_REFERENCE:
    case FORMAT_KIND:
    case FORMAT_END:
    case FORMAT_WHAT:
    case FORMAT_QUEUE:
    case FORMAT_TRANSITION:
        return FORM_NAME;
    case FORMAT_VALUE:
        return FORM_VALUE;
    case FORMAT_BOOLEAN:
    case FORMAT_ERROR:
    case FORMAT_VERB:
        break;
    }
    return FORM_WORD;
}

static char *add_own(struct binary_writer *writer, char *at, struct definition *to, const struct record *record,
                     struct binary_shape *shape)
{
    const uint8_t *own = record_own_fields((enum record_kind)record->kind);

    for (uint32_t i = 0; own[i] != FIELD_NONE; i++) {
        enum record_field field = (enum record_field)own[i];
        const char *name = record_field_name(field);
        enum field_format format = record_field_format(field);
        uint64_t value = record_field_value(record, field);
        if (!trace_has_own(record, i)) {
            continue;
        }
        if (format == FORMAT_BOOLEAN) {
            at = add_field(writer, at, to, name, value != 0 ? FORM_TRUE : FORM_FALSE);
        } else if (format == FORMAT_ERROR) {
            at = add_word(writer, at, to, name, win32_error_name((uint16_t)value));
        } else if (format == FORMAT_VERB) {
            at = add_word(writer, at, to, name, verb_name((enum verb)value));
        } else {
            struct record_place place = record_field_place(field);
            at = add_field(writer, at, to, name, form_of(format));
            shape->own[shape->own_count++] =
                (struct binary_own){own[i], (uint8_t)form_of(format), place.offset, place.size};
            shape->has_strings = shape->has_strings || form_of(format) != FORM_NUMBER;
        }
    }
    return at;
}

static char *add_place(struct binary_writer *writer, char *at, struct definition *to, const struct item *item)
{
    const struct record *record = item->record;

    if (record->thread != REFERENCE_NONE) {
        at = add_field(writer, at, to, "thread", FORM_NAME);
        at = add_word(writer, at, to, "type", thread_type_name((enum thread_type)record->type));
    }
    if (record->cpu != 0) {
        at = add_field(writer, at, to, "cpu", FORM_NUMBER);
    }
    if (record->frame != 0) {
        at = add_field(writer, at, to, "frame", FORM_MOVED);
    }
    if (record->object != REFERENCE_NONE) {
        at = add_field(writer, at, to, "object", FORM_NAME);
    }
    if (record->op != 0) {
        at = add_field(writer, at, to, "op", FORM_MOVED);
    }
    if (record->procedure != NAME_NONE) {
        at = add_field(writer, at, to, "procedure", FORM_NAME);
    }
    if (record->step != NAME_NONE) {
        at = add_field(writer, at, to, "step", FORM_NAME);
    }
    if (record->item != 0) {
        at = add_field(writer, at, to, "item", FORM_MOVED);
    }
    if (item->shows_port) {
        at = add_field(writer, at, to, "active", item->active_kept ? FORM_KEPT : FORM_NUMBER);
        at = add_field(writer, at, to, "depth", item->depth_kept ? FORM_KEPT : FORM_NUMBER);
    }
    return at;
}

/* Finds the shape of a record by what it says, and defines it when it is new. */
static char *put_new_shape(struct binary_writer *writer, char *at, const struct item *item, struct binary_lately *lately)
{
    const struct record *record = item->record;
    const char *kind = record_kind_name((enum record_kind)record->kind);
    struct definition to = {.bytes = {0}, .length = 1};
    struct binary_shape shape = {.own_count = 0};
    uint32_t kind_string;
    uint32_t before = writer->definitions.count;
    uint32_t number;
    void *items = writer->shape;

    at = put_string(writer, at, kind, strlen(kind), &kind_string);
    at = add_place(writer, at, &to, item);
    at = add_own(writer, at, &to, record, &shape);
    if (record->cause != 0) {
        at = add_field(writer, at, &to, "cause", FORM_BACK);
    }
    if (record->why != WHY_NONE) {
        at = add_word(writer, at, &to, "why", record_why_name((enum record_why)record->why));
    }
    /* The kind stands first in the stream, and last in what the definition is known by. */
    number = strings_add(&writer->definitions, to.bytes,
                         (size_t)(put_varint(to.bytes + to.length, kind_string) - to.bytes));
    if (number == STRING_NONE || !array_reach(&items, &writer->shape_room, number, sizeof *writer->shape)) {
        writer->out_of_memory = true;
        return at;
    }
    writer->shape = items;
    writer->shape[number] = shape;
    lately->shape = number + 1;
    if (writer->definitions.count > before) {
        at = ensure(writer, at);
        *at++ = ITEM_SHAPE;
        at = put_varint(at, kind_string);
        at = put_bytes(writer, at, to.bytes, to.length);
    }
    return at;
}

/* Which own fields are written, a bit each. */
static inline uint64_t own_bits(const struct binary_writer *writer, const struct record *record)
{
    struct binary_kind kind = writer->kind[record->kind];
    uint64_t bits = kind.own & (uint8_t)~record->absent;

    for (uint32_t i = 0; kind.may_be_empty && i < RECORD_OWN_FIELDS_MAX; i++) {
        if ((bits >> i & 1) != 0 && !trace_has_own(record, i)) {
            bits &= ~(UINT64_C(1) << i);
        }
    }
    return bits;
}

static void init_kinds(struct binary_writer *writer)
{
    for (uint32_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        const uint8_t *own = record_own_fields((enum record_kind)kind);
        for (uint32_t i = 0; own[i] != FIELD_NONE; i++) {
            enum field_format format = record_field_format((enum record_field)own[i]);
            writer->kind[kind].own |= (uint8_t)(1u << i);
            writer->kind[kind].may_be_empty =
                writer->kind[kind].may_be_empty || format == FORMAT_VALUE || format == FORMAT_REFERENCES;
        }
    }
}

/* Where such a shape lies, or may lie: a free place, or the last of those that are looked at. */
static inline struct binary_lately *find_lately(struct binary_writer *writer, uint64_t what, uint64_t how)
{
    uint64_t place = ((what ^ how << 20) * UINT64_C(0x9e3779b97f4a7c15)) >> 56;

    for (uint32_t looked_at = 1;; looked_at++, place++) {
        struct binary_lately *lately = &writer->lately[place % BINARY_LATELY];
        if (lately->shape == 0 || (lately->what == what && lately->how == how) || looked_at == BINARY_PLACES) {
            return lately;
        }
    }
}

/* The shape of a record: as lately, or found anew. */
static inline char *put_shape(struct binary_writer *writer, char *at, const struct item *item, struct binary_lately **found)
{
    const struct record *record = item->record;
    uint64_t what = (uint64_t)record->kind | (uint64_t)record->why << 8 | (uint64_t)record->type << 16 |
                    (uint64_t)record->verb << 24 | (uint64_t)record->error << 32 | (uint64_t)record->ok << 48;
    uint64_t how = own_bits(writer, record) | (uint64_t)(record->thread != REFERENCE_NONE) << 8 |
                   (uint64_t)(record->frame != 0) << 9 | (uint64_t)(record->object != REFERENCE_NONE) << 10 |
                   (uint64_t)(record->op != 0) << 11 | (uint64_t)(record->procedure != NAME_NONE) << 12 |
                   (uint64_t)(record->step != NAME_NONE) << 13 | (uint64_t)(record->item != 0) << 14 |
                   (uint64_t)(record->cause != 0) << 15 | (uint64_t)item->shows_port << 16 |
                   (uint64_t)item->active_kept << 17 | (uint64_t)item->depth_kept << 18 |
                   (uint64_t)(record->cpu != 0) << 19;
    struct binary_lately *lately = find_lately(writer, what, how);

    *found = lately;
    if (lately->what == what && lately->how == how && lately->shape != 0) {
        return at;
    }
    *lately = (struct binary_lately){.what = what, .how = how};
    return put_new_shape(writer, at, item, lately);
}

static_assert(BINARY_LATELY == 1u << (64 - 56), "a place is the upper bits of a hash");

/* The word of a field whose number is none that a reader could know. */
static const char *word_of(enum field_format format, uint64_t value)
{
    return format == FORMAT_KIND    ? object_kind_of((enum object_kind)value)
           : format == FORMAT_END   ? run_end_name((enum run_end)value)
           : format == FORMAT_QUEUE ? work_queue_name((uint32_t)value)
           : format == FORMAT_TRANSITION ? transition_name((uint32_t)value)
                                    : choice_name((uint32_t)value);
}

/* The string of an own field that is one name, defined when it is new. */
static char *put_own_name(struct binary_writer *writer, char *at, const struct item *item, enum record_field field, uint32_t *string)
{
    uint64_t value = record_field_value(item->record, field);

    if (record_field_format(field) == FORMAT_REFERENCE) {
        return put_name(writer, at, NAME_OF_REFERENCE, (uint32_t)value, string);
    }
    return put_string(writer, at, word_of(record_field_format(field), value),
                      strlen(word_of(record_field_format(field), value)), string);
}

/* Puts a text into the table of strings when it is short and the table takes it. */
static char *put_text_string(struct binary_writer *writer, char *at, const char *text, size_t length)
{
    uint32_t before = writer->strings.count;

    writer->text = strings_find(&writer->strings, text, length);
    if (writer->text == STRING_NONE && length <= BINARY_TEXT_MAX && writer->texts < BINARY_TEXTS_MAX) {
        at = put_string(writer, at, text, length, &writer->text);
        writer->texts += writer->strings.count - before;
    }
    return at;
}

/* What a value is in words, where it is no number and no truth. */
struct words {
    const char *text;
    size_t length;
    char buffer[TRACE_NAME_MAX];
};

/* A value of the language as the trace has it. */
static enum binary_value read_value(struct binary_writer *writer, const struct item *item, int64_t *number, struct words *words)
{
    const struct record *record = item->record;

    switch ((enum value_type)record->which) {
    case VALUE_BOOLEAN:
        return record->amount != 0 ? BINARY_TRUE : BINARY_FALSE;
    case VALUE_NUMBER:
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_SHARE:
        *number = (int64_t)record->amount;
        return BINARY_INTEGER;
    case VALUE_ERROR:
        words->text = win32_error_name((uint16_t)record->amount);
        words->length = strlen(words->text);
        return BINARY_TEXT;
    case VALUE_REFERENCE:
        words->text = words->buffer;
        if (reference_kind((reference)record->amount) == OBJECT_OPERATION) {
            words->buffer[0] = '#';
            words->length = 1 + sim_digits_write(record->amount >> 32, words->buffer + 1, sizeof words->buffer - 1);
            return BINARY_TEXT;
        }
        words->length = writer->names.of_reference(writer->names.context, (reference)record->amount, words->buffer,
                                                   sizeof words->buffer);
        writer->failed = writer->failed || words->length > sizeof words->buffer;
        words->length = words->length > sizeof words->buffer ? 0 : words->length;
        return BINARY_TEXT;
    case VALUE_TEXT:
        words->text = item->batch->bytes + record->span.first;
        words->length = record->span.length;
        return trace_is_big_integer(words->text, words->length, number) ? BINARY_INTEGER : BINARY_TEXT;
    case VALUE_NULL:
    case VALUE_ANY:
        break;
    }
    return BINARY_NULL;
}

/* Defines the strings of a record's own fields. */
static char *put_own_strings(struct binary_writer *writer, char *at, const struct item *item, const struct binary_shape *shape)
{
    struct record_span span = item->record->span;
    struct words words;
    int64_t number;
    uint32_t string;

    for (uint32_t i = 0; i < shape->own_count; i++) {
        switch ((enum binary_form)shape->own[i].form) {
        case FORM_NAME:
            at = put_own_name(writer, at, item, (enum record_field)shape->own[i].field, &string);
            break;
        case FORM_NAMES:
            for (uint32_t j = 0; j < span.length; j++) {
                at = put_name(writer, at, NAME_OF_REFERENCE, item->batch->list[span.first + j], &string);
            }
            break;
        case FORM_TEXT:
            at = put_text_string(writer, at, item->batch->bytes + span.first, span.length);
            break;
        case FORM_VALUE:
            if (read_value(writer, item, &number, &words) == BINARY_TEXT) {
                at = put_text_string(writer, at, words.text, words.length);
            }
            break;
        case FORM_WORD:
        case FORM_FALSE:
        case FORM_TRUE:
        case FORM_KEPT:
        case FORM_NUMBER:
        case FORM_MOVED:
        case FORM_BACK:
        case BINARY_FORMS:
            break;
        }
    }
    return at;
}

/* A text by the number of its string, or in full. */
static char *put_text(struct binary_writer *writer, char *at, const char *text, size_t length)
{
    if (writer->text != STRING_NONE) {
        return put_varint(at, (uint64_t)writer->text * 2);
    }
    at = put_varint(at, (uint64_t)length * 2 + 1);
    return put_bytes(writer, at, text, length);
}

static char *put_value(struct binary_writer *writer, char *at, const struct item *item)
{
    struct words words;
    int64_t number = 0;
    enum binary_value form = read_value(writer, item, &number, &words);

    *at++ = (char)form;
    if (form == BINARY_INTEGER) {
        return put_signed(at, (uint64_t)number);
    }
    return form == BINARY_TEXT ? put_text(writer, at, words.text, words.length) : at;
}

/* An own field that is no number. */
static char *put_own_field(struct binary_writer *writer, char *at, const struct item *item, const struct binary_own *own)
{
    struct record_span span = item->record->span;
    uint32_t string = 0;

    switch ((enum binary_form)own->form) {
    case FORM_NAME:
        at = put_own_name(writer, at, item, (enum record_field)own->field, &string);
        return put_varint(at, string);
    case FORM_NAMES:
        at = put_varint(at, span.length);
        for (uint32_t i = 0; i < span.length; i++) {
            at = ensure(writer, at);
            at = put_name(writer, at, NAME_OF_REFERENCE, item->batch->list[span.first + i], &string);
            at = put_varint(at, string);
        }
        return ensure(writer, at);
    case FORM_TEXT:
        return put_text(writer, at, item->batch->bytes + span.first, span.length);
    case FORM_VALUE:
        return put_value(writer, at, item);
    case FORM_NUMBER:
    case FORM_WORD:
    case FORM_FALSE:
    case FORM_TRUE:
    case FORM_KEPT:
    case FORM_MOVED:
    case FORM_BACK:
    case BINARY_FORMS:
        break;
    }
    return at;
}

/* The number that lies in a record there. */
static inline uint64_t number_at(const struct record *record, const struct binary_own *own)
{
    const unsigned char *place = (const unsigned char *)record + own->offset;
    uint64_t wide;
    uint32_t narrow;

    if (own->size == sizeof wide) {
        memcpy(&wide, place, sizeof wide);
        return wide;
    }
    if (own->size == sizeof narrow) {
        memcpy(&narrow, place, sizeof narrow);
        return narrow;
    }
    return record_field_value(record, (enum record_field)own->field);
}

static inline char *put_own(struct binary_writer *writer, char *at, const struct item *item, const struct binary_shape *shape)
{
    for (uint32_t i = 0; i < shape->own_count; i++) {
        if (shape->own[i].form == FORM_NUMBER) {
            at = put_varint(at, number_at(item->record, &shape->own[i]));
        } else {
            at = put_own_field(writer, at, item, &shape->own[i]);
        }
    }
    return at;
}

/* The names of a record's place, defined when they are new. */
static inline char *put_place_names(struct binary_writer *writer, char *at, struct item *item)
{
    const struct record *record = item->record;

    if (record->thread != REFERENCE_NONE) {
        at = put_name(writer, at, NAME_OF_REFERENCE, record->thread, &item->thread);
    }
    if (record->object != REFERENCE_NONE) {
        at = put_name(writer, at, NAME_OF_REFERENCE, record->object, &item->object);
    }
    if (record->procedure != NAME_NONE) {
        at = put_name(writer, at, NAME_OF_PROCEDURE, record->procedure, &item->procedure);
    }
    if (record->step != NAME_NONE) {
        at = put_name(writer, at, NAME_OF_STEP, record->step, &item->step);
    }
    return at;
}

/* Notes the counts of a port, and whether they are as they were. */
static inline void note_counts(struct binary_writer *writer, struct item *item)
{
    void *items = writer->counts;
    struct binary_counts *counts;

    if (!array_reach(&items, &writer->counts_room, item->object, sizeof *writer->counts)) {
        writer->out_of_memory = true;
        return;
    }
    writer->counts = items;
    counts = &writer->counts[item->object];
    item->active_kept = counts->active == item->record->active;
    item->depth_kept = counts->depth == item->record->depth;
    counts->active = item->record->active;
    counts->depth = item->record->depth;
}

/* A number as its difference to the last one, or nothing but a bit when there is none. */
static inline char *put_moved(char *at, uint64_t number, uint64_t *last, uint32_t *same, enum binary_same bit)
{
    if (number == *last) {
        *same |= bit;
        return at;
    }
    at = put_signed(at, number - *last);
    *last = number;
    return at;
}

/* A name, or nothing but a bit when it is the last one. */
static inline char *put_named(char *at, uint32_t string, uint32_t *last, uint32_t *same, enum binary_same bit)
{
    if (string == *last) {
        *same |= bit;
        return at;
    }
    *last = string;
    return put_varint(at, string);
}

/* What every record has, and where it happened; `same` gets the bits of what is left out. */
static inline char *put_place(struct binary_writer *writer, char *at, const struct item *item, uint32_t *same)
{
    const struct record *record = item->record;

    if (record->t == writer->t) {
        *same |= SAME_T;
    } else {
        at = put_varint(at, record->t - writer->t);
        writer->t = record->t;
    }
    if (record->step_n == writer->step_n) {
        *same |= SAME_STEP_N;
    } else {
        at = put_varint(at, record->step_n - writer->step_n);
        writer->step_n = record->step_n;
    }
    if (record->thread != REFERENCE_NONE) {
        at = put_named(at, item->thread, &writer->thread, same, SAME_THREAD);
    }
    if (record->cpu != 0) {
        at = put_varint(at, record->cpu - 1u);
    }
    if (record->frame != 0) {
        at = put_moved(at, record->frame, &writer->frame, same, SAME_FRAME);
    }
    if (record->object != REFERENCE_NONE) {
        at = put_named(at, item->object, &writer->object, same, SAME_OBJECT);
    }
    if (record->op != 0) {
        at = put_moved(at, record->op, &writer->op, same, SAME_OP);
    }
    if (record->procedure != NAME_NONE) {
        at = put_named(at, item->procedure, &writer->procedure, same, SAME_PROCEDURE);
    }
    if (record->step != NAME_NONE) {
        at = put_named(at, item->step, &writer->step, same, SAME_STEP);
    }
    if (record->item != 0) {
        at = put_signed(at, record->item - writer->item);
        writer->item = record->item;
    }
    return at;
}

static char *put_record(struct binary_writer *writer, char *at, struct item *item)
{
    const struct record *record = item->record;
    struct binary_lately *lately;
    const struct binary_shape *shape;
    uint32_t same = 0;
    char *bits;

    SIM_CHECK(record->n > writer->n && record->t >= writer->t && record->step_n >= writer->step_n &&
              record->cause < record->n);
    at = put_place_names(writer, ensure(writer, at), item);
    item->shows_port = record_shows_port(record);
    if (item->shows_port) {
        note_counts(writer, item);
    }
    at = put_shape(writer, at, item, &lately);
    if (writer->failed || writer->out_of_memory) {
        return at;
    }
    shape = &writer->shape[lately->shape - 1];
    if (shape->has_strings) {
        at = put_own_strings(writer, at, item, shape);
    }
    at = ensure(writer, at);
    if (record->n != writer->n + 1) {
        *at++ = ITEM_GAP;
        at = put_varint(at, record->n - writer->n - 1);
    }
    at = put_varint(at, (uint64_t)ITEM_RECORD + lately->shape - 1);
    bits = at++;
    at = put_place(writer, at, item, &same);
    *bits = (char)same;
    if (item->shows_port) {
        at = item->active_kept ? at : put_varint(at, record->active);
        at = item->depth_kept ? at : put_varint(at, record->depth);
    }
    at = put_own(writer, at, item, shape);
    if (record->cause != 0) {
        at = put_varint(at, record->n - record->cause);
    }
    writer->n = record->n;
    writer->records++;
    return at;
}

void binary_see(void *context, const struct record_batch *batch)
{
    struct binary_writer *writer = context;
    char *at = writer->buffer + writer->length;

    for (uint32_t i = 0; i < batch->count && !writer->failed && !writer->out_of_memory; i++) {
        struct item item = {.record = &batch->record[i], .batch = batch};
        at = put_record(writer, at, &item);
    }
    writer->length = (size_t)(at - writer->buffer);
}

/* A text of the header. */
static char *put_header_text(struct binary_writer *writer, char *at, const char *text)
{
    at = put_varint(ensure(writer, at), strlen(text));
    return put_bytes(writer, at, text, strlen(text));
}

/* A text of the header that may be missing. */
static char *put_header_option(struct binary_writer *writer, char *at, const char *text)
{
    at = ensure(writer, at);
    *at++ = text == NULL ? BINARY_NULL : BINARY_TEXT;
    return text == NULL ? at : put_header_text(writer, at, text);
}

static char *put_parameter(struct binary_writer *writer, char *at, const struct trace_parameter *parameter)
{
    int64_t number = parameter->number;

    at = ensure(writer, put_header_text(writer, at, parameter->name));
    switch (parameter->form) {
    case PARAMETER_NULL:
        *at++ = BINARY_NULL;
        return at;
    case PARAMETER_BOOLEAN:
        *at++ = parameter->number != 0 ? BINARY_TRUE : BINARY_FALSE;
        return at;
    case PARAMETER_STRING:
        if (!trace_is_big_integer(parameter->text, strlen(parameter->text), &number)) {
            return put_header_option(writer, at, parameter->text);
        }
        break;
    case PARAMETER_INTEGER:
        break;
    }
    *at++ = BINARY_INTEGER;
    return put_signed(at, (uint64_t)number);
}

void binary_begin(struct binary_writer *writer,
                  const struct trace_sink *sink,
                  const struct record_names *names,
                  const struct trace_header *header)
{
    char *at = writer->buffer;

    memset(writer, 0, offsetof(struct binary_writer, buffer));
    writer->sink = *sink;
    writer->names = *names;
    init_kinds(writer);
    writer->thread = writer->object = writer->procedure = writer->step = STRING_NONE;
    memcpy(at, BINARY_MAGIC, BINARY_MAGIC_LENGTH);
    at = put_varint(at + BINARY_MAGIC_LENGTH, TRACE_VERSION);
    at = put_header_option(writer, at, header->title);
    at = put_varint(at, header->seed);
    at = put_header_option(writer, at, header->variant);
    at = put_varint(ensure(writer, at), header->parameter_count);
    for (size_t i = 0; i < header->parameter_count; i++) {
        at = put_parameter(writer, at, &header->parameter[i]);
    }
    writer->length = (size_t)(ensure(writer, at) - writer->buffer);
}

bool binary_end(struct binary_writer *writer)
{
    char *at = writer->buffer + writer->length;

    at = ensure(writer, at);
    *at++ = ITEM_END;
    at = put_varint(at, writer->records);
    write_out(writer, writer->buffer, (size_t)(at - writer->buffer));
    writer->length = 0;
    return !writer->failed && !writer->out_of_memory;
}

void binary_release(struct binary_writer *writer)
{
    strings_release(&writer->strings);
    strings_release(&writer->definitions);
    for (uint32_t kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        free(writer->reference_ids[kind].id);
    }
    free(writer->procedure_ids.id);
    free(writer->step_ids.id);
    free(writer->shape);
    free(writer->counts);
}
