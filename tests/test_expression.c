/* SPDX-License-Identifier: Apache-2.0 */
/* The expression compiler: what it makes of texts, what it refuses and in which words, and, over
 * random expressions, that compiled code gives what an evaluation on paper gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/reference.h"
#include "scenarios/load/expression.h"
#include "sim/check.h"

_Noreturn void sim_check_failed(const char *text, const char *file, int line)
{
    fprintf(stderr, "%s:%d: check failed: %s\n", file, line, text);
    abort();
}

/* A world of names. Locals are known by slot; their values stand in `locals`. */

#define ANY_KIND OBJECT_UNKNOWN

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

static struct value locals[SLOT_COUNT];

static const struct {
    const char *name;
    struct expression_head head;
} names[] = {

#define CONSTANT_HEAD(type, bits)                                                                  \
    {                                                                                              \
        .kind = HEAD_CONSTANT, .constant = { bits, type, 0 }                                       \
    }
#define LOCAL_HEAD(slot, static_type)                                                              \
    {                                                                                              \
        .kind = HEAD_READ, .what = READ_LOCAL, .argument = slot, .type = { static_type, ANY_KIND } \
    }
    {"n", LOCAL_HEAD(SLOT_N, VALUE_NUMBER)},
    {"m", LOCAL_HEAD(SLOT_M, VALUE_NUMBER)},
    {"d", LOCAL_HEAD(SLOT_D, VALUE_DURATION)},
    {"g", LOCAL_HEAD(SLOT_G, VALUE_DURATION)},
    {"size", LOCAL_HEAD(SLOT_S, VALUE_SIZE)},
    {"share", LOCAL_HEAD(SLOT_P, VALUE_SHARE)},
    {"b", LOCAL_HEAD(SLOT_B, VALUE_BOOLEAN)},
    {"c", LOCAL_HEAD(SLOT_C, VALUE_BOOLEAN)},
    {"error", LOCAL_HEAD(SLOT_E, VALUE_ERROR)},
    {"xn", LOCAL_HEAD(SLOT_XN, VALUE_ANY)},
    {"xd", LOCAL_HEAD(SLOT_XD, VALUE_ANY)},
    {"xs", LOCAL_HEAD(SLOT_XS, VALUE_ANY)},
    {"xb", LOCAL_HEAD(SLOT_XB, VALUE_ANY)},
    {"object", LOCAL_HEAD(SLOT_OBJECT, VALUE_REFERENCE)},
    {"me", {.kind = HEAD_READ, .what = READ_ME, .type = {VALUE_REFERENCE, OBJECT_THREAD}}},
    {"now", {.kind = HEAD_READ, .what = READ_NOW, .type = {VALUE_DURATION, ANY_KIND}}},
    {"packet", {.kind = HEAD_PACKET}},
    {"zero", CONSTANT_HEAD(VALUE_NUMBER, 0)},
    {"ten", CONSTANT_HEAD(VALUE_NUMBER, 10)},
    {"lap", CONSTANT_HEAD(VALUE_DURATION, 10000000)},
    {"nothing", CONSTANT_HEAD(VALUE_NULL, 0)},
    {"port",
     {.kind = HEAD_CONSTANT,
      .constant = {(uint64_t)OBJECT_PORT << REFERENCE_SLOT_BITS, VALUE_REFERENCE, 0}}},
    {"mutex",
     {.kind = HEAD_CONSTANT,
      .constant = {(uint64_t)OBJECT_MUTEX << REFERENCE_SLOT_BITS, VALUE_REFERENCE, 0}}},
    {"completion thread",
     {.kind = HEAD_CONSTANT,
      .constant = {(uint64_t)OBJECT_THREAD << REFERENCE_SLOT_BITS | 2, VALUE_REFERENCE, 0}}},
    {"Stra\xc3\x9f"
     "e",
     CONSTANT_HEAD(VALUE_NUMBER, 7)},
    {"forks",
     {.kind = HEAD_ARRAY,
      .what = READ_ELEMENT,
      .argument = 3,
      .type = {VALUE_REFERENCE, OBJECT_EVENT},
      .length = 5}},
    {"T",
     {.kind = HEAD_ARRAY,
      .what = READ_ELEMENT,
      .argument = 4,
      .type = {VALUE_REFERENCE, OBJECT_THREAD},
      .length = 4,
      .from = 1}},
    {"got",
     {.kind = HEAD_ARRAY,
      .what = READ_LOCAL_ELEMENT,
      .argument = SLOT_GOT,
      .type = {VALUE_ANY, ANY_KIND},
      .length_is_read = true}},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void resolve(void *context, const char *name, struct expression_head *head)
{
    (void)context;
    for (size_t i = 0; i < COUNT(names); i++) {
        if (strcmp(names[i].name, name) == 0) {
            *head = names[i].head;
        }
    }
}

static bool find_procedure(void *context, const char *name, uint32_t *number)
{
    (void)context;
    *number = strcmp(name, "on_read") == 0 ? 7 : 8;
    return strcmp(name, "on_read") == 0 || strcmp(name, "on write") == 0;
}

static bool find_error(void *context, const char *name, uint32_t *number)
{
    (void)context;
    *number = strcmp(name, "ERROR_HANDLE_EOF") == 0 ? 38 : 258;
    return strcmp(name, "ERROR_HANDLE_EOF") == 0 || strcmp(name, "WAIT_TIMEOUT") == 0;
}

/* Texts are numbered as they come; members are looked up by their words. */
static char texts[16][32];
static uint32_t text_count;

static uint32_t intern(void *context, const char *bytes, size_t length)
{
    uint32_t i = 0;

    (void)context;
    while (i < text_count && (strlen(texts[i]) != length || memcmp(texts[i], bytes, length) != 0)) {
        i++;
    }
    if (i == text_count && i < COUNT(texts) && length < sizeof texts[0]) {
        memcpy(texts[text_count], bytes, length);
        texts[text_count++][length] = '\0';
    }
    return i;
}

/* The functions of the run so far that were registered. */
static struct {
    char function[8];
    struct expression_functions call;
    enum value_type type;
} aggregates[4];

static uint32_t aggregate_count;

static bool add_aggregate(void *context,
                          const char *function,
                          const struct expression_functions *call,
                          const char **message)
{
    (void)context;
    if (strcmp(function, "p50") == 0) {
        *message = "'p50' is not wanted today";
        return false;
    }
    if (aggregate_count < COUNT(aggregates)) {
        snprintf(aggregates[aggregate_count].function, sizeof aggregates[0].function, "%s",
                 function);
        aggregates[aggregate_count].call = *call;
        aggregates[aggregate_count].type = call->type->type;
    }
    *call->number = aggregate_count++;
    return true;
}

static void tell_names(void *context, void (*each)(void *list, const char *name), void *list)
{
    (void)context;
    for (size_t i = 0; i < COUNT(names); i++) {
        each(list, names[i].name);
    }
}

static const struct expression_scope in_procedure = {NULL,   resolve, find_procedure, find_error,
                                                     intern, NULL,    tell_names};
static const struct expression_scope in_claim = {NULL,   resolve,       find_procedure, find_error,
                                                 intern, add_aggregate, tell_names};

/* Observables answer 100 and their number, booleans true; elements answer references by index. */
static enum formula_status
read_world(void *context, uint32_t what, uint32_t argument, struct value *top)
{
    (void)context;
    switch ((enum read)what) {
    case READ_LOCAL:
        *top = locals[argument];
        return FORMULA_OK;
    case READ_LOCAL_ELEMENT:
        *top = locals[argument + 1 + top->bits];
        return FORMULA_OK;
    case READ_ME:
        *top = value_make(VALUE_REFERENCE, reference_make(OBJECT_THREAD, 1));
        return FORMULA_OK;
    case READ_NOW:
        *top = value_make(VALUE_DURATION, 5000000);
        return FORMULA_OK;
    case READ_ELEMENT:
        *top = value_make(VALUE_REFERENCE, reference_make(OBJECT_EVENT, (uint32_t)top->bits));
        return FORMULA_OK;
    case READ_OBSERVABLE:
        *top = observable_type((enum observable)argument) == VALUE_BOOLEAN
                   ? value_boolean(true)
                   : value_number(100 + argument);
        return FORMULA_OK;
    case READ_MEMBER:
        *top = value_number((int64_t)strlen(texts[argument]));
        return FORMULA_OK;
    case READ_CALLS:
    case READ_RUNNING:
        *top = value_number((what == READ_CALLS ? 1000 : 2000) + argument);
        return FORMULA_OK;
    case READ_AGGREGATE:
        *top = value_number(3000 + argument);
        return FORMULA_OK;
    case READ_PACKET:
        *top = argument == PACKET_BYTES ? value_make(VALUE_SIZE, argument) : value_null();
        return FORMULA_OK;
    case READ_RESULT:
    case READ_VARIABLE:
    case READ_VARIABLE_ELEMENT:
    case READ_INDEX:
        break;
    }
    return FORMULA_NO_SUCH_MEMBER;
}

/* A compilation, with the output that it went to. */
struct compiled {
    struct expression_output output;
    struct expression expression;
    struct expression_error error;
    bool is_right;
};

static struct compiled compile(const char *text, const struct expression_scope *scope)
{
    struct compiled compiled = {0};

    aggregate_count = 0;
    compiled.is_right =
        expression_compile(text, scope, &compiled.output, &compiled.expression, &compiled.error);
    return compiled;
}

static void release(struct compiled *compiled)
{
    free(compiled->output.word);
    free(compiled->output.constant);
}

static enum formula_status run(const struct compiled *compiled, struct value *value)
{
    const struct formula_environment environment = {read_world, NULL};
    const struct expression *expression = &compiled->expression;

    if (expression->is_constant) {
        *value = expression->constant;
        return FORMULA_OK;
    }
    return formula_evaluate((struct formula_code){compiled->output.word + expression->first,
                                                  expression->count, compiled->output.constant},
                            &environment, value);
}

static void set_locals(void)
{
    memset(locals, 0, sizeof locals);
    locals[SLOT_N] = value_number(3);
    locals[SLOT_M] = value_number(-4);
    locals[SLOT_D] = value_make(VALUE_DURATION, 8000000);
    locals[SLOT_G] = value_make(VALUE_DURATION, 3000);
    locals[SLOT_S] = value_make(VALUE_SIZE, 4096);
    locals[SLOT_P] = value_make(VALUE_SHARE, 300000);
    locals[SLOT_B] = value_boolean(true);
    locals[SLOT_C] = value_boolean(false);
    locals[SLOT_E] = value_make(VALUE_ERROR, 38);
    locals[SLOT_XN] = value_number(5);
    locals[SLOT_XD] = value_make(VALUE_DURATION, 70);
    locals[SLOT_XS] = value_make(VALUE_SIZE, 10);
    locals[SLOT_XB] = value_boolean(true);
    locals[SLOT_OBJECT] = value_make(VALUE_REFERENCE, reference_make(OBJECT_PORT, 0));
    locals[SLOT_GOT] = value_number(3);
    for (int i = 1; i <= 3; i++) {
        locals[SLOT_GOT + i] = value_number(10 * i);
    }
}

/* An expression with its value; whether it is a constant. */
struct right {
    const char *text;
    enum value_type type;
    int64_t bits;
    bool is_constant;
};

static void assert_right(const struct right *right, const struct expression_scope *scope)
{
    struct compiled compiled = compile(right->text, scope);
    struct value value = {0};

    set_locals();
    if (!compiled.is_right) {
        fail_msg("%s: %s", right->text, compiled.error.message);
    }
    if (compiled.expression.is_constant != right->is_constant) {
        fail_msg("%s: is it a constant?", right->text);
    }
    assert_int_equal(compiled.expression.is_constant, compiled.expression.count == 0);
    assert_int_equal(run(&compiled, &value), FORMULA_OK);
    if (value.type != (uint32_t)right->type || (int64_t)value.bits != right->bits) {
        fail_msg("%s: type %u, %lld", right->text, value.type, (long long)value.bits);
    }
    if (compiled.expression.type.type != VALUE_ANY &&
        (uint32_t)compiled.expression.type.type != value.type) {
        fail_msg("%s: the type at load is not that of the run", right->text);
    }
    release(&compiled);
}

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

static void assert_wrong(const struct wrong *wrong, const struct expression_scope *scope)
{
    struct compiled compiled = compile(wrong->text, scope);
    const struct expression_error *error = &compiled.error;

    if (compiled.is_right) {
        fail_msg("%s: is accepted", wrong->text);
    }
    if (strcmp(error->message, wrong->message) != 0 || strcmp(error->hint, wrong->hint) != 0 ||
        error->offset != wrong->offset || error->length != strlen(wrong->marked) ||
        memcmp(wrong->text + error->offset, wrong->marked, error->length) != 0) {
        fail_msg("%s: {\"%.*s\", \"%s\", \"%s\", %zu}", wrong->text, (int)error->length,
                 wrong->text + error->offset, error->message, error->hint, error->offset);
    }
    assert_int_equal(compiled.output.word_count, 0);
    assert_int_equal(compiled.output.constant_count, 0);
    release(&compiled);
}

#define ASSERT_ALL_WRONG(wrongs, scope)                                                            \
    do {                                                                                           \
        for (size_t each = 0; each < COUNT(wrongs); each++) {                                      \
            assert_wrong(&(wrongs)[each], scope);                                                  \
        }                                                                                          \
    } while (0)

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
     "'+' wants two values of one type, but 'n' is a number and 'd' is a duration such as '8ms'",
     "", 2},
    {"0ns + size", "+",
     "'+' wants two values of one type, but '0ns' is a duration such as '8ms' and 'size' is a size "
     "such as '64KiB'",
     "", 4},
    {"error == 0", "==",
     "'==' wants two values of one type or null, but 'error' is an error such as "
     "'ERROR_HANDLE_EOF' and '0' is a number",
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
     "'+' wants two values of one type, but 'd' is a duration such as '8ms' and '5' is a number",
     "", 1},
    {"(d * 2) mod (n + 1)", "mod",
     "'mod' wants two values of one type, but '(d * 2)' is a duration such as '8ms' and '(n + 1)' "
     "is a number",
     "", 8},
    {"30% * 8ms", "*",
     "'*' wants a number on one side at least, but '30%' is a share such as '30%' and '8ms' is a "
     "duration such as '8ms'",
     "", 4},
    {"5 / d", "/",
     "'/' wants a number on the right or two values of one type, but '5' is a number and 'd' is a "
     "duration such as '8ms'",
     "", 2},
    {"port == 5", "==",
     "'==' wants two values of one type or null, but 'port' is a port and '5' is a number", "", 5},
    {"n <= size", "<=",
     "'<=' wants two values of one type, but 'n' is a number and 'size' is a size such as '64KiB'",
     "", 2},
    {"b + 1", "+", "'+' wants numbers, durations, sizes or shares, but 'b' is a boolean", "", 2},
    {"1 < null", "<", "'<' wants numbers, durations, sizes or shares, but 'null' is null", "", 2},
    {"n * `x`", "*", "'*' wants numbers, durations, sizes or shares, but '`x`' is a text", "", 2},
    {"port < mutex", "<", "'<' wants numbers, durations, sizes or shares, but 'port' is a port", "",
     5},
    {"min(n, d)", "min",
     "'min' wants two values of one type, but 'n' is a number and 'd' is a duration such as '8ms'",
     "", 0},
    {"max(1, 2, b)", "max", "'max' wants numbers, durations, sizes or shares, but 'b' is a boolean",
     "", 0},
    {"min(n)", "min", "'min' wants two values or more", "", 0},
    {"n and b", "and", "'and' wants booleans, but 'n' is a number", "", 2},
    {"b or n + 1", "or", "'or' wants booleans, but 'n + 1' is a number", "", 2},
    {"b and c and d", "and", "'and' wants booleans, but 'd' is a duration such as '8ms'", "", 8},
    {"true and 5", "and", "'and' wants booleans, but '5' is a number", "", 5},
    {"not me", "not", "'not' wants booleans, but 'me' is a thread", "", 0},
    {"1 + -b", "-", "'-' wants a number, duration, size or share, but 'b' is a boolean", "", 4},
    {"d * 1 + (n + n + n + n + n + n + n + n + n + n + n)", "+",
     "'+' wants two values of one type, but 'd * 1' is a duration such as '8ms' and '(n + n + n + "
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

static const struct right rights_of_name[] = {
    {"ten", VALUE_NUMBER, 10, true},
    {"lap * 2", VALUE_DURATION, 20000000, true},
    {"Stra\xc3\x9f"
     "e + 1",
     VALUE_NUMBER, 8, true},
    {"'ten'", VALUE_NUMBER, 10, true},
    {"'completion thread' == null", VALUE_BOOLEAN, 0, true},
    {"now - 1ms", VALUE_DURATION, 4000000, false},
    {"nothing == null", VALUE_BOOLEAN, 1, true},
};

static const struct wrong wrongs_of_name[] = {
    {"1 + prot", "prot", "unknown name 'prot'", "did you mean 'port'?", 4},
    {"'completion  thread'.age", "'completion  thread'", "unknown name 'completion  thread'",
     "did you mean 'completion thread'?", 0},
    {"warehouse", "warehouse", "unknown name 'warehouse'", "", 0},
    {"'true'", "'true'", "unknown name 'true'", "", 0},
    {"error == ERROR_HANDLE_EOL", "ERROR_HANDLE_EOL", "unknown error 'ERROR_HANDLE_EOL'",
     "did you mean 'ERROR_HANDLE_EOF'?", 9},
    {"WAIT_FOR_GODOT", "WAIT_FOR_GODOT", "unknown error 'WAIT_FOR_GODOT'",
     "errors are written as Windows names them: ERROR_HANDLE_EOF", 0},
    {"WSAECONRESET", "WSAECONRESET", "unknown error 'WSAECONRESET'",
     "did you mean 'WSAECONNRESET'?", 0},
    {"''", "''", "this name is empty", "", 0},
    {"n == ``", "``", "this text is empty", "", 5},
    {"n + 'port", "'port", "this name has no closing '", "", 4},
    {"`port", "`port", "this text has no closing `", "", 0},
    {"_n", "_", "'_' has no meaning here", "", 0},
};

static void names_are_looked_up_and_missed_ones_are_suggested(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_name, &in_procedure);
    ASSERT_ALL_WRONG(wrongs_of_name, &in_procedure);
}

