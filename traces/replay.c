/* SPDX-License-Identifier: Apache-2.0 */
/* The fold. Objects lie in arrays by slot, operations in an open hash table by number; what is over and
 * cannot be asked for any more is forgotten when the table is next enlarged. */
#include "traces/replay.h"

#include <stdlib.h>
#include <string.h>

#include "traces/whole.h"

struct replay {
    const struct cast *cast;
    struct replay_thread *thread;
    struct replay_port *port;
    struct replay_object *object[OBJECT_KIND_COUNT];
    uint32_t count[OBJECT_KIND_COUNT], room[OBJECT_KIND_COUNT];
    struct replay_procedure *procedure;
    uint32_t procedure_count;
    struct replay_op *op; /* hash table by number; op 0: free */
    uint64_t op_room, op_count;
    uint64_t *taken;
    uint32_t taken_count, taken_room;
    sim_time now;
    reference blocked_first, blocked_last;
    uint64_t busy, ready, alive, switches;
    sim_span cpu_time;
    sim_time shared_since; /* shared processors: cpu_time is summed until then */
    bool counts_only; /* single operations are not kept */
    bool failed;
};

void replay_count_only(struct replay *replay)
{
    replay->counts_only = true;
}

struct replay *replay_create(const struct cast *cast)
{
    struct replay *replay = calloc(1, sizeof *replay);

    if (replay != NULL) {
        replay->cast = cast;
        replay->blocked_first = REFERENCE_NONE;
        replay->blocked_last = REFERENCE_NONE;
        for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
            replay->count[kind] = cast->declared[kind];
        }
    }
    return replay;
}

void replay_destroy(struct replay *replay)
{
    if (replay == NULL) {
        return;
    }
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        for (uint32_t i = 0; replay->object[kind] != NULL && i < replay->room[kind]; i++) {
            free(replay->object[kind][i].text);
        }
        free(replay->object[kind]);
    }
    for (uint32_t i = 0; i < replay->room[OBJECT_THREAD]; i++) {
        free(replay->thread[i].on);
        free(replay->thread[i].callback);
    }
    free(replay->thread);
    free(replay->port);
    free(replay->procedure);
    free(replay->op);
    free(replay->taken);
    free(replay);
}

void replay_advance(struct replay *replay, sim_time now)
{
    replay->now = now;
}

bool replay_failed(const struct replay *replay)
{
    return replay->failed;
}

sim_time replay_now(const struct replay *replay)
{
    return replay->now;
}

/* Enlarges one array so that `slot` is in it; new elements are zeroed. */
static bool make_room(struct replay *replay, void **items, uint32_t *room, struct record_span wanted)
{
    uint32_t grown = *room == 0 ? 16 : *room;
    unsigned char *moved;

    while (grown <= wanted.first) {
        grown *= 2;
    }
    moved = realloc(*items, (size_t)grown * wanted.length);
    if (moved == NULL) {
        replay->failed = true;
        return false;
    }
    memset(moved + (size_t)*room * wanted.length, 0, (size_t)(grown - *room) * wanted.length);
    *items = moved;
    *room = grown;
    return true;
}

/* What the cast says of an object; nothing is known where it is silent. */
static struct cast_member ask(const struct replay *replay, reference object)
{
    struct cast_member member = {.port = REFERENCE_NONE, .owner = REFERENCE_NONE, .device = REFERENCE_NONE};

    if (replay->cast->member != NULL) {
        replay->cast->member(replay->cast->context, object, &member);
    }
    return member;
}

static void note_count(struct replay *replay, reference object)
{
    uint32_t kind = reference_kind(object);

    if (reference_slot(object) >= replay->count[kind]) {
        replay->count[kind] = reference_slot(object) + 1;
    }
}

/* A thread that may be new. */
static struct replay_thread *new_thread_at(struct replay *replay, reference thread)
{
    uint32_t slot = reference_slot(thread);
    uint32_t room = replay->room[OBJECT_THREAD];
    void *items = replay->thread;

