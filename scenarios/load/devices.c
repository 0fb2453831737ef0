/* SPDX-License-Identifier: Apache-2.0 */
/* What only devices say: chances, faults, presets. A chance becomes a distribution of 1 and 0, so that its draws
 * are keyed as all draws are. */
#include "scenarios/load/loader.h"

#include <stdlib.h>
#include <string.h>

/* A distribution of constants: weight, value, weight, value. */
static uint32_t drawn_of(struct loader *loader, node_id node, const uint64_t constants[4])
{
    struct plan *plan = loader->plan;
    uint32_t formulas[4];
    uint32_t first;
    uint32_t number;
    uint32_t formula;

    for (int i = 0; i < 4; i++) {
        formulas[i] = plan_add_constant_formula(plan, value_make(VALUE_NUMBER, constants[i]));
    }
    first = plan_add_list(plan, 4);
    number = plan_add_distribution(plan, 1);
    formula = plan_add_formula(plan, 1);
    if (!plan->out_of_memory) {
        memcpy(plan->list + first, formulas, sizeof formulas);
        plan->distribution[number] = (struct plan_distribution){
            .form = DISTRIBUTION_MIXED, .first = first, .count = 4, .stream = place_stream(loader, node)};
        plan->formula[formula] = (struct plan_formula){.form = FORMULA_IS_DISTRIBUTION, .first = number};
    }
    return formula;
}

uint32_t device_chance(struct loader *loader, node_id node)
{
    struct value share;

    if (!place_constant(loader, node, SHAPE_CHANCE, &share)) {
        return OPERAND_ABSENT;
    }
    if (share.bits > 1000000) {
        loader_mistake(loader, node, false, NULL, "a share cannot be more than the whole");
        return OPERAND_ABSENT;
    }
    return drawn_of(loader, node, (const uint64_t[]){share.bits, 1, 1000000 - share.bits, 0});
}

/* One fault as formulas: error, chance, nth, from, to, at once; what is not said is absent. */
#define FAULT_WORDS 6

static void add_fault(struct loader *loader, node_id node, uint32_t *formula)
{
    static const struct {
        const char *key;
        enum shape shape;
        uint32_t place;
    } keys[] = {{"error", SHAPE_ERROR, 0}, {"share", SHAPE_CHANCE, 1}, {"nth", SHAPE_NUMBER, 2}, {"at_once", SHAPE_FLAG, 5}};
    node_id between = node_member(loader->document, node, "between");
    uint32_t selectors = between != NODE_NONE;

    for (uint32_t i = 0; i < FAULT_WORDS; i++) {
        formula[i] = OPERAND_ABSENT;
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        node_id value = node_member(loader->document, node, keys[i].key);
        if (value != NODE_NONE) {
            formula[keys[i].place] = place_compile(loader, value, keys[i].shape);
            selectors += keys[i].place == 1 || keys[i].place == 2;
        }
    }
    if (between != NODE_NONE && !node_is_bad(loader->document, between)) {
        node_id from = node_first(loader->document, between);
        formula[3] = place_compile(loader, from, SHAPE_INSTANT);
        formula[4] = place_compile(loader, node_next(loader->document, from), SHAPE_INSTANT);
    }
    if (selectors != 1) {
        loader_mistake(loader, node, false, NULL, "a fault has exactly one of 'share', 'nth' and 'between'");
    }
}

uint32_t device_faults(struct loader *loader, node_id node)
{
    uint32_t count = node_length(loader->document, node);
    uint32_t *formula = malloc((count * FAULT_WORDS + 1) * sizeof *formula);
    uint32_t used = 0;
    uint32_t first;

    if (formula == NULL) {
        loader->out_of_memory = true;
        return OPERAND_ABSENT;
    }
    for (node_id at = node_first(loader->document, node); at != NODE_NONE; at = node_next(loader->document, at)) {
        if (!node_is_bad(loader->document, at) && node_kind(loader->document, at) == NODE_OBJECT) {
            add_fault(loader, at, formula + used);
            used += FAULT_WORDS;
        }
    }
    first = plan_add_list(loader->plan, used);
    if (!loader->plan->out_of_memory && used > 0) {
        memcpy(loader->plan->list + first, formula, used * sizeof *formula);
    }
    free(formula);
    return place_span(loader, first, first + used);
}

/* The latency of a preset: a constant, or log-normal by its two percentiles. */
static uint32_t preset_latency(struct loader *loader, node_id node, uint64_t median, uint64_t high)
{
    struct plan *plan = loader->plan;
    uint32_t p50 = plan_add_constant_formula(plan, value_make(VALUE_DURATION, median));
    uint32_t p99 = high == 0 ? 0 : plan_add_constant_formula(plan, value_make(VALUE_DURATION, high));
    uint32_t first, number, formula;

    if (high == 0) {
        return p50;
    }
    first = plan_add_list(plan, 2);
    number = plan_add_distribution(plan, 1);
    formula = plan_add_formula(plan, 1);
    if (!plan->out_of_memory) {
        plan->list[first] = p50;
        plan->list[first + 1] = p99;
        plan->distribution[number] = (struct plan_distribution){
            .form = DISTRIBUTION_LOGNORMAL, .first = first, .count = 2, .stream = place_stream(loader, node)};
        plan->formula[formula] = (struct plan_formula){.form = FORMULA_IS_DISTRIBUTION, .first = number};
    }
    return formula;
}

void device_preset(struct loader *loader, node_id node, struct device_attributes *attributes)
{
    static const struct {
        uint64_t p50, p99, parallel, bandwidth, at_once;
    } presets[] = {
#define DEVICE_PRESET(word, p50, p99, parallel, bandwidth, at_once, source) {p50, p99, parallel, bandwidth, at_once},
#include "model/device_preset.def"
#undef DEVICE_PRESET
    };
    struct plan *plan = loader->plan;
    uint32_t row = attributes->preset;

    if (attributes->latency == OPERAND_ABSENT) {
        attributes->latency = preset_latency(loader, node, presets[row].p50, presets[row].p99);
    }
    if (attributes->parallel == OPERAND_ABSENT && presets[row].parallel != 0) {
        attributes->parallel =
            plan_add_constant_formula(plan, value_make(VALUE_NUMBER, presets[row].parallel));
    }
    if (attributes->bandwidth == OPERAND_ABSENT && presets[row].bandwidth != 0) {
        attributes->bandwidth =
            plan_add_constant_formula(plan, value_make(VALUE_SIZE, presets[row].bandwidth));
    }
    if (attributes->at_once == OPERAND_ABSENT && presets[row].at_once != 0) {
        attributes->at_once = drawn_of(
            loader, node, (const uint64_t[]){presets[row].at_once, 1, 1000000 - presets[row].at_once, 0});
    }
}
