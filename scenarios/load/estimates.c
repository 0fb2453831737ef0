/* SPDX-License-Identifier: Apache-2.0 */
/* Estimates: what is claimed of a figure's interval over seeds. Decimals may have any unit, and need not come out
 * whole in it: they are compared with means. "{parameter}" stands for a decimal as it does for a word, so that variants
 * can claim values of their own. */
#include <stdlib.h>
#include <string.h>

#include "scenarios/load/loader.h"

/* A decimal with its type: what one of its unit is, times its digits, by a power of ten. */
struct decimal {
    double value;
    enum value_type type;
};

/* Reads "387.37", "29.074118ms", "99.9%"; false when the text is none. */
static bool read_decimal(const char *text, struct decimal *decimal)
{
    size_t digits = strspn(text, "0123456789");
    size_t behind = text[digits] == '.' ? strspn(text + digits + 1, "0123456789") : 0;
    size_t length = digits + (behind > 0 ? behind + 1 : 0);
    char one[16] = "1";
    struct value unit = value_number(1);
    double scale = 1;
    uint64_t mantissa = 0;

    if (digits == 0 || digits + behind > 18 || (text[digits] == '.' && behind == 0) || strlen(text + length) > 8) {
        return false;
    }
    memcpy(one + 1, text + length, strlen(text + length) + 1);
    if (text[length] != '\0' && !expression_literal(one, &unit)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '.') {
            mantissa = mantissa * 10 + (uint64_t)(text[i] - '0');
            scale *= i > digits ? 10 : 1;
        }
    }
    *decimal = (struct decimal){(double)mantissa * (double)unit.bits / scale, (enum value_type)unit.type};
    return true;
}

/* The decimal at a place, whose type must be this one, or any with VALUE_ANY; false when there is none. */
static bool decimal_at(struct loader *loader, node_id node, enum value_type wanted, struct decimal *decimal)
{
    const struct document *document = loader->document;
    const char *text;

    if (node == NODE_NONE || node_is_bad(document, node)) {
        return false;
    }
    text = node_kind(document, node) == NODE_STRING ? names_word(loader, node) : "";
    if (text == NULL) {
        return false;
    }
    if (node_kind(document, node) == NODE_INTEGER) {
        *decimal = (struct decimal){(double)node_integer(document, node), VALUE_NUMBER};
    } else if (!read_decimal(text, decimal)) {
        loader_mistake(loader, node, false, "digits, a point, digits, and a unit where it has one",
                       "this is no decimal such as '387.37' or '9.5ms'");
        return false;
    }
    if (wanted != VALUE_ANY && decimal->type != wanted && decimal->value != 0) {
        loader_mistake(loader, node, false, NULL, "%s is wanted here, not %s", expression_type_words(wanted),
                       expression_type_words(decimal->type));
        return false;
    }
    return true;
}

/* From when on is measured: the latest that a load says. */
static sim_time measure_from(const struct plan *plan)
{
    sim_time from = 0;

    for (uint32_t i = 0; i < plan->load_count; i++) {
        from = plan->load[i].measure_from > from ? plan->load[i].measure_from : from;
    }
    return from;
}

/* How wide the interval may be: in the type of what is estimated, or as a share of it. */
static void read_half_width(struct loader *loader, node_id node, enum value_type type, struct claim_estimate *estimate)
{
    struct decimal decimal;

    if (!decimal_at(loader, node, VALUE_ANY, &decimal)) {
        return;
    }
    if (decimal.type == VALUE_SHARE && type != VALUE_SHARE) {
        decimal.value *= estimate->is / 1000000;
    } else if (decimal.type != type && type != VALUE_ANY && decimal.value != 0) {
        loader_mistake(loader, node, false, "a share is one of the value claimed", "%s is wanted here, not %s",
                       expression_type_words(type), expression_type_words(decimal.type));
        return;
    }
    estimate->half_width = decimal.value;
    estimate->has_half_width = true;
}

#define REPLICATIONS 30
#define REPLICATIONS_MAX 100000

void estimate_compile(struct loader *loader, node_id node, struct claim *claim, size_t first_aggregate)
{
    const struct document *document = loader->document;
    struct expectation_claims *claims = &loader->loaded->claims;
    struct claim_estimate *estimate = &claim->estimate;
    node_id is = node_member(document, node, "is");
    node_id replications = node_member(document, node, "replications");
    node_id per = node_member(document, node, "per");
    struct decimal decimal = {0, VALUE_ANY};
    struct value value;

    *estimate = (struct claim_estimate){.confidence = 0.999, .replications = REPLICATIONS, .from = measure_from(loader->plan)};
    for (size_t i = first_aggregate; i < claims->aggregate_count; i++) {
        claims->aggregate[i].is_of_estimate = true;
        claims->aggregate[i].from = estimate->from;
    }
    if (is == NODE_NONE) {
        loader_mistake(loader, node, false, NULL, "'estimate' wants 'is' beside it");
    } else if (decimal_at(loader, is, VALUE_ANY, &decimal)) {
        estimate->is = decimal.value;
        estimate->type = decimal.type;
        estimate->is_words = node_kind(document, is) == NODE_STRING ? node_string(document, is) : "";
    }
    read_half_width(loader, node_member(document, node, "half_width"), decimal.type, estimate);
    if (decimal_at(loader, node_member(document, node, "confidence"), VALUE_SHARE, &decimal)) {
        estimate->confidence = decimal.value / 1000000;
        if (estimate->confidence <= 0 || estimate->confidence >= 1) {
            loader_mistake(loader, node_member(document, node, "confidence"), false, NULL,
                           "a confidence is a share above 0 and below the whole");
        }
    }
    if (replications != NODE_NONE && !node_is_bad(document, replications) &&
        place_constant(loader, replications, SHAPE_NUMBER, &value)) {
        estimate->replications = (uint32_t)value.bits;
        if ((int64_t)value.bits < 2 || value.bits > REPLICATIONS_MAX) {
            loader_mistake(loader, replications, false, "an interval needs two figures",
                           "'replications' is a number from 2 to %d, not %lld", REPLICATIONS_MAX, (long long)value.bits);
        }
    }
    if (per != NODE_NONE && !node_is_bad(document, per) && place_constant(loader, per, SHAPE_INSTANT, &value)) {
        estimate->per = value.bits;
        if ((int64_t)value.bits <= 0 || value.bits == VALUE_INFINITE) {
            loader_mistake(loader, per, false, NULL, "'per' is a finite duration above 0");
        }
    }
}
