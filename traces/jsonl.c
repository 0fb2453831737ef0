/* SPDX-License-Identifier: Apache-2.0 */
/* The writer of JSON Lines. Keys stand in one order: identity, place, own fields in the order of
 * record.def, cause, why; what is absent is left out.
 *
 * A line is put together behind a pointer that is kept in a register. Whatever has a fixed bound (keys,
 * words, numbers, names that the writer has kept) is copied without asking for room: there are always
 * RESERVE bytes left where a line or a field begins, and what may be longer asks for its own room first.
 * Words are padded to one size, so that copying one is a few wide moves and no loop. */
#include "traces/jsonl.h"

#include <assert.h>
#include <string.h>

#include "model/verb.h"

/* Room that is there wherever a line or a field begins: more than all that is copied unasked. */
#define RESERVE 2048

/* A constant stretch of a line. */
struct piece {
    char text[55];
    uint8_t length;
};

#define PIECE(literal)                                                                             \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }

static const struct piece kinds[] = {
#define RECORD(id, name, sentence, ...) PIECE(",\"kind\":\"" name "\""),
#include "model/record.def"
#undef RECORD
};

static const struct piece types[] = {
#define THREAD_TYPE(id, name, glyph, colour, text_colour, pattern, what) PIECE(",\"type\":\"" name "\""),
#include "model/thread_type.def"
#undef THREAD_TYPE
};

static const struct piece whys[] = {
#define WHY(id, name, facts, sentence) PIECE(",\"why\":\"" name "\""),
#include "model/why.def"
#undef WHY
};

static const struct piece keys[] = {
    [FIELD_NONE] = PIECE(""),
#define FIELD(id, name, member, format) [FIELD_##id] = PIECE(",\"" name "\":"),
#include "model/field.def"
#undef FIELD
};

static const struct piece errors[] = {
#define WIN32_ERROR(name, number, severity) PIECE("\"" #name "\""),
#include "model/win32_error.def"
#undef WIN32_ERROR
};

static const struct piece verbs[] = {
#define VERB(name, ...) PIECE("\"" #name "\""),
#include "model/verb.def"
#undef VERB
};

/* The tables of names, as a kept name's number says in its upper half. */
enum name_table {
    NAME_OF_REFERENCE = 1,
    NAME_OF_PROCEDURE,
    NAME_OF_STEP,
};

static void write_out(struct jsonl_writer *writer, const char *bytes, size_t length)
{
    if (length > 0 && !writer->failed) {
        writer->failed = !writer->sink.write(writer->sink.context, bytes, length);
    }
}

/* Where `wanted` bytes can be written, at most the buffer's size: at `at`, or, after handing on what
 * lies before it, at the beginning. */
static char *ensure(struct jsonl_writer *writer, char *at, size_t wanted)
{
    if ((size_t)(writer->buffer + sizeof writer->buffer - at) >= wanted) {
        return at;
    }
    write_out(writer, writer->buffer, (size_t)(at - writer->buffer));
    return writer->buffer;
}

static inline char *put_piece(char *at, const struct piece *piece)
{
    memcpy(at, piece->text, sizeof piece->text);
    return at + piece->length;
}

#define PUT(at, literal) (memcpy(at, literal, sizeof(literal) - 1), (at) + sizeof(literal) - 1)

/* A short text without anything to escape. */
static char *put_word(char *at, const char *word)
{
    size_t length = strlen(word);

    *at++ = '"';
    memcpy(at, word, length);
    at[length] = '"';
    return at + length + 1;
}

/* How many digits a number has. */
static inline uint32_t count_digits(uint64_t number)
{
    static const uint64_t least[] = {
        0,        10,        100,        1000,        10000,        100000,        1000000,
        10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
        UINT64_C(100000000000000),     UINT64_C(1000000000000000),     UINT64_C(10000000000000000),
        UINT64_C(100000000000000000),  UINT64_C(1000000000000000000),  UINT64_C(10000000000000000000)};
    uint32_t bits = 64 - (uint32_t)__builtin_clzll(number | 1);
    uint32_t guessed = bits * 1233 >> 12; /* bits * log10(2), rounded down: right, or one too few */

    return guessed + (number >= least[guessed]);
}

static inline char *put_number(char *at, uint64_t number)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    char *end = at + count_digits(number);
    char *place = end;

    /* From the last digits to the first, each where it stays: digits that are copied, wide, right after they were
     * written one by one, make the processor wait. */
    while (number >= 100) {
        place -= 2;
        memcpy(place, pairs + number % 100 * 2, 2);
        number /= 100;
    }
    if (number >= 10) {
        memcpy(at, pairs + number * 2, 2);
    } else {
        *at = (char)('0' + number);
    }
    return end;
}

