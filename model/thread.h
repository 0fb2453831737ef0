/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: their states and frames, how they come into being, become ready and end. */
#ifndef MODEL_THREAD_H
#define MODEL_THREAD_H

#include "model/crew.h"
#include "model/frame.h"
#include "model/item.h"
#include "model/packet.h"
#include "model/simulation.h"
#include "model/thread_state.h"

struct thread {
    /* What it does now. */
    uint8_t state, type, priority, flags;
    uint8_t verb; /* the verb it executes or waits in */
    uint8_t why;  /* blocked: enum record_why of its thread-block */
    uint8_t readied_by; /* enum readied_by: what ended its wait */
    bool is_timed;      /* an event with its stamp is pending */
    uint8_t suspensions;     /* that nobody has taken back */
    uint8_t interrupted;     /* enum interrupted */
    uint8_t interrupted_why; /* enum record_why of that wait's thread-block */
    uint8_t phase;           /* of a pool's thread that serves a port: where it stands */
    uint32_t pc;           /* next word of code */
    frame_id frame;        /* innermost; 0 once its procedure is over */
    process_id process;
    uint32_t step;         /* text: pointer of the step it executes */
    reference subject;     /* the object of the verb it executes; REFERENCE_NONE */
    uint32_t stamp;        /* of its one pending deadline or end of compute */
    thread_id ready_next;  /* in the ready list */
    thread_id spin_next;   /* among those that spin */
    uint32_t spins_for;    /* formula: the condition it spins for */
    /* Its port (fact IOCP-31): association, and its place among the associated and the parked. */
    queue_id queue;
    thread_id joined_previous, joined_next;
    thread_id parked_previous, parked_next;
    uint32_t most_packets; /* parked in Ex: its max; 0: a plain get */
    /* Waiting and being waited for. */
    uint32_t first_wait;      /* wait blocks, in the order of the objects */
    uint32_t woken_by;        /* without a frame: which object ended its last wait; WOKEN_BY_TIMEOUT */
    uint32_t first_apc, last_apc;
    frame_id apc_frame;       /* the frame whose alertable wait now runs the APCs queued; 0: none does */
    waitable_id first_held, last_held; /* mutexes it owns, in order of acquisition */
    waitable_id waitable;     /* made when somebody waits for its end; 0: nobody has */
    uint32_t target;          /* what `as` of its present get binds */
    uint32_t first_draw;      /* its counts of draws */
    packet_id awaits;         /* the operation whose result its present call gives; 0: none */
    uint32_t outstanding;     /* operations it issued that are pending */
    continuation_id first_inline; /* what completions have left to it to run, innermost frame first */
    uint32_t switches;
    /* Of a pool. */
    pool_id pool;             /* whose thread it is; 0: of none */
    uint32_t worker;          /* what it has as one that takes items; 0: it takes none */
    thread_id bears;          /* threads that it has made, and has yet to pay for, by ready_next */
    packet_id in_hand;        /* what it took without a frame, as one that serves its pool's port */
    reference self;           /* what records and values call it */
    bool is_named;            /* a value may name it: its place is its own for ever */
    bool is_of_load;          /* it runs the first procedure of its item */
    uint64_t born_for;          /* that it was born for; 0: none */
    sim_time born, running_since;
    sim_time due;             /* of its one event; SIM_NEVER: there was none when it was postponed */
    sim_span work_left;       /* ideal and shared processors: of the compute in which it was suspended */
    uint64_t wait_order;      /* of its wait among all: where it stands among those that wait */
};

#define WOKEN_BY_TIMEOUT UINT32_MAX

/* What causes point at; apart from the thread, since no rule depends on it. */
struct thread_note {
    uint64_t latest;           /* the record that causes a verb's records */
    uint64_t own, own_step;    /* the last record with this thread, and its step */
    uint64_t waiting;          /* its thread-block or port-wait */
    uint64_t interrupted;      /* the one of these that a kernel APC took it out of */
    uint64_t readied;          /* what made it ready */
};

static inline struct thread *thread_at(const struct simulation *sim, thread_id id)
{
    return BLOCK_AT(&sim->block, TABLE_THREAD, struct thread, id);
}