static const struct right rights_of_member[] = {
    {"port.depth", VALUE_NUMBER, 100 + OBSERVABLE_PORT_depth, false},
    {"'completion thread' . parked and b", VALUE_BOOLEAN, 1, false},
    {"me.switches", VALUE_NUMBER, 100 + OBSERVABLE_THREAD_switches, false},
    {"forks[0].signalled", VALUE_BOOLEAN, 1, false},
    {"object.depth", VALUE_NUMBER, 5, false},
    {"xn.queued + 1", VALUE_NUMBER, 7, false},
    {"xn.pending", VALUE_NUMBER, 7, false},
    {"mutex.owner.switches", VALUE_NUMBER, 100 + OBSERVABLE_THREAD_switches, false},
};

static const struct wrong wrongs_of_member[] = {
    {"port.dept > 1", "dept", "a port has no member 'dept'", "did you mean 'depth'?", 5},
    {"port.colour", "colour", "a port has no member 'colour'",
     "a port has depth, active, limit, waiting", 5},
    {"forks[1].owner", "owner", "an event has no member 'owner'", "an event has signalled", 9},
    {"object.signaled", "signaled", "an object has no member 'signaled'",
     "did you mean 'signalled'?", 7},
    {"n.depth", "depth", "only objects have members, but 'n' is a number", "", 2},
    {"(d + d).depth", ".", "an operator is wanted here, not '.'", "", 7},
    {"nothing.depth", "depth", "only objects have members, but 'nothing' is null", "", 8},
    {"port.depth.depth", "depth", "only objects have members, but 'port.depth' is a number", "",
     11},
    {"port.", "", "a member is wanted here, not the end", "", 5},
    {"port.5", "5", "a member is wanted here, not '5'", "", 5},
    {"port.'depth'", "'depth'", "a member is wanted here, not ''depth''", "", 5},
    {"port[1]", "[", "'port' is no array", "", 4},
    {"xn[1]", "[", "'xn' is no array", "", 2},
    {"calls(on_read).depth", "depth", "only objects have members, but 'calls(on_read)' is a number",
     "", 15},
};

