/* SPDX-License-Identifier: Apache-2.0 */
/* What the observables of model/observable.def say of the replayed state: the counterpart of the model's
 * switchboard, with which a test compares it after every step. */
#include "traces/replay.h"

/* The observables, one function each, named by kind and word. */
#define OBSERVE(kind, word)                                                                        \
    static struct value observe_##kind##_##word(const struct replay *replay, uint64_t what)

OBSERVE(PORT, depth)
{
    return value_number(replay_port(replay, (reference)what)->depth);
}

OBSERVE(PORT, active)
{
    return value_number(replay_port(replay, (reference)what)->active);
}

OBSERVE(PORT, limit)
{
    return value_number((int64_t)replay_port(replay, (reference)what)->limit);
}

OBSERVE(PORT, waiting)
{
    return value_number(replay_port(replay, (reference)what)->waiting);
}

static struct value is_in(const struct replay *replay, uint64_t thread, enum replay_thread_state state)
{
    return value_boolean(replay_thread(replay, (reference)thread)->state == state);
}

OBSERVE(THREAD, running)
{
    return is_in(replay, what, REPLAY_RUNNING);
}

OBSERVE(THREAD, ready)
{
    return is_in(replay, what, REPLAY_READY);
}

OBSERVE(THREAD, blocked)
{
    return is_in(replay, what, REPLAY_BLOCKED);
}

OBSERVE(THREAD, parked)
{
    return is_in(replay, what, REPLAY_PARKED);
}

OBSERVE(THREAD, ended)
{
    return is_in(replay, what, REPLAY_ENDED);
}

OBSERVE(THREAD, switches)
{
    return value_number((int64_t)replay_thread(replay, (reference)what)->switches);
}

OBSERVE(THREAD, age)
{
    const struct replay_thread *thread = replay_thread(replay, (reference)what);

    return value_make(VALUE_DURATION, thread->state == REPLAY_UNBORN ? 0 : replay_now(replay) - thread->born);
}

OBSERVE(HANDLE, open)
{
    return value_boolean(replay_object(replay, (reference)what)->open);
}

OBSERVE(HANDLE, pending)
{
    return value_number(replay_file(replay, (reference)what)->pending);
}

OBSERVE(HANDLE, signalled)
{
    return value_boolean(replay_file(replay, (reference)what)->signalled);
}

OBSERVE(EVENT, signalled)
{
    return value_boolean(replay_object(replay, (reference)what)->signalled);
}

OBSERVE(MUTEX, owner)
{
    reference owner = replay_object(replay, (reference)what)->owner;

    return owner == REFERENCE_NONE ? value_null() : value_make(VALUE_REFERENCE, owner);
}

OBSERVE(SEMAPHORE, available)
{
    return value_number((int64_t)replay_object(replay, (reference)what)->available);
}

/* An operation is asked for by its number. */
static struct replay_op op_of(const struct replay *replay, uint64_t op)
{
    const struct replay_op *found = replay_op(replay, op);

    return found == NULL ? (struct replay_op){0} : *found;
}

OBSERVE(OPERATION, pending)
{
    return value_boolean(op_of(replay, what).pending);
}

OBSERVE(OPERATION, ok)
{
    return value_boolean(op_of(replay, what).ok);
}

OBSERVE(OPERATION, error)
{
    return value_make(VALUE_ERROR, op_of(replay, what).error);
}

OBSERVE(OPERATION, bytes)
{
    return value_make(VALUE_SIZE, op_of(replay, what).bytes);
}

OBSERVE(POOL, workers)
{
    return value_number(replay_pool(replay, (reference)what)->workers);
}

OBSERVE(POOL, busy)
{
    return value_number(replay_pool(replay, (reference)what)->busy);
}

OBSERVE(POOL, queued)
{
    return value_number(replay_pool(replay, (reference)what)->queued);
}

OBSERVE(POOL, target)
{
    return value_number(replay_pool(replay, (reference)what)->target);
}

