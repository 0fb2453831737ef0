/* SPDX-License-Identifier: Apache-2.0 */
/* What compiling an expression works on: tokens, code that grows, the parts that operators join. */
#ifndef SCENARIOS_LOAD_EXPRESSION_CODE_H
#define SCENARIOS_LOAD_EXPRESSION_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenarios/load/expression.h"
#include "scenarios/load/expression_scan.h"

struct compiler {
    struct scanner scanner;
    const struct expression_scope *scope;
    struct expression_output *output;
    size_t end; /* of the last token that was taken */
    /* The code so far, in memory of its own. */
    uint32_t *word;
    uint32_t word_count, word_room;
    uint32_t depth, depth_most; /* of its stack */
    uint32_t nesting;
    uint32_t dead; /* how many decided operators are around */
    struct span series; /* a series that stands where no function has taken it yet; length 0: none */
};

/* A sub-expression: a constant, or what its code leaves on the stack; and where its text is. */
struct part {
    bool is_constant;
    struct value constant;
    struct expression_type type;
    size_t start, end;
};

/* A place in the code to go back to. */
struct mark {
    uint32_t word_count, constant_count, depth, depth_most;
};

/* An operator, or min or max, between its sides. */
struct joint {
    enum formula_operation operation;
    struct span span;
    struct mark mark; /* in front of the left side, if that is a constant */
};

static inline enum token_kind compiler_looks_at(const struct compiler *compiler)
{
    return compiler->scanner.token.kind;
}

/* Where the token is that is looked at. */
static inline struct span compiler_span(const struct compiler *compiler)
{
    return compiler->scanner.token.span;
}

static inline const char *compiler_text(const struct compiler *compiler, struct span span)
{
    return compiler->scanner.text + span.offset;
}

static inline struct span part_span(const struct part *part)
{
    return (struct span){part->start, part->end - part->start};
}

bool compiler_is_word(const struct compiler *compiler, struct span span, const char *word);
bool compiler_is_operator(const struct compiler *compiler, enum formula_operation operation);

/* Takes the token that is looked at. */
bool compiler_advance(struct compiler *compiler);

/* The same, if it is of this kind; otherwise refuses it, and `wanted` should stand there. */
bool compiler_expect(struct compiler *compiler, enum token_kind kind, const char *wanted);

/* Refuses the token that is looked at: `wanted` should stand there. Always false. */
bool compiler_refuse_token(struct compiler *compiler, const char *wanted);

/* Copies a name, without its quotes, to name[SCAN_NAME_MAX + 1]; false when it is longer than names
 * are. */
bool compiler_copy_name(struct compiler *compiler, struct span span, char *name);

/* Compiles a whole expression inside another; expression.c has it. */
bool compiler_nested(struct compiler *compiler, struct part *part);

/* Dead text emits no code. Without memory nothing grows, and compiling fails in the end. */
void code_emit(struct compiler *compiler, uint32_t word);
void code_pop(struct compiler *compiler);
/* A read that adds to the stack, and one that replaces what is on top. */
void code_read(struct compiler *compiler, enum read what, uint32_t argument);
void code_replace(struct compiler *compiler, enum read what, uint32_t argument);
/* Puts a part on the stack if it is a constant and so is not there yet. */
void code_put(struct compiler *compiler, const struct part *part);
struct mark code_mark(const struct compiler *compiler);
/* Moves the code behind a mark's word to the output; how many words. */
uint32_t code_move_out(struct compiler *compiler, uint32_t first);
/* False, with the error, when the code wants more stack than there is. */
bool code_check_depth(struct compiler *compiler, struct span span);

/* Room for "'...' is a duration such as '8ms'". */
#define DESCRIPTION_MAX 112

/* Writes what a part is, to words[DESCRIPTION_MAX]. */
void part_describe(const struct compiler *compiler, const struct part *part, char *words);
struct part part_constant(struct value value);
/* Makes a part one of code. */
void part_set_type(struct part *part, enum value_type type, enum object_kind kind);
/* What dead text that makes no sense amounts to. Always true. */
bool part_set_unknown(struct part *part);
bool part_may_be_quantity(const struct part *part);
bool part_is_bare_zero(const struct part *part);

/* Applies an operator to both sides; the result is in *left. False when types or values forbid it.
 */
bool joint_combine(struct compiler *compiler,
                   const struct joint *joint,
                   struct part *left,
                   const struct part *right);

/* Makes one constant of a constant part and the constant on its right. */
bool joint_fold(struct compiler *compiler,
                const struct joint *joint,
                struct part *part,
                struct value right);

#endif
