/* SPDX-License-Identifier: Apache-2.0 */
/* Where the replayed state lies. Objects lie in arrays by slot, operations in an open hash table by number, where
 * they stay: a claim may ask for one that is over. Where no claim can ask, only their counts are kept. */
#include "traces/replay_places.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/whole.h"

void replay_keep_items(struct replay *replay)
{
    replay->items.keeps = true;
}

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
        replay->ended = REFERENCE_NONE;
        for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
            replay->count[kind] = cast->declared[kind];
        }
    }
    return replay;
}

static void free_thread(struct replay_thread *thread)
{
    if (thread != NULL) {
        free(thread->on);
        free(thread->callback);
        free(thread->batch);
        free(thread);
    }
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
    for (size_t i = 0; i < replay->room[OBJECT_THREAD]; i++) {
        free_thread(replay->thread[i]);
    }
    for (uint32_t i = 0; i < replay->room[OBJECT_POOL]; i++) {
        free(replay->pool[i].item);
    }
    while (replay->spare != NULL) {
        struct replay_thread *next = replay->spare->next_spare;
        free_thread(replay->spare);
        replay->spare = next;
    }
    items_release(&replay->items);
    free(replay->thread);
    free(replay->pool);
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

struct cast_member places_ask(const struct replay *replay, reference object)
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

/* A place for a thread: that of a forgotten one, with the room that it had, or a new one. */
static struct replay_thread *thread_place(struct replay *replay)
{
    struct replay_thread *thread = replay->spare;
    struct replay_thread blank = {.port = REFERENCE_NONE,
                                  .pool = REFERENCE_NONE,
                                  .parked_at = REFERENCE_NONE,
                                  .parked_previous = REFERENCE_NONE,
                                  .parked_next = REFERENCE_NONE,
                                  .blocked_previous = REFERENCE_NONE,
                                  .blocked_next = REFERENCE_NONE};

    if (thread == NULL) {
        thread = calloc(1, sizeof *thread);
    } else {
        replay->spare = thread->next_spare;
        blank.on = thread->on;
        blank.on_room = thread->on_room;
        blank.callback = thread->callback;
        blank.callback_room = thread->callback_room;
        blank.batch = thread->batch;
        blank.batch_room = thread->batch_room;
    }
    if (thread != NULL) {
        *thread = blank;
    }
    return thread;
}

/* A thread that may be new. */
struct replay_thread *places_new_thread(struct replay *replay, reference thread)
{
    uint32_t slot = reference_slot(thread);
    void *items = replay->thread;

    if (slot >= replay->room[OBJECT_THREAD]) {
        if (!array_reach(&items, &replay->room[OBJECT_THREAD], slot, sizeof *replay->thread)) {
            replay->failed = true;
            return NULL;
        }
        replay->thread = items;
    }
    if (replay->thread[slot] == NULL) {
        replay->thread[slot] = thread_place(replay);
        replay->failed = replay->failed || replay->thread[slot] == NULL;
    }
    note_count(replay, thread);
    return replay->thread[slot];
}

void places_forget_thread(struct replay *replay, reference reference_of)
{
    struct replay_thread *thread = replay->thread[reference_slot(reference_of)];
    struct replay_forgotten *sum = &replay->forgotten[thread->type];

    sum->threads++;
    sum->callbacks += thread->callbacks_run;
    sum->switches += thread->switches;
    for (int state = 0; state < REPLAY_ENDED; state++) {
        sum->in_state[state] += thread->in_state[state];
    }
    replay->thread[reference_slot(reference_of)] = NULL;
    thread->next_spare = replay->spare;
    replay->spare = thread;
}

const struct replay_forgotten *replay_forgotten(const struct replay *replay, uint8_t type)
{
    return &replay->forgotten[type];
}

const struct items *replay_items(const struct replay *replay)
{
    return &replay->items;
}

/* A port that may be new, or whose limit is not known yet. */
struct replay_port *places_new_port(struct replay *replay, reference port)
{
    uint32_t slot = reference_slot(port);
    size_t room = replay->room[OBJECT_PORT];
    void *items = replay->port;

    if (slot >= room) {
        if (!array_reach(&items, &replay->room[OBJECT_PORT], slot, sizeof *replay->port)) {
            replay->failed = true;
            return NULL;
        }
        replay->port = items;
        for (size_t i = room; i < replay->room[OBJECT_PORT]; i++) {
            replay->port[i].oldest = REFERENCE_NONE;
            replay->port[i].newest = REFERENCE_NONE;
        }
    }
    note_count(replay, port);
    if (replay->port[slot].limit == 0) {
        struct cast_member member = places_ask(replay, port);
        replay->port[slot].limit = member.limit;
        replay->port[slot].wakes_oldest = member.wakes_oldest;
    }
    return &replay->port[slot];
}

struct replay_object *places_new_object(struct replay *replay, reference object)
{
    uint32_t kind = reference_kind(object);
    uint32_t slot = reference_slot(object);
    void *items = replay->object[kind];
    struct replay_object *found;

    if (kind == OBJECT_THREAD || kind == OBJECT_PORT || kind == OBJECT_POOL) {
        return NULL;
    }
    if (slot >= replay->room[kind]) {
        if (!array_reach(&items, &replay->room[kind], slot, sizeof *found)) {
            replay->failed = true;
            return NULL;
        }
        replay->object[kind] = items;
    }
    note_count(replay, object);
    found = &replay->object[kind][slot];
    if (!found->is_known) {
        struct cast_member member = places_ask(replay, object);
        found->is_known = true;
        found->file = REFERENCE_NONE;
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

reference places_root(const struct replay *replay, reference handle)
{
    const struct replay_object *object = places_object((struct replay *)(uintptr_t)replay, handle);

    return object == NULL || object->file == REFERENCE_NONE ? handle : object->file;
}

struct replay_object *places_file(struct replay *replay, reference handle)
{
    return places_object(replay, places_root(replay, handle));
}

static uint64_t op_hash(uint64_t op)
{
    return op * UINT64_C(0x9e3779b97f4a7c15) >> 20;
}

struct replay_op *places_find_op(const struct replay *replay, uint64_t op)
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
            *places_find_op(replay, old[i].op) = old[i];
        }
    }
    free(old);
    return true;
}

