/* SPDX-License-Identifier: Apache-2.0 */
/* The table of pools: their words, their constants, what a constant is without being said, and the policy that
 * says when a pool makes, wakes and dismisses its threads. The loader, the schema and `help presets` read it; the
 * mechanism (model/pool.c and its neighbours) knows no preset by name.
 *
 * A figure that is marked unverified rests on memory or on an open question, not on a source that says it. */
#ifndef MODEL_POLICY_POOL_H
#define MODEL_POLICY_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "model/policy/dispatch.h"
#include "sim/time.h"

/* POOL_PRESET(id, "word", policy, "what it is") */
#define POOL_PRESETS(POOL_PRESET)                                                                     \
    POOL_PRESET(FIXED, "fixed", &pool_fixed, "so many threads, made at the start; one queue, first in, first out") \
    POOL_PRESET(WIN32, "win32", &pool_win32,                                                          \
                "the thread pool of Windows Vista and later: as many threads run as there are processors (facts W1 to W16)") \
    POOL_PRESET(NETFX, "netfx", &pool_native_framework, ".NET Framework 4: workers, and completion-port threads that run callbacks") \
    POOL_PRESET(CORECLR_3, "coreclr-3", &pool_native,                                                 \
                "CoreCLR 2.1 to 3.1 and .NET 5: the same pool, but files continue on workers")        \
    POOL_PRESET(NET6, "net6", &pool_portable_6, ".NET 6: the workers of the portable pool")             \
    POOL_PRESET(NET8, "net8", &pool_portable_8, ".NET 8: the portable pool")                            \
    POOL_PRESET(NET10, "net10", &pool_portable, ".NET 10: the portable pool")                          \
    POOL_PRESET(CACHED, "cached", &pool_cached, "a thread is made whenever nobody waits for work that comes (fact J2)") \
    POOL_PRESET(UI, "ui", &pool_ui, "the context of a user interface: one thread, its message loop, runs what comes in turn") \
    POOL_PRESET(ASPNET, "aspnet", &pool_aspnet, "the context of a request of ASP.NET: one thread at a time runs what comes in turn") \
    POOL_PRESET(WINDOWS_POOL, "windows-pool", &pool_windows, ".NET 8 and later on the thread pool of Windows (fact CLR-22)")

/* A constant that is as many as the machine has processors. */
#define PER_PROCESSOR (UINT64_MAX - 1)

/* One that is eight times that, and 768 at least. */
#define EIGHT_PER_PROCESSOR (UINT64_MAX - 2)

/* Which presets have a constant, in the order of the table above. */
#define ONLY_FIXED(v) (v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS)
#define WINDOWS(v) (LACKS, v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, v)
#define ONLY_NETFX(v) (LACKS, LACKS, v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS)
#define NATIVE(v) (LACKS, LACKS, v, v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS)
#define PORTABLE(v) (LACKS, LACKS, LACKS, LACKS, v, v, v, LACKS, LACKS, LACKS, LACKS)
#define CLR(native, portable) (LACKS, LACKS, native, native, portable, portable, portable, LACKS, LACKS, LACKS, LACKS)
#define SINCE_8(v) (LACKS, LACKS, LACKS, LACKS, LACKS, v, v, LACKS, LACKS, LACKS, LACKS)
/* Whose completion ports are served by threads of the native pool (fact b6). */
#define COMPLETION_THREADS(v) (LACKS, LACKS, v, v, v, LACKS, LACKS, LACKS, LACKS, LACKS, LACKS)

/* POOL_CONSTANT(word, kind, least, presets, whether it is verified, "source", "what it is"). Times are in ns, shares in
 * millionths. */
