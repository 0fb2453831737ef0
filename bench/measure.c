/* SPDX-License-Identifier: Apache-2.0 */
/* Rounds in turn, medians, and the table. A ratio is taken within each round, since the clock of a shared
 * machine moves by a quarter between rounds; the median of those ratios is what is held against the goal. */
#include "bench/bench.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *a, const void *b)
{
    const double *first = a;
    const double *second = b;

    return (*first > *second) - (*first < *second);
}

/* Sorts the figures; the median. */
static double median_of(double *figure, uint32_t count)
{
    qsort(figure, count, sizeof *figure, ascending);
    return count % 2 == 1 ? figure[count / 2] : (figure[count / 2 - 1] + figure[count / 2]) / 2;
}

/* What the rounds of one case gave. */
struct rounds {
    double ns[BENCH_ROUNDS_MOST], ratio[BENCH_ROUNDS_MOST];
};

static void print_case(const char *group, const struct bench_case *timed, struct rounds *rounds, uint32_t count)
{
    double ns = median_of(rounds->ns, count);
    double ratio = median_of(rounds->ratio, count);
    double spread = (rounds->ratio[count - 1] - rounds->ratio[0]) / ratio * 100;

    printf("%-3s %-58s %9.1f ns %8.2f", group, timed->what, ns, ratio);
    if (timed->goal > 0) {
        printf(" %8.2f  %-4s", timed->goal, ratio <= timed->goal ? "met" : "NOT");
    } else {
        printf(" %8s  %-4s", "", "");
    }
    printf(" %5.0f%%\n", spread);
    fflush(stdout);
}

bool bench_in_turn(const struct bench_options *options, const char *group, struct bench_case *cases, size_t count,
                   double *median)
{
    struct rounds *rounds = calloc(count, sizeof *rounds);
    bool done = rounds != NULL;

    for (uint32_t round = 0; done && round < options->rounds; round++) {
        double yardstick = bench_yardstick();
        for (size_t i = 0; done && i < count; i++) {
            double ns = cases[i].round(cases[i].context);
            done = ns >= 0;
            rounds[i].ns[round] = ns;
            rounds[i].ratio[round] = ns / yardstick;
        }
    }
    for (size_t i = 0; done && i < count; i++) {
        print_case(group, &cases[i], &rounds[i], options->rounds);
        if (median != NULL) {
            median[i] = rounds[i].ns[options->rounds / 2];
        }
    }
    free(rounds);
    return done;
}

void bench_row(const char *group, const char *what, double figure, const char *unit, double goal)
{
    char limit[32] = "";

    if (goal >= 0) {
        snprintf(limit, sizeof limit, "%.4g %s", goal, unit);
    }
    printf("%-3s %-58s %9.4g %-11s %8s  %-4s\n", group, what, figure, unit, limit,
           goal < 0 ? "" : figure <= goal ? "met" : "NOT");
    fflush(stdout);
}

char *bench_read(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    long size;

    if (file == NULL) {
        fprintf(stderr, "bench: cannot read %s\n", path);
        return NULL;
    }
    if (fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) >= 0 && fseek(file, 0, SEEK_SET) == 0 &&
        (bytes = calloc(1, (size_t)size + 1)) != NULL) {
        *length = fread(bytes, 1, (size_t)size, file);
    }
    fclose(file);
    return bytes;
}

/* The linker leads every call of the library to these (--wrap). */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

static uint64_t allocations, bytes_now, bytes_most;

uint64_t bench_allocations(void)
{
    return allocations;
}

uint64_t bench_most_bytes(void)
{
    return bytes_most;
}

void bench_reset_bytes(void)
{
    bytes_now = 0;
    bytes_most = 0;
}

static void *counted(void *memory)
{
    allocations++;
    bytes_now += malloc_usable_size(memory);
    bytes_most = bytes_now > bytes_most && bytes_now < UINT64_MAX / 2 ? bytes_now : bytes_most;
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    bytes_now -= malloc_usable_size(memory);
    return counted(__real_realloc(memory, size));
}

void __wrap_free(void *memory)
{
    bytes_now -= malloc_usable_size(memory);
    __real_free(memory);
}
