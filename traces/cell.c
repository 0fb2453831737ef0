/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of records: common fields, own fields, and those that a reader derives (waiters, limit, owner,
 * age), each turned into text or a number and compared. */
#include "traces/cell.h"

#include <stdio.h>
#include <string.h>

#include "model/verb.h"
#include "sim/literal.h"

/* An actual value: a number, or text. */
struct actual {
    enum cell_form form; /* NULL, INTEGER, BOOLEAN, STRING; LIST: text holds names, each ended by a NUL */
    uint64_t number;
    char text[4096];
    size_t length;
    uint32_t items;
};

static const char *const common[] = {"n", "t", "step_n", "kind", "thread", "type", "cpu", "frame", "object",
                                     "op", "procedure", "step", "item", "cause", "why", "active", "depth",
                                     "waiters", "limit", "owner", "age"};

static void say_number(struct actual *actual, uint64_t number)
{
    actual->form = CELL_INTEGER;
    actual->number = number;
}

static void say_text(struct actual *actual, const char *text, size_t length)
{
    actual->form = CELL_STRING;
    actual->length = length < sizeof actual->text ? length : sizeof actual->text - 1;
    memcpy(actual->text, text, actual->length);
    actual->text[actual->length] = '\0';
}

static void say_reference(const struct cell_reader *reader, struct actual *actual, reference object)
{
    char name[512];
    size_t length;

    if (object != REFERENCE_NONE) {
        length = reader->names->of_reference(reader->names->context, object, name, sizeof name);
        say_text(actual, name, length < sizeof name ? length : sizeof name);
    }
}

/* Appends one name to a list. */
static void list_reference(const struct cell_reader *reader, struct actual *actual, reference object)
{
    char name[512];
    size_t length = reader->names->of_reference(reader->names->context, object, name, sizeof name);

    actual->form = CELL_LIST;
    length = length < sizeof name ? length : sizeof name;
    if (actual->length + length + 1 < sizeof actual->text) {
        memcpy(actual->text + actual->length, name, length);
        actual->text[actual->length + length] = '\0';
        actual->length += length + 1;
    }
    actual->items++;
}

static void say_named(const struct cell_reader *reader,
                      struct actual *actual,
                      size_t (*name_of)(const void *context, uint32_t number, char *buffer, size_t room),
                      uint32_t number)
{
    char name[4096];
    size_t length;

    if (number != NAME_NONE) {
        length = name_of(reader->names->context, number, name, sizeof name);
        say_text(actual, name, length < sizeof name ? length : sizeof name);
    }
}

/* The columns that every record may have; false when `column` is none of them. */
static bool say_common(const struct cell_reader *reader, const struct record *record, const char *column, struct actual *actual)
{
    const char *name;

    if (strcmp(column, "n") == 0) {
        say_number(actual, record->n);
    } else if (strcmp(column, "t") == 0) {
        say_number(actual, record->t);
    } else if (strcmp(column, "step_n") == 0) {
        say_number(actual, record->step_n);
    } else if (strcmp(column, "kind") == 0) {
        name = record_kind_name((enum record_kind)record->kind);
        say_text(actual, name, strlen(name));
    } else if (strcmp(column, "thread") == 0) {
        say_reference(reader, actual, record->thread);
    } else if (strcmp(column, "type") == 0) {
        name = thread_type_name((enum thread_type)record->type);
        if (record->thread != REFERENCE_NONE) {
            say_text(actual, name, strlen(name));
        }
    } else if (strcmp(column, "cpu") == 0) {
        if (record->cpu != 0) {
            say_number(actual, record->cpu - 1u);
        }
    } else if (strcmp(column, "frame") == 0) {
        if (record->frame != 0) {
            say_number(actual, record->frame);
        }
    } else if (strcmp(column, "object") == 0) {
        say_reference(reader, actual, record->object);
    } else if (strcmp(column, "op") == 0) {
        if (record->op != 0) {
            say_number(actual, record->op);
        }
    } else if (strcmp(column, "procedure") == 0) {
        say_named(reader, actual, reader->names->of_procedure, record->procedure);
    } else if (strcmp(column, "step") == 0) {
        say_named(reader, actual, reader->names->of_step, record->step);
    } else if (strcmp(column, "cause") == 0) {
        if (record->cause != 0) {
            say_number(actual, record->cause);
        }
    } else if (strcmp(column, "why") == 0) {
        name = record_why_name((enum record_why)record->why);
        if (record->why != WHY_NONE) {
            say_text(actual, name, strlen(name));
        }
    } else if (strcmp(column, "item") == 0) {
        if (record->item != 0) {
            say_number(actual, record->item);
        }
    } else {
        return false;
    }
    return true;
}

