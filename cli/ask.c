/* SPDX-License-Identifier: Apache-2.0 */
/* why and diff: questions about runs whose records are all kept. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"

/* Opens a file, runs it or reads it, and keeps its records; 0, or the exit status, with everything said on
 * stderr. Of a trace with several runs it is the first, or the first of the variant that is wanted. */
static int ask(struct shown *shown, const char *path, const struct options *options, bool draws)
{
    struct options one = *options;
    enum iocpsim_status status;
    int result;

    one.operand = &path;
    one.operand_count = 1;
    one.example = NULL;
    result = shown_open(shown, &one);
    if (result == 0) {
        result = shown_next(shown, &one);
    }
    if (result == 0 && shown->run == NULL) {
        fprintf(stderr, "iocpsim: there is no run in '%s'\n", path);
        result = EXIT_BAD_DATA;
    }
    if (result == 0) {
        status = iocpsim_run_keep(shown->run);
        if (status == IOCPSIM_OK && draws) {
            status = iocpsim_run_draw(shown->run);
        }
        result = status == IOCPSIM_OK ? shown_finish(shown) : status_of(status);
    }
    return result;
}

/* The path of the index-th file that is asked about; NULL when there is none. An example comes first. */
static const char *path_of(const struct options *options, size_t index, char *buffer, size_t room)
{
    if (options->example != NULL && index == 0) {
        const char *path = example_path(options->example, buffer, room);
        if (path == NULL) {
            fprintf(stderr, "iocpsim: there is no example '%s'\n", options->example);
        }
        return path;
    }
    index -= options->example != NULL;
    return index < options->operand_count ? options->operand[index] : NULL;
}

bool read_number(const char *text, uint64_t *number)
{
    char *end;

    errno = 0;
    *number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0;
}

int command_why(const struct options *options)
{
    size_t files = options->example == NULL ? 1 : 0;
    struct iocpsim_sink sink = sink_stdout();
    struct shown shown;
    char buffer[4096];
    const char *path;
    uint64_t n;
    int result;

    if (options->operand_count != files + 1) {
        fprintf(stderr, "iocpsim: why wants a scenario or trace and the number of a record, as in 'iocpsim why "
                        "FILE 20'\n");
        return EXIT_USAGE;
    }
    path = path_of(options, 0, buffer, sizeof buffer);
    if (path == NULL) {
        return EXIT_USAGE;
    }
    if (!read_number(options->operand[files], &n)) {
        fprintf(stderr, "iocpsim: why wants the number of a record, not '%s'\n", options->operand[files]);
        return EXIT_USAGE;
    }
    result = ask(&shown, path, options, false);
    if (result == 0) {
        enum iocpsim_status status = iocpsim_why(iocpsim_run_kept(shown.run), n, &sink, options->json);
        if (status == IOCPSIM_BAD_OPTION) {
            fprintf(stderr, "iocpsim: there is no record %llu; the last one is %llu\n", (unsigned long long)n,
                    (unsigned long long)iocpsim_kept_last(iocpsim_run_kept(shown.run)));
        }
        result = status_of(status);
    }
    shown_close(&shown);
    return result;
}

/* What the second run is run with: as the first, but for what was said for it alone. */
static struct options second_of(const struct options *options)
{
    struct options second = *options;

    second.variant = options->with_variant != NULL ? options->with_variant : options->variant;
    second.seed = options->with_seed != NULL ? options->with_seed : options->seed;
    for (size_t i = 0; i < options->with_setting_count; i++) {
        size_t at = 0;
        while (at < second.setting_count && strcmp(second.setting[at].name, options->with_setting[i].name) != 0) {
            at++;
        }
        if (at < SETTINGS_MAX) {
            second.setting[at] = options->with_setting[i];
            second.setting_count += at == second.setting_count;
        }
    }
    return second;
}

/* What a sentence calls a run: its variant, when both are of one file; else the file, with its variant. */
static void name_run(char *name, size_t room, const char *path, const char *variant)
{
    if (path == NULL) {
        snprintf(name, room, "'%s'", variant);
    } else {
        snprintf(name, room, "%s%s%s%s", path, variant == NULL ? "" : " [", variant == NULL ? "" : variant,
                 variant == NULL ? "" : "]");
    }
}

bool is_second_wanted(const struct options *options)
{
    return options->with != NULL || options->with_variant != NULL || options->with_seed != NULL || options->with_setting_count > 0;
}

int runs_open(struct two_runs *runs, const struct options *options, const char *after, bool draws)
{
    struct options second = second_of(options);
    char buffer[4096];
    const char *before = path_of(options, 0, buffer, sizeof buffer);
    bool one_file = after == NULL;
    int result;

    memset(runs, 0, sizeof *runs);
    if (before == NULL) {
        return EXIT_USAGE;
    }
    after = one_file ? before : after;
    if (one_file && options->variant != NULL && options->with_variant != NULL) {
        name_run(runs->name[0], sizeof runs->name[0], NULL, options->variant);
        name_run(runs->name[1], sizeof runs->name[1], NULL, options->with_variant);
    } else {
        name_run(runs->name[0], sizeof runs->name[0], one_file ? "the first run" : before, options->variant);
        name_run(runs->name[1], sizeof runs->name[1], one_file ? "the second run" : after, second.variant);
    }
    result = ask(&runs->shown[0], before, options, draws);
    return result == 0 ? ask(&runs->shown[1], after, &second, draws) : result;
}

void runs_close(struct two_runs *runs)
{
    shown_close(&runs->shown[0]);
    shown_close(&runs->shown[1]);
}

int command_diff(const struct options *options)
{
    struct iocpsim_sink sink = sink_stdout();
    struct two_runs runs;
    char buffer[4096];
    const char *before = path_of(options, 0, buffer, sizeof buffer);
    const char *after = before == NULL ? NULL : path_of(options, 1, NULL, 0);
    bool same = true;
    int result;

    if (before == NULL || (after == NULL && !is_second_wanted(options)) ||
        options->operand_count + (options->example != NULL) > 2) {
        fprintf(stderr, "iocpsim: diff wants two scenarios or traces, or one and what is to be different: "
                        "--with-variant, --with-set or --with-seed\n");
        return EXIT_USAGE;
    }
    result = runs_open(&runs, options, after, false);
    if (result == 0) {
        struct iocpsim_pair pair = {iocpsim_run_kept(runs.shown[0].run), iocpsim_run_kept(runs.shown[1].run), runs.name[0],
                                    runs.name[1]};
        enum iocpsim_diff_form form = options->json ? IOCPSIM_DIFF_JSON : IOCPSIM_DIFF_TEXT;
        result = status_of(iocpsim_diff(&pair, form, &sink, &same));
    }
    runs_close(&runs);
    return result == 0 && !same ? EXIT_NOT_AS_EXPECTED : result;
}
