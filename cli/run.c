/* SPDX-License-Identifier: Apache-2.0 */
/* run and check. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"

/* Says what did not come out as claimed; the exit status. */
static int say_failures(const struct iocpsim_run *run, const char *path)
{
    for (size_t i = 0; i < iocpsim_run_failures(run); i++) {
        struct iocpsim_failure failure = iocpsim_run_failure(run, i);
        say(stderr, "%s%s%s: %s%s%s%s\n", path, failure.pointer[0] == '\0' ? "" : ": ", failure.pointer,
                failure.message, failure.description == NULL ? "" : " (", failure.description == NULL ? "" : failure.description,
                failure.description == NULL ? "" : ")");
    }
    return iocpsim_run_failures(run) == 0 ? EXIT_ALL_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
}

/* How many claims held, and which could not be judged by one run. */
static void say_judged(const struct iocpsim_run *run)
{
    struct iocpsim_judged judged = iocpsim_run_judged(run);

    if (judged.judged > 0) {
        printf("%zu claim%s judged, %zu mistake%s found\n", judged.judged, judged.judged == 1 ? "" : "s",
               iocpsim_run_failures(run), iocpsim_run_failures(run) == 1 ? "" : "s");
    }
    if (judged.variants > 0) {
        printf("not judged here: %zu over variants (run --all, test)\n", judged.variants);
    }
    if (judged.replications > 0) {
        printf("not judged here: %zu by replications (test --estimates)\n", judged.replications);
    }
    if (judged.exploration > 0) {
        printf("not judged: %zu by exploration (not in this version)\n", judged.exploration);
    }
}

/* One run, reported as asked. */
static int run_one(const struct opened *opened, const struct options *options, const char *path, const char *variant,
                   struct output *trace, struct iocpsim_run **kept)
{
    struct iocpsim_sink to_stdout = sink_stdout();
    struct iocpsim_sink to_trace;
    enum iocpsim_status status = IOCPSIM_OK;
    struct iocpsim_run *run;
    int result = scenario_run(opened, options, variant, &run);

    if (result != 0) {
        return result;
    }
    *kept = run;
    if (trace->file != NULL) {
        to_trace = output_sink(trace);
        status = is_binary_name(options->trace) ? iocpsim_run_trace_binary(run, &to_trace) : iocpsim_run_trace(run, &to_trace);
    }
    if (status == IOCPSIM_OK && options->follow) {
        status = iocpsim_run_follow(run, &to_stdout);
    }
    if (status == IOCPSIM_OK && !options->quiet && !options->json) {
        const char *title = iocpsim_scenario_title(opened->scenario);
        say(stdout, "%s%s%s%s\n\n", title != NULL ? title : strcmp(path, "-") == 0 ? "stdin" : path,
               variant == NULL ? "" : " [", variant == NULL ? "" : variant, variant == NULL ? "" : "]");
    }
    if (status == IOCPSIM_OK) {
        status = iocpsim_run_finish(run);
    }
    if (status == IOCPSIM_OK && (options->json || (!options->quiet && !options->follow))) {
        status = iocpsim_run_report(run, &to_stdout, options->json);
    }
    if (status != IOCPSIM_OK) {
        return scenario_status(opened, status);
    }
    if (!options->quiet && !options->json) {
        say_judged(run);
    }
    return say_failures(run, path);
}

#define RUNS_MAX 256

/* Every run of one file that was asked for. */
static int run_file(const struct options *options, const char *path, struct output *trace)
{
    struct opened opened;
    struct iocpsim_run *run[RUNS_MAX] = {NULL};
    struct iocpsim_sink sink = sink_stderr();
    size_t count = 0;
    int result = scenario_open(&opened, path);

    if (result != 0) {
        return result;
    }
    if (options->all && iocpsim_scenario_variant(opened.scenario, 0) != NULL) {
        for (size_t i = 0; i < RUNS_MAX && iocpsim_scenario_variant(opened.scenario, i) != NULL; i++) {
            int one = run_one(&opened, options, path, iocpsim_scenario_variant(opened.scenario, i), trace, &run[count]);
            count += run[count] != NULL;
            result = one > result ? one : result;
            if (!options->quiet && !options->json && iocpsim_scenario_variant(opened.scenario, i + 1) != NULL) {
                printf("\n");
            }
        }
        if (result == 0 && count > 0 && iocpsim_judge_across(run, count, &sink) > 0) {
            result = EXIT_NOT_AS_EXPECTED;
        }
    } else {
        result = run_one(&opened, options, path, options->variant, trace, &run[0]);
        count = run[0] != NULL;
    }
    for (size_t i = 0; i < count; i++) {
        iocpsim_run_destroy(run[i]);
    }
    scenario_close(&opened);
    return result;
}

int command_run(const struct options *options)
{
    struct output trace = {.file = NULL};
    char buffer[4096];
    int result = 0;

    if (options->operand_count == 0 && options->example == NULL) {
        fprintf(stderr, "iocpsim: run wants a scenario; try 'iocpsim run --example io-completion-ports'\n");
        return EXIT_USAGE;
    }
    if (options->example != NULL && example_path(options->example, buffer, sizeof buffer) == NULL) {
        return EXIT_USAGE;
    }
    if (options->trace != NULL && !output_open(&trace, options->trace)) {
        return EXIT_IO;
    }
    if (options->example != NULL) {
        result = run_file(options, buffer, &trace);
    }
    for (size_t i = 0; i < options->operand_count; i++) {
        int one = run_file(options, options->operand[i], &trace);
        result = one > result ? one : result;
    }
    if (trace.file != NULL && !output_close(&trace, result < EXIT_USAGE)) {
        result = EXIT_IO;
    }
    return result;
}

/* Mistakes as JSON, one object a line on stdout. */
static int check_json(const char *path)
{
    struct iocpsim_sink sink = sink_stdout();
    struct iocpsim_scenario *scenario = NULL;
    struct iocpsim_run *run = NULL;
    size_t length;
    char *bytes = file_read(path, &length);
    enum iocpsim_status status;

    if (bytes == NULL) {
        return EXIT_IO;
    }
    status = iocpsim_scenario_read(&scenario, path, bytes, length);
    if (scenario != NULL) {
        enum iocpsim_status compiled = iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){0});
        status = status == IOCPSIM_OK || compiled == IOCPSIM_NO_MEMORY ? compiled : status;
        iocpsim_run_destroy(run);
        (void)iocpsim_scenario_diagnose(scenario, &sink, true);
    }
    iocpsim_scenario_destroy(scenario);
    free(bytes);
    return status_of(status);
}

int command_check(const struct options *options)
{
    int result = 0;

    if (options->operand_count == 0) {
        fprintf(stderr, "iocpsim: check wants a scenario\n");
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < options->operand_count; i++) {
        struct opened opened;
        const char *variant;
        size_t variants = 0;
        int one;

        if (options->json) {
            one = check_json(options->operand[i]);
            result = one > result ? one : result;
            continue;
        }
        one = scenario_open(&opened, options->operand[i]);
        do {
            struct iocpsim_run *run = NULL;
            variant = one == 0 ? iocpsim_scenario_variant(opened.scenario, variants++) : NULL;
            if (one == 0 && (variant != NULL || variants == 1)) {
                one = scenario_run(&opened, options, variant, &run);
                iocpsim_run_destroy(run);
            }
        } while (one == 0 && variant != NULL);
        if (one == 0) {
            say(stdout, "%s: ok\n", options->operand[i]);
        }
        scenario_close(&opened);
        result = one > result ? one : result;
    }
    return result;
}