/* Whether the record's own fields tell how many items are queued. */
static bool has_own_depth(const struct record *record)
{
    return record->kind == RECORD_WORK_QUEUE || record->kind == RECORD_WORK_TAKE || record->kind == RECORD_WORK_END;
}

/* The columns that a port's record shows, and those that the reader derives; false when it is none. */
static bool say_derived(const struct cell_reader *reader, const struct record *record, const char *column, struct actual *actual)
{
    bool at_port = record->object != REFERENCE_NONE && reference_kind(record->object) == OBJECT_PORT;
    const struct replay_port *port =
        at_port && reader->replay != NULL ? replay_port(reader->replay, record->object) : NULL;

    if (strcmp(column, "active") == 0 || (strcmp(column, "depth") == 0 && !has_own_depth(record))) {
        if (record_shows_port(record)) {
            say_number(actual, column[0] == 'a' ? record->active : record->depth);
        }
    } else if (strcmp(column, "waiters") == 0) {
        reference at = port == NULL ? REFERENCE_NONE : port->oldest;
        actual->form = port == NULL ? CELL_NULL : CELL_LIST;
        for (; at != REFERENCE_NONE; at = replay_thread(reader->replay, at)->parked_next) {
            list_reference(reader, actual, at);
        }
    } else if (strcmp(column, "limit") == 0) {
        if (port != NULL && port->limit != 0) {
            say_number(actual, port->limit);
        }
    } else if (strcmp(column, "owner") == 0) {
        if (reader->replay != NULL && record->object != REFERENCE_NONE &&
            reference_kind(record->object) == OBJECT_MUTEX) {
            say_reference(reader, actual, replay_object(reader->replay, record->object)->owner);
        }
    } else if (strcmp(column, "age") == 0) {
        if (reader->replay != NULL && record->thread != REFERENCE_NONE) {
            say_number(actual, record->t - replay_thread(reader->replay, record->thread)->born);
        }
    } else {
        return false;
    }
    return true;
}

/* A value of the language, by its type. */
static void say_value(const struct cell_reader *reader, const struct record *record, const char *bytes, struct actual *actual)
{
    const char *name;

    switch ((enum value_type)record->which) {
    case VALUE_TEXT:
        say_text(actual, bytes + record->span.first, record->span.length);
        break;
    case VALUE_BOOLEAN:
        actual->form = CELL_BOOLEAN;
        actual->number = record->amount;
        break;
    case VALUE_ERROR:
        name = win32_error_name((uint16_t)record->amount);
        say_text(actual, name, strlen(name));
        break;
    case VALUE_REFERENCE:
        say_reference(reader, actual, (reference)record->amount);
        break;
    case VALUE_NULL:
    case VALUE_ANY:
        break;
    case VALUE_NUMBER:
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_SHARE:
        say_number(actual, record->amount);
        break;
    }
}

static void say_own(const struct cell_reader *reader,
                    const struct record *record,
                    const struct record_batch *batch,
                    enum record_field field,
                    struct actual *actual)
{
    uint64_t value = record_field_value(record, field);
    const char *name = NULL;

