/* SPDX-License-Identifier: Apache-2.0 */
/* P1: M/M/1 at a port, a scenario file run as the command line runs it: read, compiled, run with everything
 * that the report of `run` needs, reported to a sink that throws it away. */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "bench/trial.h"

/* The peer, timed by itself. */
static double peer_round(void *context)
{
    const struct bench_options *options = context;
    char command[4200];
    double ns = -1;
    FILE *pipe;

    snprintf(command, sizeof command, "'%s/peer' %u", options->directory, 1000000 / options->divisor);
    pipe = popen(command, "r");
    if (pipe != NULL) {
        if (fscanf(pipe, "%lf", &ns) != 1) {
            ns = -1;
        }
        pclose(pipe);
    }
    return ns;
}

bool bench_customers(const struct bench_options *options)
{
    struct trial bare = {.scenario = "bench/scenarios/customers.json", .parameter = "customers", .units = 1000000 / options->divisor};
    struct trial extra = bare;
    struct trial binary = bare;
    struct trial lines = bare;
    struct trial load = bare;
    struct bench_options given = *options;
    struct bench_case cases[] = {
        {"a customer of M/M/1, the scenario file run and reported", 2.5, trial_round, &bare},
        {"the same with one harmless step more", 0, trial_round, &extra},
        {"the same with the binary trace written", 5, trial_round, &binary},
        {"the same as JSON Lines", 0, trial_round, &lines},
        {"the naive peer, by hand on a heap (bench/peer.c)", 0, peer_round, &given},
        {"the same customers as items of a load, latencies split", 0, trial_round, &load},
    };
    double median[6];

    extra.scenario = "bench/scenarios/customers-and-a-step.json";
    load.scenario = "bench/scenarios/customers-of-a-load.json";
    binary.trace = TRIAL_BINARY;
    lines.trace = TRIAL_LINES;
    if (!bench_in_turn(options, "P1", cases, 6, median)) {
        return false;
    }
    bench_row("P1", "scenario against the naive peer", median[0] / median[4], "times", -1);
    bench_row("P1", "items of a load against threads that play customers", median[5] / median[0], "times", -1);
    bench_row("P1", "one step more costs", median[1] / median[0] * 100 - 100, "%", 35);
    return true;
}
