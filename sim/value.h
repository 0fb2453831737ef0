/* SPDX-License-Identifier: Apache-2.0 */
/* A value of the scenario language: a tag and 64 bits. */
#ifndef SIM_VALUE_H
#define SIM_VALUE_H

#include <stdbool.h>
#include <stdint.h>

enum value_type {
    VALUE_NULL,
    VALUE_NUMBER,    /* signed 64 bits; a 0x literal may use all 64 */
    VALUE_DURATION,  /* nanoseconds, signed: differences may be negative; INT64_MAX: infinite */
    VALUE_SIZE,      /* bytes, signed */
    VALUE_SHARE,     /* millionths: 30% is 300000 */
    VALUE_BOOLEAN,   /* 0 or 1 */
    VALUE_ERROR,     /* a Win32 error code */
    VALUE_TEXT,      /* the number of a text in the plan */
    VALUE_REFERENCE, /* an object: model/record.h says how kind and slot share 32 bits */
    VALUE_ANY,       /* no value has it: the loader's mark for a type that only a run knows */
};

struct value {
    uint64_t bits;
    uint32_t type; /* enum value_type */
    uint32_t spare;
};

#define VALUE_INFINITE ((uint64_t)INT64_MAX)

static inline struct value value_make(enum value_type type, uint64_t bits)
{
    return (struct value){.bits = bits, .type = (uint32_t)type};
}

static inline struct value value_null(void)
{
    return value_make(VALUE_NULL, 0);
}

static inline struct value value_boolean(bool truth)
{
    return value_make(VALUE_BOOLEAN, truth ? 1 : 0);
}

static inline struct value value_number(int64_t number)
{
    return value_make(VALUE_NUMBER, (uint64_t)number);
}

/* Number, duration, size and share: what can be added, compared by size and divided. */
static inline bool value_is_quantity(struct value value)
{
    return value.type >= VALUE_NUMBER && value.type <= VALUE_SHARE;
}

#endif
