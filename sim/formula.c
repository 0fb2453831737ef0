/* SPDX-License-Identifier: Apache-2.0 */
/* The stack machine of expressions, and the arithmetic that loading folds constants with.
 *
 * A bare 0 is a quantity of every kind: a number whose value is 0 takes the type of the other side,
 * in sums, remainders, comparisons, min and max, and above the line of a quotient. Nothing wraps:
 * what does not fit in 64 bits is FORMULA_OVERFLOW. An infinite duration is there to be compared;
 * arithmetic with it overflows, and so does a finite result that would look infinite. Division
 * rounds towards zero, and a remainder has the sign of the dividend. Hexadecimal literals are bit
 * patterns: they reckon as signed. */
#include "sim/formula.h"

#include "sim/check.h"

/* No value has it: the two sides have no type in common. */
#define NO_TYPE ((uint32_t)VALUE_ANY)

static inline bool is_quantity(uint32_t type)
{
    return type >= VALUE_NUMBER && type <= VALUE_SHARE;
}

static inline bool is_bare_zero(const struct value *value)
{
    return value->type == VALUE_NUMBER && value->bits == 0;
}

/* The type that both sides have, a number 0 any quantity's; NO_TYPE when there is none. */
static inline uint32_t common_type(const struct value *left, const struct value *right)
{
    if (left->type == right->type) {
        return left->type;
    }
    if (is_bare_zero(left) && is_quantity(right->type)) {
        return right->type;
    }
    return is_bare_zero(right) && is_quantity(left->type) ? left->type : NO_TYPE;
}

static inline bool is_infinite(const struct value *value)
{
    return value->type == VALUE_DURATION && value->bits == VALUE_INFINITE;
}

/* Stores the answer of arithmetic, which may not look infinite without being so. */
static inline enum formula_status store(struct value *result, uint32_t type, int64_t answer)
{
    if (type == VALUE_DURATION && (uint64_t)answer == VALUE_INFINITE) {
        return FORMULA_OVERFLOW;
    }
    *result = value_make((enum value_type)type, (uint64_t)answer);
    return FORMULA_OK;
}

/* Every operation on two sides may have its result where a side is. Values are read field by field:
 * a whole one, read at once right after its fields were written, makes the processor wait. */

static inline enum formula_status add(enum formula_operation operation,
                                      const struct value *left,
                                      const struct value *right,
                                      struct value *result)
{
    uint32_t type = common_type(left, right);
    int64_t a = (int64_t)left->bits;
    int64_t b = (int64_t)right->bits;
    int64_t sum = 0;
    bool overflows;

    if (!is_quantity(type)) {
        return FORMULA_WRONG_TYPE;
    }
    overflows = operation == FORMULA_ADD ? __builtin_add_overflow(a, b, &sum)
                                         : __builtin_sub_overflow(a, b, &sum);
    if (overflows || is_infinite(left) || is_infinite(right)) {
        return FORMULA_OVERFLOW;
    }
    return store(result, type, sum);
}

static enum formula_status
multiply(const struct value *left, const struct value *right, struct value *result)
{
    int64_t product = 0;

    if (!is_quantity(left->type) || !is_quantity(right->type) ||
        (left->type != VALUE_NUMBER && right->type != VALUE_NUMBER)) {
        return FORMULA_WRONG_TYPE;
    }
    if (__builtin_mul_overflow((int64_t)left->bits, (int64_t)right->bits, &product) ||
        is_infinite(left) || is_infinite(right)) {
        return FORMULA_OVERFLOW;
    }
    return store(result, left->type == VALUE_NUMBER ? right->type : left->type, product);
}

/* A quotient by a number keeps its type; that of two quantities of one type is a number. */
static enum formula_status divide(enum formula_operation operation,
                                  const struct value *left,
                                  const struct value *right,
                                  struct value *result)
{
    bool scales = operation == FORMULA_DIVIDE && right->type == VALUE_NUMBER;
    uint32_t type = scales ? left->type : common_type(left, right);
    int64_t a = (int64_t)left->bits;
    int64_t b = (int64_t)right->bits;

    if (!is_quantity(type)) {
        return FORMULA_WRONG_TYPE;
    }
    if (b == 0) {
        return FORMULA_DIVISION_BY_ZERO;
    }
    if (is_infinite(left) || is_infinite(right)) {
        return FORMULA_OVERFLOW;
    }
    if (operation == FORMULA_MODULO) {
        return store(result, type, b == -1 ? 0 : a % b);
    }
    if (a == INT64_MIN && b == -1) {
        return FORMULA_OVERFLOW;
    }
    return store(result, scales ? type : (uint32_t)VALUE_NUMBER, a / b);
}

static inline enum formula_status compare(enum formula_operation operation,
                                          const struct value *left,
                                          const struct value *right,
                                          struct value *result)
{
    /* By operation, the bits of the orders for which it holds: 1 less, 2 equal, 4 greater. */
    static const uint8_t holds[] = {[FORMULA_LESS - FORMULA_LESS] = 1,
                                    [FORMULA_LESS_EQUAL - FORMULA_LESS] = 1 | 2,
                                    [FORMULA_GREATER - FORMULA_LESS] = 4,
                                    [FORMULA_GREATER_EQUAL - FORMULA_LESS] = 4 | 2};
    int64_t a = (int64_t)left->bits;
    int64_t b = (int64_t)right->bits;

    if (!is_quantity(common_type(left, right))) {
        return FORMULA_WRONG_TYPE;
    }
    *result = value_boolean((holds[operation - FORMULA_LESS] >> ((a > b) - (a < b) + 1) & 1) != 0);
    return FORMULA_OK;
}

