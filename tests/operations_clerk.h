/* SPDX-License-Identifier: Apache-2.0 */
/* The clerk: tells the second twin what the scenario's text says of a step, and compares what the run tells
 * with what the twin says. */
#ifndef TESTS_OPERATIONS_CLERK_H
#define TESTS_OPERATIONS_CLERK_H

#include "model/record.h"
#include "model/verb.h"
#include "tests/operations_twin.h"

struct witness;
struct clerk;

struct clerk *clerk_create(const struct witness *witness, enum ot_mistake mistake);

/* A thread is about to execute a step. */
void clerk_step(struct witness *witness, int thread, enum verb verb);

/* One record, of a batch. */
void clerk_see(struct witness *witness, const struct record_batch *batch, const struct record *record);

/* Where the twin's packet goes by what has ended: the port, or TWIN_NONE. */
int clerk_port_of(const struct witness *witness, uint64_t number);

/* The port of a handle's file; TWIN_NONE. */
int clerk_port_of_handle(const struct witness *witness, uint32_t handle);

/* Between two steps. */
void clerk_look(struct witness *witness);

/* How often each rule was reached. */
const unsigned *clerk_fired(const struct clerk *clerk);

#endif
