/* SPDX-License-Identifier: Apache-2.0 */
/* Registered waits. Source: facts CLR-11, 93, 94, 95.
 *
 * Threads of the pool wait for many objects each. What is signalled while its thread waits is seen to first; of what is
 * signalled already when it begins to wait, the lowest place goes first. A wait that is over is queued as work, and
 * begins anew at once, whether its callback has run or not: callbacks overlap. What is registered or ends while the
 * thread waits wakes it. Who registers gives way, so that the thread waits for the object before anything else happens.
 *
 * Where a pool has no threads for it (fact W14) the object itself is watched. What is over is an item of the pool, and is
 * watched anew when a worker begins that. */
#include "model/registered_wait.h"

#include "model/ending.h"
#include "model/names.h"
#include "model/object.h"
#include "model/door.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/port.h"
#include "model/process.h"
#include "model/processor.h"
#include "model/queue.h"
#include "model/target.h"
#include "model/wait.h"

/* One that is over again and again at one instant leaves nobody else a turn: each time counts as so many verbs, or a
 * livelock would fill the memory with its callbacks before it is found. */
#define VERBS_OF_A_REPETITION 1000

static reference registration_reference(registration_id id)
{
    return reference_make(OBJECT_REGISTRATION, id - 1);
}

/* What a wait of one thread takes at most. */
static uint32_t places(const struct simulation *sim, pool_id pool)
{
    uint64_t wanted = pool_at(sim, pool)->constants.wait_handles_per_thread;

    return wanted < WAIT_OBJECTS_MAX ? (uint32_t)wanted : WAIT_OBJECTS_MAX;
}

/* The keeper that a thread is; 0: it has left. */
static wait_keeper_id keeper_of(const struct simulation *sim, thread_id thread)
{
    wait_keeper_id id = pool_at(sim, thread_at(sim, thread)->pool)->registrar.oldest;

    while (id != 0 && wait_keeper_at(sim, id)->thread != thread) {
        id = wait_keeper_at(sim, id)->newer;
    }
    return id;
}

/* The thread is to look at its objects anew. */
static void tell_keeper(struct simulation *sim, wait_keeper_id id, uint64_t cause)
{
    struct wait_keeper *keeper = wait_keeper_at(sim, id);

    if (thread_at(sim, keeper->thread)->state == THREAD_BLOCKED) {
        keeper->is_told = true;
        wait_wake(sim, keeper->thread, cause);
    }
}

/* A new keeper, with its thread; 0: none can be made. */
static wait_keeper_id create_keeper(struct simulation *sim, pool_id pool, uint64_t cause)
{
    struct registrar *registrar;
    wait_keeper_id id;
    thread_id thread;

    if (process_at(sim, PROCESS_DEFAULT)->has_exited) {
        return 0;
    }
    id = simulation_create_element(sim, TABLE_WAIT_KEEPER);
    thread = pool_add_thread(sim, pool, (struct birth_of){.type = THREAD_TYPE_WAIT, .cause = cause});
    if (sim->out_of_memory) {
        return 0;
    }
    registrar = &pool_at(sim, pool)->registrar;
    *wait_keeper_at(sim, id) = (struct wait_keeper){.thread = thread, .older = registrar->newest};
    *(registrar->newest != 0 ? &wait_keeper_at(sim, registrar->newest)->newer : &registrar->oldest) = id;
    registrar->newest = id;
    return id;
}

/* Who has room: the oldest that has, or, where they never leave, the newest (facts CLR-93, 94); else a new one. */
static wait_keeper_id keeper_with_room(struct simulation *sim, pool_id pool, uint64_t cause)
{
    bool newest_first = pool_policy_of(sim, pool)->keeps_wait_threads;
    const struct registrar *registrar = &pool_at(sim, pool)->registrar;
    wait_keeper_id id = newest_first ? registrar->newest : registrar->oldest;

    while (id != 0 && wait_keeper_at(sim, id)->count >= places(sim, pool)) {
        id = newest_first ? wait_keeper_at(sim, id)->older : wait_keeper_at(sim, id)->newer;
    }
    return id != 0 ? id : create_keeper(sim, pool, cause);
}