/* Any two values of one type are equal or not; null differs from all but null. */
static inline enum formula_status equal(enum formula_operation operation,
                                        const struct value *left,
                                        const struct value *right,
                                        struct value *result)
{
    bool same = common_type(left, right) != NO_TYPE;

    if (!same && left->type != VALUE_NULL && right->type != VALUE_NULL) {
        return FORMULA_WRONG_TYPE;
    }
    same = same && left->bits == right->bits;
    *result = value_boolean(same == (operation == FORMULA_EQUAL));
    return FORMULA_OK;
}

static enum formula_status extreme(enum formula_operation operation,
                                   const struct value *left,
                                   const struct value *right,
                                   struct value *result)
{
    uint32_t type = common_type(left, right);
    bool left_is_less = (int64_t)left->bits < (int64_t)right->bits;

    if (!is_quantity(type)) {
        return FORMULA_WRONG_TYPE;
    }
    *result = value_make((enum value_type)type,
                         left_is_less == (operation == FORMULA_MIN) ? left->bits : right->bits);
    return FORMULA_OK;
}

static inline enum formula_status invert(const struct value *value, struct value *result)
{
    if (value->type != VALUE_BOOLEAN) {
        return FORMULA_WRONG_TYPE;
    }
    *result = value_boolean(value->bits == 0);
    return FORMULA_OK;
}

static enum formula_status negate(const struct value *value, struct value *result)
{
    static const struct value zero = {0, VALUE_NUMBER, 0};

    return add(FORMULA_SUBTRACT, &zero, value, result);
}

enum formula_status formula_apply(enum formula_operation operation,
                                  struct value left,
                                  struct value right,
                                  struct value *result)
{
    switch (operation) {
    case FORMULA_NOT:
        return invert(&left, result);
    case FORMULA_NEGATE:
        return negate(&left, result);
    case FORMULA_ADD:
    case FORMULA_SUBTRACT:
        return add(operation, &left, &right, result);
    case FORMULA_MULTIPLY:
        return multiply(&left, &right, result);
    case FORMULA_DIVIDE:
    case FORMULA_MODULO:
        return divide(operation, &left, &right, result);
    case FORMULA_EQUAL:
    case FORMULA_NOT_EQUAL:
        return equal(operation, &left, &right, result);
    case FORMULA_LESS:
    case FORMULA_LESS_EQUAL:
    case FORMULA_GREATER:
    case FORMULA_GREATER_EQUAL:
        return compare(operation, &left, &right, result);
    case FORMULA_MIN:
    case FORMULA_MAX:
        return extreme(operation, &left, &right, result);
    case FORMULA_CONSTANT:
    case FORMULA_READ:
    case FORMULA_AND:
    case FORMULA_OR:
        break;
    }
    return FORMULA_WRONG_TYPE;
}

enum formula_status formula_evaluate(struct formula_code code,
                                     const struct formula_environment *environment,
                                     struct value *result)
{
    struct value stack[1 + FORMULA_STACK_MAX]; /* the first is below the bottom */
    struct value *top = stack;
    const uint32_t *word = code.word;
    const uint32_t *end = code.word + code.count;
    enum formula_status status = FORMULA_OK;

    while (word < end && status == FORMULA_OK) {
        enum formula_operation operation = (enum formula_operation)(*word & 0xff);
        uint32_t argument = *word++ >> 8;

        SIM_ASSERT(top >= stack && top <= stack + FORMULA_STACK_MAX);
        switch (operation) {
        case FORMULA_CONSTANT:
            *++top = code.constants[argument];
            break;
        case FORMULA_READ:
            top += (argument & 1) == 0;
            status = environment->read(environment->context, argument >> 1, *word++, top);
            break;
        case FORMULA_AND:
        case FORMULA_OR:
            if (top->type != VALUE_BOOLEAN) {
                status = FORMULA_WRONG_TYPE;
            } else if ((top->bits != 0) == (operation == FORMULA_OR)) {
                word += argument;
            } else {
                top--;
            }
            break;
        case FORMULA_NOT:
            status = invert(top, top);
            break;
        case FORMULA_NEGATE:
            status = negate(top, top);
            break;
        case FORMULA_ADD:
        case FORMULA_SUBTRACT:
            top--;
            status = add(operation, top, top + 1, top);
            break;
        case FORMULA_EQUAL:
        case FORMULA_NOT_EQUAL:
            top--;
            status = equal(operation, top, top + 1, top);
            break;
        case FORMULA_LESS:
        case FORMULA_LESS_EQUAL:
        case FORMULA_GREATER:
        case FORMULA_GREATER_EQUAL:
            top--;
            status = compare(operation, top, top + 1, top);
            break;
        case FORMULA_MULTIPLY:
        case FORMULA_DIVIDE:
        case FORMULA_MODULO:
        case FORMULA_MIN:
        case FORMULA_MAX:
            top--;
            status = formula_apply(operation, top[0], top[1], top);
            break;
        }
    }
    if (status == FORMULA_OK) {
        SIM_CHECK(top == stack + 1);
        *result = value_make((enum value_type)top->type, top->bits);
    }
    return status;
}

const char *formula_status_words(enum formula_status status)
{
    switch (status) {
    case FORMULA_OK:
        break;
    case FORMULA_OVERFLOW:
        return "a result does not fit: overflow";
    case FORMULA_DIVISION_BY_ZERO:
        return "division by zero";
    case FORMULA_WRONG_TYPE:
        return "values of types that do not go together";
    case FORMULA_NULL_MEMBER:
        return "null has no members";
    case FORMULA_OUT_OF_RANGE:
        return "an index lies outside its array";
    case FORMULA_NO_SUCH_MEMBER:
        return "this object has no such member";
    }
    return "";
}
