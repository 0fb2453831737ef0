/* SPDX-License-Identifier: Apache-2.0 */
/* The stack machine: what each operation makes of each kind of value, and how code runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "sim/check.h"
#include "sim/formula.h"

_Noreturn void sim_check_failed(const char *text, const char *file, int line)
{
    fprintf(stderr, "%s:%d: check failed: %s\n", file, line, text);
    abort();
}

static struct value of(enum value_type type, int64_t bits)
{
    return value_make(type, (uint64_t)bits);
}

static struct value number(int64_t bits)
{
    return of(VALUE_NUMBER, bits);
}

static struct value duration(int64_t bits)
{
    return of(VALUE_DURATION, bits);
}

static const struct value infinite = {VALUE_INFINITE, VALUE_DURATION, 0};

#define ASSERT_GIVES(operation, left, right, wanted)                                               \
    do {                                                                                           \
        struct value result = {77, 77, 0};                                                         \
        struct value expected = (wanted);                                                          \
        assert_int_equal(formula_apply(operation, left, right, &result), FORMULA_OK);              \
        assert_int_equal(result.type, expected.type);                                              \
        assert_true(result.bits == expected.bits);                                                 \
    } while (0)

#define ASSERT_FAILS(operation, left, right, status)                                               \
    do {                                                                                           \
        struct value result = {77, 77, 0};                                                         \
        assert_int_equal(formula_apply(operation, left, right, &result), status);                  \
        assert_true(result.bits == 77 && result.type == 77);                                       \
    } while (0)

static void quantities_of_one_type_are_added_and_subtracted(void **state)
{
    (void)state;
    for (int type = VALUE_NUMBER; type <= VALUE_SHARE; type++) {
        enum value_type t = (enum value_type)type;
        ASSERT_GIVES(FORMULA_ADD, of(t, 5), of(t, -7), of(t, -2));
        ASSERT_GIVES(FORMULA_SUBTRACT, of(t, 5), of(t, 7), of(t, -2));
        ASSERT_GIVES(FORMULA_MODULO, of(t, -7), of(t, 5), of(t, -2));
        ASSERT_GIVES(FORMULA_MIN, of(t, -7), of(t, 5), of(t, -7));
        ASSERT_GIVES(FORMULA_MAX, of(t, -7), of(t, 5), of(t, 5));
        ASSERT_GIVES(FORMULA_NEGATE, of(t, 5), value_null(), of(t, -5));
    }
}

static void quantities_of_two_types_are_not_added_or_compared(void **state)
{
    static const enum formula_operation operations[] = {
        FORMULA_ADD,     FORMULA_SUBTRACT,      FORMULA_MODULO, FORMULA_LESS, FORMULA_LESS_EQUAL,
        FORMULA_GREATER, FORMULA_GREATER_EQUAL, FORMULA_EQUAL,  FORMULA_MIN,  FORMULA_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        ASSERT_FAILS(operations[i], duration(5), of(VALUE_SIZE, 5), FORMULA_WRONG_TYPE);
        ASSERT_FAILS(operations[i], number(5), duration(5), FORMULA_WRONG_TYPE);
        ASSERT_FAILS(operations[i], of(VALUE_SHARE, 5), number(5), FORMULA_WRONG_TYPE);
        ASSERT_FAILS(operations[i], of(VALUE_ERROR, 5), number(0), FORMULA_WRONG_TYPE);
    }
}

static void a_number_zero_takes_the_type_of_the_other_side(void **state)
{
    (void)state;
    ASSERT_GIVES(FORMULA_ADD, number(0), duration(8), duration(8));
    ASSERT_GIVES(FORMULA_SUBTRACT, number(0), of(VALUE_SIZE, 8), of(VALUE_SIZE, -8));
    ASSERT_GIVES(FORMULA_SUBTRACT, of(VALUE_SHARE, 8), number(0), of(VALUE_SHARE, 8));
    ASSERT_GIVES(FORMULA_LESS, number(0), duration(8), value_boolean(true));
    ASSERT_GIVES(FORMULA_EQUAL, duration(0), number(0), value_boolean(true));
    ASSERT_GIVES(FORMULA_NOT_EQUAL, number(0), duration(8), value_boolean(true));
    ASSERT_GIVES(FORMULA_MIN, number(0), duration(8), duration(0));
    ASSERT_GIVES(FORMULA_MAX, duration(-8), number(0), duration(0));
    ASSERT_GIVES(FORMULA_MODULO, number(0), duration(8), duration(0));
    ASSERT_GIVES(FORMULA_DIVIDE, number(0), duration(8), number(0));
    ASSERT_FAILS(FORMULA_ADD, duration(0), of(VALUE_SIZE, 8), FORMULA_WRONG_TYPE);
}

static void a_product_wants_a_number_on_one_side(void **state)
{
    (void)state;
    ASSERT_GIVES(FORMULA_MULTIPLY, number(3), duration(-8), duration(-24));
    ASSERT_GIVES(FORMULA_MULTIPLY, of(VALUE_SHARE, 8), number(3), of(VALUE_SHARE, 24));
    ASSERT_GIVES(FORMULA_MULTIPLY, number(3), number(8), number(24));
    ASSERT_FAILS(FORMULA_MULTIPLY, of(VALUE_SHARE, 3), duration(8), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_MULTIPLY, duration(3), duration(8), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_MULTIPLY, number(3), value_boolean(true), FORMULA_WRONG_TYPE);
}

static void a_quotient_keeps_the_type_or_is_a_number(void **state)
{
    (void)state;
    ASSERT_GIVES(FORMULA_DIVIDE, duration(-7), number(2), duration(-3));
    ASSERT_GIVES(FORMULA_DIVIDE, duration(7), duration(-2), number(-3));
    ASSERT_GIVES(FORMULA_DIVIDE, number(7), number(2), number(3));
    ASSERT_FAILS(FORMULA_DIVIDE, number(7), duration(2), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_DIVIDE, of(VALUE_SIZE, 7), duration(2), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_DIVIDE, of(VALUE_TEXT, 7), number(2), FORMULA_WRONG_TYPE);
}

static void nothing_is_divided_by_zero(void **state)
{
    (void)state;
    ASSERT_FAILS(FORMULA_DIVIDE, number(7), number(0), FORMULA_DIVISION_BY_ZERO);
    ASSERT_FAILS(FORMULA_DIVIDE, duration(7), number(0), FORMULA_DIVISION_BY_ZERO);
    ASSERT_FAILS(FORMULA_DIVIDE, duration(7), duration(0), FORMULA_DIVISION_BY_ZERO);
    ASSERT_FAILS(FORMULA_MODULO, duration(7), number(0), FORMULA_DIVISION_BY_ZERO);
}

static void what_does_not_fit_overflows(void **state)
{
    (void)state;
    ASSERT_FAILS(FORMULA_ADD, number(INT64_MAX), number(1), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_SUBTRACT, number(INT64_MIN), number(1), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_MULTIPLY, number(INT64_MIN), number(-1), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_DIVIDE, number(INT64_MIN), number(-1), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_NEGATE, number(INT64_MIN), value_null(), FORMULA_OVERFLOW);
    ASSERT_GIVES(FORMULA_MODULO, number(INT64_MIN), number(-1), number(0));
    ASSERT_GIVES(FORMULA_ADD, number(INT64_MAX), number(0), number(INT64_MAX));
}

static void the_infinite_can_only_be_compared(void **state)
{
    (void)state;
    ASSERT_GIVES(FORMULA_LESS, duration(INT64_MAX - 1), infinite, value_boolean(true));
    ASSERT_GIVES(FORMULA_EQUAL, infinite, infinite, value_boolean(true));
    ASSERT_GIVES(FORMULA_MIN, infinite, duration(8), duration(8));
    ASSERT_GIVES(FORMULA_MAX, infinite, number(0), infinite);
    ASSERT_FAILS(FORMULA_ADD, infinite, number(0), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_SUBTRACT, infinite, infinite, FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_MULTIPLY, infinite, number(0), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_DIVIDE, infinite, number(2), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_DIVIDE, duration(8), infinite, FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_MODULO, duration(8), infinite, FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_NEGATE, infinite, value_null(), FORMULA_OVERFLOW);
}

static void no_finite_result_looks_infinite(void **state)
{
    (void)state;
    ASSERT_FAILS(FORMULA_ADD, duration(INT64_MAX - 1), duration(1), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_MULTIPLY, duration(-INT64_MAX), number(-1), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_DIVIDE, duration(-INT64_MAX), number(-1), FORMULA_OVERFLOW);
    ASSERT_FAILS(FORMULA_NEGATE, duration(-INT64_MAX), value_null(), FORMULA_OVERFLOW);
    ASSERT_GIVES(FORMULA_NEGATE, number(-INT64_MAX), value_null(), number(INT64_MAX));
}

static void comparisons_are_signed(void **state)
{
    static const enum formula_operation operations[] = {FORMULA_LESS, FORMULA_LESS_EQUAL,
                                                        FORMULA_GREATER, FORMULA_GREATER_EQUAL};

    static const bool holds[][4] = {
        {true, true, false, false}, {false, true, false, true}, {false, false, true, true}};

    (void)state;
    for (int order = 0; order < 3; order++) {
        for (int i = 0; i < 4; i++) {
            ASSERT_GIVES(operations[i], number(order - 2), number(-1),
                         value_boolean(holds[order][i]));
        }
    }
    ASSERT_FAILS(FORMULA_LESS, value_boolean(false), value_boolean(true), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_LESS, value_null(), value_null(), FORMULA_WRONG_TYPE);
}

static void any_two_values_of_one_type_are_equal_or_not(void **state)
{
    (void)state;
    for (int type = VALUE_NULL; type <= VALUE_REFERENCE; type++) {
        enum value_type t = (enum value_type)type;
        int64_t bits = t == VALUE_NULL ? 0 : 1;
        ASSERT_GIVES(FORMULA_EQUAL, of(t, bits), of(t, bits), value_boolean(true));
        ASSERT_GIVES(FORMULA_NOT_EQUAL, of(t, bits), of(t, bits), value_boolean(false));
        ASSERT_GIVES(FORMULA_EQUAL, of(t, bits), value_null(), value_boolean(t == VALUE_NULL));
        ASSERT_GIVES(FORMULA_NOT_EQUAL, value_null(), of(t, bits), value_boolean(t != VALUE_NULL));
    }
    ASSERT_GIVES(FORMULA_EQUAL, number(0), value_null(), value_boolean(false));
    ASSERT_GIVES(FORMULA_EQUAL, of(VALUE_TEXT, 1), of(VALUE_TEXT, 2), value_boolean(false));
    ASSERT_FAILS(FORMULA_EQUAL, of(VALUE_TEXT, 1), of(VALUE_ERROR, 1), FORMULA_WRONG_TYPE);
}

static void not_wants_a_boolean_and_minus_a_quantity(void **state)
{
    (void)state;
    ASSERT_GIVES(FORMULA_NOT, value_boolean(true), value_null(), value_boolean(false));
    ASSERT_FAILS(FORMULA_NOT, number(1), value_null(), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_NEGATE, value_boolean(true), value_null(), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_NEGATE, of(VALUE_ERROR, 0), value_null(), FORMULA_WRONG_TYPE);
}

static void what_is_no_operation_on_values_cannot_be_applied(void **state)
{
    (void)state;
    ASSERT_FAILS(FORMULA_CONSTANT, number(1), number(1), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_READ, number(1), number(1), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_AND, value_boolean(true), value_boolean(true), FORMULA_WRONG_TYPE);
    ASSERT_FAILS(FORMULA_OR, value_boolean(true), value_boolean(true), FORMULA_WRONG_TYPE);
}

/* Reads number 1 gives its argument, 2 adds its argument to the operand, 3 fails, all are counted.
 */