static void enter(struct simulation *sim, registration_id id, uint64_t cause)
{
    wait_keeper_id keeper = keeper_with_room(sim, registration_at(sim, id)->pool, cause);
    struct wait_keeper *at = wait_keeper_at(sim, keeper);

    if (keeper == 0) {
        return;
    }
    registration_at(sim, id)->keeper = keeper;
    *(at->last != 0 ? &registration_at(sim, at->last)->next : &at->first) = id;
    at->last = id;
    at->count++;
    tell_keeper(sim, keeper, cause);
}

/* Those that have ended leave their places, and the others move up. */
static void close_ranks(struct simulation *sim, wait_keeper_id id)
{
    struct wait_keeper *keeper = wait_keeper_at(sim, id);
    registration_id *link = &keeper->first;

    keeper->last = 0;
    while (*link != 0) {
        struct registration *registration = registration_at(sim, *link);
        if (registration->has_ended) {
            *link = registration->next;
            keeper->count--;
        } else {
            keeper->last = *link;
            link = &registration->next;
        }
    }
}

/* What a record says of a registered wait. */
static void tell(struct record *record, registration_id id, enum notice notice)
{
    if (record != NULL) {
        record->object = registration_reference(id);
        record->ok = notice == NOTICE_TIMED_OUT;
        record->absent = notice == NOTICE_NONE ? 1 : 0;
    }
}

/* The wait is over for this time, on `thread`, or (0) by itself, as `cause` tells. */
static void tell_end(struct simulation *sim, registration_id id, enum notice notice, thread_id thread, uint64_t cause)
{
    struct registration *registration = registration_at(sim, id);
    struct record *record = thread != 0 ? emit_verb(sim, RECORD_WAIT_FIRE, thread) : emit(sim, RECORD_WAIT_FIRE);

    tell(record, id, notice);
    if (record != NULL) {
        record->why = notice == NOTICE_TIMED_OUT ? WHY_TIMED_OUT : WHY_SIGNALLED;
        record->cause = thread != 0 ? record->cause : cause;
    }
    registration->latest = sim->state.n;
    registration->since = sim->state.now;
    registration->has_ended = registration->is_once;
    if (registration->is_once) {
        record = thread != 0 ? emit_verb(sim, RECORD_WAIT_END, thread) : emit(sim, RECORD_WAIT_END);
        tell(record, id, notice);
        if (record != NULL && thread == 0) {
            record->cause = registration->latest;
        }
    }
}

/* The first locals of its next callback. */
static uint32_t next_locals(struct simulation *sim, registration_id id)
{
    struct registration *registration = registration_at(sim, id);
    uint32_t locals = registration->locals;

    if (registration->has_ended) {
        registration->locals = 0;
        return locals;
    }
    return locals_copy(sim, registration->procedure, locals);
}

/* The wait's end comes as a packet to the port of its pool, whose threads run the callback (facts CLR-11, 71). */
static void post(struct simulation *sim, registration_id id, enum notice notice, thread_id thread)
{
    pool_id pool = registration_at(sim, id)->pool;
    uint32_t locals = next_locals(sim, id);
    packet_id packet = packet_create(sim);
    struct record *record;

    door_opens_pool(sim, pool, thread, 0);
    packet_at(sim, packet)->flags = PACKET_IS_POST | (notice == NOTICE_TIMED_OUT ? PACKET_IS_LATE : 0u);
    packet_at(sim, packet)->item = registration_at(sim, id)->load_item;
    packet_at(sim, packet)->procedure = registration_at(sim, id)->procedure;
    packet_at(sim, packet)->locals = locals;
    packet_at(sim, packet)->queue = pool_at(sim, pool)->service.port;
    record = emit_verb(sim, RECORD_PACKET_POST, thread);
    record_queue(sim, record, packet_at(sim, packet)->queue);
    if (record != NULL) {
        record->op = packet_at(sim, packet)->number;
        record->absent = 8;
    }
    packet_at(sim, packet)->cause = sim->state.n;
    door_opens_pool(sim, pool, thread, packet_at(sim, packet)->cause);
    port_insert(sim, packet_at(sim, packet)->queue, packet, thread);
}

