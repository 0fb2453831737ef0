/* SPDX-License-Identifier: Apache-2.0 */
/* Pools: their constants. One that is null, or not given, is the preset's own; one that the preset lacks is a
 * mistake, unless null. So the model reads what every pool has from its declaration, and knows no preset. */
#include <stdio.h>
#include <string.h>

#include "model/policy/hill_climbing.h"
#include "model/policy/pool.h"
#include "scenarios/load/loader.h"

/* The most threads that a run can have. */
#define THREADS_MAX (UINT64_C(1) << 24)

/* A constant that the preset lacks: the mistake lists those that it has. */
static void tell_lack(struct loader *loader, node_id node, enum pool_preset preset)
{
    char hint[4096];
    size_t length = (size_t)snprintf(hint, sizeof hint, "it has");

    for (int i = 0; i < POOL_CONSTANT_COUNT; i++) {
        const struct pool_constant_row *row = pool_constant_row((enum pool_constant)i);
        if (row->preset[preset] != LACKS && length < sizeof hint) {
            length += (size_t)snprintf(hint + length, sizeof hint - length, "%s %s", length > 6 ? "," : "", row->word);
        }
    }
    if (length == strlen("it has")) {
        length += (size_t)snprintf(hint + length, sizeof hint - length, " no constants");
    }
    loader_mistake(loader, node, true, hint, "the pool preset '%s' has no '%s'", pool_row(preset)->word,
                   node_key(loader->document, node));
}

/* The shape of each kind of constant, and what its values are. */
static const struct {
    enum shape shape;
    enum value_type type;
} kinds[] = {
    [POOL_CONSTANT_IS_NUMBER] = {SHAPE_CONSTANT_NUMBER, VALUE_NUMBER},
    [POOL_CONSTANT_IS_SPAN] = {SHAPE_CONSTANT_SPAN, VALUE_DURATION},
    [POOL_CONSTANT_IS_SHARE] = {SHAPE_CONSTANT_SHARE, VALUE_SHARE},
    [POOL_CONSTANT_IS_FLAG] = {SHAPE_CONSTANT_FLAG, VALUE_BOOLEAN},
    [POOL_CONSTANT_IS_SYSTEM] = {SHAPE_CONSTANT_SYSTEM, VALUE_NUMBER},
};

/* Which numbers a constant may be. */
struct bounds {
    int64_t least, most;
};

static struct bounds bounds_of(enum pool_constant which)
{
    static const struct bounds knobs[POOL_CONSTANT_COUNT] = {
#define KNOB(word, preset, least, most, name, what) [POOL_CONSTANT_hill_climbing_##word] = {least, most},
        HILL_CLIMBING_KNOBS(KNOB)
#undef KNOB
    };

    return knobs[which].most > 0 ? knobs[which] : (struct bounds){pool_constant_row(which)->least, THREADS_MAX};
}

/* Says what a constant of this kind wants. */
static void tell_wanted(struct loader *loader, node_id node, enum pool_constant which, const struct value *value)
{
    const struct pool_constant_row *row = pool_constant_row(which);
    struct bounds bounds = bounds_of(which);
    const char *key = node_key(loader->document, node);

    switch (row->kind) {
    case POOL_CONSTANT_IS_SPAN:
        loader_mistake(loader, node, false, value->type == VALUE_NUMBER ? "write a unit, such as \"5ms\"" : NULL,
                       row->least > 0 ? "'%s' wants a duration longer than 0, or 'infinite'" : "'%s' wants a duration",
                       key);
        break;
    case POOL_CONSTANT_IS_NUMBER:
        loader_mistake(loader, node, false, NULL, "'%s' wants a number from %lld to %lld", key, (long long)bounds.least,
                       (long long)bounds.most);
        break;
    case POOL_CONSTANT_IS_SHARE:
        loader_mistake(loader, node, false, NULL, "'%s' wants a share of whole percent, from '0%%' to '100%%'", key);
        break;
    case POOL_CONSTANT_IS_FLAG:
        loader_mistake(loader, node, false, NULL, "'%s' wants true or false", key);
        break;
    case POOL_CONSTANT_IS_SYSTEM:
        break;
    }
}

