/* SPDX-License-Identifier: Apache-2.0 */
/* Pools: the threads that run what is queued. What a pool's policy (model/policy/pool.h) advises is carried out here;
 * no preset is known here by name. */
#ifndef MODEL_POOL_H
#define MODEL_POOL_H

#include "model/birth.h"
#include "model/pool_state.h"

void pool_declare(struct simulation *sim, const struct plan_object *declaration);

/* Queues an item, made with its procedure, locals and the queue that it is for. `by` is the thread that does so, and
 * that pays for the threads made for it; 0: none, and then the item's cause says what brings it. What stands in a
 * local queue stands in that of `by`; a thread that is no worker of the pool has none, and queues for all. O(1), but
 * for the threads that the policy has made. */
void pool_queue(struct simulation *sim, pool_id pool, work_item_id item, thread_id by);

/* Queues what an operation runs when it ends, or, while it is pending, a worker that serves it and runs that. The item
 * takes over the reference to the packet. */
void pool_queue_packet(struct simulation *sim, pool_id pool, packet_id packet, door_id door, thread_id by);

/* A record about the counts of a pool, of one of its threads or of itself. */
void pool_tell_counts(struct simulation *sim, struct record *record, pool_id pool, enum record_why why);

/* Takes an item out of its pool's queue, and lets go of what it refers to. */
void pool_forget(struct simulation *sim, pool_id pool, work_item_id item);

/* Something has happened, of which `cause` tells: what the policy wants is done about it; `by` pays, 0: nobody. */
void pool_consult(struct simulation *sim, pool_id pool, enum pool_occasion occasion, uint64_t cause, thread_id by);

/* What GetAvailableThreads gives: workers, and completion-port threads or what passes for them (facts CLR-27, 28). */
uint32_t pool_available_workers(const struct simulation *sim, pool_id pool);
uint32_t pool_available_completion_threads(const struct simulation *sim, pool_id pool);

/* How the pool stands, for policies. */
struct pool_view pool_view_of(const struct simulation *sim, pool_id pool);

/* A thread of the pool that takes no items: it goes on in what the switchboard has for its type. */
thread_id pool_add_thread(struct simulation *sim, pool_id pool, struct birth_of of);

/* The target becomes another, by the rule `why`, and hill climbing is told; nothing, when it is that already. */
struct pool_change {
    uint32_t target;
    enum record_why why;
    enum pool_occasion occasion; /* of which the policy is asked then */
};
void pool_set_target(struct simulation *sim, pool_id pool, struct pool_change change, uint64_t cause, thread_id by);

/* The gate is made when it is first needed, and wakes when it is called. */
void pool_calls_gate(struct simulation *sim, pool_id pool, bool wakes_it, uint64_t cause);

/* The handlers: the pool begins; its tick is due; a worker has waited for work for its idle time. */
void pool_begins(struct simulation *sim, uint32_t pool);
void pool_ticks(struct simulation *sim, uint32_t pool);
void pool_worker_is_idle(struct simulation *sim, uint32_t thread);

/* What the switchboard tells of a pool's workers. */
enum step_end pool_worker_goes_on(struct simulation *sim, thread_id thread);
void pool_worker_is_done(struct simulation *sim, thread_id thread);
void pool_worker_waits(struct simulation *sim, thread_id thread, uint64_t cause);
void pool_worker_wakes(struct simulation *sim, thread_id thread, uint64_t cause);
void pool_thread_ends(struct simulation *sim, thread_id thread, uint64_t cause);

/* The thread's item may run long: it no longer counts as running (fact W15). */
void pool_runs_long(struct simulation *sim, thread_id thread);

/* Whether a pending tick of this stamp was overtaken, and whether the pool holds work that no thread has taken, and
 * may still grow: then its ticks, and its gate's rounds, keep the run alive. */
bool pool_tick_is_stale(const struct simulation *sim, pool_id pool, uint32_t stamp);
bool pool_keeps_alive(const struct simulation *sim, pool_id pool);

#endif
