/* SPDX-License-Identifier: Apache-2.0 */
/* The table of pools: their words, their constants, what a constant is without being said, and the policy that
 * says when a pool makes, wakes and dismisses its threads. The loader, the schema and `help presets` read it; the
 * mechanism (model/pool.c) knows no preset by name.
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
                "the thread pool of Windows Vista and later: as many threads run as there are processors (facts W1 to W16)")

/* A constant that is as many as the machine has processors. */
#define PER_PROCESSOR (UINT64_MAX - 1)

/* POOL_CONSTANT(word, kind, fixed, win32, whether it is verified, "source", "what it is"). Times are in ns. */
#define POOL_CONSTANTS(POOL_CONSTANT)                                                                 \
    POOL_CONSTANT(threads, NUMBER, PER_PROCESSOR, LACKS, true, "the scenario's own choice",           \
                  "how many threads there are")                                                       \
    POOL_CONSTANT(min_workers, NUMBER, LACKS, 0, false, "1.3, from memory; W7",                       \
                  "threads that are made at the start and never leave")                               \
    POOL_CONSTANT(max_workers, NUMBER, LACKS, 500, true, "W8", "the most threads")                    \
    POOL_CONSTANT(running_goal, NUMBER, LACKS, PER_PROCESSOR, true, "W5, W10",                        \
                  "workers that should run; one that blocks does not count, one that spins does")     \
    POOL_CONSTANT(retry_timeout, SPAN, LACKS, 500000000, false,                                       \
                  "W4 names it; no source gives its length: the gate period of .NET stands in for it", \
                  "how long work waits, while workers block, until a thread is added, and then the next") \
    POOL_CONSTANT(worker_timeout, SPAN, LACKS, 10000000000, true, "W6", "an idle worker leaves after so long")

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

struct pool_constant_row {
    const char *word, *source, *what;
    uint64_t preset[POOL_PRESET_COUNT]; /* LACKS, PER_PROCESSOR */
    enum dispatch_constant_kind kind;
    int is_verified;
};

struct pool_row {
    const char *word, *what;
};

const struct pool_row *pool_row(enum pool_preset preset);
const struct pool_constant_row *pool_constant_row(enum pool_constant constant);

/* The constants of one pool; what its preset lacks is 0. */
struct pool_constants {
#define POOL_CONSTANT(word, ...) uint64_t word;
    POOL_CONSTANTS(POOL_CONSTANT)
#undef POOL_CONSTANT
};

/* What a policy sees of its pool. */
struct pool_view {
    const struct pool_constants *constants;
    uint32_t queued;  /* items that no thread has taken */
    uint32_t workers; /* threads that exist */
    uint32_t running; /* of them: that run or are ready */
    uint32_t idle;    /* of them: that wait for work */
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
};

/* Why a policy makes threads. */
enum pool_growth {
    POOL_BELOW_MINIMUM,
    POOL_BELOW_TARGET,
    POOL_ALL_BUSY,
};

/* What a policy wants done now: idle threads woken, new ones made, and to be asked again. */
struct pool_advice {
    sim_span tick;   /* from now, unless it waits for one already; SIM_NEVER: none, also none that it had wanted */
    uint32_t wake, create;
    enum pool_growth growth;
};

struct pool_limits {
    uint32_t minimum, maximum, target;
    sim_span idle; /* how long a worker waits for work before it asks to leave; SIM_NEVER */
};

struct pool_policy {
    struct pool_limits (*limits)(const struct pool_constants *constants);
    struct pool_advice (*advise)(const struct pool_view *view, enum pool_occasion occasion);
    /* Whether a worker that has done an item, and counts as running, may take the next. */
    bool (*may_take)(const struct pool_view *view);
    /* Whether a worker whose idle time is over leaves. */
    bool (*may_leave)(const struct pool_view *view);
};

extern const struct pool_policy pool_fixed, pool_win32;

const struct pool_policy *policy_pool(enum pool_preset preset);

#endif
