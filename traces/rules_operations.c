/* SPDX-License-Identifier: Apache-2.0 */
/* The predicates of the rules by which devices serve operations, and by which operations end, become visible and leave
 * packets. */
#include "model/verb.h"
#include "traces/judged.h"

#define RULE(id) bool holds_##id(const struct judged *at)

/* Devices and operations. */
RULE(SERVER_FREE)
{
    const struct replay_object *device = replay_object(at->replay, at->record->object);
    bool has_room = device->limit == 0 || device->busy < device->limit;

    return is(at, RECORD_DEVICE_BEGIN) && has_room && (caused_by(at, RECORD_DEVICE_END) || device->first_op == 0);
}

RULE(NO_SERVER_FREE)
{
    const struct replay_object *device = replay_object(at->replay, at->record->object);

    return is(at, RECORD_DEVICE_QUEUE) && (device->limit == 0 || device->busy >= device->limit);
}

/* Whether the call of the operation answers it, with success, a warning or an error. */
static bool answers(const struct judged *at, bool ok, bool error)
{
    return is(at, RECORD_OP_IMMEDIATE) && caused_by(at, RECORD_OP_ISSUE) && at->cause->op == at->record->op &&
           (at->record->ok != 0) == ok && (win32_error_is_error(at->record->error) != 0) == error;
}

RULE(SERVED_IN_CALL)
{
    return answers(at, true, false);
}

RULE(CACHED)
{
    return answers(at, true, false) && at->cause->verb == VERB_read;
}

RULE(BUFFERED)
{
    reference bound = is(at, RECORD_OP_IMMEDIATE) ? replay_file(at->replay, at->record->object)->port : REFERENCE_NONE;

    return answers(at, true, false) && at->cause->verb == VERB_read && bound != REFERENCE_NONE &&
           reference_kind(bound) == OBJECT_POOL;
}

RULE(EXTENDING_WRITE)
{
    return answers(at, true, false) && at->cause->verb == VERB_write;
}

RULE(WARNING)
{
    return answers(at, false, false);
}

RULE(IMMEDIATE_ERROR)
{
    return answers(at, false, true) || (is(at, RECORD_PACKET_SUPPRESS) && call_answers_error(at));
}

RULE(SKIP_ON_SUCCESS)
{
    const struct record *end = earlier_of_op(at, RECORD_OP_IMMEDIATE);

    return is(at, RECORD_PACKET_SUPPRESS) && end != NULL && end->ok != 0;
}

/* Whether a pending operation ends now. */
static bool ends(const struct judged *at)
{
    const struct replay_op *op = is(at, RECORD_OP_COMPLETE) ? replay_op(at->replay, at->record->op) : NULL;

    return op != NULL && op->pending;
}

/* Whether it ends by itself: its device has done it, or, without one, its time has passed. */
static bool ends_by_device(const struct judged *at)
{
    return ends(at) && (caused_in_step(at, RECORD_DEVICE_END) || caused_by(at, RECORD_OP_ISSUE) || caused_by(at, RECORD_WORK_TAKE)) &&
           at->cause->op == at->record->op;
}

/* Whether the far end has done what it waited for, before its device's time where it has one. */
static bool ends_by_far_end(const struct judged *at)
{
    return ends(at) && (ends_by_device(at) || caused_in_step(at, RECORD_FAR_END) ||
                        caused_in_step(at, RECORD_HANDLE_CLOSE) || caused_in_step(at, RECORD_OP_ISSUE) ||
                        caused_by_end(at));
}

RULE(DEVICE_DONE)
{
    return ends_by_device(at) && at->record->ok != 0;
}

RULE(END_OF_FILE)
{
    return ends_by_device(at) && at->record->error == WIN32_ERROR_HANDLE_EOF && at->record->bytes == 0;
}

RULE(FAULT)
{
    return ends_by_device(at) && at->record->ok == 0;
}

RULE(DATA_ARRIVED)
{
    return ends_by_far_end(at) && win32_error_is_error(at->record->error) == 0 &&
           !(caused_by(at, RECORD_FAR_END) && (at->cause->verb == VERB_hang_up || at->cause->verb == VERB_abort));
}

/* Whether the other end, not this one, may be what ended it: by its own verb, by a close, or earlier. */
static bool other_end_did(const struct judged *at, enum verb verb)
{
    return ends_by_far_end(at) && at->record->bytes == 0 && (!caused_by(at, RECORD_FAR_END) || at->cause->verb == verb) &&
           (!caused_by(at, RECORD_HANDLE_CLOSE) ||
            replay_file(at->replay, at->cause->object) != replay_file(at->replay, at->record->object));
}

