/* SPDX-License-Identifier: Apache-2.0 */
/* Replay: one fold over records gives the state that a person sees. Every view, figure and claim reads it. */
#ifndef TRACES_REPLAY_H
#define TRACES_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/observable.h"
#include "model/record.h"
#include "sim/value.h"
#include "traces/cast.h"
#include "traces/items.h"

enum replay_thread_state {
    REPLAY_UNBORN,
    REPLAY_READY,
    REPLAY_RUNNING,
    REPLAY_BLOCKED,
    REPLAY_PARKED,
    REPLAY_ENDED,
    REPLAY_THREAD_STATES,
};

/* What a thread runs in a frame of its own: a callback that has begun and not ended, or an asynchronous procedure
 * that has begun or gone on there, and has neither ended nor been suspended. */
struct replay_callback {
    uint64_t op, frame;        /* op 0: of no packet */
    sim_time begun;
    uint32_t procedure;
    uint32_t item;             /* that it works for; 0 */
    bool is_callback;
    bool is_unfinished;        /* a callback that ends, but was suspended: it goes on elsewhere */
};

struct replay_thread {
    uint8_t state, type, why;  /* why: of its thread-block */
    bool background, waits;    /* waits: it is among the blocked */
    bool has_item;             /* of its pool */
    bool is_worker;            /* it takes items of its pool, */
    uint64_t handed_back;      /* n of the record by which it last handed back what it had queued for itself */
    bool is_retired, was_retired; /* or will when it is called back; until it last was */
    bool is_completion;        /* it waits at the port of its pool, */
    bool is_counted_busy;      /* or does not, */
    bool has_packet;           /* or has a packet from it, and will count as busy when it runs */
    reference port;            /* associated with; REFERENCE_NONE */
    reference pool;            /* whose thread it is; REFERENCE_NONE */
    reference parked_at;       /* the port or pool where it is parked; REFERENCE_NONE */
    reference parked_previous, parked_next; /* the waiters that came before and after it; REFERENCE_NONE */
    reference blocked_previous, blocked_next; /* among the blocked, in the order of their blocking */
    reference *on;             /* blocked: what it waits for, in its order; owned */
    uint32_t on_count, on_room;
    uint32_t apcs;             /* queued to it and not run */
    sim_time deadline;         /* blocked: when its wait ends at the latest; SIM_NEVER */
    uint64_t waiting;          /* n of its latest thread-block or port-wait */
    uint64_t interrupted;      /* n of the one of these out of which an APC took it; 0: none, or it runs */
    uint64_t order;            /* of its present wait among all */
    uint64_t wait_order;       /* the same, while it is suspended: of the wait that it was in */
    uint8_t interrupted_why;   /* of that wait's thread-block */
    uint32_t suspensions;      /* that nobody has taken back */
    uint64_t issued;           /* the operation that it issued last: the one that a synchronous call waits for */
    struct replay_callback *callback; /* running, with asynchronous frames, each inside the one before; owned */
    uint32_t callbacks, callback_room;
    uint64_t switches;
    sim_time born, since;      /* since: the last change of state */
    sim_span in_state[REPLAY_THREAD_STATES];
    uint64_t callbacks_run;
    uint64_t step_n;           /* of what it took last */
    uint32_t taken_first, taken_count; /* ops that it took in that step, in `taken` */
    uint32_t born_for;         /* item; 0 */
    uint64_t handed_in;        /* the step in which it was given packets last */
    uint64_t *batch;           /* those beside the one in hand; owned */
    uint32_t batch_count;
    size_t batch_room;
    uint64_t in_hand;          /* the op that it took and whose callback has not begun; 0 */
    uint32_t in_hand_for;      /* the item of that op */
    uint32_t counted_for;      /* the item at one of whose places it is counted; 0: at none */
    uint8_t counted_at;        /* enum item_place */
    struct replay_thread *next_spare; /* of those forgotten */
};

struct replay_port {
    uint32_t active, depth, waiting;
    uint64_t limit;            /* 0: not known */
    reference oldest, newest;  /* parked */
    uint64_t first_op, last_op; /* packets queued, oldest first, linked by `next` of the op; 0: none */
    bool is_closed, wakes_oldest;
};

/* An item of a pool that is queued. */
struct replay_item {
    uint64_t n, op;            /* of its work-queue; of the operation whose end it is, or 0 */
    sim_time since;
    uint32_t procedure;
    uint32_t item;             /* of a load, that it works for; 0: none */
    reference owner;           /* of the local queue in which it stands; REFERENCE_NONE */
    uint8_t queue;             /* what its work-queue says */
};

struct replay_pool {
    uint32_t workers, busy, idle, queued;
    uint32_t working, requests; /* of a pool with requests: workers woken or made for work, until they park */
    uint32_t minimum, target;
    uint32_t completion_minimum, completion_maximum; /* of completion-port threads, or what passes for them */
    uint32_t completion_threads, completion_busy; /* that there are, but for retired ones; of them: not in their wait */
    uint64_t limit;            /* the most threads; 0: not known */
    uint64_t completed;
    reference oldest, newest;  /* idle */
    struct replay_item *item;  /* queued: from first to end; owned */
    size_t first, end, room;
    bool is_known;             /* the cast was asked */
    bool has_requests;         /* it has told of them: work is not handed over */
    bool counts_once;          /* what passes for completion-port threads are the workers */
    bool crowds_out;           /* with more workers than its limit none is available, idle or not */
};

