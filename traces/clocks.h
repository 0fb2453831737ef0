/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks: when something that has a number last did this and that, as long as it is of interest. */
#ifndef TRACES_CLOCKS_H
#define TRACES_CLOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/time.h"

#define CLOCK_TIMES 4

struct clock {
    uint64_t number;           /* 0: free */
    sim_time t[CLOCK_TIMES];
    uint8_t set;               /* bit i: t[i] is told */
};

/* An open hash table by number. */
struct clocks {
    struct clock *clock;
    size_t count, room;
};

void clocks_release(struct clocks *clocks);

/* Notes a time of a number above 0. False when memory ran out. O(1) amortised. */
bool clocks_set(struct clocks *clocks, uint64_t number, int which, sim_time t);

/* Reads and forgets one time; false when it was not told. */
bool clocks_take(struct clocks *clocks, uint64_t number, int which, sim_time *t);

/* Forgets all of a number. */
void clocks_drop(struct clocks *clocks, uint64_t number);

#endif
