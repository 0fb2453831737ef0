/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of traces as JSON Lines. It takes what the writer writes, byte for byte, and nothing
 * else: keys in their order, no spaces, what is absent left out, one way to write a number or a
 * string. So a trace that is read and written again is the same file, and a line that was cut or
 * edited is found at its byte.
 *
 * A line is taken as a whole; `at` is where reading stands in it. */
#include <stdlib.h>
#include <string.h>

#include "traces/reading.h"

/* The line that is read, without its newline. */
struct line {
    struct trace_reader *reader;
    const char *begin, *end;
    char *at;
};

static bool fail_at(const struct line *line, const char *at, const char *message)
{
    line->reader->column = (uint64_t)(at - line->begin) + 1;
    return reading_fail(line->reader, "%s", message);
}

/* Finds the next line. False, and nothing said, at the end of the file. */
static bool next_line(struct trace_reader *reader, struct line *line)
{
    size_t seen = 0;
    const char *newline = NULL;

    reader->line++;
    reader->column = 1;
    while (newline == NULL) {
        size_t available = reading_available(reader);
        newline = available == seen
                      ? NULL
                      : memchr(reader->buffer + reader->begin + seen, '\n', available - seen);
        seen = available;
        if (newline == NULL && seen > READING_LONGEST) {
            return reading_fail(reader, "a line is longer than %zu bytes", READING_LONGEST);
        }
        if (newline == NULL && !reading_fill(reader, seen + 1)) {
            reader->column = seen + 1;
            return seen > 0 && reading_fail(reader, "the trace ends in the middle of a line");
        }
    }
    line->reader = reader;
    line->at = reader->buffer + reader->begin;
    line->begin = line->at;
    line->end = newline;
    reading_take(reader, (size_t)(newline - line->begin) + 1);
    return reading_is_text(line->begin, (size_t)(line->end - line->begin)) ||
           reading_fail(reader, "a line is not UTF-8");
}

/* Whether the line goes on like this, which is then passed. */
static bool passes(struct line *line, const char *literal)
{
    size_t length = strlen(literal);

    if ((size_t)(line->end - line->at) < length || memcmp(line->at, literal, length) != 0) {
        return false;
    }
    line->at += length;
    return true;
}

static bool expect(struct line *line, const char *literal)
{
    if (passes(line, literal)) {
        return true;
    }
    line->reader->column = (uint64_t)(line->at - line->begin) + 1;
    return reading_fail(line->reader, "expected %s", literal);
}

/* Digits as they are written: no sign, no 0 before others. */
static bool read_digits(struct line *line, uint64_t *number)
{
    const char *first = line->at;

    *number = 0;
    while (line->at < line->end && *line->at >= '0' && *line->at <= '9') {
        uint64_t digit = (uint64_t)(*line->at - '0');
        if (*number > (UINT64_MAX - digit) / 10) {
            return fail_at(line, first, "a number needs more than 64 bits");
        }
        *number = *number * 10 + digit;
        line->at++;
    }
    if (line->at == first) {
        return fail_at(line, first, "expected a whole number");
    }
    return line->at - first == 1 || *first != '0' ||
           fail_at(line, first, "a number does not begin with 0");
}

/* An integer: in quotes when it is above 2^53, as the writer has it. */
static bool read_integer(struct line *line, uint64_t *number)
{
    const char *first = line->at;
    bool quoted = passes(line, "\"");

    if (!read_digits(line, number) || (quoted && !expect(line, "\""))) {
        return false;
    }
    return quoted == (*number > TRACE_EXACT_MAX) ||
           fail_at(line, first,
                   quoted ? "only a number above 2^53 stands in quotes"
                          : "a number above 2^53 stands in quotes");
}

/* What the two characters of a short escape mean; 0: there is none such. */
static char short_escape(char letter)
{
    static const char letters[] = "\"\\bfnrt";
    static const char bytes[] = "\"\\\b\f\n\r\t";
    const char *found = letter == '\0' ? NULL : strchr(letters, letter);

    return found == NULL ? '\0' : bytes[found - letters];
}

/* \u00xx, of a control character that has no short form; -1: it is not. */
static int long_escape(const struct line *line)
{
    static const char digits[] = "0123456789abcdef";
    const char *low;

    if (line->end - line->at < 6 || memcmp(line->at, "\\u00", 4) != 0 ||
        (line->at[4] != '0' && line->at[4] != '1')) {
        return -1;
    }
    low = memchr(digits, line->at[5], 16);
    if (low == NULL) {
        return -1;
    }
    return (line->at[4] - '0') * 16 + (int)(low - digits);
}

static bool has_short_escape(int byte)
{
    return byte == '\b' || byte == '\f' || byte == '\n' || byte == '\r' || byte == '\t';
}

