/* SPDX-License-Identifier: Apache-2.0 */
/* The stack machine of expressions. A bare 0 is a quantity of every kind, so a number 0 takes the type of
 * the other side. */
#include "sim/formula.h"

#include "sim/check.h"

/* Gives a number 0 the other side's type; whether the two are then of one type. */
static bool unify(struct value *left, struct value *right)
{
    if (left->type == VALUE_NUMBER && left->bits == 0 && value_is_quantity(*right)) {
        left->type = right->type;
    } else if (right->type == VALUE_NUMBER && right->bits == 0 && value_is_quantity(*left)) {
        right->type = left->type;
    }
    return left->type == right->type;
}

static bool is_infinite(struct value value)
{
    return value.type == VALUE_DURATION && value.bits == VALUE_INFINITE;
}

/* Stores a sum, difference or product, which must fit and may not look infinite without being so. */
static enum formula_status store(struct value *result, uint32_t type, bool overflow, int64_t sum)
{
    if (overflow || (type == VALUE_DURATION && sum == INT64_MAX)) {
        return FORMULA_OVERFLOW;
    }
    *result = value_make((enum value_type)type, (uint64_t)sum);
    return FORMULA_OK;
}

static enum formula_status
add(enum formula_operation operation, struct value left, struct value right, struct value *result)
{
    int64_t sum = 0;
    bool overflow;

    if (!unify(&left, &right) || !value_is_quantity(left)) {
        return FORMULA_WRONG_TYPE;
    }
    if (is_infinite(left) || is_infinite(right)) {
        return FORMULA_OVERFLOW;
    }
    overflow = operation == FORMULA_ADD
                   ? __builtin_add_overflow((int64_t)left.bits, (int64_t)right.bits, &sum)
                   : __builtin_sub_overflow((int64_t)left.bits, (int64_t)right.bits, &sum);
    return store(result, left.type, overflow, sum);
}

static enum formula_status multiply(struct value left, struct value right, struct value *result)
{
    int64_t product = 0;
    bool overflow;

    if (!value_is_quantity(left) || !value_is_quantity(right) ||
        (left.type != VALUE_NUMBER && right.type != VALUE_NUMBER)) {
        return FORMULA_WRONG_TYPE;
    }
    if (is_infinite(left) || is_infinite(right)) {
        return FORMULA_OVERFLOW;
    }
    overflow = __builtin_mul_overflow((int64_t)left.bits, (int64_t)right.bits, &product);
    return store(result, left.type == VALUE_NUMBER ? right.type : left.type, overflow, product);
}

/* Division rounds towards zero; the remainder has the sign of the dividend. */
static enum formula_status
divide(enum formula_operation operation, struct value left, struct value right, struct value *result)
{
    int64_t a = (int64_t)left.bits;
    int64_t b = (int64_t)right.bits;
    uint32_t type = left.type;

    if (!value_is_quantity(left) || !value_is_quantity(right)) {
        return FORMULA_WRONG_TYPE;
    }
    if (operation == FORMULA_MODULO || right.type != VALUE_NUMBER) {
        if (!unify(&left, &right)) {
            return FORMULA_WRONG_TYPE;
        }
        type = operation == FORMULA_MODULO ? left.type : (uint32_t)VALUE_NUMBER;
    }
    if (b == 0) {
        return FORMULA_DIVISION_BY_ZERO;
    }
    if (is_infinite(left) || is_infinite(right) || (a == INT64_MIN && b == -1)) {
        return FORMULA_OVERFLOW;
    }
    *result = value_make((enum value_type)type, (uint64_t)(operation == FORMULA_MODULO ? a % b : a / b));
    return FORMULA_OK;
}

static enum formula_status
compare(enum formula_operation operation, struct value left, struct value right, struct value *result)
{
    int64_t a;
    int64_t b;
    bool holds = false;

    if (!unify(&left, &right) || !value_is_quantity(left)) {
        return FORMULA_WRONG_TYPE;
    }
    a = (int64_t)left.bits;
    b = (int64_t)right.bits;
    if (operation == FORMULA_LESS) {
        holds = a < b;
    } else if (operation == FORMULA_LESS_EQUAL) {
        holds = a <= b;
    } else if (operation == FORMULA_GREATER) {
        holds = a > b;
    } else {
        holds = a >= b;
    }
    *result = value_boolean(holds);
    return FORMULA_OK;
}

