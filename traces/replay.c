/* SPDX-License-Identifier: Apache-2.0 */
/* The fold: what each record changes. replay_places.c keeps the state. */
#include "traces/replay_places.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/whole.h"

/* Processors that work: each thread's own, or as many as there are to share. */
static uint64_t busy_processors(const struct replay *replay)
{
    bool is_bounded = replay->cast->processors_are_shared && replay->busy > replay->cast->processors;

    return is_bounded ? replay->cast->processors : replay->busy;
}

/* What shared processors have worked since it was last summed up. */
static sim_span shared_time(const struct replay *replay)
{
    return (replay->now - replay->shared_since) * busy_processors(replay);
}

/* Puts an op behind those that are queued at a port or device. */
static void append_op(struct replay *replay, uint64_t number, uint64_t *first, uint64_t *last)
{
    struct replay_op *op = replay->counts_only ? NULL : places_op(replay, number);

    if (op == NULL) {
        return;
    }
    op->next = 0;
    op->previous = *last;
    op->is_queued = true;
    if (*last == 0) {
        *first = number;
    } else {
        places_find_op(replay, *last)->next = number;
    }
    *last = number;
}

/* Takes an op from a queue, where it stands there: from its head, unless it is cancelled or overtaken. */
static void remove_op(struct replay *replay, uint64_t number, uint64_t *first, uint64_t *last)
{
    struct replay_op *op = *first == 0 ? NULL : places_find_op(replay, number); /* nothing is queued of counts only */

    if (op == NULL || !op->is_queued) {
        return;
    }
    op->is_queued = false;
    if (op->previous == 0) {
        *first = op->next;
    } else {
        places_find_op(replay, op->previous)->next = op->next;
    }
    if (op->next == 0) {
        *last = op->previous;
    } else {
        places_find_op(replay, op->next)->previous = op->previous;
    }
}

/* A thread changes its state; how long it was in the last one is added up. */
static void change(struct replay *replay, struct replay_thread *thread, enum replay_thread_state state)
{
    bool counts = thread->type != THREAD_TYPE_REMOTE;
    sim_span span = replay->now - thread->since;

    if (replay->cast->processors_are_shared) {
        replay->cpu_time += shared_time(replay);
        replay->shared_since = replay->now;
    } else if (thread->state == REPLAY_RUNNING && counts) {
        replay->cpu_time += span;
    }
    thread->in_state[thread->state] += span;
    replay->busy += counts ? (uint64_t)(state == REPLAY_RUNNING) - (thread->state == REPLAY_RUNNING) : 0;
    replay->ready += (uint64_t)(state == REPLAY_READY) - (thread->state == REPLAY_READY);
    replay->alive -= state == REPLAY_ENDED && thread->state != REPLAY_UNBORN;
    thread->since = replay->now;
    thread->state = (uint8_t)state;
}

/* Takes a thread out of the list of those that are parked where it is, if it is in one. */
static void unpark(struct replay *replay, reference self)
{
    struct replay_thread *thread = places_thread(replay, self);
    struct replay_port *port;

    if (thread->parked_at == REFERENCE_NONE) {
        return;
    }
    if (reference_kind(thread->parked_at) == OBJECT_POOL) {
        pools_unpark(replay, self);
        return;
    }
    port = places_port(replay, thread->parked_at);
    if (port == NULL) {
        return;
    }
    if (thread->parked_previous != REFERENCE_NONE) {
        places_thread(replay, thread->parked_previous)->parked_next = thread->parked_next;
    } else {
        port->oldest = thread->parked_next;
    }
    if (thread->parked_next != REFERENCE_NONE) {
        places_thread(replay, thread->parked_next)->parked_previous = thread->parked_previous;
    } else {
        port->newest = thread->parked_previous;
    }
    thread->parked_previous = REFERENCE_NONE;
    thread->parked_next = REFERENCE_NONE;
    thread->parked_at = REFERENCE_NONE;
    port->waiting--;
}

