/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios as the commands open them: by path or from stdin. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/files.h"

static bool write_file(void *context, const char *bytes, size_t length)
{
    return fwrite(bytes, 1, length, context) == length;
}

void say(FILE *to, const char *format, ...)
{
    struct iocpsim_sink sink = {write_file, to};
    struct iocpsim_sink shown = iocpsim_harmless(&sink);
    char text[16384];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0) {
        if ((size_t)length >= sizeof text) {
            length = (int)sizeof text - 1;
            memcpy(text + length - 4, "...\n", 4);
        }
        (void)shown.write(shown.context, text, (size_t)length);
    }
}

struct iocpsim_sink sink_stdout(void)
{
    return (struct iocpsim_sink){write_file, stdout};
}

struct iocpsim_sink sink_stderr(void)
{
    return (struct iocpsim_sink){write_file, stderr};
}

int status_of(enum iocpsim_status status)
{
    switch (status) {
    case IOCPSIM_OK:
        return EXIT_ALL_AS_EXPECTED;
    case IOCPSIM_BAD_SCENARIO:
    case IOCPSIM_BAD_TRACE:
    case IOCPSIM_BAD_FILE:
        return EXIT_BAD_DATA;
    case IOCPSIM_BAD_OPTION:
        return EXIT_USAGE;
    case IOCPSIM_NO_MEMORY:
        fprintf(stderr, "iocpsim: no memory\n");
        return EXIT_IO;
    case IOCPSIM_NOT_WRITTEN:
    case IOCPSIM_NOT_READ:
        return EXIT_IO;
    }
    return EXIT_BUG;
}

/* The file that a scenario names: it stands beside the scenario, unless its path begins at the root. */
static bool open_beside(void *context, const char *path, struct iocpsim_source *source)
{
    const char *folder = context;
    size_t room = strlen(folder) + strlen(path) + 1;
    struct input *input = malloc(sizeof *input + room);
    char *joined = input == NULL ? NULL : (char *)(input + 1);

    if (input == NULL) {
        fprintf(stderr, "iocpsim: no memory\n");
        return false;
    }
    snprintf(joined, room, "%s%s", path[0] == '/' ? "" : folder, path);
    if (!input_open(input, joined)) {
        free(input);
        return false;
    }
    *source = input_source(input);
    return true;
}

static void close_beside(void *context, struct iocpsim_source *source)
{
    (void)context;
    input_close(source->context);
    free(source->context);
}

/* Says where the files are that the scenario names. */
static void give_files(struct opened *opened, const char *path)
{
    const char *end = strrchr(path, '/');
    size_t length = end == NULL || (size_t)(end - path) + 1 >= sizeof opened->folder ? 0 : (size_t)(end - path) + 1;
    struct iocpsim_files files = {open_beside, close_beside, opened->folder};

    memcpy(opened->folder, path, length);
    opened->folder[length] = '\0';
    iocpsim_scenario_files(opened->scenario, &files);
}

int scenario_status(const struct opened *opened, enum iocpsim_status status)
{
    const struct iocpsim_file_error *error;

    if (status == IOCPSIM_BAD_FILE) {
        error = iocpsim_scenario_file_error(opened->scenario);
        say(stderr, "%s%s:%llu: error: %s\n  hint: %s\n", error->path[0] == '/' ? "" : opened->folder, error->path,
            (unsigned long long)error->line, error->message, error->hint);
    }
    return status_of(status);
}

