/* SPDX-License-Identifier: Apache-2.0 */
/* The future event list as a binary heap over (time, order), and the open instant as an array in order.
 *
 * Invariants: no event of the heap is earlier than the open instant; while events are open, none of the
 * heap is of that instant. */
#include "sim/event_queue.h"

static struct event_queue_state *state_of(const struct event_queue *queue)
{
    return block_at(queue->block, queue->tables.state, 0);
}

static struct pending_event *pending_at(const struct event_queue *queue, uint32_t index)
{
    return block_at(queue->block, queue->tables.pending, index);
}

static struct event *open_at(const struct event_queue *queue, uint32_t index)
{
    return block_at(queue->block, queue->tables.open, index);
}

bool event_queue_init(struct event_queue *queue, struct block *block, struct event_tables tables)
{
    uint32_t state;

    queue->block = block;
    queue->tables = tables;
    queue->failed = false;
    return block_create(block, tables.state, &state);
}

static bool is_before(const struct pending_event *a, const struct pending_event *b)
{
    return a->event.time != b->event.time ? a->event.time < b->event.time : a->order < b->order;
}

/* Appends to the open events. */
static bool open_push(struct event_queue *queue, struct event event)
{
    uint32_t end = state_of(queue)->open_end;
    uint32_t id;

    if (end == block_used(queue->block, queue->tables.open) &&
        !block_create(queue->block, queue->tables.open, &id)) {
        return false;
    }
    *open_at(queue, end) = event;
    state_of(queue)->open_end = end + 1;
    return true;
}

bool event_queue_push(struct event_queue *queue, struct event event)
{
    struct event_queue_state *state = state_of(queue);
    struct pending_event pushed = {event, state->scheduled};
    uint32_t at = state->pending;
    uint32_t id;

    SIM_CHECK(event.time >= state->open_time);
    if (event.time == state->open_time && state->open_first < state->open_end) {
        return open_push(queue, event);
    }
    if (at == block_used(queue->block, queue->tables.pending) &&
        !block_create(queue->block, queue->tables.pending, &id)) {
        return false;
    }
    state_of(queue)->scheduled++;
    state_of(queue)->pending++;
    while (at > 0 && is_before(&pushed, pending_at(queue, (at - 1) / 2))) {
        *pending_at(queue, at) = *pending_at(queue, (at - 1) / 2);
        at = (at - 1) / 2;
    }
    *pending_at(queue, at) = pushed;
    return true;
}

/* Removes the earliest of the heap. */
static struct event pop(struct event_queue *queue)
{
    struct event first = pending_at(queue, 0)->event;
    uint32_t count = --state_of(queue)->pending;
    struct pending_event last = *pending_at(queue, count);
    uint32_t at = 0;

    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= count) {
            break;
        }
        if (child + 1 < count && is_before(pending_at(queue, child + 1), pending_at(queue, child))) {
            child++;
        }
        if (!is_before(pending_at(queue, child), &last)) {
            break;
        }
        *pending_at(queue, at) = *pending_at(queue, child);
        at = child;
    }
    if (count > 0) {
        *pending_at(queue, at) = last;
    }
    return first;
}

uint32_t event_queue_due(struct event_queue *queue)
{
    struct event_queue_state *state = state_of(queue);

    if (state->open_first < state->open_end || state->pending == 0) {
        return state->open_end - state->open_first;
    }
    state->open_first = 0;
    state->open_end = 0;
    state->open_time = pending_at(queue, 0)->event.time;
    while (state_of(queue)->pending > 0 &&
           pending_at(queue, 0)->event.time == state_of(queue)->open_time) {
        struct event event = pop(queue);
        if (!open_push(queue, event)) {
            queue->failed = true;
            return 0;
        }
    }
    return state_of(queue)->open_end;
}

struct event event_queue_peek(const struct event_queue *queue, uint32_t index)
{
    return *open_at(queue, state_of(queue)->open_first + index);
}

struct event event_queue_take(struct event_queue *queue, uint32_t index)
{
    struct event_queue_state *state = state_of(queue);
    struct event taken = event_queue_peek(queue, index);

    SIM_CHECK(index < state->open_end - state->open_first);
    for (; index > 0; index--) {
        *open_at(queue, state->open_first + index) = *open_at(queue, state->open_first + index - 1);
    }
    state->open_first++;
    return taken;
}