/* Whether a constant is what its kind wants. */
static bool is_of_kind(enum pool_constant which, const struct value *value)
{
    const struct pool_constant_row *row = pool_constant_row(which);
    struct bounds bounds = bounds_of(which);
    uint64_t most = row->kind == POOL_CONSTANT_IS_SPAN    ? VALUE_INFINITE
                    : row->kind == POOL_CONSTANT_IS_SHARE ? 1000000
                    : row->kind == POOL_CONSTANT_IS_FLAG  ? 1
                                                          : (uint64_t)bounds.most;

    return value->type == kinds[row->kind].type && (int64_t)value->bits >= bounds.least && value->bits <= most &&
           (row->kind != POOL_CONSTANT_IS_SHARE || value->bits % 10000 == 0);
}

/* Whether a word stands for a parameter that is null. */
static bool is_null_parameter(struct loader *loader, const char *text)
{
    size_t length = strlen(text);
    const struct named *named = length > 2 && text[0] == '{' ? names_find(loader, text + 1, length - 2) : NULL;

    if (named == NULL || named->kind != NAME_PARAMETER || loader->parameter[named->number].value.type != VALUE_NULL) {
        return false;
    }
    loader->parameter[named->number].is_used = true;
    return true;
}

/* The word of `system`, or null. */
static bool read_system(struct loader *loader, node_id node, struct value *value)
{
    static const char *const words[] = {"windows", "linux"};
    const char *text = node_kind(loader->document, node) == NODE_STRING ? node_string(loader->document, node) : NULL;
    const char *word = text == NULL || is_null_parameter(loader, text) ? NULL : names_word(loader, node);

    for (size_t i = 0; word != NULL && i < 2; i++) {
        if (strcmp(word, words[i]) == 0) {
            *value = value_number((int64_t)i);
            return true;
        }
    }
    if (word != NULL) {
        loader_mistake(loader, node, false, NULL, "'%s' is neither 'windows' nor 'linux'", word);
    }
    return false;
}

/* Reads a constant that is given; false when it is null or wrong. */
static bool read_constant(struct loader *loader, node_id node, const struct pool_constant_row *row, struct value *value)
{
    if (node == NODE_NONE || node_is_bad(loader->document, node)) {
        return false;
    }
    if (row->kind == POOL_CONSTANT_IS_SYSTEM) {
        return read_system(loader, node, value);
    }
    return place_constant(loader, node, kinds[row->kind].shape, value) && value->type != VALUE_NULL;
}

/* Notes which limits the scenario gives: a program may then set others in vain (facts CLR-24 to 26). */
static void note_given(struct plan_object *declaration, enum pool_constant which)
{
    if (which == POOL_CONSTANT_min_workers) {
        declaration->given |= POOL_GIVES_MIN_WORKERS;
    } else if (which == POOL_CONSTANT_max_workers) {
        declaration->given |= POOL_GIVES_MAX_WORKERS;
    }
}

/* A pool's declaration, where it stands and what it is. */
struct declared_pool {
    node_id node;
    enum pool_preset preset;
    uint32_t number;
};

/* One constant as a formula; absent when the preset lacks it. */
static uint32_t constant(struct loader *loader, struct declared_pool pool, enum pool_constant which)
{
    const struct pool_constant_row *row = pool_constant_row(which);
    enum pool_preset preset = pool.preset;
    node_id node = node_member(loader->document, pool.node, row->word);
    uint64_t otherwise = pool_constant_preset(which, preset, loader->plan->processors);
    struct value value = value_make(kinds[row->kind].type, otherwise);
    struct value given;

    if (read_constant(loader, node, row, &given)) {
        if (otherwise == LACKS) {
            tell_lack(loader, node, preset);
        } else if (!is_of_kind(which, &given)) {
            tell_wanted(loader, node, which, &given);
        } else {
            value.bits = row->kind == POOL_CONSTANT_IS_SPAN && given.bits == VALUE_INFINITE ? SIM_NEVER : given.bits;
            note_given(&loader->plan->object[pool.number], which);
        }
    }
    return otherwise == LACKS ? OPERAND_ABSENT : plan_add_constant_formula(loader->plan, value);
}

