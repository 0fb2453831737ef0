/* SPDX-License-Identifier: Apache-2.0 */
/* Timers as programs see them. */
#ifndef MODEL_TIMER_H
#define MODEL_TIMER_H

#include "model/simulation.h"

/* The handler: a timer of a pool that has no thread for its timers is due. */
void timer_is_due(struct simulation *sim, uint32_t timer);

/* The verbs. */
enum step_end timer_start(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end timer_stop(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
