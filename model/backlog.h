/* SPDX-License-Identifier: Apache-2.0 */
/* Backlogs: the queues in which a pool's work waits, and the order in which workers look through them (facts
 * CLR-40..42). */
#ifndef MODEL_BACKLOG_H
#define MODEL_BACKLOG_H

#include "model/pool_state.h"

/* Puts an item into the queue that it names; into a local one, that of `owner`. O(1). */
void backlog_put(struct simulation *sim, pool_id pool, work_item_id item, thread_id owner);

/* Takes an item out, wherever it stands. O(1). */
void backlog_remove(struct simulation *sim, pool_id pool, work_item_id item);

/* The next item for a worker, taken out, with the rule by which it is the next; 0: there is none. O(1), but for
 * theft, which looks through the pool's workers. */
work_item_id backlog_take(struct simulation *sim, pool_id pool, thread_id worker);

/* Moves what a worker has queued for itself behind another queue, the newest first (facts CLR-44, 80). */
void backlog_hand_back(struct simulation *sim, pool_id pool, thread_id worker, enum work_queue_kind to);

#endif
