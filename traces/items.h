/* SPDX-License-Identifier: Apache-2.0 */
/* Items as records tell of them: where each one is, and what its latency was made of. Every nanosecond of an item's
 * life belongs to exactly one part; model/series.def says to which. */
#ifndef TRACES_ITEMS_H
#define TRACES_ITEMS_H

#include "model/observable.h"
#include "model/record.h"
#include "traces/map.h"
#include "traces/spans.h"

/* Where an item can be. */
enum item_place {
    ITEM_RUNS = SERIES_RUNNING,
    ITEM_AT_DEVICE = SERIES_DEVICE,
    ITEM_IS_READY = SERIES_READY,
    ITEM_IS_QUEUED = SERIES_QUEUED,
};

/* One that has ended. */
struct item_ended {
    reference load;
    uint32_t item;             /* its number */
    sim_time arrived, ended;
    sim_span span[SERIES_COUNT]; /* by series */
};

/* What is known of the items of one load. */
struct items_of_load {
    reference load;
    uint64_t arrived;
    struct spans span[SERIES_COUNT]; /* of those that have ended; latencies are kept */
};

/* An item that has come and not ended. */
struct item_present {
    reference load;
    sim_time arrived, since; /* since: when its place last changed */
    sim_span span[SERIES_COUNT];
    uint32_t at[SERIES_COUNT]; /* how often it is at each place */
    uint32_t next_free;
};

struct items {
    struct items_of_load *of; /* in the order in which records told of them */
    size_t of_count, of_room;
    struct map present;       /* number of the item to its place below */
    struct item_present *item;
    size_t item_count, item_room;
    uint32_t free_first;      /* place + 1 */
    struct map ops;           /* an op at a device or in a queue, to item << 8 | place */
    struct item_ended ended;  /* the last */
    struct item_ended *kept;  /* all of them, where they are to be kept */
    size_t kept_count, kept_room;
    bool keeps;
    bool failed;
};

void items_release(struct items *items);

/* An item comes, or ends. */
void items_see(struct items *items, const struct record *record);

/* A thread is, or is no longer, at a place for an item; of one that has ended nothing is kept. */
void items_enter(struct items *items, uint32_t item, enum item_place place, sim_time now);
void items_leave(struct items *items, uint32_t item, enum item_place place, sim_time now);

/* An operation or packet of an item waits at a place, or no longer at any. */
void items_put_op(struct items *items, const struct record *record, enum item_place place);
void items_take_op(struct items *items, uint64_t op, sim_time now);

/* The load that a record told of as the index-th; NULL behind the last. */
const struct items_of_load *items_of(const struct items *items, size_t index);
const struct items_of_load *items_find(const struct items *items, reference load);

#endif
