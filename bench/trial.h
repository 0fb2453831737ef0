/* SPDX-License-Identifier: Apache-2.0 */
/* One run of a scenario file through the library, timed. */
#ifndef BENCH_TRIAL_H
#define BENCH_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

enum trial_trace {
    TRIAL_UNTRACED,
    TRIAL_LINES,  /* every record as JSON Lines, to a sink that counts bytes */
    TRIAL_BINARY, /* likewise in binary */
};

struct trial {
    const char *scenario;  /* its path */
    const char *parameter; /* that is set to `units`; NULL: none is set */
    const char *until;     /* NULL: to its end */
    enum trial_trace trace;
    uint64_t units;        /* that the time is divided by; 0: by the events */
    bool is_by_event;      /* by the events, whatever `units` says */
    /* What the last round found. */
    uint64_t events, records, trace_bytes, allocations;
};

/* CPU nanoseconds a unit; below 0 when the scenario could not be run. */
double trial_round(void *context);

#endif
