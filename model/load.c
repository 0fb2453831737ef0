/* SPDX-License-Identifier: Apache-2.0 */
/* Loads.
 *
 * An open load does not know how its items fare: the next arrival is scheduled when the last one is handled, so
 * that there is one event a load however many items it brings. A client of a closed load sends its next item
 * when the last has ended and it has thought. An item ends by the verb `finish`; where no step of the scenario
 * finishes items of its load, with its first procedure. */
#include "model/load.h"

#include "model/birth.h"
#include "model/operand.h"
#include "model/thread.h"

static const struct plan_load *plan_of(const struct simulation *sim, load_id id)
{
    return &sim->plan->load[id - 1];
}

static reference load_reference(load_id id)
{
    return reference_make(OBJECT_LOAD, id - 1);
}

static struct client *client_at(const struct simulation *sim, client_id id)
{
    return BLOCK_AT(&sim->block, TABLE_CLIENT, struct client, id);
}

/* Schedules what happens `span` after an instant, unless the load is over by then or the clock would pass its
 * end. */
static void schedule(struct simulation *sim, load_id id, sim_time base, sim_span span, uint32_t what)
{
    sim_time at;

    if (sim_time_add(base, span, &at) && at < plan_of(sim, id)->ends) {
        simulation_schedule(sim, (struct event){.time = at, .what = what});
    }
}

/* The time between two arrivals; false after a misuse. */
static bool gap(struct simulation *sim, load_id id, sim_span *span)
{
    sim->index = (uint32_t)load_at(sim, id)->arrived;
    return operand_span(sim, 0, plan_of(sim, id)->gap, span);
}

/* The next instant of a load's file. The run cannot go on without it. */
static bool next_of_file(struct simulation *sim, load_id id, sim_span *span)
{
    enum arrival_status status =
        sim->arrivals.next == NULL ? ARRIVAL_IS_LAST : sim->arrivals.next(sim->arrivals.context, id - 1, span);

    if (status == ARRIVAL_FAILS) {
        sim->out_of_memory = true;
    }
    return status == ARRIVAL_COMES;
}

/* Schedules the next arrival of an open load; `first`: there was none yet. */
static void schedule_arrival(struct simulation *sim, load_id id, bool first)
{
    const struct plan_load *plan = plan_of(sim, id);
    uint32_t what = event_what(EVENT_ARRIVAL, id);
    struct load *load = load_at(sim, id);
    sim_time base = first ? plan->starts : sim->state.now;
    sim_span span = 0;

    if (load->arrived >= plan->count) {
        return;
    }
    switch (plan->arrive) {
    case ARRIVAL_EVERY:
        if (!first && !gap(sim, id, &span)) {
            return;
        }
        break;
    case ARRIVAL_POISSON:
        if (!gap(sim, id, &span)) {
            return;
        }
        break;
    case ARRIVAL_TIMES:
        if (load->next_time == plan->times) {
            return;
        }
        base = plan->starts;
        span = sim->plan->instant[plan->first_time + load->next_time++];
        break;
    case ARRIVAL_FILE:
        base = plan->starts;
        if (!next_of_file(sim, id, &span)) {
            return;
        }
        break;
    case ARRIVAL_AT_ONCE:
    case ARRIVAL_CLIENTS:
        break;
    }
    schedule(sim, id, base, span, what);
}

/* A client thinks; then its next item comes. */
static void think(struct simulation *sim, client_id id, sim_time from)
{
    load_id load = client_at(sim, id)->load;
    sim_span span = 0;
    bool good;

    sim->drawing_client = id;
    good = operand_span(sim, 0, plan_of(sim, load)->gap, &span);
    sim->drawing_client = 0;
    if (good) {
        schedule(sim, load, from, span, event_what(EVENT_CLIENT, id));
    }
}

/* Where an item goes that has just come: to a pool, or to a thread of its own. */
static void hand_over(struct simulation *sim, uint64_t key, uint32_t locals, uint64_t cause)
{
    const struct load_item *item = item_of(sim, key);
    const struct plan_load *plan = plan_of(sim, item->load);
    struct item_birth birth = {
        .item = key,
        .procedure = plan->runs,
        .locals = locals,
        .name = {.object = plan->object, .index = item->index, .has_index = true},
        .cause = cause,
    };

    if (plan->on == 0) {
        birth_of_item(sim, &birth);
    } else {
        sim->switchboard->pool_takes_item(sim, plan->on, &birth);
    }
}

