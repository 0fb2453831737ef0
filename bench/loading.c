/* SPDX-License-Identifier: Apache-2.0 */
/* P7: how long a small scenario takes from start to exit, and what 100 MB of scenario cost to load. */
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

bool bench_loading(const struct bench_options *options)
{
    bool started = measure_start(options);

    return measure_load(options) && started;
}
