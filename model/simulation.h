/* SPDX-License-Identifier: Apache-2.0 */
/* The simulation: the context that every noun is handed. The bottom of model/: it knows the plan, the
 * block, the clock and how to say a record; no noun. The top, which turns the loop, is run.c. */
#ifndef MODEL_SIMULATION_H
#define MODEL_SIMULATION_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "model/plan.h"
#include "model/policy/policy.h"
#include "model/record.h"
#include "sim/block.h"
#include "sim/choice.h"
#include "sim/event_queue.h"

/* How many records gather before observers see them. */
#define EMISSION_BATCH 256

/* The tables of the block. */
enum table {
#define BLOCK_TABLE(id, type) TABLE_##id,
#include "model/table.def"
#undef BLOCK_TABLE
};

enum {
    TABLE_COUNT = 0
#define BLOCK_TABLE(id, type) +1
#include "model/table.def"
#undef BLOCK_TABLE
};

/* Numbers of elements of the block's tables; 0 is none. A declared object's slot s has number s + 1. */
typedef uint32_t thread_id;
typedef uint32_t queue_id;
typedef uint32_t file_id;
typedef uint32_t handle_id;
typedef uint32_t stream_id;
typedef uint32_t device_id;
typedef uint32_t packet_id;
typedef uint32_t waitable_id;
typedef uint32_t frame_id;
typedef uint32_t process_id;
typedef uint32_t pool_id;
typedef uint32_t work_item_id;
typedef uint32_t door_id;
typedef uint32_t load_id;
typedef uint32_t client_id;
typedef uint32_t task_id;
typedef uint32_t coroutine_id;
typedef uint32_t continuation_id;
typedef uint32_t timer_id;
typedef uint32_t timer_queue_id;
typedef uint32_t registration_id;
typedef uint32_t wait_keeper_id;

/* What the events of the future event list are about. */
enum event_kind {
#define EVENT(id, handler) EVENT_##id,
#include "model/event.def"
#undef EVENT
};

#define EVENT_KIND_SHIFT 28

/* How a verb leaves its thread. */
enum step_end {
    STEP_GOES_ON, /* the thread goes on with its next verb */
    STEP_STOPS,   /* the thread computes, waits, gives way or has ended */
};

/* What became of an item that is no callback. */
enum chore_end {
    CHORE_IS_DONE,
    CHORE_IS_CALLBACK, /* which its worker runs now */
    CHORE_GOES_ON,     /* it has left its worker what to do, or is over */
    CHORE_STOPS,       /* its worker waits */
};

struct simulation;
struct item_birth;

typedef enum step_end verb_function(struct simulation *sim,
                                    thread_id thread,
                                    const uint32_t *operands);

/* The one table that knows every noun; switchboard.c fills it. */
struct switchboard {
    verb_function *const *verb;                                     /* by enum verb; flow verbs NULL */
    void (*const *event)(struct simulation *sim, uint32_t id);      /* by enum event_kind */
    formula_reader *read;                                           /* of expressions */
    /* What the end of a thread does to its operations; `cause` is its thread-exit. */
    void (*thread_ends)(struct simulation *sim, thread_id thread, uint64_t cause);
    /* A pool's thread: it has nothing to execute; the procedure of its item is over; it has really blocked, of
     * which `cause` tells. */
    enum step_end (*worker_goes_on)(struct simulation *sim, thread_id thread);
    void (*worker_is_done)(struct simulation *sim, thread_id thread);
    void (*worker_waits)(struct simulation *sim, thread_id thread, uint64_t cause);
    /* Its wait has ended, as `cause` tells. */
    void (*worker_wakes)(struct simulation *sim, thread_id thread, uint64_t cause);
    /* It does an item that is no callback. */
    enum chore_end (*does_chore)(struct simulation *sim, thread_id thread, work_item_id item);
    /* An object that is watched for a pool is signalled. */
    void (*watch_ends)(struct simulation *sim, registration_id registration, uint64_t cause);
    /* A load's item comes to a pool. */
    void (*pool_takes_item)(struct simulation *sim, pool_id pool, const struct item_birth *of);
    /* A worker begins an item that a task has queued; what is left of one that nobody begins. */
    void (*continues)(struct simulation *sim, thread_id thread, continuation_id continuation);
    void (*continuation_is_lost)(struct simulation *sim, continuation_id continuation);
    /* The asynchronous frame that is the thread's innermost begins, or ends (true: what its end makes run comes
     * first, on top of it), or goes with its thread. */
    void (*frame_begins)(struct simulation *sim, thread_id thread);
    bool (*frame_ends)(struct simulation *sim, thread_id thread);
    void (*frame_is_lost)(struct simulation *sim, thread_id thread);
    /* A call binds the task of the frame that it will push: its coroutine; 0 after a misuse. */
    coroutine_id (*call_begins)(struct simulation *sim, thread_id thread, uint32_t target);
    /* The thread runs the next of what a completion left to it, if that stands at its innermost frame. */
    bool (*goes_inline)(struct simulation *sim, thread_id thread);
    /* The callback of a packet that is awaited runs now, or would: true when something is to run before it. */
    bool (*packet_arrives)(struct simulation *sim, thread_id thread, packet_id packet);
};

/* Where the instants of a load's file come from. */
enum arrival_status {
    ARRIVAL_COMES,
    ARRIVAL_IS_LAST, /* there is no other */
    ARRIVAL_FAILS,   /* the source knows why; the run is broken off */
};

