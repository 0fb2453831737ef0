/* SPDX-License-Identifier: Apache-2.0 */
/* The oracle of the event queue: a plain binary heap by (time, order of scheduling), obviously right. */
#ifndef TESTS_EVENT_HEAP_H
#define TESTS_EVENT_HEAP_H

#include "sim/event_queue.h"

#define EVENT_HEAP_MOST 20000

struct heap_entry {
    struct event event;
    uint64_t order; /* of scheduling, among all */
};

struct event_heap {
    uint64_t scheduled;
    uint32_t count;
    struct heap_entry entry[EVENT_HEAP_MOST];
};

void event_heap_push(struct event_heap *heap, struct event event);

/* Removes and returns the first; there is one. */
struct event event_heap_take(struct event_heap *heap);

#endif