    if (slot >= room) {
        if (!make_room(replay, &items, &replay->room[OBJECT_THREAD],
                       (struct record_span){slot, sizeof *replay->thread})) {
            return NULL;
        }
        replay->thread = items;
        for (uint32_t i = room; i < replay->room[OBJECT_THREAD]; i++) {
            replay->thread[i].port = REFERENCE_NONE;
            replay->thread[i].parked_at = REFERENCE_NONE;
            replay->thread[i].parked_previous = REFERENCE_NONE;
            replay->thread[i].parked_next = REFERENCE_NONE;
            replay->thread[i].blocked_previous = REFERENCE_NONE;
            replay->thread[i].blocked_next = REFERENCE_NONE;
        }
    }
    note_count(replay, thread);
    return &replay->thread[slot];
}

static inline struct replay_thread *thread_at(struct replay *replay, reference thread)
{
    uint32_t slot = reference_slot(thread);

    return slot < replay->count[OBJECT_THREAD] && slot < replay->room[OBJECT_THREAD] ? &replay->thread[slot]
                                                                                     : new_thread_at(replay, thread);
}

static struct replay_port *port_at(struct replay *replay, reference port)
{
    uint32_t slot = reference_slot(port);
    uint32_t room = replay->room[OBJECT_PORT];
    void *items = replay->port;

    if (slot >= room) {
        if (!make_room(replay, &items, &replay->room[OBJECT_PORT],
                       (struct record_span){slot, sizeof *replay->port})) {
            return NULL;
        }
        replay->port = items;
        for (uint32_t i = room; i < replay->room[OBJECT_PORT]; i++) {
            replay->port[i].oldest = REFERENCE_NONE;
            replay->port[i].newest = REFERENCE_NONE;
        }
    }
    note_count(replay, port);
    if (replay->port[slot].limit == 0) {
        struct cast_member member = ask(replay, port);
        replay->port[slot].limit = member.limit;
        replay->port[slot].wakes_oldest = member.wakes_oldest;
    }
    return &replay->port[slot];
}

static struct replay_object *object_at(struct replay *replay, reference object)
{
    uint32_t kind = reference_kind(object);
    uint32_t slot = reference_slot(object);
    void *items = replay->object[kind];
    struct replay_object *found;

    if (kind == OBJECT_THREAD || kind == OBJECT_PORT) {
        return NULL;
    }
    if (slot >= replay->room[kind]) {
        if (!make_room(replay, &items, &replay->room[kind], (struct record_span){slot, sizeof *found})) {
            return NULL;
        }
        replay->object[kind] = items;
    }
    note_count(replay, object);
    found = &replay->object[kind][slot];
    if (!found->is_known) {
        struct cast_member member = ask(replay, object);
        found->is_known = true;
        found->signalled = member.signalled;
        found->open = member.open;
        found->available = member.available;
        found->key = member.key;
        found->limit = member.limit;
        found->port = member.port;
        found->device = member.device;
        found->owner = member.owner;
        found->value = member.value;
    }
    return found;
}

static uint64_t op_hash(uint64_t op)
{
    return op * UINT64_C(0x9e3779b97f4a7c15) >> 20;
}

static struct replay_op *find_op(const struct replay *replay, uint64_t op)
{
    uint64_t at = op_hash(op) & (replay->op_room - 1);

    while (replay->op[at].op != 0 && replay->op[at].op != op) {
        at = (at + 1) & (replay->op_room - 1);
    }
    return &replay->op[at];
}

static bool grow_ops(struct replay *replay)
{
    struct replay_op *old = replay->op;
    uint64_t room = replay->op_room;

    replay->op_room = room == 0 ? 64 : room * 2;
    replay->op = calloc(replay->op_room, sizeof *replay->op);
    if (replay->op == NULL) {
        replay->op = old;
        replay->op_room = room;
        replay->failed = true;
        return false;
    }
    for (uint64_t i = 0; i < room; i++) {
        if (old[i].op != 0) {
            *find_op(replay, old[i].op) = old[i];
        }
    }
    free(old);
    return true;
}

/* The operation with this number, new when it was not seen before. */
static struct replay_op *op_at(struct replay *replay, uint64_t op)
{
    struct replay_op *found;

    if (replay->op_count * 2 >= replay->op_room && !grow_ops(replay)) {
        return NULL;
    }
    found = find_op(replay, op);
    if (found->op == 0) {
        *found = (struct replay_op){.op = op, .object = REFERENCE_NONE};
        replay->op_count++;
    }
    return found;
}

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
    struct replay_op *op = op_at(replay, number);

    if (op == NULL) {
        return;
    }
    op->next = 0;
    if (*last == 0) {
        *first = number;
    } else {
        find_op(replay, *last)->next = number;
    }
    *last = number;
}

