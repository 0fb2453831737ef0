/* SPDX-License-Identifier: Apache-2.0 */
/* What render and stats show: a scenario is run, a stored trace is read. Which of them a file is,
 * its first bytes say. Of a trace with several runs all are shown in turn, or, with --variant,
 * those of that variant. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

bool is_binary_name(const char *path)
{
    size_t length = strlen(path);

    return length > 6 && strcmp(path + length - 6, ".trace") == 0;
}

/* A mistake in a trace, with its place. */
static int say_mistake(const struct shown *shown)
{
    struct iocpsim_trace_error error = iocpsim_trace_error(shown->trace);
    const char *path = strcmp(shown->input.path, "-") == 0 ? "stdin" : shown->input.path;

    if (error.line > 0) {
        say(stderr, "%s:%llu:%llu: error: %s\n", path, (unsigned long long)error.line,
                (unsigned long long)error.byte, error.message);
    } else {
        say(stderr, "%s: byte %llu: error: %s\n", path, (unsigned long long)error.byte,
                error.message);
    }
    return EXIT_BAD_DATA;
}

/* The exit status of the library's answer, with mistakes in a trace told. */
static int status_of_shown(const struct shown *shown, enum iocpsim_status status)
{
    return status == IOCPSIM_BAD_TRACE  ? say_mistake(shown)
           : shown->trace == NULL ? scenario_status(&shown->opened, status)
                                  : status_of(status);
}

/* What only a scenario can be asked for. */
static bool is_for_trace(const struct options *options, const char *path)
{
    if (options->setting_count == 0 && options->seed == NULL && options->until == NULL) {
        return true;
    }
    fprintf(stderr,
            "iocpsim: '%s' is a trace: it is not run again, so --set, --seed and --until mean "
            "nothing\n",
            path);
    return false;
}

int shown_open(struct shown *shown, const struct options *options)
{
    const char *path = options->operand_count > 0 ? options->operand[0] : NULL;
    struct iocpsim_source source;

    memset(shown, 0, sizeof *shown);
    if (options->example != NULL) {
        path = example_path(options->example, shown->example, sizeof shown->example);
        if (path == NULL) {
            return EXIT_USAGE;
        }
    }
    if (path == NULL || options->operand_count > 1) {
        fprintf(stderr, "iocpsim: one scenario or trace is wanted\n");
        return EXIT_USAGE;
    }
    if (!input_open(&shown->input, path)) {
        return EXIT_IO;
    }
    if (!iocpsim_is_trace(shown->input.head, shown->input.head_length)) {
        return scenario_open_input(&shown->opened, &shown->input);
    }
    if (!is_for_trace(options, path)) {
        return EXIT_USAGE;
    }
    source = input_source(&shown->input);
    return status_of(iocpsim_trace_create(&shown->trace, &source));
}

void shown_close(struct shown *shown)
{
    iocpsim_run_destroy(shown->run);
    iocpsim_trace_destroy(shown->trace);
    scenario_close(&shown->opened);
    input_close(&shown->input);
}

/* Whether the run is one of those asked for. */
static bool is_wanted(const struct shown *shown, const struct options *options)
{
    const char *variant = iocpsim_run_variant(shown->run);

    return options->variant == NULL || (variant != NULL && strcmp(variant, options->variant) == 0);
}

/* The next run of a trace that is wanted; the others are read and left. */
static int next_stored(struct shown *shown, const struct options *options)
{
    enum iocpsim_status status = iocpsim_trace_next(shown->trace, &shown->run);

    while (status == IOCPSIM_OK && shown->run != NULL && !is_wanted(shown, options)) {
        status = iocpsim_run_finish(shown->run);
        iocpsim_run_destroy(shown->run);
        shown->run = NULL;
        if (status == IOCPSIM_OK) {
            status = iocpsim_trace_next(shown->trace, &shown->run);
        }
    }
    if (status == IOCPSIM_OK && shown->run == NULL && shown->runs == 0 &&
        options->variant != NULL) {
        say(stderr, "iocpsim: no run in '%s' is of the variant '%s'\n", shown->input.path,
                options->variant);
        return EXIT_USAGE;
    }
    return status_of_shown(shown, status);
}

int shown_next(struct shown *shown, const struct options *options)
{
    struct options wanted = *options;
    int result = 0;

    wanted.keeps_state = true;
    iocpsim_run_destroy(shown->run);
    shown->run = NULL;
    if (shown->trace != NULL) {
        result = next_stored(shown, options);
    } else if (shown->runs == 0) {
        result = scenario_run(&shown->opened, &wanted, options->variant, &shown->run);
    }
    shown->runs += shown->run != NULL;
    return result;
}

int shown_finish(struct shown *shown)
{
    return status_of_shown(shown, iocpsim_run_finish(shown->run));
}
