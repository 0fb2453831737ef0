/* SPDX-License-Identifier: Apache-2.0 */
/* splitmix64 */
#include "tests/random_text.h"

#include <stdarg.h>
#include <stdio.h>

#include "tests/random_scenario.h"

static uint64_t bits(struct random_text *text)
{
    uint64_t z = text->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

struct random_text random_text_begin(char *text, uint64_t seed, uint64_t number)
{
    struct random_text begun = {.text = text, .state = seed};

    begun.state = bits(&begun) ^ number;
    (void)bits(&begun);
    return begun;
}

uint32_t random_below(struct random_text *text, uint32_t count)
{
    return (uint32_t)((bits(text) >> 32) * count >> 32);
}

bool random_chance(struct random_text *text, uint32_t percent)
{
    return random_below(text, 100) < percent;
}

void random_put(struct random_text *text, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text->text + text->length, RANDOM_SCENARIO_ROOM - text->length, format, arguments);
    va_end(arguments);
    if (length > 0) {
        text->length += (size_t)length;
        text->length = text->length < RANDOM_SCENARIO_ROOM ? text->length : RANDOM_SCENARIO_ROOM - 1;
    }
}