/* Takes an op from the head of a queue, where it stands there. */
static void remove_op(struct replay *replay, uint64_t number, uint64_t *first, uint64_t *last)
{
    if (number == 0 || *first != number) {
        return;
    }
    *first = find_op(replay, number)->next;
    if (*first == 0) {
        *last = 0;
    }
}

/* A thread changes its state; how long it was in the last one is added up. */
static void change(struct replay *replay, struct replay_thread *thread, enum replay_thread_state state)
{
    bool counts = thread->type != THREAD_TYPE_REMOTE;

    if (replay->cast->processors_are_shared) {
        replay->cpu_time += shared_time(replay);
        replay->shared_since = replay->now;
    }
    thread->in_state[thread->state] += replay->now - thread->since;
    if (thread->state == REPLAY_RUNNING && counts) {
        replay->busy--;
        replay->cpu_time += replay->cast->processors_are_shared ? 0 : replay->now - thread->since;
    }
    replay->ready -= thread->state == REPLAY_READY;
    if (state == REPLAY_ENDED) {
        replay->alive -= thread->state != REPLAY_UNBORN;
    }
    thread->since = replay->now;
    thread->state = (uint8_t)state;
    replay->busy += state == REPLAY_RUNNING && counts;
    replay->ready += state == REPLAY_READY;
}

/* Takes a thread out of the list of those that are parked at its port, if it is in one. */
static void unpark(struct replay *replay, reference self)
{
    struct replay_thread *thread = thread_at(replay, self);
    struct replay_port *port = thread->parked_at == REFERENCE_NONE ? NULL : port_at(replay, thread->parked_at);

    if (port == NULL) {
        return;
    }
    if (thread->parked_previous != REFERENCE_NONE) {
        thread_at(replay, thread->parked_previous)->parked_next = thread->parked_next;
    } else {
        port->oldest = thread->parked_next;
    }
    if (thread->parked_next != REFERENCE_NONE) {
        thread_at(replay, thread->parked_next)->parked_previous = thread->parked_previous;
    } else {
        port->newest = thread->parked_previous;
    }
    thread->parked_previous = REFERENCE_NONE;
    thread->parked_next = REFERENCE_NONE;
    thread->parked_at = REFERENCE_NONE;
    port->waiting--;
}

/* Parks a thread as the newest; no trace, however broken, brings it into a list twice. */
static void park(struct replay *replay, reference at, reference self)
{
    struct replay_thread *thread = thread_at(replay, self);
    struct replay_port *port;

    unpark(replay, self);
    port = port_at(replay, at);
    thread->parked_at = at;
    thread->parked_previous = port->newest;
    if (port->newest != REFERENCE_NONE) {
        thread_at(replay, port->newest)->parked_next = self;
    } else {
        port->oldest = self;
    }
    port->newest = self;
    port->waiting++;
}

/* Takes a thread out of the list of those that wait, if it is in it. */
static void unblock(struct replay *replay, reference self)
{
    struct replay_thread *thread = thread_at(replay, self);

    if (!thread->waits) {
        return;
    }
    if (thread->blocked_previous != REFERENCE_NONE) {
        thread_at(replay, thread->blocked_previous)->blocked_next = thread->blocked_next;
    } else {
        replay->blocked_first = thread->blocked_next;
    }
    if (thread->blocked_next != REFERENCE_NONE) {
        thread_at(replay, thread->blocked_next)->blocked_previous = thread->blocked_previous;
    } else {
        replay->blocked_last = thread->blocked_previous;
    }
    thread->on_count = 0;
    thread->waits = false;
}

/* The thread waits for what its record names, behind all who wait already. */
static void block(struct replay *replay, const struct record *record, const struct record_batch *batch)
{
    struct replay_thread *thread = thread_at(replay, record->thread);
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
    thread->waits = true;
    thread->blocked_previous = replay->blocked_last;
    thread->blocked_next = REFERENCE_NONE;
    if (replay->blocked_last != REFERENCE_NONE) {
        thread_at(replay, replay->blocked_last)->blocked_next = record->thread;
    } else {
        replay->blocked_first = record->thread;
    }
    replay->blocked_last = record->thread;
    change(replay, thread, REPLAY_BLOCKED);
}

