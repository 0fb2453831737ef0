/* SPDX-License-Identifier: Apache-2.0 */
/* Crews: the threads of a pool, as far as threads themselves must know. How many of them run is kept where the
 * states of threads change (thread.c), far below the pool, so that no way to block can escape the count. */
#ifndef MODEL_CREW_H
#define MODEL_CREW_H

#include "model/simulation.h"

/* The number of a crew is that of its pool. */
struct crew {
    uint32_t threads; /* that exist */
    uint32_t running; /* of them: ready or running, but for those that said they may run long */
};

static inline struct crew *crew_at(const struct simulation *sim, pool_id id)
{
    return BLOCK_AT(&sim->block, TABLE_CREW, struct crew, id);
}

#endif