/* A number, as a string when it is too large for a reader that has only doubles. */
static inline char *put_integer(char *at, uint64_t number)
{
    if (number <= TRACE_EXACT_MAX) {
        return put_number(at, number);
    }
    *at++ = '"';
    at = put_number(at, number);
    *at++ = '"';
    return at;
}

/* A number that is rarely far above the last at its place: then only its last digit is changed. */
static inline char *put_counted(char *at, struct jsonl_number *last, uint64_t number)
{
    uint64_t more = number - last->number;

    if (number > TRACE_EXACT_MAX) {
        return put_integer(at, number);
    }
    if (more > 9 || last->length == 0 || last->text[last->length - 1] + (int)more > '9') {
        last->length = (uint32_t)(put_number(last->text, number) - last->text);
    } else if (more > 0) {
        last->text[last->length - 1] = (char)(last->text[last->length - 1] + (int)more);
    }
    last->number = number;
    memcpy(at, last->text, sizeof last->text);
    return at + last->length;
}

static char *put_signed(char *at, int64_t number)
{
    uint64_t size = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    if (size > TRACE_EXACT_MAX) {
        *at++ = '"';
    }
    if (number < 0) {
        *at++ = '-';
    }
    at = put_number(at, size);
    if (size > TRACE_EXACT_MAX) {
        *at++ = '"';
    }
    return at;
}

static char *put_boolean(char *at, bool truth)
{
    return truth ? PUT(at, "true") : PUT(at, "false");
}

/* Writes a byte as it may stand in a string: at most six bytes. */
static char *put_byte(char *at, unsigned char byte)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorts[] = "\"\\\b\f\n\r\t";
    static const char letters[] = "\"\\bfnrt";
    const char *found = byte == 0 ? NULL : strchr(shorts, byte);

    if (found != NULL) {
        *at++ = '\\';
        *at++ = letters[found - shorts];
    } else if (byte < 0x20) {
        at = PUT(at, "\\u00");
        *at++ = hex[byte >> 4];
        *at++ = hex[byte & 15];
    } else {
        *at++ = (char)byte;
    }
    return at;
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte != '"' && byte != '\\';
}

/* A string of any length; RESERVE bytes are left behind it. */
static char *put_string(struct jsonl_writer *writer, char *at, const char *bytes, size_t length)
{
    at = ensure(writer, at, RESERVE);
    *at++ = '"';
    while (length > 0) {
        size_t part = length < RESERVE ? length : RESERVE;
        at = ensure(writer, at, (size_t)RESERVE * 7);
        for (size_t i = 0; i < part; i++) {
            if (is_plain((unsigned char)bytes[i])) {
                *at++ = bytes[i];
            } else {
                at = put_byte(at, (unsigned char)bytes[i]);
            }
        }
        bytes += part;
        length -= part;
    }
    at = ensure(writer, at, RESERVE);
    *at++ = '"';
    return at;
}

static struct jsonl_name *name_place(struct jsonl_writer *writer, uint64_t key)
{
    return &writer->name[(key * UINT64_C(0x9e3779b97f4a7c15)) >> 52];
}

static_assert(JSONL_NAMES == 1 << (64 - 52), "a name's place is the upper bits of its hash");

/* Keeps a name as it stands in the trace, when it is short and has nothing to escape. */
static void keep_name(struct jsonl_writer *writer, uint64_t key, const char *name, size_t length)
{
    struct jsonl_name *kept = name_place(writer, key);

    if (length > JSONL_NAME_BYTES - 2) {
        return;
    }
    for (size_t i = 0; i < length; i++) {
        if (!is_plain((unsigned char)name[i])) {
            return;
        }
    }
    kept->number = key;
    kept->length = (uint32_t)length + 2;
    kept->text[0] = '"';
    memcpy(kept->text + 1, name, length);
    kept->text[length + 1] = '"';
}

/* Asks for a name that is not kept. */
static char *put_new_name(struct jsonl_writer *writer, char *at, enum name_table table, uint32_t number)
{
    const struct record_names *names = &writer->names;
    char name[TRACE_NAME_MAX];
    size_t length = 0;

    switch (table) {
    case NAME_OF_REFERENCE:
        length = names->of_reference(names->context, number, name, TRACE_NAME_MAX);
        break;
    case NAME_OF_PROCEDURE:
        length = names->of_procedure(names->context, number, name, TRACE_NAME_MAX);
        break;
    case NAME_OF_STEP:
        length = names->of_step(names->context, number, name, TRACE_NAME_MAX);
        break;
    }
    if (length > TRACE_NAME_MAX) {
        writer->failed = true;
        return at;
    }
    keep_name(writer, (uint64_t)table << 32 | number, name, length);
    return put_string(writer, at, name, length);
}

