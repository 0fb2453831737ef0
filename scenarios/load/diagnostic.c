/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics. What is shown of a file is made harmless first: control characters, and characters that turn
 * the direction of text around, never reach a terminal as they are. */
#include "scenarios/load/diagnostic.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/harmless.h"

/* How many bytes of a line are shown around the place. */
#define SHOWN_BEFORE 60u
#define SHOWN_AFTER 40u
/* What stands where a line is cut. */
#define DOTS "..."

void diagnostics_init(struct diagnostics *diagnostics)
{
    memset(diagnostics, 0, sizeof *diagnostics);
}

static void release(struct diagnostic *diagnostic)
{
    free(diagnostic->pointer);
    free(diagnostic->message);
    free(diagnostic->hint);
}

void diagnostics_release(struct diagnostics *diagnostics)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        release(&diagnostics->item[i]);
    }
    free(diagnostics->item);
    memset(diagnostics, 0, sizeof *diagnostics);
}

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copied = malloc(size);

    return copied == NULL ? NULL : memcpy(copied, text, size);
}

/* Whether it stands there already, and whether there is room for another. */
static bool is_wanted(struct diagnostics *diagnostics, uint32_t offset, const char *message)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *present = &diagnostics->item[i];
        if (present->offset == offset && strcmp(present->message, message) == 0) {
            return false;
        }
    }
    if (diagnostics->count == DIAGNOSTICS_STORED) {
        diagnostics->unstored++;
        return false;
    }
    if (diagnostics->count == diagnostics->room) {
        size_t room = diagnostics->room == 0 ? 16 : diagnostics->room * 2;
        struct diagnostic *grown = realloc(diagnostics->item, room * sizeof *grown);
        if (grown == NULL) {
            diagnostics->out_of_memory = true;
            return false;
        }
        diagnostics->item = grown;
        diagnostics->room = room;
    }
    return true;
}

void diagnostics_add(struct diagnostics *diagnostics,
                     const struct diagnostic_place *place,
                     const char *hint,
                     const char *format,
                     ...)
{
    char message[1024];
    struct diagnostic added = {.class = place->class, .offset = place->offset, .length = place->length};
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (!is_wanted(diagnostics, place->offset, message)) {
        return;
    }
    added.order = (uint32_t)diagnostics->count;
    added.pointer = copy(place->pointer == NULL ? "" : place->pointer);
    added.message = copy(message);
    added.hint = hint == NULL || hint[0] == '\0' ? NULL : copy(hint);
    if (added.pointer == NULL || added.message == NULL ||
        (hint != NULL && hint[0] != '\0' && added.hint == NULL)) {
        release(&added);
        diagnostics->out_of_memory = true;
        return;
    }
    diagnostics->item[diagnostics->count++] = added;
}

bool diagnostics_have(const struct diagnostics *diagnostics, enum diagnostic_class class)
{
    for (size_t i = 0; i < diagnostics->count; i++) {
        if (diagnostics->item[i].class == class) {
            return true;
        }
    }
    return false;
}

