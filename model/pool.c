/* SPDX-License-Identifier: Apache-2.0 */
/* The mechanism of pools.
 *
 * A worker is a thread without a procedure of its own: whenever it has nothing to execute it asks here for the next
 * item, parks, or ends. An item is handed over: who is woken or made for it has it at once, so that nobody wakes in
 * vain, as at a completion port. Who waits is released last in, first out (fact W3). The policy is asked on every
 * occasion that it may react to, sees counts, and answers with advice. */
#include "model/pool.h"

#include "model/birth.h"
#include "model/crew.h"
#include "model/ending.h"
#include "model/item.h"
#include "model/load.h"
#include "model/names.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/process.h"
#include "model/program.h"
#include "model/queue.h"
#include "model/thread.h"
#include "sim/check.h"

static const struct pool_policy *policy_of(const struct simulation *sim, pool_id id)
{
    return policy_pool((enum pool_preset)pool_at(sim, id)->preset);
}

static struct pool_view view_of(const struct simulation *sim, pool_id id)
{
    const struct crew *crew = crew_at(sim, id);

    return (struct pool_view){
        .constants = &pool_at(sim, id)->constants,
        .queued = pool_at(sim, id)->depth,
        .workers = crew->threads,
        .running = crew->running,
        .idle = pool_at(sim, id)->idle.count,
    };
}

struct pool_limits pool_limits_of(const struct simulation *sim, pool_id id)
{
    return policy_of(sim, id)->limits(&pool_at(sim, id)->constants);
}

/* Reads one constant; an absent one is of another preset. */
static uint64_t constant(struct simulation *sim, uint32_t operand)
{
    struct value value = value_make(VALUE_NUMBER, 0);

    return operand == OPERAND_ABSENT || !operand_value(sim, 0, operand, &value) ? 0 : value.bits;
}

void pool_declare(struct simulation *sim, const struct plan_object *declaration)
{
    const struct pool_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, pool, declaration);

    for (uint32_t i = 0; i < declaration->count; i++) {
        pool_id id = declaration->first_slot + i + 1;
        struct pool *pool = pool_at(sim, id);

        pool->preset = attributes->preset == OPERAND_ABSENT ? 0 : (uint8_t)attributes->preset;
        pool->name = declaration->made + i;
#define POOL_CONSTANT(word, ...) pool->constants.word = constant(sim, attributes->word);
        POOL_CONSTANTS(POOL_CONSTANT)
#undef POOL_CONSTANT
        if (pool_limits_of(sim, id).minimum > 0) {
            simulation_schedule(sim, (struct event){.what = event_what(EVENT_POOL_BEGIN, id)});
        }
    }
}

/* A record about a worker at its pool. */
static void tell_worker(struct simulation *sim, struct record *record, pool_id id, enum record_why why)
{
    if (record != NULL) {
        record->object = pool_reference(id);
        record->which = crew_at(sim, id)->threads;
        record->count = pool_at(sim, id)->busy;
        record->why = (uint8_t)why;
    }
}

/* A record about an item of a pool. */
static void tell_item(struct simulation *sim, struct record *record, pool_id id, work_item_id item)
{
    if (record != NULL) {
        packet_id packet = work_item_at(sim, item)->packet;
        record->object = pool_reference(id);
        record->op = packet == 0 ? 0 : packet_at(sim, packet)->number;
        record->item = item_number(sim, work_item_at(sim, item)->load_item);
        record->count = WORK_GLOBAL;
        record->depth = pool_at(sim, id)->depth;
    }
}

static void unlink_item(struct simulation *sim, pool_id id, work_item_id number)
{
    struct pool *pool = pool_at(sim, id);
    const struct work_item *item = work_item_at(sim, number);

    if (item->previous != 0) {
        work_item_at(sim, item->previous)->next = item->next;
    } else {
        pool->first = item->next;
    }
    if (item->next != 0) {
        work_item_at(sim, item->next)->previous = item->previous;
    } else {
        pool->last = item->previous;
    }
    pool->depth--;
}

/* The status block of an operation can be read once its packet is taken (fact IOCP-90). */
static void make_visible(struct simulation *sim, packet_id id)
{
    struct packet *packet = packet_at(sim, id);

    if (id == 0) {
        return;
    }
    packet->given = sim->state.n;
    packet->given_why = WHY_GLOBAL;
    if ((packet->flags & PACKET_IS_VISIBLE) == 0) {
        packet->flags |= PACKET_IS_VISIBLE;
        (void)emit_packet(sim, RECORD_OP_VISIBLE, id, WHY_AT_DEQUEUE);
    }
}