static inline char *put_name(struct jsonl_writer *writer, char *at, enum name_table table, uint32_t number)
{
    uint64_t key = (uint64_t)table << 32 | number;
    const struct jsonl_name *kept = name_place(writer, key);

    if (kept->number == key) {
        memcpy(at, kept->text, sizeof kept->text);
        return at + kept->length;
    }
    return put_new_name(writer, at, table, number);
}

static char *put_reference(struct jsonl_writer *writer, char *at, reference object)
{
    return put_name(writer, at, NAME_OF_REFERENCE, object);
}

/* Who and where: thread, type, cpu, frame, object, op, procedure, step, item. */
static char *put_place(struct jsonl_writer *writer, char *at, const struct record *record)
{
    if (record->thread != REFERENCE_NONE) {
        at = PUT(at, ",\"thread\":");
        at = put_reference(writer, at, record->thread);
        at = put_piece(at, &types[record->type]);
    }
    if (record->cpu != 0) {
        at = PUT(at, ",\"cpu\":");
        at = put_number(at, record->cpu - 1u);
    }
    if (record->frame != 0) {
        at = PUT(at, ",\"frame\":");
        at = put_integer(at, record->frame);
    }
    if (record->object != REFERENCE_NONE) {
        at = PUT(at, ",\"object\":");
        at = put_reference(writer, at, record->object);
    }
    if (record->op != 0) {
        at = PUT(at, ",\"op\":");
        at = put_counted(at, &writer->op, record->op);
    }
    if (record->procedure != NAME_NONE) {
        at = PUT(at, ",\"procedure\":");
        at = put_name(writer, at, NAME_OF_PROCEDURE, record->procedure);
    }
    if (record->step != NAME_NONE) {
        at = PUT(at, ",\"step\":");
        at = put_name(writer, at, NAME_OF_STEP, record->step);
    }
    if (record->item != 0) {
        at = PUT(at, ",\"item\":");
        at = put_integer(at, record->item);
    }
    return at;
}

/* A line on its way: a record, and the batch that its spans point into. */
struct line {
    struct jsonl_writer *writer;
    const struct record *record;
    const struct record_batch *batch;
};

static char *put_text(const struct line *line, char *at)
{
    struct record_span span = line->record->span;

    return put_string(line->writer, at, line->batch->bytes + span.first, span.length);
}

static char *put_references(const struct line *line, char *at)
{
    struct record_span span = line->record->span;

    for (uint32_t i = 0; i < span.length; i++) {
        at = ensure(line->writer, at, RESERVE);
        *at++ = i == 0 ? '[' : ',';
        at = put_reference(line->writer, at, line->batch->list[span.first + i]);
    }
    *at++ = ']';
    return at;
}

/* A value of the language. An operation has its number in the upper half: the object may be gone. */
static char *put_value(const struct line *line, char *at)
{
    const struct record *record = line->record;

    switch ((enum value_type)record->which) {
    case VALUE_TEXT:
        return put_text(line, at);
    case VALUE_BOOLEAN:
        return put_boolean(at, record->amount != 0);
    case VALUE_ERROR:
        return put_piece(at, &errors[record->amount]);
    case VALUE_REFERENCE:
        if (reference_kind((reference)record->amount) != OBJECT_OPERATION) {
            return put_reference(line->writer, at, (reference)record->amount);
        }
        at = PUT(at, "\"#");
        at = put_number(at, record->amount >> 32);
        *at++ = '"';
        return at;
    case VALUE_NUMBER:
    case VALUE_DURATION:
    case VALUE_SIZE:
    case VALUE_SHARE:
        return put_signed(at, (int64_t)record->amount);
    case VALUE_NULL:
    case VALUE_ANY:
        break;
    }
    return at;
}

/* One own field that is there. */
static char *put_field(const struct line *line, char *at, enum record_field field)
{
    uint64_t value = record_field_value(line->record, field);

    at = put_piece(at, &keys[field]);
    switch (record_field_format(field)) {
    case FORMAT_INTEGER:
    case FORMAT_COUNT:
        return put_integer(at, value);
    case FORMAT_BOOLEAN:
        return put_boolean(at, value != 0);
    case FORMAT_ERROR:
        return put_piece(at, &errors[value]);
    case FORMAT_TEXT:
        return put_text(line, at);
    case FORMAT_REFERENCES:
        return put_references(line, at);
    case FORMAT_REFERENCE:
        return put_reference(line->writer, at, (reference)value);
    case FORMAT_VERB:
        return put_piece(at, &verbs[value]);
    case FORMAT_KIND:
        return put_word(at, object_kind_of((enum object_kind)value));
    case FORMAT_END:
        return put_word(at, run_end_name((enum run_end)value));
    case FORMAT_WHAT:
        return put_word(at, choice_name((uint32_t)value));
    case FORMAT_QUEUE:
        return put_word(at, work_queue_name((uint32_t)value));
    case FORMAT_TRANSITION:
        return put_word(at, transition_name((uint32_t)value));
    case FORMAT_VALUE:
        return put_value(line, at);
    }
    return at;
}