/* Where a wait that begins stands among all: behind them, unless it goes on with one that a kernel APC interrupted,
 * which its cause then is. */
static uint64_t order_of(const struct replay_thread *thread, const struct record *record)
{
    bool goes_on = thread->interrupted != 0 && record->cause == thread->interrupted;

    return goes_on ? thread->wait_order : record->n;
}

/* Parks a thread behind those whose wait is older; no trace, however broken, brings it into a list twice. */
static void park(struct replay *replay, const struct record *record)
{
    reference self = record->thread;
    struct replay_thread *thread = places_thread(replay, self);
    struct replay_port *port;
    reference before;

    unpark(replay, self);
    port = places_port(replay, record->object);
    before = port->newest;
    thread->wait_order = order_of(thread, record);
    thread->interrupted = 0;
    while (before != REFERENCE_NONE && places_thread(replay, before)->wait_order > thread->wait_order) {
        before = places_thread(replay, before)->parked_previous;
    }
    thread->parked_at = record->object;
    thread->parked_previous = before;
    thread->parked_next = before == REFERENCE_NONE ? port->oldest : places_thread(replay, before)->parked_next;
    *(before != REFERENCE_NONE ? &places_thread(replay, before)->parked_next : &port->oldest) = self;
    *(thread->parked_next != REFERENCE_NONE ? &places_thread(replay, thread->parked_next)->parked_previous
                                             : &port->newest) = self;
    port->waiting++;
}

/* Takes a thread out of the list of those that wait, if it is in it. */
static void unblock(struct replay *replay, reference self)
{
    struct replay_thread *thread = places_thread(replay, self);

    if (!thread->waits) {
        return;
    }
    if (thread->blocked_previous != REFERENCE_NONE) {
        places_thread(replay, thread->blocked_previous)->blocked_next = thread->blocked_next;
    } else {
        replay->blocked_first = thread->blocked_next;
    }
    if (thread->blocked_next != REFERENCE_NONE) {
        places_thread(replay, thread->blocked_next)->blocked_previous = thread->blocked_previous;
    } else {
        replay->blocked_last = thread->blocked_previous;
    }
    thread->on_count = 0;
    thread->waits = false;
}

/* Enters a thread among those that wait, behind those whose wait is older. */
static void enter_blocked(struct replay *replay, const struct record *record)
{
    reference self = record->thread;
    struct replay_thread *thread = places_thread(replay, self);
    reference before = replay->blocked_last;

    if (record->why == WHY_SUSPENDED) {
        thread->order = record->n;
    } else {
        thread->order = thread->wait_order = order_of(thread, record);
        thread->interrupted = 0;
    }
    while (before != REFERENCE_NONE && places_thread(replay, before)->order > thread->order) {
        before = places_thread(replay, before)->blocked_previous;
    }
    thread->blocked_previous = before;
    thread->blocked_next =
        before == REFERENCE_NONE ? replay->blocked_first : places_thread(replay, before)->blocked_next;
    *(before != REFERENCE_NONE ? &places_thread(replay, before)->blocked_next : &replay->blocked_first) = self;
    *(thread->blocked_next != REFERENCE_NONE ? &places_thread(replay, thread->blocked_next)->blocked_previous
                                              : &replay->blocked_last) = self;
    thread->waits = true;
}

/* The thread waits for what its record names. */
static void block(struct replay *replay, const struct record *record, const struct record_batch *batch)
{
    struct replay_thread *thread = places_thread(replay, record->thread);
    uint32_t count = (record->absent & 1) != 0 ? 0 : record->span.length;

    unblock(replay, record->thread);
    if (count > thread->on_room) {
        reference *grown = realloc(thread->on, count * sizeof *grown);
        if (grown == NULL) {
            replay->failed = true;
            return;
        }
        thread->on = grown;
        thread->on_room = count;
    }
    if (count > 0) {
        memcpy(thread->on, batch->list + record->span.first, count * sizeof *thread->on);
    }
    thread->on_count = count;
    thread->why = record->why;
    thread->waiting = record->n;
    if ((record->absent & 2) != 0 || !sim_time_add(record->t, record->amount, &thread->deadline)) {
        thread->deadline = SIM_NEVER;
    }
    enter_blocked(replay, record);
    change(replay, thread, REPLAY_BLOCKED);
}

