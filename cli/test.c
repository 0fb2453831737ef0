/* SPDX-License-Identifier: Apache-2.0 */
/* test: scenarios and folders of them, every variant, one TAP line each; golden traces are compared where
 * there are any. */
#define _POSIX_C_SOURCE 200809L
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/commands.h"
#include "cli/golden.h"

/* Paths found, in order. */
struct paths {
    char **item;
    size_t count, room;
};

static bool add_path(struct paths *paths, const char *path)
{
    char *copied;

    if (paths->count == paths->room) {
        size_t room = paths->room == 0 ? 64 : paths->room * 2;
        char **grown = realloc(paths->item, room * sizeof *grown);
        if (grown == NULL) {
            fprintf(stderr, "iocpsim: no memory\n");
            return false;
        }
        paths->item = grown;
        paths->room = room;
    }
    copied = malloc(strlen(path) + 1);
    if (copied == NULL) {
        fprintf(stderr, "iocpsim: no memory\n");
        return false;
    }
    memcpy(copied, path, strlen(path) + 1);
    paths->item[paths->count++] = copied;
    return true;
}

static int compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text);

    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

/* Folders deeper than this are not entered: a link may lead in circles. */
#define FOLDER_DEPTH_MAX 16

/* Gathers the scenarios below a folder, or the file itself. False, and a sentence on stderr, when it cannot. */
static bool gather(struct paths *paths, const char *path, int depth)
{
    struct stat status;
    struct dirent *entry;
    DIR *folder;
    bool good = true;
    size_t first = paths->count;

    if (stat(path, &status) != 0 || !S_ISDIR(status.st_mode)) {
        return add_path(paths, path);
    }
    if (depth == 0) {
        return true;
    }
    folder = opendir(path);
    if (folder == NULL) {
        say(stderr, "iocpsim: cannot read '%s': %s\n", path, strerror(errno));
        return false;
    }
    while (good && (entry = readdir(folder)) != NULL) {
        char inner[4096];
        if (entry->d_name[0] == '.' ||
            (size_t)snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name) >= sizeof inner) {
            continue;
        }
        if (stat(inner, &status) == 0 && S_ISDIR(status.st_mode)) {
            good = gather(paths, inner, depth - 1);
        } else if (ends_with(inner, ".json") && !ends_with(inner, ".schema.json")) {
            good = add_path(paths, inner);
        }
    }
    closedir(folder);
    if (paths->count > first) {
        qsort(paths->item + first, paths->count - first, sizeof *paths->item, compare);
    }
    return good;
}

/* What testing counts. */
struct tally {
    const struct options *options;
    size_t number, failed;
    int status; /* the worst of what does not load, cannot be read, or had no memory: said on stderr */
};

/* Notes that the environment failed. */
static void note_failure(struct tally *tally, bool failed)
{
    if (failed) {
        tally->status = EXIT_IO;
    }
}

static void plan_line(struct tally *tally, bool good, const char *path, const char *variant)
{
    tally->number++;
    tally->failed += !good;
    say(stdout, "%sok %zu - %s%s%s%s\n", good ? "" : "not ", tally->number, path, variant == NULL ? "" : " [",
           variant == NULL ? "" : variant, variant == NULL ? "" : "]");
}

static void reproduce(const struct options *options, const char *path, const char *variant)
{
    say(stdout, "  reproduce: iocpsim run '%s'%s%s%s", path, variant == NULL ? "" : " --variant '",
        variant == NULL ? "" : variant, variant == NULL ? "" : "'");
    for (size_t i = 0; i < options->setting_count; i++) {
        say(stdout, " --set '%s=%s'", options->setting[i].name, options->setting[i].value);
    }
    printf("\n  ...\n");
}

static void does_not_load(struct tally *tally, const char *path, const char *variant, int status)
{
    tally->status = status > tally->status ? status : tally->status;
    plan_line(tally, false, path, variant);
    say(stdout, "  ---\n  message: it does not load\n  reproduce: iocpsim check '%s'\n  ...\n", path);
}

/* Runs one variant to its end, with its trace where a golden one waits for it; 0 or the exit status. */
static int run_variant(const struct opened *opened, struct iocpsim_run *run, struct golden *golden)
{
    enum iocpsim_status status = IOCPSIM_OK;

    if (golden->is_there) {
        struct iocpsim_sink sink = golden_sink(golden);
        status = iocpsim_run_trace(run, &sink);
        status = status == IOCPSIM_OK ? iocpsim_run_keep(run) : status;
    }
    status = status == IOCPSIM_OK ? iocpsim_run_finish(run) : status;
    return scenario_status(opened, status == IOCPSIM_NOT_WRITTEN ? IOCPSIM_NO_MEMORY : status); /* the trace goes to memory */
}

/* What did not come out as claimed, one a line. */
static void say_failures(const struct iocpsim_run *run)
{
    for (size_t i = 0; i < iocpsim_run_failures(run); i++) {
        struct iocpsim_failure failure = iocpsim_run_failure(run, i);
        say(stdout, "  %s: %s%s%s%s\n", failure.pointer[0] == '\0' ? "run" : failure.pointer, failure.message,
            failure.description == NULL ? "" : " (", failure.description == NULL ? "" : failure.description,
            failure.description == NULL ? "" : ")");
    }
}

/* Runs one variant and prints its line. The run is kept for claims over variants. */
static struct iocpsim_run *test_variant(struct tally *tally, const struct opened *opened, const char *path, const char *variant)
{
    struct iocpsim_run *run = NULL;
    struct golden golden;
    struct iocpsim_judged judged;
    bool good;
    bool same = true;
    int status;
    int compiling = scenario_run(opened, tally->options, variant, &run);

