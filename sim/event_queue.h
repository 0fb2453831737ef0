/* SPDX-License-Identifier: Apache-2.0 */
/* The future event list: a queue by time, events of one instant first scheduled first. Events due at one
 * instant are opened together, so that an explorer can permute them; what is scheduled for the open instant
 * joins its tail. */
#ifndef SIM_EVENT_QUEUE_H
#define SIM_EVENT_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/block.h"
#include "sim/check.h"
#include "sim/time.h"

struct event {
    sim_time time;
    uint32_t stamp; /* compared with its subject's when it is due: an older one was overtaken */
    uint32_t what;  /* kind and subject, the caller's */
};

/* Some far events, first scheduled first. */
#define EVENT_CHUNK_ROOM 15

struct event_chunk {
    uint32_t next; /* number + 1; 0: the last */
    uint32_t spare[3];
    struct event entry[EVENT_CHUNK_ROOM];
};

/* Instants are read as numbers of base 16: one level for each place, on it a bucket for each digit. */
#define EVENT_DIGIT_BITS 4
#define EVENT_DIGITS (1 << EVENT_DIGIT_BITS)
#define EVENT_LEVELS ((64 + EVENT_DIGIT_BITS - 1) / EVENT_DIGIT_BITS)
#define EVENT_BUCKETS (EVENT_LEVELS * EVENT_DIGITS)

/* Far events: a list of chunks, all full but the last. */
struct event_bucket {
    uint32_t first, last; /* chunk, number + 1; 0: none */
    uint32_t count;       /* of events */
    uint32_t last_count;  /* of those in the last chunk */
};

/* What lies in the block: one state, chunks of far events, the near events in order. */
struct event_queue_state {
    sim_time open_time;
    sim_time near_bound;           /* what is due before it is near */
    uint32_t near_first, near_end; /* the near events among the places */
    uint32_t places;
    uint32_t open;     /* so many of the near events, from the first, are of the open instant */
    uint32_t pending;  /* near and far, open ones too */
    uint32_t unused;   /* chunk, number + 1; 0: none */
    sim_time base;     /* that the buckets are reckoned from: not after any far event */
    uint32_t levels;   /* bit i: level i has events */
    uint32_t spare;
    uint64_t digits[EVENT_LEVELS]; /* bit i: the bucket of digit i has events */
    struct event_bucket bucket[EVENT_BUCKETS];
};

/* The tables of the block that hold it. */
struct event_tables {
    uint32_t state, chunk, near;
};

struct event_queue {
    struct block *block;
    struct event_tables tables;
    bool failed; /* there was no memory to open an instant: events are lost */
};

static inline struct event_queue_state *event_queue_state(const struct event_queue *queue)
{
    return BLOCK_AT(queue->block, queue->tables.state, struct event_queue_state, 0);
}

/* An empty queue in three empty tables of `block`. False when there is no memory. */
bool event_queue_init(struct event_queue *queue, struct block *block, struct event_tables tables);

/* Schedules an event, not before the open instant. An event is moved at most 16 times in its life, in practice
 * once or twice. False when there is no memory; the queue is then of no further use. */
bool event_queue_push(struct event_queue *queue, struct event event);

/* Opens the next instant, when the open one has no events left; how many it has. 0: none at all, or
 * `failed` is set. */
uint32_t event_queue_open(struct event_queue *queue);

/* How many events of the open instant are left; when none is, the next instant is opened. */
static inline uint32_t event_queue_due(struct event_queue *queue)
{
    uint32_t open = event_queue_state(queue)->open;

    return open > 0 ? open : event_queue_open(queue);
}

/* The index-th open event, 0 the first scheduled. */
static inline struct event event_queue_peek(const struct event_queue *queue, uint32_t index)
{
    const struct event_queue_state *state = event_queue_state(queue);

    SIM_CHECK(index < state->open);
    return *BLOCK_AT(queue->block, queue->tables.near, struct event, state->near_first + index);
}

/* Removes it. O(index). */
static inline void event_queue_drop(struct event_queue *queue, uint32_t index)
{
    struct event_queue_state *state = event_queue_state(queue);
    struct event *first = BLOCK_AT(queue->block, queue->tables.near, struct event, state->near_first);

    SIM_CHECK(index < state->open);
    for (; index > 0; index--) {
        first[index] = first[index - 1];
    }
    state->near_first++;
    state->open--;
    state->pending--;
}

/* Removes and returns it. O(index). */
static inline struct event event_queue_take(struct event_queue *queue, uint32_t index)
{
    struct event taken = event_queue_peek(queue, index);

    event_queue_drop(queue, index);
    return taken;
}

/* How many events are scheduled, open ones too. */
static inline uint32_t event_queue_pending(const struct event_queue *queue)
{
    return event_queue_state(queue)->pending;
}

/* Says something of an event: whether it was overtaken, so that nobody will miss it, or whether it is looked for. */
struct event_judge {
    bool (*says)(const void *context, struct event event);
    const void *context;
};

/* Whether there is an event, open ones too, of which the judge says yes. O(pending), less where one comes soon. */
bool event_queue_has(const struct event_queue *queue, const struct event_judge *judge);

/* Forgets the events that were overtaken; open ones stay. O(pending): worth it when half of them were. */
void event_queue_prune(struct event_queue *queue, const struct event_judge *judge);

#endif
