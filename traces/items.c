/* SPDX-License-Identifier: Apache-2.0 */
/* An item is where any of its threads, operations and packets are; each place counts them. Time is added up
 * whenever a count changes, to the first place in the order of model/series.def that is not empty. */
#include "traces/items.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

void items_release(struct items *items)
{
    for (size_t i = 0; i < items->of_count; i++) {
        spans_release(&items->of[i].span[SERIES_LATENCY]);
    }
    free(items->kept);
    free(items->of);
    free(items->item);
    map_release(&items->present);
    map_release(&items->ops);
}

/* What is known of a load, made when it is first told of. */
static struct items_of_load *load_of(struct items *items, reference load)
{
    void *all = items->of;

    for (size_t i = 0; i < items->of_count; i++) {
        if (items->of[i].load == load) {
            return &items->of[i];
        }
    }
    if (!array_reach(&all, &items->of_room, items->of_count, sizeof *items->of)) {
        items->failed = true;
        return NULL;
    }
    items->of = all;
    items->of[items->of_count].load = load;
    items->of[items->of_count].span[SERIES_LATENCY].keeps = true;
    return &items->of[items->of_count++];
}

const struct items_of_load *items_of(const struct items *items, size_t index)
{
    return index < items->of_count ? &items->of[index] : NULL;
}

const struct items_of_load *items_find(const struct items *items, reference load)
{
    for (size_t i = 0; i < items->of_count; i++) {
        if (items->of[i].load == load) {
            return &items->of[i];
        }
    }
    return NULL;
}

/* A place for one more item; SIZE_MAX when there is no memory. */
static size_t new_place(struct items *items)
{
    void *all = items->item;
    size_t at = items->item_count;

    if (items->free_first != 0) {
        at = items->free_first - 1;
        items->free_first = items->item[at].next_free;
        return at;
    }
    if (!array_reach(&all, &items->item_room, at, sizeof *items->item)) {
        return SIZE_MAX;
    }
    items->item = all;
    items->item_count++;
    return at;
}

static void arrive(struct items *items, const struct record *record)
{
    struct items_of_load *load = load_of(items, record->which);
    size_t at = load == NULL ? SIZE_MAX : new_place(items);

    if (at == SIZE_MAX || !map_put(&items->present, record->item, at)) {
        items->failed = true;
        return;
    }
    load->arrived++;
    items->item[at] = (struct item_present){.load = record->which, .arrived = record->t, .since = record->t};
}

static struct item_present *present(struct items *items, uint32_t item)
{
    const uint64_t *at = map_find(&items->present, item);

    return at == NULL ? NULL : &items->item[*at];
}

/* The time since the last change belongs to the first place at which the item was. */
static void settle(struct item_present *item, sim_time now)
{
    int part = SERIES_LATENCY + 1;

    while (part < SERIES_COUNT - 1 && item->at[part] == 0) {
        part++;
    }
    item->span[part] += now - item->since;
    item->since = now;
}

/* Keeps what is known of the item that ended last. */
static void keep(struct items *items)
{
    void *all = items->kept;

    if (!array_reach(&all, &items->kept_room, items->kept_count, sizeof *items->kept)) {
        items->failed = true;
        return;
    }
    items->kept = all;
    items->kept[items->kept_count++] = items->ended;
}

static void end(struct items *items, const struct record *record)
{
    const uint64_t *at = map_find(&items->present, record->item);
    struct item_present *item = at == NULL ? NULL : &items->item[*at];
    struct items_of_load *load = item == NULL ? NULL : load_of(items, item->load);

    if (load == NULL) {
        return;
    }
    settle(item, record->t);
    item->span[SERIES_LATENCY] = record->t - item->arrived;
    items->ended = (struct item_ended){.load = item->load, .item = record->item, .arrived = item->arrived, .ended = record->t};
    memcpy(items->ended.span, item->span, sizeof item->span);
    if (items->keeps) {
        keep(items);
    }
    for (int i = 0; i < SERIES_COUNT; i++) {
        items->failed = !spans_add(&load->span[i], item->span[i]) || items->failed;
    }
    item->next_free = items->free_first;
    items->free_first = (uint32_t)*at + 1;
    map_drop(&items->present, record->item);
}

void items_see(struct items *items, const struct record *record)
{
    if (record->kind == RECORD_ITEM_ARRIVE) {
        arrive(items, record);
    } else if (record->kind == RECORD_ITEM_END) {
        end(items, record);
    }
}

void items_enter(struct items *items, uint32_t number, enum item_place place, sim_time now)
{
    struct item_present *item = present(items, number);

    if (item != NULL) {
        settle(item, now);
        item->at[place]++;
    }
}

void items_leave(struct items *items, uint32_t number, enum item_place place, sim_time now)
{
    struct item_present *item = present(items, number);

    if (item != NULL && item->at[place] > 0) {
        settle(item, now);
        item->at[place]--;
    }
}

void items_put_op(struct items *items, const struct record *record, enum item_place place)
{
    items_take_op(items, record->op, record->t);
    if (record->item == 0) {
        return;
    }
    if (!map_put(&items->ops, record->op, (uint64_t)record->item << 8 | place)) {
        items->failed = true;
    }
    items_enter(items, record->item, place, record->t);
}

void items_take_op(struct items *items, uint64_t op, sim_time now)
{
    const uint64_t *at = map_find(&items->ops, op);

    if (at != NULL) {
        items_leave(items, (uint32_t)(*at >> 8), (enum item_place)(*at & 0xff), now);
        map_drop(&items->ops, op);
    }
}