/* An item comes, from a client or from nobody; `cause` is what it comes from. */
static void arrive(struct simulation *sim, load_id id, client_id client, uint64_t cause)
{
    const struct plan_load *plan = plan_of(sim, id);
    uint64_t key = item_create(sim);
    struct load_item *item = item_of(sim, key);
    struct record *record;
    uint32_t locals = 0;
    bool good;

    if (item == NULL) { /* no memory */
        return;
    }
    sim->state.verbs_now++; /* arrivals without end at one instant are a livelock too */
    item->index = (uint32_t)load_at(sim, id)->arrived++;
    item->load = id;
    item->client = client;
    item->key = plan->key + (item->index + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);
    item->arrived = sim->state.now;
    record = emit(sim, RECORD_ITEM_ARRIVE);
    if (record != NULL) {
        record->item = item->number;
        record->which = load_reference(id);
        record->count = item->index;
        record->cause = cause;
    }
    cause = sim->state.n;
    sim->index = item->index;
    sim->drawing_item = key;
    good = operand_with(sim, 0, (struct operand_with){plan->with, plan->runs}, &locals);
    sim->drawing_item = 0;
    if (good) {
        hand_over(sim, key, locals, cause);
    }
}

/* Counts of draws are given back. */
static void forget_draws(struct simulation *sim, uint32_t first)
{
    while (first != 0) {
        uint32_t next = draw_count_at(sim, first)->next;
        block_free(&sim->block, TABLE_DRAW_COUNT, first);
        first = next;
    }
}

/* An item ends; its record, which has just been counted, is filled in. */
static void end(struct simulation *sim, uint64_t key, struct record *record, enum record_why why)
{
    struct load_item item = *item_of(sim, key);

    if (record != NULL) {
        record->item = item.number;
        record->which = load_reference(item.load);
        record->count = item.index;
        record->amount = sim->state.now - item.arrived;
        record->why = (uint8_t)why;
    }
    load_at(sim, item.load)->finished++;
    forget_draws(sim, item.first_draw);
    item_destroy(sim, key);
    if (item.client != 0) {
        client_at(sim, item.client)->latest = sim->state.n;
        think(sim, item.client, sim->state.now);
    }
}

void load_declare(struct simulation *sim)
{
    for (load_id id = 1; id <= sim->plan->load_count; id++) {
        const struct plan_load *plan = plan_of(sim, id);
        for (uint32_t i = 0; i < plan->clients; i++) {
            client_id client = simulation_create_element(sim, TABLE_CLIENT);
            *client_at(sim, client) = (struct client){
                .load = id,
                .key = ~plan->key + (i + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15),
                .latest = sim->state.run_begin,
            };
            think(sim, client, plan->starts);
        }
        if (plan->arrive != ARRIVAL_CLIENTS) {
            schedule_arrival(sim, id, true);
        }
    }
}

void load_arrival_due(struct simulation *sim, uint32_t id)
{
    arrive(sim, id, 0, sim->state.run_begin);
    schedule_arrival(sim, id, false);
}

void load_client_due(struct simulation *sim, uint32_t id)
{
    const struct client *client = client_at(sim, id);

    if (load_at(sim, client->load)->arrived < plan_of(sim, client->load)->count) {
        arrive(sim, client->load, id, client->latest);
    }
}

void load_procedure_is_over(struct simulation *sim, thread_id thread, uint64_t key, uint64_t cause)
{
    const struct load_item *item = item_of(sim, key);

    if (item != NULL && !plan_of(sim, item->load)->is_finished_by_step) {
        end(sim, key, emit_thread(sim, RECORD_ITEM_END, thread, cause), WHY_PROCEDURE_OVER);
    }
}

void load_work_is_over(struct simulation *sim, thread_id thread, uint64_t key, uint64_t cause)
{
    const struct load_item *item = item_of(sim, key);

    if (item != NULL && !item->is_asynchronous) {
        load_procedure_is_over(sim, thread, key, cause);
    }
}

void load_thread_is_over(struct simulation *sim, thread_id thread, uint64_t ended)
{
    if (thread_at(sim, thread)->is_of_load) {
        load_work_is_over(sim, thread, thread_at(sim, thread)->born_for, ended);
    }
}

enum step_end load_finish(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct finish_operands *operands = (const void *)words;
    load_id id = operand_subject(sim, thread, operands->object, OBJECT_LOAD);
    uint64_t key = thread_item(sim, thread);
    const struct load_item *item = item_of(sim, key);

    if (id == 0) {
        return STEP_GOES_ON;
    }
    if (item == NULL || item->load != id) {
        misuse(sim, thread, "this frame works for no item of the load, or for one that has ended");
        return STEP_GOES_ON;
    }
    end(sim, key, emit_verb(sim, RECORD_ITEM_END, thread), WHY_FINISH);
    return STEP_GOES_ON;
}
