/* SPDX-License-Identifier: Apache-2.0 */
/* The expression compiler: literals, operators and their types, constants. */
#include "tests/expression_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static const struct right rights_of_literal[] = {
    {"0", VALUE_NUMBER, 0, true},
    {"007", VALUE_NUMBER, 7, true},
    {"9223372036854775807", VALUE_NUMBER, INT64_MAX, true},
    {"-9223372036854775808", VALUE_NUMBER, INT64_MIN, true},
    {"- 9223372036854775808", VALUE_NUMBER, INT64_MIN, true},
    {"0x10", VALUE_NUMBER, 16, true},
    {"0xfFfFfFfFfFfFfFfF", VALUE_NUMBER, -1, true},
    {"0x00000000000000000001", VALUE_NUMBER, 1, true},
    {"8ns", VALUE_DURATION, 8, true},
    {"8us", VALUE_DURATION, 8000, true},
    {"0.8ms", VALUE_DURATION, 800000, true},
    {"1.50s", VALUE_DURATION, 1500000000, true},
    {"2min", VALUE_DURATION, INT64_C(120000000000), true},
    {"0.1h", VALUE_DURATION, INT64_C(360000000000), true},
    {"0.000000000000000000000000000000h", VALUE_DURATION, 0, true},
    {"0ns", VALUE_DURATION, 0, true},
    {"1000000000.000000000s", VALUE_DURATION, INT64_C(1000000000000000000), true},
    {"39B", VALUE_SIZE, 39, true},
    {"64KiB", VALUE_SIZE, 65536, true},
    {"1.5kB", VALUE_SIZE, 1500, true},
    {"2MB", VALUE_SIZE, 2000000, true},
    {"0.000000000931322574615478515625GiB", VALUE_SIZE, 1, true},
    {"1GB", VALUE_SIZE, 1000000000, true},
    {"1MiB", VALUE_SIZE, 1048576, true},
    {"30%", VALUE_SHARE, 300000, true},
    {"12.5%", VALUE_SHARE, 125000, true},
    {"0.0001%", VALUE_SHARE, 1, true},
    {"true", VALUE_BOOLEAN, 1, true},
    {"false", VALUE_BOOLEAN, 0, true},
    {"null", VALUE_NULL, 0, true},
    {"infinite", VALUE_DURATION, INT64_MAX, true},
    {"ERROR_HANDLE_EOF", VALUE_ERROR, 38, true},
    {"'ERROR_HANDLE_EOF'", VALUE_ERROR, 38, true},
    {"WAIT_TIMEOUT", VALUE_ERROR, 258, true},
    {" \t\r\n8ms \n", VALUE_DURATION, 8000000, true},
};

static void literals_have_the_values_of_their_units(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_literal, &in_procedure);
}

static const struct wrong wrongs_of_decimal[] = {
    {"0.1ns", "0.1ns", "'0.1ns' is no whole number of nanoseconds", "the smallest duration is 1ns",
     0},
    {"n + 0.0000005ms", "0.0000005ms", "'0.0000005ms' is no whole number of nanoseconds",
     "the smallest duration is 1ns", 4},
    {"0.3B", "0.3B", "'0.3B' is no whole number of bytes", "the smallest size is 1B", 0},
    {"0.1KiB", "0.1KiB", "'0.1KiB' is no whole number of bytes", "the smallest size is 1B", 0},
    {"0.00005%", "0.00005%", "'0.00005%' is no whole number of millionths",
     "the smallest share is 0.0001%", 0},
    {"1.5", "1.5", "'1.5' is a fraction without a unit",
     "numbers are whole; durations, sizes and shares have a unit: '1.5ms'", 0},
    {"2.0 + n", "2.0", "'2.0' is a fraction without a unit",
     "numbers are whole; durations, sizes and shares have a unit: '1.5ms'", 0},
    {"1.", "1.", "digits are wanted behind '1.'", "", 0},
    {"1.ms", "1.", "digits are wanted behind '1.'", "", 0},
    {".5ms", ".", "a value is wanted here, not '.'", "", 0},
};

