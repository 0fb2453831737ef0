/* SPDX-License-Identifier: Apache-2.0 */
/* P2: the hold model on the event queue alone: take the earliest, schedule one later. The gap between events
 * stays at a microsecond, whatever is pending. */
#include "bench/bench.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/check.h"
#include "sim/event_queue.h"

enum hold_form {
    HOLD_EXPONENTIAL,
    HOLD_CANCEL,   /* and each step one pending event is overtaken by another */
    HOLD_CONSTANT, /* every increment is the same */
    HOLD_TIES,     /* increments of 0 to 3 gaps, so that many fall together */
};

struct hold {
    uint32_t pending, steps;
    enum hold_form form;
    struct block block;
    struct event_queue queue;
    uint64_t random;
    uint32_t *stamp; /* of each subject; an event with another one is stale */
    uint32_t stale;
    bool is_filled;
};

_Noreturn void sim_check_failed(const char *text, const char *file, int line)
{
    fprintf(stderr, "bench: check failed: %s at %s:%d\n", text, file, line);
    abort();
}

static void *reallocate(void *context, void *memory, size_t size)
{
    (void)context;
    if (size == 0) {
        free(memory);
        return NULL;
    }
    return realloc(memory, size);
}

static uint64_t increment(struct hold *hold)
{
    uint64_t gap = 1000;

    switch (hold->form) {
    case HOLD_EXPONENTIAL:
    case HOLD_CANCEL:
        return bench_exponential(&hold->random, gap * hold->pending);
    case HOLD_CONSTANT:
        return gap * hold->pending;
    case HOLD_TIES:
        return gap * (bench_random(&hold->random) % 4) * (hold->pending / 8 + 1);
    }
    return 0;
}

static bool schedule(struct hold *hold, sim_time now, uint32_t what)
{
    uint32_t stamp = hold->form == HOLD_CANCEL ? hold->stamp[what] : 0;

    return event_queue_push(&hold->queue, (struct event){now + increment(hold), stamp, what});
}

static bool fill(struct hold *hold)
{
    static const uint32_t sizes[] = {sizeof(struct event_queue_state), sizeof(struct event_chunk), sizeof(struct event)};
    static const struct event_tables tables = {0, 1, 2};

    hold->stamp = calloc(hold->pending, sizeof *hold->stamp);
    hold->is_filled = hold->stamp != NULL &&
                      block_init(&hold->block, (struct sim_allocator){reallocate, NULL}, sizes, 3) &&
                      event_queue_init(&hold->queue, &hold->block, tables);
    for (uint32_t i = 0; hold->is_filled && i < hold->pending; i++) {
        hold->is_filled = hold->form == HOLD_CONSTANT
                              ? event_queue_push(&hold->queue, (struct event){(uint64_t)i * 1000, 0, i})
                              : schedule(hold, 0, i);
    }
    return hold->is_filled;
}

static bool is_stale(const void *context, struct event event)
{
    const struct hold *hold = context;

    return hold->stamp[event.what] != event.stamp;
}

/* Overtakes a random event by another of its subject, and forgets the overtaken when half of all are. */
static bool cancel(struct hold *hold, sim_time now)
{
    struct event_judge judge = {is_stale, hold};
    uint32_t what = (uint32_t)((bench_random(&hold->random) >> 32) * hold->pending >> 32);

    hold->stamp[what]++;
    if (++hold->stale > 16 && hold->stale > event_queue_pending(&hold->queue) / 2) {
        event_queue_prune(&hold->queue, &judge);
        hold->stale = 0;
    }
    return schedule(hold, now, what);
}

static double hold_round(void *context)
{
    struct hold *hold = context;
    double begin;

    if (!hold->is_filled && !fill(hold)) {
        return -1;
    }
    begin = bench_clock();
    for (uint32_t i = 0; i < hold->steps;) {
        struct event event;
        if (event_queue_due(&hold->queue) == 0) {
            return -1;
        }
        event = event_queue_take(&hold->queue, 0);
        if (hold->form == HOLD_CANCEL && is_stale(hold, event)) {
            hold->stale--;
            continue;
        }
        i++;
        if (!schedule(hold, event.time, event.what) || (hold->form == HOLD_CANCEL && !cancel(hold, event.time))) {
            return -1;
        }
    }
    return (bench_clock() - begin) / hold->steps;
}

bool bench_hold(const struct bench_options *options)
{
    static const uint32_t sizes[] = {10, 1000, 100000, 10000000};
    static const char *const names[] = {"10", "1,000", "100,000", "10,000,000"};
    static const char *const forms[] = {"", ", one cancelled a step", ", constant increments", ", ties"};
    static const double goals[][4] = {{0.8, 1.3, 1.9, 3.2}, {1.2, 1.7, 2.5, 3.8}, {0.8, 1.3, 1.9, 3.2}, {0.8, 1.3, 1.9, 3.2}};
    bool done = true;

    for (size_t i = 0; done && i < 4; i++) {
        struct hold hold[4] = {{0}};
        struct bench_case cases[4];
        char what[4][80];

        for (int form = 0; form < 4; form++) {
            hold[form] = (struct hold){.pending = sizes[i] / options->divisor > 10 ? sizes[i] / options->divisor : 10,
                                       .steps = 2000000 / options->divisor,
                                       .form = (enum hold_form)form,
                                       .random = 1};
            snprintf(what[form], sizeof what[form], "hold at %s pending%s", names[i], forms[form]);
            cases[form] = (struct bench_case){what[form], goals[form][i], hold_round, &hold[form]};
        }
        done = bench_in_turn(options, "P2", cases, 4, NULL);
        for (int form = 0; form < 4; form++) {
            block_release(&hold[form].block);
            free(hold[form].stamp);
        }
    }
    return done;
}
