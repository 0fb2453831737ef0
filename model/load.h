/* SPDX-License-Identifier: Apache-2.0 */
/* Loads: where items come from and where they end. */
#ifndef MODEL_LOAD_H
#define MODEL_LOAD_H

#include "model/item.h"
#include "model/simulation.h"

struct load {
    uint64_t arrived, finished;
    uint32_t next_time; /* times: how many have been scheduled */
    uint32_t spare;
};

static inline struct load *load_at(const struct simulation *sim, load_id id)
{
    return BLOCK_AT(&sim->block, TABLE_LOAD, struct load, id);
}

/* Every load's first arrival, and every client's first item, is scheduled. */
void load_declare(struct simulation *sim);

/* Handles the arrival of an open load's item, and schedules the next. */
void load_arrival_due(struct simulation *sim, uint32_t id);

/* A client has thought: its next item comes. */
void load_client_due(struct simulation *sim, uint32_t id);

/* The first procedure of an item is over, on this thread, as the record `cause` says: so is the item, unless a step
 * was to finish it or has done so. */
void load_procedure_is_over(struct simulation *sim, thread_id thread, uint64_t item, uint64_t cause);

/* The same, when the work item that the load brought is done, or the thread that was born for the item has ended: unless
 * the procedure is asynchronous, and goes on elsewhere. */
void load_work_is_over(struct simulation *sim, thread_id thread, uint64_t item, uint64_t cause);
void load_thread_is_over(struct simulation *sim, thread_id thread, uint64_t ended);

/* The verb `finish`. */
enum step_end load_finish(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