static void members_are_observables_of_the_kind(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_member, &in_procedure);
    ASSERT_ALL_WRONG(wrongs_of_member, &in_procedure);
}

static const struct right rights_of_array[] = {
    {"forks.length", VALUE_NUMBER, 5, true},
    {"T.length - 1", VALUE_NUMBER, 3, true},
    {"got.length", VALUE_NUMBER, 3, false},
    {"got[1]", VALUE_NUMBER, 20, false},
    {"got[n - 1] + 1", VALUE_NUMBER, 31, false},
    {"T[1] == null", VALUE_BOOLEAN, 0, false},
    {"T[4].parked", VALUE_BOOLEAN, 1, false},
    {"forks [ ( n + 4 ) mod 5 ] != null", VALUE_BOOLEAN, 1, false},
    {"got[got[0] / 10]", VALUE_NUMBER, 20, false},
    {"forks[zero].signalled", VALUE_BOOLEAN, 1, false},
};

static const struct wrong wrongs_of_array[] = {
    {"forks[5]", "5", "'forks' has the elements 0 to 4, not 5", "", 6},
    {"forks[-1]", "-1", "'forks' has the elements 0 to 4, not -1", "", 6},
    {"T[0].parked", "0", "'T' has the elements 1 to 4, not 0", "", 2},
    {"T[ 2 + 3 ]", "2 + 3", "'T' has the elements 1 to 4, not 5", "", 3},
    {"got[-1]", "-1", "'got' has no element -1", "", 4},
    {"forks", "forks", "'forks' is an array: an index is wanted",
     "write 'forks[0]' or 'forks.length'", 0},
    {"T == null", "T", "'T' is an array: an index is wanted", "write 'T[1]' or 'T.length'", 0},
    {"forks.signalled", "signalled", "an array has no member 'signalled'", "an array has length",
     6},
    {"forks[d]", "d", "an index is a number, but 'd' is a duration such as '8ms'", "", 6},
    {"forks[0ms]", "0ms", "an index is a number, but '0ms' is a duration such as '8ms'", "", 6},
    {"forks[]", "]", "a value is wanted here, not ']'", "", 6},
    {"forks[1", "", "']' is wanted here, not the end", "", 7},
    {"forks[1)", ")", "']' is wanted here, not ')'", "", 7},
    {"forks[1][2]", "[", "'forks[1]' is no array", "", 8},
};