/* The wait is over for this time: it begins anew, or has ended, and its callback is queued. */
static void fire(struct simulation *sim, registration_id id, enum notice notice, thread_id thread)
{
    pool_id pool = registration_at(sim, id)->pool;
    const struct pool_policy *policy = pool_policy_of(sim, pool);
    uint32_t locals;
    work_item_id item;

    sim->state.verbs_now += registration_at(sim, id)->fired == sim->state.now ? VERBS_OF_A_REPETITION : 0;
    registration_at(sim, id)->fired = sim->state.now;
    tell_end(sim, id, notice, thread, 0);
    if (policy->waits_by_port) {
        post(sim, id, notice, thread);
        return;
    }
    locals = next_locals(sim, id);
    item = simulation_create_element(sim, TABLE_WORK_ITEM);
    *work_item_at(sim, item) = (struct work_item){
        .load_item = registration_at(sim, id)->load_item,
        .procedure = registration_at(sim, id)->procedure,
        .locals = locals,
        .queue = policy->timer_queue,
        .notice = (uint8_t)notice,
    };
    pool_queue(sim, pool, item, thread);
}

/* How long until the registered wait has taken too long. */
static sim_span time_left(const struct simulation *sim, const struct registration *registration)
{
    sim_time end;

    if (registration->timeout == SIM_NEVER || !sim_time_add(registration->since, registration->timeout, &end)) {
        return SIM_NEVER;
    }
    return end > sim->state.now ? end - sim->state.now : 0;
}

/* Sees to all that have waited too long, in order. */
static void fire_late(struct simulation *sim, wait_keeper_id keeper, thread_id thread)
{
    registration_id next;

    for (registration_id id = wait_keeper_at(sim, keeper)->first; id != 0; id = next) {
        next = registration_at(sim, id)->next;
        if (!registration_at(sim, id)->has_ended && time_left(sim, registration_at(sim, id)) == 0) {
            fire(sim, id, NOTICE_TIMED_OUT, thread);
        }
    }
}

/* Sees to what has ended the wait. */
static void see_to(struct simulation *sim, wait_keeper_id keeper, thread_id thread)
{
    uint32_t by = thread_at(sim, thread)->woken_by;
    registration_id id = wait_keeper_at(sim, keeper)->first;

    if (by == WOKEN_BY_TIMEOUT) {
        fire_late(sim, keeper, thread);
        return;
    }
    for (; by > 0; by--) {
        id = registration_at(sim, id)->next;
    }
    if (!registration_at(sim, id)->has_ended) {
        fire(sim, id, NOTICE_SIGNALLED, thread);
    }
}

/* The thread has had nothing to wait for since it began to wait, and leaves. */
static enum step_end leave(struct simulation *sim, wait_keeper_id id, thread_id thread)
{
    const struct wait_keeper *keeper = wait_keeper_at(sim, id);
    struct registrar *registrar = &pool_at(sim, thread_at(sim, thread)->pool)->registrar;

    *(keeper->older != 0 ? &wait_keeper_at(sim, keeper->older)->newer : &registrar->oldest) = keeper->newer;
    *(keeper->newer != 0 ? &wait_keeper_at(sim, keeper->newer)->older : &registrar->newest) = keeper->older;
    block_free(&sim->block, TABLE_WAIT_KEEPER, id);
    (void)ending_of_itself(sim, thread, WHY_IDLE_TIMEOUT);
    return STEP_STOPS;
}

/* Waits for all that is registered; without anything, for the idle time of the pool's threads (fact CLR-94). */
static enum step_end wait_for_all(struct simulation *sim, wait_keeper_id id, thread_id thread)
{
    pool_id pool = thread_at(sim, thread)->pool;
    waitable_id object[WAIT_OBJECTS_MAX];
    struct waiting waiting = {.object = object, .any = true, .timeout = SIM_NEVER, .why = WHY_WAIT};

    for (registration_id at = wait_keeper_at(sim, id)->first; at != 0; at = registration_at(sim, at)->next) {
        sim_span left = time_left(sim, registration_at(sim, at));
        waiting.timeout = left < waiting.timeout ? left : waiting.timeout;
        object[waiting.count++] = registration_at(sim, at)->waitable;
    }
    if (waiting.count == 0 && !pool_policy_of(sim, pool)->keeps_wait_threads) {
        waiting.timeout = pool_at(sim, pool)->idle_time;
    }
    waiting.timeout = pool_timeout(sim, pool, waiting.timeout);
    wait_keeper_at(sim, id)->waits = true;
    return wait_begin(sim, thread, &waiting);
}

