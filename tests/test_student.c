/* SPDX-License-Identifier: Apache-2.0 */
/* Student's t against the published tables, and an interval worked out by hand. */
#include "tests/support.h"

#include <math.h>

#include "traces/student.h"

/* Abramowitz and Stegun, table 26.10, to its three decimals; NIST/SEMATECH e-Handbook, 1.3.6.7.2. */
static void quantiles_are_those_of_the_published_tables(void **state)
{
    static const struct {
        unsigned freedom;
        double probability, t;
    } rows[] = {
        {1, 0.9, 6.314},    {1, 0.95, 12.706},  {1, 0.99, 63.657},  {1, 0.999, 636.619}, {2, 0.95, 4.303},
        {2, 0.999, 31.599}, {3, 0.95, 3.182},   {4, 0.99, 4.604},   {5, 0.95, 2.571},    {5, 0.999, 6.869},
        {9, 0.9, 1.833},    {10, 0.999, 4.587}, {19, 0.95, 2.093},  {19, 0.999, 3.883},  {20, 0.99, 2.845},
        {29, 0.95, 2.045},  {29, 0.999, 3.659}, {30, 0.999, 3.646}, {60, 0.95, 2.000},   {120, 0.999, 3.373},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        double t = student_quantile(rows[i].probability, rows[i].freedom);
        if (fabs(t - rows[i].t) > 0.00051) {
            print_error("%u degrees, %g: %.6f, not %.3f\n", rows[i].freedom, rows[i].probability, t, rows[i].t);
            fail();
        }
    }
}

/* With one degree of freedom t is the tangent of a part of the quarter circle; with two it has a closed form. */
static void quantiles_with_a_closed_form_are_exact(void **state)
{
    (void)state;
    for (int i = 1; i < 100; i++) {
        double p = i / 100.0;
        double one = tan(acos(-1) / 2 * p);
        double two = p * sqrt(2 / (1 - p * p));
        assert_true(fabs(student_quantile(p, 1) - one) < 1e-9 * (1 + one));
        assert_true(fabs(student_quantile(p, 2) - two) < 1e-9 * (1 + two));
    }
}

/* 1, 2, 3, 4: mean 2.5, variance 5/3, t of 95 % at three degrees 3.182446: half-width 3.182446 * sqrt(5/12). */
static void an_interval_is_what_is_worked_out_by_hand(void **state)
{
    static const double figure[] = {4, 1, 3, 2};
    struct student found = student_interval(figure, 4, 0.95);

    (void)state;
    assert_true(fabs(found.mean - 2.5) < 1e-12);
    assert_true(fabs(found.half_width - 2.0542604) < 1e-6);
    assert_true(student_interval((const double[]){7, 7}, 2, 0.999).half_width == 0);
}

/* What is the same in every replication has an interval of no width, around exactly this. */
static void equal_figures_are_not_rounded(void **state)
{
    double figure[30];

    (void)state;
    for (int i = 0; i < 30; i++) {
        figure[i] = 1e9;
    }
    assert_true(student_interval(figure, 30, 0.999).mean == 1e9);
    assert_true(student_interval(figure, 30, 0.999).half_width == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_the_published_tables),
        cmocka_unit_test(quantiles_with_a_closed_form_are_exact),
        cmocka_unit_test(an_interval_is_what_is_worked_out_by_hand),
        cmocka_unit_test(equal_figures_are_not_rounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