static void arrays_are_indexed_within_their_bounds(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_array, &in_procedure);
    ASSERT_ALL_WRONG(wrongs_of_array, &in_procedure);
}

static const struct right rights_of_packet[] = {
    {"packet.bytes + 1B", VALUE_SIZE, PACKET_BYTES + 1, false},
    {"packet == null", VALUE_BOOLEAN, 1, false},
    {"packet.handle == null", VALUE_BOOLEAN, 1, false},
    {"packet.callback == null", VALUE_BOOLEAN, 1, false},
};

static const struct wrong wrongs_of_packet[] = {
    {"packet.byte", "byte", "a packet has no member 'byte'", "did you mean 'bytes'?", 7},
    {"packet.age", "age", "a packet has no member 'age'",
     "a packet has ok, error, bytes, key, operation, handle, callback, timed_out", 7},
    {"packet.key + 1B", "+",
     "'+' wants two values of one type, but 'packet.key' is a number and '1B' is a size such as "
     "'64KiB'",
     "", 11},
    {"packet.", "", "a member is wanted here, not the end", "", 7},
    {"packet[0]", "[", "'packet' is no array", "", 6},
    {"packet.handle.colour", "colour", "a handle has no member 'colour'",
     "a handle has open, pending, signalled", 14},
};

static void the_packet_has_its_fields(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_packet, &in_procedure);
    ASSERT_ALL_WRONG(wrongs_of_packet, &in_procedure);
}

static const struct right rights_of_function[] = {
    {"calls(on_read)", VALUE_NUMBER, 1007, false},
    {"running( 'on write' ) == 2008", VALUE_BOOLEAN, 1, false},
};

static const struct wrong wrongs_of_function[] = {
    {"calls(on_reed)", "on_reed", "unknown procedure 'on_reed'", "", 6},
    {"calls()", ")", "a procedure's name is wanted here, not ')'", "", 6},
    {"running(5)", "5", "a procedure's name is wanted here, not '5'", "", 8},
    {"calls(on_read, on_read)", ",", "')' is wanted here, not ','", "", 13},
    {"1 + min", "min", "'min' is a function", "write 'min(a, b)'", 4},
    {"calls", "calls", "'calls' is a function", "write 'calls(procedure)'", 0},
    {"mni(1, 2)", "mni", "unknown function 'mni'", "did you mean 'min'?", 0},
    {"sqrt (2)", "sqrt", "unknown function 'sqrt'",
     "functions are min max calls running; claims have more", 0},
    {"port(2)", "port", "unknown function 'port'", "did you mean 'most'?", 0},
    {"'min'(1, 2)", "'min'", "unknown name 'min'", "", 0},
    {"min()", ")", "a value is wanted here, not ')'", "", 4},
    {"min(1, 2", "", "')' is wanted here, not the end", "", 8},
    {"mean(port.depth)", "mean", "'mean' stands in claims only", "", 0},
    {"1 < p999(port.depth)", "p999", "'p999' stands in claims only", "", 4},
    {"change(port.depth, 1s)", "change", "'change' stands in claims only", "", 0},
};

static void functions_take_what_they_are_made_for(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_function, &in_procedure);
    ASSERT_ALL_WRONG(wrongs_of_function, &in_procedure);
}

static const struct right rights_of_aggregate[] = {
    {"mean(port.depth) + most(port.active)", VALUE_NUMBER, 6001, false},
    {"false and mean(port.depth) > 2", VALUE_BOOLEAN, 0, true},
    {"false and area(d) > 2 or change(n, 1ms) == 3000", VALUE_BOOLEAN, 1, false},
    {"1 + 2 * (3 + mean(1 + 2 * (3 + n)))", VALUE_NUMBER, 6007, false},
};

static const struct wrong wrongs_of_aggregate[] = {
    {"mean(5 + ten)", "5 + ten", "'mean' wants something that changes, but '5 + ten' is constant",
     "", 5},
    {"most(me.parked)", "me.parked",
     "'most' wants a number, duration, size or share, but 'me.parked' is a boolean", "", 5},
    {"area(d)", "d", "'area' wants a number, but 'd' is a duration such as '8ms'", "", 5},
    {"area(n) > 5", ">",
     "'>' wants two values of one type, but 'area(n)' is a duration such as '8ms' and '5' is a "
     "number",
     "", 8},
    {"1 + p50(n)", "p50", "'p50' is not wanted today", "", 4},
    {"change(n)", ")", "',' is wanted here, not ')'", "", 8},
    {"change(n, 5)", "5", "'change' wants a constant duration such as '1s', but '5' is a number",
     "", 10},
    {"change(n, d)", "d",
     "'change' wants a constant duration such as '1s', but 'd' is a duration such as '8ms' that "
     "only a run knows",
     "", 10},
    {"change(n, 0)", "0", "'change' wants a finite duration above 0, not '0'", "", 10},
    {"change(n, -1s)", "-1s", "'change' wants a finite duration above 0, not '-1s'", "", 10},
    {"change(n, infinite)", "infinite", "'change' wants a finite duration above 0, not 'infinite'",
     "", 10},
    {"mean(n, 1s)", ",", "')' is wanted here, not ','", "", 6},
};

static void functions_of_the_run_so_far_want_quantities_that_change(void **state)
{
    (void)state;
    ASSERT_ALL_RIGHT(rights_of_aggregate, &in_claim);
    ASSERT_ALL_WRONG(wrongs_of_aggregate, &in_claim);
}

static const struct wrong wrongs_of_grammar[] = {
    {"", "", "a value is wanted here, not the end", "", 0},
    {"  ", "", "a value is wanted here, not the end", "", 2},
    {"n +", "", "a value is wanted here, not the end", "", 3},
    {"n m", "m", "an operator is wanted here, not 'm'", "", 2},
    {"n not b", "not", "an operator is wanted here, not 'not'", "", 2},
    {"8ms 5", "5", "an operator is wanted here, not '5'", "", 4},
    {"(n", "", "')' is wanted here, not the end", "", 2},
    {"(n]", "]", "')' is wanted here, not ']'", "", 2},
    {"n)", ")", "')' has no '('", "", 1},
    {"1, 2", ",", "an operator is wanted here, not ','", "", 1},
    {"n == == m", "==", "a value is wanted here, not '=='", "", 5},
    {"and b", "and", "a value is wanted here, not 'and'", "", 0},
    {"b == not c", "not", "a value is wanted here, not 'not'", "", 5},
    {"n = 3", "=", "'=' has no meaning here", "write '==' to compare", 2},
    {"!b", "!", "'!' has no meaning here", "write 'not'", 0},
    {"b && c", "&&", "'&&' has no meaning here", "write 'and'", 2},
    {"b || c", "||", "'||' has no meaning here", "write 'or'", 2},
    {"\"n\"", "\"", "'\"' has no meaning here", "a text stands between backquotes: `text`", 0},
    {"n % 2", "%", "'%' has no meaning here",
     "write 'mod' for a remainder, and a share without a space: '30%'", 2},
    {"{n}", "{", "'{' has no meaning here", "", 0},
    {"5 ^ 2", "^", "'^' has no meaning here", "", 2},
};

