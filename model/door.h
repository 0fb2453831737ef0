/* SPDX-License-Identifier: Apache-2.0 */
/* Doors: what binds a file object to a pool, so that the ends of its operations become items of the pool. Behind
 * CreateThreadpoolIo each operation must be announced, and what was announced is counted here. */
#ifndef MODEL_DOOR_H
#define MODEL_DOOR_H

#include "model/simulation.h"

struct door {
    pool_id pool;
    bool wants_announcements;
    bool is_used, spare[2]; /* the pool serves its file */
    /* What was announced and is neither finished nor taken back (fact IOCP-133): what waits for a completion, and the
     * callbacks that are queued or running. */
    uint32_t announced, callbacks;
    waitable_id waitable; /* made when somebody waits for all of it */
};

static inline struct door *door_at(const struct simulation *sim, door_id id)
{
    return BLOCK_AT(&sim->block, TABLE_DOOR, struct door, id);
}

static inline uint32_t door_outstanding(const struct simulation *sim, door_id id)
{
    const struct door *door = door_at(sim, id);

    return door->announced + door->callbacks;
}

door_id door_create(struct simulation *sim, pool_id pool, bool wants_announcements);

/* The file is bound to the pool by a verb of `thread`, or, bound from the beginning, is used by it for the first time:
 * the pool makes the threads that this asks for, caused by that record (facts CLR-71, 76). */
void door_is_used(struct simulation *sim, door_id door, thread_id thread, uint64_t cause);

/* The same for a pool without a door: something is posted to its port. Its port is there from now on. A cause of 0
 * makes no completion-port thread: the record of that is yet to come. */
void door_opens_pool(struct simulation *sim, pool_id pool, thread_id thread, uint64_t cause);

/* An operation of the door's file has ended, with its status in the packet: its callback is queued, or, not
 * announced, dropped (fact IOCP-132). The reference that the operation held goes with it. */
void door_deliver(struct simulation *sim, door_id door, packet_id packet);

/* How many callbacks are queued and not begun. O(items queued at the pool). */
uint32_t door_queued(const struct simulation *sim, door_id door);

/* Drops what was announced and has not started (fact IOCP-133): callbacks that are queued, and those that the pending
 * operations, from `first` in the order of their issue, would have had. */
void door_drop(struct simulation *sim, door_id door, packet_id first);

/* Something outstanding is over; `cause` is the record of that. */
void door_settle(struct simulation *sim, door_id door, uint64_t cause);

/* What the switchboard tells of a pool's threads: with what they mean to the door of their item. */
void door_worker_is_done(struct simulation *sim, thread_id thread);
void door_thread_ends(struct simulation *sim, thread_id thread, uint64_t cause);

#endif
