/* SPDX-License-Identifier: Apache-2.0 */
/* The expression compiler: names, members, functions, texts that are none, limits. */
#include "tests/expression_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

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
    {"forks[d]", "d", "an index is a number, but 'd' is a duration", "", 6},
    {"forks[0ms]", "0ms", "an index is a number, but '0ms' is a duration", "", 6},
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
     "'+' wants two values of one type, but 'packet.key' is a number and '1B' is a size",
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
    {"area(d)", "d", "'area' wants a number, but 'd' is a duration", "", 5},
    {"area(n) > 5", ">",
     "'>' wants two values of one type, but 'area(n)' is a duration and '5' is a "
     "number",
     "", 8},
    {"1 + p50(n)", "p50", "'p50' is not wanted today", "", 4},
    {"change(n)", ")", "',' is wanted here, not ')'", "", 8},
    {"change(n, 5)", "5", "'change' wants a constant duration such as '1s', but '5' is a number",
     "", 10},
    {"change(n, d)", "d",
     "'change' wants a constant duration such as '1s', but 'd' is a duration that "
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
    assert_string_equal(expression_type_words(VALUE_DURATION), "a duration");
    assert_string_equal(expression_type_words(VALUE_SIZE), "a size");
    assert_string_equal(expression_type_words(VALUE_SHARE), "a share");
    assert_string_equal(expression_type_words(VALUE_BOOLEAN), "a boolean");
    assert_string_equal(expression_type_words(VALUE_ERROR), "an error");
    assert_string_equal(expression_type_words(VALUE_TEXT), "a text");
    assert_string_equal(expression_type_words(VALUE_REFERENCE), "an object");
    assert_string_equal(expression_type_words(VALUE_ANY), "a value that only a run knows");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
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
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
