/* SPDX-License-Identifier: Apache-2.0 */
/* Locals come and go with frames; a value may hold a packet, which is let go with it. */
#include "model/locals.h"

#include "model/packet.h"

uint32_t locals_create(struct simulation *sim, uint32_t procedure)
{
    uint32_t count = sim->plan->procedure[procedure].locals;
    uint32_t first = 0;

    if (count > 0 && !block_run_create(&sim->block, TABLE_LOCAL, count, &first)) {
        sim->out_of_memory = true;
        return 0;
    }
    return first;
}

void locals_free(struct simulation *sim, uint32_t procedure, uint32_t locals)
{
    uint32_t count = sim->plan->procedure[procedure].locals;

    if (locals == 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        value_store(sim, local_at(sim, locals + i), value_null());
    }
    block_run_free(&sim->block, TABLE_LOCAL, locals, count);
}
