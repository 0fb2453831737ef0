/* SPDX-License-Identifier: Apache-2.0 */
/* What the benchmarks share: a clock, rounds in turn, one table of results. */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most rounds that are measured. */
#define BENCH_ROUNDS_MOST 15

/* What main was asked. */
struct bench_options {
    const char *directory; /* where the built programs lie */
    uint32_t rounds;
    uint32_t divisor;      /* every load is divided by it: 1, or more for a smoke run */
};

/* One thing that is timed. */
struct bench_case {
    const char *what;
    double goal;                    /* yardsticks a unit; 0: none */
    double (*round)(void *context); /* one round; CPU nanoseconds a unit, below 0 when it could not be done */
    void *context;
};

/* CPU time of this process, in nanoseconds. */
double bench_clock(void);

/* One hold of the fixed yardstick, in CPU nanoseconds: a binary heap at ten pending. */
double bench_yardstick(void);

/* The next number of a splitmix generator, and an exponential one of the mean. */
uint64_t bench_random(uint64_t *state);
uint64_t bench_exponential(uint64_t *state, uint64_t mean);

/* Times the cases in turn, the yardstick before each round, and prints a row for each. The medians, in
 * nanoseconds, go to `median` unless it is NULL. False when a case could not be done. */
bool bench_in_turn(const struct bench_options *options, const char *group, struct bench_case *cases, size_t count,
                   double *median);

/* Prints a row of something that is not measured in yardsticks; met when it is at most the goal (0: none). */
void bench_row(const char *group, const char *what, double figure, const char *unit, double goal);

/* A whole file and a NUL; NULL when it cannot be read. */
char *bench_read(const char *path, size_t *length);

/* Calls of malloc, calloc and realloc so far; the most bytes that were in use at once since `reset`. */
uint64_t bench_allocations(void);
uint64_t bench_most_bytes(void);
void bench_reset_bytes(void);

/* The groups. Each prints its rows; false when something could not be done. */
bool bench_customers(const struct bench_options *options); /* P1 */
bool bench_hold(const struct bench_options *options);      /* P2 */
bool bench_server(const struct bench_options *options);    /* P3 and P4 */
bool bench_memory(const struct bench_options *options);    /* P5 */
bool bench_scale(const struct bench_options *options);     /* P6 */
bool bench_loading(const struct bench_options *options);   /* P7 */
bool bench_pool(const struct bench_options *options);      /* P8 */
bool bench_views(const struct bench_options *options);     /* V */

#endif
