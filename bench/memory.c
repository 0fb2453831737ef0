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
static bool allocations_of(const struct bench_options *options, double *more)
{
    struct trial trial = {.scenario = "bench/scenarios/customers.json", .parameter = "customers", .units = 200000 / options->divisor};
    uint64_t once;

    if (trial_round(&trial) < 0) {
        return false;
    }
    once = trial.allocations;
    trial.units *= 2;
    if (trial_round(&trial) < 0) {
        return false;
    }
    *more = (double)trial.allocations - (double)once;
    bench_row("P5", "allocations of a whole run", (double)once, "", -1);
    return true;
}

bool bench_memory(const struct bench_options *options)
{
    double more = 0;

    bench_row("P5", "a handle and its file", sizeof(struct file), "B", 64);
    bench_row("P5", "a thread", sizeof(struct thread), "B", 128);
    bench_row("P5", "  beside it, what causes point at", sizeof(struct thread_note), "B", -1);
    bench_row("P5", "  beside it, each level of its calls", sizeof(struct frame), "B", -1);
    bench_row("P5", "an operation in flight, or a packet", sizeof(struct packet), "B", 48);
    bench_row("P5", "a pending event", sizeof(struct event_chunk) / (double)EVENT_CHUNK_ROOM, "B", 32);
    if (!allocations_of(options, &more)) {
        return false;
    }
    bench_row("P5", "allocations more in a run of twice the length", more, "", 0);
    return true;
}