struct readings {
    int count;
};

static enum formula_status
read_test(void *context, uint32_t what, uint32_t argument, struct value *top)
{
    struct readings *readings = context;

    readings->count++;
    if (what == 1) {
        *top = number(argument);
        return FORMULA_OK;
    }
    if (what == 2) {
        return formula_apply(FORMULA_ADD, *top, number(argument), top);
    }
    return FORMULA_NULL_MEMBER;
}

#define READS(what, pops) (FORMULA_READ | ((uint32_t)(what) << 1 | (pops)) << 8)
#define CONSTANT(index) (FORMULA_CONSTANT | (uint32_t)(index) << 8)

static const struct value test_constants[] = {
    {1, VALUE_NUMBER, 0}, {0, VALUE_BOOLEAN, 0}, {1, VALUE_BOOLEAN, 0}};

static enum formula_status
run(const uint32_t *word, uint32_t count, struct readings *readings, struct value *result)
{
    struct formula_environment environment = {read_test, readings};

    return formula_evaluate((struct formula_code){word, count, test_constants}, &environment,
                            result);
}

static void a_read_adds_to_the_stack_or_replaces_its_top(void **state)
{
    static const uint32_t code[] = {READS(1, 0), 40, READS(2, 1), 2, CONSTANT(0), FORMULA_ADD};
    struct readings readings = {0};
    struct value result;

    (void)state;
    assert_int_equal(run(code, 6, &readings, &result), FORMULA_OK);
    assert_int_equal(result.type, VALUE_NUMBER);
    assert_int_equal(result.bits, 43);
    assert_int_equal(readings.count, 2);
}

