/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of a pool have in common: its counts, its queues of work, its threads. Which part keeps what: the
 * backlog its queues, climbing its samples, the gate its rounds, the pool all else. */
#ifndef MODEL_POOL_STATE_H
#define MODEL_POOL_STATE_H

#include "model/crew.h"
#include "model/parked.h"
#include "model/policy/pool.h"
#include "model/simulation.h"
#include "model/thread.h"

/* One piece of work: a procedure to run once. */
struct work_item {
    uint64_t cause;     /* n of what brings it; once it is queued, of its work-queue; once taken, of its work-take */
    uint64_t load_item; /* that it works for: a key of model/item.h; 0: none */
    packet_id packet;   /* the operation whose end it is; 0 */
    uint32_t procedure, locals;
    work_item_id next, previous; /* in its queue */
    door_id door;           /* through which it came; 0 */
    continuation_id continuation; /* what its worker runs instead of a fresh call of the procedure; 0 */
    uint32_t owner;         /* of the local queue that it stands in: a number of the workers' table */
    sim_time begun;         /* CHORE_IO: when its worker began with it */
    uint8_t queue;          /* enum work_queue_kind: where it is, or was, queued */
    uint8_t taken_by;       /* enum record_why: the rule by which it was taken */
    uint8_t chore;          /* enum work_chore: what a worker does with it */
    uint8_t notice;         /* enum notice: of the registered wait that has brought it */
    uint32_t subject;       /* of its chore: a timer, or a queue of timers */
    bool was_moved;         /* from a local queue to another one */
    bool is_first;          /* the load brought it: with it the first procedure of its item is over */
    bool has_begun, spare[2]; /* CHORE_IO: its worker has taken the first completion */
};

/* What an item asks of its worker. */
enum work_chore {
    CHORE_CALLBACK, /* to run its procedure */
    CHORE_TIMERS,   /* to fire the timers of a queue that is due */
    CHORE_TIMER,    /* to run the callback of one that has fired, unless it was stopped meanwhile */
    CHORE_WAIT,     /* to let a registered wait begin anew for which no thread waits, and to run its callback */
    CHORE_IO,       /* to handle completions that have been gathered */
    CHORE_READ,     /* to read a file in the callback's place, and then run the callback */
};

/* Where a gate stands. */
enum gate_phase {
    GATE_UNBORN,
    GATE_STARTS, /* made, and has not run */
    GATE_DELAYS, /* sleeps before its first period */
    GATE_WAITS,
    GATE_PARKED, /* nothing was asked of it for some rounds */
    GATE_WORKED, /* it has done what it woke for */
};

/* What workers that wait for tasks ask of the gate (fact CLR-81). */
enum gate_pending {
    PENDING_NOTHING,
    PENDING_WITH_DELAY, /* if one is needed */
    PENDING_AT_ONCE,
};

struct gate {
    thread_id thread;
    uint8_t phase, pending;  /* enum gate_phase, gate_pending */
    bool is_signalled;       /* its event is set */
    bool waits_for_round;    /* its present wait ends when a round is due; */
    bool waits_for_delay;    /* when a delay is over */
    bool is_delaying, spare[2];
    uint32_t rounds_left;    /* until it parks */
    sim_time last_round;     /* by the clock's ticks */
    sim_time delay_since;
    sim_span delay;
    sim_span cpu_time;       /* of the machine, when it was last looked at */
    sim_time cpu_since;
    uint32_t utilization;    /* percent */
};

/* The timers of a pool (model/timer_queue.c). */
struct timekeeper {
    thread_id thread;        /* that waits for the next queue that is due; 0: none yet */
    timer_queue_id newest;   /* of its queues; each comes with its first timer */
    sim_time begun;          /* by the clock's ticks: when the first timer was made */
    timer_queue_id earliest, latest; /* queues that the thread waits for, in the order in which they came to it */
    uint32_t active;         /* timers that will fire */
    uint32_t made;           /* timers so far */
};

/* The registered waits of a pool (model/registered_wait.c). */
struct registrar {
    wait_keeper_id oldest, newest; /* who waits */
    uint32_t nameless;       /* registered waits so far to which no step gave a name */
};

/* The samples of hill climbing. */
struct climb {
    uint32_t first, words;   /* its state: a run of the table of climbing; 0: not begun */
    sim_time sampled_at;     /* where the present sample begins; */
    sim_time sampled_tick;   /* by the clock's ticks */
    sim_span interval;       /* that it takes at least */
    uint64_t completed;      /* items, when it began */
    bool has_sampled, spare[7];
};

/* Who serves a pool's handles: its port, which is made with its first use (on Linux it stands for what sockets tell),
 * the threads that wait there, and what pollers have gathered. */