int scenario_open_input(struct opened *opened, struct input *input)
{
    struct iocpsim_sink sink = sink_stderr();
    enum iocpsim_status status;

    memset(opened, 0, sizeof *opened);
    if (iocpsim_is_trace(input->head, input->head_length)) {
        say(stderr, "iocpsim: '%s' is a trace, not a scenario: render, stats, why and diff take it\n", input->path);
        return EXIT_BAD_DATA;
    }
    opened->bytes = input_read(input, &opened->length);
    if (opened->bytes == NULL) {
        return EXIT_IO;
    }
    status = iocpsim_scenario_read(&opened->scenario, strcmp(input->path, "-") == 0 ? "stdin" : input->path, opened->bytes,
                                   opened->length);
    if (opened->scenario != NULL) {
        give_files(opened, strcmp(input->path, "-") == 0 ? "" : input->path);
        progress_watch(opened->scenario);
    }
    if (status == IOCPSIM_BAD_SCENARIO) {
        struct iocpsim_run *run = NULL;
        /* Compiling goes on behind mistakes of form, so that all of them are told at once. */
        if (iocpsim_run_create(&run, opened->scenario, &(struct iocpsim_run_options){0}) == IOCPSIM_NO_MEMORY) {
            status = IOCPSIM_NO_MEMORY;
        } else {
            (void)iocpsim_scenario_diagnose(opened->scenario, &sink, false);
        }
        iocpsim_run_destroy(run);
    }
    if (status != IOCPSIM_OK) {
        scenario_close(opened);
    }
    return status_of(status);
}

int scenario_open(struct opened *opened, const char *path)
{
    struct input input;
    int result;

    memset(opened, 0, sizeof *opened);
    if (!input_open(&input, path)) {
        return EXIT_IO;
    }
    result = scenario_open_input(opened, &input);
    input_close(&input);
    return result;
}

void scenario_close(struct opened *opened)
{
    iocpsim_scenario_destroy(opened->scenario);
    free(opened->bytes);
    memset(opened, 0, sizeof *opened);
}

/* A seed: decimal digits, 64 bits. */
static bool read_seed(const char *text, uint64_t *seed)
{
    char *end;

    errno = 0;
    *seed = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

/* Whether the scenario takes these options alone. */
static bool is_taken(const struct opened *opened, struct iocpsim_run_options alone)
{
    struct iocpsim_run *run = NULL;
    enum iocpsim_status status = iocpsim_run_create(&run, opened->scenario, &alone);

    iocpsim_run_destroy(run);
    return status != IOCPSIM_BAD_OPTION;
}

/* Names the option that the scenario does not take: each is tried by itself. */
static void say_bad_option(const struct opened *opened, const struct iocpsim_run_options *wanted)
{
    if (!is_taken(opened, (struct iocpsim_run_options){.variant = wanted->variant})) {
        say(stderr, "iocpsim: there is no variant '%s'; there %s", wanted->variant,
                iocpsim_scenario_variant(opened->scenario, 0) == NULL ? "are none" : "are");
        for (size_t i = 0; iocpsim_scenario_variant(opened->scenario, i) != NULL; i++) {
            say(stderr, "%s '%s'", i == 0 ? "" : ",", iocpsim_scenario_variant(opened->scenario, i));
        }
        fprintf(stderr, "\n");
    }
    for (size_t i = 0; i < wanted->setting_count; i++) {
        if (!is_taken(opened, (struct iocpsim_run_options){.setting = &wanted->setting[i], .setting_count = 1})) {
            say(stderr, "iocpsim: there is no parameter '%s' to --set\n", wanted->setting[i].name);
        }
    }
    if (wanted->has_until && !is_taken(opened, (struct iocpsim_run_options){.has_until = true, .until = wanted->until})) {
        say(stderr, "iocpsim: --until wants a duration such as 40ms, not '%s'\n", wanted->until);
    }
}

int scenario_run(const struct opened *opened, const struct options *options, const char *variant, struct iocpsim_run **run)
{
    struct iocpsim_run_options wanted = {
        .variant = variant,
        .setting = options->setting,
        .setting_count = options->setting_count,
        .has_seed = options->seed != NULL,
        .has_until = options->until != NULL,
        .until = options->until,
        .keeps_state = options->keeps_state,
    };
    struct iocpsim_sink sink = sink_stderr();
    enum iocpsim_status status;

    if (options->seed != NULL && !read_seed(options->seed, &wanted.seed)) {
        say(stderr, "iocpsim: --seed wants a whole number, not '%s'\n", options->seed);
        return EXIT_USAGE;
    }
    status = iocpsim_run_create(run, opened->scenario, &wanted);
    if (status == IOCPSIM_BAD_SCENARIO) {
        (void)iocpsim_scenario_diagnose(opened->scenario, &sink, false);
    } else if (status == IOCPSIM_BAD_OPTION) {
        say_bad_option(opened, &wanted);
    }
    return status_of(status);
}
