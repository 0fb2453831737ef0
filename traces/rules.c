/* SPDX-License-Identifier: Apache-2.0 */
/* One predicate for each rule, named by it: a rule of why.def without one does not compile. A predicate is
 * given the replayed state before its record, and the records before it; it knows nothing of the model. The
 * facts are those that why.def cites. */
#include "traces/rules.h"

#include "model/verb.h"
#include "traces/judged.h"

/* Whether the thread is the waiter that the port's policy releases, a slot being free. */
static bool is_released(const struct judged *at)
{
    reference next;

    if (!is(at, RECORD_PACKET_RELEASE)) {
        return false;
    }
    next = at->port->wakes_oldest ? at->port->oldest : at->port->newest;
    return thread_is(at, REPLAY_PARKED) && next == at->record->thread && below(at, at->port->active);
}

/* Whether a queued packet goes to a waiter because of the latest record about the port in this step. */
static bool slot_freed(const struct judged *at, enum record_kind by, enum record_why why)
{
    const struct record *freed = earlier_of_object(at, by);

    return is_released(at) && at->port->first_op == at->record->op && freed != NULL && freed->why == why &&
           freed->n + 1 == at->record->n;
}

/* Whether a packet that was just posted or completed meets a waiter, nothing being queued. */
static bool handed_on(const struct judged *at)
{
    return is_released(at) && at->port->depth == 0 &&
           (caused_in_step(at, RECORD_PACKET_POST) || caused_by_end(at)) &&
           at->cause->op == at->record->op;
}

/* Whether the thread waits for what is announced on a handle, and work of that handle's pool is done. */
static bool ends_drain(const struct judged *at)
{
    const struct replay_object *file;

    if (at->thread->on_count != 1 || reference_kind(at->thread->on[0]) != OBJECT_HANDLE ||
        (at->cause->kind != RECORD_WORK_END && at->cause->kind != RECORD_THREAD_EXIT)) {
        return false;
    }
    file = replay_file(at->replay, at->thread->on[0]);
    return file->is_drained && file->port != REFERENCE_NONE &&
           (at->cause->kind == RECORD_THREAD_EXIT || file->port == at->cause->object);
}

/* Whether a wait of the thread ends by the record that caused it, which is about one of its objects. */
static bool satisfied(const struct judged *at)
{
    reference signalled;

    if (!is(at, RECORD_THREAD_UNBLOCK) || !thread_is(at, REPLAY_BLOCKED) || at->cause == NULL ||
        at->cause->step_n != at->record->step_n) {
        return false;
    }
    if (ends_drain(at)) {
        return true;
    }
    signalled = at->cause->kind == RECORD_THREAD_EXIT     ? at->cause->thread
                : at->cause->kind == RECORD_TASK_COMPLETE ? at->cause->which
                                                          : at->cause->object;
    return replay_waits_for(at->thread, signalled) > 0;
}

/* Whether a mutex that its owner abandoned is among what the thread has acquired in this step. */
static bool acquired_abandoned(const struct judged *at)
{
    for (size_t i = at->past->kept.count; i > 0 && at->past->kept.record[i - 1].step_n == at->record->step_n; i--) {
        const struct record *record = &at->past->kept.record[i - 1];
        if (record->kind == RECORD_OBJECT_ACQUIRE && record->thread == at->record->thread &&
            reference_kind(record->object) == OBJECT_MUTEX && replay_object(at->replay, record->object)->was_abandoned) {
            return true;
        }
    }
    return false;
}

/* Whether somebody who has waited longer for the object could go on, however the objects are counted. */
static bool longer_waiter_passed_over(const struct judged *at)
{
    reference object = at->record->object;

    for (reference other = replay_waiter(at->replay, object, REFERENCE_NONE);
         other != REFERENCE_NONE && other != at->record->thread; other = replay_waiter(at->replay, object, other)) {
        const struct replay_thread *waiter = replay_thread(at->replay, other);
        uint32_t lacking = 0;
        for (uint32_t i = 0; i < waiter->on_count; i++) {
            lacking += !available(at, waiter->on[i], other) && waiter->on[i] != object;
        }
        if (lacking == 0) {
            return true;
        }
    }
    return false;
}