static char *put_own(const struct line *line, char *at)
{
    const struct record *record = line->record;
    const uint8_t *own = record_own_fields((enum record_kind)record->kind);

    if (record_shows_port(record)) {
        at = PUT(at, ",\"active\":");
        at = put_number(at, record->active);
        at = PUT(at, ",\"depth\":");
        at = put_number(at, record->depth);
    }
    for (uint32_t i = 0; own[i] != FIELD_NONE; i++) {
        if (trace_has_own(record, i)) {
            at = put_field(line, at, (enum record_field)own[i]);
        }
    }
    return at;
}

static char *put_record(const struct line *line, char *at)
{
    const struct record *record = line->record;

    at = ensure(line->writer, at, RESERVE);
    at = PUT(at, "{\"n\":");
    at = put_counted(at, &line->writer->n, record->n);
    at = PUT(at, ",\"t\":");
    at = put_counted(at, &line->writer->t, record->t);
    at = PUT(at, ",\"step_n\":");
    at = put_counted(at, &line->writer->step_n, record->step_n);
    at = put_piece(at, &kinds[record->kind]);
    at = put_place(line->writer, at, record);
    at = put_own(line, at);
    if (record->cause != 0) {
        at = PUT(at, ",\"cause\":");
        at = put_counted(at, &line->writer->cause, record->cause);
    }
    if (record->why != WHY_NONE) {
        at = put_piece(at, &whys[record->why]);
    }
    return PUT(at, "}\n");
}

void jsonl_see(void *context, const struct record_batch *batch)
{
    struct jsonl_writer *writer = context;
    char *at = writer->buffer + writer->length;

    for (uint32_t i = 0; i < batch->count && !writer->failed; i++) {
        const struct line line = {writer, &batch->record[i], batch};
        at = put_record(&line, at);
    }
    writer->length = (size_t)(at - writer->buffer);
}

static char *put_string_or_null(struct jsonl_writer *writer, char *at, const char *text)
{
    return text == NULL ? PUT(at, "null") : put_string(writer, at, text, strlen(text));
}

static char *put_parameter(struct jsonl_writer *writer, char *at, const struct trace_parameter *parameter)
{
    at = put_string(writer, at, parameter->name, strlen(parameter->name));
    *at++ = ':';
    switch (parameter->form) {
    case PARAMETER_NULL:
        return PUT(at, "null");
    case PARAMETER_INTEGER:
        return put_signed(at, parameter->number);
    case PARAMETER_BOOLEAN:
        return put_boolean(at, parameter->number != 0);
    case PARAMETER_STRING:
        return put_string(writer, at, parameter->text, strlen(parameter->text));
    }
    return at;
}

void jsonl_begin(struct jsonl_writer *writer,
                 const struct trace_sink *sink,
                 const struct record_names *names,
                 const struct trace_header *header)
{
    char *at = writer->buffer;

    writer->sink = *sink;
    writer->names = *names;
    writer->failed = false;
    memset(writer->name, 0, sizeof writer->name);
    writer->n = (struct jsonl_number){0, 0, ""};
    writer->t = writer->n;
    writer->step_n = writer->n;
    writer->op = writer->n;
    writer->cause = writer->n;
    at = PUT(at, "{\"trace\":");
    at = put_number(at, TRACE_VERSION);
    at = PUT(at, ",\"title\":");
    at = put_string_or_null(writer, at, header->title);
    at = PUT(at, ",\"seed\":");
    at = put_integer(at, header->seed);
    at = PUT(at, ",\"variant\":");
    at = put_string_or_null(writer, at, header->variant);
    at = PUT(at, ",\"parameters\":{");
    for (size_t i = 0; i < header->parameter_count; i++) {
        at = ensure(writer, at, RESERVE);
        if (i > 0) {
            *at++ = ',';
        }
        at = put_parameter(writer, at, &header->parameter[i]);
    }
    at = PUT(at, "}}\n");
    writer->length = (size_t)(at - writer->buffer);
}

bool jsonl_end(struct jsonl_writer *writer)
{
    write_out(writer, writer->buffer, writer->length);
    writer->length = 0;
    return !writer->failed;
}