/* One escape, which becomes the byte it means. */
static bool read_escape(struct line *line, char *byte)
{
    int control = long_escape(line);

    *byte = line->end - line->at < 2 ? '\0' : short_escape(line->at[1]);
    if (*byte != '\0') {
        line->at += 2;
        return true;
    }
    if (control < 0 || has_short_escape(control)) {
        return fail_at(line, line->at, "this is not how a trace escapes a character");
    }
    *byte = (char)control;
    line->at += 6;
    return true;
}

/* A string. It is unescaped where it stands: what it means is never longer than how it is written.
 */
static bool read_string(struct line *line, struct stored_value *value)
{
    char *to;

    *value = (struct stored_value){.form = STORED_STRING, .string = STRING_NONE};
    if (!expect(line, "\"")) {
        return false;
    }
    to = line->at;
    value->bytes = to;
    while (line->at < line->end && *line->at != '"') {
        if (*line->at == '\\') {
            char byte;
            if (!read_escape(line, &byte)) {
                return false;
            }
            *to++ = byte;
        } else if ((unsigned char)*line->at < 0x20) {
            return fail_at(line, line->at, "a control character stands in a string");
        } else {
            *to++ = *line->at++;
        }
    }
    value->length = (size_t)(to - value->bytes);
    return passes(line, "\"") || fail_at(line, line->at, "a string does not end");
}

/* The header. */

/* Keeps a text of the header; null is none. */
static bool read_option(struct line *line, size_t *kept)
{
    struct stored_value value;

    *kept = READING_NO_TEXT;
    return passes(line, "null") || (read_string(line, &value) &&
                                    reading_keep(line->reader, value.bytes, value.length, kept));
}

/* A number with a sign, or, in a string, one beyond 2^53 up or down. */
static bool read_signed(struct line *line, struct stored_value *value)
{
    const char *first = line->at;
    uint64_t size;

    value->form = STORED_INTEGER;
    value->negative = passes(line, "-");
    if (!read_digits(line, &size)) {
        return false;
    }
    value->number = value->negative ? 0 - size : size;
    return (size <= TRACE_EXACT_MAX && !(value->negative && size == 0)) ||
           fail_at(line, first,
                   size == 0 ? "0 has no sign" : "a number beyond 2^53 stands in quotes");
}

/* A string, a number or a truth. */
static bool read_scalar(struct line *line, struct stored_value *value)
{
    int64_t number;

    *value = (struct stored_value){.form = STORED_BOOLEAN, .string = STRING_NONE};
    if (passes(line, "true")) {
        value->number = 1;
        return true;
    }
    if (passes(line, "false")) {
        return true;
    }
    if (line->at == line->end || *line->at != '"') {
        return read_signed(line, value);
    }
    if (!read_string(line, value)) {
        return false;
    }
    if (trace_is_big_integer(value->bytes, value->length, &number)) {
        *value = (struct stored_value){
            .form = STORED_INTEGER, .number = (uint64_t)number, .negative = number < 0};
    }
    return true;
}

static bool read_parameter(struct line *line)
{
    struct reading_parameter read = {.text = READING_NO_TEXT};
    struct stored_value name;
    struct stored_value value;

    if (!read_string(line, &name) ||
        !reading_keep(line->reader, name.bytes, name.length, &read.name) || !expect(line, ":")) {
        return false;
    }
    read.parameter.form = PARAMETER_NULL;
    if (passes(line, "null")) {
        return reading_add_parameter(line->reader, &read);
    }
    if (!read_scalar(line, &value)) {
        return false;
    }
    if (value.form == STORED_STRING &&
        !reading_keep(line->reader, value.bytes, value.length, &read.text)) {
        return false;
    }
    read.parameter.form = value.form == STORED_STRING    ? PARAMETER_STRING
                          : value.form == STORED_BOOLEAN ? PARAMETER_BOOLEAN
                                                         : PARAMETER_INTEGER;
    read.parameter.number = (int64_t)value.number;
    return reading_add_parameter(line->reader, &read);
}

bool jsonl_read_header(struct trace_reader *reader, struct trace_header *header)
{
    struct line line;
    uint64_t version;
    size_t title;
    size_t variant;

    if (!next_line(reader, &line)) {
        return false;
    }
    if (!expect(&line, "{\"trace\":") || !read_digits(&line, &version)) {
        return false;
    }
    reader->column = TRACE_HEAD_BYTES + 1;
    if (!reading_is_version(reader, version) || !expect(&line, ",\"title\":") ||
        !read_option(&line, &title) || !expect(&line, ",\"seed\":") ||
        !read_integer(&line, &header->seed) || !expect(&line, ",\"variant\":") ||
        !read_option(&line, &variant) || !expect(&line, ",\"parameters\":{")) {
        return false;
    }
    while (!passes(&line, "}}")) {
        if ((reader->parameter_count > 0 && !expect(&line, ",")) || !read_parameter(&line)) {
            return false;
        }
    }
    if (line.at != line.end) {
        return fail_at(&line, line.at, "the header goes on behind its end");
    }
    return reading_finish_header(reader, header, title, variant);
}

/* Records. */

