/* SPDX-License-Identifier: Apache-2.0 */
/* Expressions as postfix code over values, with checked arithmetic. What a read means is the caller's. */
#ifndef SIM_FORMULA_H
#define SIM_FORMULA_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/value.h"

/* One instruction is one word: operation in the low eight bits, argument above; a read has a second word. */
enum formula_operation {
    FORMULA_CONSTANT, /* argument: index into the constants */
    FORMULA_READ,     /* argument: what << 1 | pops one; second word: the read's argument */
    FORMULA_NOT,
    FORMULA_NEGATE,
    FORMULA_ADD,
    FORMULA_SUBTRACT,
    FORMULA_MULTIPLY,
    FORMULA_DIVIDE,
    FORMULA_MODULO,
    FORMULA_EQUAL,
    FORMULA_NOT_EQUAL,
    FORMULA_LESS,
    FORMULA_LESS_EQUAL,
    FORMULA_GREATER,
    FORMULA_GREATER_EQUAL,
    FORMULA_MIN, /* of the two on top */
    FORMULA_MAX,
    FORMULA_AND, /* argument: words to skip when the top is false, which then stays; else it is popped */
    FORMULA_OR,  /* the same when it is true */
};

enum formula_status {
    FORMULA_OK,
    FORMULA_OVERFLOW,
    FORMULA_DIVISION_BY_ZERO,
    FORMULA_WRONG_TYPE,
    FORMULA_NULL_MEMBER,  /* null.anything */
    FORMULA_OUT_OF_RANGE, /* an index outside its array */
    FORMULA_NO_SUCH_MEMBER,
};

/* How deep the stack can grow; the expression compiler refuses deeper expressions. */
#define FORMULA_STACK_MAX 64

/* Answers a read. A read that pops finds its operand in *top and leaves its answer there. */
typedef enum formula_status formula_reader(void *context,
                                           uint32_t what,
                                           uint32_t argument,
                                           struct value *top);

struct formula_code {
    const uint32_t *word;
    uint32_t count;
    const struct value *constants;
};

struct formula_environment {
    formula_reader *read;
    void *context;
};

/* Whether it is one name and nothing else, as many are: that is read without the stack, in half the time. */
static inline bool formula_is_name(struct formula_code code)
{
    return code.count == 2 && (code.word[0] & 0x1ff) == FORMULA_READ;
}

/* The same as formula_evaluate for such code. */
static inline enum formula_status formula_read(struct formula_code code,
                                               const struct formula_environment *environment,
                                               struct value *result)
{
    struct value read = value_null();
    enum formula_status status = environment->read(environment->context, code.word[0] >> 9, code.word[1], &read);

    if (status == FORMULA_OK) {
        *result = read;
    }
    return status;
}

/* Evaluates `code`; the value goes to *result, untouched on failure. O(words). */
enum formula_status formula_evaluate(struct formula_code code,
                                     const struct formula_environment *environment,
                                     struct value *result);

/* One operation on constants or at run time: the same rules for both. */
enum formula_status formula_apply(enum formula_operation operation,
                                  struct value left,
                                  struct value right,
                                  struct value *result);

/* A failure in words, for misuse records: "an overflow", ... */
const char *formula_status_words(enum formula_status status);

#endif