RULE(HANG_UP)
{
    enum win32_error error = (enum win32_error)at->record->error;

    return other_end_did(at, VERB_hang_up) &&
           (error == WIN32_ERROR_SUCCESS || error == WIN32_ERROR_BROKEN_PIPE || error == WIN32_ERROR_NO_DATA);
}

RULE(RESET)
{
    enum win32_error error = (enum win32_error)at->record->error;

    return other_end_did(at, VERB_abort) &&
           (error == WIN32_ERROR_BROKEN_PIPE || error == WIN32_WSAECONNRESET || error == WIN32_ERROR_NETNAME_DELETED ||
            error == WIN32_ERROR_CONNECTION_REFUSED);
}

RULE(CLOSED)
{
    return ends(at) && caused_in_step(at, RECORD_HANDLE_CLOSE) && at->cause->ok != 0 && at->record->ok == 0 &&
           replay_file(at->replay, at->cause->object) == replay_file(at->replay, at->record->object);
}

RULE(THREAD_EXIT)
{
    return ends(at) && caused_in_step(at, RECORD_THREAD_EXIT) && at->cause->why != WHY_PROCESS_EXIT &&
           at->record->error == WIN32_ERROR_OPERATION_ABORTED;
}

/* A thread ends with its process, by its own verb or another's; with it its operations, and packets that it has been
 * given and not handled. */
RULE(PROCESS_EXIT)
{
    const struct record *exit;

    if (is(at, RECORD_THREAD_EXIT)) {
        return at->thread->state != REPLAY_UNBORN && at->thread->state != REPLAY_ENDED && at->cause != NULL &&
               (thread_is(at, REPLAY_RUNNING) || at->cause->thread != at->record->thread);
    }
    if (is(at, RECORD_OP_COMPLETE)) {
        bool by_thread = caused_in_step(at, RECORD_THREAD_EXIT) && at->cause->why == WHY_PROCESS_EXIT;
        bool by_verb = caused_by(at, RECORD_THREAD_RUN) || caused_by(at, RECORD_PACKET_RELEASE) ||
                       caused_by(at, RECORD_PACKET_TAKE) || caused_by(at, RECORD_CALLBACK_BEGIN) ||
                       caused_by(at, RECORD_CALLBACK_END);
        return ends(at) && (by_thread || by_verb) && at->record->error == WIN32_ERROR_OPERATION_ABORTED;
    }
    exit = past_in_step(at->past, at->record, (struct past_like){RECORD_THREAD_EXIT, REFERENCE_NONE, REFERENCE_NONE, 0});
    return is(at, RECORD_PACKET_DROP) && exit != NULL && exit->why == WHY_PROCESS_EXIT &&
           earlier_of_object(at, RECORD_PORT_RUNDOWN) == NULL;
}

RULE(MARKED)
{
    const struct replay_op *op = is(at, RECORD_OP_CANCEL) ? replay_op(at->replay, at->record->op) : NULL;

    return op != NULL && op->pending && thread_is(at, REPLAY_RUNNING);
}

/* Whether the record just before, in the same step, is about the same operation and of this kind. */
static bool follows(const struct judged *at, enum record_kind kind)
{
    const struct record *before = earlier_of_op(at, kind);

    return before != NULL && before->n + 1 == at->record->n;
}

RULE(AT_COMPLETION)
{
    return is(at, RECORD_OP_VISIBLE) && has_ended(at) && !follows(at, RECORD_PACKET_RELEASE) &&
           !follows(at, RECORD_PACKET_TAKE) && !follows(at, RECORD_WORK_TAKE);
}

RULE(AT_DEQUEUE)
{
    return is(at, RECORD_OP_VISIBLE) && (follows(at, RECORD_PACKET_RELEASE) || follows(at, RECORD_PACKET_TAKE) || follows(at, RECORD_WORK_TAKE));
}

/* Whether the issuer is, or was just now, in the call that waits for the operation. */
static bool ends_in_call(const struct judged *at)
{
    return is(at, RECORD_PACKET_SUPPRESS) && !call_answers_error(at) &&
           (waits_in_call(at) || earlier_of_op(at, RECORD_OP_IMMEDIATE) != NULL);
}

RULE(EVENT_LOW_BIT)
{
    return is(at, RECORD_PACKET_SUPPRESS) && has_ended(at);
}

RULE(NO_PORT)
{
    return is(at, RECORD_PACKET_SUPPRESS) && has_ended(at) && !call_answers_error(at) && !waits_in_call(at) &&
           replay_file(at->replay, at->record->object)->port == REFERENCE_NONE;
}

RULE(NO_OVERLAPPED)
{
    return ends_in_call(at);
}

RULE(SYNCHRONOUS)
{
    return ends_in_call(at);
}
