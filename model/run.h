/* SPDX-License-Identifier: Apache-2.0 */
/* A run: created from a plan, turned step by step to its end. */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include "model/simulation.h"

struct run_options {
    uint64_t seed;
    sim_time until;                           /* SIM_NEVER: until nothing is pending */
    struct choice_source choices;             /* zeroed: candidate 0 of every choice */
    struct arrival_source arrivals;           /* zeroed: loads of a file bring nothing */
    const struct record_observer *observer;   /* borrowed until the run is destroyed */
    uint32_t observer_count;
};

/* Prepares a run: every declared object lies in its place, the starts of threads are scheduled. `plan` is
 * borrowed. False when there is no memory; nothing is then left to destroy. */
bool run_create(struct simulation *sim, const struct plan *plan, const struct run_options *options);

void run_destroy(struct simulation *sim);

/* Handles the next event, and lets every thread run that can run at that instant. False when the run is
 * over, with run-end emitted and all records handed over. */
bool run_step(struct simulation *sim);

/* Steps to the end. False when memory ran out. */
bool run_to_end(struct simulation *sim);

/* Whether a thread waits for something inside the simulation, which makes an end a deadlock. */
bool run_waits_inside(const struct simulation *sim, thread_id thread);

#endif
