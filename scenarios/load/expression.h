/* SPDX-License-Identifier: Apache-2.0 */
/* The expression language of scenarios: text to postfix code, types checked as far as loading can. */
#ifndef SCENARIOS_LOAD_EXPRESSION_H
#define SCENARIOS_LOAD_EXPRESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/observable.h"
#include "model/record.h"
#include "sim/formula.h"

/* What loading knows of a value: its type, or VALUE_ANY; the kind of object of a reference, or
 * OBJECT_UNKNOWN. */
struct expression_type {
    enum value_type type;
    enum object_kind kind;
};

enum expression_head_kind {
    HEAD_UNKNOWN,
    HEAD_CONSTANT,  /* `constant` */
    HEAD_READ,      /* a read without operand: `what`, `argument`, `type` */
    HEAD_ARRAY,     /* must be indexed or asked for its length: `what`, `argument` pop the index */
    HEAD_PACKET,    /* `packet`: a member selects one of its fields */
};

/* What the first word of a path stands for. */
struct expression_head {
    enum expression_head_kind kind;
    struct value constant;
    uint32_t what, argument;
    struct expression_type type;      /* of the value, or of an array's elements */
    uint32_t length, from;            /* HEAD_ARRAY: its elements are from .. from + length - 1 */
    bool length_is_read;              /* the length is known at run time only: READ_LOCAL of `argument` */
};

struct expression_functions;

/* Where names come from; every member may be asked with `context`. */
struct expression_scope {
    void *context;
    /* Fills *head; HEAD_UNKNOWN when there is no such name. */
    void (*resolve)(void *context, const char *name, struct expression_head *head);
    /* The number of a procedure for calls() and running(); false when there is none. */
    bool (*procedure)(void *context, const char *name, uint32_t *number);
    /* The number of a Win32 error name; false when it is none. */
    bool (*error)(void *context, const char *name, uint32_t *number);
    /* The number of a text constant (`...`), interned. */
    uint32_t (*text)(void *context, const char *bytes, size_t length);
    /* Claims only, else NULL: registers the aggregate `function` of a formula already compiled, with the
     * span of change(), and gives its number; *type is in and out. False with *message when it cannot be. */
    bool (*aggregate)(void *context,
                      const char *function,
                      const struct expression_functions *call,
                      const char **message);
    /* For "did you mean": calls `each` with every name that may stand here. */
    void (*names)(void *context, void (*each)(void *list, const char *name), void *list);
};

/* One call of a function of the run so far. */
struct expression_functions {
    uint32_t first_word, word_count;  /* of the argument's code in the output */
    uint64_t span;                    /* change(x, d): d in ns */
    struct expression_type *type;     /* in: the argument's; out: the call's */
    uint32_t *number;                 /* out: the aggregate's number, READ_AGGREGATE's argument */
};

/* Where code goes: growing arrays that the caller owns and frees. */
struct expression_output {
    uint32_t *word;
    uint32_t word_count, word_room;
    struct value *constant;
    uint32_t constant_count, constant_room;
    bool out_of_memory;
};

/* A compiled expression. */
struct expression {
    uint32_t first, count;       /* words of the output; count 0 when it is a constant */
    bool is_constant;
    struct value constant;
    struct expression_type type;
};

/* What is wrong, and where in the text. */
struct expression_error {
    size_t offset, length;
    char message[256];
    char hint[256]; /* empty when there is none */
};

/* Compiles `text`; constants are folded (a constant overflow is an error here). False with *error.
 * O(length); nesting beyond FORMULA_STACK_MAX is refused. Appends nothing when false or constant. */
bool expression_compile(const char *text,
                        const struct expression_scope *scope,
                        struct expression_output *output,
                        struct expression *result,
                        struct expression_error *error);

/* Appends the code that reads the index of an element; its first word, of two. */
uint32_t expression_add_index(struct expression_output *output);

/* Reads `text` as one literal ("8ms", "64KiB", "30%", "0x10", "true"), as parameters do; false when it
 * does not read as one. */
bool expression_literal(const char *text, struct value *value);

/* A type in words with its article, as messages name it: "a duration such as '8ms'". */
const char *expression_type_words(enum value_type type);

#endif
