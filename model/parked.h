/* SPDX-License-Identifier: Apache-2.0 */
/* Threads parked at one place, a port or a pool: a list through the threads themselves. */
#ifndef MODEL_PARKED_H
#define MODEL_PARKED_H

#include "model/simulation.h"

/* In the order in which they began to wait. A thread is parked at one place at most. */
struct parked {
    thread_id oldest, newest; /* 0: nobody */
    uint32_t count;
};

/* Puts a thread right behind another, which is in the list; 0: before all. */
void parked_insert(struct simulation *sim, struct parked *parked, thread_id thread, thread_id before);

/* Takes a thread out, wherever it stands. */
void parked_remove(struct simulation *sim, struct parked *parked, thread_id thread);

/* Who goes on: the newest (fact IOCP-21), unless a choice says otherwise; `object` is what the choice is told of. The
 * list is not empty. O(how far back the choice goes). */
thread_id parked_choose(struct simulation *sim, const struct parked *parked, uint32_t object);

#endif
