/* SPDX-License-Identifier: Apache-2.0 */
/* The code of expressions as it grows, and the types of what operators join.
 *
 * A constant emits no code before something needs it on the stack, so that an operator between
 * constants folds into one; the left side's code, which had to come first, is taken back then. The
 * code has memory of its own until it is complete: code that must stand for itself moves from its
 * end to the output.
 *
 * A type is VALUE_ANY unless every run gives it. A number that is no constant may be 0 when it
 * meets a duration, so that their sum, too, may be of any type; with both types known at load only
 * the constant 0 passes for a quantity of another type. A reference may always be null at run time.
 */
#include "scenarios/load/expression_code.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/record.h"

/* The constants that an instruction can name. */
#define CONSTANTS_MAX (1u << 24)

bool compiler_is_word(const struct compiler *compiler, struct span span, const char *word)
{
    return strlen(word) == span.length &&
           memcmp(compiler_text(compiler, span), word, span.length) == 0;
}

bool compiler_is_operator(const struct compiler *compiler, enum formula_operation operation)
{
    return compiler_looks_at(compiler) == TOKEN_OPERATOR &&
           compiler->scanner.token.operation == operation;
}

bool compiler_advance(struct compiler *compiler)
{
    compiler->end = compiler_span(compiler).offset + compiler_span(compiler).length;
    return scanner_next(&compiler->scanner);
}

bool compiler_refuse_token(struct compiler *compiler, const char *wanted)
{
    struct span span = compiler_span(compiler);

    if (compiler_looks_at(compiler) == TOKEN_END) {
        return scanner_refuse(&compiler->scanner, span, NULL, "%s is wanted here, not the end",
                              wanted);
    }
    return scanner_refuse(&compiler->scanner, span, NULL, "%s is wanted here, not '%.*s'", wanted,
                          scanner_shown(&compiler->scanner, span), compiler_text(compiler, span));
}

bool compiler_expect(struct compiler *compiler, enum token_kind kind, const char *wanted)
{
    return compiler_looks_at(compiler) == kind ? compiler_advance(compiler)
                                               : compiler_refuse_token(compiler, wanted);
}

bool compiler_copy_name(struct compiler *compiler, struct span span, char *name)
{
    size_t quotes = *compiler_text(compiler, span) == '\'' ? 1 : 0;
    struct span bare = {span.offset + quotes, span.length - 2 * quotes};

    if (bare.length > SCAN_NAME_MAX) {
        return scanner_refuse(&compiler->scanner, span, NULL, "'%.*s...' is longer than %d bytes",
                              scanner_shown(&compiler->scanner, bare),
                              compiler_text(compiler, bare), SCAN_NAME_MAX);
    }
    memcpy(name, compiler_text(compiler, bare), bare.length);
    name[bare.length] = '\0';
    return true;
}

/* Room for one more item of `size` bytes; NULL, and the flag set, when there is none. */
static void *grow(struct compiler *compiler, void *items, uint32_t *room, size_t size)
{
    uint32_t wanted = *room == 0 ? 64 : *room * 2;
    void *grown = wanted > *room ? realloc(items, wanted * size) : NULL;

    if (grown == NULL) {
        compiler->output->out_of_memory = true;
    } else {
        *room = wanted;
    }
    return grown;
}

static bool is_emitting(const struct compiler *compiler)
{
    return compiler->dead == 0 && !compiler->output->out_of_memory;
}

void code_emit(struct compiler *compiler, uint32_t word)
{
    if (!is_emitting(compiler)) {
        return;
    }
    if (compiler->word_count == compiler->word_room) {
        uint32_t *grown =
            grow(compiler, compiler->word, &compiler->word_room, sizeof *compiler->word);
        if (grown == NULL) {
            return;
        }
        compiler->word = grown;
    }
    compiler->word[compiler->word_count++] = word;
}

static void push(struct compiler *compiler)
{
    if (is_emitting(compiler) && ++compiler->depth > compiler->depth_most) {
        compiler->depth_most = compiler->depth;
    }
}

