/* SPDX-License-Identifier: Apache-2.0 */
/* A binary heap as every textbook has it. */
#include "tests/event_heap.h"

#include <stdlib.h>

static bool is_before(const struct heap_entry *a, const struct heap_entry *b)
{
    return a->event.time != b->event.time ? a->event.time < b->event.time : a->order < b->order;
}

void event_heap_push(struct event_heap *heap, struct event event)
{
    struct heap_entry pushed = {event, heap->scheduled++};
    uint32_t at = heap->count++;

    if (at >= EVENT_HEAP_MOST) {
        abort();
    }
    while (at > 0 && is_before(&pushed, &heap->entry[(at - 1) / 2])) {
        heap->entry[at] = heap->entry[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->entry[at] = pushed;
}

struct event event_heap_take(struct event_heap *heap)
{
    struct event first = heap->entry[0].event;
    struct heap_entry last = heap->entry[--heap->count];
    uint32_t at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= heap->count) {
            break;
        }
        if (child + 1 < heap->count && is_before(&heap->entry[child + 1], &heap->entry[child])) {
            child++;
        }
        if (!is_before(&heap->entry[child], &last)) {
            break;
        }
        heap->entry[at] = heap->entry[child];
        at = child;
    }
    heap->entry[at] = last;
    return first;
}