static inline struct thread_note *thread_note_at(const struct simulation *sim, thread_id id)
{
    return BLOCK_AT(&sim->block, TABLE_THREAD_NOTE, struct thread_note, id);
}

/* How a thread stands with a dispatcher; only where there is one. */
static inline struct standing *standing_at(const struct simulation *sim, thread_id id)
{
    return block_at(&sim->block, TABLE_STANDING, id);
}

static inline reference thread_reference(const struct simulation *sim, thread_id id)
{
    return thread_at(sim, id)->self;
}

/* Where a thread lies; 0 once its place is another's, which happens only to what no value names. */
static inline thread_id thread_of(const struct simulation *sim, reference self)
{
    return *BLOCK_AT(&sim->block, TABLE_THREAD_PLACE, thread_id, reference_slot(self) + 1);
}

/* The thread as a value, which may be kept. */
static inline struct value thread_value(const struct simulation *sim, thread_id id)
{
    thread_at(sim, id)->is_named = true;
    return value_make(VALUE_REFERENCE, thread_reference(sim, id));
}

/* The item that the thread's innermost frame works for, or, without a frame, that it was born for; 0: none. */
static inline uint64_t thread_item(const struct simulation *sim, thread_id id)
{
    const struct thread *thread = thread_at(sim, id);

    return thread->frame == 0 ? thread->born_for : frame_at(sim, thread->frame)->item;
}

/* Ready or running: what counts as active when it is associated with a port (fact IOCP-41). */
static inline bool thread_is_active(const struct simulation *sim, thread_id id)
{
    uint8_t state = thread_at(sim, id)->state;

    return state == THREAD_READY || state == THREAD_RUNNING;
}

/* Whether it is a pool's, and waits there for work: in no wait that anything but its pool knows. */
static inline bool thread_is_idle(const struct simulation *sim, thread_id id)
{
    const struct thread *thread = thread_at(sim, id);

    return thread->state == THREAD_PARKED && thread->worker != 0 && worker_at(sim, thread->worker)->item == 0;
}

/* Where what it takes from a port hangs: on its innermost frame, or, without one, on the thread. */
static inline packet_id *thread_taken(const struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);

    return thread->frame == 0 ? &thread->in_hand : &frame_at(sim, thread->frame)->taken;
}

/* The APCs queued to the thread run before its next verb: its wait is alertable. */
static inline void thread_run_apcs(struct simulation *sim, thread_id id)
{
    thread_at(sim, id)->apc_frame = thread_at(sim, id)->frame;
}

/* The place of a record about `thread` that has been counted and is wanted. */
struct record *thread_record(struct simulation *sim, enum record_kind kind, thread_id thread, uint64_t cause);

/* Adds where the thread stands: frame, procedure, step. */
void record_place(const struct simulation *sim, struct record *record, thread_id thread);

/* Adds what thread-create and thread-exit say: priority, background, pool. */
void thread_tell(const struct simulation *sim, struct record *record, thread_id thread);

/* Counts a record about a thread, as its last; whether it is wanted. */
static inline bool thread_counts(struct simulation *sim, enum record_kind kind, thread_id thread)
{
    struct thread_note *note = thread_note_at(sim, thread);

    note->own = ++sim->state.n;
    note->own_step = sim->state.step_n;
    return emission_wants(sim, kind);
}

/* A record about `thread`, without frame or step: what is handed to it, or done by a deadline. */
static inline struct record *
emit_thread(struct simulation *sim, enum record_kind kind, thread_id thread, uint64_t cause)
{
    return thread_counts(sim, kind, thread) ? thread_record(sim, kind, thread, cause) : NULL;
}

/* The same, with the thread's priority as it stands, and how much of it is boost. */
void record_standing(const struct simulation *sim, struct record *record, thread_id thread);

static inline struct record *
emit_standing(struct simulation *sim, enum record_kind kind, thread_id thread, uint64_t cause)
{
    struct record *record = emit_thread(sim, kind, thread, cause);

    if (record != NULL) {
        record_standing(sim, record, thread);
    }
    return record;
}

/* Shared processors: the time that they have given to threads and that is not summed up yet. */
sim_span thread_shared_time(const struct simulation *sim);

