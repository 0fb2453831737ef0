/* SPDX-License-Identifier: Apache-2.0 */
/* Policies of pools: they say when a pool makes, wakes and dismisses its threads, where work is looked for, and who
 * serves I/O. Which preset has which policy and constants says the table (model/policy/pool_table.h). */
#ifndef MODEL_POLICY_POOL_H
#define MODEL_POLICY_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/policy/pool_table.h"
#include "model/policy/work_queue.h"
#include "sim/time.h"

enum pool_preset {
#define POOL_PRESET(id, word, policy, what) POOL_##id,
    POOL_PRESETS(POOL_PRESET)
#undef POOL_PRESET
};

enum {
    POOL_PRESET_COUNT = 0
#define POOL_PRESET(id, word, policy, what) +1
        POOL_PRESETS(POOL_PRESET)
#undef POOL_PRESET
};

enum pool_constant {
#define POOL_CONSTANT(word, ...) POOL_CONSTANT_##word,
    POOL_CONSTANTS(POOL_CONSTANT)
#undef POOL_CONSTANT
};

enum {
    POOL_CONSTANT_COUNT = 0
#define POOL_CONSTANT(word, ...) +1
        POOL_CONSTANTS(POOL_CONSTANT)
#undef POOL_CONSTANT
};

enum pool_constant_kind {
    POOL_CONSTANT_IS_NUMBER,
    POOL_CONSTANT_IS_SPAN,
    POOL_CONSTANT_IS_SHARE,
    POOL_CONSTANT_IS_FLAG,
    POOL_CONSTANT_IS_SYSTEM,
};

struct pool_constant_row {
    const char *word, *source, *what;
    uint64_t preset[POOL_PRESET_COUNT]; /* LACKS, PER_PROCESSOR */
    enum pool_constant_kind kind;
    int least, is_verified;
};

struct pool_row {
    const char *word, *what;
};

const struct pool_row *pool_row(enum pool_preset preset);
const struct pool_constant_row *pool_constant_row(enum pool_constant constant);

/* What a constant is in a preset without being said, LACKS where it has none. */
uint64_t pool_constant_preset(enum pool_constant constant, enum pool_preset preset, uint32_t processors);

/* The constants of one pool; what its preset lacks is 0. */
struct pool_constants {
#define POOL_CONSTANT(word, ...) uint64_t word;
    POOL_CONSTANTS(POOL_CONSTANT)
#undef POOL_CONSTANT
    bool min_is_forced, max_is_forced; /* min_workers, max_workers: the scenario gives them */
};

/* What a policy sees of its pool. */
struct pool_view {
    const struct pool_constants *constants;
    uint32_t processors;
    uint32_t queued;   /* items that no thread has taken */
    uint32_t workers;  /* that exist, but for retired ones */
    uint32_t retired;  /* that exist and do not work until they are called back */
    uint32_t running;  /* workers that run or are ready */
    uint32_t idle;     /* workers that wait for work */
    uint32_t working;  /* workers woken or made for work, until they park; where work is handed over: that have an item */
    uint32_t current;  /* workers that the target is compared with: those that work, or all */
    uint32_t requests; /* for a worker, that no worker has answered */
    uint32_t target, minimum, maximum; /* of workers, as they stand */
    uint32_t blocked;  /* workers that wait for a task, and count */
    uint32_t added;    /* threads that the target has for their sake */
};

/* When a policy is asked. */
enum pool_occasion {
    POOL_BEGINS,        /* with the run */
    POOL_HAS_WORK,      /* an item was queued */
    POOL_WORKER_WAITS,  /* a worker has blocked in its item, or gives up its turn in another way */
    POOL_RUNS_LONG,     /* a worker's item has said that it may run long */
    POOL_WORKER_LEAVES, /* a worker has ended */
    POOL_TICKS,         /* the tick that the policy wanted */
    POOL_CHANGES,       /* something that it counts on while it wants a tick */
    POOL_DISPATCHES,    /* a worker begins to look for work: it answers a request */
    POOL_TAKES_FIRST,   /* it has taken its first item since then */
    POOL_TAKES_NEXT,    /* or another */
    POOL_STARVES,       /* the target was raised for want of progress */
    POOL_CLIMBS,        /* by hill climbing */
    POOL_COMPENSATES,   /* for workers that wait for tasks */
    POOL_MINIMUM_RISES, /* with the minimum */
};

/* Why a policy makes threads. */
enum pool_growth {
    POOL_BELOW_MINIMUM,
    POOL_BELOW_TARGET,
    POOL_ALL_BUSY,
    POOL_STARVED,
    POOL_COMPENSATED,
};

/* What a policy wants done now: idle threads woken, retired ones called back, new ones made, and to be asked again. */
struct pool_advice {
    sim_span tick;     /* from now, unless it waits for one already; SIM_NEVER: none, also none that it had wanted */
    uint32_t wake, recall, create;
    uint32_t requests; /* that are outstanding from now on */
    enum pool_growth growth;
};

/* What a new pool has; a scenario's steps may set the first two later. */
struct pool_limits {
    uint32_t minimum, maximum, target;
    sim_span idle; /* how long a worker waits for work before it asks to leave; SIM_NEVER */
};

