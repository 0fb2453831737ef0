/* SPDX-License-Identifier: Apache-2.0 */
/* P8: work items of a CLR pool, and how their cost grows with their number: each is queued, asked for, taken by one of
 * 30,000 workers, and over. Few items bear the cost of a run's beginning and end, so that these are in the ratio. */
#include "bench/bench.h"
#include "bench/trial.h"

bool bench_pool(const struct bench_options *options)
{
    struct trial few = {.scenario = "bench/scenarios/pool.json", .parameter = "items", .units = 1000};
    struct trial many = {.scenario = "bench/scenarios/pool.json", .parameter = "items", .units = 1000000 / options->divisor};
    struct bench_case cases[] = {
        {"an item of 1,000 that come to a pool at once", 0, trial_round, &few},
        {"an item of 1,000,000", 0, trial_round, &many},
    };
    double median[2];

    if (!bench_in_turn(options, "P8", cases, 2, median)) {
        return false;
    }
    bench_row("P8", "1,000,000 items against 1,000", median[1] / median[0], "times", 1.5);
    return true;
}
