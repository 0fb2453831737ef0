/* SPDX-License-Identifier: Apache-2.0 */
/* Real processors and the ready lists of their dispatcher: who waits at which level, what a processor's thread
 * has done, and the one timer that each processor has. */
#ifndef MODEL_READY_H
#define MODEL_READY_H

#include "model/simulation.h"

/* What the dispatcher of a run keeps, beside threads and processors. */
struct dispatch_state {
    thread_id first[DISPATCH_LEVELS], last[DISPATCH_LEVELS]; /* ready lists */
    uint64_t sequence;      /* given so far */
    uint64_t credit, rest;  /* sharing: what each has been given since the beginning; what is over */
    sim_time since;         /* sharing: credited until then */
    thread_id first_sharer, last_sharer;
    uint32_t sharers;
    uint32_t levels;        /* bit l: the list of level l has threads */
    uint32_t ready;         /* threads in the lists */
    uint32_t idle;          /* processors */
    uint32_t most;          /* the highest number of a processor that has run a thread */
    uint32_t switching;     /* processors */
    uint32_t scan_stamp, spare;
};

static inline struct dispatch_state *dispatch_state_of(const struct simulation *sim)
{
    return block_at(&sim->block, TABLE_DISPATCH, 1);
}

static inline struct processor *processor_at(const struct simulation *sim, uint32_t number)
{
    return block_at(&sim->block, TABLE_PROCESSOR, number);
}

/* Prepares the processors of a run; none for ideal ones. */
void ready_create(struct simulation *sim);

/* Gives every thread its standing that has none yet. */
void ready_create_standings(struct simulation *sim);

/* Schedules an event of a dispatcher, which is not counted among those that are pending: it changes nothing
 * for a thread that waits for something else. */
void ready_schedule(struct simulation *sim, struct event event);

/* Asks the policy and writes its advice into the thread's standing; whether it goes to the head. */
bool ready_advise(struct simulation *sim, thread_id thread, enum dispatch_turn turn);

/* Enters a thread in a ready list; takes it out. */
void ready_enter(struct simulation *sim, thread_id thread, enum dispatch_turn turn);
void ready_leave(struct simulation *sim, thread_id thread);

/* Who is next of those that wait; 0: nobody waits. */
thread_id ready_best(struct simulation *sim);

/* Whether a thread uses its processor now: it computes or spins. */
bool ready_is_working(const struct simulation *sim, thread_id thread);

/* Writes down what the thread of a processor has done until now. */
void ready_account(struct simulation *sim, uint32_t processor);

/* Sets the timer of a processor: to the end of the work, or of the slice if that is earlier and counts. */
void ready_arm(struct simulation *sim, uint32_t processor);

/* Looks through the ready lists for threads that starve (fact C6). */
void ready_scan_due(struct simulation *sim, uint32_t nothing);

/* Whether an event of a dispatcher was overtaken. */
bool ready_is_stale(const struct simulation *sim, struct event event);

#endif
