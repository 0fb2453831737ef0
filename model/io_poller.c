/* SPDX-License-Identifier: Apache-2.0 */
/* Pollers.
 *
 * A poller takes all that there is, up to its batch, puts it behind what has been gathered, and has one item queued
 * for it: on Windows among those of high priority, on Linux among all others, so that callbacks of sockets wait behind
 * whatever was queued before them (measured, N9). The worker that has the item takes the oldest, asks for another
 * worker, and goes on until nothing is left, or for its quantum; on Windows also only while it has nothing of its
 * own. The list of ready sockets of Linux is the pool's port here, with as many slots as there are engines. */
#include "model/io_poller.h"

#include "model/backlog.h"
#include "model/packet.h"
#include "model/pool.h"
#include "model/port.h"
#include "model/program.h"
#include "model/queue.h"

/* As many events as an engine takes at once (fact CLR-46). */
#define ENGINE_BATCH 1024

/* How long a worker goes on, where the pool has no constant for it (fact CLR-46). */
#define HANDLING_QUANTUM UINT64_C(15000000)

static bool is_on_linux(const struct simulation *sim, pool_id id)
{
    return pool_io_of(sim, id) == IO_BY_ENGINE;
}

/* Fact CLR-76: of engines as many as thirtieths of the processors, rounded, and at least one. */
uint32_t io_pollers(const struct simulation *sim, pool_id id)
{
    const struct pool_constants *constants = &pool_at(sim, id)->constants;
    uint64_t processors = sim->plan->processors;
    uint64_t share = is_on_linux(sim, id) ? constants->processors_per_engine : constants->processors_per_poller;
    uint64_t engines = (2 * processors + share) / (2 * share);

    if (constants->io_threads > 0) {
        return (uint32_t)constants->io_threads;
    }
    if (constants->inline_io_callbacks != 0) {
        return (uint32_t)processors;
    }
    return (uint32_t)(!is_on_linux(sim, id) ? (processors - 1) / share + 1 : engines == 0 ? 1 : engines);
}

void io_pollers_begin(struct simulation *sim, pool_id id, uint64_t cause, thread_id by)
{
    uint32_t count = io_pollers(sim, id);
    struct birth_of of = {
        .why = WHY_FIRST_USE,
        .type = THREAD_TYPE_IO_POLLER,
        .cause = cause,
        .by = by,
        .above_normal = !is_on_linux(sim, id) && 4 * count < sim->plan->processors,
    };

    for (uint32_t i = 0; i < count && !sim->out_of_memory; i++) {
        (void)pool_add_thread(sim, id, of);
    }
}

/* Has an item queued that handles what was gathered, unless one is. */
static void ask_for_handling(struct simulation *sim, pool_id id, thread_id by)
{
    work_item_id item;

    if (pool_at(sim, id)->service.is_asked) {
        return;
    }
    pool_at(sim, id)->service.is_asked = true;
    item = simulation_create_element(sim, TABLE_WORK_ITEM);
    *work_item_at(sim, item) = (struct work_item){
        .procedure = PLAN_NONE,
        .chore = CHORE_IO,
        .queue = is_on_linux(sim, id) ? WORK_GLOBAL : WORK_HIGH,
    };
    pool_queue(sim, id, item, by);
}

/* Puts what the poller took behind what has been gathered. */
static void gather(struct simulation *sim, pool_id id, thread_id poller)
{
    struct pool_service *service = &pool_at(sim, id)->service;
    packet_id packet;

    while ((packet = thread_at(sim, poller)->in_hand) != 0) {
        thread_at(sim, poller)->in_hand = packet_at(sim, packet)->next;
        packet_at(sim, packet)->next = 0;
        *(service->last != 0 ? &packet_at(sim, service->last)->next : &service->first) = packet;
        service->last = packet;
        service->gathered++;
    }
    ask_for_handling(sim, id, poller);
}

enum step_end io_poller_goes_on(struct simulation *sim, thread_id id)
{
    pool_id pool = thread_at(sim, id)->pool;
    const struct pool_constants *constants = &pool_at(sim, pool)->constants;
    struct port_wait wait = {
        .port = pool_at(sim, pool)->service.port,
        .most = (uint32_t)(is_on_linux(sim, pool) || constants->poller_batch == 0 ? ENGINE_BATCH : constants->poller_batch),
        .timeout = SIM_NEVER,
    };

    step_begin(sim);
    sim->state.verbs_now++;
    thread_at(sim, id)->step = NAME_NONE;
    if (thread_at(sim, id)->in_hand == 0) {
        return port_serve_pool(sim, id, &wait);
    }
    if (constants->inline_io_callbacks != 0) { /* facts CLR-5, 8 */
        (void)program_dispatch(sim, id, NULL);
    } else {
        gather(sim, pool, id);
    }
    return STEP_GOES_ON;
}

void io_poller_ends(struct simulation *sim, thread_id id)
{
    packet_id packet;

    while ((packet = thread_at(sim, id)->in_hand) != 0) {
        thread_at(sim, id)->in_hand = packet_at(sim, packet)->next;
        packet_drop(sim, packet);
    }
}

/* The oldest of what has been gathered; 0: nothing is left. */
static packet_id take(struct simulation *sim, pool_id id)
{
    struct pool_service *service = &pool_at(sim, id)->service;
    packet_id packet = service->first;

    if (packet != 0) {
        service->first = packet_at(sim, packet)->next;
        service->last = service->first == 0 ? 0 : service->last;
        packet_at(sim, packet)->next = 0;
        service->gathered--;
    }
    return packet;
}

/* Whether the worker, which has handled one, goes on with the next. */
static bool goes_on(const struct simulation *sim, pool_id id, thread_id worker, const struct work_item *item)
{
    uint64_t quantum = pool_at(sim, id)->constants.io_quantum;
    bool has_own = !is_on_linux(sim, id) && worker_of(sim, worker)->local.depth > 0;

    return !has_own && sim->state.now - item->begun < (quantum == 0 ? HANDLING_QUANTUM : quantum);
}

/* The worker takes what comes next, if it goes on; 0: it does not. Beginning, it asks for another worker. */
static packet_id next(struct simulation *sim, thread_id worker, work_item_id id)
{
    pool_id pool = thread_at(sim, worker)->pool;
    struct work_item *item = work_item_at(sim, id);
    packet_id packet = 0;

    if (!item->has_begun) {
        item->has_begun = true;
        item->begun = sim->state.now;
        pool_at(sim, pool)->service.is_asked = false;
        packet = take(sim, pool);
        if (packet != 0 && (pool_policy_of(sim, pool)->gathers_beyond_need || pool_at(sim, pool)->service.first != 0)) {
            ask_for_handling(sim, pool, worker);
        }
        return packet;
    }
    if (goes_on(sim, pool, worker, item)) {
        return take(sim, pool);
    }
    if (pool_at(sim, pool)->service.first != 0) {
        ask_for_handling(sim, pool, worker);
    }
    return 0;
}

enum step_end io_poller_handles(struct simulation *sim, thread_id worker, work_item_id item)
{
    packet_id packet;

    if (thread_at(sim, worker)->in_hand == 0) {
        packet = next(sim, worker, item);
        if (packet == 0) {
            sim->switchboard->worker_is_done(sim, worker);
            return STEP_GOES_ON;
        }
        packet_at(sim, packet)->given = work_item_at(sim, item)->cause;
        packet_at(sim, packet)->given_why = work_item_at(sim, item)->taken_by;
        thread_at(sim, worker)->in_hand = packet;
    }
    (void)program_dispatch(sim, worker, NULL);
    return STEP_GOES_ON;
}