static void a_failure_ends_the_evaluation_and_leaves_the_result_alone(void **state)
{
    static const uint32_t code[] = {READS(3, 0), 0, READS(1, 0), 5, FORMULA_ADD};
    struct readings readings = {0};
    struct value result = {77, 77, 0};

    (void)state;
    assert_int_equal(run(code, 5, &readings, &result), FORMULA_NULL_MEMBER);
    assert_int_equal(result.bits, 77);
    assert_int_equal(readings.count, 1);
}

static void what_is_decided_skips_the_other_side(void **state)
{
    static const uint32_t both[] = {CONSTANT(1), FORMULA_AND | 3 << 8, READS(3, 0), 0, FORMULA_NOT};
    static const uint32_t either[] = {CONSTANT(2), FORMULA_OR | 2 << 8, READS(3, 0), 0};
    static const uint32_t undecided[] = {CONSTANT(2), FORMULA_AND | 2 << 8, READS(1, 0), 9};
    static const uint32_t no_boolean[] = {CONSTANT(0), FORMULA_OR | 2 << 8, READS(1, 0), 9};
    struct readings readings = {0};
    struct value result;

    (void)state;
    assert_int_equal(run(both, 5, &readings, &result), FORMULA_OK);
    assert_true(result.type == VALUE_BOOLEAN && result.bits == 0);
    assert_int_equal(run(either, 4, &readings, &result), FORMULA_OK);
    assert_true(result.type == VALUE_BOOLEAN && result.bits == 1);
    assert_int_equal(readings.count, 0);
    assert_int_equal(run(undecided, 4, &readings, &result), FORMULA_OK);
    assert_true(result.type == VALUE_NUMBER && result.bits == 9);
    assert_int_equal(run(no_boolean, 4, &readings, &result), FORMULA_WRONG_TYPE);
}

