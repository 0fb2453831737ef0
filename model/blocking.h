/* SPDX-License-Identifier: Apache-2.0 */
/* Cooperative blocking: a worker that waits for a task says so, and its pool may have another work in its place (facts
 * CLR-80, 81). */
#ifndef MODEL_BLOCKING_H
#define MODEL_BLOCKING_H

#include "model/simulation.h"

/* What the switchboard tells of a pool's workers: one has really blocked, or its wait has ended. */
void blocking_worker_waits(struct simulation *sim, thread_id thread, uint64_t cause);
void blocking_worker_wakes(struct simulation *sim, thread_id thread, uint64_t cause);

#endif