/* Notes that a thread was given an op in this step. */
static void note_taken(struct replay *replay, struct replay_thread *thread, const struct record *record)
{
    if (replay->counts_only) {
        return;
    }
    if (thread->step_n != record->step_n) {
        thread->step_n = record->step_n;
        thread->taken_first = replay->taken_count;
        thread->taken_count = 0;
    }
    if (replay->taken_count == replay->taken_room) {
        uint32_t room = replay->taken_room == 0 ? 64 : replay->taken_room * 2;
        uint64_t *grown;
        if (room > 4096) {
            /* Older batches are over: only this step's are kept. */
            memmove(replay->taken, replay->taken + thread->taken_first,
                    thread->taken_count * sizeof *replay->taken);
            replay->taken_count = thread->taken_count;
            thread->taken_first = 0;
        } else {
            grown = realloc(replay->taken, room * sizeof *grown);
            if (grown == NULL) {
                replay->failed = true;
                return;
            }
            replay->taken = grown;
            replay->taken_room = room;
        }
    }
    replay->taken[replay->taken_count++] = record->op;
    thread->taken_count++;
}

/* An APC may have taken the thread out of its wait for a moment only. */
static void note_interruption(struct replay_thread *thread, const struct record *record)
{
    if (record->why == WHY_APC) {
        thread->interrupted = thread->waiting;
        thread->interrupted_why = thread->why;
    }
}

static bool is_pending(struct replay *replay, uint64_t number)
{
    const struct replay_op *op = replay->counts_only ? NULL : places_find_op(replay, number);

    return op != NULL && op->pending;
}

/* Records about a thread's own state. */
static void see_thread(struct replay *replay, const struct record *record, const struct record_batch *batch,
                       struct replay_thread *thread)
{
    switch ((int)record->kind) {
    case RECORD_THREAD_CREATE:
        thread->type = record->type;
        thread->background = record->ok != 0;
        thread->born = record->t;
        thread->since = record->t;
        thread->born_for = record->item;
        replay->alive++;
        pools_join(replay, record, thread);
        change(replay, thread, REPLAY_READY);
        break;
    case RECORD_POOL_PARK:
        thread->handed_back = record->why == WHY_OVER_TARGET ? record->n : thread->handed_back;
        thread->waiting = record->n;
        unpark(replay, record->thread);
        change(replay, thread, REPLAY_PARKED);
        pools_park(replay, record->object, record->thread);
        break;
    case RECORD_POOL_RETIRE:
        if (thread->is_completion) { /* it waits for its own operations */
            break;
        }
        thread->waiting = record->n;
        unpark(replay, record->thread);
        change(replay, thread, REPLAY_PARKED);
        thread->is_retired = true;
        break;
    case RECORD_POOL_UNPARK:
        if (thread->is_completion) {
            break;
        }
        unpark(replay, record->thread);
        thread->was_retired = thread->is_retired;
        thread->is_retired = false;
        change(replay, thread, REPLAY_READY);
        break;
    case RECORD_THREAD_RUN:
        thread->switches++;
        replay->switches++;
        thread->interrupted = 0;
        change(replay, thread, REPLAY_RUNNING);
        break;
    case RECORD_THREAD_BLOCK:
        thread->handed_back = record->why == WHY_BLOCK_ON ? record->n : thread->handed_back;
        block(replay, record, batch);
        break;
    case RECORD_THREAD_UNBLOCK:
        unblock(replay, record->thread);
        note_interruption(thread, record);
        change(replay, thread, REPLAY_READY);
        break;
    case RECORD_THREAD_READY:
    case RECORD_THREAD_PREEMPT:
        change(replay, thread, REPLAY_READY);
        break;
    case RECORD_THREAD_EXIT:
        thread->handed_back = record->n;
        frames_end_callbacks(replay, thread);
        thread->why = thread->state == REPLAY_BLOCKED ? thread->why : (uint8_t)WHY_NONE;
        unblock(replay, record->thread);
        unpark(replay, record->thread);
        pools_leave(replay, thread);
        thread->apcs = 0;
        thread->suspensions = 0;
        change(replay, thread, REPLAY_ENDED);
        if (replay->counts_only && reference_slot(record->thread) >= replay->cast->declared[OBJECT_THREAD]) {
            replay->ended = record->thread;
            replay->ended_in = record->step_n;
        }
        break;
    case RECORD_OP_ISSUE:
        thread->issued = record->op;
        break;
    case RECORD_WORK_TAKE: /* it may serve the operation itself */
        thread->issued = record->op != 0 && is_pending(replay, record->op) ? record->op : thread->issued;
        break;
    case RECORD_APC_RUN:
        thread->apcs--;
        break;
    default:
        break;
    }
}

