/* SPDX-License-Identifier: Apache-2.0 */
/* P6: the IOCP server with a million connections, and how the cost of an event grows with their number and with the
 * length of a run. A connection reads once a millisecond. All numbers of connections make up about as many events,
 * but for a million, whose ten operations each are what the goal for time and memory is about; making the handles is
 * in the figures. */
#include <stdio.h>

#include "bench/bench.h"
#include "bench/trial.h"

#define OPERATIONS_EACH 10

/* The server with so many connections for so long, in CPU nanoseconds an event; what a run of it took, and held. */
struct scale {
    struct trial trial;
    char until[32];
    double seconds;
    uint64_t bytes;
};

static double scale_round(void *context)
{
    struct scale *scale = context;
    double begin = bench_clock();
    double ns;

    bench_reset_bytes();
    ns = trial_round(&scale->trial);
    scale->seconds = (bench_clock() - begin) / 1e9;
    scale->bytes = bench_most_bytes();
    return ns;
}

static void prepare(struct scale *scale, uint64_t connections, uint64_t milliseconds)
{
    snprintf(scale->until, sizeof scale->until, "%llums", (unsigned long long)milliseconds);
    scale->trial = (struct trial){.scenario = "bench/scenarios/server.json", .parameter = "connections",
                                  .until = scale->until, .units = connections, .is_by_event = true};
}

bool bench_scale(const struct bench_options *options)
{
    uint64_t million = 1000000 / options->divisor;
    uint64_t events = 2000000 / options->divisor;
    struct scale few, many, most, longer;
    struct bench_case cases[] = {
        {"an event with 100 connections", 0, scale_round, &few},
        {"an event with 10,000 connections", 0, scale_round, &many},
        {"an event with 1,000,000 connections, 10 operations each", 0, scale_round, &most},
        {"an event with 100 connections, the run ten times as long", 0, scale_round, &longer},
    };
    double median[4];

    prepare(&few, 100, events / 200 + 1);
    prepare(&many, 10000, events / 20000 + 1);
    prepare(&most, million, OPERATIONS_EACH);
    prepare(&longer, 100, events / 20 + 1);
    if (!bench_in_turn(options, "P6", cases, 4, median)) {
        return false;
    }
    bench_row("P6", "10,000 connections against 100", median[1] / median[0], "times", 1.5);
    bench_row("P6", "1,000,000 connections against 100", median[2] / median[0], "times", 3);
    bench_row("P6", "a run ten times as long, an event", median[3] / median[0], "times", 1.1);
    bench_row("P6", "1,000,000 handles x 10 operations", most.seconds, "s", 2.5);
    bench_row("P6", "  memory of it", (double)most.bytes / 1e6, "MB", 300);
    return true;
}