static void texts_that_are_no_expressions_are_refused(void **state)
{
    (void)state;
    ASSERT_ALL_WRONG(wrongs_of_grammar, &in_procedure);
}

static void a_name_has_at_most_a_hundred_bytes(void **state)
{
    char text[128];
    char message[160];
    struct wrong wrong = {text, text, message, "", 0};

    (void)state;
    memset(text, 'a', sizeof text);
    text[101] = '\0';
    snprintf(message, sizeof message, "'%.40s...' is longer than 100 bytes", text);
    assert_wrong(&wrong, &in_procedure);
    text[100] = '\0';
    snprintf(message, sizeof message, "unknown name '%s'", text);
    assert_wrong(&wrong, &in_procedure);
}

static void messages_show_whole_characters(void **state)
{
    char text[128] = "n + 'a";
    struct compiled compiled;

    (void)state;
    for (size_t i = strlen(text); i < 108; i += 2) {
        memcpy(text + i, "\xc3\x9f", 3);
    }
    strcat(text, "'");
    compiled = compile(text, &in_procedure);
    assert_false(compiled.is_right);
    assert_int_equal(compiled.error.message[39], (char)0x9f);
    assert_string_equal(compiled.error.message + 40, "...' is longer than 100 bytes");
    release(&compiled);
}

/* Writes `count` copies of a piece. */
static size_t repeat(char *text, size_t at, const char *piece, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        memcpy(text + at, piece, strlen(piece) + 1);
        at += strlen(piece);
    }
    return at;
}

static void nesting_is_bounded(void **state)
{
    static const struct {
        const char *open, *middle, *close;
    } nestings[] = {{"(", "n", ")"},
                    {"-", "n", ""},
                    {"not ", "b", ""},
                    {"got[", "n", "]"},
                    {"(-", "n", ")"},
                    {"min(1,", "n", ")"},
                    {"calls(on_read)+(", "n", ")"}};

    static char text[200000];
    struct compiled compiled;

    (void)state;
    for (size_t i = 0; i < COUNT(nestings); i++) {
        size_t levels = i == 4 ? FORMULA_STACK_MAX / 2 : FORMULA_STACK_MAX;
        size_t most = i >= 5 ? levels - 1 : levels;
        size_t at = repeat(text, 0, nestings[i].open, most);
        at = repeat(text, at, nestings[i].middle, 1);
        (void)repeat(text, at, nestings[i].close, most);
        compiled = compile(text, &in_procedure);
        assert_true(compiled.is_right);
        release(&compiled);
        at = repeat(text, 0, nestings[i].open, 65536 / strlen(nestings[i].open));
        compiled = compile(text, &in_procedure);
        assert_false(compiled.is_right);
        assert_string_equal(compiled.error.message, "an expression nests at most 64 deep");
        release(&compiled);
    }
}

static void code_never_wants_more_stack_than_there_is(void **state)
{
    static char text[1024];
    struct compiled compiled;
    struct value value;

    (void)state;
    set_locals();
    for (size_t levels = 30; levels < 34; levels++) {
        size_t at = repeat(text, 0, "n+1*(", levels);
        at = repeat(text, at, "n", 1);
        (void)repeat(text, at, ")", levels);
        compiled = compile(text, &in_procedure);
        assert_int_equal(compiled.is_right, levels < 32);
        if (compiled.is_right) {
            assert_int_equal(run(&compiled, &value), FORMULA_OK);
            assert_int_equal(value.bits, 3 * (levels + 1));
        } else {
            assert_string_equal(compiled.error.message,
                                "this expression keeps more than 64 values at a time");
        }
        release(&compiled);
    }
    (void)repeat(text, repeat(text, repeat(text, 0, "1+1*(", 60), "1", 1), ")", 60);
    compiled = compile(text, &in_procedure);
    assert_true(compiled.is_right && compiled.expression.is_constant);
    release(&compiled);
}

static void long_texts_are_compiled_up_to_64_kib(void **state)
{
    static char text[70000];
    struct compiled compiled;
    struct value value;
    size_t at = repeat(text, 0, "n", 1);

    (void)state;
    set_locals();
    (void)repeat(text, at, "+n*1", 16383);
    compiled = compile(text, &in_procedure);
    assert_true(compiled.is_right);
    assert_int_equal(run(&compiled, &value), FORMULA_OK);
    assert_int_equal(value.bits, 3 * 16384);
    release(&compiled);
    at = repeat(text, 0, "c", 1);
    (void)repeat(text, at, " or c", 13000);
    compiled = compile(text, &in_procedure);
    assert_true(compiled.is_right);
    assert_int_equal(run(&compiled, &value), FORMULA_OK);
    assert_int_equal(value.bits, 0);
    release(&compiled);
    (void)repeat(text, strlen(text), " ", 65537 - strlen(text));
    compiled = compile(text, &in_procedure);
    assert_false(compiled.is_right);
    assert_string_equal(compiled.error.message, "an expression has at most 65536 bytes");
    release(&compiled);
}

static void an_expression_is_appended_to_those_before_it(void **state)
{
    struct compiled first = compile("n + 1", &in_procedure);
    struct compiled second = {.output = first.output};
    uint32_t words = first.output.word_count;
    uint32_t constants = first.output.constant_count;

    (void)state;
    set_locals();
    assert_false(expression_compile("n + 2 + `", &in_procedure, &second.output, &second.expression,
                                    &second.error));
    assert_int_equal(second.output.word_count, words);
    assert_int_equal(second.output.constant_count, constants);
    assert_true(expression_compile("1 + 2", &in_procedure, &second.output, &second.expression,
                                   &second.error));
    assert_int_equal(second.output.word_count, words);
    assert_int_equal(second.output.constant_count, constants);
    assert_true(expression_compile("m + 2", &in_procedure, &second.output, &second.expression,
                                   &second.error));
    assert_int_equal(second.expression.first, words);
    first.output = second.output;
    for (int i = 0; i < 2; i++) {
        struct value value;
        assert_int_equal(run(i == 0 ? &first : &second, &value), FORMULA_OK);
        assert_int_equal((int64_t)value.bits, i == 0 ? 4 : -2);
    }
    release(&second);
}

static void constants_leave_nothing_behind_when_they_fold(void **state)
{
    struct compiled compiled = compile("(1 + 2) * 3 + n * (4 - min(1, 2, 3))", &in_procedure);

    (void)state;
    assert_true(compiled.is_right);
    assert_int_equal(compiled.output.constant_count, 2);
    assert_int_equal(compiled.output.word_count, 1 + 2 + 1 + 1 + 1);
    release(&compiled);
}

static void the_index_of_an_element_can_be_read_without_a_text(void **state)
{
    struct compiled compiled = compile("n + 1", &in_procedure);
    uint32_t words = compiled.output.word_count;

    (void)state;
    assert_int_equal(expression_add_index(&compiled.output), words);
    assert_int_equal(compiled.output.word_count, words + 2);
    assert_int_equal(compiled.output.word[words], FORMULA_READ | READ_INDEX << 9);
    release(&compiled);
}

