/* SPDX-License-Identifier: Apache-2.0 */
/* What programs ask of pools: to run something. */
#ifndef MODEL_WORK_H
#define MODEL_WORK_H

#include "model/simulation.h"

/* The verbs. */
enum step_end work_queue(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end work_may_run_long(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
