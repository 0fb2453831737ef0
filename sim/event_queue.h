/* SPDX-License-Identifier: Apache-2.0 */
/* The future event list: a queue by (time, order of scheduling). Events due at one instant are opened
 * together, so that an explorer can permute them; what is scheduled for the open instant joins its tail. */
#ifndef SIM_EVENT_QUEUE_H
#define SIM_EVENT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/block.h"
#include "sim/time.h"

struct event {
    sim_time time;
    uint32_t stamp; /* compared with its subject's when it is due: an older one was overtaken */
    uint32_t what;  /* kind and subject, the caller's */
};

/* What lies in the block: one state, the pending events as a heap, the open ones in order. */
struct event_queue_state {
    uint64_t scheduled; /* so far: orders events of one instant */
    sim_time open_time;
    uint32_t pending;   /* in the heap */
    uint32_t open_first, open_end;
    uint32_t spare;
};

struct pending_event {
    struct event event;
    uint64_t order;
};

/* The tables of the block that hold it. */
struct event_tables {
    uint32_t state, pending, open;
};

struct event_queue {
    struct block *block;
    struct event_tables tables;
    bool failed; /* there was no memory to open an instant: events are lost */
};

/* An empty queue in three empty tables of `block`. False when there is no memory. */
bool event_queue_init(struct event_queue *queue, struct block *block, struct event_tables tables);

/* Schedules an event, not before the open instant. False when there is no memory. O(log pending). */
bool event_queue_push(struct event_queue *queue, struct event event);

/* How many events of the open instant are left; when none is, the next instant is opened. 0: none at all, or
 * `failed` is set. */
uint32_t event_queue_due(struct event_queue *queue);

/* The index-th open event, 0 the first scheduled. */
struct event event_queue_peek(const struct event_queue *queue, uint32_t index);

/* Removes and returns it. O(index). */
struct event event_queue_take(struct event_queue *queue, uint32_t index);

#endif
