/* SPDX-License-Identifier: Apache-2.0 */
/* Literals. A decimal must come out whole in its unit's smallest part: nanoseconds, bytes, millionths. */
#include "sim/literal.h"

#include <string.h>

__extension__ typedef unsigned __int128 uint128;

/* The most digits that are read, both sides of the point together. */
#define DIGITS_MAX 30

struct unit {
    const char *name;
    enum value_type type;
    uint64_t size;
};

/* A longer name stands before its own beginning. */
static const struct unit units[] = {
    {"ns", VALUE_DURATION, 1},
    {"us", VALUE_DURATION, 1000},
    {"ms", VALUE_DURATION, 1000000},
    {"min", VALUE_DURATION, UINT64_C(60000000000)},
    {"s", VALUE_DURATION, 1000000000},
    {"h", VALUE_DURATION, UINT64_C(3600000000000)},
    {"kB", VALUE_SIZE, 1000},
    {"MB", VALUE_SIZE, 1000000},
    {"GB", VALUE_SIZE, 1000000000},
    {"KiB", VALUE_SIZE, 1024},
    {"MiB", VALUE_SIZE, 1048576},
    {"GiB", VALUE_SIZE, 1073741824},
    {"B", VALUE_SIZE, 1},
    {"%", VALUE_SHARE, 10000},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static size_t wrong(struct literal_mistake *mistake, size_t length, const char *message, const char *hint)
{
    *mistake = (struct literal_mistake){message, hint, length};
    return 0;
}

static int hex_digit(char c)
{
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* 0x and up to 16 digits: all 64 bits. */
static size_t read_hexadecimal(const char *text, struct value *value, struct literal_mistake *mistake)
{
    size_t at = 2;
    uint64_t bits = 0;

    while (hex_digit(text[at]) >= 0) {
        if (bits >> 60 != 0) {
            return wrong(mistake, at, "a hexadecimal number has at most 64 bits", NULL);
        }
        bits = bits << 4 | (uint64_t)hex_digit(text[at]);
        at++;
    }
    if (at == 2) {
        return wrong(mistake, 2, "hexadecimal digits are wanted behind 0x", NULL);
    }
    *value = value_make(VALUE_NUMBER, bits);
    return at;
}

/* Finds the unit that stands here, followed by no letter; NULL when there is none. */
static const struct unit *find_unit(const char *text)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        size_t length = strlen(units[i].name);
        if (strncmp(text, units[i].name, length) == 0 &&
            (units[i].type == VALUE_SHARE || (!is_letter(text[length]) && !is_digit(text[length])))) {
            return &units[i];
        }
    }
    return NULL;
}

size_t literal_read(const char *text, struct value *value, struct literal_mistake *mistake)
{
    uint128 digits = 0;
    uint128 divisor = 1;
    size_t at = 0;
    bool fraction = false;
    const struct unit *unit;

    if (text[0] == '0' && text[1] == 'x') {
        return read_hexadecimal(text, value, mistake);
    }
    for (; is_digit(text[at]) || (text[at] == '.' && !fraction && is_digit(text[at + 1])); at++) {
        if (text[at] == '.') {
            fraction = true;
            continue;
        }
        if (at >= DIGITS_MAX) {
            return wrong(mistake, at, "this number has too many digits", NULL);
        }
        digits = digits * 10 + (unsigned)(text[at] - '0');
        divisor *= fraction ? 10 : 1;
    }
    unit = find_unit(text + at);
    if (unit == NULL && is_letter(text[at])) {
        size_t end = at;
        while (is_letter(text[end]) || is_digit(text[end])) {
            end++;
        }
        return wrong(mistake, end, "unknown unit",
                     "units are ns us ms s min h, B kB MB GB KiB MiB GiB, and %");
    }
    if (unit == NULL && fraction) {
        return wrong(mistake, at, "a fraction wants a unit", "there are no plain fractions; write 0.8ms");
    }
    if (unit != NULL) {
        at += strlen(unit->name);
        digits *= unit->size;
    }
    if (digits % divisor != 0) {
        return wrong(mistake, at, "this does not come out whole",
                     "durations are whole nanoseconds, sizes whole bytes, shares whole millionths");
    }
    digits /= divisor;
    if (digits >= (uint128)INT64_MAX) {
        return wrong(mistake, at, "this is too large", "the limit is 2^63");
    }
    *value = value_make(unit == NULL ? VALUE_NUMBER : unit->type, (uint64_t)digits);
    return at;
}
