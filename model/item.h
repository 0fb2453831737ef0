/* SPDX-License-Identifier: Apache-2.0 */
/* Items: what a load brings. An item travels: the frames, operations, packets and APCs that come from it hold
 * its key. A key that is older than what lies in its place is that of an item that has ended: it means nothing
 * any more. */
#ifndef MODEL_ITEM_H
#define MODEL_ITEM_H

#include "model/simulation.h"

struct load_item {
    uint32_t link;       /* the block's, while the place is free */
    uint32_t number;     /* counts from 1, in the order of arrival, over all loads; 0: a place that is free */
    uint32_t index;      /* counts from 0, within its load */
    load_id load;
    client_id client;    /* who sent it; 0: nobody */
    uint32_t first_draw; /* its counts of draws */
    uint64_t key;        /* of its draws */
    sim_time arrived;
    bool is_asynchronous; /* its first procedure is: it ends with that, whichever thread was born for it */
};

/* One who sends items of a closed load, one after the other. */
struct client {
    uint32_t first_draw; /* its counts of draws */
    load_id load;
    uint64_t key;        /* of its draws */
    uint64_t latest;     /* n of its last item-end; of run-begin */
};

/* A new item with the next number; its key. */
uint64_t item_create(struct simulation *sim);

/* Frees the place of an item that has ended. */
void item_destroy(struct simulation *sim, uint64_t key);

static inline uint64_t item_key(uint32_t place, uint32_t number)
{
    return (uint64_t)number << 32 | place;
}

/* The item of a key; NULL: of none, or of one that has ended. */
static inline struct load_item *item_of(const struct simulation *sim, uint64_t key)
{
    struct load_item *item = BLOCK_AT(&sim->block, TABLE_LOAD_ITEM, struct load_item, (uint32_t)key);

    return key != 0 && item->number == key >> 32 ? item : NULL;
}

/* What records call it; 0: none, or one that has ended. */
static inline uint32_t item_number(const struct simulation *sim, uint64_t key)
{
    return item_of(sim, key) == NULL ? 0 : (uint32_t)(key >> 32);
}

#endif
