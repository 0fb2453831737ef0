/* SPDX-License-Identifier: Apache-2.0 */
/* V: how long views take to be written of a server's run that is kept: the lanes and lives are there, and what is timed is
 * the form alone. Goals are those of the forms; figures are CPU milliseconds, the best of the rounds. */
#include <stdio.h>
#include <stdlib.h>

#include "bench/bench.h"
#include "iocpsim.h"

/* What a form wrote. */
struct counted {
    uint64_t bytes, marks; /* marks: how often `mark` stands in it */
    char mark;
};

static bool count(void *context, const char *bytes, size_t length)
{
    struct counted *counted = context;

    counted->bytes += length;
    for (size_t i = 0; i < length; i++) {
        counted->marks += bytes[i] == counted->mark;
    }
    return true;
}

/* A run of the server up to an instant, to be drawn; NULL when it cannot be. */
static struct iocpsim_run *run_server(struct iocpsim_scenario *scenario, uint64_t us)
{
    char until[32];
    struct iocpsim_run_options options = {.has_until = true, .until = until, .keeps_state = true};
    struct iocpsim_run *run = NULL;

    snprintf(until, sizeof until, "%lluus", (unsigned long long)us);
    if (iocpsim_run_create(&run, scenario, &options) != IOCPSIM_OK || iocpsim_run_draw(run) != IOCPSIM_OK ||
        iocpsim_run_finish(run) != IOCPSIM_OK) {
        iocpsim_run_destroy(run);
        return NULL;
    }
    return run;
}

/* Milliseconds that a form takes, the best of the rounds; below 0 when it failed. */
static double draw(const struct bench_options *options, const struct iocpsim_run *run, enum iocpsim_form form, struct counted *counted)
{
    struct iocpsim_picture picture = {.form = form, .width = form == IOCPSIM_TEXT ? 120 : 0};
    struct iocpsim_sink sink = {count, counted};
    double best = -1;

    for (uint32_t i = 0; i < options->rounds; i++) {
        double begun = bench_clock();
        counted->bytes = 0;
        counted->marks = 0;
        if (iocpsim_run_render(run, &picture, &sink) != IOCPSIM_OK) {
            return -1;
        }
        begun = (bench_clock() - begun) / 1e6;
        best = best < 0 || begun < best ? begun : best;
    }
    return best;
}

/* Pictures for people, of 1,000 callbacks and of 100,000 records. */
static bool bench_pictures(const struct bench_options *options, struct iocpsim_scenario *scenario)
{
    struct iocpsim_run *small = run_server(scenario, options->divisor > 10 ? 103 : 1030);
    struct iocpsim_run *large = run_server(scenario, 6600 / options->divisor + 1);
    struct counted counted = {0, 0, '\n'};
    bool good = small != NULL && large != NULL;

    if (good) {
        bench_row("V", "a timeline of 100,000 records in a terminal", draw(options, large, IOCPSIM_TEXT, &counted), "ms", 100);
        bench_row("V", "the same as SVG", draw(options, large, IOCPSIM_SVG, &counted), "ms", -1);
        bench_row("V", "its figures as SVG", draw(options, large, IOCPSIM_STATISTICS, &counted), "ms", -1);
        bench_row("V", "an SVG timeline of 1,000 callbacks", draw(options, small, IOCPSIM_SVG, &counted), "ms", 15);
        bench_row("V", "its size", (double)counted.bytes / 1000, "KB", 100);
    }
    iocpsim_run_destroy(small);
    iocpsim_run_destroy(large);
    return good;
}

/* What other programs open: of 1,000,000 events and slices. */
static bool bench_exports(const struct bench_options *options, struct iocpsim_scenario *scenario)
{
    struct iocpsim_run *run = run_server(scenario, 120000 / options->divisor + 1);
    struct counted lines = {0, 0, '\n'};
    struct counted bytes = {0, 0, '\n'};
    bool good = run != NULL;
    double chrome;
    double perfetto;

    if (good) {
        chrome = draw(options, run, IOCPSIM_CHROME, &lines);
        perfetto = draw(options, run, IOCPSIM_PERFETTO, &bytes);
        /* A slice of .pftrace is two packets; of Chrome's events most are slices, counters and the ends of services. */
        bench_row("V", "1,000,000 trace events of Chrome", chrome * 1e6 / (double)lines.marks, "ms", 1000);
        bench_row("V", "as many of Perfetto, of two packets a slice", perfetto * 1e6 / (double)lines.marks, "ms", 800);
        bench_row("V", "bytes an event of Chrome", (double)lines.bytes / (double)lines.marks, "B", -1);
        bench_row("V", "bytes an event of Perfetto", (double)bytes.bytes / (double)lines.marks, "B", -1);
    }
    iocpsim_run_destroy(run);
    return good;
}

bool bench_views(const struct bench_options *options)
{
    size_t length;
    char *bytes = bench_read("bench/scenarios/server.json", &length);
    struct iocpsim_scenario *scenario = NULL;
    bool good = bytes != NULL && iocpsim_scenario_read(&scenario, "server.json", bytes, length) == IOCPSIM_OK &&
                bench_pictures(options, scenario) && bench_exports(options, scenario);

    iocpsim_scenario_destroy(scenario);
    free(bytes);
    return good;
}
