/* SPDX-License-Identifier: Apache-2.0 */
/* The mechanism of pools.
 *
 * A worker is a thread without a procedure of its own: whenever it has nothing to execute it asks here for the next
 * item, parks, or ends. Who waits is released last in, first out (facts W3, CLR-17). Where work is handed over, who is
 * woken or made for an item has it at once, so that nobody wakes in vain, as at a completion port. Elsewhere a worker
 * is woken because of a request, looks for work when it runs, and may find none (facts CLR-43, 50..54). The policy is
 * asked on every occasion that it may react to, sees counts, and answers with advice. */
#include "model/pool.h"

#include "model/backlog.h"
#include "model/climb.h"
#include "model/ending.h"
#include "model/item.h"
#include "model/load.h"
#include "model/names.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/process.h"
#include "model/program.h"
#include "model/queue.h"
#include "model/wait.h"
#include "sim/check.h"

struct pool_view pool_view_of(const struct simulation *sim, pool_id id)
{
    const struct pool *pool = pool_at(sim, id);
    const struct crew *crew = crew_at(sim, id);

    return (struct pool_view){
        .constants = &pool->constants,
        .processors = sim->plan->processors,
        .queued = pool->depth,
        .workers = crew->threads,
        .retired = pool->retired.count,
        .running = crew->running,
        .idle = pool->idle.count,
        .working = pool->working,
        .current = pool_policy_of(sim, id)->counts_idle ? crew->threads : pool->working,
        .requests = pool->requests,
        .target = pool->target,
        .minimum = pool->minimum,
        .maximum = pool->maximum,
        .blocked = pool->blocked,
        .added = pool->added,
    };
}

uint32_t pool_available_workers(const struct simulation *sim, pool_id id)
{
    const struct pool *pool = pool_at(sim, id);
    const struct pool_policy *policy = pool_policy_of(sim, id);
    uint32_t taken = policy->hands_over ? pool->busy : pool->working;
    bool is_crowded = policy->crowds_out && crew_at(sim, id)->threads > pool->maximum;

    return is_crowded || taken > pool->maximum ? 0 : pool->maximum - taken;
}

uint32_t pool_available_completion_threads(const struct simulation *sim, pool_id id)
{
    const struct pool *pool = pool_at(sim, id);
    uint32_t most = pool->completion_maximum < pool->service.threads ? pool->service.threads : pool->completion_maximum;

    return pool_policy_of(sim, id)->counts_once ? pool_available_workers(sim, id) : most - pool->service.working;
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
        struct pool_limits limits;

        pool->preset = attributes->preset == OPERAND_ABSENT ? 0 : (uint8_t)attributes->preset;
        pool->name = declaration->made + i * PLAN_NAMES_OF_POOL;
        pool->service.name = pool->name + PLAN_NAME_OF_PORT;
        pool->overshoot = attributes->wait_overshoot;
#define POOL_CONSTANT(word, ...) pool->constants.word = constant(sim, attributes->word);
        POOL_CONSTANTS(POOL_CONSTANT)
#undef POOL_CONSTANT
        pool->constants.min_is_forced = (declaration->given & POOL_GIVES_MIN_WORKERS) != 0;
        pool->constants.max_is_forced = (declaration->given & POOL_GIVES_MAX_WORKERS) != 0;
        limits = pool_policy_of(sim, id)->limits(&pool->constants, sim->plan->processors);
        pool->minimum = limits.minimum;
        pool->maximum = limits.maximum;
        pool->target = limits.target;
        pool->idle_time = limits.idle;
        pool->completion_minimum = (uint32_t)pool->constants.min_completion_threads;
        pool->completion_maximum = (uint32_t)pool->constants.max_completion_threads;
        if (pool_policy_of(sim, id)->counts_once) {
            pool->completion_minimum = pool->minimum;
            pool->completion_maximum = pool->maximum;
        }
        if (pool_policy_of(sim, id)->hands_over && pool->minimum > 0) {
            simulation_schedule(sim, (struct event){.what = event_what(EVENT_POOL_BEGIN, id)});
        }
    }
}

