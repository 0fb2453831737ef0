/* SPDX-License-Identifier: Apache-2.0 */
/* Ideal processors: every thread that can run has one, and switching is free. The ready list is the order
 * in which threads that could run at one instant do so. */
#ifndef MODEL_PROCESSOR_H
#define MODEL_PROCESSOR_H

#include "model/simulation.h"

/* Takes the index-th of the ready list, 0 the first, gives it a processor and begins its next step. */
thread_id processor_take(struct simulation *sim, uint32_t index);

/* Threads that spin and whose condition has come true go on. Called between steps. */
void processor_recheck_spinners(struct simulation *sim);

/* Puts a running thread at the tail of the ready list: it gives way. */
void processor_give_way(struct simulation *sim, thread_id thread);

/* The end of a compute. */
void processor_compute_ends(struct simulation *sim, uint32_t id);

/* A spin's time-out has passed. */
void processor_spin_ends(struct simulation *sim, thread_id thread, uint16_t error);

/* The verbs. */
enum step_end processor_compute(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end processor_yield(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end processor_spin(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
