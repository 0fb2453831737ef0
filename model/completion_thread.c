/* SPDX-License-Identifier: Apache-2.0 */
/* Completion-port threads.
 *
 * Each goes round: it waits at the port, takes one packet, sees whether the pool needs another of its kind, runs the
 * callback. It counts as working from its birth and whenever it is not in that wait, also while it is only ready
 * behind its callback (fact CLR-27): so the last free one that takes a packet makes the next (fact CLR-71). When all
 * of them are blocked no callback runs, and nobody makes another: the gate then takes the packet (fact CLR-74). */
#include "model/completion_thread.h"

#include "model/ending.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/port.h"
#include "model/process.h"
#include "model/program.h"
#include "model/queue.h"
#include "model/wait.h"

/* Where a thread stands. */
enum phase {
    PHASE_IS_NEW,
    PHASE_WAITS,   /* at the port */
    PHASE_HAS_ONE, /* a packet, whose callback comes next */
    PHASE_RUNS,
    PHASE_RETIRED,
};

static struct pool_service *service_of(const struct simulation *sim, thread_id thread)
{
    return &pool_at(sim, thread_at(sim, thread)->pool)->service;
}

/* How busy the processors are, as the pool has it. */
static uint32_t utilization(const struct simulation *sim, pool_id id)
{
    return sim->plan->cpu_utilization != CPU_UTILIZATION_MEASURED ? sim->plan->cpu_utilization
                                                                   : pool_at(sim, id)->gate.utilization;
}

static bool is_busy(const struct simulation *sim, pool_id id)
{
    return utilization(sim, id) >= pool_at(sim, id)->constants.cpu_low / 10000;
}

static thread_id make(struct simulation *sim, pool_id id, struct birth_of of)
{
    struct pool_service *service = &pool_at(sim, id)->service;

    service->threads++;
    service->working++;
    service->grown = pool_clock(sim);
    service->has_grown = true;
    of.type = THREAD_TYPE_COMPLETION_PORT;
    return pool_add_thread(sim, id, of);
}

/* The retired thread that has waited longest; 0: none waits. One that is suspended cannot be called back. */
static thread_id retired(const struct simulation *sim, pool_id id)
{
    thread_id thread = pool_at(sim, id)->service.retired.oldest;

    while (thread != 0 && thread_at(sim, thread)->suspensions > 0) {
        thread = thread_at(sim, thread)->parked_next;
    }
    return thread;
}

/* Says that a thread is one of the pool's again, or no longer. */
static void tell_retirement(struct simulation *sim, enum record_kind kind, thread_id thread, uint64_t cause)
{
    pool_id id = thread_at(sim, thread)->pool;
    struct record *record = emit_thread(sim, kind, thread, cause);

    if (record != NULL) {
        pool_tell_counts(sim, record, id, kind == RECORD_POOL_RETIRE ? WHY_OWN_OPERATIONS : WHY_NONE_FREE);
    }
}

static void call_back(struct simulation *sim, pool_id id, thread_id thread, uint64_t cause)
{
    struct pool_service *service = &pool_at(sim, id)->service;

    parked_remove(sim, &service->retired, thread);
    service->threads++;
    service->working++;
    thread_at(sim, thread)->phase = PHASE_IS_NEW;
    tell_retirement(sim, RECORD_POOL_UNPARK, thread, cause);
    wait_wake(sim, thread, sim->state.n);
}

/* Whether another thread may be made now (fact CLR-71). */
static bool may_make(const struct simulation *sim, pool_id id)
{
    const struct pool *pool = pool_at(sim, id);
    const struct pool_service *service = &pool->service;
    bool is_late = !service->has_grown || pool_clock(sim) - service->grown > pool->constants.completion_thread_spacing;

    return service->threads < pool->completion_maximum &&
           (service->threads < pool->completion_minimum || (!is_busy(sim, id) && is_late));
}

void completion_threads_grow(struct simulation *sim, pool_id id, uint64_t cause, thread_id by)
{
    const struct pool_service *service = &pool_at(sim, id)->service;
    thread_id called = retired(sim, id);

    if (service->working < service->threads || process_at(sim, PROCESS_DEFAULT)->has_exited) {
        return;
    }
    if (called != 0) {
        call_back(sim, id, called, cause);
    } else if (may_make(sim, id)) {
        (void)make(sim, id, (struct birth_of){.why = WHY_NONE_FREE, .cause = cause, .by = by});
    }
}

/* Its time is over: whether it leaves, of which it then is one no more (fact CLR-73). Another must be free. */
static bool leaves(struct simulation *sim, thread_id id)
{
    struct pool_service *service = service_of(sim, id);

    if (service->threads - 1 == service->working) {
        return false;
    }
    if (thread_at(sim, id)->outstanding == 0) {
        (void)ending_of_itself(sim, id, WHY_IDLE_TIMEOUT);
        return true;
    }
    service->threads--;
    parked_insert(sim, &service->retired, id, service->retired.newest);
    thread_at(sim, id)->phase = PHASE_RETIRED;
    tell_retirement(sim, RECORD_POOL_RETIRE, id, thread_note_at(sim, id)->latest);
    return true;
}

