/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the run so far: least, most, mean, area, percentiles and change of a value over time. */
#ifndef TRACES_AGGREGATE_H
#define TRACES_AGGREGATE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/time.h"
#include "sim/value.h"

/* A stretch of time in which the value did not change. */
struct aggregate_stretch {
    int64_t value;
    sim_time begin;
};

/* A value and how long it was held in all. */
struct aggregate_weight {
    int64_t value;
    sim_span time;
};

struct aggregate {
    sim_time from; /* what was before is not reckoned */
    bool begun, keeps_history, keeps_weights;
    bool has_before;
    struct value before; /* how it stood at `from`, or last before */
    int64_t began_with;
    uint32_t type; /* of the values */
    int64_t least, most, last;
    sim_time since, first;
    __extension__ __int128 area; /* value times ns, up to `since` */
    struct aggregate_stretch *history;
    size_t history_count, history_room;
    struct aggregate_weight *weight; /* sorted by value */
    size_t weight_count, weight_room;
};

void aggregate_release(struct aggregate *aggregate);

/* The value stands at this from now on. False when memory ran out. */
bool aggregate_note(struct aggregate *aggregate, sim_time now, struct value value);

/* The area as a double. */
double aggregate_exact_area(const struct aggregate *aggregate, sim_time now);

/* What the functions say at `now`. */
int64_t aggregate_mean(const struct aggregate *aggregate, sim_time now);
int64_t aggregate_area(const struct aggregate *aggregate, sim_time now);
int64_t aggregate_percentile(const struct aggregate *aggregate, sim_time now, uint32_t per_mille);
int64_t aggregate_change(const struct aggregate *aggregate, sim_time now, sim_span span);

#endif
