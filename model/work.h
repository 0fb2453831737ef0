/* SPDX-License-Identifier: Apache-2.0 */
/* What programs ask of pools: to run something. */
#ifndef MODEL_WORK_H
#define MODEL_WORK_H

#include "model/birth.h"
#include "model/simulation.h"

/* Makes what a load brings a work item of a pool. */
void work_of_item(struct simulation *sim, pool_id pool, const struct item_birth *of);

/* The verbs. */
enum step_end work_queue(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end work_may_run_long(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
