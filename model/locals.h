/* SPDX-License-Identifier: Apache-2.0 */
/* The values of a frame: consecutive elements, as many as its procedure has slots. */
#ifndef MODEL_LOCALS_H
#define MODEL_LOCALS_H

#include "model/simulation.h"

static inline struct value *local_at(const struct simulation *sim, uint32_t id)
{
    return block_at(&sim->block, TABLE_LOCAL, id);
}

/* Fresh locals for `procedure`, all null; 0 when it has none. */
uint32_t locals_create(struct simulation *sim, uint32_t procedure);

/* Lets go of what they refer to, and frees them. */
void locals_free(struct simulation *sim, uint32_t procedure, uint32_t locals);

#endif
