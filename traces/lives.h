/* SPDX-License-Identifier: Apache-2.0 */
/* The life of each operation, posted packet and work item of a pool: when it was where, who issued it, who took it, and
 * who made it wait. */
#ifndef TRACES_LIVES_H
#define TRACES_LIVES_H

#include "traces/lanes.h"

/* The places that an operation passes, in this order; those that it does not pass are SIM_NEVER. */
enum life_stage {
    LIFE_ISSUED,   /* or posted, or queued by the program */
    LIFE_WAITED,   /* it waits for room at its device */
    LIFE_BEGUN,    /* its device begins it */
    LIFE_SERVED,   /* and has done it */
    LIFE_ENDED,    /* the operation is over */
    LIFE_QUEUED,   /* its packet stands in the queue of a port, or its item in that of a pool */
    LIFE_TAKEN,    /* a thread has it */
    LIFE_BEGAN,    /* its callback begins */
    LIFE_DONE,     /* and ends */
    LIFE_STAGES,
};

/* The work item that a thread has taken last, and the frame of its callback; 0: none. */
struct lives_hand {
    uint64_t work, frame;
};

struct life {
    uint64_t op;             /* its number; of a work item with LIFE_WORK */
    sim_time at[LIFE_STAGES];
    uint64_t n[LIFE_STAGES]; /* the record that says so */
    uint64_t behind;         /* waited for its device: the operation that made room; 0: not known */
    reference issuer, object, device, port, taker;
    reference handed_by;     /* the thread that took its packet first, and queued it as work; REFERENCE_NONE: none did */
    reference freed_by;      /* queued: the thread that gave up the slot for its taker; REFERENCE_NONE: its taker itself */
    uint32_t procedure;      /* of its callback; NAME_NONE */
    uint32_t item;           /* of a load, that it works for; 0 */
    struct lives_hand outer; /* of a work item: what its thread had in hand when it took it */
    uint32_t label;          /* where it begins in `bytes`; UINT32_MAX: none */
    uint16_t error;
    uint8_t verb, issuer_type, taker_type, why; /* why: of its taking */
    bool is_post, is_dropped, has_error;
};

struct lives {
    struct life *life; /* operations and packets, in the order of their numbers */
    size_t count, room;
    struct life *work; /* work items, in that of theirs */
    size_t works, work_room;
    struct lives_hand *hand; /* by slot of a thread */
    size_t hands;
    char *bytes;       /* labels, a NUL behind each */
    size_t byte_count, byte_room;
    sim_time end;
    bool failed;
    struct lives_recent {
        uint64_t n, op;
        reference thread;
        uint8_t kind;
    } recent[LANE_RECENT]; /* by n % LANE_RECENT */
};

struct lives *lives_create(void);
void lives_destroy(struct lives *lives);

/* An observer's `see`; `context` is the lives. */
void lives_see(void *context, const struct record_batch *batch);

/* The life of an operation or work item; NULL when there is none. O(log lives). */
struct life *lives_find(const struct lives *lives, uint64_t op);

/* All of them: how many, and the index-th; operations and packets first. */
size_t lives_all(const struct lives *lives);
const struct life *lives_at(const struct lives *lives, size_t index);

/* What one is called: its label, else #4 for operation or packet 4, @12 for the work item that record 12 queued. */
void lives_name(const struct lives *lives, uint64_t op, char *words, size_t room);

/* What `as` called it; NULL: nothing. */
const char *life_label(const struct lives *lives, const struct life *life);

/* The instant of the last stage that it reached, which is when it was over, and how long it took till then. */
sim_time life_end(const struct life *life);
sim_span life_latency(const struct life *life);
/* Whether it came to its end: its callback is done, or, where it has none, its packet is taken, or it left no packet. */
bool life_is_over(const struct life *life);

#endif
