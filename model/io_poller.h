/* SPDX-License-Identifier: Apache-2.0 */
/* Pollers: the threads of a portable pool that hear of the ends of operations, on Windows from a completion port, on
 * Linux from the sockets (there they are called engines), and hand them to workers (facts CLR-5, 46, 76). */
#ifndef MODEL_IO_POLLER_H
#define MODEL_IO_POLLER_H

#include "model/pool_state.h"

/* How many a pool has. */
uint32_t io_pollers(const struct simulation *sim, pool_id pool);

/* All of them are made at once, because of the record `cause`; `by` makes them. */
void io_pollers_begin(struct simulation *sim, pool_id pool, uint64_t cause, thread_id by);

/* A poller has a processor and nothing to execute. */
enum step_end io_poller_goes_on(struct simulation *sim, thread_id thread);

/* It has ended. */
void io_poller_ends(struct simulation *sim, thread_id thread);

/* A worker has the item that handles what pollers have gathered, or has handled one of it. */
enum step_end io_poller_handles(struct simulation *sim, thread_id worker, work_item_id item);

/* Whether a thread is one. */
static inline bool io_poller_is(const struct simulation *sim, thread_id thread)
{
    return thread_at(sim, thread)->pool != 0 && thread_at(sim, thread)->worker == 0 &&
           thread_at(sim, thread)->type == THREAD_TYPE_IO_POLLER;
}

#endif
