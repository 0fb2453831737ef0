/* SPDX-License-Identifier: Apache-2.0 */
/* The yardstick: what a plain binary heap at ten pending events needs for one hold (take the earliest,
 * schedule one an exponential time later). It shares nothing with the program that is measured, so that a
 * change there cannot move it, and the machine's clock moves both. */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"

#include <math.h>
#include <time.h>

#define PENDING 10
#define HOLDS 1000000
#define QUANTILES 1024

double bench_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

uint64_t bench_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t bench_exponential(uint64_t *state, uint64_t mean)
{
    static uint32_t quantile[QUANTILES]; /* 20 bits behind the point */
    uint64_t bits;

    if (quantile[0] == 0) {
        for (int i = 0; i < QUANTILES; i++) {
            quantile[i] = (uint32_t)(-log((i + 0.5) / QUANTILES) * (1 << 20));
        }
    }
    bits = bench_random(state);
    /* Between two quantiles, so that instants do not fall together. */
    return (mean * quantile[bits % QUANTILES] >> 20) + ((bits >> 32) * (mean / QUANTILES + 1) >> 32);
}

struct entry {
    uint64_t time;
    uint64_t what;
};

static void sift_up(struct entry *heap, uint32_t at, struct entry pushed)
{
    while (at > 0 && pushed.time < heap[(at - 1) / 2].time) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = pushed;
}

static struct entry pop(struct entry *heap, uint32_t *count)
{
    struct entry first = heap[0];
    struct entry last = heap[--*count];
    uint32_t at = 0;

    for (uint32_t child = 1; child < *count; child = 2 * at + 1) {
        child += child + 1 < *count && heap[child + 1].time < heap[child].time;
        if (last.time <= heap[child].time) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

double bench_yardstick(void)
{
    struct entry heap[PENDING + 1];
    uint32_t count = 0;
    uint64_t random = 1;
    double begin;

    while (count < PENDING) {
        sift_up(heap, count, (struct entry){bench_exponential(&random, 10000), count});
        count++;
    }
    begin = bench_clock();
    for (uint32_t i = 0; i < HOLDS; i++) {
        struct entry taken = pop(heap, &count);
        taken.time += bench_exponential(&random, 10000);
        sift_up(heap, count++, taken);
    }
    return (bench_clock() - begin) / HOLDS;
}
