/* SPDX-License-Identifier: Apache-2.0 */
/* Items come and go by the million: their places are used again, their numbers are not. */
#include "model/item.h"

uint64_t item_create(struct simulation *sim)
{
    uint32_t id = simulation_create_element(sim, TABLE_LOAD_ITEM);
    struct load_item *item = BLOCK_AT(&sim->block, TABLE_LOAD_ITEM, struct load_item, id);

    item->number = ++sim->state.items;
    return item_key(id, item->number);
}

void item_destroy(struct simulation *sim, uint64_t key)
{
    item_of(sim, key)->number = 0;
    block_free(&sim->block, TABLE_LOAD_ITEM, (uint32_t)key);
}