/* The limits that steps set: of workers, and of completion-port threads or what passes for them. */
struct pool_bounds {
    uint32_t minimum, maximum;
    uint32_t completion_minimum, completion_maximum;
};

/* What a step asks for; numbers may be negative. */
struct pool_wish {
    int64_t workers, completion_threads;
    bool is_most; /* the most threads; else the least */
};

/* Where a worker looks for its next item, in this order; WORK_NOWHERE ends it. */
enum work_source {
    WORK_STOLEN = WORK_QUEUE_KINDS, /* from another worker, the oldest first; those before it are queues */
    WORK_NOWHERE,
};

/* How the ends of operations reach a pool's threads. */
enum pool_io {
    IO_IS_WORK,       /* each is an item of the pool */
    IO_BY_PORT,       /* completion-port threads take packets, and run callbacks themselves */
    IO_BY_POLLER,     /* pollers take packets, and workers run callbacks */
    IO_BY_ENGINE,     /* on Linux: engines take what sockets tell, and workers run callbacks; workers read files */
};

/* What a round of the gate goes by. */
struct gate_sample {
    sim_span since_dequeue; /* by the clock's ticks */
    uint32_t utilization;   /* percent */
};

/* Why the gate adds a worker or does not. */
enum gate_verdict {
    GATE_ACTS,
    GATE_NO_REQUEST,
    GATE_DEQUEUED_LATELY,
    GATE_CPU_HIGH,
    GATE_AT_MAXIMUM,
    GATE_BELOW_TARGET,
};

/* What becomes of the target because of workers that wait for tasks. */
struct blocking_advice {
    sim_span delay;  /* until the next adjustment; 0: none is wanted */
    uint32_t target, added;
    bool adds_worker;
};

struct pool_policy {
    struct pool_limits (*limits)(const struct pool_constants *constants, uint32_t processors);
    /* Whether the bounds may be set so, and then they are; NULL: never. */
    bool (*set_bounds)(const struct pool_constants *constants, const struct pool_wish *wish, struct pool_bounds *bounds);
    struct pool_advice (*advise)(const struct pool_view *view, enum pool_occasion occasion);
    /* Whether a worker that has done an item, and counts as running, may take the next. */
    bool (*may_take)(const struct pool_view *view);
    /* Whether a worker whose idle time is over leaves, and what the target then is (the worker is counted out). */
    bool (*may_leave)(const struct pool_view *view);
    uint32_t (*target_after_leave)(const struct pool_view *view);
    /* Whether hill climbing may look at the pool now; NULL: there is none. */
    bool (*may_climb)(const struct pool_view *view);
    uint32_t (*climb_floor)(const struct pool_view *view); /* the least target that it may want */
    /* Whether the gate adds a worker; NULL: there is no gate. */
    enum gate_verdict (*round)(const struct pool_view *view, struct gate_sample sample);
    /* What workers that wait for tasks do to the target; NULL: nothing. */
    struct blocking_advice (*adjust)(const struct pool_view *view, bool delay_is_over);
    const uint8_t *order;     /* enum work_queue_kind, enum work_source */
    uint8_t io;               /* enum pool_io, of a pool on Windows */
    uint8_t hill_climbing;    /* enum hill_climbing_flavour */
    uint8_t timer_queue;      /* enum work_queue_kind: where a timer that fires stands */
    bool hands_over;          /* work is given to whom it wakes: there are no requests */
    bool retires;             /* workers above the target retire; else they park */
    bool counts_idle;         /* the target is one of all workers; else of those that work */
    bool dispatches_in_turns; /* a worker whose quantum is over asks for another, and begins anew */
    bool stamps_items;        /* each item that is over counts as progress; else only a turn that begins */
    bool has_helpers;         /* threads of its own wait for its timers and registered waits; else nobody does */
    bool keeps_wait_threads;  /* those never leave, and the newest is the first to be asked for room */
    bool waits_by_port;       /* registered waits that end reach completion-port threads */
    bool has_context;         /* items come in turn, and await captures it (the language, "Tasks") */
    bool counts_once;         /* what passes for completion-port threads are the workers */
    bool is_loop;             /* its one thread is a message loop, and no background thread */
    bool runs_waited_tasks;   /* a worker that blocks on a task of its own local queue runs it (fact CLR-14) */
    bool crowds_out;          /* with more workers than the maximum none is available, idle or not */
    bool web_reaches_workers; /* and those of an http, which is a client of its own upon sockets */
    bool files_reach_workers; /* completion-port threads hand the callbacks of a file_stream to workers */
    bool buffers_in_call;     /* a file_stream fills its buffer within the call, and workers run what that brings */
    bool gathers_beyond_need; /* who handles gathered completions asks for another also when none is left */
};

/* How a pool is served on its system. */
static inline enum pool_io policy_io(const struct pool_policy *policy, const struct pool_constants *constants)
{
    return constants->system == SYSTEM_IS_LINUX ? IO_BY_ENGINE : (enum pool_io)policy->io;
}

extern const struct pool_policy pool_fixed, pool_win32, pool_native_framework, pool_native;
extern const struct pool_policy pool_portable_6, pool_portable_8, pool_portable, pool_cached;
extern const struct pool_policy pool_ui, pool_aspnet, pool_windows;

const struct pool_policy *policy_pool(enum pool_preset preset);

#endif
