/* SPDX-License-Identifier: Apache-2.0 */
/* One loop goes over the characters of a name for every language; a language only says how one character is written.
 * A name that is no UTF-8, or has characters that steer or turn round, gets question marks there: a picture is for
 * people. JSON is for programs and keeps all that it can say. */
#include "traces/render/out.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/harmless.h"

void out_begin(struct out *out, const struct trace_sink *sink)
{
    out->sink = sink;
    out->ink = NULL;
    out->used = 0;
    out->written = 0;
    out->failed = false;
}

static void flush(struct out *out)
{
    out->failed = out->failed || (out->used > 0 && !out->sink->write(out->sink->context, out->buffer, out->used));
    out->used = 0;
}

bool out_end(struct out *out)
{
    flush(out);
    return !out->failed;
}

void out_bytes(struct out *out, const char *bytes, size_t length)
{
    out->written += length;
    if (length > sizeof out->buffer - out->used) {
        flush(out);
    }
    if (length > sizeof out->buffer) {
        out->failed = out->failed || !out->sink->write(out->sink->context, bytes, length);
        return;
    }
    memcpy(out->buffer + out->used, bytes, length);
    out->used += length;
}

/* Writes our own words, with colours for the inks that they name. */
static void put_words(struct out *out, const char *words, size_t length)
{
    const char *end = words + length;

    while (out->ink != NULL && words < end) {
        const char *open = memchr(words, '{', (size_t)(end - words));
        const char *close = open == NULL ? NULL : memchr(open, '}', (size_t)(end - open));
        const struct out_ink *ink = out->ink;
        if (close == NULL) {
            break;
        }
        while (ink->name != NULL && (strncmp(ink->name, open + 1, (size_t)(close - open - 1)) != 0 ||
                                     ink->name[close - open - 1] != '\0')) {
            ink++;
        }
        out_bytes(out, words, (size_t)(open - words));
        out_bytes(out, ink->name == NULL ? open : ink->colour, ink->name == NULL ? (size_t)(close + 1 - open) : strlen(ink->colour));
        words = close + 1;
    }
    out_bytes(out, words, (size_t)(end - words));
}

void out_text(struct out *out, const char *text)
{
    put_words(out, text, strlen(text));
}

void out_number(struct out *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    out_bytes(out, digits + at, sizeof digits - at);
}

void out_hexadecimal(struct out *out, uint64_t number)
{
    char digits[16];
    size_t at = sizeof digits;

    do {
        digits[--at] = "0123456789abcdef"[number & 15];
        number >>= 4;
    } while (number > 0);
    out_bytes(out, digits + at, sizeof digits - at);
}

void out_put(struct out *out, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0) {
        put_words(out, text, (size_t)length < sizeof text ? (size_t)length : sizeof text - 1);
    }
}

void out_span(struct out *out, sim_span span)
{
    char words[40];

    out_bytes(out, words, sim_span_write(span, words, sizeof words));
}

/* How a language writes the character at `at`, which it may not write as it is; NULL: as it is. */
typedef const char *escape(const char *at);

/* Goes over a name. What may not be shown is a question mark, or, with `keeps`, left to the language. */
static void put_name(struct out *out, const char *name, escape *of, bool keeps)
{
    size_t left = strlen(name);

    while (left > 0) {
        size_t length = harmless_length(name, left);
        const char *instead;
        if (length == 0 && !keeps) {
            out_text(out, "?");
            name++;
            left--;
            while (left > 0 && ((unsigned char)*name & 0xc0) == 0x80) {
                name++;
                left--;
            }
            continue;
        }
        instead = of(name);
        length = length == 0 ? 1 : length;
        if (instead != NULL) {
            out_text(out, instead);
        } else {
            out_bytes(out, name, length);
        }
        name += length;
        left -= length;
    }
}

static const char *xml(const char *at)
{
    switch (*at) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

void out_xml(struct out *out, const char *name)
{
    put_name(out, name, xml, false);
}

static const char *label(const char *at)
{
    switch (*at) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '&':
        return "&amp;"; /* dot reads entities */
    default:
        return NULL;
    }
}

void out_label(struct out *out, const char *name)
{
    put_name(out, name, label, false);
}

static const char *json(const char *at)
{
    unsigned char byte = (unsigned char)*at;
    static const char escapes[32][7] = {
        "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007",
        "\\u0008", "\\u0009", "\\u000a", "\\u000b", "\\u000c", "\\u000d", "\\u000e", "\\u000f",
        "\\u0010", "\\u0011", "\\u0012", "\\u0013", "\\u0014", "\\u0015", "\\u0016", "\\u0017",
        "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c", "\\u001d", "\\u001e", "\\u001f",
    };

    return byte < 32 ? escapes[byte] : byte == '"' ? "\\\"" : byte == '\\' ? "\\\\" : NULL;
}

void out_json(struct out *out, const char *name)
{
    put_name(out, name, json, true);
}

static const char *mermaid(const char *at)
{
    switch (*at) {
    case '#':
        return "#35;";
    case ';':
        return "#59;";
    case '"':
        return "#quot;";
    case '<':
        return "#lt;";
    case '>':
        return "#gt;";
    case '&':
        return "#amp;";
    case '%':
        return "#37;";
    case '{':
        return "#123;";
    case '}':
        return "#125;";
    case 'e':
    case 'E':
        /* The word closes a block wherever it stands. */
        return (at[1] | 32) != 'n' || (at[2] | 32) != 'd' ? NULL : *at == 'e' ? "#101;" : "#69;";
    default:
        return NULL;
    }
}

void out_mermaid(struct out *out, const char *name)
{
    put_name(out, name, mermaid, false);
}

char *out_plain(char *text)
{
    for (char *at = text; *at != '\0'; at++) {
        *at = (unsigned char)*at < 0x20 || *at == 0x7f ? '?' : *at;
    }
    return text;
}

size_t out_characters(const char *name)
{
    size_t count = 0;

    for (; *name != '\0'; name++) {
        count += ((unsigned char)*name & 0xc0) != 0x80;
    }
    return count;
}

const char *out_cut(char *buffer, size_t room, const char *name, size_t most)
{
    size_t shown = 0;
    size_t at = 0;

    if (out_characters(name) <= most && strlen(name) < room) {
        memcpy(buffer, name, strlen(name) + 1);
        return buffer;
    }
    while (name[at] != '\0' && at + 8 < room) {
        if (((unsigned char)name[at] & 0xc0) != 0x80 && shown++ == most - 3) {
            break;
        }
        buffer[at] = name[at];
        at++;
    }
    memcpy(buffer + at, "...", 4);
    return buffer;
}