/* A record about a thread that another one, or none, has caused. */
static void see_target(struct replay *replay, const struct record *record)
{
    struct replay_thread *target = places_thread(replay, record->object);

    if (target == NULL) {
        return;
    }
    if (record->kind == RECORD_APC_QUEUE) {
        target->apcs++;
    } else if (record->kind == RECORD_THREAD_SUSPEND || record->kind == RECORD_THREAD_RESUME) {
        target->suspensions = record->count;
    }
}

/* Records of a thread at a port. */
static void see_port(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    struct replay_port *port = places_port(replay, record->object);

    if (port == NULL) {
        return;
    }
    port->active = record->active;
    port->depth = record->depth;
    switch ((int)record->kind) {
    case RECORD_PORT_JOIN:
        thread->port = record->object;
        break;
    case RECORD_PORT_LEAVE:
        thread->port = REFERENCE_NONE;
        break;
    case RECORD_PORT_WAIT:
        thread->waiting = record->n;
        change(replay, thread, REPLAY_PARKED);
        park(replay, record);
        break;
    case RECORD_PACKET_QUEUE:
        append_op(replay, record->op, &port->first_op, &port->last_op);
        break;
    case RECORD_PACKET_DROP:
        remove_op(replay, record->op, &port->first_op, &port->last_op);
        break;
    case RECORD_PACKET_RELEASE:
        remove_op(replay, record->op, &port->first_op, &port->last_op);
        unpark(replay, record->thread);
        change(replay, thread, REPLAY_READY);
        note_taken(replay, thread, record);
        break;
    case RECORD_PACKET_TAKE:
        remove_op(replay, record->op, &port->first_op, &port->last_op);
        note_taken(replay, thread, record);
        break;
    case RECORD_PORT_TIMEOUT:
        if (thread->state == REPLAY_PARKED) {
            unpark(replay, record->thread);
            thread->why = WHY_NONE;
            note_interruption(thread, record);
            change(replay, thread, REPLAY_READY);
        }
        break;
    case RECORD_PORT_CLOSE:
        port->is_closed = true;
        break;
    default:
        break;
    }
}

/* How many operations of a handle are pending, and nothing else. */
static void count_op(struct replay *replay, const struct record *record)
{
    struct replay_object *handle = record->kind == RECORD_PACKET_POST ? NULL : places_object(replay, record->object);

    if (handle != NULL && record->kind == RECORD_OP_ISSUE) {
        handle->pending++;
    } else if (handle != NULL) {
        handle->pending--;
    }
}

