/* SPDX-License-Identifier: Apache-2.0 */
/* A stored trace, told apart by its first bytes and read as a stream.
 *
 * Memory: a buffer that is as long as the longest line, the names, and one batch of records. No
 * count in a file is believed before the bytes that it promises have come, so that a broken file
 * can take no more memory than a few times its own size. */
#include "traces/reader.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/reading.h"

#define JSONL_HEAD "{\"trace\":"

static_assert(sizeof JSONL_HEAD - 1 == TRACE_HEAD_BYTES, "the longer of the two heads");

/* The first bytes of a head are enough where a file is shorter: it is then a broken trace. */
static bool begins(const char *head, size_t length, const char *wanted, size_t wanted_length)
{
    size_t common = length < wanted_length ? length : wanted_length;

    return memcmp(head, wanted, common) == 0;
}

bool trace_is(const char *head, size_t length)
{
    return (length > 0 && begins(head, length, BINARY_MAGIC, BINARY_MAGIC_LENGTH)) ||
           (length > 2 && begins(head, length, JSONL_HEAD, TRACE_HEAD_BYTES));
}

struct trace_reader *trace_reader_create(const struct trace_source *source)
{
    struct trace_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL) {
        return NULL;
    }
    reader->source = *source;
    reader->room = 65536;
    reader->buffer = malloc(reader->room);
    if (!stored_init(&reader->stored) || reader->buffer == NULL) {
        trace_reader_destroy(reader);
        return NULL;
    }
    return reader;
}

void trace_reader_destroy(struct trace_reader *reader)
{
    if (reader == NULL) {
        return;
    }
    for (uint32_t i = 0; i < reader->shape_room; i++) {
        free(reader->shape[i].hole);
    }
    free(reader->shape);
    free(reader->counts);
    free(reader->header_bytes);
    free(reader->parameter);
    free(reader->parameters);
    free(reader->buffer);
    stored_release(&reader->stored);
    free(reader);
}

bool reading_fill(struct trace_reader *reader, size_t wanted)
{
    if (reader->end - reader->begin < wanted && reader->begin > 0) {
        memmove(reader->buffer, reader->buffer + reader->begin, reader->end - reader->begin);
        reader->end -= reader->begin;
        reader->begin = 0;
    }
    while (reader->end - reader->begin < wanted) {
        size_t got = 0;
        if (reader->is_at_end || reader->status != TRACE_OK) {
            return false;
        }
        if (reader->end == reader->room) {
            char *grown = realloc(reader->buffer, reader->room * 2);
            if (grown == NULL) {
                return reading_no_memory(reader);
            }
            reader->buffer = grown;
            reader->room *= 2;
        }
        if (!reader->source.read(reader->source.context, reader->buffer + reader->end,
                                 reader->room - reader->end, &got)) {
            reader->status = TRACE_NOT_READ;
            return false;
        }
        reader->is_at_end = got == 0;
        reader->end += got;
    }
    return true;
}

