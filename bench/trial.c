/* SPDX-License-Identifier: Apache-2.0 */
/* Trials look into the run for what no public call tells: how many events and records there were. */
#include "bench/trial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/bench.h"
#include "lib/session.h"

/* A sink that counts what it throws away. */
static bool count_bytes(void *context, const char *bytes, size_t length)
{
    uint64_t *sum = context;

    (void)bytes;
    *sum += length;
    return true;
}

static enum iocpsim_status ask_trace(struct iocpsim_run *run, enum trial_trace trace, const struct iocpsim_sink *sink)
{
    switch (trace) {
    case TRIAL_UNTRACED:
        break;
    case TRIAL_LINES:
        return iocpsim_run_trace(run, sink);
    case TRIAL_BINARY:
        return iocpsim_run_trace_binary(run, sink);
    }
    return IOCPSIM_OK;
}

/* Runs what was read; what it took. */
static double run_once(struct trial *trial, struct iocpsim_scenario *scenario, double begin)
{
    char number[32];
    struct iocpsim_setting setting = {trial->parameter, number};
    struct iocpsim_run_options options = {
        .setting = &setting,
        .setting_count = trial->parameter != NULL,
        .has_until = trial->until != NULL,
        .until = trial->until,
    };
    uint64_t reported = 0;
    struct iocpsim_sink to_report = {count_bytes, &reported};
    struct iocpsim_sink to_trace = {count_bytes, &trial->trace_bytes};
    struct iocpsim_run *run = NULL;
    double ns = -1;

    snprintf(number, sizeof number, "%llu", (unsigned long long)trial->units);
    trial->trace_bytes = 0;
    if (iocpsim_run_create(&run, scenario, &options) == IOCPSIM_OK &&
        ask_trace(run, trial->trace, &to_trace) == IOCPSIM_OK &&
        iocpsim_run_finish(run) == IOCPSIM_OK && iocpsim_run_report(run, &to_report, false) == IOCPSIM_OK) {
        trial->events = run->sim.state.events;
        trial->records = run->sim.state.n;
        ns = (bench_clock() - begin) / (double)(trial->units > 0 && !trial->is_by_event ? trial->units : trial->events);
    }
    iocpsim_run_destroy(run);
    return ns;
}

double trial_round(void *context)
{
    struct trial *trial = context;
    struct iocpsim_scenario *scenario = NULL;
    uint64_t allocations = bench_allocations();
    double begin = bench_clock();
    size_t length = 0;
    char *bytes = bench_read(trial->scenario, &length);
    double ns = -1;

    if (bytes != NULL && iocpsim_scenario_read(&scenario, trial->scenario, bytes, length) == IOCPSIM_OK) {
        ns = run_once(trial, scenario, begin);
    }
    iocpsim_scenario_destroy(scenario);
    free(bytes);
    trial->allocations = bench_allocations() - allocations;
    if (ns < 0) {
        fprintf(stderr, "bench: %s could not be run\n", trial->scenario);
    }
    return ns;
}