    if (compiling != 0) {
        does_not_load(tally, path, variant, compiling);
        return NULL;
    }
    golden_find(&golden, path, variant);
    golden.is_there = golden.is_there && tally->options->setting_count == 0; /* it is of the scenario as it stands */
    status = run_variant(opened, run, &golden);
    note_failure(tally, status == EXIT_IO);
    tally->status = status == EXIT_BAD_DATA && tally->status < status ? status : tally->status;
    good = status == 0 && iocpsim_run_failures(run) == 0;
    if (good && golden.is_there) {
        same = tally->options->bless ? golden_bless(&golden, run) : golden_is_same(&golden);
        note_failure(tally, golden.wanted == NULL || (tally->options->bless && !same));
    }
    plan_line(tally, good && same, path, variant);
    if (!good || !same) {
        printf("  ---\n");
        say_failures(run);
        if (!same) {
            golden_tell(&golden, run);
        }
        reproduce(tally->options, path, variant);
    }
    judged = iocpsim_run_judged(run);
    if (judged.replications > 0 && !tally->options->estimates) {
        printf("# not judged: %zu by replications (test --estimates)\n", judged.replications);
    }
    if (judged.exploration > 0) {
        printf("# not judged: %zu by exploration (not in this version)\n", judged.exploration);
    }
    golden_close(&golden);
    return run;
}

/* Writes text as comments: each line begins with "# ". */
static bool write_commented(void *context, const char *bytes, size_t length)
{
    bool *at_line = context;

    for (size_t i = 0; i < length; i++) {
        if (*at_line && fputs("# ", stdout) == EOF) {
            return false;
        }
        *at_line = bytes[i] == '\n';
        if (fputc(bytes[i], stdout) == EOF) {
            return false;
        }
    }
    return true;
}

/* Runs the replications that a variant's estimates want; a line for all of them, and a comment for each. */
static void test_estimates(struct tally *tally, const struct opened *opened, const char *path, const char *variant)
{
    struct iocpsim_run_options options = {
        .variant = variant, .setting = tally->options->setting, .setting_count = tally->options->setting_count};
    bool at_line = true;
    struct iocpsim_sink sink = {write_commented, &at_line};
    struct iocpsim_estimates estimates;
    enum iocpsim_status status = iocpsim_estimate(opened->scenario, &options, &sink, &estimates);
    char name[512];

    snprintf(name, sizeof name, "%s%sestimates", variant == NULL ? "" : variant, variant == NULL ? "" : ", ");
    note_failure(tally, scenario_status(opened, status) == EXIT_IO);
    plan_line(tally, status == IOCPSIM_OK && estimates.failed == 0, path, name);
}

#define VARIANTS_MAX 256

static void test_file(struct tally *tally, const char *path)
{
    struct opened opened;
    struct iocpsim_run *run[VARIANTS_MAX] = {NULL};
    struct iocpsim_sink sink = sink_stdout();
    const char *only = tally->options->variant;
    size_t count = 0;
    bool across = false;

    int opening = scenario_open(&opened, path);

    if (opening != 0) {
        does_not_load(tally, path, NULL, opening);
        return;
    }
    if (only != NULL || iocpsim_scenario_variant(opened.scenario, 0) == NULL) {
        run[0] = test_variant(tally, &opened, path, only);
        count = run[0] != NULL;
        if (count == 1 && tally->options->estimates && iocpsim_run_judged(run[0]).replications > 0) {
            test_estimates(tally, &opened, path, only);
        }
    }
    for (size_t i = 0; only == NULL && i < VARIANTS_MAX && iocpsim_scenario_variant(opened.scenario, i) != NULL; i++) {
        struct iocpsim_run *one = test_variant(tally, &opened, path, iocpsim_scenario_variant(opened.scenario, i));
        if (one != NULL) {
            across = across || iocpsim_run_judged(one).variants > 0;
            run[count++] = one;
            if (tally->options->estimates && iocpsim_run_judged(one).replications > 0) {
                test_estimates(tally, &opened, path, iocpsim_scenario_variant(opened.scenario, i));
            }
        }
    }
    if (across) {
        bool good = iocpsim_judge_across(run, count, &sink) == 0;
        plan_line(tally, good, path, "over variants");
    }
    for (size_t i = 0; i < count; i++) {
        iocpsim_run_destroy(run[i]);
    }
    scenario_close(&opened);
}

int command_test(const struct options *options)
{
    struct tally tally = {.options = options};
    struct paths paths = {NULL, 0, 0};
    bool good = true;

    if (options->operand_count == 0) {
        fprintf(stderr, "iocpsim: test wants scenarios or folders of them\n");
        return EXIT_USAGE;
    }
    for (size_t i = 0; good && i < options->operand_count; i++) {
        good = gather(&paths, options->operand[i], FOLDER_DEPTH_MAX);
    }
    printf("TAP version 13\n");
    for (size_t i = 0; i < paths.count; i++) {
        test_file(&tally, paths.item[i]);
        free(paths.item[i]);
    }
    free(paths.item);
    printf("1..%zu\n", tally.number);
    if (good && tally.number == 0) {
        fprintf(stderr, "iocpsim: there is no scenario to test\n");
        return EXIT_NOT_AS_EXPECTED;
    }
    printf("# %zu passed, %zu failed\n", tally.number - tally.failed, tally.failed);
    if (!good || tally.status != 0) {
        return good ? tally.status : EXIT_IO;
    }
    return tally.failed == 0 ? EXIT_ALL_AS_EXPECTED : EXIT_NOT_AS_EXPECTED;
}
