/* SPDX-License-Identifier: Apache-2.0 */
/* A record under judgement, and what the predicates of rules.c ask of it: what else its step told of the same
 * thing, what caused it, and how threads and objects stood just before. */
#ifndef TRACES_JUDGED_H
#define TRACES_JUDGED_H

#include "traces/rules.h"

/* A record that is judged, with what its predicate asks for most. */
struct judged {
    const struct past *past;
    const struct replay *replay;
    const struct record *record;
    const struct record_batch *batch;
    const struct replay_thread *thread; /* NULL: the record has none */
    const struct replay_port *port;     /* NULL: its object is no port */
    const struct record *cause;         /* NULL: none */
};

static inline bool is(const struct judged *at, enum record_kind kind)
{
    return at->record->kind == kind;
}

/* The latest record of this kind in the step, of the same thread, object or operation. */
static inline const struct record *earlier_of_thread(const struct judged *at, enum record_kind kind)
{
    return past_in_step(at->past, at->record, (struct past_like){kind, at->record->thread, REFERENCE_NONE, 0});
}

static inline const struct record *earlier_of_object(const struct judged *at, enum record_kind kind)
{
    return past_in_step(at->past, at->record, (struct past_like){kind, REFERENCE_NONE, at->record->object, 0});
}

static inline const struct record *earlier_of_op(const struct judged *at, enum record_kind kind)
{
    return past_in_step(at->past, at->record, (struct past_like){kind, REFERENCE_NONE, REFERENCE_NONE, at->record->op});
}

static inline bool caused_by(const struct judged *at, enum record_kind kind)
{
    return at->cause != NULL && at->cause->kind == kind;
}

static inline bool caused_in_step(const struct judged *at, enum record_kind kind)
{
    return caused_by(at, kind) && at->cause->step_n == at->record->step_n;
}

/* Whether the cause is the end of an operation in this step, by itself or in its call. */
static inline bool caused_by_end(const struct judged *at)
{
    return caused_in_step(at, RECORD_OP_COMPLETE) || caused_in_step(at, RECORD_OP_IMMEDIATE);
}

static inline bool thread_is(const struct judged *at, enum replay_thread_state state)
{
    return at->thread != NULL && at->thread->state == state;
}

/* Whether the thread is in a verb: it runs, or it goes on with a wait out of which a kernel APC took it. */
static inline bool acts(const struct judged *at)
{
    return thread_is(at, REPLAY_RUNNING) || (thread_is(at, REPLAY_READY) && at->thread->interrupted != 0);
}

/* Whether a wait of this kind begins, or goes on. */
static inline bool begins(const struct judged *at, enum record_why why)
{
    return is(at, RECORD_THREAD_BLOCK) && acts(at) && !caused_in_step(at, RECORD_THREAD_SUSPEND) &&
           (thread_is(at, REPLAY_RUNNING) || at->thread->interrupted_why == why);
}

/* How many threads are active without the one that asks: its decrement of fact IOCP-35 has no record. One that
 * has joined within this step was not counted; one that took already within it is counted once. */
static inline uint32_t active_without(const struct judged *at)
{
    bool joined = earlier_of_thread(at, RECORD_PORT_JOIN) != NULL;
    bool took = earlier_of_thread(at, RECORD_PACKET_TAKE) != NULL;

    return at->port->active - (joined && !took ? 0 : 1);
}

static inline bool below(const struct judged *at, uint32_t active)
{
    return at->port->limit == 0 || active < at->port->limit;
}

static inline bool full(const struct judged *at, uint32_t active)
{
    return at->port->limit == 0 || active >= at->port->limit;
}

/* Whether a thread that asks for the object would get it now. */
static inline bool available(const struct judged *at, reference object, reference thread)
{
    const struct replay_object *state = replay_object(at->replay, object);

    switch (reference_kind(object)) {
    case OBJECT_THREAD:
        return replay_thread(at->replay, object)->state == REPLAY_ENDED;
    case OBJECT_PORT:
        return replay_port(at->replay, object)->depth > 0 || replay_port(at->replay, object)->is_closed;
    case OBJECT_MUTEX:
        return state->owner == REFERENCE_NONE || state->owner == thread;
    case OBJECT_SEMAPHORE:
        return state->available > 0;
    case OBJECT_HANDLE:
        return replay_file(at->replay, object)->signalled;
    default:
        return state != NULL && state->signalled;
    }
}

/* Whether the event is being pulsed, and nobody has taken the pulse yet. */
static inline bool pulsed(const struct judged *at, reference object)
{
    struct past_like pulse = {RECORD_OBJECT_PULSE, REFERENCE_NONE, object, 0};
    struct past_like taken = {RECORD_OBJECT_ACQUIRE, REFERENCE_NONE, object, 0};

    return past_in_step(at->past, at->record, pulse) != NULL && past_in_step(at->past, at->record, taken) == NULL;
}

/* Of the objects that a thread-block names, those that are not available. */
static inline uint32_t missing(const struct judged *at)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < at->record->span.length && (at->record->absent & 1) == 0; i++) {
        count += !available(at, at->batch->list[at->record->span.first + i], at->record->thread);
    }
    return count;
}

static inline uint32_t named(const struct judged *at)
{
    return (at->record->absent & 1) != 0 ? 0 : at->record->span.length;
}

/* One predicate for each rule. */
#define WHY(id, name, facts, sentence) bool holds_##id(const struct judged *at);
#include "model/why.def"
#undef WHY

/* Whether a pool's work goes to its newest idle thread (rules_pools.c). */
bool judged_gets_work(const struct judged *at);

/* Whether a registered wait is over for this time, because it has taken too long or because its object is signalled
 * (rules_pools.c). */
bool judged_fires(const struct judged *at, bool timed_out);

/* Whether the operation has ended in this step. */
static inline bool has_ended(const struct judged *at)
{
    return earlier_of_op(at, RECORD_OP_COMPLETE) != NULL || earlier_of_op(at, RECORD_OP_IMMEDIATE) != NULL;
}

/* Whether the call of the operation has just answered with an error: nothing else decides then. */
static inline bool call_answers_error(const struct judged *at)
{
    const struct record *end = earlier_of_op(at, RECORD_OP_IMMEDIATE);

    return end != NULL && win32_error_is_error(end->error) != 0;
}

/* Whether a thread waits in its call for the end of this operation, and not only for the call's answer. */
static inline bool waits_in_call(const struct judged *at)
{
    if (earlier_of_op(at, RECORD_OP_COMPLETE) == NULL) {
        return false;
    }
    for (uint32_t slot = 0; slot < replay_count(at->replay, OBJECT_THREAD); slot++) {
        const struct replay_thread *thread = replay_thread(at->replay, reference_make(OBJECT_THREAD, slot));
        bool is_suspended = thread->why == WHY_SUSPENDED && thread->interrupted != 0;
        uint8_t why = is_suspended ? thread->interrupted_why : thread->why;
        bool is_in_wait = thread->state == REPLAY_BLOCKED || thread->state == REPLAY_ENDED; /* it ended in its wait */
        if (is_in_wait && why == WHY_SYNCHRONOUS_IO && thread->issued == at->record->op) {
            return true;
        }
    }
    return false;
}

#endif
