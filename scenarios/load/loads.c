/* SPDX-License-Identifier: Apache-2.0 */
/* The table of loads: how items arrive, how many and when, and what each of them runs. */
#include "scenarios/load/loader.h"

#include <string.h>

#include "sim/random.h"

/* Clients are told apart by as many bits as an event has beside its kind. */
#define CLIENTS_MAX ((1u << 28) - 1)

/* What may be said of the number of something. */
struct range {
    uint64_t otherwise, most;
};

/* A whole number that must be known before the run; `otherwise` when it is not given or wrong. */
static uint64_t whole(struct loader *loader, node_id node, struct range range)
{
    struct value value;

    if (node == NODE_NONE || node_is_bad(loader->document, node) ||
        !place_constant(loader, node, SHAPE_NUMBER, &value)) {
        return range.otherwise;
    }
    if ((int64_t)value.bits < 0 || value.bits > range.most) {
        loader_mistake(loader, node, false, NULL, "'%s' is a number from 0 to %llu, not %lld",
                       node_key(loader->document, node), (unsigned long long)range.most, (long long)value.bits);
        return range.otherwise;
    }
    return value.bits;
}

/* An instant that must be known before the run. */
static sim_time instant(struct loader *loader, node_id node, sim_time otherwise)
{
    struct value value;

    if (node == NODE_NONE || node_is_bad(loader->document, node) ||
        !place_constant(loader, node, SHAPE_INSTANT, &value)) {
        return otherwise;
    }
    if ((int64_t)value.bits < 0) {
        loader_mistake(loader, node, false, NULL, "an instant is not negative");
        return otherwise;
    }
    return value.bits == VALUE_INFINITE ? SIM_NEVER : value.bits;
}

/* The instants of `times`, which ascend. */
static void read_times(struct loader *loader, node_id list, struct plan_load *load)
{
    uint32_t count = node_length(loader->document, list);
    sim_time before = 0;

    load->first_time = plan_add_instant(loader->plan, count);
    for (node_id at = node_first(loader->document, list); at != NODE_NONE; at = node_next(loader->document, at)) {
        sim_time one = instant(loader, at, before);
        if (one < before) {
            loader_mistake(loader, at, false, "instants stand in the order of time",
                           "this instant lies before the one in front of it");
        }
        before = one;
        if (!loader->plan->out_of_memory) {
            loader->plan->instant[load->first_time + load->times++] = one;
        }
    }
}

/* The gaps of a Poisson process: exponential with this mean. */
static uint32_t poisson_gap(struct loader *loader, node_id arrive, node_id mean)
{
    struct plan *plan = loader->plan;
    uint32_t formula_of_mean = place_compile(loader, mean, SHAPE_MEAN);
    uint32_t first = plan_add_list(plan, 1);
    uint32_t number = plan_add_distribution(plan, 1);
    uint32_t formula = plan_add_formula(plan, 1);

    if (!plan->out_of_memory) {
        plan->list[first] = formula_of_mean;
        plan->distribution[number] = (struct plan_distribution){
            .form = DISTRIBUTION_EXPONENTIAL, .first = first, .count = 1, .stream = place_stream(loader, arrive)};
        plan->formula[formula] = (struct plan_formula){.form = FORMULA_IS_DISTRIBUTION, .first = number};
    }
    return formula;
}