/* Gives the oldest item to a worker. */
static void take(struct simulation *sim, pool_id id, thread_id thread)
{
    work_item_id item = pool_at(sim, id)->first;
    struct record *record;

    unlink_item(sim, id, item);
    pool_at(sim, id)->busy++;
    thread_at(sim, thread)->work_item = item;
    record = emit_thread(sim, RECORD_WORK_TAKE, thread, work_item_at(sim, item)->cause);
    tell_item(sim, record, id, item);
    if (record != NULL) {
        record->why = WHY_GLOBAL;
    }
    work_item_at(sim, item)->cause = sim->state.n;
    thread_is_caused(sim, thread);
    make_visible(sim, work_item_at(sim, item)->packet);
}

/* How long the worker will wait for work begins now. */
static void await_idle_end(struct simulation *sim, pool_id id, thread_id thread)
{
    sim_span idle = pool_limits_of(sim, id).idle;
    sim_time end;

    if (idle != SIM_NEVER && sim_time_add(sim->state.now, idle, &end)) {
        thread_schedule(sim, thread, EVENT_WORKER_IDLE, end);
    }
}

static void park(struct simulation *sim, pool_id id, thread_id thread, enum record_why why)
{
    thread_at(sim, thread)->flags &= (uint8_t)~THREAD_ALERTABLE;
    thread_stops_running(sim, thread, THREAD_PARKED);
    parked_insert(sim, &pool_at(sim, id)->idle, thread, pool_at(sim, id)->idle.newest);
    tell_worker(sim, emit_verb(sim, RECORD_POOL_PARK, thread), id, why);
    thread_note_at(sim, thread)->waiting = sim->state.n;
    await_idle_end(sim, id, thread);
}

/* An idle worker goes on, with the oldest item if there is one. */
static void unpark(struct simulation *sim, pool_id id, thread_id thread, enum record_why why, uint64_t cause)
{
    uint64_t unparked;

    parked_remove(sim, &pool_at(sim, id)->idle, thread);
    tell_worker(sim, emit_thread(sim, RECORD_POOL_UNPARK, thread, cause), id, why);
    unparked = sim->state.n;
    if (pool_at(sim, id)->depth > 0) {
        take(sim, id, thread);
    }
    thread_at(sim, thread)->readied_by = READIED_BY_QUEUE;
    thread_make_ready(sim, thread, unparked);
}

/* A new worker, with the oldest item if there is one. */
static void create(struct simulation *sim, pool_id id, enum pool_growth growth, uint64_t cause)
{
    static const enum record_why whys[] = {WHY_BELOW_MIN, WHY_BELOW_TARGET, WHY_ALL_BUSY};
    thread_id thread = thread_create(sim);

    if (sim->out_of_memory) {
        return;
    }
    made_note(sim, thread_reference(sim, thread),
              (struct made){.object = pool_at(sim, id)->name, .index = pool_at(sim, id)->born++, .has_index = true});
    crew_at(sim, id)->threads++;
    birth_of_worker(sim, thread, id, (struct birth_of){whys[growth], cause});
    if (pool_at(sim, id)->depth > 0 && !sim->out_of_memory) {
        take(sim, id, thread);
    }
}

/* Waits for the tick that the policy wants, or no longer. `cause` is what made it want one. */
static void settle_tick(struct simulation *sim, pool_id id, sim_span tick, uint64_t cause)
{
    struct pool *pool = pool_at(sim, id);
    sim_time due;

    if (tick == SIM_NEVER) {
        sim->state.stale_events += pool->is_ticking;
        pool->stamp += pool->is_ticking;
        pool->is_ticking = false;
    } else if (!pool->is_ticking && sim_time_add(sim->state.now, tick, &due)) {
        pool->is_ticking = true;
        pool->tick_set = cause;
        simulation_schedule(sim, (struct event){due, pool->stamp, event_what(EVENT_POOL_TICK, id)});
    }
}

