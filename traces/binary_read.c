/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of binary traces: items one behind the other, as docs/trace-format.md describes them.
 *
 * A shape's definition is read once into a record that holds all that the shape tells, and a list
 * of the holes that its records fill. Nothing else is known of kinds and fields here: they come as
 * words. */
#include <stdlib.h>
#include <string.h>

#include "traces/reading.h"

/* A byte; false, and said, at the end of the file. */
static bool read_byte(struct trace_reader *reader, unsigned char *byte)
{
    if (reader->begin == reader->end && !reading_fill(reader, 1)) {
        return reading_fail(reader, "the trace ends in the middle of a run");
    }
    *byte = (unsigned char)reader->buffer[reader->begin];
    reading_take(reader, 1);
    return true;
}

static bool read_varint(struct trace_reader *reader, uint64_t *number)
{
    unsigned char byte = 0;

    *number = 0;
    for (uint32_t shift = 0; shift < 64; shift += 7) {
        if (!read_byte(reader, &byte)) {
            return false;
        }
        if ((shift == 63 && byte > 1) || (shift > 0 && byte == 0)) {
            return reading_fail(reader, "a number is longer than it need be, or than 64 bits");
        }
        *number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return reading_fail(reader, "a number is longer than it need be, or than 64 bits");
}

static bool read_signed(struct trace_reader *reader, uint64_t *number)
{
    uint64_t folded;

    if (!read_varint(reader, &folded)) {
        return false;
    }
    *number = folded >> 1 ^ (0 - (folded & 1));
    return true;
}

/* Takes a stretch of at most `most` bytes into one piece; it is good until the next byte is read.
 */
static bool
read_bytes(struct trace_reader *reader, uint64_t length, size_t most, const char **bytes)
{
    if (length > most) {
        return reading_fail(reader, "a text of %llu bytes is longer than %zu",
                            (unsigned long long)length, most);
    }
    if (!reading_fill(reader, (size_t)length)) {
        return reading_fail(reader, "the trace ends in the middle of a text of %llu bytes",
                            (unsigned long long)length);
    }
    *bytes = reader->buffer + reader->begin;
    reading_take(reader, (size_t)length);
    return reading_is_text(*bytes, (size_t)length) || reading_fail(reader, "a text is not UTF-8");
}

/* A string by its number. */
static bool read_string(struct trace_reader *reader, struct stored_value *value)
{
    uint64_t number;

    if (!read_varint(reader, &number)) {
        return false;
    }
    if (number >= reader->stored.strings.count) {
        return reading_fail(reader, "string %llu is not defined; there are %u",
                            (unsigned long long)number, reader->stored.strings.count);
    }
    *value = (struct stored_value){.form = STORED_STRING, .string = (uint32_t)number};
    value->bytes = strings_bytes(&reader->stored.strings, value->string);
    value->length = strings_length(&reader->stored.strings, value->string);
    return true;
}

/* The header. */

/* A text of the header, with a NUL behind it in `header_bytes`. */
static bool read_header_text(struct trace_reader *reader, size_t *kept)
{
    uint64_t length;
    const char *bytes;

    if (!read_varint(reader, &length) || !read_bytes(reader, length, READING_LONGEST, &bytes)) {
        return false;
    }
    return reading_keep(reader, bytes, (size_t)length, kept);
}

/* A text that may be missing: then READING_NO_TEXT. */
static bool read_header_option(struct trace_reader *reader, size_t *kept)
{
    unsigned char form = 0;

    *kept = READING_NO_TEXT;
    if (!read_byte(reader, &form)) {
        return false;
    }
    if (form != BINARY_NULL && form != BINARY_TEXT) {
        return reading_fail(reader, "%u is no form of a title or variant", form);
    }
    return form == BINARY_NULL || read_header_text(reader, kept);
}

static bool read_parameter(struct trace_reader *reader)
{
    struct reading_parameter read = {.parameter = {.form = PARAMETER_NULL},
                                     .text = READING_NO_TEXT};
    struct trace_parameter *parameter = &read.parameter;
    uint64_t number = 0;
    unsigned char form = 0;

    if (!read_header_text(reader, &read.name) || !read_byte(reader, &form)) {
        return false;
    }
    switch (form) {
    case BINARY_NULL:
        break;
    case BINARY_FALSE:
    case BINARY_TRUE:
        parameter->form = PARAMETER_BOOLEAN;
        number = form == BINARY_TRUE;
        break;
    case BINARY_INTEGER:
        parameter->form = PARAMETER_INTEGER;
        if (!read_signed(reader, &number)) {
            return false;
        }
        break;
    case BINARY_TEXT:
        parameter->form = PARAMETER_STRING;
        if (!read_header_text(reader, &read.text)) {
            return false;
        }
        break;
    default:
        return reading_fail(reader, "%u is no form of a parameter", form);
    }
    parameter->number = (int64_t)number;
    return reading_add_parameter(reader, &read);
}

bool binary_read_header(struct trace_reader *reader, struct trace_header *header)
{
    uint64_t version;
    uint64_t parameters;
    size_t title;
    size_t variant;

    reader->line = 0;
    if (!reading_fill(reader, BINARY_MAGIC_LENGTH) ||
        memcmp(reader->buffer + reader->begin, BINARY_MAGIC, BINARY_MAGIC_LENGTH) != 0) {
        return reading_fail(reader, "this is neither the beginning of a trace nor of another run");
    }
    reading_take(reader, BINARY_MAGIC_LENGTH);
    if (!read_varint(reader, &version) || !reading_is_version(reader, version) ||
        !read_header_option(reader, &title) || !read_varint(reader, &header->seed) ||
        !read_header_option(reader, &variant) || !read_varint(reader, &parameters)) {
        return false;
    }
    for (uint64_t i = 0; i < parameters; i++) {
        if (!read_parameter(reader)) {
            return false;
        }
    }
    reader->shape_count = 0;
    reader->frame = reader->op = reader->item = reader->records = reader->gap = 0;
    reader->thread = reader->object = reader->procedure = reader->step = STRING_NONE;
    if (reader->counts_room > 0) {
        memset(reader->counts, 0, reader->counts_room * sizeof *reader->counts);
    }
    return reading_finish_header(reader, header, title, variant);
}

/* Strings and shapes. */

static bool read_string_item(struct trace_reader *reader)
{
    struct strings *strings = &reader->stored.strings;
    uint32_t before = strings->count;
    uint64_t length;
    const char *bytes;

    if (!read_varint(reader, &length) || !read_bytes(reader, length, TRACE_NAME_MAX, &bytes)) {
        return false;
    }
    if (strings_add(strings, bytes, (size_t)length) == STRING_NONE) {
        return reading_no_memory(reader);
    }
    return strings->count > before || reading_fail(reader, "the string '%s' is defined twice",
                                                   reading_quote(bytes, (size_t)length).text);
}

/* Whether a place can be filled in this form. */
static bool form_fits(const struct record *record, uint32_t place, uint64_t form)
{
    enum field_format format = stored_format(record, place);
    bool is_own = place >= PLACE_OWN && place < PLACE_CAUSE;

    switch (form) {
    case FORM_KEPT:
        return place == PLACE_ACTIVE || place == PLACE_DEPTH;
    case FORM_MOVED:
        return place == PLACE_FRAME || place == PLACE_OP || place == PLACE_ITEM;
    case FORM_BACK:
        return place == PLACE_CAUSE;
    case FORM_NUMBER:
        return format == FORMAT_COUNT || (format == FORMAT_INTEGER && is_own);
    case FORM_NAMES:
        return format == FORMAT_REFERENCES;
    case FORM_TEXT:
        return format == FORMAT_TEXT;
    case FORM_VALUE:
        return format == FORMAT_VALUE;
    case FORM_NAME:
        return format == FORMAT_REFERENCE ||
               (is_own && (format == FORMAT_KIND || format == FORMAT_END || format == FORMAT_WHAT || format == FORMAT_QUEUE ||
                           format == FORMAT_TRANSITION));
    case FORM_WORD:
        return format == FORMAT_ERROR || format == FORMAT_VERB || format == FORMAT_KIND ||
               format == FORMAT_END || format == FORMAT_WHAT || format == FORMAT_QUEUE || format == FORMAT_TRANSITION;
    case FORM_FALSE:
    case FORM_TRUE:
        return format == FORMAT_BOOLEAN;
    default:
        return false;
    }
}

/* A definition on its way: the shape, and the place behind which its next field must lie. */
struct defining {
    struct reading_shape *shape;
    uint32_t from;
};

/* One field of a shape: told here, or a hole. */
static bool read_field(struct trace_reader *reader, struct defining *defining)
{
    struct reading_shape *shape = defining->shape;
    struct stored_value name;
    struct stored_value value = {.form = STORED_BOOLEAN};
    uint64_t form;
    uint32_t place;

    if (!read_string(reader, &name) || !read_varint(reader, &form)) {
        return false;
    }
    place = stored_find(&shape->record, defining->from, name.bytes, name.length);
    if (place == PLACES || !form_fits(&shape->record, place, form)) {
        return reading_fail(reader, "the field '%s' is not known there, or not in form %llu",
                            reading_quote(name.bytes, name.length).text, (unsigned long long)form);
    }
    defining->from = place + 1;
    if (form != FORM_WORD && form != FORM_FALSE && form != FORM_TRUE) {
        shape->hole[shape->holes++] = (struct reading_hole){(uint8_t)place, (uint8_t)form};
        return true;
    }
    value.number = form == FORM_TRUE;
    if (form == FORM_WORD && !read_string(reader, &value)) {
        return false;
    }
    if (!stored_set(&reader->stored, &shape->record, place, &value)) {
        return reading_fail(reader, "'%s' of '%s' %s",
                            reading_quote(value.bytes, form == FORM_WORD ? value.length : 0).text,
                            reading_quote(name.bytes, name.length).text, reader->stored.problem);
    }
    return true;
}

/* A place for another shape, with room for its holes. */
static struct reading_shape *new_shape(struct trace_reader *reader)
{
    struct reading_shape *shape;

    if (reader->shape_count == reader->shape_room) {
        uint32_t room = reader->shape_room == 0 ? 64 : reader->shape_room * 2;
        struct reading_shape *grown = realloc(reader->shape, room * sizeof *grown);
        if (grown == NULL) {
            (void)reading_no_memory(reader);
            return NULL;
        }
        memset(grown + reader->shape_room, 0, (room - reader->shape_room) * sizeof *grown);
        reader->shape = grown;
        reader->shape_room = room;
    }
    shape = &reader->shape[reader->shape_count];
    if (shape->hole == NULL) {
        shape->hole = calloc(PLACES, sizeof *shape->hole);
    }
    if (shape->hole == NULL) {
        (void)reading_no_memory(reader);
        return NULL;
    }
    return shape;
}

static bool read_shape_item(struct trace_reader *reader)
{
    struct defining defining = {.from = 0};
    struct stored_value kind;
    struct record *record;
    uint64_t fields;

    if (reader->shape_count == READING_SHAPES) {
        return reading_fail(reader, "there are more than %u shapes", READING_SHAPES);
    }
    if (!read_string(reader, &kind) || !read_varint(reader, &fields)) {
        return false;
    }
    defining.shape = new_shape(reader);
    if (defining.shape == NULL) {
        return false;
    }
    record = stored_begin(&reader->stored, kind.bytes, kind.length);
    if (record == NULL) {
        return reading_fail(reader, "'%s' %s", reading_quote(kind.bytes, kind.length).text,
                            reader->stored.problem);
    }
    defining.shape->record = *record;
    defining.shape->holes = 0;
    for (uint64_t i = 0; i < fields; i++) {
        if (!read_field(reader, &defining)) {
            return false;
        }
    }
    defining.shape->set = reader->stored.set;
    reader->shape_count++;
    return true;
}

/* Records. */

/* A name that may be the last one. */
static bool
read_name(struct trace_reader *reader, bool same, uint32_t *last, struct stored_value *value)
{
    if (same && *last == STRING_NONE) {
        return reading_fail(reader, "a record repeats a name that none had before");
    }
    if (same) {
        *value = (struct stored_value){.form = STORED_STRING, .string = *last};
        return true;
    }
    if (!read_string(reader, value)) {
        return false;
    }
    *last = value->string;
    return true;
}

static bool
read_moved(struct trace_reader *reader, bool same, uint64_t *last, struct stored_value *value)
{
    uint64_t moved = 0;

    if (!same && !read_signed(reader, &moved)) {
        return false;
    }
    *last += moved;
    value->number = *last;
    return true;
}

/* A text goes to the batch's bytes as it comes. */
static bool read_text(struct trace_reader *reader, struct stored_value *value)
{
    uint64_t number;

    if (!read_varint(reader, &number)) {
        return false;
    }
    value->form = STORED_STRING;
    value->length = 0;
    if ((number & 1) != 0) {
        value->length = (size_t)(number >> 1);
        return read_bytes(reader, number >> 1, READING_LONGEST, &value->bytes);
    }
    if (number >> 1 >= reader->stored.strings.count) {
        return reading_fail(reader, "string %llu is not defined; there are %u",
                            (unsigned long long)number >> 1, reader->stored.strings.count);
    }
    value->bytes = strings_bytes(&reader->stored.strings, (uint32_t)(number >> 1));
    value->length = strings_length(&reader->stored.strings, (uint32_t)(number >> 1));
    return true;
}

static bool read_value(struct trace_reader *reader, struct stored_value *value)
{
    unsigned char form = 0;

    if (!read_byte(reader, &form)) {
        return false;
    }
    value->form = STORED_BOOLEAN;
    value->number = form == BINARY_TRUE;
    if (form == BINARY_TEXT) {
        return read_text(reader, value);
    }
    if (form == BINARY_INTEGER) {
        value->form = STORED_INTEGER;
        return read_signed(reader, &value->number);
    }
    return form == BINARY_FALSE || form == BINARY_TRUE ||
           reading_fail(reader, "%u is no form of a value", form);
}

static bool read_names(struct trace_reader *reader, struct stored_value *value)
{
    struct stored_value name;

    value->form = STORED_LIST;
    if (!read_varint(reader, &value->number)) {
        return false;
    }
    for (uint64_t i = 0; i < value->number; i++) {
        if (!read_string(reader, &name)) {
            return false;
        }
        if (!stored_add_reference(&reader->stored, name.string)) {
            return reading_fail(reader, "a name %s", reader->stored.problem);
        }
    }
    return true;
}

/* The last counts of the record's object. */
static struct binary_counts *counts_of(struct trace_reader *reader)
{
    uint32_t object = reader->stored.object;

    if (object == STRING_NONE) {
        (void)reading_fail(reader, "a record has counts, but no object");
        return NULL;
    }
    if (object >= reader->counts_room) {
        uint32_t room = reader->stored.strings.count + reader->stored.strings.count / 2;
        struct binary_counts *grown = realloc(reader->counts, room * sizeof *grown);
        if (grown == NULL) {
            (void)reading_no_memory(reader);
            return NULL;
        }
        memset(grown + reader->counts_room, 0, (room - reader->counts_room) * sizeof *grown);
        reader->counts = grown;
        reader->counts_room = room;
    }
    return &reader->counts[object];
}

static bool
read_count(struct trace_reader *reader, struct reading_hole hole, struct stored_value *value)
{
    struct binary_counts *counts = counts_of(reader);
    uint32_t *last = counts == NULL               ? NULL
                     : hole.place == PLACE_ACTIVE ? &counts->active
                                                  : &counts->depth;

    if (last == NULL || (hole.form == FORM_NUMBER && !read_varint(reader, &value->number))) {
        return false;
    }
    if (hole.form == FORM_KEPT) {
        value->number = *last;
    }
    *last = (uint32_t)value->number;
    return true;
}

/* What stands in a hole. */
static bool read_hole(struct trace_reader *reader,
                      struct reading_hole hole,
                      uint32_t same,
                      struct stored_value *value)
{
    *value = (struct stored_value){.form = STORED_INTEGER};
    switch (hole.place) {
    case PLACE_THREAD:
        return read_name(reader, (same & SAME_THREAD) != 0, &reader->thread, value);
    case PLACE_FRAME:
        return read_moved(reader, (same & SAME_FRAME) != 0, &reader->frame, value);
    case PLACE_OBJECT:
        return read_name(reader, (same & SAME_OBJECT) != 0, &reader->object, value);
    case PLACE_OP:
        return read_moved(reader, (same & SAME_OP) != 0, &reader->op, value);
    case PLACE_PROCEDURE:
        return read_name(reader, (same & SAME_PROCEDURE) != 0, &reader->procedure, value);
    case PLACE_STEP:
        return read_name(reader, (same & SAME_STEP) != 0, &reader->step, value);
    case PLACE_ITEM:
        return read_moved(reader, false, &reader->item, value);
    case PLACE_ACTIVE:
    case PLACE_DEPTH:
        return read_count(reader, hole, value);
    default:
        break;
    }
    switch (hole.form) {
    case FORM_NAME:
        return read_string(reader, value);
    case FORM_NAMES:
        return read_names(reader, value);
    case FORM_TEXT:
        return read_text(reader, value);
    case FORM_VALUE:
        return read_value(reader, value);
    default:
        return read_varint(reader, &value->number);
    }
}

/* n, t and step_n, and the byte of bits before them. */
static bool read_instant(struct trace_reader *reader, struct record *record, unsigned char *same)
{
    uint64_t later = 0;
    uint64_t steps = 0;

    if (!read_byte(reader, same) || ((*same & SAME_T) == 0 && !read_varint(reader, &later)) ||
        ((*same & SAME_STEP_N) == 0 && !read_varint(reader, &steps))) {
        return false;
    }
    record->n = reader->stored.n + 1 + reader->gap;
    record->t = reader->stored.t + later;
    record->step_n = reader->stored.step_n + steps;
    reader->gap = 0;
    return true;
}

static bool read_record_item(struct trace_reader *reader, uint64_t number)
{
    struct stored *stored = &reader->stored;
    struct record *record = &stored->record[stored->count];
    const struct reading_shape *shape = &reader->shape[number];
    struct stored_value value;
    unsigned char same;

    *record = shape->record;
    stored->set = shape->set;
    stored->object = STRING_NONE;
    if (!read_instant(reader, record, &same)) {
        return false;
    }
    for (uint32_t i = 0; i < shape->holes; i++) {
        struct reading_hole hole = shape->hole[i];
        if (!read_hole(reader, hole, same, &value)) {
            return false;
        }
        if (hole.form == FORM_BACK) {
            value.number = value.number < record->n ? record->n - value.number : 0;
        }
        if (!stored_set(stored, record, hole.place, &value)) {
            return reading_fail(reader, "the field '%s' %s", stored_name(record, hole.place),
                                stored->problem);
        }
    }
    reader->records++;
    return stored_finish(stored, record) || reading_fail(reader, "%s", stored->problem);
}

/* The end of the run, which says how many records there were. */
static bool read_end_item(struct trace_reader *reader)
{
    uint64_t records;

    if (!read_varint(reader, &records)) {
        return false;
    }
    reader->is_in_run = false;
    return records == reader->records ||
           reading_fail(reader, "the run ends after %llu records where it says %llu",
                        (unsigned long long)reader->records, (unsigned long long)records);
}

bool binary_read_batch(struct trace_reader *reader)
{
    bool good = true;

    while (good && reader->is_in_run && stored_has_room(&reader->stored)) {
        uint64_t item;
        if (!read_varint(reader, &item)) {
            good = false;
        } else if (item == ITEM_END) {
            good = read_end_item(reader);
        } else if (item == ITEM_STRING) {
            good = read_string_item(reader);
        } else if (item == ITEM_SHAPE) {
            good = read_shape_item(reader);
        } else if (item == ITEM_GAP) {
            good = read_varint(reader, &reader->gap);
        } else if (item - ITEM_RECORD < reader->shape_count) {
            good = read_record_item(reader, item - ITEM_RECORD);
        } else {
            good = reading_fail(reader, "shape %llu is not defined; there are %u",
                                (unsigned long long)(item - ITEM_RECORD), reader->shape_count);
        }
    }
    return good;
}
