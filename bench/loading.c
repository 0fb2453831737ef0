/* SPDX-License-Identifier: Apache-2.0 */
/* P7: how long a small scenario takes from start to exit, what 100 MB of scenario cost to load, and what
 * arrivals from a file. */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench/bench.h"
#include "iocpsim.h"

#define STARTS 30

/* Milliseconds by the wall. */
static double wall(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Runs the program on the seed's sample; how long it took. */
static double start_once(const char *program)
{
    double begin = wall();
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        if (nowhere >= 0 && dup2(nowhere, 1) >= 0) {
            execl(program, program, "run", "scenarios/seed/io-completion-ports.json", (char *)NULL);
        }
        _exit(127);
    }
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return -1;
    }
    return wall() - begin;
}

static int ascending(const void *a, const void *b)
{
    const double *first = a;
    const double *second = b;

    return (*first > *second) - (*first < *second);
}

static bool measure_start(const struct bench_options *options)
{
    char program[4200];
    double taken[STARTS];

    snprintf(program, sizeof program, "%s/../iocpsim", options->directory);
    for (int i = 0; i < STARTS; i++) {
        taken[i] = start_once(program);
        if (taken[i] < 0) {
            fprintf(stderr, "bench: %s does not run\n", program);
            return false;
        }
    }
    qsort(taken, STARTS, sizeof taken[0], ascending);
    bench_row("P7", "start to exit of a small scenario, by the wall", taken[STARTS / 2], "ms", 2);
    return true;
}

/* A scenario of many procedures of many steps, `size` bytes long or a little more. */
static char *generate(size_t size, size_t *length)
{
    char *text = malloc(size + (1 << 20));
    size_t at = 0;

    if (text == NULL) {
        return NULL;
    }
    at += (size_t)sprintf(text + at, "{ \"format\": 1, \"title\": \"large\", \"ports\": { \"port\": {} },\n"
                                     "  \"threads\": { \"main\": { \"type\": \"main\", \"runs\": \"work0\" } },\n  \"procedures\": {\n");
    for (unsigned i = 0; at < size; i++) {
        at += (size_t)sprintf(text + at, "%s    \"work%u\": [\n", i == 0 ? "" : ",\n", i);
        for (unsigned j = 0; j < 2000 && at < size; j++) {
            at += (size_t)sprintf(text + at,
                                  "%s      { \"compute\": \"%uns\" }, { \"post\": \"port\", \"key\": %u, \"bytes\": \"%uB\" }, { \"log\": \"step %u\" }",
                                  j == 0 ? "" : ",\n", j + 1, j, j * 8, j);
        }
        at += (size_t)sprintf(text + at, " ]");
    }
    at += (size_t)sprintf(text + at, " } }\n");
    *length = at;
    return text;
}

static bool measure_load(const struct bench_options *options)
{
    size_t length = 0;
    char *text = generate(100000000 / options->divisor, &length);
    struct iocpsim_scenario *scenario = NULL;
    struct iocpsim_run *run = NULL;
    double begin;
    bool loaded;

    if (text == NULL) {
        return false;
    }
    bench_reset_bytes();
    begin = bench_clock();
    loaded = iocpsim_scenario_read(&scenario, "large.json", text, length) == IOCPSIM_OK &&
             iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){0}) == IOCPSIM_OK;
    if (loaded) {
        bench_row("P7", "100 MB of scenario read and compiled", (bench_clock() - begin) / 1e9 * options->divisor, "s", 1.5);
        bench_row("P7", "most memory while loading, by the text's size", (double)bench_most_bytes() / (double)length + 1, "times", 2);
    }
    iocpsim_run_destroy(run);
    iocpsim_scenario_destroy(scenario);
    free(text);
    return loaded;
}

/* A file of arrivals that is made up as it is read: an instant each microsecond. */
struct made_up {
    uint64_t left, at;
    char line[40];
    size_t length, taken;
    uint64_t bytes;
};

static bool read_made_up(void *context, char *bytes, size_t room, size_t *length)
{
    struct made_up *file = context;

    for (*length = 0; *length < room; (*length)++) {
        if (file->taken == file->length) {
            if (file->left == 0) {
                break;
            }
            file->left--;
            file->length = (size_t)sprintf(file->line, "%lluus\n", (unsigned long long)file->at++);
            file->taken = 0;
        }
        bytes[*length] = file->line[file->taken++];
    }
    file->bytes += *length;
    return true;
}

static bool open_made_up(void *context, const char *path, struct iocpsim_source *source)
{
    (void)path;
    *source = (struct iocpsim_source){read_made_up, context};
    return true;
}

static void close_made_up(void *context, struct iocpsim_source *source)
{
    (void)context;
    (void)source;
}

/* A run whose arrivals come from a file; the items do nothing. */
static bool measure_arrivals(const struct bench_options *options)
{
    static const char text[] = "{ \"format\": 1, \"load\": { \"a\": { \"arrive\": { \"file\": \"a\" }, \"runs\": [] } } }";
    uint64_t count = 1000000 / options->divisor;
    struct made_up file = {.left = count};
    struct iocpsim_files files = {open_made_up, close_made_up, &file};
    struct iocpsim_scenario *scenario = NULL;
    struct iocpsim_run *run = NULL;
    double begin = bench_clock();
    bool done;

    bench_reset_bytes();
    done = iocpsim_scenario_read(&scenario, "arrivals", text, sizeof text - 1) == IOCPSIM_OK;
    if (done) {
        iocpsim_scenario_files(scenario, &files);
        done = iocpsim_run_create(&run, scenario, &(struct iocpsim_run_options){0}) == IOCPSIM_OK &&
               iocpsim_run_finish(run) == IOCPSIM_OK;
    }
    if (done) {
        bench_row("P7", "an item whose arrival stands in a file, read and run", (bench_clock() - begin) / (double)count, "ns", -1);
        bench_row("P7", "most memory, by item", (double)bench_most_bytes() / (double)count, "B", -1);
    }
    iocpsim_run_destroy(run);
    iocpsim_scenario_destroy(scenario);
    return done;
}

bool bench_loading(const struct bench_options *options)
{
    bool started = measure_start(options);
    bool loaded = measure_load(options);

    return measure_arrivals(options) && loaded && started;
}