/* Something has happened, of which `cause` tells: what the policy wants done about it. */
static void consult(struct simulation *sim, pool_id id, enum pool_occasion occasion, uint64_t cause)
{
    static const enum record_why whys[] = {
        [POOL_BEGINS] = WHY_NEWEST_PARKED,        [POOL_HAS_WORK] = WHY_NEWEST_PARKED,
        [POOL_WORKER_WAITS] = WHY_SLOT_FREED_BY_BLOCK, [POOL_WORKER_LEAVES] = WHY_SLOT_FREED_BY_EXIT,
        [POOL_TICKS] = WHY_NEWEST_PARKED,         [POOL_CHANGES] = WHY_NEWEST_PARKED,
        [POOL_RUNS_LONG] = WHY_NEWEST_PARKED,
    };
    struct pool_view view = view_of(sim, id);
    struct pool_advice advice = policy_of(sim, id)->advise(&view, occasion);

    if (process_at(sim, PROCESS_DEFAULT)->has_exited) { /* which is the process of pools */
        advice = (struct pool_advice){.tick = SIM_NEVER};
    }
    for (uint32_t i = 0; i < advice.wake && pool_at(sim, id)->idle.count > 0; i++) {
        unpark(sim, id, parked_choose(sim, &pool_at(sim, id)->idle, id), whys[occasion], cause);
    }
    for (uint32_t i = 0; i < advice.create && !sim->out_of_memory; i++) {
        create(sim, id, advice.growth, cause);
    }
    settle_tick(sim, id, advice.tick, cause);
}

void pool_queue(struct simulation *sim, pool_id id, work_item_id number, thread_id by)
{
    struct pool *pool = pool_at(sim, id);
    struct work_item *item = work_item_at(sim, number);
    struct record *record;

    item->next = 0;
    item->previous = pool->last;
    if (pool->last != 0) {
        work_item_at(sim, pool->last)->next = number;
    } else {
        pool->first = number;
    }
    pool->last = number;
    pool->depth++;
    record = by != 0 ? emit_verb(sim, RECORD_WORK_QUEUE, by) : emit(sim, RECORD_WORK_QUEUE);
    tell_item(sim, record, id, number);
    if (record != NULL) {
        record->procedure = item->procedure == PLAN_NONE ? NAME_NONE : item->procedure;
        record->cause = by != 0 ? record->cause : item->cause;
    }
    item->cause = sim->state.n;
    consult(sim, id, POOL_HAS_WORK, sim->state.n);
}

/* Lets go of an item that is in no queue. */
static void free_item(struct simulation *sim, work_item_id id)
{
    struct work_item item = *work_item_at(sim, id);

    if (item.continuation != 0) {
        sim->switchboard->continuation_is_lost(sim, item.continuation);
    }
    if (item.procedure != PLAN_NONE) {
        locals_free(sim, item.procedure, item.locals);
    }
    packet_drop(sim, item.packet);
    block_free(&sim->block, TABLE_WORK_ITEM, id);
}

void pool_forget(struct simulation *sim, pool_id id, work_item_id item)
{
    unlink_item(sim, id, item);
    free_item(sim, item);
    if (pool_at(sim, id)->is_ticking) {
        consult(sim, id, POOL_CHANGES, sim->state.n);
    }
}

void pool_begins(struct simulation *sim, uint32_t id)
{
    consult(sim, id, POOL_BEGINS, sim->state.run_begin);
}

void pool_ticks(struct simulation *sim, uint32_t id)
{
    struct pool *pool = pool_at(sim, id);

    pool->is_ticking = false;
    pool->stamp++;
    consult(sim, id, POOL_TICKS, pool->tick_set);
}

bool pool_tick_is_stale(const struct simulation *sim, pool_id id, uint32_t stamp)
{
    return pool_at(sim, id)->stamp != stamp;
}

bool pool_keeps_alive(const struct simulation *sim, pool_id id)
{
    return pool_at(sim, id)->depth > 0 && crew_at(sim, id)->threads < pool_limits_of(sim, id).maximum;
}

void pool_worker_is_idle(struct simulation *sim, uint32_t thread)
{
    pool_id id = thread_at(sim, thread)->pool;
    struct pool_view view = view_of(sim, id);

    if (!policy_of(sim, id)->may_leave(&view)) {
        await_idle_end(sim, id, thread);
        return;
    }
    thread_at(sim, thread)->ends_by = WHY_IDLE_TIMEOUT;
    unpark(sim, id, thread, WHY_TIMED_OUT, thread_note_at(sim, thread)->waiting);
}

/* Whether somebody awaits the operation, which has not arrived. */
static bool is_awaited(const struct simulation *sim, packet_id packet)
{
    return packet_at(sim, packet)->task != 0 && (packet_at(sim, packet)->flags & PACKET_HAS_ARRIVED) == 0;
}