static void an_aggregates_argument_is_a_formula_of_its_own(void **state)
{
    const struct formula_environment environment = {read_world, NULL};
    struct compiled compiled = compile("now > 1ms and change(most(n * 2) - 1, lap) < 9", &in_claim);
    struct value value;

    (void)state;
    set_locals();
    assert_true(compiled.is_right);
    assert_int_equal(aggregate_count, 2);
    assert_string_equal(aggregates[0].function, "most");
    assert_string_equal(aggregates[1].function, "change");
    assert_int_equal(aggregates[1].call.span, 10000000);
    assert_int_equal(aggregates[0].type, VALUE_NUMBER);
    for (int i = 0; i < 2; i++) {
        const struct expression_functions *call = &aggregates[i].call;
        assert_int_equal(
            formula_evaluate((struct formula_code){compiled.output.word + call->first_word,
                                                   call->word_count, compiled.output.constant},
                             &environment, &value),
            FORMULA_OK);
        assert_int_equal(value.bits, i == 0 ? 6 : 2999);
    }
    assert_int_equal(run(&compiled, &value), FORMULA_OK);
    assert_true(value.type == VALUE_BOOLEAN && value.bits == 0);
    release(&compiled);
}

static void a_run_finds_what_loading_could_not(void **state)
{
    static const struct {
        const char *text;
        enum formula_status status;
    } failures[] = {{"xd + 1", FORMULA_WRONG_TYPE},
                    {"xn + n * d", FORMULA_WRONG_TYPE},
                    {"b and xn", FORMULA_WRONG_TYPE},
                    {"xn or b", FORMULA_WRONG_TYPE},
                    {"true and xn", FORMULA_WRONG_TYPE},
                    {"c or xn", FORMULA_WRONG_TYPE},
                    {"5 / (n - 3)", FORMULA_DIVISION_BY_ZERO},
                    {"n * 9223372036854775807", FORMULA_OVERFLOW},
                    {"not xd", FORMULA_WRONG_TYPE},
                    {"-xb", FORMULA_WRONG_TYPE}};

    (void)state;
    set_locals();
    for (size_t i = 0; i < COUNT(failures); i++) {
        struct compiled compiled = compile(failures[i].text, &in_procedure);
        struct value value;
        assert_true(compiled.is_right);
        assert_int_equal(run(&compiled, &value), failures[i].status);
        release(&compiled);
    }
}

static void the_type_at_load_is_what_every_run_gives(void **state)
{
    static const struct {
        const char *text;
        enum value_type type;
        enum object_kind kind;
    } types[] = {{"xn + 5", VALUE_NUMBER, ANY_KIND},
                 {"xd + 5ms", VALUE_DURATION, ANY_KIND},
                 {"xn + n", VALUE_ANY, ANY_KIND},
                 {"0 + xd", VALUE_ANY, ANY_KIND},
                 {"xn * n", VALUE_ANY, ANY_KIND},
                 {"xn * d", VALUE_DURATION, ANY_KIND},
                 {"d / xn", VALUE_ANY, ANY_KIND},
                 {"n / xd", VALUE_NUMBER, ANY_KIND},
                 {"xd / d", VALUE_NUMBER, ANY_KIND},
                 {"xd / n", VALUE_ANY, ANY_KIND},
                 {"xd < d", VALUE_BOOLEAN, ANY_KIND},
                 {"min(xd, 1ms)", VALUE_DURATION, ANY_KIND},
                 {"xb and xb", VALUE_BOOLEAN, ANY_KIND},
                 {"not xb", VALUE_BOOLEAN, ANY_KIND},
                 {"-xd", VALUE_ANY, ANY_KIND},
                 {"T[2]", VALUE_REFERENCE, OBJECT_THREAD},
                 {"mutex.owner", VALUE_REFERENCE, OBJECT_THREAD},
                 {"port", VALUE_REFERENCE, OBJECT_PORT},
                 {"packet", VALUE_REFERENCE, OBJECT_OPERATION},
                 {"xn.depth", VALUE_NUMBER, ANY_KIND},
                 {"xn.pending", VALUE_ANY, ANY_KIND},
                 {"xn.owner", VALUE_REFERENCE, OBJECT_THREAD},
                 {"packet.handle", VALUE_REFERENCE, OBJECT_HANDLE}};

    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        struct compiled compiled = compile(types[i].text, &in_procedure);
        assert_true(compiled.is_right);
        if (compiled.expression.type.type != types[i].type ||
            compiled.expression.type.kind != types[i].kind) {
            fail_msg("%s: type %d, kind %d", types[i].text, (int)compiled.expression.type.type,
                     (int)compiled.expression.type.kind);
        }
        release(&compiled);
    }
}

static void a_whole_text_may_be_a_literal(void **state)
{
    static const struct right literals[] = {
        {"8ms", VALUE_DURATION, 8000000, true},
        {"64KiB", VALUE_SIZE, 65536, true},
        {"30%", VALUE_SHARE, 300000, true},
        {"0x10", VALUE_NUMBER, 16, true},
        {"-0x10", VALUE_NUMBER, -16, true},
        {"-5", VALUE_NUMBER, -5, true},
        {"-0.5ms", VALUE_DURATION, -500000, true},
        {"true", VALUE_BOOLEAN, 1, true},
        {"null", VALUE_NULL, 0, true},
        {"infinite", VALUE_DURATION, INT64_MAX, true},
        {"-9223372036854775808", VALUE_NUMBER, INT64_MIN, true}};
    static const char *const others[] = {"",
                                         "-",
                                         " 8ms",
                                         "8ms ",
                                         "- 8ms",
                                         "--8",
                                         "8 ms",
                                         "8ms+1",
                                         "net8",
                                         "1.5",
                                         "0x",
                                         "`a`",
                                         "'a'",
                                         "-true",
                                         "-null",
                                         "-infinite",
                                         "truer",
                                         "0.1ns",
                                         "+5",
                                         "windows",
                                         "8ms 5",
                                         "-8sec",
                                         "(5)",
                                         "n",
                                         "mod",
                                         "9223372036854775808",
                                         "-9223372036854775809",
                                         "-0x8000000000000000"};
    struct value value;

    (void)state;
    for (size_t i = 0; i < COUNT(literals); i++) {
        assert_true(expression_literal(literals[i].text, &value));
        assert_int_equal(value.type, literals[i].type);
        assert_true((int64_t)value.bits == literals[i].bits);
    }
    for (size_t i = 0; i < COUNT(others); i++) {
        if (expression_literal(others[i], &value)) {
            fail_msg("'%s' reads as a literal", others[i]);
        }
    }
}

static void each_type_has_words(void **state)
{
    (void)state;
    assert_string_equal(expression_type_words(VALUE_NULL), "null");
    assert_string_equal(expression_type_words(VALUE_NUMBER), "a number");
    assert_string_equal(expression_type_words(VALUE_DURATION), "a duration such as '8ms'");
    assert_string_equal(expression_type_words(VALUE_SIZE), "a size such as '64KiB'");
    assert_string_equal(expression_type_words(VALUE_SHARE), "a share such as '30%'");
    assert_string_equal(expression_type_words(VALUE_BOOLEAN), "a boolean");
    assert_string_equal(expression_type_words(VALUE_ERROR), "an error such as 'ERROR_HANDLE_EOF'");
    assert_string_equal(expression_type_words(VALUE_TEXT), "a text");
    assert_string_equal(expression_type_words(VALUE_REFERENCE), "an object");
    assert_string_equal(expression_type_words(VALUE_ANY), "any value");
}