void pool_tell_counts(struct simulation *sim, struct record *record, pool_id id, enum record_why why)
{
    const struct pool *pool = pool_at(sim, id);
    bool hands_over = pool_policy_of(sim, id)->hands_over;

    if (record != NULL) {
        record->object = pool_reference(id);
        record->which = crew_at(sim, id)->threads;
        record->count = hands_over ? pool->busy : pool->working;
        record->active = pool->requests;
        record->absent = hands_over ? 4 : 0;
        record->why = (uint8_t)why;
    }
}

/* The requests, or who answers them, are others than they were. */
static void tell_requests(struct simulation *sim, pool_id id, uint64_t cause)
{
    struct record *record = emit(sim, RECORD_POOL_REQUEST);

    if (record != NULL) {
        record->cause = cause;
        pool_tell_counts(sim, record, id, WHY_NONE);
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
        record->count = work_item_at(sim, item)->queue;
        record->depth = pool_at(sim, id)->depth;
    }
}

/* The status block of an operation can be read once its packet is taken (fact IOCP-90). */
static void make_visible(struct simulation *sim, packet_id id, enum record_why why)
{
    struct packet *packet = packet_at(sim, id);

    if (id == 0) {
        return;
    }
    if ((packet->flags & PACKET_IS_PENDING) != 0) { /* its worker has yet to serve it */
        return;
    }
    packet->given = sim->state.n;
    packet->given_why = (uint8_t)why;
    if ((packet->flags & PACKET_IS_VISIBLE) == 0) {
        packet->flags |= PACKET_IS_VISIBLE;
        (void)emit_packet(sim, RECORD_OP_VISIBLE, id, WHY_AT_DEQUEUE);
    }
}

/* Gives a worker the item that comes next; false when there is none. */
static bool take(struct simulation *sim, pool_id id, thread_id thread)
{
    work_item_id item = backlog_take(sim, id, thread);
    struct record *record;

    if (item == 0) {
        return false;
    }
    pool_at(sim, id)->busy++;
    worker_of(sim, thread)->item = item;
    record = emit_thread(sim, RECORD_WORK_TAKE, thread, work_item_at(sim, item)->cause);
    tell_item(sim, record, id, item);
    if (record != NULL) {
        record->why = work_item_at(sim, item)->taken_by;
    }
    work_item_at(sim, item)->cause = sim->state.n;
    thread_is_caused(sim, thread);
    make_visible(sim, work_item_at(sim, item)->packet, (enum record_why)work_item_at(sim, item)->taken_by);
    return true;
}

/* How long the worker will wait for work begins now. Some never leave. */
static void await_idle_end(struct simulation *sim, pool_id id, thread_id thread)
{
    const struct pool *pool = pool_at(sim, id);
    bool stays = worker_of(sim, thread)->place < pool->constants.threads_to_keep_alive;
    sim_time end;

    if (!stays && pool->idle_time != SIM_NEVER && sim_time_add(sim->state.now, pool->idle_time, &end)) {
        thread_schedule(sim, thread, EVENT_WORKER_IDLE, end);
    }
}

static void park(struct simulation *sim, pool_id id, thread_id thread, enum record_why why)
{
    thread_at(sim, thread)->flags &= (uint8_t)~THREAD_ALERTABLE;
    worker_of(sim, thread)->is_released = false;
    thread_stops_running(sim, thread, THREAD_PARKED);
    parked_insert(sim, &pool_at(sim, id)->idle, thread, pool_at(sim, id)->idle.newest);
    pool_tell_counts(sim, emit_verb(sim, RECORD_POOL_PARK, thread), id, why);
    thread_note_at(sim, thread)->waiting = sim->state.n;
    await_idle_end(sim, id, thread);
}

