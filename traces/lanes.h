/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes: for each thread when it was in which state and what it ran, for each port and device its counts over time.
 * What every timeline draws. */
#ifndef TRACES_LANES_H
#define TRACES_LANES_H

#include "traces/replay.h"

/* A work item that is no operation's end has no number. It goes by that of its work-queue, with this bit. */
#define LIFE_WORK (UINT64_C(1) << 62)

/* From `t` on the thread is in this state. */
struct lane_stretch {
    sim_time t;
    reference on;       /* blocked: the first thing that it waits for; parked, or just released: the port */
    uint32_t active;    /* threads active at `slot` when it took its slot there again after a wait; 0: it took none */
    reference slot;     /* the port where it did */
    uint16_t cpu;       /* running: number + 1 of its processor; 0: an ideal one */
    uint8_t state, why; /* enum replay_thread_state; why it is blocked, or was released */
    bool ran;           /* at the instant `t` itself it ran, for no time */
};

/* Another thread released it. */
struct lane_wake {
    sim_time t;
    reference by;
};

/* A callback that the thread ran. They lie in the order of their beginnings; one within another lies behind it. */
struct lane_callback {
    sim_time begin, end; /* SIM_NEVER: it did not end */
    uint64_t op, n;      /* op 0: of an APC; with LIFE_WORK: of that work item; n: its callback-begin */
    reference object;
    uint32_t procedure;
    uint8_t why, depth;  /* depth: how many it runs within */
};

/* How often a thread issued an operation on a handle, or posted to a port. */
struct lane_talk {
    reference with;
    uint64_t count; /* 0: the place is free */
};

/* So many partners are told apart; what is said to others is not counted. */
#define LANE_TALKS 4

struct lane {
    struct lane_stretch *stretch;
    size_t count, room;
    struct lane_wake *wake; /* in the order of time */
    size_t wakes, wake_room;
    struct lane_callback *callback;
    size_t callbacks, callback_room;
    size_t open; /* 1 + place of the innermost callback that has not ended; 0: none */
    struct lane_talk talk[LANE_TALKS];
    bool talks_to_more, has_pool;
    uint8_t type;
    uint64_t in_hand; /* the work item that it took, and whose callback has not begun; 0: none */
    reference pool; /* whose thread it is, where it is a pool's */
};

/* From `t` on the port has these counts; at the instant `t` itself they were up to so many. Of a device, `active` is
 * how many operations it serves, and `depth` how many wait for it; of a pool how many workers and queued items it has. */
struct lane_counts {
    sim_time t;
    uint32_t active, depth;
    uint32_t most_active, most_depth;
};

/* A pool's target changes, or hill climbing looks and may leave it as it is. */
struct lane_decision {
    sim_time t;
    uint64_t n;
    uint64_t throughput;    /* of a climb: thousandths of an item a second */
    uint32_t old, target;
    uint8_t why, transition; /* why: of a change of the target; transition: of a climb */
    bool is_climb;
};

struct port_lane {
    struct lane_counts *counts;
    size_t count, room;
    struct lane_decision *decision; /* of a pool */
    size_t decisions, decision_room;
    uint32_t elsewhere; /* of a pool: items in other queues than the global one, which records count apart */
};

/* A record of a moment ago: what is caused in its step asks whose it was. */
struct lane_recent {
    uint64_t n;
    reference thread;
};

#define LANE_RECENT 1024u

struct lanes {
    struct lane *thread; /* by slot */
    size_t threads;
    struct port_lane *port;
    size_t ports;
    struct port_lane *device;
    size_t devices;
    struct port_lane *pool;
    size_t pools;
    sim_time end;
    uint64_t records;
    bool failed;
    struct lane_recent recent[LANE_RECENT]; /* by n % LANE_RECENT */
};

struct lanes *lanes_create(void);
void lanes_destroy(struct lanes *lanes);

/* An observer's `see`; `context` is the lanes. */
void lanes_see(void *context, const struct record_batch *batch);

/* The stretch that the lane is in at an instant; SIZE_MAX: it has not begun. O(log stretches). */
size_t lane_at(const struct lane *lane, sim_time t);

/* The thread that released the lane's at an instant; REFERENCE_NONE: none did. O(log wakes). */
reference lane_woken_by(const struct lane *lane, sim_time t);

/* The place of the counts that stand at an instant; 0 before the first. O(log n). */
size_t lane_counts_at(const struct port_lane *lane, sim_time t);

#endif
