/* SPDX-License-Identifier: Apache-2.0 */
/* What all objects that can be waited for have in common, as the dispatcher header has it in NT. Events,
 * mutexes and semaphores are nothing else; threads, ports and file objects get one when somebody waits for
 * them. Waiting itself is wait.c's. */
#ifndef MODEL_WAITABLE_H
#define MODEL_WAITABLE_H

#include "model/simulation.h"

enum waitable_kind {
    WAITABLE_EVENT,        /* auto-reset: a satisfied wait resets it */
    WAITABLE_MANUAL_EVENT,
    WAITABLE_MUTEX,        /* available when nobody, or the waiter itself, owns it */
    WAITABLE_SEMAPHORE,
    WAITABLE_TASK,         /* a wait for it has its error and its bytes; it changes nothing */
    WAITABLE_NOTICE,       /* a thread's end, a port's packets, a file object: waits change nothing */
};

/* What all objects that can be waited for have in common. */
struct waitable {
    uint64_t state;          /* signalled when above 0; a semaphore's units */
    uint64_t most;           /* semaphore: its units never exceed this; task: its bytes */
    uint8_t kind, abandoned; /* abandoned: a mutex whose owner ended */
    uint16_t error;          /* task: how it failed */
    reference object;
    thread_id owner;         /* mutex */
    uint32_t recursion;      /* mutex: how often its owner has acquired it */
    uint32_t first, last;    /* wait blocks, in the order in which the waits began */
    waitable_id held_previous, held_next; /* among the mutexes of its owner */
};

static inline struct waitable *waitable_at(const struct simulation *sim, waitable_id id)
{
    return BLOCK_AT(&sim->block, TABLE_WAITABLE, struct waitable, id);
}

/* A new waitable; its number. */
static inline waitable_id
waitable_create(struct simulation *sim, enum waitable_kind kind, reference object)
{
    waitable_id id = simulation_create_element(sim, TABLE_WAITABLE);

    waitable_at(sim, id)->kind = (uint8_t)kind;
    waitable_at(sim, id)->object = object;
    return id;
}

#endif
