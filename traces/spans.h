/* SPDX-License-Identifier: Apache-2.0 */
/* Durations of one sort: how many, their sum, their least and most, and, where they are kept, exact percentiles. */
#ifndef TRACES_SPANS_H
#define TRACES_SPANS_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/time.h"

__extension__ typedef unsigned __int128 spans_sum; /* ns */

struct spans {
    bool keeps; /* every one, for percentiles */
    uint64_t count;
    spans_sum sum;
    sim_span least, most;
    sim_span *kept;
    size_t room;
};

void spans_release(struct spans *spans);

/* False when there is no memory. O(1) amortised. */
bool spans_add(struct spans *spans, sim_span span);

/* The least of those that are kept which at least so many of a thousand do not exceed; there is one. False when there
 * is no memory. O(count). */
bool spans_percentile(const struct spans *spans, uint32_t per_mille, sim_span *span);

#endif