static void the_stack_holds_as_much_as_it_says(void **state)
{
    uint32_t code[2 * FORMULA_STACK_MAX - 1];
    struct readings readings = {0};
    struct value result;

    (void)state;
    for (uint32_t i = 0; i < FORMULA_STACK_MAX; i++) {
        code[i] = CONSTANT(0);
    }
    for (uint32_t i = FORMULA_STACK_MAX; i < 2 * FORMULA_STACK_MAX - 1; i++) {
        code[i] = FORMULA_ADD;
    }
    assert_int_equal(run(code, 2 * FORMULA_STACK_MAX - 1, &readings, &result), FORMULA_OK);
    assert_int_equal(result.bits, FORMULA_STACK_MAX);
}

static void each_operation_runs_as_it_is_applied(void **state)
{
    static const struct value samples[] = {{0, VALUE_NUMBER, 0},
                                           {7, VALUE_NUMBER, 0},
                                           {3, VALUE_DURATION, 0},
                                           {(uint64_t)-2, VALUE_NUMBER, 0},
                                           {1, VALUE_BOOLEAN, 0},
                                           {0, VALUE_NULL, 0},
                                           {VALUE_INFINITE, VALUE_DURATION, 0}};
    const size_t count = sizeof samples / sizeof samples[0];

    (void)state;
    for (uint32_t operation = FORMULA_NOT; operation <= FORMULA_MAX; operation++) {
        bool is_unary = operation == FORMULA_NOT || operation == FORMULA_NEGATE;
        for (size_t i = 0; i < count * count; i++) {
            struct value sides[] = {samples[i / count], samples[i % count]};
            uint32_t code[] = {CONSTANT(0), is_unary ? operation : CONSTANT(1), operation};
            struct value run_result = {77, 77, 0};
            struct value result = {77, 77, 0};
            enum formula_status status = formula_evaluate(
                (struct formula_code){code, is_unary ? 2 : 3, sides}, NULL, &run_result);
            assert_int_equal(
                formula_apply((enum formula_operation)operation, sides[0], sides[1], &result),
                status);
            assert_true(run_result.bits == result.bits && run_result.type == result.type);
        }
    }
}