#define POOL_CONSTANTS(POOL_CONSTANT)                                                                 \
    POOL_CONSTANT(threads, NUMBER, 1, ONLY_FIXED(PER_PROCESSOR), true, "the scenario's own choice",      \
                  "how many threads there are")                                                       \
    POOL_CONSTANT(min_workers, NUMBER, 0,                                                           \
                  (LACKS, 0, PER_PROCESSOR, PER_PROCESSOR, PER_PROCESSOR, PER_PROCESSOR, PER_PROCESSOR, LACKS, LACKS, LACKS, \
                   LACKS), true, "CLR-20, 21; of win32, where they are made at the start and never leave, W7 and memory", \
                  "threads that are made without delay")                                              \
    POOL_CONSTANT(max_workers, NUMBER, 1, (LACKS, 500, 32767, 32767, 32767, 32767, 32767, 1 << 24, LACKS, LACKS, \
                  EIGHT_PER_PROCESSOR), true, \
                  "W8; CLR-20, 21: 1023 where addresses have 32 bits; J2: as many as a run may have; CLR-22", "the most workers") \
    POOL_CONSTANT(running_goal, NUMBER, 1, WINDOWS(PER_PROCESSOR), true, "W5, W10",                   \
                  "workers that should run; one that blocks does not count, one that spins does")     \
    POOL_CONSTANT(retry_timeout, SPAN, 1, WINDOWS(500000000), false,                                  \
                  "W4 names it; no source gives its length: the gate period of .NET stands in for it", \
                  "how long work waits, while workers block, until a thread is added, and then the next") \
    POOL_CONSTANT(worker_timeout, SPAN, 1,                                                               \
                  (LACKS, 10000000000, 20000000000, 20000000000, 20000000000, 20000000000, 20000000000, 60000000000, LACKS, \
                   20000000000, 10000000000), \
                  true, "W6; CLR-53; J2", "an idle worker leaves after so long")                                \
    POOL_CONSTANT(min_completion_threads, NUMBER, 0,                                                \
                  (LACKS, LACKS, PER_PROCESSOR, PER_PROCESSOR, PER_PROCESSOR, 1, 1, LACKS, LACKS, LACKS, LACKS), true, "CLR-20, 21", \
                  "completion-port threads that are made without delay; portable: a number to be read") \
    POOL_CONSTANT(max_completion_threads, NUMBER, 1, CLR(1000, 1000), true, "CLR-20, 21",                \
                  "the most completion-port threads; portable: a number to be read")                  \
    POOL_CONSTANT(gate_period, SPAN, 1, CLR(500000000, 500000000), true, "CLR-60",                       \
                  "the gate looks after the pool so often")                                           \
    POOL_CONSTANT(gate_first_delay, SPAN, 0, CLR(500000000, 0), true, "CLR-60",                     \
                  "how long a new gate sleeps before its first period begins")                        \
    POOL_CONSTANT(gate_idle_rounds, NUMBER, 1, CLR(1, 2), true, "CLR-60",                                \
                  "rounds without a request after which the gate rests")                              \
    POOL_CONSTANT(starvation_detection, FLAG, 0, CLR(true, true), true, "CLR-65",                        \
                  "whether the gate adds threads when nothing is taken from the queues")              \
    POOL_CONSTANT(starvation_limit, SPAN, 1, CLR(500000000, 500000000), true, "CLR-62",                  \
                  "work that waits longer, while nothing is taken, starves")                          \
    POOL_CONSTANT(cpu_low, SHARE, 0, CLR(800000, 800000), true, "CLR-62, 71",                            \
                  "from this utilization on the pool grows slowly")                                   \
    POOL_CONSTANT(cpu_high, SHARE, 0, CLR(950000, 950000), true, "CLR-66",                               \
                  "above this utilization hill climbing goes no further up")                          \
    POOL_CONSTANT(cpu_sampling, SPAN, 0, PORTABLE(1000000), true, "CLR-61",                         \
                  "0: the gate does not look at the utilization, and takes it for 0")                 \
    POOL_CONSTANT(threads_to_keep_alive, NUMBER, 0, SINCE_8(0), true, "CLR-53",                     \
                  "so many workers, the first that came, never leave")                                \
    POOL_CONSTANT(completion_thread_timeout, SPAN, 1, COMPLETION_THREADS(15000000000), true, "CLR-72",   \
                  "an idle completion-port thread leaves after so long, unless it is the only one")   \
    POOL_CONSTANT(completion_thread_spacing, SPAN, 0, COMPLETION_THREADS(500000000), true, "CLR-71", \
                  "above the minimum a completion-port thread follows the last one no sooner")        \
    POOL_CONSTANT(retired_poll, SPAN, 1, COMPLETION_THREADS(5000000000), true, "CLR-73",                 \
                  "a retired completion-port thread looks so often whether its operations are over")  \
    POOL_CONSTANT(dispatch_quantum, SPAN, 1, CLR(30000000, 30000000), true, "CLR-45",                    \
                  "native: a worker that has dispatched so long asks for another and begins anew")    \
    POOL_CONSTANT(unmanaged_quantum, SPAN, 1, NATIVE(2000000), true, "CLR-45",                           \
                  "the same, of the queue of timers that fire")                                       \
    POOL_CONSTANT(io_quantum, SPAN, 1, SINCE_8(15000000), true, "CLR-46",                                \
                  "the item that handles completions goes on so long at most")                        \
    POOL_CONSTANT(poller_batch, NUMBER, 1, SINCE_8(1024), true, "CLR-46",                                \
                  "completions that a poller takes at once")                                          \
    POOL_CONSTANT(processors_per_poller, NUMBER, 1, SINCE_8(12), true, "CLR-76", "there is a poller for so many") \
    POOL_CONSTANT(processors_per_engine, NUMBER, 1, PORTABLE(30), true, "CLR-76",                        \
                  "on Linux: there is a socket engine for so many")                                   \
    POOL_CONSTANT(io_ports, NUMBER, 1, SINCE_8(1), true, "CLR-76", "completion ports that the pollers share") \
    POOL_CONSTANT(io_threads, NUMBER, 0, SINCE_8(0), true, "CLR-76",                                \
                  "pollers or engines; 0: as many as the processors ask for")                         \
    POOL_CONSTANT(inline_io_callbacks, FLAG, 0, SINCE_8(false), true, "CLR-5, 8",                        \
                  "whether completions are handled on the thread that dequeues them")                 \
    POOL_CONSTANT(inline_nesting_limit, NUMBER, 1, ONLY_NETFX(50), true, "CLR-7",                        \
                  "callbacks of System.Net that run inside each other")                               \
    POOL_CONSTANT(spin_limit, NUMBER, 0, CLR(70, 70), true, "CLR-55",                               \
                  "rounds of spinning before a worker parks; here they take no time")                 \
    POOL_CONSTANT(local_queue_size, NUMBER, 1, CLR(32, 32), true, "CLR-40",                              \
                  "room of a local queue at first; here a queue grows for nothing")                   \
    POOL_CONSTANT(assignable_queue_processors, NUMBER, 1, PORTABLE(32), true, "CLR-40",                  \
                  "with more, workers share further global queues; here there is one")                \
    POOL_CONSTANT(cooperative_blocking, FLAG, 0, PORTABLE(true), true, "CLR-80",                         \
                  "whether threads are added for workers that wait for tasks")                        \
    POOL_CONSTANT(threads_to_add_without_delay_factor, NUMBER, 0, PORTABLE(1), true, "CLR-83",      \
                  "times the processors: threads above the minimum that are added at once")           \
    POOL_CONSTANT(threads_per_delay_step_factor, NUMBER, 1, PORTABLE(1), true, "CLR-83",                 \
                  "times the processors: threads after which the delay grows by a step")              \
    POOL_CONSTANT(delay_step, SPAN, 1, PORTABLE(25000000), true, "CLR-83", "the delay's step")           \
    POOL_CONSTANT(max_delay, SPAN, 1, PORTABLE(250000000), true, "CLR-83", "the longest delay")          \
    POOL_CONSTANT(memory_guard, NUMBER, 0, PORTABLE(0), true, "CLR-84",                             \
                  "workers for which there is memory, when they are added for those that wait; 0: for all") \
    POOL_CONSTANT(wait_handles_per_thread, NUMBER, 1, CLR(64, 63), true, "CLR-93, 94",                   \
                  "registered waits of one wait thread")                                              \
    POOL_CONSTANT(short_timer_limit, SPAN, 1, CLR(333000000, 333000000), true, "CLR-90, 91b",            \
                  "timers that are due sooner stand in the short list of their queue")                \
    POOL_CONSTANT(timer_queues, NUMBER, 1, CLR(PER_PROCESSOR, PER_PROCESSOR), true, "CLR-90, 91b", "queues of timers") \
    POOL_CONSTANT(hill_climbing, FLAG, 0, CLR(true, true), true, "hill climbing, section 1",             \
                  "whether the throughput moves the number of threads")                               \
    POOL_CONSTANT(sample_interval_first, SPAN, 0, CLR(10000000, 0), true, "hill climbing, section 7", \
                  "how long the first sample takes at least")                                         \
    POOL_CONSTANT(hill_climbing_wave_period, NUMBER, 2, CLR(4, 4), true, "hill climbing, section 1",     \
                  "samples of one wave of the thread count")                                          \
    POOL_CONSTANT(hill_climbing_wave_history_size, NUMBER, 1, CLR(8, 8), true, "hill climbing, section 1", \
                  "waves that are looked back at")                                                    \
    POOL_CONSTANT(hill_climbing_max_wave_magnitude, NUMBER, 0, CLR(20, 20), true, "hill climbing, section 1", \
                  "threads that the wave adds, at most")                                              \
    POOL_CONSTANT(hill_climbing_wave_magnitude_multiplier, NUMBER, 0, CLR(100, 100), true,          \
                  "hill climbing, section 1", "percent: wave to noise")                               \
    POOL_CONSTANT(hill_climbing_bias, NUMBER, 0, CLR(15, 15), true, "hill climbing, section 1",     \
                  "percent: what a thread must bring")                                                \
    POOL_CONSTANT(hill_climbing_target_signal_to_noise_ratio, NUMBER, 0, CLR(300, 300), true,       \
                  "hill climbing, section 1", "percent: trusted fully")                               \
    POOL_CONSTANT(hill_climbing_max_change_per_second, NUMBER, 0, CLR(4, 4), true,                  \
                  "hill climbing, section 1", "threads")                                              \
    POOL_CONSTANT(hill_climbing_max_change_per_sample, NUMBER, 0, CLR(20, 20), true,                \
                  "hill climbing, section 1", "threads, upwards")                                     \
    POOL_CONSTANT(hill_climbing_sample_interval_low, NUMBER, 0, CLR(10, 10), true,                  \
                  "hill climbing, section 1", "ms")                                                   \
    POOL_CONSTANT(hill_climbing_sample_interval_high, NUMBER, 0, CLR(200, 200), true,               \
                  "hill climbing, section 1", "ms, drawn too")                                        \
    POOL_CONSTANT(hill_climbing_error_smoothing_factor, NUMBER, 0, CLR(1, 1), true,                 \
                  "hill climbing, section 1", "percent: newest error in the noise")                   \
    POOL_CONSTANT(hill_climbing_gain_exponent, NUMBER, 0, CLR(200, 200), true,                      \
                  "hill climbing, section 1", "percent: the power of a move")                         \
    POOL_CONSTANT(hill_climbing_max_sample_error_percent, NUMBER, 0, CLR(15, 15), true,             \
                  "hill climbing, section 1", "percent: beyond it, put off")                          \
    POOL_CONSTANT(system, SYSTEM, 0, PORTABLE(SYSTEM_IS_WINDOWS), true, "CLR-3 to 8, 76",                \
                  "windows or linux: who serves I/O, and whose clock rounds time-outs up")

/* The words of `system`. */
enum pool_system {
    SYSTEM_IS_WINDOWS,
    SYSTEM_IS_LINUX,
};

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
    POOL_FINDS_NOTHING, /* it has found nothing, and no longer counts as working */
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
enum work_queue_kind {
    WORK_GLOBAL,
    WORK_LOCAL,     /* of the worker itself, the newest first */
    WORK_HIGH,
    WORK_UNMANAGED, /* of timers that fire, in the native pool */
    WORK_CONTEXT,   /* of a context, in whose turn items run */
    WORK_QUEUE_KINDS,
    WORK_STOLEN = WORK_QUEUE_KINDS, /* from another worker, the oldest first */
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
    const uint8_t *order;     /* enum work_queue_kind ... WORK_NOWHERE */
    uint8_t io;               /* enum pool_io, of a pool on Windows */
    uint8_t hill_climbing;    /* enum hill_climbing_flavour */
    uint8_t timer_queue;      /* enum work_queue_kind: where a timer that fires stands */
    bool hands_over;          /* work is given to whom it wakes: there are no requests */
    bool retires;             /* workers above the target retire; else they park */
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