void code_pop(struct compiler *compiler)
{
    compiler->depth -= is_emitting(compiler);
}

void code_read(struct compiler *compiler, enum read what, uint32_t argument)
{
    code_emit(compiler, FORMULA_READ | (uint32_t)what << 9);
    code_emit(compiler, argument);
    push(compiler);
}

void code_replace(struct compiler *compiler, enum read what, uint32_t argument)
{
    code_emit(compiler, FORMULA_READ | (uint32_t)what << 9 | 1u << 8);
    code_emit(compiler, argument);
}

void code_put(struct compiler *compiler, const struct part *part)
{
    struct expression_output *output = compiler->output;

    if (!part->is_constant || !is_emitting(compiler)) {
        return;
    }
    if (output->constant_count == output->constant_room) {
        struct value *grown =
            output->constant_count == CONSTANTS_MAX
                ? NULL
                : grow(compiler, output->constant, &output->constant_room, sizeof *grown);
        if (grown == NULL) {
            output->out_of_memory = true;
            return;
        }
        output->constant = grown;
    }
    output->constant[output->constant_count] = part->constant;
    code_emit(compiler, FORMULA_CONSTANT | output->constant_count++ << 8);
    push(compiler);
}

struct mark code_mark(const struct compiler *compiler)
{
    return (struct mark){compiler->word_count, compiler->output->constant_count, compiler->depth,
                         compiler->depth_most};
}

static void take_back(struct compiler *compiler, struct mark mark)
{
    compiler->word_count = mark.word_count;
    compiler->output->constant_count = mark.constant_count;
    compiler->depth = mark.depth;
    compiler->depth_most = mark.depth_most;
}

uint32_t code_move_out(struct compiler *compiler, uint32_t mark)
{
    struct expression_output *output = compiler->output;
    uint32_t count = compiler->word_count - mark;

    while (output->word_room - output->word_count < count) {
        uint32_t *grown = grow(compiler, output->word, &output->word_room, sizeof *grown);
        if (grown == NULL) {
            return 0;
        }
        output->word = grown;
    }
    if (count > 0) {
        memcpy(output->word + output->word_count, compiler->word + mark,
               count * sizeof *output->word);
    }
    output->word_count += count;
    compiler->word_count = mark;
    return count;
}

bool code_check_depth(struct compiler *compiler, struct span span)
{
    if (compiler->depth_most > FORMULA_STACK_MAX) {
        return scanner_refuse(&compiler->scanner, span, NULL,
                              "this expression keeps more than %d values at a time",
                              FORMULA_STACK_MAX);
    }
    return true;
}

const char *expression_type_words(enum value_type type)
{
    switch (type) {
    case VALUE_NULL:
        return "null";
    case VALUE_NUMBER:
        return "a number";
    case VALUE_DURATION:
        return "a duration";
    case VALUE_SIZE:
        return "a size";
    case VALUE_SHARE:
        return "a share";
    case VALUE_BOOLEAN:
        return "a boolean";
    case VALUE_ERROR:
        return "an error";
    case VALUE_TEXT:
        return "a text";
    case VALUE_REFERENCE:
        return "an object";
    case VALUE_ANY:
        break;
    }
    return "a value that only a run knows";
}

void part_describe(const struct compiler *compiler, const struct part *part, char *words)
{
    struct span span = part_span(part);
    char object[32];
    const char *type = expression_type_words(part->type.type);

    if (part->type.type == VALUE_REFERENCE && part->type.kind != OBJECT_UNKNOWN) {
        snprintf(object, sizeof object, "%s %s", object_kind_article(part->type.kind),
                 object_kind_name(part->type.kind));
        type = object;
    }
    snprintf(words, DESCRIPTION_MAX, "'%.*s%s' is %s", scanner_shown(&compiler->scanner, span),
             compiler_text(compiler, span),
             (size_t)scanner_shown(&compiler->scanner, span) < span.length ? "..." : "", type);
}

