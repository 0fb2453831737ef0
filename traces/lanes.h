/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes: for each thread when it was in which state, for each port its counts over time. What every timeline
 * draws. */
#ifndef TRACES_LANES_H
#define TRACES_LANES_H

#include "traces/replay.h"

/* From `t` on the thread is in this state. */
struct lane_stretch {
    sim_time t;
    uint8_t state, why; /* enum replay_thread_state; why it is blocked */
    bool ran;           /* at the instant `t` itself it ran, for no time */
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
    struct lane_talk talk[LANE_TALKS];
    bool talks_to_more;
    uint8_t type;
};

/* From `t` on the port has these counts; at the instant `t` itself they were up to so many. */
struct lane_counts {
    sim_time t;
    uint32_t active, depth;
    uint32_t most_active, most_depth;
};

struct port_lane {
    struct lane_counts *counts;
    size_t count, room;
};

struct lanes {
    struct lane *thread; /* by slot */
    size_t threads;
    struct port_lane *port;
    size_t ports;
    sim_time end;
    bool failed;
};

struct lanes *lanes_create(void);
void lanes_destroy(struct lanes *lanes);

/* An observer's `see`; `context` is the lanes. */
void lanes_see(void *context, const struct record_batch *batch);

#endif
