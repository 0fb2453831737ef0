/* SPDX-License-Identifier: Apache-2.0 */
/* P6: the IOCP server with a million connections, and how the cost of an event grows with their number and with the
 * length of a run. A read lasts a microsecond for each connection there is, so that the four threads are busy for a quarter of the
 * time however many connections there are. The million, whose ten operations each are what the goal for time and
 * memory is about, is run once; making its handles is in the figures. */
#include <stdio.h>

#include "bench/bench.h"
#include "bench/trial.h"

#define OPERATIONS_EACH 10 /* of the million */

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

static void prepare(struct scale *scale, uint64_t connections, uint64_t operations)
{
    snprintf(scale->until, sizeof scale->until, "%lluus", (unsigned long long)operations);
    scale->trial = (struct trial){.scenario = "bench/scenarios/server.json", .parameter = "connections",
                                  .until = scale->until, .units = connections, .is_by_event = true};
}

bool bench_scale(const struct bench_options *options)
{
    uint64_t million = 1000000 / options->divisor;
    uint64_t operations = 1000000 / options->divisor;
    struct bench_options once = *options;
    struct scale few, many, most, longer;
    struct bench_case cases[] = {
        {"an event with 100 connections", 0, scale_round, &few},
        {"an event with 10,000 connections", 0, scale_round, &many},
        {"an event with 100 connections, the run ten times as long", 0, scale_round, &longer},
        {"an event with 1,000,000 connections, 10 operations each", 0, scale_round, &most},
    };
    double median[4];

    once.rounds = 1;
    prepare(&few, 100, operations);
    prepare(&many, 10000, operations);
    prepare(&longer, 100, operations * 10);
    prepare(&most, million, million * OPERATIONS_EACH);
    if (!bench_in_turn(options, "P6", cases, 3, median) || !bench_in_turn(&once, "P6", cases + 3, 1, median + 3)) {
        return false;
    }
    bench_row("P6", "10,000 connections against 100", median[1] / median[0], "times", 1.5);
    bench_row("P6", "1,000,000 connections against 100", median[3] / median[0], "times", 3);
    bench_row("P6", "a run ten times as long, an event", median[2] / median[0], "times", 1.1);
    bench_row("P6", "1,000,000 handles x 10 operations", most.seconds, "s", 2.5);
    bench_row("P6", "  memory of it", (double)most.bytes / 1e6, "MB", 300);
    return true;
}