/* An operation or a posted packet, from its first record to its last. */
struct replay_op {
    uint64_t op;
    uint64_t bytes, key;
    uint64_t next, previous;   /* at the port or device where it is queued; 0: none */
    uint16_t error;
    bool pending, is_post, ok, is_queued;
    reference object;          /* handle, or port of a post */
};

/* Anything else that has a state. */
struct replay_object {
    reference file;            /* of a duplicate: the handle that it duplicates; REFERENCE_NONE */
    bool signalled, open;      /* task: signalled when it is complete */
    uint32_t pending;          /* handle: operations */
    uint32_t busy, queued;     /* device */
    uint64_t first_op, last_op; /* device: operations that wait for it, oldest first; 0: none */
    uint64_t limit;            /* device: how many it serves at once; 0: not known */
    uint64_t available;        /* semaphore */
    uint64_t key;              /* handle */
    uint32_t ignored;          /* handle: completions that were not announced */
    bool is_drained;           /* handle: somebody has waited for all that was announced */
    reference port, device;    /* handle: the port or pool where its completions go, what serves it; REFERENCE_NONE */
    uint64_t arrived, finished; /* load */
    reference owner;           /* mutex; task: the thread on which the frame lies whose end completes it */
    bool abandoned, was_abandoned; /* mutex: by an owner that ended; so when it was last acquired */
    struct value value;        /* variable */
    char *text;                /* of a variable's text; owned */
    bool is_known;             /* the cast was asked */
    bool has_requests;         /* it has told of them: work is not handed over */
};

struct replay_procedure {
    uint64_t calls, running;
};

struct replay;

/* A fold with the initial state that `cast` tells; borrowed. NULL when there is no memory. */
struct replay *replay_create(const struct cast *cast);
void replay_destroy(struct replay *replay);

/* Nobody will ask for single operations or callbacks: how many are pending, and have begun, is counted, and memory does not
 * grow with them.
 * Said before the first record. */
void replay_count_only(struct replay *replay);

/* All items that end are to be kept, for figures of them. Said before the first record. */
void replay_keep_items(struct replay *replay);

/* Takes one record. O(1) amortised. */
void replay_see(struct replay *replay, const struct record *record, const struct record_batch *batch);

/* Lets time pass without a record. */
void replay_advance(struct replay *replay, sim_time now);

/* Whether memory ran out; the state is then of no use. */
bool replay_failed(const struct replay *replay);

sim_time replay_now(const struct replay *replay);

/* The state of one object; NULL when no record and no cast told of it. */
const struct replay_thread *replay_thread(const struct replay *replay, reference thread);
const struct replay_port *replay_port(const struct replay *replay, reference port);
const struct replay_pool *replay_pool(const struct replay *replay, reference pool);
/* The index-th item queued, from the oldest; NULL behind the last. */
const struct replay_item *replay_item(const struct replay_pool *pool, size_t index);
const struct replay_object *replay_object(const struct replay *replay, reference object);
/* What a handle shares with its duplicates: signal, pending operations, port and key. */
const struct replay_object *replay_file(const struct replay *replay, reference handle);
const struct replay_op *replay_op(const struct replay *replay, uint64_t op);
struct replay_procedure replay_procedure(const struct replay *replay, uint32_t procedure);

/* Who waits for an object, in the order in which the waits began: the first with `previous` REFERENCE_NONE,
 * then the one behind it; REFERENCE_NONE behind the last. O(blocked threads). */
reference replay_waiter(const struct replay *replay, reference object, reference previous);

/* How often a thread's present wait names the object. */
uint32_t replay_waits_for(const struct replay_thread *thread, reference object);

/* What the threads of a type did that are forgotten, summed. */
struct replay_forgotten {
    uint64_t threads, callbacks, switches;
    sim_span in_state[REPLAY_THREAD_STATES];
};

const struct replay_forgotten *replay_forgotten(const struct replay *replay, uint8_t type);

/* The whole machine. */
struct replay_machine {
    uint64_t busy, ready, alive, switches;
    uint32_t processors;       /* 0: not known */
};

struct replay_machine replay_machine(const struct replay *replay);

/* How long threads have run, summed. O(threads). */
sim_span replay_cpu_time(const struct replay *replay);

/* The ops that a thread took in its last dequeue, in order. */
const uint64_t *replay_taken(const struct replay *replay, reference thread, uint32_t *count);

/* The items of all loads. */
const struct items *replay_items(const struct replay *replay);

/* How many objects of a kind are known: their slots are below this. A thread that has ended may be forgotten where
 * nobody can ask for it: it is then as one that was never born, and its figures are in those of its type. */
uint32_t replay_count(const struct replay *replay, enum object_kind kind);

/* What an observable says of an object, or of an operation by number. False when it says nothing. */
bool replay_observe(const struct replay *replay, enum observable observable, struct value object, struct value *value);

#endif
