/* SPDX-License-Identifier: Apache-2.0 */
/* The state that replay.c folds and replay_places.c keeps; nobody else looks inside. */
#ifndef TRACES_REPLAY_PLACES_H
#define TRACES_REPLAY_PLACES_H

#include "traces/replay.h"

struct replay {
    const struct cast *cast;
    struct replay_thread **thread;       /* by slot; NULL: not told of, or forgotten */
    struct replay_thread *spare;         /* forgotten ones, for others */
    struct replay_forgotten forgotten[THREAD_TYPE_COUNT];
    reference ended;                     /* who is to be forgotten when the step is over; REFERENCE_NONE */
    uint64_t ended_in;                   /* the step */
    struct items items;
    struct replay_port *port;
    struct replay_pool *pool;
    struct replay_object *object[OBJECT_KIND_COUNT];
    uint32_t count[OBJECT_KIND_COUNT];
    size_t room[OBJECT_KIND_COUNT];
    struct replay_procedure *procedure;
    size_t procedure_count;
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

/* The place of one object, made when it is first named; NULL when there is no memory. */
struct replay_thread *places_new_thread(struct replay *replay, reference thread);
struct replay_port *places_new_port(struct replay *replay, reference port);
struct replay_object *places_new_object(struct replay *replay, reference object);

/* Forgets a thread that has ended; its figures stay. */
void places_forget_thread(struct replay *replay, reference thread);
struct replay_procedure *places_procedure(struct replay *replay, uint32_t procedure);

/* Pools (replay_pools.c): their places, and what records of them change. */
struct replay_pool *places_pool(struct replay *replay, reference pool);
void pools_see(struct replay *replay, const struct record *record, struct replay_thread *thread, reference self);
void pools_join(struct replay *replay, const struct record *record, struct replay_thread *thread);
/* What a record says of a completion-port thread of a pool: whether it is in its wait, or retired. */
void pools_serve(struct replay *replay, const struct record *record, struct replay_thread *thread);
void pools_count_busy(struct replay *replay, struct replay_thread *thread, bool is_busy);
void pools_leave(struct replay *replay, struct replay_thread *thread);
void pools_park(struct replay *replay, reference at, reference self);
void pools_unpark(struct replay *replay, reference self);

/* Callbacks, frames and tasks (replay_frames.c): what records of them change. */
void frames_end_callbacks(struct replay *replay, struct replay_thread *thread);
void frames_see_callback(struct replay *replay, const struct record *record, struct replay_thread *thread);
void frames_see(struct replay *replay, const struct record *record, struct replay_thread *thread);
void frames_see_task(struct replay *replay, const struct record *record);

/* What the cast says of an object; nothing is known where it is silent. */
struct cast_member places_ask(const struct replay *replay, reference object);

/* What a handle's file object is kept under: the handle that it was first opened as. */
reference places_root(const struct replay *replay, reference handle);
struct replay_object *places_file(struct replay *replay, reference handle);

/* The operation with this number, new when it was not seen before; NULL when there is no memory. */
struct replay_op *places_op(struct replay *replay, uint64_t op);

/* Where the operation with this number lies, or would. The table is not empty. */
struct replay_op *places_find_op(const struct replay *replay, uint64_t op);

static inline struct replay_thread *places_thread(struct replay *replay, reference thread)
{
    uint32_t slot = reference_slot(thread);

    return slot < replay->room[OBJECT_THREAD] && replay->thread[slot] != NULL ? replay->thread[slot]
                                                                              : places_new_thread(replay, thread);
}

static inline struct replay_object *places_object(struct replay *replay, reference object)
{
    uint32_t kind = reference_kind(object);
    uint32_t slot = reference_slot(object);

    /* Threads and ports have no room here. */
    return replay->object[kind] != NULL && slot < replay->room[kind] && replay->object[kind][slot].is_known
               ? &replay->object[kind][slot]
               : places_new_object(replay, object);
}

static inline struct replay_port *places_port(struct replay *replay, reference port)
{
    uint32_t slot = reference_slot(port);

    return slot < replay->count[OBJECT_PORT] && slot < replay->room[OBJECT_PORT] && replay->port[slot].limit != 0
               ? &replay->port[slot]
               : places_new_port(replay, port);
}

#endif