static enum formula_status
equal(enum formula_operation operation, struct value left, struct value right, struct value *result)
{
    bool same = unify(&left, &right);

    if (!same && left.type != VALUE_NULL && right.type != VALUE_NULL) {
        return FORMULA_WRONG_TYPE;
    }
    same = same && left.bits == right.bits;
    *result = value_boolean(operation == FORMULA_EQUAL ? same : !same);
    return FORMULA_OK;
}

static enum formula_status
extreme(enum formula_operation operation, struct value left, struct value right, struct value *result)
{
    bool left_is_less;

    if (!unify(&left, &right) || !value_is_quantity(left)) {
        return FORMULA_WRONG_TYPE;
    }
    left_is_less = (int64_t)left.bits < (int64_t)right.bits;
    *result = left_is_less == (operation == FORMULA_MIN) ? left : right;
    return FORMULA_OK;
}

/* not and unary minus, of the left side. */
static enum formula_status
apply_unary(enum formula_operation operation, struct value left, struct value *result)
{
    if (operation == FORMULA_NOT) {
        if (left.type != VALUE_BOOLEAN) {
            return FORMULA_WRONG_TYPE;
        }
        *result = value_boolean(left.bits == 0);
        return FORMULA_OK;
    }
    if (!value_is_quantity(left)) {
        return FORMULA_WRONG_TYPE;
    }
    return add(FORMULA_SUBTRACT, value_make((enum value_type)left.type, 0), left, result);
}

enum formula_status formula_apply(enum formula_operation operation,
                                  struct value left,
                                  struct value right,
                                  struct value *result)
{
    switch (operation) {
    case FORMULA_NOT:
    case FORMULA_NEGATE:
        return apply_unary(operation, left, result);
    case FORMULA_ADD:
    case FORMULA_SUBTRACT:
        return add(operation, left, right, result);
    case FORMULA_MULTIPLY:
        return multiply(left, right, result);
    case FORMULA_DIVIDE:
    case FORMULA_MODULO:
        return divide(operation, left, right, result);
    case FORMULA_EQUAL:
    case FORMULA_NOT_EQUAL:
        return equal(operation, left, right, result);
    case FORMULA_LESS:
    case FORMULA_LESS_EQUAL:
    case FORMULA_GREATER:
    case FORMULA_GREATER_EQUAL:
        return compare(operation, left, right, result);
    case FORMULA_MIN:
    case FORMULA_MAX:
        return extreme(operation, left, right, result);
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
    struct value stack[FORMULA_STACK_MAX];
    uint32_t depth = 0;
    enum formula_status status = FORMULA_OK;

    for (uint32_t at = 0; at < code.count && status == FORMULA_OK; at++) {
        enum formula_operation operation = (enum formula_operation)(code.word[at] & 0xff);
        uint32_t argument = code.word[at] >> 8;

        if (operation == FORMULA_CONSTANT) {
            stack[depth++] = code.constants[argument];
        } else if (operation == FORMULA_READ) {
            depth += (argument & 1) == 0;
            status = environment->read(environment->context, argument >> 1, code.word[++at],
                                       &stack[depth - 1]);
        } else if (operation == FORMULA_AND || operation == FORMULA_OR) {
            if (stack[depth - 1].type != VALUE_BOOLEAN) {
                return FORMULA_WRONG_TYPE;
            }
            if ((stack[depth - 1].bits != 0) == (operation == FORMULA_OR)) {
                at += argument;
            } else {
                depth--;
            }
        } else if (operation == FORMULA_NOT || operation == FORMULA_NEGATE) {
            status = apply_unary(operation, stack[depth - 1], &stack[depth - 1]);
        } else {
            depth--;
            status = formula_apply(operation, stack[depth - 1], stack[depth], &stack[depth - 1]);
        }
    }
    if (status == FORMULA_OK) {
        SIM_CHECK(depth == 1);
        *result = stack[0];
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