static void a_decimal_must_come_out_whole(void **state)
{
    (void)state;
    ASSERT_ALL_WRONG(wrongs_of_decimal, &in_procedure);
}

static const struct wrong wrongs_of_size[] = {
    {"9223372036854775808", "9223372036854775808", "'9223372036854775808' is too large",
     "a number is below 2^63", 0},
    {"-9223372036854775809", "9223372036854775809", "'9223372036854775809' is too large",
     "a number is below 2^63", 1},
    {"5 -9223372036854775808", "9223372036854775808", "'9223372036854775808' is too large",
     "a number is below 2^63", 3},
    {"9223372036854775807ns", "9223372036854775807ns", "'9223372036854775807ns' is too large",
     "a duration is below 2^63 - 1 nanoseconds", 0},
    {"2562048h", "2562048h", "'2562048h' is too large", "a duration is below 2^63 - 1 nanoseconds",
     0},
    {"8589934592GiB", "8589934592GiB", "'8589934592GiB' is too large", "a size is below 2^63 bytes",
     0},
    {"922337203685478%", "922337203685478%", "'922337203685478%' is too large",
     "a share is below 2^63 millionths", 0},
    {"99999999999999999999999999999999999999999999", "99999999999999999999999999999999999999999999",
     "'9999999999999999999999999999999999999999' is too large", "a number is below 2^63", 0},
    {"0x10000000000000000", "0x10000000000000000", "'0x10000000000000000' has more than 64 bits",
     "", 0},
    {"0x", "0x", "hexadecimal digits are wanted behind '0x'", "", 0},
    {"0x1g", "0x1g", "'0x1g' is no hexadecimal number", "", 0},
    {"0x10ms", "0x10ms", "'0x10ms' is no hexadecimal number", "", 0},
};

static void a_literal_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    ASSERT_ALL_WRONG(wrongs_of_size, &in_procedure);
}

static const struct wrong wrongs_of_unit[] = {
    {"8 ms", "8 ms", "a unit stands right behind its number", "write '8ms'", 0},
    {"d > 1  s", "1  s", "a unit stands right behind its number", "write '1s'", 4},
    {"30 %", "%", "'%' has no meaning here",
     "write 'mod' for a remainder, and a share without a space: '30%'", 3},
    {"8sec", "sec", "unknown unit 'sec'",
     "units are ns us ms s min h, B kB MB GB KiB MiB GiB and %", 1},
    {"8KB", "KB", "unknown unit 'KB'", "did you mean 'kB'?", 1},
    {"8mins", "mins", "unknown unit 'mins'", "did you mean 'min'?", 1},
    {"8\xc2\xb5s", "\xc2\xb5s", "unknown unit '\xc2\xb5s'", "did you mean 'us'?", 1},
    {"1e3", "e3", "unknown unit 'e3'", "units are ns us ms s min h, B kB MB GB KiB MiB GiB and %",
     1},
    {"8ms2", "ms2", "unknown unit 'ms2'", "did you mean 'ms'?", 1},
};

static void a_unit_is_one_of_the_list_and_stands_right_behind(void **state)
{
    (void)state;
    ASSERT_ALL_WRONG(wrongs_of_unit, &in_procedure);
}

