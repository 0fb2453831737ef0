/* SPDX-License-Identifier: Apache-2.0 */
/* Pools in the replayed state: their threads, who waits for work in which order, and which items are queued. An item
 * has no number of its own: it is known by that of its work-queue, which its work-take names as its cause. A trace,
 * however broken, changes counts and lists only as far as they go. */
#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/replay_places.h"

struct replay_pool *places_pool(struct replay *replay, reference pool)
{
    uint32_t slot = reference_slot(pool);
    size_t room = replay->room[OBJECT_POOL];
    void *items = replay->pool;

    if (slot >= room) {
        if (!array_reach(&items, &replay->room[OBJECT_POOL], slot, sizeof *replay->pool)) {
            replay->failed = true;
            return NULL;
        }
        replay->pool = items;
        for (size_t i = room; i < replay->room[OBJECT_POOL]; i++) {
            replay->pool[i].oldest = REFERENCE_NONE;
            replay->pool[i].newest = REFERENCE_NONE;
        }
    }
    if (slot >= replay->count[OBJECT_POOL]) {
        replay->count[OBJECT_POOL] = slot + 1;
    }
    if (!replay->pool[slot].is_known) {
        struct cast_member member = places_ask(replay, pool);
        replay->pool[slot].is_known = true;
        replay->pool[slot].limit = member.limit;
        replay->pool[slot].minimum = member.minimum;
        replay->pool[slot].target = member.target;
        replay->pool[slot].completion_minimum = member.completion_minimum;
        replay->pool[slot].completion_maximum = member.completion_maximum;
        replay->pool[slot].counts_once = member.counts_once;
        replay->pool[slot].crowds_out = member.crowds_out;
    }
    return &replay->pool[slot];
}

const struct replay_pool *replay_pool(const struct replay *replay, reference pool)
{
    /* Asking may note a pool that no record has told of yet; that changes nothing that can be seen. */
    const struct replay_pool *found = places_pool((struct replay *)(uintptr_t)replay, pool);
    static const struct replay_pool nobody = {.oldest = REFERENCE_NONE, .newest = REFERENCE_NONE};

    return found == NULL ? &nobody : found;
}

/* Puts an item behind all that are queued. */
static void append_item(struct replay *replay, struct replay_pool *pool, struct replay_item item)
{
    void *items = pool->item;

    if (pool->first > 0 && pool->first == pool->end / 2) { /* half of the room is behind us */
        memmove(pool->item, pool->item + pool->first, (pool->end - pool->first) * sizeof *pool->item);
        pool->end -= pool->first;
        pool->first = 0;
    }
    if (!array_reach(&items, &pool->room, pool->end, sizeof *pool->item)) {
        replay->failed = true;
        return;
    }
    pool->item = items;
    pool->item[pool->end++] = item;
    pool->queued++;
    if (item.item != 0) {
        items_enter(&replay->items, item.item, ITEM_IS_QUEUED, item.since);
    }
}

/* Takes the item with this number, or of this operation, out of the queue; mostly it is the first or the last.
 * O(queued). */
static void remove_item(struct replay *replay, struct replay_pool *pool, uint64_t n, uint64_t op)
{
    if (pool->end > pool->first && n != 0 && pool->item[pool->end - 1].n == n) {
        if (pool->item[pool->end - 1].item != 0) {
            items_leave(&replay->items, pool->item[pool->end - 1].item, ITEM_IS_QUEUED, replay->now);
        }
        pool->end--;
        pool->queued--;
        return;
    }
    for (size_t i = pool->first; i < pool->end; i++) {
        if (n != 0 ? pool->item[i].n == n : pool->item[i].op == op && op != 0) {
            if (pool->item[i].item != 0) {
                items_leave(&replay->items, pool->item[i].item, ITEM_IS_QUEUED, replay->now);
            }
            memmove(pool->item + pool->first + 1, pool->item + pool->first, (i - pool->first) * sizeof *pool->item);
            pool->first++;
            pool->queued--;
            return;
        }
    }
}

const struct replay_item *replay_item(const struct replay_pool *pool, size_t index)
{
    return index < pool->end - pool->first ? &pool->item[pool->first + index] : NULL;
}

void pools_unpark(struct replay *replay, reference self)
{
    struct replay_thread *thread = places_thread(replay, self);
    struct replay_pool *pool = places_pool(replay, thread->parked_at);

    if (pool == NULL) {
        return;
    }
    if (thread->parked_previous != REFERENCE_NONE) {
        places_thread(replay, thread->parked_previous)->parked_next = thread->parked_next;
    } else {
        pool->oldest = thread->parked_next;
    }
    if (thread->parked_next != REFERENCE_NONE) {
        places_thread(replay, thread->parked_next)->parked_previous = thread->parked_previous;
    } else {
        pool->newest = thread->parked_previous;
    }
    thread->parked_previous = REFERENCE_NONE;
    thread->parked_next = REFERENCE_NONE;
    thread->parked_at = REFERENCE_NONE;
    pool->idle--;
}

void pools_park(struct replay *replay, reference at, reference self)
{
    struct replay_thread *thread = places_thread(replay, self);
    struct replay_pool *pool = places_pool(replay, at);

    if (pool == NULL) {
        return;
    }
    thread->parked_at = at;
    thread->parked_previous = pool->newest;
    if (pool->newest != REFERENCE_NONE) {
        places_thread(replay, pool->newest)->parked_next = self;
    } else {
        pool->oldest = self;
    }
    pool->newest = self;
    pool->idle++;
}

