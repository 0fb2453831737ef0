/* SPDX-License-Identifier: Apache-2.0 */
/* Literals of the expression language: 12, 0x1f, 8ms, 0.8ms, 64KiB, 30%. */
#ifndef SIM_LITERAL_H
#define SIM_LITERAL_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/value.h"

/* What is wrong with a literal, and with how many of its bytes; hint may be NULL. */
struct literal_mistake {
    const char *message, *hint;
    size_t length;
};

/* Reads a number with its unit from the beginning of `text`, which begins with a digit. The bytes read; 0,
 * and *mistake filled in, when it is wrong. */
size_t literal_read(const char *text, struct value *value, struct literal_mistake *mistake);

#endif