/* Notes that a thread was given an op in this step. */
static void note_taken(struct replay *replay, struct replay_thread *thread, const struct record *record)
{
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

static struct replay_procedure *procedure_at(struct replay *replay, uint32_t procedure);

/* Callbacks that an ending thread leaves unfinished are over without a record. */
static void end_callbacks(struct replay *replay, struct replay_thread *thread)
{
    for (; thread->callbacks > 0; thread->callbacks--) {
        struct replay_procedure *procedure =
            procedure_at(replay, thread->callback[thread->callbacks - 1].procedure);
        if (procedure != NULL) {
            procedure->running--;
        }
    }
}

/* Records about a thread's own state. */
static void see_thread(struct replay *replay, const struct record *record, const struct record_batch *batch)
{
    struct replay_thread *thread = thread_at(replay, record->thread);

    switch ((int)record->kind) {
    case RECORD_THREAD_CREATE:
        thread->type = record->type;
        thread->background = record->ok != 0;
        thread->born = record->t;
        thread->since = record->t;
        replay->alive++;
        change(replay, thread, REPLAY_READY);
        break;
    case RECORD_THREAD_RUN:
        thread->switches++;
        replay->switches++;
        change(replay, thread, REPLAY_RUNNING);
        break;
    case RECORD_THREAD_BLOCK:
        block(replay, record, batch);
        break;
    case RECORD_THREAD_UNBLOCK:
        unblock(replay, record->thread);
        change(replay, thread, REPLAY_READY);
        break;
    case RECORD_THREAD_READY:
    case RECORD_THREAD_PREEMPT:
        change(replay, thread, REPLAY_READY);
        break;
    case RECORD_THREAD_EXIT:
        end_callbacks(replay, thread);
        unblock(replay, record->thread);
        unpark(replay, record->thread);
        thread->apcs = 0;
        change(replay, thread, REPLAY_ENDED);
        break;
    case RECORD_APC_QUEUE:
        thread = thread_at(replay, record->object);
        if (thread != NULL) {
            thread->apcs++;
        }
        break;
    case RECORD_APC_RUN:
        thread->apcs--;
        break;
    default:
        break;
    }
}

/* Records of a thread at a port. */
static void see_port(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    struct replay_port *port = port_at(replay, record->object);

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
        park(replay, record->object, record->thread);
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

static struct replay_procedure *procedure_at(struct replay *replay, uint32_t procedure)
{
    void *items = replay->procedure;

    if (procedure >= replay->procedure_count) {
        if (!make_room(replay, &items, &replay->procedure_count,
                       (struct record_span){procedure, sizeof *replay->procedure})) {
            return NULL;
        }
        replay->procedure = items;
    }
    return &replay->procedure[procedure];
}

/* Puts a callback inside those that the thread is running. */
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
        .op = record->op, .frame = record->frame, .begun = record->t, .procedure = record->procedure};
    return true;
}

static void see_callback(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    struct replay_procedure *procedure = procedure_at(replay, record->procedure);

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
        procedure->running--;
        thread->callbacks--;
    }
}

/* How many operations of a handle are pending, and nothing else. */
static void count_op(struct replay *replay, const struct record *record)
{
    struct replay_object *handle = record->kind == RECORD_PACKET_POST ? NULL : object_at(replay, record->object);

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
    op = op_at(replay, record->op);
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
    handle = object_at(replay, record->object);
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
    struct replay_object *variable = object_at(replay, record->object);

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
        struct replay_object *handle = object_at(replay, op->object);
        if (handle != NULL) {
            handle->device = record->object;
        }
    }
}

/* Records about events, mutexes, semaphores, devices and handles. */
static void see_object(struct replay *replay, const struct record *record)
{
    struct replay_object *object = object_at(replay, record->object);
    enum object_kind kind = (enum object_kind)reference_kind(record->object);

    if (object == NULL) {
        return;
    }
    switch ((int)record->kind) {
    case RECORD_OBJECT_CREATE:
        object->open = true;
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
        object->busy = record->count;
        object->queued = record->which;
        break;
    case RECORD_HANDLE_ASSOCIATE:
        object->key = record->key;
        object->port = record->which;
        break;
    default:
        break;
    }
}