/* A retired thread looks so often whether its operations have ended. */
static enum step_end stay_retired(struct simulation *sim, thread_id id)
{
    struct waiting waiting = {.why = WHY_WAIT};

    if (thread_at(sim, id)->outstanding == 0) {
        (void)ending_of_itself(sim, id, WHY_IDLE_TIMEOUT);
        return STEP_STOPS;
    }
    waiting.timeout = pool_at(sim, thread_at(sim, id)->pool)->constants.retired_poll;
    return wait_begin(sim, id, &waiting);
}

/* Waits at the port for its time, or, as the only one, for ever (fact CLR-72). */
static enum step_end ask(struct simulation *sim, thread_id id)
{
    const struct pool *pool = pool_at(sim, thread_at(sim, id)->pool);
    struct port_wait wait = {
        .port = pool->service.port,
        .timeout = pool->service.threads == 1 ? SIM_NEVER : pool->constants.completion_thread_timeout,
    };

    thread_at(sim, id)->phase = PHASE_WAITS;
    return port_serve_pool(sim, id, &wait);
}

/* Runs the callback of its packet. That of a file's may be a worker's (fact CLR-3). */
static void run(struct simulation *sim, thread_id id)
{
    packet_id packet = thread_at(sim, id)->in_hand;

    thread_at(sim, id)->phase = PHASE_RUNS;
    if ((packet_at(sim, packet)->flags & PACKET_TO_WORKER) != 0) {
        thread_at(sim, id)->in_hand = 0;
        pool_queue_packet(sim, thread_at(sim, id)->pool, packet, 0, id);
        return;
    }
    (void)program_dispatch(sim, id, NULL);
}

enum step_end completion_thread_goes_on(struct simulation *sim, thread_id id)
{
    pool_id pool = thread_at(sim, id)->pool;
    enum phase phase = (enum phase)thread_at(sim, id)->phase;

    step_begin(sim);
    sim->state.verbs_now++;
    thread_at(sim, id)->step = NAME_NONE;
    if (phase == PHASE_HAS_ONE) {
        run(sim, id);
        return STEP_GOES_ON;
    }
    if (phase == PHASE_WAITS && thread_at(sim, id)->in_hand == 0 && leaves(sim, id)) {
        return thread_at(sim, id)->phase == PHASE_RETIRED ? stay_retired(sim, id) : STEP_STOPS;
    }
    if (phase == PHASE_RETIRED) {
        return stay_retired(sim, id);
    }
    if (thread_at(sim, id)->in_hand == 0) {
        service_of(sim, id)->working -= phase != PHASE_WAITS;
        phase = PHASE_WAITS;
        if (ask(sim, id) == STEP_STOPS) {
            return STEP_STOPS;
        }
    }
    service_of(sim, id)->working += phase == PHASE_WAITS;
    thread_at(sim, id)->phase = PHASE_HAS_ONE;
    if (completion_threads_are_taken(sim, pool)) {
        pool_calls_gate(sim, pool, false, thread_note_at(sim, id)->latest);
    }
    completion_threads_grow(sim, pool, thread_note_at(sim, id)->latest, id);
    return STEP_GOES_ON; /* and pays for what it has made, before its callback begins */
}

void completion_thread_ends(struct simulation *sim, thread_id id)
{
    struct pool_service *service = service_of(sim, id);
    enum phase phase = (enum phase)thread_at(sim, id)->phase;
    packet_id packet;

    if (phase == PHASE_RETIRED) {
        parked_remove(sim, &service->retired, id);
    } else {
        service->threads--;
        service->working -= phase != PHASE_WAITS;
    }
    while ((packet = thread_at(sim, id)->in_hand) != 0) {
        thread_at(sim, id)->in_hand = packet_at(sim, packet)->next;
        packet_drop(sim, packet);
    }
}

/* The gate hands over the packet that it has taken. */
static void hand_over(struct simulation *sim, pool_id id, thread_id gate)
{
    packet_id packet = thread_at(sim, gate)->in_hand;
    thread_id thread;

    thread_at(sim, gate)->in_hand = 0;
    thread = make(sim, id, (struct birth_of){.why = WHY_GATE_HANDED_PACKET, .cause = thread_note_at(sim, gate)->latest, .by = gate});
    if (thread == 0) {
        packet_drop(sim, packet);
        return;
    }
    thread_at(sim, thread)->in_hand = packet;
    packet_at(sim, packet)->given = thread_note_at(sim, thread)->readied; /* its thread-create */
    packet_at(sim, packet)->given_why = WHY_GATE_HANDED_PACKET;
}

void completion_threads_look_round(struct simulation *sim, pool_id id, thread_id gate)
{
    const struct pool *pool = pool_at(sim, id);
    thread_id called = retired(sim, id);

    if (pool->service.port == 0 || !completion_threads_are_taken(sim, id)) {
        return;
    }
    if (called != 0) {
        if (!is_busy(sim, id)) {
            call_back(sim, id, called, thread_note_at(sim, gate)->latest);
        }
    } else if (pool->service.threads < pool->completion_maximum && port_poll_for_pool(sim, gate, pool->service.port)) {
        hand_over(sim, id, gate);
    }
}
