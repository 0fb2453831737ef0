/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of JSON Lines. Keys stand in one order: identity, place, own fields in the order of
 * record.def, cause, why; what is absent is left out. Numbers are written by hand, names once looked up go
 * straight to the buffer. */
#include "traces/jsonl.h"

#include <string.h>

#include "model/verb.h"

/* Integers above this are written as strings, which every reader of JSON keeps exactly. */
#define EXACT_MAX (UINT64_C(1) << 53)

/* The longest name that is written without asking for its length first. */
#define NAME_ROOM 512

static void flush(struct jsonl_writer *writer)
{
    if (writer->length > 0 && !writer->failed) {
        writer->failed = !writer->sink.write(writer->sink.context, writer->buffer, writer->length);
    }
    writer->length = 0;
}

static void put(struct jsonl_writer *writer, const char *bytes, size_t length)
{
    if (length > sizeof writer->buffer - writer->length) {
        flush(writer);
        if (length > sizeof writer->buffer) {
            writer->failed = writer->failed || !writer->sink.write(writer->sink.context, bytes, length);
            return;
        }
    }
    memcpy(writer->buffer + writer->length, bytes, length);
    writer->length += length;
}

static void put_text(struct jsonl_writer *writer, const char *text)
{
    put(writer, text, strlen(text));
}

static void put_number(struct jsonl_writer *writer, uint64_t number)
{
    char digits[20];

    put(writer, digits, sim_digits_write(number, digits, sizeof digits));
}

/* A number, as a string when it is too large for a reader that has only doubles. */
static void put_integer(struct jsonl_writer *writer, uint64_t number)
{
    if (number > EXACT_MAX) {
        put(writer, "\"", 1);
        put_number(writer, number);
        put(writer, "\"", 1);
    } else {
        put_number(writer, number);
    }
}