    switch (record_field_format(field)) {
    case FORMAT_INTEGER:
    case FORMAT_COUNT:
    case FORMAT_WHAT:
        say_number(actual, value);
        break;
    case FORMAT_BOOLEAN:
        actual->form = CELL_BOOLEAN;
        actual->number = value;
        break;
    case FORMAT_ERROR:
        name = win32_error_name((uint16_t)value);
        break;
    case FORMAT_TEXT:
        say_text(actual, batch->bytes + record->span.first, record->span.length);
        break;
    case FORMAT_REFERENCES:
        actual->form = CELL_LIST;
        for (uint32_t i = 0; i < record->span.length; i++) {
            list_reference(reader, actual, batch->list[record->span.first + i]);
        }
        break;
    case FORMAT_REFERENCE:
        say_reference(reader, actual, (reference)value);
        break;
    case FORMAT_VERB:
        name = verb_name((enum verb)value);
        break;
    case FORMAT_KIND:
        name = object_kind_of((enum object_kind)value);
        break;
    case FORMAT_END:
        name = run_end_name((enum run_end)value);
        break;
    case FORMAT_QUEUE:
        name = work_queue_name((uint32_t)value);
        break;
    case FORMAT_TRANSITION:
        name = transition_name((uint32_t)value);
        break;
    case FORMAT_VALUE:
        say_value(reader, record, batch->bytes, actual);
        break;
    }
    if (name != NULL) {
        say_text(actual, name, strlen(name));
    }
}

static void say(const struct cell_reader *reader,
                const struct record *record,
                const struct record_batch *batch,
                const char *column,
                struct actual *actual)
{
    const uint8_t *own = record_own_fields((enum record_kind)record->kind);

    actual->form = CELL_NULL;
    actual->length = 0;
    actual->items = 0;
    if (say_common(reader, record, column, actual) || say_derived(reader, record, column, actual)) {
        return;
    }
    for (uint32_t i = 0; own[i] != FIELD_NONE; i++) {
        if (strcmp(record_field_name((enum record_field)own[i]), column) == 0 &&
            (record->absent >> i & 1) == 0) {
            say_own(reader, record, batch, (enum record_field)own[i], actual);
        }
    }
}

/* Whether a list of names is the expected list. */
static bool list_is(const struct actual *actual, const struct cell *expected)
{
    const char *at = actual->text;

    if (expected->form != CELL_LIST || expected->count != actual->items) {
        return expected->form == CELL_NULL && actual->items == 0;
    }
    for (size_t i = 0; i < expected->count; i++) {
        if (expected->item[i].form != CELL_STRING || strcmp(expected->item[i].text, at) != 0) {
            return false;
        }
        at += strlen(at) + 1;
    }
    return true;
}

/* Whether a number is what a string such as "8ms" or "0x10" reads as. */
static bool number_is(uint64_t number, const struct cell *expected)
{
    struct literal_mistake mistake;
    struct value value;
    size_t length;

    if (expected->form == CELL_INTEGER) {
        return (uint64_t)expected->number == number;
    }
    if (expected->form != CELL_STRING || expected->text[0] < '0' || expected->text[0] > '9') {
        return false;
    }
    length = literal_read(expected->text, &value, &mistake);
    return length > 0 && expected->text[length] == '\0' && value.bits == number;
}

static bool is(const struct actual *actual, const struct cell *expected)
{
    switch (actual->form) {
    case CELL_NULL:
        return expected->form == CELL_NULL || (expected->form == CELL_LIST && expected->count == 0);
    case CELL_INTEGER:
        return number_is(actual->number, expected);
    case CELL_BOOLEAN:
        return expected->form == CELL_BOOLEAN && (uint64_t)expected->number == actual->number;
    case CELL_STRING:
        return expected->form == CELL_STRING && strcmp(expected->text, actual->text) == 0;
    case CELL_LIST:
        return list_is(actual, expected);
    case CELL_ANY:
        break;
    }
    return false;
}