struct arrival_source {
    /* The next instant of this load, in ns; not before the last one. */
    enum arrival_status (*next)(void *context, uint32_t load, sim_time *instant);
    void *context;
};

/* Records on their way to observers. */
struct emission {
    uint64_t wanted[2]; /* kinds that somebody wants */
    struct record *record;
    uint32_t count;
    char *bytes;
    uint32_t byte_count, byte_room;
    reference *list;
    uint32_t list_count, list_room;
    char *scratch; /* a text being composed, before its record is emitted */
    uint32_t scratch_count, scratch_room;
    const struct record_observer *observer;
    uint32_t observer_count;
};

/* The scalars of a run; with the block's bytes they are all of its mutable state. */
struct run_state {
    sim_time now;
    uint64_t n, step_n;           /* of the last record and step */
    uint64_t frames, operations;  /* numbers given so far */
    uint64_t waits;               /* begun so far */
    uint64_t events;              /* taken from the future event list and handled */
    uint64_t stale_events;        /* pending, and overtaken */
    uint64_t verbs_now;           /* executed at this instant */
    uint64_t switches;            /* threads given a processor */
    uint64_t finished_cpu_time;   /* of spells of running that are over */
    uint64_t run_begin;           /* n of the first record */
    uint64_t pending;             /* events scheduled and not taken, but those of dispatchers */
    sim_time shared_since;        /* shared processors: cpu time is summed until then */
    thread_id ready_first, ready_last;
    thread_id spinner_first;      /* threads that spin */
    uint32_t ready_count;
    uint32_t unpaid;              /* threads that are ready but for being paid for */
    uint32_t running;             /* threads that run, remote ones too */
    uint32_t alive;               /* threads that exist */
    uint32_t foreground;          /* that have not ended; declared ones count from the beginning */
    uint32_t misuses;
    uint32_t items;               /* numbers given so far */
    uint32_t thread_references;   /* given so far: no two threads of a run have the same */
    thread_id free_thread;        /* places of threads that ended and that nothing can name, by ready_next */
    uint64_t bringer;             /* the item of the step that moves a stream; 0: of none */
    thread_id livelocked;         /* who ran when the run was found to stand still */
    bool had_foreground;
    bool step_is_fresh;           /* a resumed thread began this step and no verb has used it */
    bool is_over;
    uint8_t end;                  /* enum run_end, once it is over */
};

struct simulation {
    const struct plan *plan;
    const struct switchboard *switchboard;
    const struct dispatcher *dispatcher; /* NULL: ideal processors */
    struct block block;
    struct event_queue events;
    struct choice_source choices;
    struct sim_allocator allocator;
    struct run_state state;
    struct emission emission;
    uint64_t seed;
    sim_time until;
    struct arrival_source arrivals;
    uint32_t index;      /* of the element whose attributes are being read */
    uint64_t drawing_item;    /* for whom something is drawn outside of its threads; 0: for nobody */
    client_id drawing_client;
    thread_id executing; /* whose expressions are being read; 0: a declaration's */
    bool out_of_memory;
};

/* Creates a zeroed element; 0, and the flag set, when there is no memory. Every pointer into the block is
 * dead after it. */
static inline uint32_t simulation_create_element(struct simulation *sim, enum table table)
{
    uint32_t id = 0;

    if (!block_create(&sim->block, (uint32_t)table, &id)) {
        sim->out_of_memory = true;
        return 0;
    }
    return id;
}

/* What an event is about, in one word. */
static inline uint32_t event_what(enum event_kind kind, uint32_t id)
{
    return (uint32_t)kind << EVENT_KIND_SHIFT | id;
}

/* Schedules an event. */
static inline void simulation_schedule(struct simulation *sim, struct event event)
{
    sim->state.pending++;
    if (!event_queue_push(&sim->events, event)) {
        sim->out_of_memory = true;
    }
}

/* The verb, or the event handler, that begins now takes a step; one that a resumed thread began and no
 * verb has used yet is taken over. */
static inline void step_begin(struct simulation *sim)
{
    if (sim->state.step_is_fresh) {
        sim->state.step_is_fresh = false;
    } else {
        sim->state.step_n++;
    }
}

/* Hands what has gathered to the observers. */
void emission_flush(struct simulation *sim);

/* The place of the record that has just been counted, with nothing in it but when it happened. */
static inline struct record *emission_add(struct simulation *sim, enum record_kind kind)
{
    struct record *record;

    if (sim->emission.count == EMISSION_BATCH) {
        emission_flush(sim);
    }
    record = &sim->emission.record[sim->emission.count++];
    *record = record_blank;
    record->n = sim->state.n;
    record->t = sim->state.now;
    record->step_n = sim->state.step_n;
    record->kind = (uint8_t)kind;
    return record;
}

/* Whether somebody wants records of this kind. */
static inline bool emission_wants(const struct simulation *sim, enum record_kind kind)
{
    return (sim->emission.wanted[kind / 64] >> (kind % 64) & 1) != 0;
}

/* Counts a record, and gives its place to be filled in when somebody wants it, else NULL. The number of
 * the record is then `sim->state.n`. */
static inline struct record *emit(struct simulation *sim, enum record_kind kind)
{
    sim->state.n++;
    return emission_wants(sim, kind) ? emission_add(sim, kind) : NULL;
}

/* Appends to the text being composed. */
void scratch_add(struct simulation *sim, const char *bytes, size_t length);

/* Appends text or references to the batch of the record just emitted. */
void emit_text(struct simulation *sim, struct record *record, const char *bytes, size_t length);
void emit_reference(struct simulation *sim, struct record *record, reference object);

#endif