struct pool_service {
    sim_time grown;          /* when the last completion-port thread was made */
    queue_id port;           /* 0: not used yet */
    uint32_t name;           /* object of the plan under which it is named */
    uint32_t threads;        /* completion-port threads, but for retired ones */
    uint32_t working;        /* of them: not in their wait */
    struct parked retired;   /* completion-port threads that wait for the end of their own operations */
    packet_id first, last;   /* gathered, and handled by nobody yet */
    uint32_t gathered;
    bool is_asked;           /* an item that will handle it is queued */
    bool has_grown, spare[6];
};

struct pool {
    struct pool_constants constants;
    struct pool_service service;
    struct gate gate;
    struct climb climb;
    struct timekeeper timers;
    struct registrar registrar;
    uint64_t completed;     /* items */
    uint64_t tick_set;      /* n of the record that the tick it waits for comes from */
    struct work_queue queue[WORK_QUEUE_KINDS];
    struct parked idle;     /* who waits for work */
    struct parked retired;  /* who waits to be called back */
    sim_time last_dequeue;  /* by the clock's ticks */
    sim_span idle_time;     /* how long a worker waits for work before it asks to leave; SIM_NEVER */
    thread_id oldest, newest; /* its workers */
    uint32_t depth;         /* items queued anywhere */
    uint32_t local_depth;   /* of them in local queues */
    uint32_t busy;          /* threads that have an item */
    uint32_t working;       /* workers woken or made for work, until they park */
    uint32_t released;      /* of them: so many wake-ups wait for a worker that is on its way */
    uint32_t requests;      /* for a worker, that none has answered */
    uint32_t minimum, maximum, target; /* of workers */
    uint32_t completion_minimum, completion_maximum; /* of completion-port threads, where there are any */
    uint32_t thefts;        /* so many draws of where to begin */
    uint32_t blocked, added; /* workers that wait for tasks, and what the target has for them */
    uint32_t born[THREAD_TYPE_COUNT]; /* threads of each type so far: the index of the next one */
    uint32_t name;          /* object of the plan under which its threads of the first type are named */
    uint32_t overshoot;     /* formula: what the gate's time-outs last longer */
    uint32_t stamp;         /* of its tick */
    uint8_t preset;         /* enum pool_preset */
    bool is_ticking, spare[2];
};

static inline struct pool *pool_at(const struct simulation *sim, pool_id id)
{
    return BLOCK_AT(&sim->block, TABLE_POOL, struct pool, id);
}

static inline struct work_item *work_item_at(const struct simulation *sim, work_item_id id)
{
    return BLOCK_AT(&sim->block, TABLE_WORK_ITEM, struct work_item, id);
}

static inline reference pool_reference(pool_id id)
{
    return reference_make(OBJECT_POOL, id - 1);
}

static inline const struct pool_policy *pool_policy_of(const struct simulation *sim, pool_id id)
{
    return policy_pool((enum pool_preset)pool_at(sim, id)->preset);
}

static inline enum pool_io pool_io_of(const struct simulation *sim, pool_id id)
{
    return policy_io(pool_policy_of(sim, id), &pool_at(sim, id)->constants);
}

/* The worker that a thread is. */
static inline struct worker *worker_of(const struct simulation *sim, thread_id thread)
{
    return worker_at(sim, thread_at(sim, thread)->worker);
}

/* What the machine's clock reads: its tick is behind by less than one (fact CLR-64). */
static inline sim_time pool_clock(const struct simulation *sim)
{
    sim_span tick = sim->plan->tick;

    return tick == 0 ? sim->state.now : sim->state.now - sim->state.now % tick;
}

/* How long a time-out of a thread that the pool has for itself lasts: on Windows, until the clock ticks. */
static inline sim_span pool_timeout(const struct simulation *sim, pool_id id, sim_span timeout)
{
    sim_span tick = sim->plan->tick;
    sim_time end;

    if (tick == 0 || timeout == SIM_NEVER || pool_at(sim, id)->constants.system != SYSTEM_IS_WINDOWS ||
        !sim_time_add(sim->state.now, timeout, &end) || end % tick == 0) {
        return timeout;
    }
    return timeout + tick - end % tick;
}

/* The pool that a step means which may name one: that of its thread, else the first of the scenario; contexts are passed
 * over. 0: there is none. */
static inline pool_id pool_of_step(const struct simulation *sim, thread_id thread)
{
    pool_id pool = thread_at(sim, thread)->pool;

    if (pool != 0 && !pool_policy_of(sim, pool)->has_context) {
        return pool;
    }
    for (pool = 1; pool <= sim->plan->declared[OBJECT_POOL]; pool++) {
        if (!pool_policy_of(sim, pool)->has_context) {
            return pool;
        }
    }
    return 0;
}

#endif