bool cell_matches(const struct cell_reader *reader,
                  const struct record *record,
                  const struct record_batch *batch,
                  const char *column,
                  const struct cell *expected)
{
    struct actual actual;
    const char *label;

    if (expected->form == CELL_ANY) {
        return true;
    }
    say(reader, record, batch, column, &actual);
    if (expected->form == CELL_LIST && actual.form != CELL_LIST) {
        for (size_t i = 0; i < expected->count; i++) {
            if (cell_matches(reader, record, batch, column, &expected->item[i])) {
                return true;
            }
        }
        return expected->count == 0 && actual.form == CELL_NULL;
    }
    if (strcmp(column, "op") == 0 && expected->form == CELL_STRING && record->op != 0) {
        label = reader->label == NULL ? NULL : reader->label(reader->context, record->op);
        if (label != NULL && strcmp(label, expected->text) == 0) {
            return true;
        }
    }
    return is(&actual, expected);
}

void cell_write(const struct cell_reader *reader,
                const struct record *record,
                const struct record_batch *batch,
                const char *column,
                char *buffer,
                size_t room)
{
    struct actual actual;
    const char *label = NULL;
    const char *at = actual.text;
    size_t length = 0;

    say(reader, record, batch, column, &actual);
    if (strcmp(column, "op") == 0 && record->op != 0 && reader->label != NULL) {
        label = reader->label(reader->context, record->op);
    }
    switch (actual.form) {
    case CELL_NULL:
    case CELL_ANY:
        snprintf(buffer, room, "null");
        break;
    case CELL_INTEGER:
        if (strcmp(column, "t") == 0) {
            char span[32];
            size_t size = sim_span_write(actual.number, span, sizeof span);
            snprintf(buffer, room, "%.*s", (int)size, span);
        } else if (label != NULL) {
            snprintf(buffer, room, "%s", label);
        } else {
            snprintf(buffer, room, "%llu", (unsigned long long)actual.number);
        }
        break;
    case CELL_BOOLEAN:
        snprintf(buffer, room, "%s", actual.number != 0 ? "true" : "false");
        break;
    case CELL_STRING:
        snprintf(buffer, room, "%s", actual.text);
        break;
    case CELL_LIST:
        length = (size_t)snprintf(buffer, room, "[");
        for (uint32_t i = 0; i < actual.items && length < room; i++) {
            length += (size_t)snprintf(buffer + length, room - length, i == 0 ? "%s" : " %s", at);
            at += strlen(at) + 1;
        }
        if (length < room) {
            snprintf(buffer + length, room - length, "]");
        }
        break;
    }
}

void cell_expected_write(const struct cell *expected, char *buffer, size_t room)
{
    size_t length = 0;
    char item[256];

    switch (expected->form) {
    case CELL_NULL:
        snprintf(buffer, room, "null");
        break;
    case CELL_ANY:
        snprintf(buffer, room, "*");
        break;
    case CELL_INTEGER:
        snprintf(buffer, room, "%lld", (long long)expected->number);
        break;
    case CELL_BOOLEAN:
        snprintf(buffer, room, "%s", expected->number != 0 ? "true" : "false");
        break;
    case CELL_STRING:
        snprintf(buffer, room, "%s", expected->text);
        break;
    case CELL_LIST:
        length = (size_t)snprintf(buffer, room, "[");
        for (size_t i = 0; i < expected->count && length < room; i++) {
            cell_expected_write(&expected->item[i], item, sizeof item);
            length += (size_t)snprintf(buffer + length, room - length, i == 0 ? "%s" : " %s", item);
        }
        if (length < room) {
            snprintf(buffer + length, room - length, "]");
        }
        break;
    }
}

const char *cell_column(size_t index)
{
    size_t commons = sizeof common / sizeof common[0];

    if (index < commons) {
        return common[index];
    }
    index = index - commons + 1;
    return index < FIELD_ID_COUNT ? record_field_name((enum record_field)index) : NULL;
}

bool cell_is_column(const char *column)
{
    const char *name;

    for (size_t i = 0; (name = cell_column(i)) != NULL; i++) {
        if (strcmp(name, column) == 0) {
            return true;
        }
    }
    return false;
}
