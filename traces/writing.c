/* SPDX-License-Identifier: Apache-2.0 */
/* JSON escapes what the record vocabulary says: quotes, backslashes and control characters, nothing else. */
#include "traces/writing.h"

#include <stdarg.h>
#include <stdio.h>

void writing_put(struct writing *to, const char *format, ...)
{
    char text[8192];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0 && !to->failed) {
        size_t size = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
        to->failed = !to->sink->write(to->sink->context, text, size);
    }
}

void writing_string(struct writing *to, const char *text)
{
    const char *plain = text == NULL ? "" : text;

    writing_put(to, "\"");
    for (const char *at = plain; *at != '\0'; at++) {
        bool is_plain = *at != '"' && *at != '\\' && (unsigned char)*at >= 0x20;
        if (is_plain && at[1] != '\0') {
            continue;
        }
        at += is_plain;
        if (at > plain && !to->failed) {
            to->failed = !to->sink->write(to->sink->context, plain, (size_t)(at - plain));
        }
        if (*at == '\0') {
            break;
        }
        if ((unsigned char)*at >= 0x20) {
            writing_put(to, "\\%c", *at);
        } else {
            writing_put(to, "\\u%04x", (unsigned)(unsigned char)*at);
        }
        plain = at + 1;
    }
    writing_put(to, "\"");
}

struct span_words span_words(sim_span span)
{
    struct span_words words;

    words.text[sim_span_write(span, words.text, sizeof words.text - 1)] = '\0';
    return words;
}

const char *name_words(const struct record_names *names, reference object, char *name, size_t room)
{
    size_t length = object == REFERENCE_NONE ? 0 : names->of_reference(names->context, object, name, room - 1);

    name[length < room - 1 ? length : room - 1] = '\0';
    return name;
}