static void put_signed(struct jsonl_writer *writer, int64_t number)
{
    bool quoted = number > (int64_t)EXACT_MAX || number < -(int64_t)EXACT_MAX;

    put(writer, "\"", quoted);
    if (number < 0) {
        put(writer, "-", 1);
    }
    put_number(writer, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
    put(writer, "\"", quoted);
}

/* The escape of a byte that may not stand as it is; NULL when it may. */
static const char *escape(unsigned char byte, char *room)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorts[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = byte == 0 ? NULL : strchr(shorts, byte);

    if (found != NULL) {
        room[0] = '\\';
        room[1] = letters[found - shorts];
        room[2] = '\0';
        return room;
    }
    if (byte >= 0x20) {
        return NULL;
    }
    memcpy(room, "\\u0000", 7);
    room[4] = hex[byte >> 4];
    room[5] = hex[byte & 15];
    return room;
}

static void put_string(struct jsonl_writer *writer, const char *bytes, size_t length)
{
    size_t from = 0;
    char room[8];

    put(writer, "\"", 1);
    for (size_t i = 0; i < length; i++) {
        const char *escaped = escape((unsigned char)bytes[i], room);
        if (escaped != NULL) {
            put(writer, bytes + from, i - from);
            put_text(writer, escaped);
            from = i + 1;
        }
    }
    put(writer, bytes + from, length - from);
    put(writer, "\"", 1);
}

static void put_key(struct jsonl_writer *writer, const char *key)
{
    put(writer, ",\"", 2);
    put_text(writer, key);
    put(writer, "\":", 2);
}

static void put_name(struct jsonl_writer *writer, const char *name)
{
    put_string(writer, name, strlen(name));
}

static void put_reference(struct jsonl_writer *writer, reference object)
{
    char name[NAME_ROOM];
    size_t length = writer->names.of_reference(writer->names.context, object, name, sizeof name);

    put_string(writer, name, length < sizeof name ? length : sizeof name);
}

typedef size_t name_function(const void *context, uint32_t number, char *buffer, size_t room);

static void put_named(struct jsonl_writer *writer, const char *key, name_function *name_of, uint32_t number)
{
    char name[4096];
    size_t length = name_of(writer->names.context, number, name, sizeof name);

    put_key(writer, key);
    put_string(writer, name, length < sizeof name ? length : sizeof name);
}

/* Who and where: thread, type, frame, object, op, procedure, step, item. */
static void put_place(struct jsonl_writer *writer, const struct record *record)
{
    if (record->thread != REFERENCE_NONE) {
        put_key(writer, "thread");
        put_reference(writer, record->thread);
        put_key(writer, "type");
        put_name(writer, thread_type_name((enum thread_type)record->type));
    }
    if (record->frame != 0) {
        put_key(writer, "frame");
        put_number(writer, record->frame);
    }
    if (record->object != REFERENCE_NONE) {
        put_key(writer, "object");
        put_reference(writer, record->object);
    }
    if (record->op != 0) {
        put_key(writer, "op");
        put_number(writer, record->op);
    }
    if (record->procedure != NAME_NONE) {
        put_named(writer, "procedure", writer->names.of_procedure, record->procedure);
    }
    if (record->step != NAME_NONE) {
        put_named(writer, "step", writer->names.of_step, record->step);
    }
    if (record->item != 0) {
        put_key(writer, "item");
        put_number(writer, record->item);
    }
}

/* A value of the language. */
static void put_value(struct jsonl_writer *writer, const struct record *record, const char *bytes)
{
    switch ((enum value_type)record->which) {
    case VALUE_TEXT:
        put_string(writer, bytes + record->span.first, record->span.length);
        break;
    case VALUE_BOOLEAN:
        put_text(writer, record->amount != 0 ? "true" : "false");
        break;
    case VALUE_ERROR:
        put_name(writer, win32_error_name((uint16_t)record->amount));
        break;
    case VALUE_REFERENCE:
        put_reference(writer, (reference)record->amount);
        break;
    case VALUE_NULL:
    case VALUE_ANY:
        put_text(writer, "null");
        break;
    case VALUE_NUMBER:
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_SHARE:
        put_signed(writer, (int64_t)record->amount);
        break;
    }
}

static void put_references(struct jsonl_writer *writer, const struct record *record, const reference *list)
{
    for (uint32_t i = 0; i < record->span.length; i++) {
        put(writer, i == 0 ? "[" : ",", 1);
        put_reference(writer, list[record->span.first + i]);
    }
    put(writer, "]", 1);
}

static void put_field(struct jsonl_writer *writer,
                      const struct record_batch *batch,
                      const struct record *record,
                      enum record_field field)
{
    uint64_t value = record_field_value(record, field);

    put_key(writer, record_field_name(field));
    switch (record_field_format(field)) {
    case FORMAT_INTEGER:
    case FORMAT_COUNT:
        put_integer(writer, value);
        break;
    case FORMAT_BOOLEAN:
        put_text(writer, value != 0 ? "true" : "false");
        break;
    case FORMAT_ERROR:
        put_name(writer, win32_error_name((uint16_t)value));
        break;
    case FORMAT_TEXT:
        put_string(writer, batch->bytes + record->span.first, record->span.length);
        break;
    case FORMAT_REFERENCES:
        put_references(writer, record, batch->list);
        break;
    case FORMAT_REFERENCE:
        put_reference(writer, (reference)value);
        break;
    case FORMAT_VERB:
        put_name(writer, verb_name((enum verb)value));
        break;
    case FORMAT_KIND:
        put_name(writer, object_kind_of((enum object_kind)value));
        break;
    case FORMAT_END:
        put_name(writer, run_end_name((enum run_end)value));
        break;
    case FORMAT_WHAT:
        put_number(writer, value);
        break;
    case FORMAT_VALUE:
        put_value(writer, record, batch->bytes);
        break;
    }
}

static void put_record(struct jsonl_writer *writer, const struct record_batch *batch, const struct record *record)
{
    const uint8_t *own = record_own_fields((enum record_kind)record->kind);

    put_text(writer, "{\"n\":");
    put_number(writer, record->n);
    put_key(writer, "t");
    put_integer(writer, record->t);
    put_key(writer, "step_n");
    put_number(writer, record->step_n);
    put_key(writer, "kind");
    put_name(writer, record_kind_name((enum record_kind)record->kind));
    put_place(writer, record);
    if (record_shows_port(record)) {
        put_key(writer, "active");
        put_number(writer, record->active);
        put_key(writer, "depth");
        put_number(writer, record->depth);
    }
    for (uint32_t i = 0; own[i] != FIELD_NONE; i++) {
        if ((record->absent >> i & 1) == 0) {
            put_field(writer, batch, record, (enum record_field)own[i]);
        }
    }
    if (record->cause != 0) {
        put_key(writer, "cause");
        put_number(writer, record->cause);
    }
    if (record->why != WHY_NONE) {
        put_key(writer, "why");
        put_name(writer, record_why_name((enum record_why)record->why));
    }
    put(writer, "}\n", 2);
}

void jsonl_see(void *context, const struct record_batch *batch)
{
    struct jsonl_writer *writer = context;

    for (uint32_t i = 0; i < batch->count && !writer->failed; i++) {
        put_record(writer, batch, &batch->record[i]);
    }
}

static void put_parameter(struct jsonl_writer *writer, const struct trace_parameter *parameter)
{
    put_name(writer, parameter->name);
    put(writer, ":", 1);
    switch (parameter->form) {
    case PARAMETER_NULL:
        put_text(writer, "null");
        break;
    case PARAMETER_INTEGER:
        put_signed(writer, parameter->number);
        break;
    case PARAMETER_BOOLEAN:
        put_text(writer, parameter->number != 0 ? "true" : "false");
        break;
    case PARAMETER_STRING:
        put_name(writer, parameter->text);
        break;
    }
}

static void put_name_or_null(struct jsonl_writer *writer, const char *name)
{
    if (name == NULL) {
        put_text(writer, "null");
    } else {
        put_name(writer, name);
    }
}

void jsonl_begin(struct jsonl_writer *writer,
                 const struct trace_sink *sink,
                 const struct record_names *names,
                 const struct trace_header *header)
{
    writer->sink = *sink;
    writer->names = *names;
    writer->failed = false;
    writer->length = 0;
    put_text(writer, "{\"trace\":");
    put_number(writer, TRACE_VERSION);
    put_key(writer, "title");
    put_name_or_null(writer, header->title);
    put_key(writer, "seed");
    put_integer(writer, header->seed);
    put_key(writer, "variant");
    put_name_or_null(writer, header->variant);
    put_key(writer, "parameters");
    put(writer, "{", 1);
    for (size_t i = 0; i < header->parameter_count; i++) {
        put(writer, ",", i > 0);
        put_parameter(writer, &header->parameter[i]);
    }
    put(writer, "}}\n", 3);
}

bool jsonl_end(struct jsonl_writer *writer)
{
    flush(writer);
    return !writer->failed;
}