/* Whether the thread waits for a processor already: the last that was told of its readiness is that it does. */
static bool waits_already(const struct judged *at)
{
    for (size_t i = at->past->kept.count; i > 0; i--) {
        const struct record *record = &at->past->kept.record[i - 1];
        if (record->thread == at->record->thread) {
            switch ((int)record->kind) {
            case RECORD_THREAD_READY:
            case RECORD_THREAD_PREEMPT:
                return true;
            case RECORD_THREAD_CREATE:
            case RECORD_THREAD_UNBLOCK:
            case RECORD_PACKET_RELEASE:
            case RECORD_PORT_TIMEOUT:
            case RECORD_THREAD_RUN:
                return false;
            default:
                break;
            }
        }
    }
    return false;
}

/* The rule by which the thread that had the record's processor before lost it; WHY_PROCESSOR_FREE: it did not
 * lose it to others. */
static enum record_why lost_by(const struct judged *at)
{
    for (size_t i = at->past->kept.count; i > 0; i--) {
        const struct record *record = &at->past->kept.record[i - 1];
        if (record->cpu == at->record->cpu && record->why == WHY_SUSPENDED) {
            return WHY_PROCESSOR_FREE; /* also when the processor had only begun to switch to it */
        }
        if (record->cpu == at->record->cpu && (record->kind == RECORD_THREAD_RUN || record->kind == RECORD_THREAD_PREEMPT ||
                                               record->kind == RECORD_THREAD_YIELD)) {
            bool gave_way = record->kind == RECORD_THREAD_YIELD &&
                            replay_thread(at->replay, record->thread)->state == REPLAY_READY;
            return record->kind == RECORD_THREAD_PREEMPT ? (enum record_why)record->why
                   : gave_way                            ? WHY_YIELD
                                                         : WHY_PROCESSOR_FREE;
        }
    }
    return WHY_PROCESSOR_FREE;
}

/* Whether a thread that waits gets a processor that became free for this reason. */
static bool gets_processor(const struct judged *at, enum record_why why)
{
    return is(at, RECORD_THREAD_RUN) && at->record->cpu != 0 && thread_is(at, REPLAY_READY) && lost_by(at) == why;
}

/* The predicates. */
#define RULE(id) bool holds_##id(const struct judged *at)