/* Records about operations and packets. */
static void see_op(struct replay *replay, const struct record *record)
{
    struct replay_op *op;
    struct replay_object *handle;

    if (record->kind != RECORD_OP_ISSUE && record->kind != RECORD_OP_COMPLETE &&
        record->kind != RECORD_OP_IMMEDIATE && record->kind != RECORD_PACKET_POST) {
        return;
    }
    if (replay->counts_only) {
        count_op(replay, record);
        return;
    }
    op = places_op(replay, record->op);
    if (op == NULL) {
        return;
    }
    op->object = record->object;
    if (record->kind == RECORD_PACKET_POST) {
        op->is_post = true;
        op->bytes = record->bytes;
        op->key = record->key;
        op->error = record->error;
        op->ok = !win32_error_is_failed(record->error);
        return;
    }
    handle = places_file(replay, record->object);
    if (handle == NULL) {
        return;
    }
    if (record->kind == RECORD_OP_ISSUE) {
        op->pending = true;
        op->error = WIN32_ERROR_IO_PENDING;
        handle->pending++;
        return;
    }
    op->pending = false;
    op->ok = record->ok != 0;
    op->error = record->error;
    op->bytes = record->bytes;
    op->key = handle->key;
    handle->pending--;
}

static void see_variable(struct replay *replay, const struct record *record, const struct record_batch *batch)
{
    struct replay_object *variable = places_object(replay, record->object);

    if (variable == NULL) {
        return;
    }
    variable->value = value_make((enum value_type)record->which, record->amount);
    free(variable->text);
    variable->text = NULL;
    if (record->which == VALUE_TEXT) {
        variable->text = calloc(1, record->span.length + 1u);
        if (variable->text == NULL) {
            replay->failed = true;
            return;
        }
        memcpy(variable->text, batch->bytes + record->span.first, record->span.length);
    }
}

/* What serves a handle, once it serves an operation: a stored trace tells it by nothing else. */
static void note_device(struct replay *replay, const struct record *record)
{
    const struct replay_op *op = replay_op(replay, record->op);

    if (op != NULL && !op->is_post && reference_kind(op->object) == OBJECT_HANDLE) {
        struct replay_object *handle = places_object(replay, op->object);
        if (handle != NULL) {
            handle->device = record->object;
        }
    }
}

/* Records about events, mutexes, semaphores, devices and handles. */
static void see_object(struct replay *replay, const struct record *record)
{
    struct replay_object *object = places_object(replay, record->object);
    enum object_kind kind = (enum object_kind)reference_kind(record->object);
    struct replay_object *file;

    if (object == NULL) {
        return;
    }
    switch ((int)record->kind) {
    case RECORD_OBJECT_CREATE:
        object->open = true;
        if (kind == OBJECT_HANDLE && (record->absent & 2) == 0) {
            object->file = places_root(replay, record->which);
        }
        break;
    case RECORD_HANDLE_CLOSE:
        object->open = false;
        if (record->ok != 0) { /* the last of its file */
            places_file(replay, record->object)->port = REFERENCE_NONE;
        }
        break;
    case RECORD_OBJECT_SET:
        object->signalled = true;
        break;
    case RECORD_OBJECT_RESET:
    case RECORD_OBJECT_PULSE:
        object->signalled = false;
        break;
    case RECORD_OBJECT_ACQUIRE:
        object->signalled = false;
        object->available = record->count;
        object->owner = kind == OBJECT_MUTEX ? record->thread : REFERENCE_NONE;
        object->was_abandoned = object->abandoned;
        object->abandoned = false;
        break;
    case RECORD_OBJECT_RELEASE:
        object->available = record->count;
        object->owner = REFERENCE_NONE;
        object->abandoned = record->why == WHY_ABANDONED;
        break;
    case RECORD_DEVICE_QUEUE:
        note_device(replay, record);
        append_op(replay, record->op, &object->first_op, &object->last_op);
        object->busy = record->count;
        object->queued = record->which;
        break;
    case RECORD_DEVICE_BEGIN:
        note_device(replay, record);
        remove_op(replay, record->op, &object->first_op, &object->last_op);
        object->busy = record->count;
        object->queued = record->which;
        break;
    case RECORD_DEVICE_END:
        remove_op(replay, record->op, &object->first_op, &object->last_op);
        object->busy = record->count;
        object->queued = record->which;
        break;
    case RECORD_PACKET_DROP:
        file = places_file(replay, record->object);
        file->ignored += record->why == WHY_NOT_ANNOUNCED;
        if (file->port != REFERENCE_NONE && reference_kind(file->port) == OBJECT_POOL) {
            pools_see(replay, record, NULL, file->port);
        }
        break;
    case RECORD_IO_DRAIN:
        places_file(replay, record->object)->is_drained = true;
        break;
    case RECORD_HANDLE_ASSOCIATE:
        file = places_file(replay, record->object);
        file->key = record->key;
        file->port = record->which;
        break;
    default:
        break;
    }
}