static const struct right rights_of_binding[] = {
    {"2 + 3 * 4", VALUE_NUMBER, 14, true},
    {"(2 + 3) * 4", VALUE_NUMBER, 20, true},
    {"20 - 3 - 4", VALUE_NUMBER, 13, true},
    {"100 / 5 / 2 * 3", VALUE_NUMBER, 30, true},
    {"-7 / 2", VALUE_NUMBER, -3, true},
    {"-7 mod 5", VALUE_NUMBER, -2, true},
    {"--7", VALUE_NUMBER, 7, true},
    {"2*-3", VALUE_NUMBER, -6, true},
    {"-n", VALUE_NUMBER, -3, false},
    {"7 - -n", VALUE_NUMBER, 10, false},
    {"-(n + 1) * 2", VALUE_NUMBER, -8, false},
    {"20 - n - 4", VALUE_NUMBER, 13, false},
    {"n - (m - 1)", VALUE_NUMBER, 8, false},
    {"not 1 == 2", VALUE_BOOLEAN, 1, true},
    {"not not b", VALUE_BOOLEAN, 1, false},
    {"true or false and false", VALUE_BOOLEAN, 1, true},
    {"(true or false) and false", VALUE_BOOLEAN, 0, true},
    {"b or c and c", VALUE_BOOLEAN, 1, false},
    {"(b or c) and c", VALUE_BOOLEAN, 0, false},
    {"c or n<4 and m>-5 or c", VALUE_BOOLEAN, 1, false},
    {"b and b and b and c and b", VALUE_BOOLEAN, 0, false},
    {"(n+1)mod(5)", VALUE_NUMBER, 4, false},
};

static const struct wrong wrongs_of_binding[] = {
    {"1 < 2 == true", "==", "'==' cannot follow a comparison", "join two comparisons with 'and'",
     6},
    {"0 < n < 4", "<", "'<' cannot follow a comparison", "join two comparisons with 'and'", 6},
};

static void operators_bind_as_the_grammar_says(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_binding, &in_procedure);
    ASSERT_ALL_WRONG(wrongs_of_binding, &in_procedure);
}

static const struct right rights_of_typing[] = {
    {"d + 2ms", VALUE_DURATION, 10000000, false},
    {"2 * d", VALUE_DURATION, 16000000, false},
    {"d * n", VALUE_DURATION, 24000000, false},
    {"d / 3", VALUE_DURATION, 2666666, false},
    {"d / g", VALUE_NUMBER, 2666, false},
    {"d mod g", VALUE_DURATION, 2000, false},
    {"3 * 30%", VALUE_SHARE, 900000, true},
    {"size / 1KiB", VALUE_NUMBER, 4, false},
    {"max(10ms, 10ms * n / 2)", VALUE_DURATION, 15000000, false},
    {"min(5, n, 4, 1 + 1)", VALUE_NUMBER, 2, false},
    {"max(1, 2, 3)", VALUE_NUMBER, 3, true},
    {"min ( d , infinite )", VALUE_DURATION, 8000000, false},
    {"infinite > 5h", VALUE_BOOLEAN, 1, true},
    {"d < infinite", VALUE_BOOLEAN, 1, false},
    {"error == ERROR_HANDLE_EOF", VALUE_BOOLEAN, 1, false},
    {"`a` == `a`", VALUE_BOOLEAN, 1, true},
    {"`a` != `b`", VALUE_BOOLEAN, 1, true},
    {"n == null", VALUE_BOOLEAN, 0, false},
    {"null != d", VALUE_BOOLEAN, 1, false},
    {"null == null", VALUE_BOOLEAN, 1, true},
    {"port == port", VALUE_BOOLEAN, 1, true},
    {"object == port", VALUE_BOOLEAN, 1, false},
    {"xn + 1", VALUE_NUMBER, 6, false},
    {"xd + 1ns", VALUE_DURATION, 71, false},
    {"2 * xd", VALUE_DURATION, 140, false},
    {"n * xd", VALUE_DURATION, 210, false},
    {"d / xd", VALUE_NUMBER, 114285, false},
    {"d / xn", VALUE_DURATION, 1600000, false},
    {"xd / d", VALUE_NUMBER, 0, false},
    {"xd == null", VALUE_BOOLEAN, 0, false},
    {"b and xb", VALUE_BOOLEAN, 1, false},
    {"true and xb", VALUE_BOOLEAN, 1, false},
};

