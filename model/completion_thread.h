/* SPDX-License-Identifier: Apache-2.0 */
/* Completion-port threads: the threads of a native pool that wait at its port, and run the callbacks of what ends
 * there themselves (facts CLR-70..74). */
#ifndef MODEL_COMPLETION_THREAD_H
#define MODEL_COMPLETION_THREAD_H

#include "model/pool_state.h"

/* The pool may be given another thread, because a handle is bound to it or something is posted to its port, of which
 * `cause` tells; `by` pays for it. */
void completion_threads_grow(struct simulation *sim, pool_id pool, uint64_t cause, thread_id by);

/* A completion-port thread has a processor and nothing to execute. */
enum step_end completion_thread_goes_on(struct simulation *sim, thread_id thread);

/* It has ended. */
void completion_thread_ends(struct simulation *sim, thread_id thread);

/* A round of the gate, which may serve the port itself (fact CLR-74). */
void completion_threads_look_round(struct simulation *sim, pool_id pool, thread_id gate);

/* Whether none of them is free, so that the gate stays awake (fact CLR-60). */
static inline bool completion_threads_are_taken(const struct simulation *sim, pool_id pool)
{
    const struct pool_service *service = &pool_at(sim, pool)->service;

    return service->threads > 0 && service->working >= service->threads;
}

/* Whether a thread is one. */
static inline bool completion_thread_is(const struct simulation *sim, thread_id thread)
{
    return thread_at(sim, thread)->pool != 0 && thread_at(sim, thread)->worker == 0 &&
           thread_at(sim, thread)->type == THREAD_TYPE_COMPLETION_PORT;
}

#endif