/* Packets that the thread took before and never ran are nowhere any more: it asks a port again. */
static void let_go(struct replay *replay, struct replay_thread *thread)
{
    for (uint32_t i = 0; i < thread->batch_count; i++) {
        items_take_op(&replay->items, thread->batch[i], replay->now);
    }
    thread->batch_count = 0;
    thread->in_hand = 0;
    thread->in_hand_for = 0;
}

/* A thread gets a packet: it has it in hand, or, when it has one already, beside it. */
static void hand(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    void *items = thread->batch;

    if (record->step_n != thread->handed_in) {
        let_go(replay, thread);
    }
    thread->handed_in = record->step_n;
    if (thread->in_hand == 0) {
        items_take_op(&replay->items, record->op, record->t);
        thread->in_hand = record->op;
        thread->in_hand_for = record->item;
        return;
    }
    if (!array_reach(&items, &thread->batch_room, thread->batch_count, sizeof *thread->batch)) {
        replay->failed = true;
        return;
    }
    thread->batch = items;
    thread->batch[thread->batch_count++] = record->op;
    items_put_op(&replay->items, record, ITEM_IS_QUEUED);
}

/* Where the operations and packets of items are. Of several that a thread takes together it has the first in hand;
 * the others go on waiting. */
static void see_item_op(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    switch ((int)record->kind) {
    case RECORD_DEVICE_QUEUE:
    case RECORD_DEVICE_BEGIN:
        items_put_op(&replay->items, record, ITEM_AT_DEVICE);
        break;
    case RECORD_PACKET_QUEUE:
        items_put_op(&replay->items, record, ITEM_IS_QUEUED);
        break;
    case RECORD_DEVICE_END:
    case RECORD_PACKET_DROP:
        items_take_op(&replay->items, record->op, record->t);
        break;
    case RECORD_PACKET_RELEASE:
    case RECORD_PACKET_TAKE:
        hand(replay, record, thread);
        break;
    case RECORD_PORT_WAIT:
    case RECORD_PORT_TIMEOUT:
        let_go(replay, thread);
        break;
    case RECORD_CALLBACK_BEGIN:
        if (record->op != 0) {
            items_take_op(&replay->items, record->op, record->t);
        }
        if (thread->in_hand == record->op) {
            thread->in_hand = 0;
            thread->in_hand_for = 0;
        }
        break;
    default:
        break;
    }
}

/* Counts the thread where it is for the item that it works for: that of the packet in its hand, else that of its
 * innermost callback, else the one that it was born for. */
static void count_thread(struct replay *replay, struct replay_thread *thread)
{
    uint32_t item = thread->in_hand_for;
    uint8_t place = thread->state == REPLAY_RUNNING ? ITEM_RUNS : ITEM_IS_READY;

    if (item == 0) {
        item = thread->callbacks > 0 ? thread->callback[thread->callbacks - 1].item : thread->born_for;
    }
    if (thread->state != REPLAY_RUNNING && thread->state != REPLAY_READY) {
        item = 0;
    }
    if (item == thread->counted_for && (item == 0 || place == thread->counted_at)) {
        return;
    }
    if (thread->counted_for != 0) {
        items_leave(&replay->items, thread->counted_for, (enum item_place)thread->counted_at, replay->now);
    }
    if (item != 0) {
        items_enter(&replay->items, item, (enum item_place)place, replay->now);
    }
    thread->counted_for = item;
    thread->counted_at = place;
}