/* A worker above the target is none until it is called back (fact CLR-52). */
static void retire(struct simulation *sim, pool_id id, thread_id thread)
{
    struct worker *worker = worker_of(sim, thread);

    pool_at(sim, id)->working--;
    crew_at(sim, id)->threads--;
    worker->is_released = false;
    worker->is_dispatching = false;
    worker->is_retired = true;
    thread_stops_running(sim, thread, THREAD_PARKED);
    parked_insert(sim, &pool_at(sim, id)->retired, thread, pool_at(sim, id)->retired.newest);
    pool_tell_counts(sim, emit_verb(sim, RECORD_POOL_RETIRE, thread), id, WHY_OVER_TARGET);
    thread_note_at(sim, thread)->waiting = sim->state.n;
    await_idle_end(sim, id, thread);
}

/* An idle worker goes on: where work is handed over, with the oldest item if there is one. */
static void unpark(struct simulation *sim, pool_id id, thread_id thread, enum record_why why, uint64_t cause)
{
    struct worker *worker = worker_of(sim, thread);
    uint64_t unparked;

    if (worker->is_retired) {
        parked_remove(sim, &pool_at(sim, id)->retired, thread);
        worker->is_retired = false;
        crew_at(sim, id)->threads++;
    } else {
        parked_remove(sim, &pool_at(sim, id)->idle, thread);
    }
    pool_tell_counts(sim, emit_thread(sim, RECORD_POOL_UNPARK, thread, cause), id, why);
    unparked = sim->state.n;
    if (pool_policy_of(sim, id)->hands_over) {
        (void)take(sim, id, thread);
    }
    thread_at(sim, thread)->readied_by = READIED_BY_QUEUE;
    thread_make_ready(sim, thread, unparked);
}

static enum thread_type worker_type(const struct simulation *sim, pool_id id)
{
    return pool_policy_of(sim, id)->is_loop ? THREAD_TYPE_LOOP : THREAD_TYPE_WORKER;
}

/* Enters a worker behind those that came before it. */
static void enlist(struct simulation *sim, pool_id id, thread_id thread)
{
    uint32_t worker = simulation_create_element(sim, TABLE_WORKER);
    struct pool *pool = pool_at(sim, id);

    thread_at(sim, thread)->worker = worker;
    worker_at(sim, worker)->place = pool->born[worker_type(sim, id)] - 1;
    worker_at(sim, worker)->older = pool->newest;
    *(pool->newest != 0 ? &worker_of(sim, pool->newest)->newer : &pool->oldest) = thread;
    pool->newest = thread;
    crew_at(sim, id)->threads++;
}

static void discharge(struct simulation *sim, pool_id id, thread_id thread)
{
    struct pool *pool = pool_at(sim, id);
    const struct worker *worker = worker_of(sim, thread);

    *(worker->older != 0 ? &worker_of(sim, worker->older)->newer : &pool->oldest) = worker->newer;
    *(worker->newer != 0 ? &worker_of(sim, worker->newer)->older : &pool->newest) = worker->older;
    crew_at(sim, id)->threads -= !worker->is_retired;
}

/* A thread with the pool's name for its type; 0 when there is no memory. */
static thread_id new_thread(struct simulation *sim, pool_id id, enum thread_type type)
{
    thread_id thread = thread_create(sim);

    if (sim->out_of_memory) {
        return 0;
    }
    made_note(sim, thread_reference(sim, thread),
              (struct made){
                  .object = pool_at(sim, id)->name + (uint32_t)type,
                  .index = pool_at(sim, id)->born[type]++,
                  .has_index = true,
              });
    return thread;
}

thread_id pool_add_thread(struct simulation *sim, pool_id id, struct birth_of of)
{
    thread_id thread = new_thread(sim, id, of.type);

    if (thread != 0) {
        birth_in_pool(sim, thread, id, of);
    }
    return thread;
}