/* Random expressions, written together with what they come to. Nothing here uses formula.c: sums
 * are reckoned in 128 bits, types and failures by the rules of the language. */

__extension__ typedef __int128 wide;

/* What a written expression comes to. A constant that fails is found at load, unless it is dead. */
struct paper {
    enum value_type type;
    bool is_constant, fails_at_load;
    enum formula_status status;
    wide value;
};

struct writer {
    char text[60000];
    size_t length;
    uint64_t random;
};

static uint32_t draw(struct writer *writer, uint32_t below)
{
    writer->random ^= writer->random << 13;
    writer->random ^= writer->random >> 7;
    writer->random ^= writer->random << 17;
    return (uint32_t)(writer->random >> 33) % below;
}

static void put(struct writer *writer, const char *piece)
{
    (void)repeat(writer->text, writer->length, piece, 1);
    writer->length += strlen(piece);
}

/* A sign, with or without space. */
static void put_sign(struct writer *writer, const char *sign)
{
    put(writer, draw(writer, 2) == 0 ? " " : "  ");
    put(writer, sign);
    put(writer, " ");
}

static struct paper paper_of(enum value_type type, int64_t value, bool is_constant)
{
    return (struct paper){.type = type, .value = value, .is_constant = is_constant};
}

static const char *unit_of(enum value_type type)
{
    return type == VALUE_DURATION ? "ns" : type == VALUE_SIZE ? "B" : "";
}

static struct paper write_literal(struct writer *writer, enum value_type type)
{
    char piece[48];
    int64_t value =
        draw(writer, 4) == 0 ? INT64_MAX - 1 - (int64_t)draw(writer, 3) : (int64_t)draw(writer, 12);

    if (type == VALUE_BOOLEAN) {
        value = draw(writer, 2);
        snprintf(piece, sizeof piece, "%s", value != 0 ? "true" : "false");
    } else if (type == VALUE_DURATION && draw(writer, 8) == 0) {
        value = INT64_MAX;
        snprintf(piece, sizeof piece, "infinite");
    } else if (type == VALUE_SHARE) {
        snprintf(piece, sizeof piece, "%lld.%04lld%%", (long long)(value / 10000),
                 (long long)(value % 10000));
    } else if (type == VALUE_NUMBER && draw(writer, 4) == 0) {
        snprintf(piece, sizeof piece, "0x%llx", (long long)value);
    } else {
        snprintf(piece, sizeof piece, "%lld%s", (long long)value, unit_of(type));
    }
    put(writer, piece);
    return paper_of(type, value, true);
}

static struct paper write_leaf(struct writer *writer, enum value_type type)
{
    static const struct {
        const char *name;
        int slot;
    } leaves[] = {{"n", SLOT_N},   {"m", SLOT_M},    {"xn", SLOT_XN}, {"d", SLOT_D},
                  {"g", SLOT_G},   {"xd", SLOT_XD},  {"b", SLOT_B},   {"c", SLOT_C},
                  {"xb", SLOT_XB}, {"size", SLOT_S}, {"xs", SLOT_XS}, {"share", SLOT_P}};

    for (int tries = (int)draw(writer, 8); tries > 0; tries--) {
        size_t i = draw(writer, COUNT(leaves));
        const struct value *value = &locals[leaves[i].slot];
        if (value->type == (uint32_t)type) {
            put(writer, leaves[i].name);
            return paper_of(type, (int64_t)value->bits, false);
        }
    }
    return write_literal(writer, type);
}

static struct paper write_paper(struct writer *writer, enum value_type type, int levels);

static enum value_type draw_quantity(struct writer *writer)
{
    return (enum value_type)((uint32_t)VALUE_NUMBER + draw(writer, 4));
}

/* What the two sides of an operator leave: the left failure comes first. */
static struct paper join_paper(struct paper left, struct paper right, enum value_type type)
{
    return (struct paper){.type = type,
                          .is_constant = left.is_constant && right.is_constant,
                          .fails_at_load = left.fails_at_load || right.fails_at_load,
                          .status = left.status != FORMULA_OK ? left.status : right.status};
}

/* Notes that the operation itself fails. */
static void fail_paper(struct paper *paper, enum formula_status status)
{
    if (paper->status == FORMULA_OK) {
        paper->status = status;
    }
    paper->fails_at_load = paper->fails_at_load || paper->is_constant;
}

static bool is_infinite_paper(struct paper paper)
{
    return paper.type == VALUE_DURATION && paper.value == INT64_MAX;
}

/* Finishes arithmetic on two good sides. */
static void settle(struct paper *paper, struct paper left, struct paper right)
{
    wide most = paper->type == VALUE_DURATION ? INT64_MAX - 1 : INT64_MAX;

    if (paper->status == FORMULA_OK && (paper->value > most || paper->value < INT64_MIN ||
                                        is_infinite_paper(left) || is_infinite_paper(right))) {
        fail_paper(paper, FORMULA_OVERFLOW);
    }
}

static struct paper write_sum(struct writer *writer, enum value_type type, int levels)
{
    bool adds = draw(writer, 2) == 0;
    struct paper left = {0};
    struct paper right = {0};
    struct paper sum;
    uint32_t zero = draw(writer, 8); /* 0: left, 1: right is a bare 0 */

    put(writer, "(");
    if (zero == 0) {
        put(writer, "0");
        left = paper_of(type, 0, true);
    } else {
        left = write_paper(writer, type, levels);
    }
    put_sign(writer, adds ? "+" : "-");
    if (zero == 1) {
        put(writer, "(5 - 5)");
        right = paper_of(type, 0, true);
    } else {
        right = write_paper(writer, type, levels);
    }
    put(writer, ")");
    sum = join_paper(left, right, type);
    sum.value = adds ? left.value + right.value : left.value - right.value;
    settle(&sum, left, right);
    return sum;
}

static struct paper write_product(struct writer *writer, enum value_type type, int levels)
{
    bool number_first = draw(writer, 2) == 0;
    struct paper left;
    struct paper right;
    struct paper product;

    put(writer, "(");
    left = write_paper(writer, number_first ? VALUE_NUMBER : type, levels);
    put_sign(writer, "*");
    right = write_paper(writer, number_first ? type : VALUE_NUMBER, levels);
    put(writer, ")");
    product = join_paper(left, right, type);
    product.value = product.status == FORMULA_OK ? left.value * right.value : 0;
    settle(&product, left, right);
    return product;
}

static struct paper write_quotient(struct writer *writer, enum value_type type, int levels)
{
    bool is_remainder = draw(writer, 2) == 0;
    bool is_ratio = !is_remainder && type == VALUE_NUMBER && draw(writer, 2) == 0;
    enum value_type side = is_ratio ? draw_quantity(writer) : type;
    struct paper left;
    struct paper right;
    struct paper quotient;

    put(writer, "(");
    left = write_paper(writer, side, levels);
    put_sign(writer, is_remainder ? "mod" : "/");
    right = write_paper(writer, is_remainder || is_ratio ? side : VALUE_NUMBER, levels);
    put(writer, ")");
    quotient = join_paper(left, right, type);
    if (right.is_constant && right.status == FORMULA_OK && right.value == 0) {
        quotient.fails_at_load = true;
    }
    if (quotient.status == FORMULA_OK && right.value == 0) {
        fail_paper(&quotient, FORMULA_DIVISION_BY_ZERO);
    } else if (quotient.status == FORMULA_OK) {
        quotient.value = is_remainder ? left.value % right.value : left.value / right.value;
        settle(&quotient, left, right);
    }
    return quotient;
}

