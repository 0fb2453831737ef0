/* SPDX-License-Identifier: Apache-2.0 */
/* JSON escapes what the record vocabulary says: quotes, backslashes and control characters, nothing else. */
#include "traces/writing.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

struct mean_words mean_words(writing_total area, sim_time end)
{
    uint64_t thousandths = end == 0 ? 0 : (uint64_t)(area * 1000 / end);
    struct mean_words words;

    snprintf(words.text, sizeof words.text, "%llu.%03llu", (unsigned long long)(thousandths / 1000),
             (unsigned long long)(thousandths % 1000));
    return words;
}

struct mean_words span_mean(writing_total sum, uint64_t count)
{
    static const struct {
        uint64_t ns;
        const char *name;
    } units[] = {{UINT64_C(1000000000), "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
    struct mean_words words = {"-"};
    size_t unit = 0;

    if (count == 0) {
        return words;
    }
    while (unit < 3 && sum / count < units[unit].ns) {
        unit++;
    }
    words = mean_words(sum, (sim_time)count * units[unit].ns);
    for (size_t end = strlen(words.text); words.text[end - 1] == '0' || words.text[end - 1] == '.'; end--) {
        bool was_point = words.text[end - 1] == '.';
        words.text[end - 1] = '\0';
        if (was_point) {
            break;
        }
    }
    snprintf(words.text + strlen(words.text), 4, "%s", units[unit].name);
    return words;
}

void writing_sum(struct writing *to, const char *name, writing_total sum)
{
    char digits[48];
    char *at = digits + sizeof digits - 1;
    bool is_big = sum > TRACE_EXACT_MAX;

    *at = '\0';
    do {
        *--at = (char)('0' + (int)(sum % 10));
        sum /= 10;
    } while (sum > 0);
    writing_put(to, "\"%s\":%s%s%s", name, is_big ? "\"" : "", at, is_big ? "\"" : "");
}

const char *name_words(const struct record_names *names, reference object, char *name, size_t room)
{
    size_t length = object == REFERENCE_NONE ? 0 : names->of_reference(names->context, object, name, room - 1);

    name[length < room - 1 ? length : room - 1] = '\0';
    return name;
}
