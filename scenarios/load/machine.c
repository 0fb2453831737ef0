/* SPDX-License-Identifier: Apache-2.0 */
/* The machine: its processors, who deals them out, and the constants of that dispatcher. A constant that is
 * null, or not given, is what the dispatcher has without it; one that it lacks is a mistake, unless null. */
#include <stdio.h>
#include <string.h>

#include "model/policy/policy.h"
#include "scenarios/load/loader.h"

/* What a number of the machine is without being said, and at most. */
struct machine_range {
    uint64_t otherwise, most;
};

/* The value under a key of the machine; NODE_NONE when there is none of the right form. */
static node_id machine_member(const struct loader *loader, node_id machine, const char *key)
{
    node_id node = machine == NODE_NONE ? NODE_NONE : node_member(loader->document, machine, key);

    return node == NODE_NONE || node_is_bad(loader->document, node) ? NODE_NONE : node;
}

/* A whole number of the machine, from 1 on. */
static uint64_t machine_number(struct loader *loader, node_id machine, const char *key, struct machine_range range)
{
    node_id node = machine_member(loader, machine, key);
    struct value value;

    if (node == NODE_NONE || !place_constant(loader, node, SHAPE_NUMBER, &value)) {
        return range.otherwise;
    }
    if ((int64_t)value.bits < 1 || value.bits > range.most) {
        loader_mistake(loader, node, false, NULL, "'%s' is a number from 1 to %llu, not %lld", key,
                       (unsigned long long)range.most, (long long)value.bits);
        return range.otherwise;
    }
    return value.bits;
}

/* A word of the machine; 0, which is the first, when it is not given or wrong. */
static uint32_t machine_word(struct loader *loader, node_id machine, const char *key, enum shape shape)
{
    node_id node = machine_member(loader, machine, key);
    uint32_t word = node == NODE_NONE ? OPERAND_ABSENT : place_compile(loader, node, shape);

    return word == OPERAND_ABSENT ? 0 : word;
}

/* What a constant must be: its type, in words, and its least value. */
static bool is_of_kind(enum shape shape, const struct value *value, const char **wanted)
{
    bool is_zero = value->type == VALUE_NUMBER && value->bits == 0;

    switch ((int)shape) {
    case SHAPE_CONSTANT_SPAN:
        *wanted = "a duration such as '8ms' that is not negative and not infinite";
        return (value->type == VALUE_DURATION && value->bits < VALUE_INFINITE) || is_zero;
    case SHAPE_CONSTANT_NUMBER:
        *wanted = "a number from 0 to 31";
        return value->type == VALUE_NUMBER && value->bits < DISPATCH_LEVELS;
    case SHAPE_CONSTANT_SHARE:
        *wanted = "a share of whole percent, from '0%' to '100%'";
        return (value->type == VALUE_SHARE && value->bits <= 1000000 && value->bits % 10000 == 0) || is_zero;
    default:
        *wanted = "true or false";
        return value->type == VALUE_BOOLEAN;
    }
}

/* Reads a constant into *result; false when it is not given, null or wrong. */
static bool machine_constant(struct loader *loader, node_id node, enum shape shape, uint64_t *result)
{
    struct value value;
    const char *wanted;

    if (node == NODE_NONE || !place_constant(loader, node, shape, &value) || value.type == VALUE_NULL) {
        return false;
    }
    if (!is_of_kind(shape, &value, &wanted)) {
        const char *hint = shape == SHAPE_CONSTANT_SPAN && value.type == VALUE_NUMBER
                               ? "write a unit, such as \"5ms\""
                               : NULL;
        loader_mistake(loader, node, false, hint, "'%s' wants %s", node_key(loader->document, node), wanted);
        return false;
    }
    *result = value.bits;
    return true;
}