OBSERVE(POOL, min_workers)
{
    return value_number(replay_pool(replay, (reference)what)->minimum);
}

OBSERVE(POOL, max_workers)
{
    return value_number((int64_t)replay_pool(replay, (reference)what)->limit);
}

static struct value available_workers(const struct replay_pool *pool)
{
    uint64_t taken = pool->has_requests ? pool->working : pool->busy;
    bool is_crowded = pool->crowds_out && pool->workers > pool->limit;

    return value_number(is_crowded || taken > pool->limit ? 0 : (int64_t)(pool->limit - taken));
}

OBSERVE(POOL, available_workers)
{
    return available_workers(replay_pool(replay, (reference)what));
}

OBSERVE(POOL, completion_threads)
{
    return value_number(replay_pool(replay, (reference)what)->completion_threads);
}

OBSERVE(POOL, completion_busy)
{
    return value_number(replay_pool(replay, (reference)what)->completion_busy);
}

OBSERVE(POOL, completion_min)
{
    return value_number(replay_pool(replay, (reference)what)->completion_minimum);
}

OBSERVE(POOL, completion_max)
{
    return value_number(replay_pool(replay, (reference)what)->completion_maximum);
}

OBSERVE(POOL, available_completion_threads)
{
    const struct replay_pool *pool = replay_pool(replay, (reference)what);
    uint32_t most = pool->completion_maximum < pool->completion_threads ? pool->completion_threads : pool->completion_maximum;

    return pool->counts_once ? available_workers(pool) : value_number(most - pool->completion_busy);
}

OBSERVE(POOL, completed)
{
    return value_number((int64_t)replay_pool(replay, (reference)what)->completed);
}

OBSERVE(TASK, done)
{
    return value_boolean(replay_object(replay, (reference)what)->signalled);
}

OBSERVE(DEVICE, busy)
{
    return value_number(replay_object(replay, (reference)what)->busy);
}

OBSERVE(DEVICE, queued)
{
    return value_number(replay_object(replay, (reference)what)->queued);
}

OBSERVE(LOAD, arrived)
{
    return value_number((int64_t)replay_object(replay, (reference)what)->arrived);
}

OBSERVE(LOAD, finished)
{
    return value_number((int64_t)replay_object(replay, (reference)what)->finished);
}

OBSERVE(LOAD, unfinished)
{
    const struct replay_object *load = replay_object(replay, (reference)what);

    return value_number((int64_t)(load->arrived - load->finished));
}

OBSERVE(MACHINE, processors)
{
    (void)what;
    return value_number(replay_machine(replay).processors);
}

OBSERVE(MACHINE, busy)
{
    (void)what;
    return value_number((int64_t)replay_machine(replay).busy);
}

OBSERVE(MACHINE, ready)
{
    (void)what;
    return value_number((int64_t)replay_machine(replay).ready);
}

OBSERVE(MACHINE, threads)
{
    (void)what;
    return value_number((int64_t)replay_machine(replay).alive);
}

OBSERVE(MACHINE, switches)
{
    (void)what;
    return value_number((int64_t)replay_machine(replay).switches);
}

OBSERVE(MACHINE, cpu_time)
{
    (void)what;
    return value_make(VALUE_DURATION, replay_cpu_time(replay));
}

bool replay_observe(const struct replay *replay, enum observable observable, struct value object, struct value *value)
{
    static struct value (*const observe[])(const struct replay *replay, uint64_t what) = {
#define OBSERVABLE(kind, word, type, what) observe_##kind##_##word,
#include "model/observable.def"
#undef OBSERVABLE
    };
    bool is_op = observable_kind(observable) == OBJECT_OPERATION;

    if (object.type != VALUE_REFERENCE) {
        return false;
    }
    if (!is_op && reference_kind((reference)object.bits) != observable_kind(observable)) {
        return false;
    }
    *value = observe[observable](replay, is_op ? object.bits >> 32 : object.bits);
    return true;
}