bool reading_fail(struct trace_reader *reader, const char *format, ...)
{
    va_list arguments;

    if (reader->stored.out_of_memory) {
        return reading_no_memory(reader);
    }
    if (reader->status == TRACE_OK) {
        reader->status = TRACE_BAD;
        va_start(arguments, format);
        (void)vsnprintf(reader->message, sizeof reader->message, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool reading_no_memory(struct trace_reader *reader)
{
    if (reader->status == TRACE_OK) {
        reader->status = TRACE_NO_MEMORY;
    }
    return false;
}

bool reading_keep(struct trace_reader *reader, const char *bytes, size_t length, size_t *kept)
{
    if (length > 0 && memchr(bytes, 0, length) != NULL) {
        return reading_fail(reader, "a text of the header holds a NUL");
    }
    if (reader->header_bytes == NULL || reader->header_room - reader->header_length <= length) {
        size_t room = (reader->header_room + length) * 2 + 256;
        char *grown = realloc(reader->header_bytes, room);
        if (grown == NULL) {
            return reading_no_memory(reader);
        }
        reader->header_bytes = grown;
        reader->header_room = room;
    }
    *kept = reader->header_length;
    if (length > 0) {
        memcpy(reader->header_bytes + *kept, bytes, length);
    }
    reader->header_bytes[*kept + length] = '\0';
    reader->header_length += length + 1;
    return true;
}

bool reading_add_parameter(struct trace_reader *reader, const struct reading_parameter *parameter)
{
    if (reader->parameter_count == reader->parameter_room) {
        size_t room = reader->parameter_room == 0 ? 16 : reader->parameter_room * 2;
        struct reading_parameter *grown = realloc(reader->parameter, room * sizeof *grown);
        if (grown == NULL) {
            return reading_no_memory(reader);
        }
        reader->parameter = grown;
        reader->parameter_room = room;
    }
    reader->parameter[reader->parameter_count++] = *parameter;
    return true;
}

static const char *kept_text(const struct trace_reader *reader, size_t kept)
{
    return kept == READING_NO_TEXT ? NULL : reader->header_bytes + kept;
}

bool reading_finish_header(struct trace_reader *reader,
                           struct trace_header *header,
                           size_t title,
                           size_t variant)
{
    free(reader->parameters);
    reader->parameters = calloc(reader->parameter_count + 1, sizeof *reader->parameters);
    if (reader->parameters == NULL) {
        return reading_no_memory(reader);
    }
    for (size_t i = 0; i < reader->parameter_count; i++) {
        reader->parameters[i] = reader->parameter[i].parameter;
        reader->parameters[i].name = kept_text(reader, reader->parameter[i].name);
        reader->parameters[i].text = kept_text(reader, reader->parameter[i].text);
    }
    header->title = kept_text(reader, title);
    header->variant = kept_text(reader, variant);
    header->parameter = reader->parameters;
    header->parameter_count = reader->parameter_count;
    return true;
}

bool reading_is_version(struct trace_reader *reader, uint64_t version)
{
    if (version == 0 || version > TRACE_VERSION) {
        return reading_fail(reader,
                            "this trace is of version %llu; this program reads versions up to %d",
                            (unsigned long long)version, TRACE_VERSION);
    }
    return true;
}

/* How many bytes a character of UTF-8 takes that begins so; 0: none does. */
static size_t character_length(unsigned char first)
{
    return first < 0x80                    ? 1
           : first >= 0xc2 && first < 0xe0 ? 2
           : (first & 0xf0) == 0xe0        ? 3
           : first >= 0xf0 && first < 0xf5 ? 4
                                           : 0;
}

bool reading_is_text(const char *bytes, size_t length)
{
    const unsigned char *at = (const unsigned char *)bytes;
    const unsigned char *end = at + length;

    while (at < end) {
        size_t size = character_length(*at);
        uint32_t character = size < 2 ? *at : *at & (0xffu >> (size + 1));
        if (size == 0 || (size_t)(end - at) < size) {
            return false;
        }
        for (size_t i = 1; i < size; i++) {
            if ((at[i] & 0xc0) != 0x80) {
                return false;
            }
            character = character << 6 | (at[i] & 0x3f);
        }
        /* Too long a form, half of a surrogate pair, behind the last character. */
        if ((size == 3 && character < 0x800) ||
            (size == 4 && (character < 0x10000 || character > 0x10ffff)) ||
            (character >= 0xd800 && character < 0xe000)) {
            return false;
        }
        at += size;
    }
    return true;
}

struct reading_quoted reading_quote(const char *bytes, size_t length)
{
    struct reading_quoted quoted;
    size_t most = sizeof quoted.text - 4;
    size_t shown = length < most ? length : most;

    for (size_t i = 0; i < shown; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        quoted.text[i] = byte >= 0x20 && byte < 0x7f ? (char)byte : '?';
    }
    memcpy(quoted.text + shown, shown < length ? "..." : "", shown < length ? 4 : 1);
    return quoted;
}

/* Behind the last record of a run, or before the first. */
static enum trace_status begin_run(struct trace_reader *reader, struct trace_header *header)
{
    bool read;

    if (!reading_fill(reader, 1)) {
        return reader->status == TRACE_OK ? TRACE_END : reader->status;
    }
    (void)reading_fill(reader, TRACE_HEAD_BYTES);
    if (reader->status != TRACE_OK) {
        return reader->status;
    }
    reader->is_binary = reader->buffer[reader->begin] == BINARY_MAGIC[0];
    reader->header_length = 0;
    reader->parameter_count = 0;
    stored_begin_run(&reader->stored);
    read =
        reader->is_binary ? binary_read_header(reader, header) : jsonl_read_header(reader, header);
    reader->is_in_run = read;
    return reader->status;
}

enum trace_status trace_reader_begin(struct trace_reader *reader, struct trace_header *header)
{
    memset(header, 0, sizeof *header);
    return reader->status == TRACE_OK ? begin_run(reader, header) : reader->status;
}

enum trace_status trace_reader_next(struct trace_reader *reader, struct record_batch *batch)
{
    bool read = true;

    *batch = (struct record_batch){0};
    stored_begin_batch(&reader->stored);
    if (reader->status != TRACE_OK || !reader->is_in_run) {
        return reader->status == TRACE_OK ? TRACE_END : reader->status;
    }
    read = reader->is_binary ? binary_read_batch(reader) : jsonl_read_batch(reader);
    /* Records before a mistake are still good: they are handed over first. */
    *batch = stored_batch(&reader->stored);
    if (batch->count > 0) {
        return TRACE_OK;
    }
    return read ? TRACE_END : reader->status;
}

struct record_names trace_reader_names(const struct trace_reader *reader)
{
    return stored_names(&reader->stored);
}

struct trace_error trace_reader_error(const struct trace_reader *reader)
{
    return (struct trace_error){reader->line, reader->line > 0 ? reader->column : reader->offset,
                                reader->message};
}