/* The samples that hill climbing looks back at are kept: so many waves of so many. */
static void check_history(struct loader *loader, node_id pool, const struct pool_attributes *attributes)
{
    node_id node = node_member(loader->document, pool, "hill_climbing_wave_history_size");
    uint64_t samples;

    if (attributes->hill_climbing == OPERAND_ABSENT) {
        return;
    }
    samples = loader->plan->formula[attributes->hill_climbing_wave_period].constant.bits *
              loader->plan->formula[attributes->hill_climbing_wave_history_size].constant.bits;
    if (samples > HILL_CLIMBING_SAMPLES_MAX) {
        loader_mistake(loader, node != NODE_NONE ? node : pool, false, NULL,
                       "'hill_climbing_wave_period' times 'hill_climbing_wave_history_size' is above %d, the most samples "
                       "that are kept",
                       HILL_CLIMBING_SAMPLES_MAX);
    }
}

/* What is named after each element, one behind the other: its threads, by type, as pool.worker or pool[2].worker;
 * registered waits that have no name of their own; and its port. */
static void name_belongings(struct loader *loader, uint32_t number)
{
    struct plan *plan = loader->plan;
    uint32_t count = plan->object[number].count * PLAN_NAMES_OF_POOL;
    uint32_t first = plan_add_object(plan, count);

    for (uint32_t i = 0; i < count && !plan->out_of_memory; i++) {
        const struct plan_object *pool = &plan->object[number];
        uint32_t what = i % PLAN_NAMES_OF_POOL;
        enum object_kind kind = what == PLAN_NAME_OF_REGISTERED ? OBJECT_REGISTRATION
                                : what == PLAN_NAME_OF_PORT     ? OBJECT_PORT
                                                                : OBJECT_THREAD;
        const char *word = kind == OBJECT_THREAD         ? thread_type_name((enum thread_type)what)
                           : kind == OBJECT_REGISTRATION ? "registered"
                                                         : "port";
        char name[160];
        int length = pool->is_array ? snprintf(name, sizeof name, "%s[%u].%s", plan_text(plan, pool->name),
                                               pool->from + i / PLAN_NAMES_OF_POOL, word)
                                    : snprintf(name, sizeof name, "%s.%s", plan_text(plan, pool->name), word);
        uint32_t text = plan_intern(plan, name, (size_t)length);
        plan->object[first + i] = (struct plan_object){
            .kind = kind, .name = text, .attributes = OPERAND_ABSENT, .value = OPERAND_ABSENT};
    }
    if (!plan->out_of_memory) {
        plan->object[number].made = first;
    }
}

void pools_compile(struct loader *loader, node_id node, uint32_t number)
{
    struct pool_attributes attributes;
    uint32_t first = loader->plan->object[number].attributes;
    struct declared_pool pool = {.node = node, .number = number};
    const struct plan *plan = loader->plan;

    if (plan->out_of_memory) {
        return;
    }
    attributes = *(const struct pool_attributes *)(const void *)(plan->attribute + first);
    pool.preset = attributes.preset == OPERAND_ABSENT ? POOL_FIXED : (enum pool_preset)attributes.preset;
#define POOL_CONSTANT(word, ...) attributes.word = constant(loader, pool, POOL_CONSTANT_##word);
    POOL_CONSTANTS(POOL_CONSTANT)
#undef POOL_CONSTANT
    if (!loader->plan->out_of_memory) {
        check_history(loader, node, &attributes);
        memcpy(loader->plan->attribute + first, &attributes, sizeof attributes);
    }
    name_belongings(loader, number);
}