/* Begins the item that the worker has, in a frame of its own. An operation may have no callback: then it is done. */
static void begin_item(struct simulation *sim, thread_id thread)
{
    struct work_item *item = work_item_at(sim, thread_at(sim, thread)->work_item);
    continuation_id continuation = item->continuation;
    packet_id packet = item->packet;
    struct frame frame = {
        .ok = true,
        .kind = FRAME_WORK,
        .procedure = item->procedure,
        .locals = item->locals,
        .packet = packet,
        .item = item->load_item,
        .begun_at = NAME_NONE,
        .called_by = item->cause,
        .called_why = WHY_GLOBAL,
    };

    item->continuation = 0;
    if (continuation != 0) {
        sim->switchboard->continues(sim, thread, continuation);
        return;
    }
    if (item->procedure == PLAN_NONE) {
        if (!is_awaited(sim, packet) || !sim->switchboard->packet_arrives(sim, thread, packet)) {
            sim->switchboard->worker_is_done(sim, thread);
        }
        return; /* and begins anew behind what follows the operation */
    }
    item->locals = 0;
    if (packet != 0) {
        frame.bytes = packet_at(sim, packet)->bytes;
        frame.key = packet_at(sim, packet)->key;
        frame.error = packet_at(sim, packet)->error;
        frame.ok = !win32_error_is_failed(frame.error);
        frame.operation = packet_as_result(sim, packet);
        packet_hold(sim, packet); /* by the frame, beside the item */
        if (frame.operation != 0) {
            packet_hold(sim, frame.operation);
        }
    }
    program_begin_callback(sim, thread, &frame);
    if (is_awaited(sim, packet)) {
        (void)sim->switchboard->packet_arrives(sim, thread, packet);
    }
    packet_at(sim, packet)->flags |= PACKET_HAS_ARRIVED;
}

enum step_end pool_worker_goes_on(struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);
    pool_id pool = thread->pool;
    struct pool_view view;

    if (thread->work_item != 0) { /* handed to it: what follows belongs to the step of its first verb */
        begin_item(sim, id);
        return STEP_GOES_ON;
    }
    step_begin(sim);
    queue_thread_leaves(sim, id, WHY_OTHER_PORT, thread_note_at(sim, id)->latest); /* to wait here is to leave there */
    view = view_of(sim, pool);
    if (view.queued > 0 && policy_of(sim, pool)->may_take(&view)) {
        thread_at(sim, id)->ends_by = 0;
        take(sim, pool, id);
        if (pool_at(sim, pool)->is_ticking) {
            consult(sim, pool, POOL_CHANGES, sim->state.n);
        }
        begin_item(sim, id);
        return STEP_GOES_ON;
    }
    if (thread_at(sim, id)->ends_by != 0) {
        (void)ending_of_itself(sim, id, (enum record_why)thread_at(sim, id)->ends_by);
        return STEP_STOPS;
    }
    park(sim, pool, id, view.queued > 0 ? WHY_AT_LIMIT : WHY_NO_WORK);
    return STEP_STOPS;
}

/* The worker has its item no longer, as the record `cause` says. */
static void let_go(struct simulation *sim, thread_id id, uint64_t cause)
{
    struct thread *thread = thread_at(sim, id);
    work_item_id item = thread->work_item;
    const struct work_item done = *work_item_at(sim, item);

    thread->work_item = 0;
    pool_at(sim, thread->pool)->busy--;
    free_item(sim, item);
    if (done.is_first) {
        load_work_is_over(sim, id, done.load_item, cause);
    }
}

void pool_worker_is_done(struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);
    pool_id pool = thread->pool;

    pool_at(sim, pool)->completed++;
    if (thread->runs_long) {
        thread->runs_long = false;
        thread_settle_crew(sim, id);
    }
    thread->step = NAME_NONE;
    tell_item(sim, emit_verb(sim, RECORD_WORK_END, id), pool, thread->work_item);
    let_go(sim, id, sim->state.n);
}

void pool_worker_waits(struct simulation *sim, thread_id thread, uint64_t cause)
{
    consult(sim, thread_at(sim, thread)->pool, POOL_WORKER_WAITS, cause);
}

void pool_runs_long(struct simulation *sim, thread_id thread)
{
    pool_id pool = thread_at(sim, thread)->pool;

    thread_at(sim, thread)->runs_long = true;
    thread_settle_crew(sim, thread);
    consult(sim, pool, POOL_RUNS_LONG, thread_note_at(sim, thread)->latest);
}

void pool_thread_ends(struct simulation *sim, thread_id thread, uint64_t cause)
{
    pool_id pool = thread_at(sim, thread)->pool;

    if (pool == 0) {
        return;
    }
    if (pool_at(sim, pool)->idle.newest == thread || thread_at(sim, thread)->parked_next != 0) {
        parked_remove(sim, &pool_at(sim, pool)->idle, thread); /* it ends with its process */
    }
    crew_at(sim, pool)->threads--;
    if (thread_at(sim, thread)->work_item != 0) {
        let_go(sim, thread, cause);
    }
    consult(sim, pool, POOL_WORKER_LEAVES, cause);
}
