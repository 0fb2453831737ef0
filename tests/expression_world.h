/* SPDX-License-Identifier: Apache-2.0 */
/* A small world of names for the tests of the expression compiler: what there is, what it answers at run
 * time, and assertions that compile a text in it. */
#ifndef TESTS_EXPRESSION_WORLD_H
#define TESTS_EXPRESSION_WORLD_H

#include <stdint.h>

#include "model/reference.h"
#include "scenarios/load/expression.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A reference of any kind. */
#define ANY_KIND OBJECT_UNKNOWN

/* Locals are known by slot; their values stand in `locals`. */
enum {
    SLOT_N,
    SLOT_M,
    SLOT_D,
    SLOT_G,
    SLOT_S,
    SLOT_P,
    SLOT_B,
    SLOT_C,
    SLOT_E,
    SLOT_XN,
    SLOT_XD,
    SLOT_XS,
    SLOT_XB,
    SLOT_OBJECT,
    SLOT_GOT, /* the length, the elements behind it */
    SLOT_COUNT = SLOT_GOT + 4,
};

extern struct value locals[SLOT_COUNT];

/* Gives the locals their values. */
void set_locals(void);

/* What reads answer: observables 100 and their number, booleans true, elements references by index. */
enum formula_status
read_world(void *context, uint32_t what, uint32_t argument, struct value *top);

/* Where expressions stand: in a procedure, or in a claim, which has functions of the run so far. */
extern const struct expression_scope in_procedure, in_claim;

/* The functions of the run so far that the last compilation registered. */
#define AGGREGATES_MAX 4

struct registered_aggregate {
    char function[8];
    struct expression_functions call;
    enum value_type type;
};

extern struct registered_aggregate aggregates[AGGREGATES_MAX];
extern uint32_t aggregate_count;

/* A compilation, with the output that it went to. */
struct compiled {
    struct expression_output output;
    struct expression expression;
    struct expression_error error;
    bool is_right;
};

struct compiled compile(const char *text, const struct expression_scope *scope);
void release(struct compiled *compiled);
enum formula_status run(const struct compiled *compiled, struct value *value);

/* An expression with its value; whether it is a constant. */
struct right {
    const char *text;
    enum value_type type;
    int64_t bits;
    bool is_constant;
};

void assert_right(const struct right *right, const struct expression_scope *scope);

#define ASSERT_ALL_RIGHT(rights, scope)                                                            \
    do {                                                                                           \
        for (size_t each = 0; each < COUNT(rights); each++) {                                      \
            assert_right(&(rights)[each], scope);                                                  \
        }                                                                                          \
    } while (0)

/* A text that is refused, and how: the place is what is marked in it. */
struct wrong {
    const char *text, *marked, *message, *hint;
    size_t offset;
};

void assert_wrong(const struct wrong *wrong, const struct expression_scope *scope);

#define ASSERT_ALL_WRONG(wrongs, scope)                                                            \
    do {                                                                                           \
        for (size_t each = 0; each < COUNT(wrongs); each++) {                                      \
            assert_wrong(&(wrongs)[each], scope);                                                  \
        }                                                                                          \
    } while (0)

/* Writes `count` copies of a piece at offset `at`, and a NUL; the offset behind them. */
size_t repeat(char *text, size_t at, const char *piece, size_t count);

#endif
