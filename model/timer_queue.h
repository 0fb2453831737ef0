/* SPDX-License-Identifier: Apache-2.0 */
/* Queues of timers, and the thread that waits until the first of them is due. */
#ifndef MODEL_TIMER_QUEUE_H
#define MODEL_TIMER_QUEUE_H

#include "model/pool_state.h"

struct timer {
    sim_time since;         /* by the clock's ticks: it is due `due` after that */
    sim_span due;           /* SIM_NEVER: it does not fire by itself */
    sim_span period;        /* SIM_NEVER: it fires once */
    uint64_t latest;        /* n of its timer-set, or of its last timer-fire */
    uint64_t load_item;     /* that its callbacks work for; 0 */
    pool_id pool;
    timer_queue_id queue;   /* 0: of a pool without a thread for its timers */
    uint32_t procedure, locals; /* which are copied for each callback but the last */
    timer_id previous, next; /* in its list */
    uint32_t stamp;         /* of its event, in a pool without a thread for its timers */
    bool is_active;         /* it will fire */
    bool is_short;          /* it stands in the short list */
    bool is_stopped;
};

/* Timers in two lists, newest first: those that are due soon, which are looked through each time that the queue is
 * due, and all others, which are not (fact CLR-91b). */
struct timer_queue {
    pool_id pool;
    uint32_t number;        /* among those of its pool, from 0 */
    timer_queue_id older;   /* the same */
    timer_id soon, later;
    sim_time threshold;     /* what is due behind it stands in the long list, */
    sim_time first_later;   /* and nothing there is due before this */
    sim_time due;           /* is_pending: when its item is to be queued, by the clock's ticks */
    timer_queue_id before, behind; /* among those that the thread waits for */
    bool is_pending;        /* the thread waits for it, or its item has been queued and has not begun */
};

static inline struct timer *timer_at(const struct simulation *sim, timer_id id)
{
    return BLOCK_AT(&sim->block, TABLE_TIMER, struct timer, id);
}

static inline struct timer_queue *timer_queue_at(const struct simulation *sim, timer_queue_id id)
{
    return BLOCK_AT(&sim->block, TABLE_TIMER_QUEUE, struct timer_queue, id);
}

/* Where a new timer that `thread` makes belongs. O(queues that have had a timer). */
timer_queue_id timer_queue_choose(struct simulation *sim, pool_id pool, thread_id thread);

/* The timer, which has its queue and its times, is to fire: it stands in a list from now on, and the thread of its
 * pool knows. */
void timer_queue_arm(struct simulation *sim, timer_id timer);

/* It fires no more. Its queue may be due for nothing. */
void timer_queue_disarm(struct simulation *sim, timer_id timer);

/* The thread that waits for timers goes on. */
enum step_end timer_thread_goes_on(struct simulation *sim, thread_id thread);

/* A worker has the item of a queue that is due: all timers that are due fire. Whether there is one; the item then
 * stands for the callback of the first. */
bool timer_queue_fires(struct simulation *sim, thread_id thread, work_item_id item);

/* The item stands from now on for the callback of this timer, which has fired; false when it was stopped since. */
bool timer_runs(struct simulation *sim, work_item_id item, timer_id timer);

/* The timer fires, on `thread` or (0) by itself: it says so, and when it is due again. */
void timer_fires(struct simulation *sim, timer_id timer, thread_id thread);

/* The work item that will run the callback of a timer that has fired. */
work_item_id timer_item(struct simulation *sim, timer_id timer);

static inline reference timer_reference(timer_id id)
{
    return reference_make(OBJECT_TIMER, id - 1);
}

#endif