static void read_arrive(struct loader *loader, node_id arrive, struct plan_load *load)
{
    const struct document *document = loader->document;
    size_t count;
    const struct shape_object *forms = shape_keyed(SHAPE_ARRIVE, &count);
    node_id think;
    uint64_t number;

    for (size_t i = 0; i < count; i++) {
        node_id value = node_member(document, arrive, forms[i].key[0].word);
        if (value == NODE_NONE || node_is_bad(document, value)) {
            continue;
        }
        load->arrive = (enum arrival_form)i;
        switch (load->arrive) {
        case ARRIVAL_EVERY:
            load->gap = place_compile(loader, value, SHAPE_SPAN);
            break;
        case ARRIVAL_POISSON:
            load->gap = poisson_gap(loader, arrive, value);
            break;
        case ARRIVAL_AT_ONCE:
            number = whole(loader, value, (struct range){1, UINT64_C(1) << 53});
            load->count = number < load->count ? number : load->count;
            break;
        case ARRIVAL_TIMES:
            read_times(loader, value, load);
            break;
        case ARRIVAL_FILE:
            load->path = plan_intern(loader->plan, node_string(document, value), strlen(node_string(document, value)));
            break;
        case ARRIVAL_CLIENTS:
            load->clients = (uint32_t)whole(loader, value, (struct range){1, CLIENTS_MAX});
            think = node_member(document, arrive, "think");
            load->gap = think == NODE_NONE || node_is_bad(document, think)
                            ? OPERAND_ABSENT
                            : place_compile(loader, think, SHAPE_SPAN);
            break;
        }
    }
}

static void compile_load(struct loader *loader, node_id node, uint32_t object)
{
    const struct document *document = loader->document;
    const char *name = node_key(document, node);
    node_id arrive = node_member(document, node, "arrive");
    node_id runs = node_member(document, node, "runs");
    node_id on = node_member(document, node, "on");
    struct value value;
    uint32_t number = plan_add_load(loader->plan, 1);
    struct plan_load load = {
        .object = object,
        .gap = OPERAND_ABSENT,
        .path = PLAN_NONE,
        .with = OPERAND_ABSENT,
        .key = random_key(name, strlen(name)),
    };

    load.count = whole(loader, node_member(document, node, "count"),
                       (struct range){LOAD_WITHOUT_END, UINT64_C(1) << 53});
    load.starts = instant(loader, node_member(document, node, "starts"), 0);
    load.ends = instant(loader, node_member(document, node, "ends"), SIM_NEVER);
    load.measure_from = instant(loader, node_member(document, node, "measure_from"), 0);
    if (arrive != NODE_NONE && !node_is_bad(document, arrive) && node_kind(document, arrive) == NODE_OBJECT) {
        read_arrive(loader, arrive, &load);
    }
    if (on != NODE_NONE && !node_is_bad(document, on) && place_object(loader, on, SHAPE_POOL, &value)) {
        load.on = value.type == VALUE_NULL ? 0 : reference_slot((reference)value.bits) + 1;
    }
    load.runs = runs == NODE_NONE || node_is_bad(document, runs) ? OPERAND_ABSENT : procedures_at(loader, runs);
    if (load.runs != OPERAND_ABSENT) {
        load.with = place_with_index(loader, node_member(document, node, "with"), load.runs);
    }
    if (!loader->plan->out_of_memory) {
        loader->plan->load[number] = load;
    }
}

void loads_compile(struct loader *loader)
{
    const struct document *document = loader->document;
    node_id table = node_member(document, 0, "load");
    node_id threads = node_member(document, 0, "threads");

    if (table == NODE_NONE || node_kind(document, table) != NODE_OBJECT) {
        return;
    }
    loader->plan->load_is_first = threads != NODE_NONE && table < threads;
    for (node_id at = node_first(document, table); at != NODE_NONE; at = node_next(document, at)) {
        const char *name = node_key(document, at);
        const struct named *named = names_find(loader, name, strlen(name));
        if (named != NULL && named->kind == NAME_OBJECT && loader->plan->object[named->number].kind == OBJECT_LOAD &&
            node_kind(document, at) == NODE_OBJECT) {
            compile_load(loader, at, named->number);
        }
    }
}

void loads_note_finish(struct loader *loader, uint32_t operand)
{
    struct plan *plan = loader->plan;
    const struct plan_formula *formula;

    if (operand == OPERAND_ABSENT || plan->out_of_memory) {
        return;
    }
    formula = &plan->formula[operand];
    for (uint32_t i = 0; i < plan->load_count; i++) {
        const struct plan_object *object = &plan->object[plan->load[i].object];
        bool is_meant = formula->form != FORMULA_IS_CONSTANT ||
                        formula->constant.bits == reference_make(OBJECT_LOAD, object->first_slot);
        plan->load[i].is_finished_by_step = plan->load[i].is_finished_by_step || is_meant;
    }
}
