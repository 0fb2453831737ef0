/* SPDX-License-Identifier: Apache-2.0 */
/* How threads come into being: by their declaration, or by the verb `start`. */
#ifndef MODEL_BIRTH_H
#define MODEL_BIRTH_H

#include "model/simulation.h"

/* Declared threads come to lie in their slots; those that are not `later` have their start scheduled. */
void birth_declare(struct simulation *sim, const struct plan_object *declaration);

/* Handles the start of a declared thread. */
void birth_due(struct simulation *sim, uint32_t id);

/* A worker of a pool comes into being: by a rule, and by what a record tells. */
struct birth_of {
    enum record_why why;
    uint64_t cause;
};
void birth_of_worker(struct simulation *sim, thread_id thread, pool_id pool, struct birth_of of);

/* The verb `start`. */
enum step_end birth_start(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
