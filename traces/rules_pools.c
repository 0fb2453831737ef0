/* SPDX-License-Identifier: Apache-2.0 */
/* The predicates of the rules by which pools make, wake and dismiss their threads and hand out work. How many threads
 * of a pool run stands in no record, since a callback says by none that it may run long. */
#include "traces/judged.h"

#define RULE(id) bool holds_##id(const struct judged *at)

/* The pool that a record is about; of others, one of which nothing is known. */
static const struct replay_pool *pool_of(const struct judged *at)
{
    static const struct replay_pool none = {.oldest = REFERENCE_NONE, .newest = REFERENCE_NONE};

    return reference_kind(at->record->object) == OBJECT_POOL ? replay_pool(at->replay, at->record->object) : &none;
}

bool judged_gets_work(const struct judged *at)
{
    const struct replay_pool *pool;

    if (!is(at, RECORD_POOL_UNPARK) || !thread_is(at, REPLAY_PARKED) || at->cause == NULL ||
        at->record->cause == at->thread->waiting) {
        return false;
    }
    pool = pool_of(at);
    return (pool->has_requests && at->record->cause != at->thread->waiting) || (!pool->has_requests && pool->newest == at->record->thread && pool->queued > 0);
}

bool judged_fires(const struct judged *at, bool timed_out)
{
    return is(at, RECORD_WAIT_FIRE) && (at->thread == NULL || thread_is(at, REPLAY_RUNNING)) &&
           (at->record->ok != 0) == timed_out;
}

/* Whether a pool makes a thread for work that nobody waits for. */
static bool grows(const struct judged *at)
{
    const struct replay_pool *pool =
        is(at, RECORD_THREAD_CREATE) && (at->record->absent & 4) == 0 && at->record->type == THREAD_TYPE_WORKER
            ? replay_pool(at->replay, at->record->which)
            : NULL;

    return pool != NULL && !pool->has_requests && pool->queued > 0 && pool->idle == 0 && (pool->limit == 0 || pool->workers < pool->limit) &&
           at->cause != NULL;
}

/* Whether a worker takes this item, which stands there as its record says. */
static const struct replay_item *taken(const struct judged *at)
{
    const struct replay_pool *pool = pool_of(at);
    const struct replay_item *item = NULL;

    for (size_t i = 0; i < pool->queued; i++) {
        item = replay_item(pool, i);
        if (item->n == at->record->cause) {
            return item;
        }
    }
    return NULL;
}

/* Whether the item that a worker takes is the oldest that stands in its queue. */
static bool is_oldest_of_its_queue(const struct judged *at)
{
    const struct replay_pool *pool = pool_of(at);
    const struct replay_item *item = taken(at);

    for (size_t i = 0; item != NULL; i++) {
        const struct replay_item *other = replay_item(pool, i);
        if (other->queue == item->queue && other->owner == item->owner) {
            return other == item;
        }
    }
    return false;
}

static bool takes(const struct judged *at)
{
    return is(at, RECORD_WORK_TAKE) && !at->thread->has_item && at->thread->pool == at->record->object;
}

/* The queue for all; a worker's items that were handed back come among those of others. */
RULE(GLOBAL)
{
    const struct replay_item *item = takes(at) ? taken(at) : NULL;

    if (item == NULL || (at->record->count != WORK_GLOBAL && at->record->count != WORK_CONTEXT)) {
        return false;
    }
    return pool_of(at)->has_requests || item->queue != at->record->count || is_oldest_of_its_queue(at);
}

RULE(OWN_LOCAL)
{
    const struct replay_pool *pool = pool_of(at);
    const struct replay_item *item = takes(at) ? taken(at) : NULL;
    const struct replay_item *newest = NULL;

    if (item == NULL || item->owner != at->record->thread) {
        return false;
    }
    for (size_t i = 0; i < pool->queued; i++) {
        const struct replay_item *other = replay_item(pool, i);
        newest = other->owner == item->owner ? other : newest;
    }
    return newest == item;
}

RULE(WAITED_FOR)
{
    const struct replay_item *item = is(at, RECORD_WORK_TAKE) && at->thread->has_item ? taken(at) : NULL;

    return item != NULL && item->queue == WORK_LOCAL && item->owner == at->record->thread;
}

RULE(HIGH)
{
    return takes(at) && at->record->count == WORK_HIGH && taken(at) != NULL;
}

RULE(UNMANAGED)
{
    return takes(at) && at->record->count == WORK_UNMANAGED && is_oldest_of_its_queue(at);
}

RULE(STOLEN)
{
    const struct replay_item *item = takes(at) ? taken(at) : NULL;

    return item != NULL && at->record->count == WORK_LOCAL && item->owner != at->record->thread && is_oldest_of_its_queue(at);
}

