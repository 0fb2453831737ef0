/* SPDX-License-Identifier: Apache-2.0 */
/* The trace is the truth: compares what records say with what the model knows, after every step. */
#ifndef TESTS_REPLAY_CHECK_H
#define TESTS_REPLAY_CHECK_H

#include "lib/session.h"
#include "model/simulation.h"
#include "traces/replay.h"

/* A comparison of one run. */
struct replay_check {
    struct switchboard table; /* stands in for the model's: looks before and after each verb and event */
    struct simulation *sim;
    struct replay *replay;
    uint64_t steps;           /* that were over */
    uint64_t comparisons;     /* how often the whole state was compared */
    uint64_t values;          /* how many values were compared */
    char message[512];        /* the first difference; empty: none */
};

/* Prepares a comparison; `cast` tells the initial state. Both are borrowed. */
void replay_check_init(struct replay_check *check, struct simulation *sim, const struct cast *cast);
void replay_check_release(struct replay_check *check);

/* An observer of all kinds; `context` is the check. */
struct record_observer replay_check_observer(struct replay_check *check);

/* After run_create: from now on every step is looked at. */
void replay_check_attach(struct replay_check *check);

/* Compares the whole state now. */
void replay_check_compare(struct replay_check *check);

/* Does all of this for a prepared run: runs it to its end and compares. False when memory ran out. */
bool replay_check_run(struct replay_check *check, struct iocpsim_run *run);

#endif
