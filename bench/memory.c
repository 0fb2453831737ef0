/* SPDX-License-Identifier: Apache-2.0 */
/* P5: what an element of the block takes, and that a run that has warmed up allocates nothing. */
#include <stdio.h>

#include "bench/bench.h"
#include "bench/trial.h"
#include "model/file.h"
#include "model/packet.h"
#include "model/thread.h"
#include "sim/event_queue.h"

/* How many allocations a run of twice the length makes more. */
static bool compare_lengths(const struct bench_options *options, const char *scenario, const char *what)
{
    struct trial trial = {.scenario = scenario, .parameter = "customers", .units = 200000 / options->divisor};
    uint64_t once;

    if (trial_round(&trial) < 0) {
        return false;
    }
    once = trial.allocations;
    trial.units *= 2;
    if (trial_round(&trial) < 0) {
        return false;
    }
    printf("P5  %s: %llu allocations in a run, %llu in one of twice the length\n", what, (unsigned long long)once,
           (unsigned long long)trial.allocations);
    bench_row("P5", "  more", (double)trial.allocations - (double)once, "", 0);
    return true;
}

bool bench_memory(const struct bench_options *options)
{
    bench_row("P5", "a handle and its file", sizeof(struct file), "B", 64);
    bench_row("P5", "a thread", sizeof(struct thread), "B", 128);
    bench_row("P5", "  beside it, what causes point at", sizeof(struct thread_note), "B", -1);
    bench_row("P5", "  beside it, each level of its calls", sizeof(struct frame), "B", -1);
    bench_row("P5", "an operation in flight, or a packet", sizeof(struct packet), "B", 48);
    bench_row("P5", "a pending event", sizeof(struct event_chunk) / (double)EVENT_CHUNK_ROOM, "B", 32);
    return compare_lengths(options, "bench/scenarios/customers.json", "M/M/1") &&
           compare_lengths(options, "bench/scenarios/time-outs.json", "M/M/1 with time-outs that never pass");
}