/* Puts a name into the table of strings. */
static bool add_name(struct line *line, struct stored_value *value)
{
    if (value->length > TRACE_NAME_MAX) {
        return fail_at(line, line->at, "a name is longer than 16384 bytes");
    }
    value->string = strings_add(&line->reader->stored.strings, value->bytes, value->length);
    return value->string != STRING_NONE || reading_no_memory(line->reader);
}

static bool read_list(struct line *line, struct stored_value *value)
{
    *value = (struct stored_value){.form = STORED_LIST};
    if (!expect(line, "[")) {
        return false;
    }
    do {
        struct stored_value name;
        if (!read_string(line, &name) || !add_name(line, &name)) {
            return false;
        }
        if (!stored_add_reference(&line->reader->stored, name.string)) {
            return fail_at(line, line->at, line->reader->stored.problem);
        }
        value->number++;
    } while (passes(line, ","));
    return expect(line, "]");
}

/* What stands behind a key, as its format has it. */
static bool read_value(struct line *line, enum field_format format, struct stored_value *value)
{
    *value = (struct stored_value){.form = STORED_INTEGER, .string = STRING_NONE};
    switch (format) {
    case FORMAT_INTEGER:
    case FORMAT_COUNT:
        return read_integer(line, &value->number);
    case FORMAT_REFERENCES:
        return read_list(line, value);
    case FORMAT_REFERENCE:
        return read_string(line, value) && add_name(line, value);
    case FORMAT_BOOLEAN:
    case FORMAT_VALUE:
        return read_scalar(line, value);
    case FORMAT_ERROR:
    case FORMAT_TEXT:
    case FORMAT_VERB:
    case FORMAT_KIND:
    case FORMAT_END:
    case FORMAT_WHAT:
    case FORMAT_QUEUE:
    case FORMAT_TRANSITION:
        break;
    }
    return read_string(line, value);
}

/* One field behind the kind; `from` is the place behind the last one's. */
static bool read_field(struct line *line, struct record *record, uint32_t *from)
{
    struct stored *stored = &line->reader->stored;
    struct stored_value key;
    struct stored_value value;
    const char *first;
    uint32_t place;

    if (!expect(line, ",")) {
        return false;
    }
    first = line->at;
    if (!read_string(line, &key)) {
        return false;
    }
    place = stored_find(record, *from, key.bytes, key.length);
    if (place == PLACES) {
        line->reader->column = (uint64_t)(first - line->begin) + 1;
        return reading_fail(line->reader, "'%s' has no '%s' here",
                            record_kind_name((enum record_kind)record->kind),
                            reading_quote(key.bytes, key.length).text);
    }
    *from = place + 1;
    if (!expect(line, ":")) {
        return false;
    }
    first = line->at;
    if (!read_value(line, stored_format(record, place), &value)) {
        return false;
    }
    if (!stored_set(stored, record, place, &value)) {
        line->reader->column = (uint64_t)(first - line->begin) + 1;
        return reading_fail(line->reader, "'%s' %s", stored_name(record, place), stored->problem);
    }
    return true;
}

static bool read_record(struct line *line)
{
    struct stored *stored = &line->reader->stored;
    struct stored_value kind;
    struct record *record;
    uint64_t n;
    uint64_t t;
    uint64_t step_n;
    const char *first;
    uint32_t from = 0;

    if (!expect(line, "{\"n\":") || !read_integer(line, &n) || !expect(line, ",\"t\":") ||
        !read_integer(line, &t) || !expect(line, ",\"step_n\":") || !read_integer(line, &step_n) ||
        !expect(line, ",\"kind\":")) {
        return false;
    }
    first = line->at;
    if (!read_string(line, &kind)) {
        return false;
    }
    record = stored_begin(stored, kind.bytes, kind.length);
    if (record == NULL) {
        line->reader->column = (uint64_t)(first - line->begin) + 1;
        return reading_fail(line->reader, "'%s' %s", reading_quote(kind.bytes, kind.length).text,
                            stored->problem);
    }
    record->n = n;
    record->t = t;
    record->step_n = step_n;
    while (!passes(line, "}")) {
        if (!read_field(line, record, &from)) {
            return false;
        }
    }
    if (line->at != line->end) {
        return fail_at(line, line->at, "the record goes on behind its end");
    }
    return stored_finish(stored, record) || fail_at(line, line->begin, stored->problem);
}

/* Whether what comes is the header of another run. */
static bool is_header(struct trace_reader *reader)
{
    return reading_fill(reader, TRACE_HEAD_BYTES) &&
           trace_is(reader->buffer + reader->begin, TRACE_HEAD_BYTES);
}

bool jsonl_read_batch(struct trace_reader *reader)
{
    while (stored_has_room(&reader->stored)) {
        struct line line;
        if (is_header(reader)) {
            reader->is_in_run = false;
            return true;
        }
        if (!next_line(reader, &line)) {
            reader->is_in_run = false;
            return reader->status == TRACE_OK;
        }
        if (!read_record(&line)) {
            return false;
        }
    }
    return true;
}
