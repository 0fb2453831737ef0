/* SPDX-License-Identifier: Apache-2.0 */
/* Pools: items of work, in order of arrival, and the threads that run them. What a pool's policy advises
 * (model/policy/pool.h) is carried out here; no preset is known here by name. */
#ifndef MODEL_POOL_H
#define MODEL_POOL_H

#include "model/parked.h"
#include "model/policy/pool.h"
#include "model/simulation.h"

/* Where an item was queued: what `queue` of its records says. */
enum work_queue {
    WORK_GLOBAL,
    WORK_LOCAL,
};

/* One piece of work: a procedure to run once. */
struct work_item {
    uint64_t cause;     /* n of what brings it; once it is queued, of its work-queue; once taken, of its work-take */
    uint64_t load_item; /* that it works for: a key of model/item.h; 0: none */
    packet_id packet;   /* the operation whose end it is; 0 */
    uint32_t procedure, locals;
    work_item_id next, previous; /* in its queue */
    door_id door;           /* through which it came; 0 */
    continuation_id continuation; /* what its worker runs instead of a fresh call of the procedure; 0 */
    bool is_first;          /* the load brought it: with it the first procedure of its item is over */
};

struct pool {
    struct pool_constants constants;
    uint64_t completed;     /* items */
    uint64_t tick_set;      /* n of the record that the tick it waits for comes from */
    work_item_id first, last;    /* queued */
    struct parked idle;     /* who waits for work */
    uint32_t depth;
    uint32_t busy;          /* threads that have an item */
    uint32_t born;          /* threads so far: the index of the next one */
    uint32_t name;          /* object of the plan under which its workers are named */
    uint32_t stamp;         /* of its tick */
    uint8_t preset;         /* enum pool_preset */
    bool is_ticking, spare[2];
};

static inline struct pool *pool_at(const struct simulation *sim, pool_id id)
{
    return BLOCK_AT(&sim->block, TABLE_POOL, struct pool, id);
}

static inline struct work_item *work_item_at(const struct simulation *sim, work_item_id id)
{
    return BLOCK_AT(&sim->block, TABLE_WORK_ITEM, struct work_item, id);
}

static inline reference pool_reference(pool_id id)
{
    return reference_make(OBJECT_POOL, id - 1);
}

void pool_declare(struct simulation *sim, const struct plan_object *declaration);

struct pool_limits pool_limits_of(const struct simulation *sim, pool_id pool);

/* Queues an item, made with its procedure and locals, behind all others. `by` is the thread whose verb does so; 0:
 * none, and then the item's cause says what brings it. O(1), but for the threads that the policy has made. */
void pool_queue(struct simulation *sim, pool_id pool, work_item_id item, thread_id by);

/* Takes an item out of its pool's queue, and lets go of what it refers to. */
void pool_forget(struct simulation *sim, pool_id pool, work_item_id item);

/* The handlers: the pool begins; its tick is due; a worker has waited for work for its idle time. */
void pool_begins(struct simulation *sim, uint32_t pool);
void pool_ticks(struct simulation *sim, uint32_t pool);
void pool_worker_is_idle(struct simulation *sim, uint32_t thread);

/* What the switchboard tells of a pool's threads. */
enum step_end pool_worker_goes_on(struct simulation *sim, thread_id thread);
void pool_worker_is_done(struct simulation *sim, thread_id thread);
void pool_worker_waits(struct simulation *sim, thread_id thread, uint64_t cause);
void pool_thread_ends(struct simulation *sim, thread_id thread, uint64_t cause);

/* The thread's item may run long: it no longer counts as running (fact W15). */
void pool_runs_long(struct simulation *sim, thread_id thread);

/* Whether a pending tick of this stamp was overtaken, and whether the tick that a pool waits for keeps the run
 * alive: the pool holds work that no thread has taken, and may still grow. */
bool pool_tick_is_stale(const struct simulation *sim, pool_id pool, uint32_t stamp);
bool pool_keeps_alive(const struct simulation *sim, pool_id pool);

#endif
