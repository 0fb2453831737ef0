/* SPDX-License-Identifier: Apache-2.0 */
/* The predicates of the rules by which pools make, wake and dismiss their threads and hand out work. How many threads
 * of a pool run stands in no record, since a callback says by none that it may run long. */
#include "traces/judged.h"

#define RULE(id) bool holds_##id(const struct judged *at)

bool judged_gets_work(const struct judged *at)
{
    const struct replay_pool *pool;

    if (!is(at, RECORD_POOL_UNPARK) || !thread_is(at, REPLAY_PARKED) || at->cause == NULL) {
        return false;
    }
    pool = replay_pool(at->replay, at->record->object);
    return pool->newest == at->record->thread && pool->queued > 0;
}

/* Whether a pool makes a thread for work that nobody waits for. */
static bool grows(const struct judged *at)
{
    const struct replay_pool *pool =
        is(at, RECORD_THREAD_CREATE) && (at->record->absent & 4) == 0 ? replay_pool(at->replay, at->record->which) : NULL;

    return pool != NULL && pool->queued > 0 && pool->idle == 0 && (pool->limit == 0 || pool->workers < pool->limit) &&
           at->cause != NULL;
}

RULE(GLOBAL)
{
    const struct replay_item *oldest;

    if (!is(at, RECORD_WORK_TAKE) || at->thread->has_item || at->thread->pool != at->record->object) {
        return false;
    }
    oldest = replay_item(replay_pool(at->replay, at->record->object), 0);
    return oldest != NULL && oldest->n == at->record->cause;
}

RULE(BELOW_MIN)
{
    const struct replay_pool *pool =
        is(at, RECORD_THREAD_CREATE) && (at->record->absent & 4) == 0 ? replay_pool(at->replay, at->record->which) : NULL;

    return pool != NULL && caused_by(at, RECORD_RUN_BEGIN) && (pool->limit == 0 || pool->workers < pool->minimum);
}

RULE(BELOW_TARGET)
{
    return grows(at) && (caused_in_step(at, RECORD_WORK_QUEUE) || caused_by(at, RECORD_CALLBACK_BEGIN));
}

RULE(ALL_BUSY)
{
    return grows(at) && at->cause->t < at->record->t && !caused_by(at, RECORD_CALLBACK_BEGIN);
}

RULE(NO_WORK)
{
    return is(at, RECORD_POOL_PARK) && thread_is(at, REPLAY_RUNNING) && !at->thread->has_item &&
           replay_pool(at->replay, at->record->object)->queued == 0;
}

RULE(NEWEST_PARKED)
{
    return judged_gets_work(at) && !caused_in_step(at, RECORD_THREAD_BLOCK) && !caused_in_step(at, RECORD_PORT_WAIT) &&
           !caused_in_step(at, RECORD_THREAD_EXIT);
}

RULE(IDLE_TIMEOUT)
{
    return is(at, RECORD_THREAD_EXIT) && thread_is(at, REPLAY_RUNNING) && at->thread->pool != REFERENCE_NONE &&
           !at->thread->has_item;
}

/* Whether a completion of a handle that is bound to a pool leaves no callback. */
static bool ignored(const struct judged *at)
{
    reference pool = is(at, RECORD_PACKET_DROP) && at->port == NULL ? replay_file(at->replay, at->record->object)->port
                                                                    : REFERENCE_NONE;

    return pool != REFERENCE_NONE && reference_kind(pool) == OBJECT_POOL && at->cause != NULL &&
           (at->cause->kind == RECORD_OP_COMPLETE || at->cause->kind == RECORD_OP_IMMEDIATE);
}

RULE(NOT_ANNOUNCED)
{
    return ignored(at) && at->cause->step_n == at->record->step_n;
}

RULE(ANNOUNCEMENT_DROPPED)
{
    return ignored(at) && replay_file(at->replay, at->record->object)->is_drained;
}
