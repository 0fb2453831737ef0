/* SPDX-License-Identifier: Apache-2.0 */
/* How threads come into being: by their declaration, by the verb `start`, or for an item of a load. */
#ifndef MODEL_BIRTH_H
#define MODEL_BIRTH_H

#include "model/names.h"
#include "model/simulation.h"

/* Declared threads come to lie in their slots; those that are not `later` have their start scheduled. */
void birth_declare(struct simulation *sim, const struct plan_object *declaration);

/* Handles the start of a declared thread. */
void birth_due(struct simulation *sim, uint32_t id);

/* A thread of a pool comes into being: by a rule, as a type, and by what a record tells. `by` is the thread that makes
 * it, and pays for it where it costs something (machine.thread_create_cost); 0: nobody, and then it only takes time. */
struct birth_of {
    enum record_why why;
    enum thread_type type;
    uint64_t cause;
    thread_id by;
    uint8_t above_normal; /* its base priority is higher than that of others by so much */
};
void birth_in_pool(struct simulation *sim, thread_id thread, pool_id pool, struct birth_of of);

/* The thread pays for those that it has made, in processor time, and then they are ready: it goes on first. */
enum step_end birth_pay(struct simulation *sim, thread_id thread);

/* The thread ends, and pays for nobody: those that it has made are ready. */
void birth_forgive(struct simulation *sim, thread_id thread);

/* Handles the end of the time that a thread takes that nobody pays for. */
void birth_costs(struct simulation *sim, uint32_t thread);

/* The thread of its own on which an item runs. */
struct item_birth {
    uint64_t item;
    uint32_t procedure, locals;
    struct made name;
    uint64_t cause; /* its item-arrive */
};

void birth_of_item(struct simulation *sim, const struct item_birth *of);

/* The verb `start`. */
enum step_end birth_start(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