static void types_go_together_as_the_language_says(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_typing, &in_procedure);
}

static const struct right rights_of_zero[] = {
    {"d > 0", VALUE_BOOLEAN, 1, false},
    {"0 - d", VALUE_DURATION, -8000000, false},
    {"size + zero", VALUE_SIZE, 4096, false},
    {"share == 5 - 5", VALUE_BOOLEAN, 0, false},
    {"max(0, d)", VALUE_DURATION, 8000000, false},
    {"min(0, 8ms)", VALUE_DURATION, 0, true},
    {"0 / 8ms", VALUE_NUMBER, 0, true},
    {"0 mod 8ms", VALUE_DURATION, 0, true},
    {"0 + xd", VALUE_DURATION, 70, false},
    {"(n - n) + xd", VALUE_DURATION, 70, false},
    {"0 * 8ms", VALUE_DURATION, 0, true},
};

static const struct wrong wrongs_of_zero[] = {
    {"n + d", "+",
     "'+' wants two values of one type, but 'n' is a number and 'd' is a duration",
     "", 2},
    {"0ns + size", "+",
     "'+' wants two values of one type, but '0ns' is a duration and 'size' is a size",
     "", 4},
    {"error == 0", "==",
     "'==' wants two values of one type or null, but 'error' is an error and '0' is a number",
     "errors are compared by name; ERROR_SUCCESS is 0", 6},
};

static void a_bare_zero_is_a_quantity_of_every_kind(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_zero, &in_procedure);
    ASSERT_ALL_WRONG(wrongs_of_zero, &in_procedure);
}

static const struct wrong wrongs_of_clash[] = {
    {"d+5", "+",
     "'+' wants two values of one type, but 'd' is a duration and '5' is a number",
     "", 1},
    {"(d * 2) mod (n + 1)", "mod",
     "'mod' wants two values of one type, but '(d * 2)' is a duration and '(n + 1)' "
     "is a number",
     "", 8},
    {"30% * 8ms", "*",
     "'*' wants a number on one side at least, but '30%' is a share and '8ms' is a "
     "duration",
     "", 4},
    {"5 / d", "/",
     "'/' wants a number on the right or two values of one type, but '5' is a number and 'd' is a "
     "duration",
     "", 2},
    {"port == 5", "==",
     "'==' wants two values of one type or null, but 'port' is a port and '5' is a number", "", 5},
    {"n <= size", "<=",
     "'<=' wants two values of one type, but 'n' is a number and 'size' is a size",
     "", 2},
    {"b + 1", "+", "'+' wants numbers, durations, sizes or shares, but 'b' is a boolean", "", 2},
    {"1 < null", "<", "'<' wants numbers, durations, sizes or shares, but 'null' is null", "", 2},
    {"n * `x`", "*", "'*' wants numbers, durations, sizes or shares, but '`x`' is a text", "", 2},
    {"port < mutex", "<", "'<' wants numbers, durations, sizes or shares, but 'port' is a port", "",
     5},
    {"min(n, d)", "min",
     "'min' wants two values of one type, but 'n' is a number and 'd' is a duration",
     "", 0},
    {"max(1, 2, b)", "max", "'max' wants numbers, durations, sizes or shares, but 'b' is a boolean",
     "", 0},
    {"min(n)", "min", "'min' wants two values or more", "", 0},
    {"n and b", "and", "'and' wants booleans, but 'n' is a number", "", 2},
    {"b or n + 1", "or", "'or' wants booleans, but 'n + 1' is a number", "", 2},
    {"b and c and d", "and", "'and' wants booleans, but 'd' is a duration", "", 8},
    {"true and 5", "and", "'and' wants booleans, but '5' is a number", "", 5},
    {"not me", "not", "'not' wants booleans, but 'me' is a thread", "", 0},
    {"1 + -b", "-", "'-' wants a number, duration, size or share, but 'b' is a boolean", "", 4},
    {"d * 1 + (n + n + n + n + n + n + n + n + n + n + n)", "+",
     "'+' wants two values of one type, but 'd * 1' is a duration and '(n + n + n + "
     "n + n + n + n + n + n + n +...' is a number",
     "", 6},
};