/* Kinds that carry no rule, ever or in some cases. */
RULE(NONE)
{
    switch ((enum record_kind)at->record->kind) {
    case RECORD_RUN_BEGIN:
    case RECORD_RUN_END:
    case RECORD_OBJECT_CREATE:
    case RECORD_OBJECT_END:
    case RECORD_CHOICE:
    case RECORD_OUTCOME:
    case RECORD_LOG:
    case RECORD_ASSERT:
    case RECORD_MISUSE:
    case RECORD_VARIABLE_SET:
    case RECORD_POOL_REQUEST:
    case RECORD_CLIMB:
    case RECORD_POOL_LIMITS:
    case RECORD_THREAD_PRIORITY:
    case RECORD_WORK_QUEUE:
    case RECORD_WORK_END:
    case RECORD_IO_ANNOUNCE:
    case RECORD_IO_WITHDRAW:
    case RECORD_IO_DRAIN:
    case RECORD_CALLBACK_END:
    case RECORD_OP_ISSUE:
    case RECORD_OP_PEND:
    case RECORD_DEVICE_END:
    case RECORD_PACKET_POST:
    case RECORD_PORT_BLOCK:
    case RECORD_PORT_UNBLOCK:
    case RECORD_PORT_CLOSE:
    case RECORD_PORT_RUNDOWN:
    case RECORD_HANDLE_ASSOCIATE:
    case RECORD_HANDLE_MODES:
    case RECORD_HANDLE_CLOSE:
    case RECORD_FAR_END:
    case RECORD_FRAME_BEGIN:
    case RECORD_FRAME_SUSPEND:
    case RECORD_FRAME_RESUME:
    case RECORD_FRAME_END:
    case RECORD_TASK_CREATE:
    case RECORD_TASK_COMPLETE:
    case RECORD_THREAD_SUSPEND:
    case RECORD_THREAD_RESUME:
    case RECORD_ITEM_ARRIVE:
    case RECORD_TIMER_SET:
    case RECORD_TIMER_FIRE:
    case RECORD_TIMER_STOP:
    case RECORD_WAIT_REGISTER:
    case RECORD_WAIT_END:
        return true;
    case RECORD_THREAD_CREATE: /* of no pool, or of one for its own affairs */
        return (at->record->absent & 4) != 0 ||
               at->record->type == THREAD_TYPE_GATE || at->record->type == THREAD_TYPE_TIMER || at->record->type == THREAD_TYPE_WAIT;
    case RECORD_TASK_AWAIT: /* of what is not complete */
        return !replay_object(at->replay, at->record->which)->signalled;
    case RECORD_APC_QUEUE: /* by a program */
        return at->thread != NULL;
    case RECORD_THREAD_RUN: /* with ideal processors */
        return at->record->cpu == 0;
    case RECORD_THREAD_READY: /* it comes; or gives way */
        return thread_is(at, REPLAY_RUNNING) ? earlier_of_thread(at, RECORD_THREAD_YIELD) != NULL : !waits_already(at);
    case RECORD_OBJECT_RESET: /* by the issue of an operation */
        return earlier_of_thread(at, RECORD_OP_ISSUE) != NULL;
    case RECORD_OBJECT_RELEASE: /* by the program */
        return thread_is(at, REPLAY_RUNNING);
    case RECORD_THREAD_EXIT:
    case RECORD_THREAD_PREEMPT:
    case RECORD_THREAD_YIELD:
    case RECORD_THREAD_BLOCK:
    case RECORD_THREAD_UNBLOCK:
    case RECORD_CALLBACK_BEGIN:
    case RECORD_OP_IMMEDIATE:
    case RECORD_OP_COMPLETE:
    case RECORD_OP_CANCEL:
    case RECORD_OP_VISIBLE:
    case RECORD_DEVICE_QUEUE:
    case RECORD_DEVICE_BEGIN:
    case RECORD_PACKET_SUPPRESS:
    case RECORD_PACKET_QUEUE:
    case RECORD_PACKET_RELEASE:
    case RECORD_PACKET_TAKE:
    case RECORD_PACKET_DROP:
    case RECORD_PORT_JOIN:
    case RECORD_PORT_LEAVE:
    case RECORD_PORT_WAIT:
    case RECORD_PORT_TIMEOUT:
    case RECORD_OBJECT_SET:
    case RECORD_OBJECT_PULSE:
    case RECORD_OBJECT_ACQUIRE:
    case RECORD_APC_RUN:
    case RECORD_WORK_TAKE:
    case RECORD_POOL_PARK:
    case RECORD_POOL_UNPARK:
    case RECORD_POOL_RETIRE:
    case RECORD_POOL_TARGET:
    case RECORD_GATE_ROUND:
    case RECORD_WAIT_FIRE:
    case RECORD_ITEM_END:
    case RECORD_TASK_RESUME:
        break;
    }
    return false;
}

/* Whether it is a pool's thread with a duty of its own, which waits to be woken, and runs no callback. */
static bool has_duty(const struct judged *at)
{
    return at->thread != NULL && at->thread->pool != REFERENCE_NONE && !at->thread->is_worker && at->thread->callbacks == 0;
}

/* Why a thread blocks. */
RULE(READ_LINE)
{
    return begins(at, WHY_READ_LINE) && !has_duty(at) && named(at) == 0 && (at->record->absent & 2) != 0;
}

RULE(SLEEP)
{
    return begins(at, WHY_SLEEP) && !has_duty(at) && named(at) == 0 && ((at->record->absent & 2) != 0 || at->record->amount > 0);
}

static bool is_on_tasks(const struct judged *at)
{
    return named(at) > 0 && reference_kind(at->batch->list[at->record->span.first]) == OBJECT_TASK;
}

/* Whether a worker has taken an operation that is pending, to serve it itself. */
static bool serves_operation(const struct judged *at)
{
    const struct record *taken = earlier_of_thread(at, RECORD_WORK_TAKE);
    const struct replay_op *op = taken == NULL || taken->op == 0 ? NULL : replay_op(at->replay, taken->op);

    return op != NULL && op->pending;
}