enum step_end wait_thread_goes_on(struct simulation *sim, thread_id thread)
{
    wait_keeper_id id = keeper_of(sim, thread);
    struct wait_keeper *keeper = wait_keeper_at(sim, id);
    bool comes = keeper->waits && !keeper->is_told;

    step_begin(sim);
    sim->state.verbs_now++;
    keeper->waits = false;
    keeper->is_told = false;
    if (comes && keeper->count == 0) {
        return leave(sim, id, thread);
    }
    if (comes) {
        see_to(sim, id, thread);
        return STEP_GOES_ON; /* and pays for the workers that it has made, before it waits again */
    }
    close_ranks(sim, id);
    return wait_for_all(sim, id, thread);
}

/* Queues the item of a pool that watches its objects itself. */
static void queue_alone(struct simulation *sim, registration_id id, enum notice notice, thread_id thread)
{
    work_item_id item = simulation_create_element(sim, TABLE_WORK_ITEM);

    *work_item_at(sim, item) = (struct work_item){
        .cause = registration_at(sim, id)->latest,
        .load_item = registration_at(sim, id)->load_item,
        .procedure = registration_at(sim, id)->procedure,
        .queue = WORK_GLOBAL,
        .chore = CHORE_WAIT,
        .subject = id,
        .notice = (uint8_t)notice,
    };
    pool_queue(sim, registration_at(sim, id)->pool, item, thread);
}

/* The object is watched no longer, nor the clock. */
static void watch_no_more(struct simulation *sim, registration_id id)
{
    struct registration *registration = registration_at(sim, id);

    registration->stamp++;
    if (registration->watch != 0) {
        wait_unwatch(sim, registration->watch);
        registration->watch = 0;
    }
}

/* Watches the object; what is signalled already is over at once, on the thread that looks. */
static void watch(struct simulation *sim, registration_id id, thread_id thread)
{
    struct registration *registration = registration_at(sim, id);
    sim_time end;
    uint32_t block;

    registration->since = sim->state.now;
    if (wait_take(sim, thread, registration->waitable)) {
        tell_end(sim, id, NOTICE_SIGNALLED, thread, 0);
        queue_alone(sim, id, NOTICE_SIGNALLED, thread);
        return;
    }
    block = wait_watch(sim, registration->waitable, id);
    registration = registration_at(sim, id);
    registration->watch = block;
    if (registration->timeout != SIM_NEVER && sim_time_add(sim->state.now, registration->timeout, &end)) {
        simulation_schedule(sim, (struct event){end, registration->stamp, event_what(EVENT_REGISTRATION, id)});
    }
}

void registered_wait_is_signalled(struct simulation *sim, registration_id id, uint64_t cause)
{
    watch_no_more(sim, id);
    tell_end(sim, id, NOTICE_SIGNALLED, 0, cause);
    queue_alone(sim, id, NOTICE_SIGNALLED, 0);
}

void registered_wait_is_late(struct simulation *sim, uint32_t id)
{
    watch_no_more(sim, id);
    tell_end(sim, id, NOTICE_TIMED_OUT, 0, registration_at(sim, id)->latest);
    queue_alone(sim, id, NOTICE_TIMED_OUT, 0);
}

void registered_wait_runs(struct simulation *sim, thread_id thread, work_item_id item)
{
    registration_id id = work_item_at(sim, item)->subject;
    uint32_t locals = next_locals(sim, id);

    work_item_at(sim, item)->chore = CHORE_CALLBACK;
    work_item_at(sim, item)->locals = locals;
    if (!registration_at(sim, id)->has_ended) {
        watch(sim, id, thread);
    }
}

bool wait_thread_keeps_alive(const struct simulation *sim, thread_id thread)
{
    wait_keeper_id keeper = keeper_of(sim, thread);

    for (registration_id id = wait_keeper_at(sim, keeper)->first; id != 0; id = registration_at(sim, id)->next) {
        if (!registration_at(sim, id)->has_ended && registration_at(sim, id)->timeout != SIM_NEVER) {
            return true;
        }
    }
    return false;
}