/* Whether a pool's target changes. */
static bool moves(const struct judged *at)
{
    return is(at, RECORD_POOL_TARGET) && at->record->count == pool_of(at)->target &&
           at->cause != NULL;
}

/* Whether a pool makes a worker for a request, because its target has changed by this rule. */
static bool grows_by(const struct judged *at, enum record_why why)
{
    return is(at, RECORD_THREAD_CREATE) && (at->record->absent & 4) == 0 && at->cause != NULL &&
           at->cause->kind == RECORD_POOL_TARGET && at->cause->why == why;
}

RULE(STARVATION)
{
    const struct replay_pool *pool = pool_of(at);

    if (is(at, RECORD_GATE_ROUND)) {
        return pool->requests > 0 && pool->working >= pool->target && at->record->amount > 0;
    }
    return (moves(at) && caused_in_step(at, RECORD_GATE_ROUND)) || grows_by(at, WHY_STARVATION);
}

RULE(COOPERATIVE_BLOCKING)
{
    return (moves(at) && at->thread != NULL && at->thread->type == THREAD_TYPE_GATE &&
            !caused_in_step(at, RECORD_GATE_ROUND)) ||
           grows_by(at, WHY_COOPERATIVE_BLOCKING);
}

RULE(CLIMB)
{
    return moves(at) && caused_in_step(at, RECORD_CLIMB);
}

RULE(THREAD_TIMED_OUT)
{
    return moves(at) && caused_in_step(at, RECORD_THREAD_EXIT) && at->record->which < at->record->count;
}

/* Whether the target moves because limits were set that were accepted. */
static bool follows_limits(const struct judged *at)
{
    return moves(at) && caused_in_step(at, RECORD_POOL_LIMITS) && at->cause->object == at->record->object && at->cause->ok;
}

RULE(MIN_RAISED)
{
    return follows_limits(at) && at->record->which == at->cause->count && at->record->which > at->record->count;
}

RULE(MAX_LOWERED)
{
    return follows_limits(at) && at->record->which == at->cause->which && at->record->which < at->record->count;
}

RULE(OVER_TARGET)
{
    const struct replay_pool *pool = pool_of(at);

    if (is(at, RECORD_THREAD_EXIT)) {
        return at->thread->pool != REFERENCE_NONE && at->thread->was_retired;
    }
    return pool->has_requests && thread_is(at, REPLAY_RUNNING) && !at->thread->has_item &&
           ((is(at, RECORD_POOL_PARK) && pool->working > pool->target) ||
            (is(at, RECORD_POOL_RETIRE) && pool->workers > pool->target));
}

/* Whether a gate looks round, and adds nothing. */
static bool only_looks(const struct judged *at)
{
    return is(at, RECORD_GATE_ROUND) && at->thread->type == THREAD_TYPE_GATE;
}

RULE(NO_REQUEST)
{
    return only_looks(at) && at->record->active == 0;
}

RULE(DEQUEUED_LATELY)
{
    return only_looks(at) && pool_of(at)->requests > 0;
}

RULE(CPU_HIGH)
{
    return only_looks(at) && pool_of(at)->requests > 0 && at->record->count > 0;
}

RULE(AT_MAX)
{
    const struct replay_pool *pool = pool_of(at);

    return only_looks(at) && pool->requests > 0 && (pool->limit == 0 || pool->workers >= pool->limit);
}

RULE(FEWER_THAN_TARGET)
{
    const struct replay_pool *pool = pool_of(at);

    return only_looks(at) && pool->requests > 0 && pool->working < pool->target;
}

/* Whether a pool with requests makes a worker for one. */
static bool makes_for_request(const struct judged *at, const struct replay_pool *pool)
{
    return at->cause != NULL && at->record->type == THREAD_TYPE_WORKER && pool->idle == 0 &&
           !caused_by(at, RECORD_RUN_BEGIN) &&
           (at->cause->kind != RECORD_POOL_TARGET || at->cause->why == WHY_CLIMB || at->cause->why == WHY_MIN_RAISED);
}

RULE(BELOW_MIN)
{
    const struct replay_pool *pool =
        is(at, RECORD_THREAD_CREATE) && (at->record->absent & 4) == 0 ? replay_pool(at->replay, at->record->which) : NULL;

    return pool != NULL && (caused_by(at, RECORD_RUN_BEGIN) || makes_for_request(at, pool)) &&
           (pool->limit == 0 || pool->workers < pool->minimum);
}