RULE(WAIT)
{
    return begins(at, WHY_WAIT) && (missing(at) > 0 || earlier_of_thread(at, RECORD_IO_DRAIN) != NULL || at->thread->interrupted != 0 ||
                                       (has_duty(at) && named(at) == 0)) &&
           !is_on_tasks(at) && earlier_of_thread(at, RECORD_OP_ISSUE) == NULL && !serves_operation(at);
}

RULE(BLOCK_ON)
{
    return begins(at, WHY_BLOCK_ON) && is_on_tasks(at) && missing(at) > 0;
}

RULE(LOCK)
{
    uint32_t kind = named(at) == 1 ? reference_kind(at->batch->list[at->record->span.first]) : OBJECT_UNKNOWN;

    return begins(at, WHY_LOCK) && (kind == OBJECT_MUTEX || kind == OBJECT_SEMAPHORE) && missing(at) == 1;
}

RULE(SYNCHRONOUS_IO)
{
    return begins(at, WHY_SYNCHRONOUS_IO) && named(at) == 1 &&
           reference_kind(at->batch->list[at->record->span.first]) == OBJECT_HANDLE &&
           (at->thread->interrupted != 0 || earlier_of_thread(at, RECORD_OP_ISSUE) != NULL || serves_operation(at));
}

RULE(SUSPENDED)
{
    return is(at, RECORD_THREAD_BLOCK) && (thread_is(at, REPLAY_RUNNING) || thread_is(at, REPLAY_READY)) &&
           named(at) == 0 && caused_in_step(at, RECORD_THREAD_SUSPEND) && at->cause->object == at->record->thread &&
           at->thread->suspensions == 1;
}

/* Whether the thread was suspended and is so no longer. */
static bool resumed(const struct judged *at)
{
    return is(at, RECORD_THREAD_UNBLOCK) && thread_is(at, REPLAY_BLOCKED) && at->thread->why == WHY_SUSPENDED &&
           caused_in_step(at, RECORD_THREAD_RESUME) && at->cause->object == at->record->thread &&
           at->thread->suspensions == 0;
}

/* Why a wait ends. */
/* Whether a pool wakes its thread that has a duty. */
static bool is_called(const struct judged *at)
{
    return is(at, RECORD_THREAD_UNBLOCK) && has_duty(at) && thread_is(at, REPLAY_BLOCKED) && at->cause != NULL &&
           at->cause->step_n == at->record->step_n;
}

RULE(SIGNALLED)
{
    return is_called(at) || judged_fires(at, false) || resumed(at) || (satisfied(at) && !acquired_abandoned(at));
}

/* Whether a get that was interrupted ends without a packet. */
static bool comes_back(const struct judged *at)
{
    return is(at, RECORD_PORT_TIMEOUT) && thread_is(at, REPLAY_READY) && at->thread->interrupted != 0;
}

RULE(TIMED_OUT)
{
    if (is(at, RECORD_WAIT_FIRE)) {
        return judged_fires(at, true);
    }
    if (is(at, RECORD_POOL_UNPARK)) {
        return thread_is(at, REPLAY_PARKED) && at->record->cause == at->thread->waiting && at->record->t > at->cause->t;
    }
    if (is(at, RECORD_PORT_TIMEOUT)) {
        return comes_back(at) ||
               (thread_is(at, REPLAY_PARKED) && at->record->cause == at->thread->waiting && at->record->t > at->cause->t);
    }
    return is(at, RECORD_THREAD_UNBLOCK) && at->thread->why != WHY_SUSPENDED && thread_is(at, REPLAY_BLOCKED) && at->record->t >= at->thread->deadline;
}

RULE(ABANDONED)
{
    if (is(at, RECORD_PORT_TIMEOUT)) {
        return (comes_back(at) && at->port->is_closed) ||
               (thread_is(at, REPLAY_PARKED) && caused_in_step(at, RECORD_PORT_CLOSE) &&
                at->cause->object == at->record->object && at->port->oldest == at->record->thread);
    }
    if (is(at, RECORD_OBJECT_RELEASE)) {
        return thread_is(at, REPLAY_ENDED) && replay_object(at->replay, at->record->object)->owner == at->record->thread;
    }
    return satisfied(at) && acquired_abandoned(at);
}

