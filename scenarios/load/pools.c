/* SPDX-License-Identifier: Apache-2.0 */
/* Pools: their constants. One that is null, or not given, is the preset's own; one that the preset lacks is a
 * mistake, unless null. So the model reads what every pool has from its declaration, and knows no preset. */
#include <stdio.h>
#include <string.h>

#include "model/policy/pool.h"
#include "scenarios/load/loader.h"

/* The most threads that a run can have. */
#define THREADS_MAX (UINT64_C(1) << 24)

/* A constant that the preset lacks: the mistake lists those that it has. */
static void tell_lack(struct loader *loader, node_id node, enum pool_preset preset)
{
    char hint[512];
    size_t length = (size_t)snprintf(hint, sizeof hint, "it has");

    for (int i = 0; i < POOL_CONSTANT_COUNT; i++) {
        const struct pool_constant_row *row = pool_constant_row((enum pool_constant)i);
        if (row->preset[preset] != LACKS && length < sizeof hint) {
            length += (size_t)snprintf(hint + length, sizeof hint - length, "%s %s", length > 6 ? "," : "", row->word);
        }
    }
    loader_mistake(loader, node, true, hint, "the pool preset '%s' has no '%s'", pool_row(preset)->word,
                   node_key(loader->document, node));
}

/* Whether a constant is what its kind wants: a number of threads, or a duration that passes. */
static bool is_of_kind(struct loader *loader, node_id node, enum pool_constant which, const struct value *value)
{
    bool is_span = pool_constant_row(which)->kind == CONSTANT_IS_SPAN;
    uint64_t least = which == POOL_CONSTANT_min_workers ? 0 : 1;

    if (is_span && value->type == VALUE_DURATION && (int64_t)value->bits > 0) {
        return true;
    }
    if (!is_span && value->type == VALUE_NUMBER && value->bits >= least && value->bits <= THREADS_MAX) {
        return true;
    }
    if (is_span) {
        loader_mistake(loader, node, false, value->type == VALUE_NUMBER ? "write a unit, such as \"5ms\"" : NULL,
                       "'%s' wants a duration longer than 0, or 'infinite'", node_key(loader->document, node));
    } else {
        loader_mistake(loader, node, false, NULL, "'%s' wants a number from %u to %llu",
                       node_key(loader->document, node), (unsigned)least, (unsigned long long)THREADS_MAX);
    }
    return false;
}

/* One constant as a formula; absent when the preset lacks it. */
static uint32_t constant(struct loader *loader, node_id pool, enum pool_constant which, enum pool_preset preset)
{
    const struct pool_constant_row *row = pool_constant_row(which);
    node_id node = node_member(loader->document, pool, row->word);
    uint64_t otherwise = row->preset[preset] == PER_PROCESSOR ? loader->plan->processors : row->preset[preset];
    enum shape shape = row->kind == CONSTANT_IS_SPAN ? SHAPE_CONSTANT_SPAN : SHAPE_CONSTANT_NUMBER;
    struct value value = value_make(row->kind == CONSTANT_IS_SPAN ? VALUE_DURATION : VALUE_NUMBER, otherwise);
    struct value given;

    if (node != NODE_NONE && !node_is_bad(loader->document, node) && place_constant(loader, node, shape, &given) &&
        given.type != VALUE_NULL) {
        if (otherwise == LACKS) {
            tell_lack(loader, node, preset);
        } else if (is_of_kind(loader, node, which, &given)) {
            value.bits = row->kind == CONSTANT_IS_SPAN && given.bits == VALUE_INFINITE ? SIM_NEVER : given.bits;
        }
    }
    return otherwise == LACKS ? OPERAND_ABSENT : plan_add_constant_formula(loader->plan, value);
}

/* The name of each element's workers: pool.worker, or pool[2].worker. */
static void name_threads(struct loader *loader, uint32_t number)
{
    struct plan *plan = loader->plan;
    uint32_t count = plan->object[number].count;
    uint32_t first = plan_add_object(plan, count);

    for (uint32_t i = 0; i < count && !plan->out_of_memory; i++) {
        const struct plan_object *pool = &plan->object[number];
        char name[160];
        int length = pool->is_array
                         ? snprintf(name, sizeof name, "%s[%u].worker", plan_text(plan, pool->name), pool->from + i)
                         : snprintf(name, sizeof name, "%s.worker", plan_text(plan, pool->name));
        uint32_t text = plan_intern(plan, name, (size_t)length);
        plan->object[first + i] = (struct plan_object){
            .kind = OBJECT_THREAD, .name = text, .attributes = OPERAND_ABSENT, .value = OPERAND_ABSENT};
    }
    if (!plan->out_of_memory) {
        plan->object[number].made = first;
    }
}

void pools_compile(struct loader *loader, node_id node, uint32_t number)
{
    struct pool_attributes attributes;
    uint32_t first = loader->plan->object[number].attributes;
    enum pool_preset preset;
    const struct plan *plan = loader->plan;

    if (plan->out_of_memory) {
        return;
    }
    attributes = *(const struct pool_attributes *)(const void *)(plan->attribute + first);
    preset = attributes.preset == OPERAND_ABSENT ? POOL_FIXED : (enum pool_preset)attributes.preset;
#define POOL_CONSTANT(word, ...) attributes.word = constant(loader, node, POOL_CONSTANT_##word, preset);
    POOL_CONSTANTS(POOL_CONSTANT)
#undef POOL_CONSTANT
    if (!loader->plan->out_of_memory) {
        memcpy(loader->plan->attribute + first, &attributes, sizeof attributes);
    }
    name_threads(loader, number);
}