static enum shape shape_of(enum dispatch_constant_kind kind)
{
    switch (kind) {
    case CONSTANT_IS_SPAN:
        return SHAPE_CONSTANT_SPAN;
    case CONSTANT_IS_NUMBER:
        return SHAPE_CONSTANT_NUMBER;
    case CONSTANT_IS_FLAG:
        return SHAPE_CONSTANT_FLAG;
    }
    return SHAPE_CONSTANT_SPAN;
}

/* A constant that its dispatcher lacks: the mistake lists those that it has. */
static void tell_lack(struct loader *loader, node_id node, enum dispatch dispatch)
{
    char hint[512];
    size_t length = 0;

    length = (size_t)snprintf(hint, sizeof hint, "it has thread_create_cost, tick, cpu_utilization, kernel_apc_requeues");
    for (int i = 0; i < DISPATCH_CONSTANT_COUNT; i++) {
        const struct dispatch_constant_row *row = dispatch_constant_row((enum dispatch_constant)i);
        if (row->preset[dispatch] != LACKS && length < sizeof hint) {
            length += (size_t)snprintf(hint + length, sizeof hint - length, ", %s", row->word);
        }
    }
    loader_mistake(loader, node, true, hint, "the dispatcher '%s' has no '%s'", dispatch_row(dispatch)->word,
                   node_key(loader->document, node));
}

/* One constant of the dispatcher. A slice that takes no time would never let time pass. */
static uint64_t constant(struct loader *loader, node_id machine, enum dispatch_constant which)
{
    const struct dispatch_constant_row *row = dispatch_constant_row(which);
    node_id node = machine_member(loader, machine, row->word);
    uint64_t preset = row->preset[loader->plan->dispatch];
    bool is_slice = which == CONSTANT_quantum || which == CONSTANT_base_slice || which == CONSTANT_starvation_slice;
    uint64_t value = preset == LACKS ? 0 : preset;

    if (!machine_constant(loader, node, shape_of(row->kind), &value)) {
        return value;
    }
    if (preset == LACKS) {
        tell_lack(loader, node, loader->plan->dispatch);
    } else if (is_slice && value == 0) {
        loader_mistake(loader, node, false, NULL, "'%s' is longer than 0", row->word);
        return preset;
    }
    return value;
}

void machine_compile(struct loader *loader)
{
    node_id machine = node_member(loader->document, 0, "machine");
    struct plan *plan = loader->plan;
    uint64_t share;
    uint64_t requeues;

    if (machine != NODE_NONE && node_kind(loader->document, machine) != NODE_OBJECT) {
        machine = NODE_NONE;
    }
    plan->processors =
        (uint32_t)machine_number(loader, machine, "processors", (struct machine_range){4, 65535});
    plan->livelock_after =
        machine_number(loader, machine, "livelock_after", (struct machine_range){10000000, UINT64_C(1) << 53});
    plan->release_is_xp = machine_word(loader, machine, "release", SHAPE_RELEASE) == 1;
    requeues = plan->release_is_xp;
    (void)machine_constant(loader, machine_member(loader, machine, "kernel_apc_requeues"), SHAPE_CONSTANT_FLAG, &requeues);
    plan->kernel_apc_requeues = requeues != 0;
    plan->dispatch = (enum dispatch)machine_word(loader, machine, "dispatch", SHAPE_DISPATCH);
    (void)machine_constant(loader, machine_member(loader, machine, "tick"), SHAPE_CONSTANT_SPAN, &plan->tick);
    (void)machine_constant(loader, machine_member(loader, machine, "thread_create_cost"), SHAPE_CONSTANT_SPAN,
                           &plan->thread_create_cost);
    if (machine_constant(loader, machine_member(loader, machine, "cpu_utilization"), SHAPE_CONSTANT_SHARE, &share)) {
        plan->cpu_utilization = (uint32_t)(share / 10000);
    }
#define CONSTANT(word, ...) plan->constants.word = constant(loader, machine, CONSTANT_##word);
    DISPATCH_CONSTANTS(CONSTANT)
#undef CONSTANT
}
