/* SPDX-License-Identifier: Apache-2.0 */
/* The fold. Objects lie in arrays by slot, operations in an open hash table by number; what is over and
 * cannot be asked for any more is forgotten when the table is next enlarged. */
#include "traces/replay.h"

#include <stdlib.h>
#include <string.h>

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
    struct cast_member member = {.port = REFERENCE_NONE, .owner = REFERENCE_NONE};

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
            replay->thread[i].parked_previous = REFERENCE_NONE;
            replay->thread[i].parked_next = REFERENCE_NONE;
            replay->thread[i].procedure = NAME_NONE;
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
        replay->port[slot].limit = ask(replay, port).limit;
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

static void park(struct replay_port *port, struct replay *replay, reference thread)
{
    if (port->newest != REFERENCE_NONE) {
        thread_at(replay, port->newest)->parked_next = thread;
    } else {
        port->oldest = thread;
    }
    thread_at(replay, thread)->parked_previous = port->newest;
    thread_at(replay, thread)->parked_next = REFERENCE_NONE;
    port->newest = thread;
    port->waiting++;
}

static void unpark(struct replay_port *port, struct replay *replay, reference thread)
{
    struct replay_thread *parked = thread_at(replay, thread);

    if (parked->state != REPLAY_PARKED) {
        return;
    }
    if (parked->parked_previous == REFERENCE_NONE) {
        port->oldest = parked->parked_next;
    } else {
        thread_at(replay, parked->parked_previous)->parked_next = parked->parked_next;
    }
    if (parked->parked_next == REFERENCE_NONE) {
        port->newest = parked->parked_previous;
    } else {
        thread_at(replay, parked->parked_next)->parked_previous = parked->parked_previous;
    }
    parked->parked_previous = REFERENCE_NONE;
    parked->parked_next = REFERENCE_NONE;
    port->waiting--;
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

/* Records about a thread's own state; the report needs them all (traces/interest.c). */
static void see_thread(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
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
        thread->why = record->why;
        change(replay, thread, REPLAY_BLOCKED);
        break;
    case RECORD_THREAD_UNBLOCK:
    case RECORD_THREAD_READY:
    case RECORD_THREAD_PREEMPT:
        change(replay, thread, REPLAY_READY);
        break;
    case RECORD_THREAD_EXIT:
        thread->callbacks = 0;
        change(replay, thread, REPLAY_ENDED);
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
        change(replay, thread, REPLAY_PARKED);
        park(port, replay, record->thread);
        break;
    case RECORD_PACKET_RELEASE:
        unpark(port, replay, record->thread);
        change(replay, thread, REPLAY_READY);
        note_taken(replay, thread, record);
        break;
    case RECORD_PACKET_TAKE:
        note_taken(replay, thread, record);
        break;
    case RECORD_PORT_TIMEOUT:
        if (thread->state == REPLAY_PARKED) {
            unpark(port, replay, record->thread);
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

static void see_callback(struct replay *replay, const struct record *record, struct replay_thread *thread)
{
    struct replay_procedure *procedure = procedure_at(replay, record->procedure);

    if (procedure == NULL) {
        return;
    }
    if (record->kind == RECORD_CALLBACK_BEGIN) {
        procedure->calls++;
        procedure->running++;
        thread->callbacks++;
        thread->callbacks_run++;
        thread->procedure = record->procedure;
        thread->op = record->op;
    } else {
        procedure->running--;
        thread->callbacks--;
        thread->procedure = NAME_NONE;
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
        break;
    case RECORD_OBJECT_RELEASE:
        object->available = record->count;
        object->owner = REFERENCE_NONE;
        break;
    case RECORD_DEVICE_BEGIN:
    case RECORD_DEVICE_END:
    case RECORD_DEVICE_QUEUE:
        object->busy = record->count;
        object->queued = record->which;
        break;
    case RECORD_HANDLE_ASSOCIATE:
        object->key = record->key;
        break;
    default:
        break;
    }
}

void replay_see(struct replay *replay, const struct record *record, const struct record_batch *batch)
{
    struct replay_thread *thread = NULL;

    if (replay->failed) {
        return;
    }
    replay->now = record->t;
    if (record->thread != REFERENCE_NONE) {
        thread = thread_at(replay, record->thread);
        if (thread == NULL) {
            return;
        }
        see_thread(replay, record, thread);
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
        .port = REFERENCE_NONE, .parked_previous = REFERENCE_NONE, .parked_next = REFERENCE_NONE, .procedure = NAME_NONE};

    return reference_slot(thread) < replay->room[OBJECT_THREAD] ? &replay->thread[reference_slot(thread)]
                                                                 : &unborn;
}

const struct replay_port *replay_port(const struct replay *replay, reference port)
{
    /* Asking may note a port that no record has told of yet; that changes nothing that can be seen. */
    return port_at((struct replay *)(uintptr_t)replay, port);
}

const struct replay_object *replay_object(const struct replay *replay, reference object)
{
    return object_at((struct replay *)(uintptr_t)replay, object);
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

    return value_make(VALUE_DURATION, thread->state == REPLAY_UNBORN ? 0 : replay->now - thread->born);
}

OBSERVE(HANDLE, open)
{
    return value_boolean(replay_object(replay, (reference)what)->open);
}

OBSERVE(HANDLE, pending)
{
    return value_number(replay_object(replay, (reference)what)->pending);
}

OBSERVE(HANDLE, signalled)
{
    return value_boolean(replay_object(replay, (reference)what)->signalled);
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

OBSERVE(DEVICE, busy)
{
    return value_number(replay_object(replay, (reference)what)->busy);
}

OBSERVE(DEVICE, queued)
{
    return value_number(replay_object(replay, (reference)what)->queued);
}

OBSERVE(MACHINE, processors)
{
    (void)what;
    return value_number(replay->cast->processors);
}

OBSERVE(MACHINE, busy)
{
    (void)what;
    return value_number((int64_t)busy_processors(replay));
}

OBSERVE(MACHINE, ready)
{
    (void)what;
    return value_number((int64_t)replay->ready);
}

OBSERVE(MACHINE, threads)
{
    (void)what;
    return value_number((int64_t)replay->alive);
}

OBSERVE(MACHINE, switches)
{
    (void)what;
    return value_number((int64_t)replay->switches);
}

OBSERVE(MACHINE, cpu_time)
{
    sim_span sum = replay->cpu_time;

    (void)what;
    if (replay->cast->processors_are_shared) {
        return value_make(VALUE_DURATION, sum + shared_time(replay));
    }
    for (uint32_t i = 0; i < replay->room[OBJECT_THREAD]; i++) {
        const struct replay_thread *thread = &replay->thread[i];
        if (thread->state == REPLAY_RUNNING && thread->type != THREAD_TYPE_REMOTE) {
            sum += replay->now - thread->since;
        }
    }
    return value_make(VALUE_DURATION, sum);
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