/* An item comes or ends: so many of its load have. */
static void see_item(struct replay *replay, const struct record *record)
{
    struct replay_object *load;

    if (record->kind != RECORD_ITEM_ARRIVE && record->kind != RECORD_ITEM_END) {
        return;
    }
    load = places_object(replay, record->which);
    if (load != NULL) {
        load->arrived += record->kind == RECORD_ITEM_ARRIVE;
        load->finished += record->kind == RECORD_ITEM_END;
    }
    items_see(&replay->items, record);
}

/* What is over with the step before. */
static void forget_ended(struct replay *replay, const struct record *record)
{
    if (replay->ended != REFERENCE_NONE && replay->ended_in != record->step_n) {
        places_forget_thread(replay, replay->ended);
        replay->ended = REFERENCE_NONE;
    }
}

/* What a record says of the object that it is about. */
static void see_subject(struct replay *replay, const struct record *record, const struct record_batch *batch)
{
    if (reference_kind(record->object) == OBJECT_PORT) {
        see_port(replay, record, record->thread == REFERENCE_NONE ? NULL : places_thread(replay, record->thread));
    } else if (reference_kind(record->object) == OBJECT_POOL) {
        pools_see(replay, record, record->thread == REFERENCE_NONE ? NULL : places_thread(replay, record->thread),
                  record->object);
    } else if (record->kind == RECORD_VARIABLE_SET) {
        see_variable(replay, record, batch);
    } else if (reference_kind(record->object) == OBJECT_THREAD) {
        see_target(replay, record);
    } else {
        see_object(replay, record);
    }
}

void replay_see(struct replay *replay, const struct record *record, const struct record_batch *batch)
{
    struct replay_thread *thread = NULL;

    if (replay->failed || (!replay->cast->is_live && !record_is_whole(record))) {
        return;
    }
    forget_ended(replay, record);
    replay->now = record->t;
    see_item(replay, record);
    if (record->thread != REFERENCE_NONE) {
        thread = places_thread(replay, record->thread);
        if (thread == NULL) {
            return;
        }
        see_thread(replay, record, batch, thread);
        pools_serve(replay, record, thread);
    }
    if (record->kind == RECORD_CALLBACK_BEGIN || record->kind == RECORD_CALLBACK_END) {
        frames_see_callback(replay, record, thread);
    } else if (record->kind >= RECORD_FRAME_BEGIN && record->kind <= RECORD_FRAME_END) {
        frames_see(replay, record, thread);
    } else if (record->kind == RECORD_TASK_CREATE || record->kind == RECORD_TASK_COMPLETE) {
        frames_see_task(replay, record);
    }
    if (record->op != 0) {
        see_op(replay, record);
    }
    if (record->object != REFERENCE_NONE && record->kind != RECORD_OUTCOME) {
        see_subject(replay, record, batch);
    }
    if (replay->items.of_count > 0) {
        see_item_op(replay, record, thread);
        if (thread != NULL) {
            count_thread(replay, thread);
        }
    }
    replay->failed = replay->failed || replay->items.failed;
}

struct replay_machine replay_machine(const struct replay *replay)
{
    return (struct replay_machine){busy_processors(replay), replay->ready, replay->alive, replay->switches,
                                   replay->cast->processors};
}

sim_span replay_cpu_time(const struct replay *replay)
{
    sim_span sum = replay->cpu_time;

    if (replay->cast->processors_are_shared) {
        return sum + shared_time(replay);
    }
    for (size_t i = 0; i < replay->room[OBJECT_THREAD]; i++) {
        const struct replay_thread *thread = replay->thread[i];
        if (thread != NULL && thread->state == REPLAY_RUNNING && thread->type != THREAD_TYPE_REMOTE) {
            sum += replay->now - thread->since;
        }
    }
    return sum;
}
