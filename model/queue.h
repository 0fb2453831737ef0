/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel queue under a completion port (facts IOCP-30..52): packets first in first out, waiters last in
 * first out, and a count of active threads that the concurrency limit bounds when packets are given out.
 *
 * It lies below every wait, because every wait must tell it: a thread that blocks frees a slot. */
#ifndef MODEL_QUEUE_H
#define MODEL_QUEUE_H

#include "model/parked.h"
#include "model/thread.h"

enum queue_wake {
    WAKE_NEWEST, /* what Windows does */
    WAKE_OLDEST,
};

/* Invariants (fact IOCP-47), between steps:
 *   active = associated threads that are ready or running
 *   active < limit  =>  nobody is parked, or nothing is queued
 *   a packet given out never takes active above limit */
struct queue {
    uint32_t limit;   /* MaximumCount */
    uint32_t active;  /* CurrentCount */
    uint32_t depth;   /* SignalState: packets queued */
    packet_id first_packet, last_packet;
    struct parked parked;                 /* who waits for a packet */
    thread_id first_joined, last_joined;  /* associated, in the order of joining */
    uint32_t files;                       /* associated file objects that are open */
    process_id process;                   /* that made it */
    waitable_id waitable;                 /* made when somebody waits for the port's handle */
    uint8_t wake;                         /* enum queue_wake */
    bool is_made, is_closed, is_run_down;
};

static inline struct queue *queue_at(const struct simulation *sim, queue_id id)
{
    return BLOCK_AT(&sim->block, TABLE_QUEUE, struct queue, id);
}

static inline reference queue_reference(queue_id id)
{
    return reference_make(OBJECT_PORT, id - 1);
}

/* Whether a thread can use the port: it was made, its handle is open, and the thread is of its process (facts
 * IOCP-18, 68). */
static inline bool queue_is_valid(const struct simulation *sim, thread_id thread, queue_id id)
{
    const struct queue *queue = queue_at(sim, id);

    return queue->is_made && !queue->is_closed && queue->process == thread_at(sim, thread)->process;
}

/* Names the port in a record, with its active count and depth as they stand. NULL is let pass. */
void record_queue(const struct simulation *sim, struct record *record, queue_id queue);

/* What an insertion did. */
enum queue_insertion {
    QUEUE_HANDED_OVER,
    QUEUE_APPENDED,
};

/* Inserts a packet (fact IOCP-32): hands it to the newest waiter if a slot is free, else appends it. The
 * poster, or 0 when a device completes, is the thread of a packet-queue. A hand-off makes the receiver
 * ready with its outcome. */
enum queue_insertion queue_insert(struct simulation *sim, queue_id queue, packet_id packet, thread_id poster);

/* Begins a dequeue by `thread` (fact IOCP-35): it leaves another queue, joins this one, or, being
 * associated already, stops being active. */
void queue_remove_begin(struct simulation *sim, queue_id queue, thread_id thread);

/* Whether a packet may be taken now (fact IOCP-36). */
static inline bool queue_may_take(const struct simulation *sim, queue_id id)
{
    const struct queue *queue = queue_at(sim, id);

    return queue->active < queue->limit && queue->depth > 0;
}

/* Takes the head, without counting the taker. */
packet_id queue_take(struct simulation *sim, queue_id queue);

/* Parks `thread`, which has stopped running, by the order of its wait: as the newest waiter, if that is new. */
void queue_park(struct simulation *sim, queue_id queue, thread_id thread);

/* Un-parks `thread`, which becomes active without a packet (fact IOCP-39). */
void queue_unpark(struct simulation *sim, thread_id thread);

/* The thread really begins a wait for something else, or its wait has ended (facts IOCP-40, 42). The
 * causes are the thread-block and thread-unblock. */
void queue_slot_free(struct simulation *sim, queue_id queue, thread_id thread, uint64_t cause);
void queue_slot_taken(struct simulation *sim, queue_id queue, thread_id thread, uint64_t cause);

static inline void queue_thread_waits(struct simulation *sim, thread_id thread, uint64_t cause)
{
    if (thread_at(sim, thread)->queue != 0) {
        queue_slot_free(sim, thread_at(sim, thread)->queue, thread, cause);
    }
}

static inline void queue_thread_wakes(struct simulation *sim, thread_id thread, uint64_t cause)
{
    if (thread_at(sim, thread)->queue != 0) {
        queue_slot_taken(sim, thread_at(sim, thread)->queue, thread, cause);
    }
}

/* The thread is suspended, which frees its slot as a wait does (fact IOCP-50). */
void queue_thread_is_suspended(struct simulation *sim, thread_id thread, uint64_t cause, bool by_itself);

/* The thread goes away: it has ended (fact IOCP-43), or another port wants it. */
void queue_thread_leaves(struct simulation *sim, thread_id thread, enum record_why why, uint64_t cause);

/* The port is run down by `closer`: every thread leaves, in the order of joining (fact IOCP-46). */
void queue_all_leave(struct simulation *sim, queue_id id, thread_id closer, uint64_t run_down);

#endif