void pools_count_busy(struct replay *replay, struct replay_thread *thread, bool is_busy)
{
    struct replay_pool *pool = thread->is_completion && thread->pool != REFERENCE_NONE ? places_pool(replay, thread->pool) : NULL;

    if (pool != NULL && thread->is_counted_busy != is_busy) {
        pool->completion_busy += is_busy ? 1u : UINT32_MAX;
        thread->is_counted_busy = is_busy;
    }
}

void pools_serve(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    struct replay_pool *pool = thread->is_completion && thread->pool != REFERENCE_NONE ? places_pool(replay, thread->pool) : NULL;

    if (pool == NULL) {
        return;
    }
    switch ((int)record->kind) {
    case RECORD_PORT_WAIT:
        if (record->frame == 0) { /* by itself, not by a verb of its callback */
            thread->has_packet = false;
            pools_count_busy(replay, thread, false);
        }
        break;
    case RECORD_PACKET_TAKE:
    case RECORD_PACKET_RELEASE:
        thread->has_packet = true;
        if (thread->state == REPLAY_RUNNING) {
            pools_count_busy(replay, thread, true);
        }
        break;
    case RECORD_THREAD_RUN:
        if (thread->has_packet) {
            pools_count_busy(replay, thread, true);
        }
        break;
    case RECORD_POOL_RETIRE:
        thread->is_retired = true;
        pool->completion_threads--;
        break;
    case RECORD_POOL_UNPARK:
        thread->is_retired = false;
        pool->completion_threads++;
        pools_count_busy(replay, thread, true);
        break;
    default:
        break;
    }
}

void pools_join(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    struct replay_pool *pool = (record->absent & 4) != 0 ? NULL : places_pool(replay, record->which);

    if (pool != NULL && thread->pool == REFERENCE_NONE) {
        thread->pool = record->which;
        thread->is_worker = record->type == THREAD_TYPE_WORKER || record->type == THREAD_TYPE_LOOP;
        pool->workers += thread->is_worker;
        thread->is_completion = record->type == THREAD_TYPE_COMPLETION_PORT;
        if (thread->is_completion) {
            pool->completion_threads++;
            pools_count_busy(replay, thread, true);
        }
    }
}

/* The thread has its item no longer. */
static void let_go(struct replay_pool *pool, struct replay_thread *thread)
{
    pool->busy -= thread->has_item;
    thread->has_item = false;
}

void pools_leave(struct replay *replay, struct replay_thread *thread)
{
    struct replay_pool *pool = thread->pool == REFERENCE_NONE ? NULL : places_pool(replay, thread->pool);

    if (pool != NULL) {
        let_go(pool, thread);
        pool->workers -= thread->is_worker && !thread->is_retired;
        pool->completion_threads -= thread->is_completion && !thread->is_retired;
        pools_count_busy(replay, thread, false);
        thread->pool = REFERENCE_NONE;
    }
}

/* What a record tells of the pool's counts. */
static void see_counts(struct replay_pool *pool, const struct record *record)
{
    if ((record->absent & 4) == 0) {
        pool->has_requests = true;
        pool->working = record->count;
        pool->requests = record->active;
        pool->workers = record->which;
    }
}

void pools_see(struct replay *replay, const struct record *record, struct replay_thread *thread, reference self)
{
    struct replay_pool *pool = places_pool(replay, self);

    if (pool == NULL) {
        return;
    }
    if (record->kind == RECORD_POOL_REQUEST || record->kind == RECORD_POOL_PARK || record->kind == RECORD_POOL_UNPARK ||
        record->kind == RECORD_POOL_RETIRE) {
        see_counts(pool, record);
    }
    switch ((int)record->kind) {
    case RECORD_POOL_TARGET:
        pool->target = record->which;
        break;
    case RECORD_POOL_LIMITS:
        pool->minimum = record->count;
        pool->limit = record->which;
        pool->completion_minimum = record->active;
        pool->completion_maximum = record->depth;
        break;
    case RECORD_WORK_QUEUE:
        append_item(replay, pool,
                    (struct replay_item){.n = record->n, .op = record->op, .since = record->t, .procedure = record->procedure, .item = record->item,
                                         .owner = record->count == WORK_LOCAL ? record->thread : REFERENCE_NONE,
                                         .queue = (uint8_t)record->count});
        break;
    case RECORD_WORK_TAKE:
        remove_item(replay, pool, record->cause, 0);
        if (record->why == WHY_WAITED_FOR) { /* it is done within the item that the thread has */
            break;
        }
        thread->in_hand = record->op;
        thread->in_hand_for = record->item;
        if (thread->pool == record->object && !thread->has_item) {
            thread->has_item = true;
            pool->busy++;
        }
        break;
    case RECORD_WORK_END:
        if (thread->pool == record->object) {
            let_go(pool, thread);
        }
        thread->in_hand_for = 0; /* it may have had no callback */
        pool->completed++;
        break;
    case RECORD_PACKET_DROP:
        remove_item(replay, pool, 0, record->op);
        break;
    default:
        break;
    }
}