static void every_failure_has_words(void **state)
{
    (void)state;
    assert_string_equal(formula_status_words(FORMULA_OK), "");
    assert_string_equal(formula_status_words(FORMULA_OVERFLOW), "a result does not fit: overflow");
    assert_string_equal(formula_status_words(FORMULA_DIVISION_BY_ZERO), "division by zero");
    assert_string_equal(formula_status_words(FORMULA_WRONG_TYPE),
                        "values of types that do not go together");
    assert_string_equal(formula_status_words(FORMULA_NULL_MEMBER), "null has no members");
    assert_string_equal(formula_status_words(FORMULA_OUT_OF_RANGE),
                        "an index lies outside its array");
    assert_string_equal(formula_status_words(FORMULA_NO_SUCH_MEMBER),
                        "this object has no such member");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantities_of_one_type_are_added_and_subtracted),
        cmocka_unit_test(quantities_of_two_types_are_not_added_or_compared),
        cmocka_unit_test(a_number_zero_takes_the_type_of_the_other_side),
        cmocka_unit_test(a_product_wants_a_number_on_one_side),
        cmocka_unit_test(a_quotient_keeps_the_type_or_is_a_number),
        cmocka_unit_test(nothing_is_divided_by_zero),
        cmocka_unit_test(what_does_not_fit_overflows),
        cmocka_unit_test(the_infinite_can_only_be_compared),
        cmocka_unit_test(no_finite_result_looks_infinite),
        cmocka_unit_test(comparisons_are_signed),
        cmocka_unit_test(any_two_values_of_one_type_are_equal_or_not),
        cmocka_unit_test(not_wants_a_boolean_and_minus_a_quantity),
        cmocka_unit_test(what_is_no_operation_on_values_cannot_be_applied),
        cmocka_unit_test(a_read_adds_to_the_stack_or_replaces_its_top),
        cmocka_unit_test(a_failure_ends_the_evaluation_and_leaves_the_result_alone),
        cmocka_unit_test(what_is_decided_skips_the_other_side),
        cmocka_unit_test(the_stack_holds_as_much_as_it_says),
        cmocka_unit_test(each_operation_runs_as_it_is_applied),
        cmocka_unit_test(every_failure_has_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
