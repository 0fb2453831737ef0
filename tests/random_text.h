/* SPDX-License-Identifier: Apache-2.0 */
/* Random text: numbers that follow from a seed and a number, and a place to write to. */
#ifndef TESTS_RANDOM_TEXT_H
#define TESTS_RANDOM_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random_text {
    char *text;
    size_t length;
    uint64_t state;
};

struct random_text random_text_begin(char *text, uint64_t seed, uint64_t number);

uint32_t random_below(struct random_text *text, uint32_t count);

/* True in so many of a hundred. */
bool random_chance(struct random_text *text, uint32_t percent);

/* Appends; what does not fit into RANDOM_SCENARIO_ROOM is cut off. */
__attribute__((format(printf, 2, 3))) void random_put(struct random_text *text, const char *format, ...);

#endif
