/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting: every wait of every kind begins, is satisfied, times out and is broken by an APC here, and only
 * here, so that the port of the waiting thread is always told. */
#ifndef MODEL_WAIT_H
#define MODEL_WAIT_H

#include "model/simulation.h"
#include "model/thread.h"
#include "model/waitable.h"

/* How many objects one wait takes (MAXIMUM_WAIT_OBJECTS). */
#define WAIT_OBJECTS_MAX 64

/* The words of `for`. */
enum quantifier {
    QUANTIFIER_ALL,
    QUANTIFIER_ANY,
};

/* One thread, or a pool without one (fact W14), waiting for one object. */
struct wait_block {
    waitable_id waitable;
    thread_id thread;        /* 0: nobody waits there, but a pool wants to be told; */
    registration_id registration; /* and for which of its registered waits */
    uint32_t previous, next; /* among those of the object */
    uint32_t sibling;        /* the thread's next object */
    uint32_t place;          /* which of the thread's objects this is, from 0 */
};

static inline struct wait_block *wait_block_at(const struct simulation *sim, uint32_t id)
{
    return BLOCK_AT(&sim->block, TABLE_WAIT_BLOCK, struct wait_block, id);
}

/* How a thread wants to wait. */
struct waiting {
    const waitable_id *object;
    uint32_t count; /* 0: for no object */
    reference on;   /* REFERENCE_NONE, or what it waits for beside objects */
    bool has_on, any, alertable, outside;
    sim_span timeout;
    enum record_why why;
};

/* Waits as `waiting` says: satisfied at once, refused, or parked. The outcome is emitted by whoever ends
 * the wait. O(objects). */
enum step_end wait_begin(struct simulation *sim, thread_id thread, const struct waiting *waiting);

/* Ends the wait of a thread that a pool has for itself, whatever it waits for; `cause` is the record that woke it. */
void wait_wake(struct simulation *sim, thread_id thread, uint64_t cause);

/* Lets every wait that the object's present state satisfies end, oldest first; `cause` is the record that
 * signalled it. O(waiters). */
void wait_signal(struct simulation *sim, waitable_id waitable, uint64_t cause);

/* Takes the object for the verb that `thread` executes, if it is available; false when it is not. */
bool wait_take(struct simulation *sim, thread_id thread, waitable_id waitable);

/* The object is watched for a pool, behind all who wait for it, until it is signalled or that is taken back; the number
 * of the watch. What has signalled it then takes it for the pool, and the switchboard is told. */
uint32_t wait_watch(struct simulation *sim, waitable_id waitable, registration_id registration);
void wait_unwatch(struct simulation *sim, uint32_t watch);

/* Parks the thread at its port until a packet, the time-out, or, when alertable, an APC. */
void wait_park(struct simulation *sim, thread_id thread, const struct waiting *waiting);

/* Ends the parking of a thread without a packet; `cause` is what did it. */
void wait_unpark(struct simulation *sim, thread_id thread, enum record_why why, uint64_t cause);

/* What get answers when it comes back without a packet, by the rule that brought it back. */
uint16_t wait_unparked_error(enum record_why why);

/* A kernel APC takes a thread out of its wait or its get, so that it is active while the APC runs (fact IOCP-51);
 * n of the record that says so. Then it goes on with its wait, with what is left of its time: as begun anew, or at its old place (the machine's
 * kernel_apc_requeues). port_go_on does the same for a get. */
uint64_t wait_interrupt(struct simulation *sim, thread_id thread, uint64_t cause);
enum step_end wait_go_on(struct simulation *sim, thread_id thread);

/* A thread that ends is out of its wait, told by nothing else; one that was suspended is so already. */
void wait_forget(struct simulation *sim, thread_id thread);

/* How long an interrupted wait may still last; SIM_NEVER. */
sim_span wait_time_left(const struct simulation *sim, thread_id thread);

/* The thread's deadline has come. */
void wait_deadline(struct simulation *sim, uint32_t id);

/* Mutexes that the thread owns are abandoned, in the order of their acquisition. */
void wait_abandon_all(struct simulation *sim, thread_id thread, uint64_t cause);

/* Makes a thread the first owner of a mutex. */
void wait_give_mutex(struct simulation *sim, waitable_id mutex, thread_id owner);

/* Hands a mutex back: its owner no longer has it. `cause` is the object-release. */
void wait_mutex_is_free(struct simulation *sim, waitable_id mutex, uint64_t cause);

/* The thread waits in its call for the end of the operation that it issued (fact IOCP-103), and goes on with
 * the operation's status when that has ended or the call is over; `cause` is the record of that. */
void wait_for_operation(struct simulation *sim, thread_id thread, packet_id operation);
void wait_operation_ends(struct simulation *sim, thread_id thread, uint64_t cause);

/* The outcome of a call that gives the result of the operation that the thread awaits: GetOverlappedResult
 * cannot read it before it is visible (facts IOCP-90, 91). */
void wait_tell_result(struct simulation *sim, thread_id thread);

/* Queues an APC that no step of a program queues; `cause` is the record that it comes from. */
void wait_deliver_apc(struct simulation *sim, thread_id thread, struct apc apc, uint64_t cause);

/* The verbs. */
enum step_end wait_sleep(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end wait_queue_apc(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
