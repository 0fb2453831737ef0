/* SPDX-License-Identifier: Apache-2.0 */
/* Turns on real processors: which thread each of them runs. What a dispatcher decides is a policy's advice
 * (model/policy/); this carries it out. */
#ifndef MODEL_DISPATCH_H
#define MODEL_DISPATCH_H

#include "model/thread.h"

/* Whether the thread needs a turn: there are real processors, not shared ones, and it is not remote. */
static inline bool dispatch_concerns(const struct simulation *sim, thread_id thread)
{
    return sim->dispatcher != NULL && !sim->dispatcher->shares &&
           thread_at(sim, thread)->type != THREAD_TYPE_REMOTE;
}

/* After each step: threads that became ready get their places, and the processor of `ran`, if that thread
 * has stopped running, comes free. 0: an event was handled. */
void dispatch_settle(struct simulation *sim, thread_id ran);

/* The next thread that executes a verb now, or that spins and has a processor again; 0: none does. */
thread_id dispatch_next(struct simulation *sim);

/* The running thread uses its processor for `span`, or, with SIM_NEVER, until it says otherwise. */
void dispatch_works(struct simulation *sim, thread_id thread, sim_span span);

/* A running thread that spins does so no longer. */
void dispatch_stops_working(struct simulation *sim, thread_id thread);

/* The running thread gives way. */
void dispatch_yields(struct simulation *sim, thread_id thread);

/* The thread, which is not the one that executes, loses its processor or its place among those that wait for
 * one; what is left of its compute stays with it. */
void dispatch_withdraws(struct simulation *sim, thread_id thread);

/* The base priority of the thread has changed. */
void dispatch_moves(struct simulation *sim, thread_id thread);

/* The timer of a processor. */
void dispatch_processor_due(struct simulation *sim, uint32_t processor);

/* How many threads could run and have not yet. O(ready list of the instant). */
uint32_t dispatch_ready_count(const struct simulation *sim);

#endif