/* Whether a wait ends to run what is queued to its thread. */
static bool ends_for_apc(const struct judged *at)
{
    bool waits = thread_is(at, REPLAY_PARKED) || thread_is(at, REPLAY_BLOCKED);

    return (is(at, RECORD_PORT_TIMEOUT) || is(at, RECORD_THREAD_UNBLOCK)) && at->thread->apcs > 0 &&
           (acts(at) || (waits && caused_in_step(at, RECORD_APC_QUEUE) && at->cause->object == at->record->thread));
}

/* Whether a kernel APC takes the thread out of its wait: to suspend it, or to complete an operation. */
static bool ends_for_kernel_apc(const struct judged *at)
{
    bool is_wait = (is(at, RECORD_PORT_TIMEOUT) && thread_is(at, REPLAY_PARKED)) ||
                   (is(at, RECORD_THREAD_UNBLOCK) && thread_is(at, REPLAY_BLOCKED) && at->thread->why != WHY_SUSPENDED);

    bool waits_for_it = thread_is(at, REPLAY_BLOCKED) && at->thread->why == WHY_SYNCHRONOUS_IO && at->cause != NULL &&
                        at->cause->op == at->thread->issued;

    return is_wait && !waits_for_it &&
           (caused_in_step(at, RECORD_OP_COMPLETE) ||
            (caused_in_step(at, RECORD_THREAD_SUSPEND) && at->cause->object == at->record->thread));
}

RULE(APC)
{
    if (is(at, RECORD_PACKET_SUPPRESS)) {
        return has_ended(at) && !call_answers_error(at) && !waits_in_call(at);
    }
    return ends_for_apc(at) || ends_for_kernel_apc(at);
}

RULE(CANCELLED)
{
    return is(at, RECORD_OP_COMPLETE) && caused_in_step(at, RECORD_OP_CANCEL) && at->cause->op == at->record->op;
}

/* Why a parked thread gets a packet. */
RULE(NEWEST_WAITER)
{
    return handed_on(at) && !at->port->wakes_oldest;
}

RULE(POLICY)
{
    return handed_on(at) && at->port->wakes_oldest;
}

/* Whether the thread that has just given up its slot was suspended, and did not wait by itself. */
static bool slot_is_of_suspended(const struct judged *at)
{
    const struct record *freed = earlier_of_object(at, RECORD_PORT_BLOCK);

    return freed != NULL && replay_thread(at->replay, freed->thread)->why == WHY_SUSPENDED;
}

RULE(SLOT_FREED_BY_BLOCK)
{
    if (is(at, RECORD_POOL_UNPARK)) {
        return judged_gets_work(at) && (caused_in_step(at, RECORD_THREAD_BLOCK) || caused_in_step(at, RECORD_PORT_WAIT));
    }
    return slot_freed(at, RECORD_PORT_BLOCK, WHY_NONE) && !slot_is_of_suspended(at);
}

RULE(SLOT_FREED_BY_SUSPEND)
{
    return slot_freed(at, RECORD_PORT_BLOCK, WHY_NONE) && slot_is_of_suspended(at);
}

RULE(SLOT_FREED_BY_EXIT)
{
    if (is(at, RECORD_POOL_UNPARK)) {
        return judged_gets_work(at) && caused_in_step(at, RECORD_THREAD_EXIT);
    }
    return slot_freed(at, RECORD_PORT_LEAVE, WHY_EXIT);
}

RULE(SLOT_FREED_BY_LEAVE)
{
    return slot_freed(at, RECORD_PORT_LEAVE, WHY_OTHER_PORT);
}

/* What becomes of a packet, and of a get. */
RULE(BELOW_LIMIT)
{
    bool is_gate = at->thread != NULL && at->thread->type == THREAD_TYPE_GATE && at->thread->pool != REFERENCE_NONE;

    return is(at, RECORD_PACKET_TAKE) && acts(at) && !is_gate && at->thread->port == at->record->object &&
           at->port->first_op == at->record->op && below(at, active_without(at));
}

RULE(OVER_LIMIT)
{
    return is(at, RECORD_PACKET_QUEUE) && full(at, at->port->active);
}

RULE(NO_WAITER)
{
    return is(at, RECORD_PACKET_QUEUE) && below(at, at->port->active) && at->port->waiting == 0;
}