/* A record of the verb that `thread` executes: with its frame, procedure and step, caused by the thread's
 * latest run, release, take or callback. */
static inline struct record *emit_verb(struct simulation *sim, enum record_kind kind, thread_id thread)
{
    struct record *record;

    if (!thread_counts(sim, kind, thread)) {
        return NULL;
    }
    record = thread_record(sim, kind, thread, thread_note_at(sim, thread)->latest);
    record_place(sim, record, thread);
    return record;
}

/* The record just emitted is what later records of the thread's verbs come from. */
static inline void thread_is_caused(struct simulation *sim, thread_id thread)
{
    thread_note_at(sim, thread)->latest = sim->state.n;
}

/* The result of a verb, as its thread sees it. */
struct outcome {
    bool ok;
    uint16_t error;
    uint32_t count, which;
    uint64_t bytes, key;
    packet_id operation;
    uint64_t op;    /* shown number; 0: none */
    uint32_t shown; /* sum of enum result: what is set in the frame and shown */
};

/* Stores the outcome of the verb that `thread` executes, or waited in, in its frame, and emits it. */
void thread_outcome(struct simulation *sim, thread_id thread, const struct outcome *outcome);

/* An outcome of nothing but ok and error. */
void thread_outcome_plain(struct simulation *sim, thread_id thread, uint16_t error);

/* The call that the thread is in gives the result of this operation, and holds it until then; 0: of none. */
void thread_await(struct simulation *sim, thread_id thread, packet_id operation);

/* A thread that is not born yet; its number. */
thread_id thread_create(struct simulation *sim);

/* The same for an item, where there is one in the place of another that is forgotten. */
thread_id thread_create_for_item(struct simulation *sim);

/* An item's thread that has ended leaves its place, unless something can still come to it or name it. */
void thread_forget(struct simulation *sim, thread_id thread);

/* Schedules the one event that a thread which computes, spins or waits may have, unless it lies beyond the
 * end of time. When the thread becomes ready otherwise, the event is stale. */
void thread_schedule(struct simulation *sim, thread_id thread, enum event_kind kind, sim_time time);

/* What was scheduled for the thread is stale from now on. */
void thread_overtakes(struct simulation *sim, thread_id thread);

/* A pool's thread is among those of its crew that run, or no longer, as its state has it. */
void thread_settle_crew(struct simulation *sim, thread_id thread);

/* Puts the thread at the tail of the ready list; `cause` is the record that made it ready. */
void thread_make_ready(struct simulation *sim, thread_id thread, uint64_t cause);

/* The same without more: it has a processor, or is about to have one. */
void thread_goes_on(struct simulation *sim, thread_id thread);

/* The same, of a thread that will go on with it: `due` keeps when. */
void thread_postpones(struct simulation *sim, thread_id thread);

/* Unlinks a thread from the ready list, if it is there. O(length). */
void thread_take_back(struct simulation *sim, thread_id thread);

/* Unlinks the index-th ready thread. O(index). */
thread_id thread_take_ready_later(struct simulation *sim, uint32_t index);

static inline thread_id thread_take_ready(struct simulation *sim, uint32_t index)
{
    thread_id id = sim->state.ready_first;

    if (index > 0) {
        return thread_take_ready_later(sim, index);
    }
    sim->state.ready_first = thread_at(sim, id)->ready_next;
    if (sim->state.ready_first == 0) {
        sim->state.ready_last = 0;
    }
    thread_at(sim, id)->ready_next = 0;
    sim->state.ready_count--;
    return id;
}

/* The thread has a processor from now on: emits thread-run. */
void thread_begins_running(struct simulation *sim, thread_id thread, enum record_why why);

/* Takes the thread off its processor, if it has one: it waits, is parked, has ended, or is ready while another
 * runs. */
void thread_stops_running(struct simulation *sim, thread_id thread, enum thread_state state);

/* A new frame of `procedure` on top of `up`, whose locals are the run `locals` (0: fresh ones). */
frame_id frame_push(struct simulation *sim, thread_id thread, const struct frame *frame);

/* Ends the innermost frame: drops what its locals hold, frees it, and goes back to the one above. */
void frame_pop(struct simulation *sim, thread_id thread);

#endif
