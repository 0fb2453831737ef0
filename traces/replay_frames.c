/* SPDX-License-Identifier: Apache-2.0 */
/* Callbacks, asynchronous frames and tasks in the replayed state. */
#include <stdlib.h>

#include "traces/replay_places.h"

/* Callbacks that an ending thread leaves unfinished are over without a record. */
void frames_end_callbacks(struct replay *replay, struct replay_thread *thread)
{
    for (; thread->callbacks > 0; thread->callbacks--) {
        struct replay_procedure *procedure =
            places_procedure(replay, thread->callback[thread->callbacks - 1].procedure);
        if (procedure != NULL) {
            procedure->running--;
        }
    }
}

/* Puts a callback, or an asynchronous frame, inside those that the thread is running. */
static bool push_callback(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    if (thread->callbacks == thread->callback_room) {
        uint32_t room = thread->callback_room == 0 ? 2 : thread->callback_room * 2;
        struct replay_callback *grown = realloc(thread->callback, room * sizeof *grown);
        if (grown == NULL) {
            replay->failed = true;
            return false;
        }
        thread->callback = grown;
        thread->callback_room = room;
    }
    thread->callback[thread->callbacks++] = (struct replay_callback){
        .op = record->op, .frame = record->frame, .begun = record->t, .procedure = record->procedure,
        .item = record->item, .is_callback = record->kind == RECORD_CALLBACK_BEGIN};
    return true;
}

void frames_see_callback(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    struct replay_procedure *procedure;

    if (replay->counts_only && replay->cast->declared[OBJECT_LOAD] == 0) { /* items run in callbacks */
        thread->callbacks_run += record->kind == RECORD_CALLBACK_BEGIN;
        return;
    }
    procedure = places_procedure(replay, record->procedure);
    if (procedure == NULL) {
        return;
    }
    if (record->kind == RECORD_CALLBACK_BEGIN) {
        if (push_callback(replay, record, thread)) {
            procedure->calls++;
            procedure->running++;
            thread->callbacks_run++;
        }
    } else if (thread->callbacks > 0) {
        thread->callbacks--;
        procedure->running -= !thread->callback[thread->callbacks].is_unfinished;
    }
}

/* Which thread will complete the task of an asynchronous frame, as long as the frame lies on one. */
static void note_completer(struct replay *replay, const struct record *record)
{
    struct replay_object *task = (record->absent & 1) != 0 ? NULL : places_object(replay, record->which);

    if (task != NULL) {
        task->owner = record->kind == RECORD_FRAME_BEGIN || record->kind == RECORD_FRAME_RESUME ? record->thread
                                                                                                : REFERENCE_NONE;
    }
}

/* An asynchronous frame comes to the thread or leaves it. Where it is that of a callback, the callback's own records
 * count it: they stand around these. */
void frames_see(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    struct replay_procedure *procedure = places_procedure(replay, record->procedure);
    struct replay_callback *top = thread->callbacks == 0 ? NULL : &thread->callback[thread->callbacks - 1];
    bool is_top = top != NULL && top->frame == record->frame;

    if (procedure == NULL) {
        return;
    }
    note_completer(replay, record);
    switch ((int)record->kind) {
    case RECORD_FRAME_BEGIN:
        if (!is_top && push_callback(replay, record, thread)) {
            procedure->calls++;
            procedure->running++;
        }
        break;
    case RECORD_FRAME_RESUME:
        (void)push_callback(replay, record, thread);
        break;
    case RECORD_FRAME_SUSPEND:
        if (is_top && top->is_callback) {
            top->is_unfinished = true;
        } else if (is_top) {
            thread->callbacks--;
        }
        break;
    case RECORD_FRAME_END:
        if (is_top && !top->is_callback) {
            thread->callbacks--;
            procedure->running--;
        }
        break;
    default:
        break;
    }
}

/* A task comes into being, or is complete: it is an object that is signalled once. */
void frames_see_task(struct replay *replay, const struct record *record)
{
    struct replay_object *task = places_object(replay, record->which);

    if (task != NULL && record->kind == RECORD_TASK_COMPLETE) {
        task->signalled = true;
    }
}