/* Whether a thread has left its wait at the port in this step, with others still waiting there. */
RULE(INSERTER_IN_WAIT)
{
    const struct record *left = earlier_of_object(at, RECORD_PORT_TIMEOUT);

    return is(at, RECORD_PACKET_QUEUE) && below(at, at->port->active) && at->port->waiting > 0 && left != NULL &&
           left->why == WHY_APC;
}

RULE(AT_LIMIT)
{
    if (is(at, RECORD_POOL_PARK)) {
        return thread_is(at, REPLAY_RUNNING) && replay_pool(at->replay, at->record->object)->queued > 0 &&
               !replay_pool(at->replay, at->record->object)->has_requests;
    }
    return is(at, RECORD_PORT_WAIT) && acts(at) && full(at, active_without(at));
}

RULE(QUEUE_EMPTY)
{
    return is(at, RECORD_PORT_WAIT) && acts(at) && at->port->depth == 0 &&
           below(at, active_without(at));
}

RULE(POLL_EMPTY)
{
    return is(at, RECORD_PORT_TIMEOUT) && thread_is(at, REPLAY_RUNNING) && at->port->depth == 0;
}

RULE(POLL_AT_LIMIT)
{
    return is(at, RECORD_PORT_TIMEOUT) && thread_is(at, REPLAY_RUNNING) && at->port->depth > 0 &&
           full(at, active_without(at));
}

/* Who belongs to a port. */
RULE(FIRST_GET)
{
    return is(at, RECORD_PORT_JOIN) && thread_is(at, REPLAY_RUNNING) && at->thread->port == REFERENCE_NONE;
}

RULE(OTHER_PORT)
{
    return is(at, RECORD_PORT_LEAVE) && thread_is(at, REPLAY_RUNNING) && at->thread->port == at->record->object &&
           earlier_of_object(at, RECORD_PORT_RUNDOWN) == NULL;
}

RULE(EXIT)
{
    return is(at, RECORD_PORT_LEAVE) && thread_is(at, REPLAY_ENDED) && caused_in_step(at, RECORD_THREAD_EXIT) &&
           at->cause->thread == at->record->thread && at->thread->port == at->record->object;
}

RULE(RUNDOWN)
{
    return is(at, RECORD_PORT_LEAVE) && caused_in_step(at, RECORD_PORT_RUNDOWN) &&
           at->cause->object == at->record->object && at->thread->port == at->record->object;
}

RULE(PORT_RUNDOWN)
{
    return is(at, RECORD_PACKET_DROP) && at->port != NULL && earlier_of_object(at, RECORD_PORT_RUNDOWN) != NULL &&
           at->port->first_op == at->record->op;
}

RULE(ENDED) /* of a pool only in its item, by the verb */
{
    return is(at, RECORD_THREAD_EXIT) && thread_is(at, REPLAY_RUNNING) &&
           (at->thread->pool == REFERENCE_NONE || at->thread->has_item);
}

RULE(YIELD)
{
    return (is(at, RECORD_THREAD_YIELD) && thread_is(at, REPLAY_RUNNING)) || gets_processor(at, WHY_YIELD);
}

/* Real processors. */
RULE(QUANTUM_END)
{
    return (is(at, RECORD_THREAD_PREEMPT) && thread_is(at, REPLAY_RUNNING) && at->cause != NULL &&
            at->cause->thread == at->record->thread) ||
           gets_processor(at, WHY_QUANTUM_END);
}

RULE(HIGHER_PRIORITY)
{
    return (is(at, RECORD_THREAD_PREEMPT) && thread_is(at, REPLAY_RUNNING) && at->cause != NULL &&
            at->cause->thread != at->record->thread) ||
           gets_processor(at, WHY_HIGHER_PRIORITY);
}

RULE(PROCESSOR_FREE)
{
    return gets_processor(at, WHY_PROCESSOR_FREE);
}

RULE(STARVED)
{
    return is(at, RECORD_THREAD_READY) && thread_is(at, REPLAY_READY) && waits_already(at);
}

/* Objects that are signalled and acquired. */
RULE(SIGNALLED_BY_OPERATION)
{
    return is(at, RECORD_OBJECT_SET) && at->thread == NULL &&
           caused_by_end(at) &&
           !available(at, at->record->object, REFERENCE_NONE) &&
           (reference_kind(at->record->object) == OBJECT_EVENT ||
            replay_file(at->replay, at->cause->object) == replay_file(at->replay, at->record->object));
}