struct part part_constant(struct value value)
{
    return (struct part){.is_constant = true,
                         .constant = value,
                         .type = {(enum value_type)value.type, OBJECT_UNKNOWN}};
}

void part_set_type(struct part *part, enum value_type type, enum object_kind kind)
{
    part->is_constant = false;
    part->type = (struct expression_type){type, kind};
}

bool part_set_unknown(struct part *part)
{
    part_set_type(part, VALUE_ANY, OBJECT_UNKNOWN);
    return true;
}

static bool is_quantity_type(enum value_type type)
{
    return type >= VALUE_NUMBER && type <= VALUE_SHARE;
}

bool part_may_be_quantity(const struct part *part)
{
    return part->type.type == VALUE_ANY || is_quantity_type(part->type.type);
}

static bool is_zero(const struct part *part)
{
    return part->is_constant && is_quantity_type(part->type.type) && part->constant.bits == 0;
}

bool part_is_bare_zero(const struct part *part)
{
    return is_zero(part) && part->type.type == VALUE_NUMBER;
}

/* The type of a value that is of one type with `known` and with something that only a run knows. */
static enum value_type type_beside_any(const struct part *known)
{
    bool may_be_zero =
        known->type.type == VALUE_NUMBER && (!known->is_constant || known->constant.bits == 0);

    return may_be_zero ? VALUE_ANY : known->type.type;
}

/* The type that both sides have; false when they have none in common. */
static bool common_type(const struct part *left, const struct part *right, enum value_type *type)
{
    enum value_type a = left->type.type;
    enum value_type b = right->type.type;

    if (a == b || (part_is_bare_zero(right) && is_quantity_type(a))) {
        *type = a;
    } else if (part_is_bare_zero(left) && is_quantity_type(b)) {
        *type = b;
    } else if (a == VALUE_ANY) {
        *type = type_beside_any(right);
    } else if (b == VALUE_ANY) {
        *type = type_beside_any(left);
    } else {
        return false;
    }
    return true;
}

static bool product_type(const struct part *left, const struct part *right, enum value_type *type)
{
    enum value_type a = left->type.type;
    enum value_type b = right->type.type;

    *type = a == VALUE_NUMBER ? b : a;
    if (a == VALUE_ANY && b != VALUE_NUMBER) {
        *type = b;
    }
    return a == VALUE_NUMBER || b == VALUE_NUMBER || a == VALUE_ANY || b == VALUE_ANY;
}

static bool quotient_type(const struct part *left, const struct part *right, enum value_type *type)
{
    enum value_type a = left->type.type;
    enum value_type b = right->type.type;

    if (b == VALUE_NUMBER) {
        *type = a;
        return true;
    }
    *type = b == VALUE_ANY && a != VALUE_NUMBER ? VALUE_ANY : VALUE_NUMBER;
    return a == b || a == VALUE_ANY || b == VALUE_ANY || part_is_bare_zero(left);
}

/* The type of what an operator makes of its sides; false when it cannot. */
static bool joint_type(enum formula_operation operation,
                       const struct part *left,
                       const struct part *right,
                       enum value_type *type)
{
    enum value_type a = left->type.type;
    enum value_type b = right->type.type;
    bool are_equals = operation == FORMULA_EQUAL || operation == FORMULA_NOT_EQUAL;

    if (are_equals && (a == VALUE_NULL || b == VALUE_NULL)) {
        *type = VALUE_BOOLEAN;
        return true;
    }
    if (!are_equals && (!part_may_be_quantity(left) || !part_may_be_quantity(right))) {
        return false;
    }
    if (operation == FORMULA_MULTIPLY) {
        return product_type(left, right, type);
    }
    if (operation == FORMULA_DIVIDE) {
        return quotient_type(left, right, type);
    }
    if (!common_type(left, right, type)) {
        return false;
    }
    if (operation >= FORMULA_EQUAL && operation <= FORMULA_GREATER_EQUAL) {
        *type = VALUE_BOOLEAN;
    }
    return true;
}

