/* SPDX-License-Identifier: Apache-2.0 */
/* Cooperative blocking. Only who waits for one task, or for any of several, counts (fact CLR-80): its verb
 * says so (worker.waits_for_task). What is to be done about it is the gate's. */
#include "model/blocking.h"

#include "model/backlog.h"
#include "model/policy/cooperative_blocking.h"
#include "model/pool.h"

/* Others may have what the worker has queued for itself, before all else (fact CLR-80). */
static void give_away(struct simulation *sim, pool_id pool, thread_id thread)
{
    if (pool_policy_of(sim, pool)->adjust != NULL) {
        backlog_hand_back(sim, pool, thread, WORK_HIGH);
    }
}

/* The target is to rise, behind a delay if need be. */
static void ask_for_more(struct simulation *sim, pool_id id, uint64_t cause)
{
    struct gate *gate = &pool_at(sim, id)->gate;
    struct pool_view view = pool_view_of(sim, id);
    bool wakes_gate = gate->pending == PENDING_NOTHING;

    if (view.target < blocking_floor(&view) && gate->pending != PENDING_WITH_DELAY) {
        gate->pending = PENDING_WITH_DELAY;
        pool_calls_gate(sim, id, wakes_gate, cause);
    }
}

void blocking_worker_waits(struct simulation *sim, thread_id thread, uint64_t cause)
{
    pool_id id = thread_at(sim, thread)->pool;
    struct pool *pool = pool_at(sim, id);

    if (worker_of(sim, thread)->waits_for_task) {
        give_away(sim, id, thread);
        if (pool->constants.cooperative_blocking != 0) {
            worker_of(sim, thread)->is_compensated = true;
            pool->blocked++;
            ask_for_more(sim, id, cause);
        }
    }
    pool_worker_waits(sim, thread, cause);
}

void blocking_worker_wakes(struct simulation *sim, thread_id thread, uint64_t cause)
{
    pool_id id = thread_at(sim, thread)->pool;
    struct pool *pool = pool_at(sim, id);
    struct pool_view view;

    if (!worker_of(sim, thread)->is_compensated) {
        return;
    }
    worker_of(sim, thread)->is_compensated = false;
    pool->blocked--;
    view = pool_view_of(sim, id);
    if (pool->added > 0 && view.target > blocking_floor(&view) && pool->gate.pending != PENDING_AT_ONCE) {
        bool wakes_gate = pool->gate.pending == PENDING_NOTHING;
        pool->gate.pending = PENDING_AT_ONCE;
        pool_calls_gate(sim, id, wakes_gate, cause);
    }
}