struct replay_op *places_op(struct replay *replay, uint64_t op)
{
    struct replay_op *found;

    if (replay->op_count * 2 >= replay->op_room && !grow_ops(replay)) {
        return NULL;
    }
    found = places_find_op(replay, op);
    if (found->op == 0) {
        *found = (struct replay_op){.op = op, .object = REFERENCE_NONE};
        replay->op_count++;
    }
    return found;
}

struct replay_procedure *places_procedure(struct replay *replay, uint32_t procedure)
{
    void *items = replay->procedure;

    if (procedure >= replay->procedure_count) {
        if (!array_reach(&items, &replay->procedure_count, procedure, sizeof *replay->procedure)) {
            replay->failed = true;
            return NULL;
        }
        replay->procedure = items;
    }
    return &replay->procedure[procedure];
}

const struct replay_thread *replay_thread(const struct replay *replay, reference thread)
{
    static const struct replay_thread unborn = {
        .port = REFERENCE_NONE, .pool = REFERENCE_NONE, .parked_at = REFERENCE_NONE, .parked_previous = REFERENCE_NONE,
        .parked_next = REFERENCE_NONE, .blocked_previous = REFERENCE_NONE,
        .blocked_next = REFERENCE_NONE, .deadline = SIM_NEVER};
    uint32_t slot = reference_slot(thread);

    return slot < replay->room[OBJECT_THREAD] && replay->thread[slot] != NULL ? replay->thread[slot] : &unborn;
}

const struct replay_port *replay_port(const struct replay *replay, reference port)
{
    /* Asking may note a port that no record has told of yet; that changes nothing that can be seen. */
    const struct replay_port *found = places_port((struct replay *)(uintptr_t)replay, port);
    static const struct replay_port nobody = {.oldest = REFERENCE_NONE, .newest = REFERENCE_NONE};

    return found == NULL ? &nobody : found;
}

const struct replay_object *replay_object(const struct replay *replay, reference object)
{
    const struct replay_object *found = places_object((struct replay *)(uintptr_t)replay, object);
    static const struct replay_object nobody = {.owner = REFERENCE_NONE};

    return found == NULL && replay->failed ? &nobody : found;
}

const struct replay_object *replay_file(const struct replay *replay, reference handle)
{
    return replay_object(replay, places_root(replay, handle));
}

const struct replay_op *replay_op(const struct replay *replay, uint64_t op)
{
    const struct replay_op *found = replay->op_room == 0 ? NULL : places_find_op(replay, op);

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

/* Whether the thread stands in the object's own list: who is in a call waits for an operation, not for its file. */
static bool is_in_list(const struct replay_thread *thread, reference object)
{
    return thread->why != WHY_SYNCHRONOUS_IO && replay_waits_for(thread, object) > 0;
}

reference replay_waiter(const struct replay *replay, reference object, reference previous)
{
    reference at = previous == REFERENCE_NONE ? replay->blocked_first : replay_thread(replay, previous)->blocked_next;

    while (at != REFERENCE_NONE && !is_in_list(replay_thread(replay, at), object)) {
        at = replay_thread(replay, at)->blocked_next;
    }
    return at;
}
