/* SPDX-License-Identifier: Apache-2.0 */
/* Policies: who runs next, and for how long. A policy looks at a view that it cannot change and returns
 * advice, which the mechanism (model/dispatch.c) carries out. It calls nothing, so that it cannot re-enter,
 * and keeps nothing but what lies in the standings of threads. */
#ifndef MODEL_POLICY_POLICY_H
#define MODEL_POLICY_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/policy/dispatch.h"
#include "sim/time.h"

/* How many levels of priority there are, and the highest that a boost reaches (facts C1, C5). */
#define DISPATCH_LEVELS 32
#define DISPATCH_DYNAMIC_MAX 15

/* How a thread stands with the dispatcher. Times in ns. */
struct standing {
    sim_span work_left;  /* of its compute */
    sim_span slice_left; /* of its turn */
    uint64_t served;     /* how long it has run; linux-eevdf: its virtual time */
    uint64_t deadline;   /* linux-eevdf: virtual deadline; sharing: the credit at which its work is done */
    uint64_t sequence;   /* its place among all that became ready or go on; 0: none */
    sim_time ready_since;
    uint32_t next, previous; /* in its ready list; sharing: among those that share */
    uint16_t processor;      /* that runs it, or switches to it; 0 */
    uint16_t last_processor; /* that ran it last; 0 */
    uint8_t priority;        /* base */
    uint8_t boost;           /* beyond the base */
    uint8_t level;           /* of its ready list */
    uint8_t lift;            /* levels that what ended its wait gives */
    bool is_listed;          /* it is in a ready list, or among those that share */
    bool is_starving;        /* its turn was given for that */
    bool is_late;            /* the time-out of its spin passed while it had no processor */
    bool is_computing;       /* until the end of its compute is handled, which may be after work_left is 0 */
};

struct processor {
    sim_time since;   /* accounted until then */
    sim_time freed;
    uint32_t runs;    /* thread that has it; 0: it is idle */
    uint32_t last;    /* thread that it ran last; 0: none yet */
    uint32_t stamp;   /* of its one timer */
    uint8_t free_why; /* enum record_why: how it came free */
    bool is_switching;
    uint16_t spare;
};

struct dispatch_view {
    const struct dispatch_constants *constants;
    const struct standing *standing;   /* by thread */
    const struct processor *processor; /* from 1 on */
    uint32_t processors;
    uint32_t first; /* of the ready list of level 0 */
};

/* What happens to a thread when it is given its place among the ready. */
enum dispatch_turn {
    TURN_ARRIVES,   /* it is new, or what it waited for has come */
    TURN_YIELDS,
    TURN_IS_USED,   /* its slice is over */
    TURN_IS_TAKEN,  /* a higher one took its processor */
    TURN_STARVES,
    TURN_IS_MOVED,  /* its base priority was set */
};

struct dispatch_advice {
    sim_span slice;
    uint64_t served, deadline;
    uint8_t level, boost;
    bool at_head;
};

struct dispatcher {
    /* Where the thread goes, with what slice. */
    struct dispatch_advice (*place)(const struct dispatch_view *view, uint32_t thread, enum dispatch_turn turn);
    /* Who is next of those at level 0; NULL: the first of the highest list. O(threads) at most. */
    uint32_t (*pick)(const struct dispatch_view *view);
    bool preempts; /* a thread of a higher level takes the processor of a lower one */
    bool shares;   /* there are no turns: all run at once */
    bool has_ticks; /* time-outs are rounded up to machine.tick (fact C7) */
};

extern const struct dispatcher dispatch_windows, dispatch_eevdf, dispatch_sharing, dispatch_round_robin;

/* The operations of a dispatcher; NULL: ideal processors. */
const struct dispatcher *policy_dispatcher(enum dispatch dispatch);

/* What each of `sharers` threads is given in `span`, and what is over for the next time. The rule of
 * rounding: m = min(processors, sharers) processors give m ns of work in each ns; each thread is credited
 * the whole ns of its equal part, the rest, less than one ns a thread, is carried. Nothing is lost. */
struct share {
    uint64_t credit, rest;
};
struct share sharing_credit(uint32_t processors, uint32_t sharers, uint64_t rest, sim_span span);

/* How long it takes until each has `need` more: the first ns at which that is true. SIM_NEVER: too long. */
sim_span sharing_span(uint32_t processors, uint32_t sharers, uint64_t rest, uint64_t need);

#endif
