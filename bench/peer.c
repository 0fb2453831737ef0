/* SPDX-License-Identifier: Apache-2.0 */
/* The naive peer: the model of scenarios/customers.json written by hand on a binary heap, with no scenario, no
 * port, no records, no statistics but a sum. What general machinery costs shows beside it.
 *
 *     peer CUSTOMERS        prints CPU nanoseconds a customer */
#define _POSIX_C_SOURCE 200809L

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct event {
    double time;
    int is_arrival;
};

static struct event heap[16];
static int pending;
static uint64_t state = 1;

static double exponential(double mean)
{
    uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    z ^= z >> 31;
    return -log(((double)(z >> 11) + 0.5) * 0x1p-53) * mean;
}

static void push(double time, int is_arrival)
{
    int at = pending++;

    for (; at > 0 && time < heap[(at - 1) / 2].time; at = (at - 1) / 2) {
        heap[at] = heap[(at - 1) / 2];
    }
    heap[at] = (struct event){time, is_arrival};
}

static struct event pop(void)
{
    struct event first = heap[0];
    struct event last = heap[--pending];
    int at = 0;

    for (int child = 1; child < pending; child = 2 * at + 1) {
        child += child + 1 < pending && heap[child + 1].time < heap[child].time;
        if (last.time <= heap[child].time) {
            break;
        }
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return first;
}

int main(int count, char **words)
{
    long customers = count > 1 ? strtol(words[1], NULL, 10) : 1000000;
    long arrived = 0;
    long served = 0;
    long queued = 0;
    double busy = 0;
    struct timespec begin;
    struct timespec end;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    push(exponential(1250), 1);
    while (served < customers) {
        struct event event = pop();
        double service = 0;
        if (event.is_arrival) {
            if (++arrived < customers) {
                push(event.time + exponential(1250), 1);
            }
            queued++;
        } else {
            served++;
            queued--;
        }
        if (queued > 0 && (!event.is_arrival || queued == 1)) {
            service = exponential(1000);
            push(event.time + service, 0);
        }
        busy += service;
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    printf("%.2f\n", ((double)(end.tv_sec - begin.tv_sec) * 1e9 + (double)(end.tv_nsec - begin.tv_nsec)) / (double)customers);
    return busy > 0 ? 0 : 1;
}