static int compare(const void *left, const void *right)
{
    const struct diagnostic *a = left;
    const struct diagnostic *b = right;

    if (a->offset != b->offset) {
        return a->offset < b->offset ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Line and column of a byte, from 1; the column counts characters. */
struct position {
    uint32_t line, column;
    size_t line_start, line_end;
};

static struct position find(const struct diagnostic_source *source, size_t offset)
{
    struct position at = {.line = 1, .column = 1};

    for (size_t i = 0; i < offset && i < source->length; i++) {
        if (source->bytes[i] == '\n') {
            at.line++;
            at.column = 1;
            at.line_start = i + 1;
        } else if (((unsigned char)source->bytes[i] & 0xc0) != 0x80) {
            at.column++;
        }
    }
    at.line_end = at.line_start;
    while (at.line_end < source->length && source->bytes[at.line_end] != '\n' &&
           source->bytes[at.line_end] != '\r') {
        at.line_end++;
    }
    return at;
}

static void put(const struct diagnostic_sink *sink, const char *text)
{
    sink->write(sink->context, text, strlen(text));
}

/* Prints text; what may not be shown becomes a question mark. The characters printed. */
static size_t put_harmless(const struct diagnostic_sink *sink, const char *text, size_t length)
{
    size_t characters = 0;
    size_t step;

    for (size_t i = 0; i < length; i += step, characters++) {
        step = harmless_length(text + i, length - i);
        if (step > 0) {
            sink->write(sink->context, text + i, step);
        } else {
            step = 1;
            while (i + step < length && ((unsigned char)text[i + step] & 0xc0) == 0x80) {
                step++;
            }
            put(sink, text[i] == '\t' ? " " : "?");
        }
    }
    return characters;
}

/* The part of the line around the mistake, with dots where it goes on, and the mistake underlined. */
static void put_line(const struct diagnostic *diagnostic,
                     const struct diagnostic_source *source,
                     const struct diagnostic_sink *sink)
{
    struct position at = find(source, diagnostic->offset);
    size_t offset = diagnostic->offset < at.line_end ? diagnostic->offset : at.line_end;
    size_t start = at.line_start;
    size_t end = at.line_end;
    size_t marked = diagnostic->length == 0 ? 1 : diagnostic->length;
    size_t column = 0;
    bool is_cut;

    while (start < offset && (source->bytes[start] == ' ' || source->bytes[start] == '\t')) {
        start++;
    }
    is_cut = offset - start > SHOWN_BEFORE;
    if (is_cut) {
        start = offset - SHOWN_BEFORE + strlen(DOTS);
        while (((unsigned char)source->bytes[start] & 0xc0) == 0x80) {
            start++;
        }
    }
    marked = marked > end - offset ? end - offset : marked;
    if (end > offset + marked + SHOWN_AFTER) {
        end = offset + marked + SHOWN_AFTER;
    }
    if (end - start > SHOWN_BEFORE + 2 * SHOWN_AFTER) {
        end = start + SHOWN_BEFORE + 2 * SHOWN_AFTER;
    }
    put(sink, "    ");
    if (is_cut) {
        put(sink, DOTS);
        column = strlen(DOTS);
    }
    column += put_harmless(sink, source->bytes + start, offset - start);
    (void)put_harmless(sink, source->bytes + offset, end - offset);
    put(sink, end < at.line_end ? DOTS "\n    " : "\n    ");
    for (size_t i = 0; i < column; i++) {
        put(sink, " ");
    }
    put(sink, "^");
    marked = offset + marked > end ? end - offset : marked;
    for (size_t i = 1; i < marked; i++) {
        if (((unsigned char)source->bytes[offset + i] & 0xc0) != 0x80) {
            put(sink, "~");
        }
    }
    put(sink, "\n");
}

static void put_one(const struct diagnostic *diagnostic,
                    const struct diagnostic_source *source,
                    const struct diagnostic_sink *sink)
{
    struct position at = find(source, diagnostic->offset);
    char place[64];

    (void)put_harmless(sink, source->path, strlen(source->path));
    snprintf(place, sizeof place, ":%u:%u: error: ", at.line, at.column);
    put(sink, place);
    (void)put_harmless(sink, diagnostic->message, strlen(diagnostic->message));
    put(sink, "\n");
    put_line(diagnostic, source, sink);
    if (diagnostic->hint != NULL) {
        put(sink, "  hint: ");
        (void)put_harmless(sink, diagnostic->hint, strlen(diagnostic->hint));
        put(sink, "\n");
    }
    if (diagnostic->pointer[0] != '\0') {
        put(sink, "  at ");
        (void)put_harmless(sink, diagnostic->pointer, strlen(diagnostic->pointer));
        put(sink, "\n");
    }
}

void diagnostics_print(struct diagnostics *diagnostics,
                       const struct diagnostic_source *source,
                       const struct diagnostic_sink *sink)
{
    size_t shown = diagnostics->count < DIAGNOSTICS_PRINTED ? diagnostics->count : DIAGNOSTICS_PRINTED;
    size_t rest = diagnostics->count - shown + diagnostics->unstored;
    char words[64];

    if (diagnostics->count > 1) {
        qsort(diagnostics->item, diagnostics->count, sizeof *diagnostics->item, compare);
    }
    for (size_t i = 0; i < shown; i++) {
        put_one(&diagnostics->item[i], source, sink);
    }
    if (rest > 0) {
        snprintf(words, sizeof words, "and %zu more\n", rest);
        put(sink, words);
    }
}

static void put_json_string(const struct diagnostic_sink *sink, const char *text)
{
    char escape[8];

    put(sink, "\"");
    for (const char *at = text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\') {
            snprintf(escape, sizeof escape, "\\%c", *at);
            put(sink, escape);
        } else if ((unsigned char)*at < 0x20) {
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unsigned char)*at);
            put(sink, escape);
        } else {
            sink->write(sink->context, at, 1);
        }
    }
    put(sink, "\"");
}