/* Gives the registered wait its name: that of the step's `as`, or the next of its pool. */
static bool name(struct simulation *sim, thread_id thread, registration_id id, uint32_t target)
{
    struct pool *pool = pool_at(sim, registration_at(sim, id)->pool);

    if (target != OPERAND_ABSENT) {
        return target_name(sim, thread, target, registration_reference(id));
    }
    made_note(sim, registration_reference(id),
              (struct made){.object = pool->name + THREAD_TYPE_COUNT, .index = pool->registrar.nameless++, .has_index = true});
    return true;
}

static void tell_registered(struct simulation *sim, thread_id thread, registration_id id)
{
    struct record *record = emit_verb(sim, RECORD_WAIT_REGISTER, thread);
    const struct registration *registration = registration_at(sim, id);

    if (record != NULL) {
        record->object = registration_reference(id);
        record->amount = registration->timeout;
        record->absent = registration->timeout == SIM_NEVER ? 2 : 0;
        emit_reference(sim, record, waitable_at(sim, registration->waitable)->object);
    }
    registration_at(sim, id)->latest = sim->state.n;
}

/* The object that is to be waited for; 0: there is none, or it is closed. */
static waitable_id object_of(struct simulation *sim, thread_id thread, uint32_t operand)
{
    reference object = REFERENCE_NONE;
    waitable_id waitable;

    if (!operand_reference(sim, thread, operand, &object)) {
        return 0;
    }
    thread_at(sim, thread)->subject = object;
    waitable = object_waitable_of(sim, object);
    if (waitable == 0) {
        misuse(sim, thread, "nobody can wait for this object, or it is closed");
    }
    return waitable;
}

enum step_end registered_wait_begin(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct register_wait_operands *operands = (const void *)words;
    struct operand_with with = {operands->with, operands->callback};
    struct registration registration = {
        .pool = operands->pool == OPERAND_ABSENT ? pool_of_step(sim, thread)
                                                 : operand_object(sim, thread, operands->pool, OBJECT_POOL),
        .since = sim->state.now,
        .fired = SIM_NEVER,
        .timeout = SIM_NEVER,
        .procedure = operands->callback,
        .load_item = thread_item(sim, thread),
    };
    reference declared;
    registration_id id;

    thread_at(sim, thread)->subject = REFERENCE_NONE;
    registration.waitable = object_of(sim, thread, operands->object);
    if (registration.waitable == 0 || registration.pool == 0) {
        return STEP_GOES_ON;
    }
    if (waitable_at(sim, registration.waitable)->kind == WAITABLE_MUTEX && !pool_policy_of(sim, registration.pool)->has_helpers) {
        misuse(sim, thread, "no thread of this pool waits for what is registered, so that nobody would own the mutex");
        return STEP_GOES_ON;
    }
    if ((operands->as != OPERAND_ABSENT && !target_declared(sim, thread, operands->as, &declared)) ||
        !operand_span(sim, thread, operands->timeout, &registration.timeout) ||
        !operand_flag(sim, thread, operands->once, &registration.is_once) ||
        !operand_with(sim, thread, with, &registration.locals)) {
        return STEP_GOES_ON;
    }
    id = simulation_create_element(sim, TABLE_REGISTRATION);
    *registration_at(sim, id) = registration;
    if (!sim->out_of_memory && name(sim, thread, id, operands->as)) {
        tell_registered(sim, thread, id);
        if (pool_policy_of(sim, registration.pool)->has_helpers) {
            enter(sim, id, sim->state.n);
            return processor_yield(sim, thread, words);
        }
        watch(sim, id, thread);
    }
    return STEP_GOES_ON;
}

enum step_end registered_wait_end(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct unregister_wait_operands *operands = (const void *)words;
    registration_id id = operand_subject(sim, thread, operands->object, OBJECT_REGISTRATION);
    struct registration *registration = registration_at(sim, id);

    if (id == 0 || registration->has_ended) {
        return STEP_GOES_ON;
    }
    registration->has_ended = true;
    locals_free(sim, registration->procedure, registration->locals);
    registration_at(sim, id)->locals = 0;
    tell(emit_verb(sim, RECORD_WAIT_END, thread), id, NOTICE_NONE);
    if (registration_at(sim, id)->keeper != 0) {
        tell_keeper(sim, registration_at(sim, id)->keeper, sim->state.n);
    } else {
        watch_no_more(sim, id);
    }
    return STEP_GOES_ON;
}
