/* SPDX-License-Identifier: Apache-2.0 */
/* Registered waits: a pool waits for an object, and runs a callback when that is signalled, or too late. */
#ifndef MODEL_REGISTERED_WAIT_H
#define MODEL_REGISTERED_WAIT_H

#include "model/pool_state.h"

struct registration {
    sim_time since;         /* when it began to wait, for the first time or again */
    sim_span timeout;       /* SIM_NEVER */
    sim_time fired;         /* when it was over last; SIM_NEVER: it never was */
    uint64_t latest;        /* n of its wait-register, or of its last wait-fire */
    uint64_t load_item;     /* that its callbacks work for; 0 */
    pool_id pool;
    waitable_id waitable;
    uint32_t procedure, locals; /* which are copied for each callback but the last */
    wait_keeper_id keeper;  /* 0: of a pool that has no threads for what is registered, */
    uint32_t watch;         /* and watches the object; 0: not now */
    uint32_t stamp;         /* of its event, there */
    registration_id next;   /* among those of its keeper */
    bool is_once;
    bool has_ended;
};

/* A thread that waits for what is registered, in this order. */
struct wait_keeper {
    thread_id thread;
    wait_keeper_id older, newer; /* among those of its pool */
    registration_id first, last;
    uint32_t count;         /* places that are taken: one that has ended keeps its own until the thread sees to it */
    bool waits;             /* it comes from its wait when it goes on, */
    bool is_told;           /* which has ended because other objects are registered */
};

static inline struct registration *registration_at(const struct simulation *sim, registration_id id)
{
    return BLOCK_AT(&sim->block, TABLE_REGISTRATION, struct registration, id);
}

static inline struct wait_keeper *wait_keeper_at(const struct simulation *sim, wait_keeper_id id)
{
    return BLOCK_AT(&sim->block, TABLE_WAIT_KEEPER, struct wait_keeper, id);
}

/* A thread that waits for what is registered goes on. O(objects). */
enum step_end wait_thread_goes_on(struct simulation *sim, thread_id thread);

/* Whether the end of its time alone does more than end the thread. */
bool wait_thread_keeps_alive(const struct simulation *sim, thread_id thread);

/* In a pool without threads for it: the object is signalled, of which `cause` tells; the handler, it has waited too
 * long; a worker has the item that this made. */
void registered_wait_is_signalled(struct simulation *sim, registration_id id, uint64_t cause);
void registered_wait_is_late(struct simulation *sim, uint32_t id);
void registered_wait_runs(struct simulation *sim, thread_id thread, work_item_id item);

/* The verbs. */
enum step_end registered_wait_begin(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end registered_wait_end(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