RULE(PROGRAM)
{
    bool was = replay_object(at->replay, at->record->object)->signalled;

    return thread_is(at, REPLAY_RUNNING) && reference_kind(at->record->object) == OBJECT_EVENT &&
           ((is(at, RECORD_OBJECT_SET) && !was) || is(at, RECORD_OBJECT_PULSE) ||
            (is(at, RECORD_OBJECT_RESET) && was && earlier_of_thread(at, RECORD_OP_ISSUE) == NULL));
}

RULE(AT_ONCE)
{
    return is(at, RECORD_OBJECT_ACQUIRE) && acts(at) &&
           available(at, at->record->object, at->record->thread);
}

RULE(HANDED_OVER)
{
    if (is(at, RECORD_OBJECT_ACQUIRE) && at->thread == NULL) { /* for a pool that watches it */
        return available(at, at->record->object, REFERENCE_NONE) || pulsed(at, at->record->object);
    }
    return is(at, RECORD_OBJECT_ACQUIRE) && thread_is(at, REPLAY_BLOCKED) &&
           replay_waits_for(at->thread, at->record->object) > 0 &&
           (available(at, at->record->object, at->record->thread) || pulsed(at, at->record->object)) &&
           !longer_waiter_passed_over(at);
}

/* Whether the thread runs the oldest of what is queued to it. */
static bool runs_apc(const struct judged *at)
{
    return is(at, RECORD_APC_RUN) && thread_is(at, REPLAY_RUNNING) && at->thread->apcs > 0 &&
           caused_by(at, RECORD_APC_QUEUE) && at->cause->object == at->record->thread &&
           at->cause->procedure == at->record->procedure;
}

RULE(USER)
{
    if (is(at, RECORD_CALLBACK_BEGIN)) {
        return at->record->op == 0 && caused_by(at, RECORD_APC_RUN);
    }
    return runs_apc(at) && at->record->op == 0;
}

RULE(IO)
{
    if (is(at, RECORD_APC_QUEUE)) {
        return caused_by_end(at);
    }
    if (is(at, RECORD_CALLBACK_BEGIN)) {
        return at->record->op != 0 && caused_by(at, RECORD_APC_RUN);
    }
    return runs_apc(at) && at->record->op != 0;
}

/* Whether a record about something else may name the rule at all: predicates ask their object freely. */
static bool is_about(const struct record *record, enum record_why why)
{
    switch ((int)why) {
    case WHY_SERVER_FREE:
    case WHY_NO_SERVER_FREE:
        return record->object != REFERENCE_NONE && reference_kind(record->object) == OBJECT_DEVICE;
    case WHY_PROGRAM:
    case WHY_SIGNALLED_BY_OPERATION:
        return record->object != REFERENCE_NONE && (reference_kind(record->object) == OBJECT_EVENT ||
                                                    reference_kind(record->object) == OBJECT_HANDLE);
    case WHY_LOCK:
    case WHY_WAIT:
    case WHY_SYNCHRONOUS_IO:
    case WHY_SUSPENDED:
        return record->kind == RECORD_THREAD_BLOCK;
    default:
        return true;
    }
}

bool rule_holds(const struct past *past, const struct record *record, const struct record_batch *batch)
{
    static bool (*const holds[])(const struct judged *at) = {
#define WHY(id, name, facts, sentence) holds_##id,
#include "model/why.def"
#undef WHY
    };
    bool at_port = record->object != REFERENCE_NONE && reference_kind(record->object) == OBJECT_PORT;
    struct judged judged = {
        .past = past,
        .replay = past->replay,
        .record = record,
        .batch = batch,
        .thread = record->thread == REFERENCE_NONE ? NULL : replay_thread(past->replay, record->thread),
        .port = at_port ? replay_port(past->replay, record->object) : NULL,
        .cause = kept_find(&past->kept, record->cause),
    };

    if (record->kind == RECORD_CALLBACK_BEGIN) {
        /* Why this thread runs it: the rule by which it got the packet or the APC. */
        return judged.cause != NULL && judged.cause->why == record->why && record->why != WHY_NONE;
    }
    return is_about(record, (enum record_why)record->why) && holds[record->why](&judged);
}
