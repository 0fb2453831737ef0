/* SPDX-License-Identifier: Apache-2.0 */
/* The world in which the tests of the expression compiler look names up. */
#include "tests/expression_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/reference.h"
#include "sim/check.h"

_Noreturn void sim_check_failed(const char *text, const char *file, int line)
{
    fprintf(stderr, "%s:%d: check failed: %s\n", file, line, text);
    abort();
}

struct value locals[SLOT_COUNT];

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

struct registered_aggregate aggregates[AGGREGATES_MAX];
uint32_t aggregate_count;

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

const struct expression_scope in_procedure = {NULL,   resolve, find_procedure, find_error,
                                                     intern, NULL,    tell_names};
const struct expression_scope in_claim = {NULL,   resolve,       find_procedure, find_error,
                                                 intern, add_aggregate, tell_names};

/* Observables answer 100 and their number, booleans true; elements answer references by index. */
enum formula_status
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
    case READ_SERIES:
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

struct compiled compile(const char *text, const struct expression_scope *scope)
{
    struct compiled compiled = {0};

    aggregate_count = 0;
    compiled.is_right =
        expression_compile(text, scope, &compiled.output, &compiled.expression, &compiled.error);
    return compiled;
}

void release(struct compiled *compiled)
{
    free(compiled->output.word);
    free(compiled->output.constant);
}

enum formula_status run(const struct compiled *compiled, struct value *value)
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

void set_locals(void)
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

void assert_right(const struct right *right, const struct expression_scope *scope)
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

void assert_wrong(const struct wrong *wrong, const struct expression_scope *scope)
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

size_t repeat(char *text, size_t at, const char *piece, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        memcpy(text + at, piece, strlen(piece) + 1);
        at += strlen(piece);
    }
    return at;
}
