/* SPDX-License-Identifier: Apache-2.0 */
/* Virtual time: unsigned nanoseconds from the start of the run, and sums that notice overflow. */
#ifndef SIM_TIME_H
#define SIM_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An instant, in nanoseconds since the start of the run. */
typedef uint64_t sim_time;

/* A duration in nanoseconds. */
typedef uint64_t sim_span;

/* No instant: an infinite time-out, a run without limit. Later than every instant. */
#define SIM_NEVER UINT64_MAX

/* The latest instant that a run can reach; the language's durations are signed 64-bit values. */
#define SIM_TIME_MAX ((sim_time)INT64_MAX)

/* Stores `time` + `span` in *sum. False, and *sum untouched, when that lies past SIM_TIME_MAX.
 * A span of SIM_NEVER gives SIM_NEVER. */
static inline bool sim_time_add(sim_time time, sim_span span, sim_time *sum)
{
    if (span == SIM_NEVER) {
        *sum = SIM_NEVER;
        return true;
    }
    if (time > SIM_TIME_MAX || span > SIM_TIME_MAX - time) {
        return false;
    }
    *sum = time + span;
    return true;
}

/* Writes a duration in the largest whole unit (8ms, 1500us, 0ns), at most `room` bytes, without a NUL;
 * returns its whole length. */
size_t sim_span_write(sim_span span, char *buffer, size_t room);

/* Writes decimal digits the same way. */
size_t sim_digits_write(uint64_t number, char *buffer, size_t room);

#endif