RULE(BELOW_TARGET)
{
    const struct replay_pool *pool = at->cause != NULL && is(at, RECORD_THREAD_CREATE) && (at->record->absent & 4) == 0
                                         ? replay_pool(at->replay, at->record->which)
                                         : NULL;

    return (grows(at) && (caused_in_step(at, RECORD_WORK_QUEUE) || caused_by(at, RECORD_CALLBACK_BEGIN))) ||
           (pool != NULL && makes_for_request(at, pool) && pool->workers >= pool->minimum &&
            pool->workers < pool->target && (at->cause->kind != RECORD_POOL_TARGET || at->cause->why == WHY_CLIMB));
}

RULE(ALL_BUSY)
{
    return grows(at) && at->cause->t < at->record->t && !caused_by(at, RECORD_CALLBACK_BEGIN);
}

RULE(NO_WORK)
{
    return is(at, RECORD_POOL_PARK) && thread_is(at, REPLAY_RUNNING) && !at->thread->has_item &&
           pool_of(at)->queued == 0;
}

RULE(NEWEST_PARKED)
{
    return judged_gets_work(at) && !caused_in_step(at, RECORD_THREAD_BLOCK) && !caused_in_step(at, RECORD_PORT_WAIT) &&
           !caused_in_step(at, RECORD_THREAD_EXIT);
}

RULE(IDLE_TIMEOUT)
{
    return is(at, RECORD_THREAD_EXIT) && thread_is(at, REPLAY_RUNNING) && at->thread->pool != REFERENCE_NONE &&
           !at->thread->has_item && !at->thread->was_retired;
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

/* Whether a pool has another completion-port thread, of which none is free. */
RULE(NONE_FREE)
{
    bool is_new = is(at, RECORD_THREAD_CREATE) && (at->record->absent & 4) == 0 && at->record->type == THREAD_TYPE_COMPLETION_PORT;
    const struct replay_pool *pool;

    if (!is_new && !(is(at, RECORD_POOL_UNPARK) && at->thread->is_completion && at->thread->is_retired)) {
        return false;
    }
    pool = replay_pool(at->replay, is_new ? at->record->which : at->record->object);
    return at->cause != NULL && at->cause->why != WHY_GATE_DEQUEUE && pool->completion_busy >= pool->completion_threads &&
           (!is_new || pool->completion_maximum == 0 || pool->completion_threads < pool->completion_maximum);
}

/* Whether a gate takes a packet while no completion-port thread of its pool is free. */
RULE(GATE_DEQUEUE)
{
    const struct replay_pool *pool = at->thread == NULL || at->thread->pool == REFERENCE_NONE ? NULL : replay_pool(at->replay, at->thread->pool);

    return pool != NULL && is(at, RECORD_PACKET_TAKE) && at->thread->type == THREAD_TYPE_GATE && acts(at) &&
           pool->completion_busy >= pool->completion_threads && at->port->first_op == at->record->op &&
           below(at, active_without(at));
}

RULE(GATE_HANDED_PACKET)
{
    return is(at, RECORD_THREAD_CREATE) && (at->record->absent & 4) == 0 &&
           at->record->type == THREAD_TYPE_COMPLETION_PORT && caused_in_step(at, RECORD_PACKET_TAKE) &&
           at->cause->why == WHY_GATE_DEQUEUE;
}

/* Whether a completion-port thread retires, of whose pool another is free. */
RULE(OWN_OPERATIONS)
{
    return is(at, RECORD_POOL_RETIRE) && thread_is(at, REPLAY_RUNNING) && at->thread->is_completion &&
           !at->thread->is_counted_busy;
}

RULE(FIRST_USE)
{
    return is(at, RECORD_THREAD_CREATE) && (at->record->absent & 4) == 0 && at->record->type == THREAD_TYPE_IO_POLLER &&
           at->cause != NULL && at->cause->t <= at->record->t;
}

/* Whether an operation that is over leaves its callback to a pool's handle. */
static bool leaves_callback(const struct judged *at, enum record_kind end)
{
    const struct record *ended = is(at, RECORD_PACKET_SUPPRESS) ? earlier_of_op(at, end) : NULL;
    bool is_error = ended != NULL && end == RECORD_OP_IMMEDIATE && win32_error_is_error(ended->error);
    reference pool = ended != NULL && !is_error ? replay_file(at->replay, at->record->object)->port : REFERENCE_NONE;

    return pool != REFERENCE_NONE && reference_kind(pool) == OBJECT_POOL;
}

RULE(ON_CALLER)
{
    return leaves_callback(at, RECORD_OP_IMMEDIATE);
}

RULE(READ_BY_WORKER)
{
    return leaves_callback(at, RECORD_OP_COMPLETE);
}