void replay_see(struct replay *replay, const struct record *record, const struct record_batch *batch)
{
    struct replay_thread *thread = NULL;

    if (replay->failed || !record_is_whole(record)) {
        return;
    }
    replay->now = record->t;
    if (record->thread != REFERENCE_NONE) {
        thread = thread_at(replay, record->thread);
        if (thread == NULL) {
            return;
        }
        see_thread(replay, record, batch);
    }
    if (record->kind == RECORD_CALLBACK_BEGIN || record->kind == RECORD_CALLBACK_END) {
        see_callback(replay, record, thread);
    }
    if (record->op != 0) {
        see_op(replay, record);
    }
    if (record->object == REFERENCE_NONE || record->kind == RECORD_OUTCOME) {
        return;
    }
    if (reference_kind(record->object) == OBJECT_PORT) {
        see_port(replay, record, thread);
    } else if (record->kind == RECORD_VARIABLE_SET) {
        see_variable(replay, record, batch);
    } else if (reference_kind(record->object) != OBJECT_THREAD) {
        see_object(replay, record);
    }
}

const struct replay_thread *replay_thread(const struct replay *replay, reference thread)
{
    static const struct replay_thread unborn = {
        .port = REFERENCE_NONE, .parked_at = REFERENCE_NONE, .parked_previous = REFERENCE_NONE,
        .parked_next = REFERENCE_NONE, .blocked_previous = REFERENCE_NONE,
        .blocked_next = REFERENCE_NONE, .deadline = SIM_NEVER};

    return reference_slot(thread) < replay->room[OBJECT_THREAD] ? &replay->thread[reference_slot(thread)]
                                                                 : &unborn;
}

const struct replay_port *replay_port(const struct replay *replay, reference port)
{
    /* Asking may note a port that no record has told of yet; that changes nothing that can be seen. */
    const struct replay_port *found = port_at((struct replay *)(uintptr_t)replay, port);
    static const struct replay_port nobody = {.oldest = REFERENCE_NONE, .newest = REFERENCE_NONE};

    return found == NULL ? &nobody : found;
}

const struct replay_object *replay_object(const struct replay *replay, reference object)
{
    const struct replay_object *found = object_at((struct replay *)(uintptr_t)replay, object);
    static const struct replay_object nobody = {.owner = REFERENCE_NONE};

    return found == NULL && replay->failed ? &nobody : found;
}

const struct replay_op *replay_op(const struct replay *replay, uint64_t op)
{
    const struct replay_op *found = replay->op_room == 0 ? NULL : find_op(replay, op);

    return found == NULL || found->op == 0 ? NULL : found;
}

struct replay_procedure replay_procedure(const struct replay *replay, uint32_t procedure)
{
    return procedure < replay->procedure_count ? replay->procedure[procedure]
                                               : (struct replay_procedure){0, 0};
}

const uint64_t *replay_taken(const struct replay *replay, reference thread, uint32_t *count)
{
    const struct replay_thread *taker = replay_thread(replay, thread);

    *count = taker->taken_count;
    return replay->taken + taker->taken_first;
}

uint32_t replay_count(const struct replay *replay, enum object_kind kind)
{
    return replay->count[kind];
}

uint32_t replay_waits_for(const struct replay_thread *thread, reference object)
{
    uint32_t times = 0;

    for (uint32_t i = 0; thread->waits && i < thread->on_count; i++) {
        times += thread->on[i] == object;
    }
    return times;
}

reference replay_waiter(const struct replay *replay, reference object, reference previous)
{
    reference at = previous == REFERENCE_NONE ? replay->blocked_first : replay_thread(replay, previous)->blocked_next;

    while (at != REFERENCE_NONE && replay_waits_for(replay_thread(replay, at), object) == 0) {
        at = replay_thread(replay, at)->blocked_next;
    }
    return at;
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
    for (uint32_t i = 0; i < replay->room[OBJECT_THREAD]; i++) {
        const struct replay_thread *thread = &replay->thread[i];
        if (thread->state == REPLAY_RUNNING && thread->type != THREAD_TYPE_REMOTE) {
            sum += replay->now - thread->since;
        }
    }
    return sum;
}
