/* SPDX-License-Identifier: Apache-2.0 */
/* Random expressions, written together with what they come to: compiled code gives what an evaluation on
 * paper gives. Nothing here uses formula.c: sums are reckoned in 128 bits, types and failures by the rules
 * of the language. */
#include "tests/expression_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

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
        cmocka_unit_test(random_expressions_give_what_they_give_on_paper),
    };

    return cmocka_run_group_tests(tests, NULL, NULL) ? 1 : 0;
}
