/* SPDX-License-Identifier: Apache-2.0 */
/* Crews: the threads of a pool, as far as threads themselves must know. How many of them run is kept where the
 * states of threads change (thread.c), far below the pool, so that no way to block can escape the count. */
#ifndef MODEL_CREW_H
#define MODEL_CREW_H

#include "model/simulation.h"

/* The number of a crew is that of its pool. */
struct crew {
    uint32_t threads; /* workers that exist, but for retired ones */
    uint32_t running; /* of them: ready or running, but for those that said they may run long */
};

/* Items in the order in which they came. */
struct work_queue {
    work_item_id first, last;
    uint32_t depth;
};

/* What a pool's thread that takes items has beside what every thread has. */
struct worker {
    work_item_id item;       /* that it has; 0: none */
    uint32_t ends_by;        /* enum record_why: the rule by which it ends when it next goes on; 0: it does not */
    struct work_queue local; /* items that it queued for itself */
    thread_id older, newer;  /* among the workers of its pool, in the order in which they came */
    sim_time turn;           /* when it began to dispatch */
    uint32_t place;          /* which of its pool's workers it was, from 0 */
    bool is_released;        /* it was woken or made for work, and has not parked since */
    bool is_dispatching;     /* it has answered a request, and takes what it finds */
    bool has_taken;          /* since then */
    bool is_over_target;     /* it is told to stop behind the item that it has just done */
    bool is_retired;
    bool waits_for_task;     /* its verb is one for which others may work in its place */
    bool is_compensated;     /* it waits for a task, and counts as blocked */
    bool runs_long;          /* its item said so: it no longer counts as running */
    bool counts;             /* among those of its crew that run */
};

static inline struct crew *crew_at(const struct simulation *sim, pool_id id)
{
    return BLOCK_AT(&sim->block, TABLE_CREW, struct crew, id);
}

static inline struct worker *worker_at(const struct simulation *sim, uint32_t id)
{
    return BLOCK_AT(&sim->block, TABLE_WORKER, struct worker, id);
}

#endif