static void types_that_clash_are_refused_at_the_operator(void **state)
{
    (void)state;
    ASSERT_ALL_WRONG(wrongs_of_clash, &in_procedure);
}

static const struct wrong wrongs_of_reckoning[] = {
    {"5 / 0", "/", "'/' divides by zero", "", 2},
    {"n + d / (2 - 2)", "/", "'/' divides by zero", "", 6},
    {"size mod 0B", "mod", "'mod' divides by zero", "", 5},
    {"9223372036854775807 + 1", "+", "'+' overflows: the result does not fit in 64 bits", "", 20},
    {"-(0x8000000000000000)", "-", "'-' overflows: the result does not fit in 64 bits", "", 0},
    {"infinite + 1ms", "+", "'+' overflows: the result does not fit in 64 bits",
     "'infinite' can be compared, not reckoned with", 9},
    {"-infinite", "-", "'-' overflows: the result does not fit in 64 bits",
     "'infinite' can be compared, not reckoned with", 0},
    {"2 * 2562047h", "*", "'*' overflows: the result does not fit in 64 bits", "", 2},
};

static void constants_that_cannot_be_reckoned_are_refused_at_the_operator(void **state)
{
    (void)state;
    ASSERT_ALL_WRONG(wrongs_of_reckoning, &in_procedure);
}

static const struct right rights_of_dead[] = {
    {"zero != 0 and 100 / zero > 3", VALUE_BOOLEAN, 0, true},
    {"zero == 0 or n / zero > 3", VALUE_BOOLEAN, 1, true},
    {"nothing != null and nothing.depth > 3", VALUE_BOOLEAN, 0, true},
    {"nothing == null or nothing + 1 > 3", VALUE_BOOLEAN, 1, true},
    {"ten < 5 and forks[ten] == null", VALUE_BOOLEAN, 0, true},
    {"false and 5", VALUE_BOOLEAN, 0, true},
    {"false and (5 and not 6 or -b < 3)", VALUE_BOOLEAN, 0, true},
    {"false and (b and c or b) or n == 3", VALUE_BOOLEAN, 1, false},
    {"false and min(1, b, d) > 3 or b and b", VALUE_BOOLEAN, 1, false},
    {"(false and b and c) == (n + n == 6)", VALUE_BOOLEAN, 0, false},
    {"false and xn.depth == 1 or true", VALUE_BOOLEAN, 1, true},
};

static const struct wrong wrongs_of_dead[] = {
    {"false and nobody", "nobody", "unknown name 'nobody'", "", 10},
    {"false and (1 + )", ")", "a value is wanted here, not ')'", "", 15},
    {"b and 5 / 0 == 1", "/", "'/' divides by zero", "", 8},
};

static void what_a_constant_has_decided_is_not_looked_at(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_dead, &in_procedure);
    ASSERT_ALL_WRONG(wrongs_of_dead, &in_procedure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_have_the_values_of_their_units),
        cmocka_unit_test(a_decimal_must_come_out_whole),
        cmocka_unit_test(a_literal_that_does_not_fit_is_refused),
        cmocka_unit_test(a_unit_is_one_of_the_list_and_stands_right_behind),
        cmocka_unit_test(operators_bind_as_the_grammar_says),
        cmocka_unit_test(types_go_together_as_the_language_says),
        cmocka_unit_test(a_bare_zero_is_a_quantity_of_every_kind),
        cmocka_unit_test(types_that_clash_are_refused_at_the_operator),
        cmocka_unit_test(constants_that_cannot_be_reckoned_are_refused_at_the_operator),
        cmocka_unit_test(what_a_constant_has_decided_is_not_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