/* Refuses the types of an operator's sides. Always false. */
static bool refuse_types(struct compiler *compiler,
                         const struct joint *joint,
                         const struct part *left,
                         const struct part *right)
{
    bool are_equals = joint->operation == FORMULA_EQUAL || joint->operation == FORMULA_NOT_EQUAL;
    const struct part *stranger = part_may_be_quantity(left) ? right : left;
    const char *sign = compiler_text(compiler, joint->span);
    const char *wants = "two values of one type";
    const char *hint = NULL;
    char a[DESCRIPTION_MAX];
    char b[DESCRIPTION_MAX];

    if (!are_equals && !part_may_be_quantity(stranger)) {
        part_describe(compiler, stranger, a);
        return scanner_refuse(&compiler->scanner, joint->span, NULL,
                              "'%.*s' wants numbers, durations, sizes or shares, but %s",
                              (int)joint->span.length, sign, a);
    }
    if (joint->operation == FORMULA_MULTIPLY) {
        wants = "a number on one side at least";
    } else if (joint->operation == FORMULA_DIVIDE) {
        wants = "a number on the right or two values of one type";
    } else if (are_equals) {
        wants = "two values of one type or null";
    }
    if (left->type.type == VALUE_ERROR || right->type.type == VALUE_ERROR) {
        hint = "errors are compared by name; ERROR_SUCCESS is 0";
    }
    part_describe(compiler, left, a);
    part_describe(compiler, right, b);
    return scanner_refuse(&compiler->scanner, joint->span, hint, "'%.*s' wants %s, but %s and %s",
                          (int)joint->span.length, sign, wants, a, b);
}

/* Refuses what an operation on constants comes to. Always false. */
static bool refuse_result(struct compiler *compiler,
                          struct span sign,
                          const char *hint,
                          enum formula_status status)
{
    const char *text = compiler_text(compiler, sign);
    int length = (int)sign.length;

    if (status == FORMULA_DIVISION_BY_ZERO) {
        return scanner_refuse(&compiler->scanner, sign, NULL, "'%.*s' divides by zero", length,
                              text);
    }
    return scanner_refuse(&compiler->scanner, sign, hint,
                          "'%.*s' overflows: the result does not fit in 64 bits", length, text);
}

static bool is_infinite(struct value value)
{
    return value.type == VALUE_DURATION && value.bits == VALUE_INFINITE;
}

bool joint_fold(struct compiler *compiler,
                const struct joint *joint,
                struct part *part,
                struct value right)
{
    struct value left = part->constant;
    enum formula_status status = formula_apply(joint->operation, left, right, &part->constant);

    take_back(compiler, joint->mark);
    if (status == FORMULA_OK) {
        part->type.type = (enum value_type)part->constant.type;
        part->type.kind = OBJECT_UNKNOWN;
        return true;
    }
    if (compiler->dead > 0) {
        return part_set_unknown(part);
    }
    return refuse_result(compiler, joint->span,
                         is_infinite(left) || is_infinite(right)
                             ? "'infinite' can be compared, not reckoned with"
                             : NULL,
                         status);
}

bool joint_combine(struct compiler *compiler,
                   const struct joint *joint,
                   struct part *left,
                   const struct part *right)
{
    enum value_type type;
    bool divides = joint->operation == FORMULA_DIVIDE || joint->operation == FORMULA_MODULO;
    bool fits = joint_type(joint->operation, left, right, &type);

    if (!fits && compiler->dead == 0) {
        return refuse_types(compiler, joint, left, right);
    }
    left->end = right->end;
    if (!fits) {
        return part_set_unknown(left);
    }
    if (left->is_constant && right->is_constant) {
        return joint_fold(compiler, joint, left, right->constant);
    }
    if (divides && is_zero(right) && compiler->dead == 0) {
        return refuse_result(compiler, joint->span, NULL, FORMULA_DIVISION_BY_ZERO);
    }
    code_put(compiler, right);
    code_emit(compiler, (uint32_t)joint->operation);
    code_pop(compiler);
    part_set_type(left, type, OBJECT_UNKNOWN);
    return true;
}
