/* SPDX-License-Identifier: Apache-2.0 */
/* Processors as threads use them: ideal ones, of which every thread that can run has one, and real ones. */
#ifndef MODEL_PROCESSOR_H
#define MODEL_PROCESSOR_H

#include "model/simulation.h"

/* Ideal and shared processors: takes the index-th of the ready list, 0 the first, gives it a processor and
 * begins its next step; 0 when it goes on with what it was suspended in. */
thread_id processor_take(struct simulation *sim, uint32_t index);

/* Dispatchers with turns: the next thread that executes a verb now; 0: none does. */
thread_id processor_next(struct simulation *sim);

/* Threads that run, spin, and whose condition has come true go on. Called between steps. */
void processor_recheck_spinners(struct simulation *sim);

/* Whether all that could run only spins, and what it spins for cannot come true by itself. */
bool processor_only_spins(struct simulation *sim);

/* The thread uses its processor for `span`, as part of the verb that it executes; 0 takes no time. */
enum step_end processor_use(struct simulation *sim, thread_id thread, sim_span span);

/* The end of a compute on ideal processors; the timer of a real one. */
void processor_compute_ends(struct simulation *sim, uint32_t id);
void processor_due(struct simulation *sim, uint32_t processor);

/* A spin's time-out has passed; a thread that has no processor finds out when it next has one. */
void processor_spin_ends(struct simulation *sim, thread_id thread, uint16_t error);

/* Another thread suspends this one: it loses its processor, or its place among those that could have one, and
 * keeps what it was doing there. Then: it is resumed, and ready. */
void processor_suspends(struct simulation *sim, thread_id thread);
void processor_resumes(struct simulation *sim, thread_id thread, uint64_t cause);

/* Threads that run, but no more than there are of shared processors; the time that they have run, summed. */
uint32_t processor_busy(const struct simulation *sim);
sim_span processor_cpu_time(const struct simulation *sim);

/* The window that a utilisation is asked of: when it began, and processor_cpu_time() then. */
struct utilization_window {
    sim_time from;
    sim_span cpu_time;
};

/* How busy the processors were, in whole percent of the window; machine.cpu_utilization where it is given. */
uint32_t processor_utilization(const struct simulation *sim, const struct utilization_window *window);

/* The verbs. */
enum step_end processor_compute(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end processor_yield(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end processor_spin(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end processor_set_priority(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
