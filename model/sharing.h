/* SPDX-License-Identifier: Apache-2.0 */
/* Shared processors: who has a part of them, and when its work is done. */
#ifndef MODEL_SHARING_H
#define MODEL_SHARING_H

#include "model/simulation.h"

/* The thread has a part until it has been given `span`; SIM_NEVER: until it says otherwise. */
void sharing_begins(struct simulation *sim, thread_id thread, sim_span span);

/* Threads whose work is done go on, and so does `spinner`, unless it is 0. */
void sharing_ends(struct simulation *sim, thread_id spinner);

/* The thread has no part any more, if it had one; what is left of its compute. */
sim_span sharing_withdraws(struct simulation *sim, thread_id thread);

#endif