static struct paper write_extreme(struct writer *writer, enum value_type type, int levels)
{
    bool is_min = draw(writer, 2) == 0;
    struct paper left;
    struct paper right;
    struct paper extreme;

    put(writer, is_min ? "min(" : "max (");
    left = write_paper(writer, type, levels);
    put(writer, ",");
    right = write_paper(writer, type, levels);
    put(writer, ")");
    extreme = join_paper(left, right, type);
    extreme.value = (left.value < right.value) == is_min ? left.value : right.value;
    return extreme;
}

static struct paper write_unary(struct writer *writer, enum value_type type, int levels)
{
    struct paper paper;

    put(writer, type == VALUE_BOOLEAN ? "(not " : "(-");
    paper = write_paper(writer, type, levels);
    put(writer, ")");
    if (type == VALUE_BOOLEAN) {
        paper.value = paper.value == 0;
    } else {
        struct paper before = paper;
        paper.value = -paper.value;
        settle(&paper, before, before);
    }
    return paper;
}

static struct paper write_comparison(struct writer *writer, int levels)
{
    static const char *const signs[] = {"<", "<=", ">", ">=", "==", "!="};
    uint32_t sign = draw(writer, 6);
    enum value_type type =
        sign >= 4 && draw(writer, 3) == 0 ? VALUE_BOOLEAN : draw_quantity(writer);
    struct paper left;
    struct paper right;
    struct paper answer;
    int order;

    put(writer, "(");
    left = write_paper(writer, type, levels);
    put_sign(writer, signs[sign]);
    right = write_paper(writer, type, levels);
    put(writer, ")");
    answer = join_paper(left, right, VALUE_BOOLEAN);
    order = (left.value > right.value) - (left.value < right.value);
    answer.value = sign == 0   ? order < 0
                   : sign == 1 ? order <= 0
                   : sign == 2 ? order > 0
                   : sign == 3 ? order >= 0
                               : (order == 0) == (sign == 4);
    return answer;
}

static struct paper join_logic_paper(struct paper left, struct paper right, bool is_and)
{
    bool decides = (left.value != 0) != is_and;
    struct paper answer = join_paper(left, right, VALUE_BOOLEAN);

    if (left.status != FORMULA_OK) {
        return answer;
    }
    answer.status = decides ? FORMULA_OK : right.status;
    answer.value = decides ? left.value : right.value;
    if (left.is_constant && !left.fails_at_load && decides) {
        return left;
    }
    return answer;
}

static struct paper write_chain(struct writer *writer, int levels)
{
    bool is_and = draw(writer, 2) == 0;
    struct paper answer;

    put(writer, "(");
    answer = write_paper(writer, VALUE_BOOLEAN, levels);
    for (uint32_t more = 1 + draw(writer, 3); more > 0; more--) {
        put_sign(writer, is_and ? "and" : "or");
        answer = join_logic_paper(answer, write_paper(writer, VALUE_BOOLEAN, levels), is_and);
    }
    put(writer, ")");
    return answer;
}

static struct paper write_paper(struct writer *writer, enum value_type type, int levels)
{
    uint32_t form = draw(writer, 6);

    if (levels == 0 || writer->length > sizeof writer->text / 2) {
        return write_leaf(writer, type);
    }
    if (type == VALUE_BOOLEAN) {
        return form == 0   ? write_unary(writer, type, levels - 1)
               : form <= 2 ? write_comparison(writer, levels - 1)
               : form <= 4 ? write_chain(writer, levels - 1)
                           : write_leaf(writer, type);
    }
    return form == 0   ? write_sum(writer, type, levels - 1)
           : form == 1 ? write_product(writer, type, levels - 1)
           : form == 2 ? write_quotient(writer, type, levels - 1)
           : form == 3 ? write_extreme(writer, type, levels - 1)
           : form == 4 ? write_unary(writer, type, levels - 1)
                       : write_leaf(writer, type);
}

static void assert_as_on_paper(const char *text, const struct paper *paper)
{
    struct compiled compiled = compile(text, &in_procedure);
    struct value value = {0};
    enum formula_status status;

    if (compiled.is_right == paper->fails_at_load) {
        fail_msg("%s: %s", text, compiled.is_right ? "is accepted" : compiled.error.message);
    }
    if (compiled.is_right) {
        status = run(&compiled, &value);
        if (status != paper->status || compiled.expression.is_constant != paper->is_constant) {
            fail_msg("%s: status %d, not %d", text, (int)status, (int)paper->status);
        }
        if (status == FORMULA_OK &&
            (value.type != (uint32_t)paper->type || (int64_t)value.bits != (int64_t)paper->value)) {
            fail_msg("%s: %lld, not %lld", text, (long long)value.bits, (long long)paper->value);
        }
        assert_true(compiled.expression.type.type == VALUE_ANY ||
                    compiled.expression.type.type == paper->type);
    }
    release(&compiled);
}

static void random_expressions_give_what_they_give_on_paper(void **state)
{
    static struct writer writer = {.random = 20240607};
    uint32_t good = 0;
    uint32_t bad = 0;

    (void)state;
    set_locals();
    for (uint32_t i = 0; i < 100000; i++) {
        struct paper paper;
        enum value_type type = draw(&writer, 3) == 0 ? VALUE_BOOLEAN : draw_quantity(&writer);
        writer.length = 0;
        writer.text[0] = '\0';
        paper = write_paper(&writer, type, 1 + (int)draw(&writer, 5));
        assert_as_on_paper(writer.text, &paper);
        good += !paper.fails_at_load && paper.status == FORMULA_OK;
        bad += !paper.fails_at_load && paper.status != FORMULA_OK;
    }
    assert_true(good > 30000);
    assert_true(bad > 1000);
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
        cmocka_unit_test(names_are_looked_up_and_missed_ones_are_suggested),
        cmocka_unit_test(members_are_observables_of_the_kind),
        cmocka_unit_test(arrays_are_indexed_within_their_bounds),
        cmocka_unit_test(the_packet_has_its_fields),
        cmocka_unit_test(functions_take_what_they_are_made_for),
        cmocka_unit_test(functions_of_the_run_so_far_want_quantities_that_change),
        cmocka_unit_test(texts_that_are_no_expressions_are_refused),
        cmocka_unit_test(a_name_has_at_most_a_hundred_bytes),
        cmocka_unit_test(messages_show_whole_characters),
        cmocka_unit_test(nesting_is_bounded),
        cmocka_unit_test(code_never_wants_more_stack_than_there_is),
        cmocka_unit_test(long_texts_are_compiled_up_to_64_kib),
        cmocka_unit_test(an_expression_is_appended_to_those_before_it),
        cmocka_unit_test(constants_leave_nothing_behind_when_they_fold),
        cmocka_unit_test(the_index_of_an_element_can_be_read_without_a_text),
        cmocka_unit_test(an_aggregates_argument_is_a_formula_of_its_own),
        cmocka_unit_test(a_run_finds_what_loading_could_not),
        cmocka_unit_test(the_type_at_load_is_what_every_run_gives),
        cmocka_unit_test(a_whole_text_may_be_a_literal),
        cmocka_unit_test(each_type_has_words),
        cmocka_unit_test(random_expressions_give_what_they_give_on_paper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