void diagnostics_print_json(struct diagnostics *diagnostics,
                            const struct diagnostic_source *source,
                            const struct diagnostic_sink *sink)
{
    static const char *const classes[] = {"text", "form", "meaning"};

    if (diagnostics->count > 1) {
        qsort(diagnostics->item, diagnostics->count, sizeof *diagnostics->item, compare);
    }
    for (size_t i = 0; i < diagnostics->count; i++) {
        const struct diagnostic *one = &diagnostics->item[i];
        struct position at = find(source, one->offset);
        char place[96];

        put(sink, "{\"file\":");
        put_json_string(sink, source->path);
        snprintf(place, sizeof place, ",\"line\":%u,\"column\":%u,\"class\":\"%s\",\"pointer\":", at.line,
                 at.column, classes[one->class]);
        put(sink, place);
        put_json_string(sink, one->pointer);
        put(sink, ",\"message\":");
        put_json_string(sink, one->message);
        if (one->hint != NULL) {
            put(sink, ",\"hint\":");
            put_json_string(sink, one->hint);
        }
        put(sink, "}\n");
    }
}

/* Words longer than this are not compared. */
#define SUGGESTED_MOST 100

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The Damerau-Levenshtein distance (adjacent letters may be swapped), without regard to case. */
static size_t distance(const char *a, const char *b)
{
    size_t row[3][SUGGESTED_MOST + 1];
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);

    if (a_length > SUGGESTED_MOST || b_length > SUGGESTED_MOST) {
        return SUGGESTED_MOST;
    }
    for (size_t j = 0; j <= b_length; j++) {
        row[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t *now = row[i % 3];
        const size_t *before = row[(i + 2) % 3];
        const size_t *before_that = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t differs = lower(a[i - 1]) != lower(b[j - 1]);
            now[j] = least(least(before[j] + 1, now[j - 1] + 1), before[j - 1] + differs);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                lower(a[i - 2]) == lower(b[j - 1])) {
                now[j] = least(now[j], before_that[j - 2] + 1);
            }
        }
    }
    return row[a_length % 3][b_length];
}

const char *suggest_nearest(const char *word, const char *const *candidates, size_t count)
{
    size_t length = strlen(word);
    size_t limit = length <= 3 ? 1 : length <= 7 ? 2 : 3;
    const char *nearest = NULL;

    for (size_t i = 0; i < count; i++) {
        size_t far = candidates[i] == NULL || candidates[i][0] == '\0' ? SUGGESTED_MOST
                                                                       : distance(word, candidates[i]);
        if (far <= limit && far < length) {
            nearest = candidates[i];
            if (far == 0) {
                break;
            }
            limit = far - 1;
        }
    }
    return nearest;
}