/* A new worker: where work is handed over, with the oldest item if there is one. */
static void create(struct simulation *sim, pool_id id, enum pool_growth growth, uint64_t cause, thread_id by)
{
    static const enum record_why whys[] = {WHY_BELOW_MIN, WHY_BELOW_TARGET, WHY_ALL_BUSY, WHY_STARVATION,
                                           WHY_COOPERATIVE_BLOCKING};
    thread_id thread = new_thread(sim, id, worker_type(sim, id));

    if (thread == 0) {
        return;
    }
    enlist(sim, id, thread);
    birth_in_pool(sim, thread, id, (struct birth_of){whys[growth], worker_type(sim, id), cause, by, 0});
    if (pool_policy_of(sim, id)->hands_over && !sim->out_of_memory) {
        (void)take(sim, id, thread);
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

/* Wakes the worker that has waited least, or who of those called back has; where work is not handed over, one that is
 * on its way finds the wake-up when it comes. */
static void wake(struct simulation *sim, pool_id id, struct parked *parked, enum record_why why, uint64_t cause)
{
    if (parked->count > 0) {
        unpark(sim, id, parked_choose(sim, parked, id), why, cause);
    }
}

void pool_consult(struct simulation *sim, pool_id id, enum pool_occasion occasion, uint64_t cause, thread_id by)
{
    enum record_why why = occasion == POOL_WORKER_WAITS    ? WHY_SLOT_FREED_BY_BLOCK
                          : occasion == POOL_WORKER_LEAVES ? WHY_SLOT_FREED_BY_EXIT
                                                           : WHY_NEWEST_PARKED;
    struct pool_view view = pool_view_of(sim, id);
    struct pool_advice advice = pool_policy_of(sim, id)->advise(&view, occasion);
    uint32_t before = pool_at(sim, id)->requests;
    bool hands_over = pool_policy_of(sim, id)->hands_over;

    if (process_at(sim, PROCESS_DEFAULT)->has_exited) { /* which is the process of pools */
        advice = (struct pool_advice){.tick = SIM_NEVER};
    }
    pool_at(sim, id)->requests = advice.requests;
    if (!hands_over) {
        pool_at(sim, id)->working += advice.wake + advice.recall + advice.create;
        pool_at(sim, id)->released += advice.wake + advice.recall + advice.create;
        if (before != advice.requests || advice.wake + advice.recall + advice.create > 0) {
            tell_requests(sim, id, cause);
        }
    }
    for (uint32_t i = 0; i < advice.wake; i++) {
        wake(sim, id, &pool_at(sim, id)->idle, why, cause);
    }
    for (uint32_t i = 0; i < advice.recall; i++) {
        wake(sim, id, &pool_at(sim, id)->retired, why, cause);
    }
    for (uint32_t i = 0; i < advice.create && !sim->out_of_memory; i++) {
        create(sim, id, advice.growth, cause, by);
    }
    settle_tick(sim, id, advice.tick, cause);
}

void pool_set_target(struct simulation *sim, pool_id id, struct pool_change change, uint64_t cause, thread_id by)
{
    struct pool *pool = pool_at(sim, id);
    struct record *record;

    if (change.target == pool->target) {
        return;
    }
    record = by != 0 ? emit_verb(sim, RECORD_POOL_TARGET, by) : emit(sim, RECORD_POOL_TARGET);
    if (record != NULL) {
        record->object = pool_reference(id);
        record->count = pool->target;
        record->which = change.target;
        record->cause = cause;
        record->why = (uint8_t)change.why;
    }
    pool->target = change.target;
    cause = sim->state.n;
    if (change.why == WHY_STARVATION) {
        climb_follows(sim, id, change.target, TRANSITION_STARVATION);
    } else if (change.why == WHY_THREAD_TIMED_OUT) {
        climb_follows(sim, id, change.target, TRANSITION_THREAD_TIMED_OUT);
    } else if (change.why == WHY_COOPERATIVE_BLOCKING) {
        climb_follows(sim, id, change.target, TRANSITION_COOPERATIVE_BLOCKING);
    }
    pool_consult(sim, id, change.occasion, cause, by);
}

void pool_calls_gate(struct simulation *sim, pool_id id, bool wakes_it, uint64_t cause)
{
    struct gate *gate = &pool_at(sim, id)->gate;
    thread_id thread;

    if (pool_policy_of(sim, id)->round == NULL || process_at(sim, PROCESS_DEFAULT)->has_exited) {
        return;
    }
    gate->rounds_left = (uint32_t)pool_at(sim, id)->constants.gate_idle_rounds;
    gate->is_signalled = gate->is_signalled || wakes_it;
    if (gate->phase == GATE_UNBORN) {
        gate->phase = GATE_STARTS;
        thread = pool_add_thread(sim, id, (struct birth_of){.type = THREAD_TYPE_GATE, .cause = cause});
        pool_at(sim, id)->gate.thread = thread;
    } else if (gate->phase == GATE_PARKED || (wakes_it && gate->phase == GATE_WAITS)) {
        if (thread_at(sim, gate->thread)->state == THREAD_BLOCKED) {
            wait_wake(sim, gate->thread, cause);
        }
    }
}

void pool_queue(struct simulation *sim, pool_id id, work_item_id number, thread_id by)
{
    struct work_item *item = work_item_at(sim, number);
    struct record *record;
    uint64_t queued;

    if (pool_policy_of(sim, id)->has_context) {
        item->queue = WORK_CONTEXT;
    } else if (item->queue == WORK_LOCAL &&
        (by == 0 || thread_at(sim, by)->pool != id || thread_at(sim, by)->worker == 0 ||
         pool_policy_of(sim, id)->order[0] != WORK_LOCAL)) {
        item->queue = WORK_GLOBAL;
    }
    backlog_put(sim, id, number, by);
    record = by != 0 ? emit_verb(sim, RECORD_WORK_QUEUE, by) : emit(sim, RECORD_WORK_QUEUE);
    tell_item(sim, record, id, number);
    if (record != NULL) {
        record->procedure = item->procedure == PLAN_NONE ? NAME_NONE : item->procedure;
        record->cause = by != 0 ? record->cause : item->cause;
    }
    queued = sim->state.n;
    item->cause = queued;
    pool_consult(sim, id, POOL_HAS_WORK, queued, by);
    pool_calls_gate(sim, id, false, queued);
}

void pool_queue_packet(struct simulation *sim, pool_id pool, packet_id packet, door_id door, thread_id by)
{
    work_item_id item = simulation_create_element(sim, TABLE_WORK_ITEM);

    *work_item_at(sim, item) = (struct work_item){
        .cause = packet_at(sim, packet)->cause,
        .load_item = packet_at(sim, packet)->item,
        .packet = packet,
        .procedure = packet_at(sim, packet)->procedure,
        .locals = packet_at(sim, packet)->locals,
        .door = door,
        .chore = (packet_at(sim, packet)->flags & PACKET_IS_PENDING) != 0 ? CHORE_READ : CHORE_CALLBACK,
    };
    packet_at(sim, packet)->locals = 0;
    pool_queue(sim, pool, item, by);
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
    backlog_remove(sim, id, item);
    free_item(sim, item);
    if (pool_at(sim, id)->is_ticking) {
        pool_consult(sim, id, POOL_CHANGES, sim->state.n, 0);
    }
}

void pool_begins(struct simulation *sim, uint32_t id)
{
    pool_consult(sim, id, POOL_BEGINS, sim->state.run_begin, 0);
}

void pool_ticks(struct simulation *sim, uint32_t id)
{
    struct pool *pool = pool_at(sim, id);

    pool->is_ticking = false;
    pool->stamp++;
    pool_consult(sim, id, POOL_TICKS, pool->tick_set, 0);
}

bool pool_tick_is_stale(const struct simulation *sim, pool_id id, uint32_t stamp)
{
    return pool_at(sim, id)->stamp != stamp;
}

bool pool_keeps_alive(const struct simulation *sim, pool_id id)
{
    const struct pool *pool = pool_at(sim, id);
    bool has_packets = pool->service.port != 0 && queue_at(sim, pool->service.port)->depth > 0;

    return (pool->depth > 0 && crew_at(sim, id)->threads < pool->maximum) ||
           (has_packets && pool->service.threads > 0 && pool->service.threads < pool->completion_maximum);
}

void pool_worker_is_idle(struct simulation *sim, uint32_t thread)
{
    pool_id id = thread_at(sim, thread)->pool;
    struct pool_view view = pool_view_of(sim, id);

    if (!worker_of(sim, thread)->is_retired && !pool_policy_of(sim, id)->may_leave(&view)) {
        await_idle_end(sim, id, thread);
        return;
    }
    worker_of(sim, thread)->ends_by = worker_of(sim, thread)->is_retired ? WHY_OVER_TARGET : WHY_IDLE_TIMEOUT;
    unpark(sim, id, thread, WHY_TIMED_OUT, thread_note_at(sim, thread)->waiting);
}

/* Whether somebody awaits the operation, which has not arrived. */
static bool is_awaited(const struct simulation *sim, packet_id packet)
{
    return packet_at(sim, packet)->task != 0 && (packet_at(sim, packet)->flags & PACKET_HAS_ARRIVED) == 0;
}

/* Runs what the item that the worker has is for, in a frame of its own. An operation may have no callback: then it is
 * done. */
static void run_item(struct simulation *sim, thread_id thread)
{
    struct work_item *item = work_item_at(sim, worker_of(sim, thread)->item);
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
        .called_why = item->taken_by,
        .notice = item->notice,
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

/* Begins the item that the worker has. */
static enum step_end begin_item(struct simulation *sim, thread_id thread)
{
    work_item_id item = worker_of(sim, thread)->item;
    enum chore_end end = CHORE_IS_CALLBACK;

    if (work_item_at(sim, item)->chore != CHORE_CALLBACK) {
        end = sim->switchboard->does_chore(sim, thread, item);
    }
    switch (end) {
    case CHORE_IS_CALLBACK:
        run_item(sim, thread);
        break;
    case CHORE_IS_DONE:
        sim->switchboard->worker_is_done(sim, thread);
        break;
    case CHORE_GOES_ON:
        break;
    case CHORE_STOPS:
        return STEP_STOPS;
    }
    return STEP_GOES_ON;
}

/* The worker of a pool that hands work over has nothing to do. */
static enum step_end goes_on_with_what_is_queued(struct simulation *sim, thread_id id)
{
    pool_id pool = thread_at(sim, id)->pool;
    struct pool_view view = pool_view_of(sim, pool);

    if (view.queued > 0 && pool_policy_of(sim, pool)->may_take(&view)) {
        worker_of(sim, id)->ends_by = 0;
        (void)take(sim, pool, id);
        if (pool_at(sim, pool)->is_ticking) {
            pool_consult(sim, pool, POOL_CHANGES, sim->state.n, 0);
        }
        return begin_item(sim, id);
    }
    if (worker_of(sim, id)->ends_by != 0) {
        (void)ending_of_itself(sim, id, (enum record_why)worker_of(sim, id)->ends_by);
        return STEP_STOPS;
    }
    park(sim, pool, id, view.queued > 0 ? WHY_AT_LIMIT : WHY_NO_WORK);
    return STEP_STOPS;
}

/* The worker that has waited too long leaves; the target does not stay above what is left (fact CLR-53). */
static enum step_end leave(struct simulation *sim, thread_id id)
{
    pool_id pool = thread_at(sim, id)->pool;
    enum record_why why = (enum record_why)worker_of(sim, id)->ends_by;
    uint64_t ended = ending_of_itself(sim, id, why);
    struct pool_view view = pool_view_of(sim, pool);

    if (why == WHY_IDLE_TIMEOUT) {
        struct pool_change change = {pool_policy_of(sim, pool)->target_after_leave(&view), WHY_THREAD_TIMED_OUT,
                                     POOL_WORKER_LEAVES};
        pool_set_target(sim, pool, change, ended, 0);
    }
    return STEP_STOPS;
}

/* It has found nothing, or is told to stop: it no longer counts as working. That is one step with its last look at the
 * requests, so that none can have come meanwhile for which it would have to send another (fact CLR-52b). */
static enum step_end rest(struct simulation *sim, thread_id id, enum record_why why)
{
    pool_id pool = thread_at(sim, id)->pool;
    struct worker *worker = worker_of(sim, id);

    worker->is_dispatching = false;
    pool_at(sim, pool)->working--;
    if (pool_at(sim, pool)->released > 0) { /* nobody was parked who could have been woken */
        pool_at(sim, pool)->released--;
        worker->is_released = true;
        return STEP_GOES_ON;
    }
    park(sim, pool, id, why);
    return STEP_STOPS;
}

/* A worker that answers requests takes what it finds, and asks for another as its policy has it (facts CLR-43, 44). */
static enum step_end dispatch(struct simulation *sim, thread_id id)
{
    pool_id pool = thread_at(sim, id)->pool;
    struct worker *worker = worker_of(sim, id);
    uint64_t taken;
    bool is_first;

    if (!worker->is_dispatching) {
        if (pool_at(sim, pool)->requests == 0) {
            return rest(sim, id, WHY_NO_WORK);
        }
        worker->is_dispatching = true;
        worker->has_taken = false;
        worker->turn = sim->state.now;
        pool_at(sim, pool)->last_dequeue = pool_clock(sim);
        pool_consult(sim, pool, POOL_DISPATCHES, thread_note_at(sim, id)->latest, id);
    }
    if (!take(sim, pool, id)) {
        worker_of(sim, id)->is_dispatching = false;
        return STEP_GOES_ON; /* to the requests that have come meanwhile */
    }
    is_first = !worker_of(sim, id)->has_taken;
    worker_of(sim, id)->has_taken = true;
    taken = work_item_at(sim, worker_of(sim, id)->item)->cause;
    pool_consult(sim, pool, is_first ? POOL_TAKES_FIRST : POOL_TAKES_NEXT, taken, id);
    pool_calls_gate(sim, pool, false, taken);
    return begin_item(sim, id);
}

enum step_end pool_worker_goes_on(struct simulation *sim, thread_id id)
{
    pool_id pool = thread_at(sim, id)->pool;
    const struct pool_policy *policy = pool_policy_of(sim, pool);
    struct worker *worker = worker_of(sim, id);
    struct pool_view view;

    if (worker->item != 0) { /* handed to it: what follows belongs to the step of its first verb */
        return begin_item(sim, id);
    }
    step_begin(sim);
    sim->state.verbs_now++;
    queue_thread_leaves(sim, id, WHY_OTHER_PORT, thread_note_at(sim, id)->latest); /* to wait here is to leave there */
    if (policy->hands_over) {
        return goes_on_with_what_is_queued(sim, id);
    }
    if (worker->ends_by != 0) {
        return leave(sim, id);
    }
    if (!worker->is_released) {
        if (pool_at(sim, pool)->released == 0) {
            park(sim, pool, id, WHY_NO_WORK);
            return STEP_STOPS;
        }
        pool_at(sim, pool)->released--;
        worker->is_released = true;
    }
    view = pool_view_of(sim, pool);
    if (policy->retires && !policy->may_take(&view)) {
        retire(sim, pool, id);
        return STEP_STOPS;
    }
    if (worker->is_over_target) {
        worker->is_over_target = false;
        backlog_hand_back(sim, pool, id, WORK_GLOBAL);
        return rest(sim, id, WHY_OVER_TARGET);
    }
    return dispatch(sim, id);
}

/* The worker has its item no longer, as the record `cause` says. */
static void let_go(struct simulation *sim, thread_id id, uint64_t cause)
{
    work_item_id item = worker_of(sim, id)->item;
    const struct work_item done = *work_item_at(sim, item);

    worker_of(sim, id)->item = 0;
    pool_at(sim, thread_at(sim, id)->pool)->busy--;
    free_item(sim, item);
    if (done.is_first) {
        load_work_is_over(sim, id, done.load_item, cause);
    }
}

static void tell_climb(struct simulation *sim, pool_id id, thread_id thread, const struct hill_climbing_advice *advice)
{
    const struct hill_climbing_figures *figures = climb_figures(sim, id);
    struct record *record = emit_verb(sim, RECORD_CLIMB, thread);

    if (record != NULL) {
        record->object = pool_reference(id);
        record->amount = (uint64_t)(figures->throughput * 1000.0);
        record->bytes = (uint64_t)figures->magnitude;
        record->count = pool_at(sim, id)->target;
        record->which = (uint32_t)advice->threads;
        record->key = (uint64_t)advice->interval * 1000000;
        record->verb = (uint8_t)(advice->changes > 0 ? advice->change[advice->changes - 1].transition : TRANSITION_WARMUP);
    }
}

/* The item that is over counts, and hill climbing may look at the pool. */
static void note_progress(struct simulation *sim, pool_id id, thread_id thread, uint64_t ended)
{
    const struct pool_policy *policy = pool_policy_of(sim, id);
    struct worker *worker = worker_of(sim, thread);
    struct pool_view view = pool_view_of(sim, id);
    struct hill_climbing_advice advice;

    if (policy->stamps_items) {
        pool_at(sim, id)->last_dequeue = pool_clock(sim);
    }
    if (policy->dispatches_in_turns && sim->state.now - worker->turn >= view.constants->dispatch_quantum) {
        worker->is_dispatching = false; /* and asks for another at once */
        pool_consult(sim, id, POOL_TAKES_NEXT, ended, thread);
    }
    if (pool_at(sim, id)->gate.pending == PENDING_NOTHING && climb_item_is_over(sim, id, &view, &advice)) {
        struct pool_change change = {(uint32_t)advice.threads, WHY_CLIMB, POOL_CLIMBS};
        bool grows = change.target > view.target;
        tell_climb(sim, id, thread, &advice);
        change.occasion = grows ? POOL_CLIMBS : POOL_CHANGES;
        pool_set_target(sim, id, change, sim->state.n, thread);
    }
    view = pool_view_of(sim, id);
    worker_of(sim, thread)->is_over_target = !policy->retires && !policy->may_take(&view);
}

void pool_worker_is_done(struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);
    pool_id pool = thread->pool;
    uint64_t ended;

    pool_at(sim, pool)->completed++;
    if (worker_of(sim, id)->runs_long) {
        worker_of(sim, id)->runs_long = false;
        thread_settle_crew(sim, id);
    }
    thread->step = NAME_NONE;
    tell_item(sim, emit_verb(sim, RECORD_WORK_END, id), pool, worker_of(sim, id)->item);
    ended = sim->state.n;
    let_go(sim, id, ended);
    if (!pool_policy_of(sim, pool)->hands_over) {
        note_progress(sim, pool, id, ended);
    }
}

void pool_worker_waits(struct simulation *sim, thread_id thread, uint64_t cause)
{
    pool_consult(sim, thread_at(sim, thread)->pool, POOL_WORKER_WAITS, cause, 0);
}

void pool_runs_long(struct simulation *sim, thread_id thread)
{
    pool_id pool = thread_at(sim, thread)->pool;

    worker_of(sim, thread)->runs_long = true;
    thread_settle_crew(sim, thread);
    pool_consult(sim, pool, POOL_RUNS_LONG, thread_note_at(sim, thread)->latest, thread);
}

void pool_thread_ends(struct simulation *sim, thread_id thread, uint64_t cause)
{
    pool_id id = thread_at(sim, thread)->pool;
    struct worker *worker = worker_of(sim, thread);

    if (thread_at(sim, thread)->worker == 0) {
        return;
    }
    if (worker->is_retired) { /* it ends with its process */
        parked_remove(sim, &pool_at(sim, id)->retired, thread);
    } else if (pool_at(sim, id)->idle.newest == thread || thread_at(sim, thread)->parked_next != 0) {
        parked_remove(sim, &pool_at(sim, id)->idle, thread);
    }
    backlog_hand_back(sim, id, thread, WORK_GLOBAL); /* fact CLR-47 */
    pool_at(sim, id)->working -= worker->is_released;
    discharge(sim, id, thread);
    if (worker_of(sim, thread)->item != 0) {
        let_go(sim, thread, cause);
    }
    pool_consult(sim, id, POOL_WORKER_LEAVES, cause, 0);
}
