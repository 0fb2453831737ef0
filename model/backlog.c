/* SPDX-License-Identifier: Apache-2.0 */
/* Backlogs. A worker that finds its own queue empty looks into those of all, and then into those of the others,
 * beginning with one that is drawn. */
#include "model/backlog.h"

#include "model/names.h"
#include "sim/random.h"

static struct work_queue *queue_of(const struct simulation *sim, pool_id pool, const struct work_item *item)
{
    return item->queue == WORK_LOCAL ? &worker_at(sim, item->owner)->local : &pool_at(sim, pool)->queue[item->queue];
}

void backlog_put(struct simulation *sim, pool_id pool, work_item_id id, thread_id owner)
{
    struct work_item *item = work_item_at(sim, id);
    struct work_queue *queue;

    item->owner = item->queue == WORK_LOCAL ? thread_at(sim, owner)->worker : 0;
    queue = queue_of(sim, pool, item);
    item->next = 0;
    item->previous = queue->last;
    if (queue->last != 0) {
        work_item_at(sim, queue->last)->next = id;
    } else {
        queue->first = id;
    }
    queue->last = id;
    queue->depth++;
    pool_at(sim, pool)->depth++;
    pool_at(sim, pool)->local_depth += item->queue == WORK_LOCAL;
}

void backlog_remove(struct simulation *sim, pool_id pool, work_item_id id)
{
    const struct work_item *item = work_item_at(sim, id);
    struct work_queue *queue = queue_of(sim, pool, item);

    if (item->previous != 0) {
        work_item_at(sim, item->previous)->next = item->next;
    } else {
        queue->first = item->next;
    }
    if (item->next != 0) {
        work_item_at(sim, item->next)->previous = item->previous;
    } else {
        queue->last = item->previous;
    }
    queue->depth--;
    pool_at(sim, pool)->depth--;
    pool_at(sim, pool)->local_depth -= item->queue == WORK_LOCAL;
}

/* Which of the workers a thief looks at first: drawn anew for each item that it looks for (fact CLR-42). */
static uint32_t first_victim(struct simulation *sim, pool_id pool, thread_id thief, uint32_t workers)
{
    char name[160];
    size_t length = name_write(sim, thread_reference(sim, thief), name, sizeof name);
    struct random_stream stream = {
        .key = random_stream_key(sim->seed, random_key(name, length < sizeof name ? length : sizeof name)),
        .k = pool_at(sim, pool)->thefts++,
    };

    return (uint32_t)random_uniform(&stream, 0, workers - 1);
}

/* The oldest item of another worker; 0: none has any. */
static work_item_id steal(struct simulation *sim, pool_id id, thread_id thief)
{
    const struct pool *pool = pool_at(sim, id);
    thread_id victim = pool->oldest;
    uint32_t workers = 0;
    uint32_t skip;

    if (pool->local_depth == worker_of(sim, thief)->local.depth) {
        return 0;
    }
    for (thread_id at = pool->oldest; at != 0; at = worker_of(sim, at)->newer) {
        workers++;
    }
    for (skip = first_victim(sim, id, thief, workers); skip > 0; skip--) {
        victim = worker_of(sim, victim)->newer;
    }
    while (victim == thief || worker_of(sim, victim)->local.first == 0) {
        victim = worker_of(sim, victim)->newer;
        victim = victim == 0 ? pool_at(sim, id)->oldest : victim;
    }
    return worker_of(sim, victim)->local.first;
}

work_item_id backlog_take(struct simulation *sim, pool_id pool, thread_id worker)
{
    static const uint8_t whys[] = {
        [WORK_GLOBAL] = WHY_GLOBAL,       [WORK_LOCAL] = WHY_OWN_LOCAL, [WORK_HIGH] = WHY_HIGH,
        [WORK_UNMANAGED] = WHY_UNMANAGED, [WORK_CONTEXT] = WHY_GLOBAL,  [WORK_STOLEN] = WHY_STOLEN,
    };
    const uint8_t *order = pool_policy_of(sim, pool)->order;
    work_item_id item = 0;

    for (; *order != WORK_NOWHERE; order++) {
        if (*order == WORK_LOCAL) {
            item = worker_of(sim, worker)->local.last;
        } else if (*order == WORK_STOLEN) {
            item = steal(sim, pool, worker);
        } else {
            item = pool_at(sim, pool)->queue[*order].first;
        }
        if (item != 0) {
            backlog_remove(sim, pool, item);
            work_item_at(sim, item)->taken_by = whys[*order];
            return item;
        }
    }
    return 0;
}

void backlog_hand_back(struct simulation *sim, pool_id pool, thread_id worker, enum work_queue_kind to)
{
    work_item_id item;

    while ((item = worker_of(sim, worker)->local.last) != 0) {
        backlog_remove(sim, pool, item);
        work_item_at(sim, item)->queue = (uint8_t)to;
        work_item_at(sim, item)->was_moved = true;
        backlog_put(sim, pool, item, 0);
    }
}
