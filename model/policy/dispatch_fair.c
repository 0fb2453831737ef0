/* SPDX-License-Identifier: Apache-2.0 */
/* Dispatchers that know no priorities: round robin, Linux's EEVDF with equal weights, processor sharing.
 *
 * EEVDF (fact C9): a thread's virtual time is how long it has run. One that comes joins at the mean of those
 * that are ready or run, so that it is owed nothing; what it was owed when it went is forgotten (unverified).
 * It asks for one slice at a time: its deadline is its virtual time, at the asking, and a slice. A slice is
 * served to its end (unverified); then the eligible thread, one whose virtual time is not beyond the mean,
 * with the earliest deadline runs; among equals the one that was ready first. All processors have one queue.
 * Means are compared as sums, so that nothing is rounded but the virtual time of one that comes, downwards. */
#include "model/policy/policy.h"

#include <stddef.h>

__extension__ typedef unsigned __int128 uint128;

static struct dispatch_advice
place_in_turn(const struct dispatch_view *view, uint32_t thread, enum dispatch_turn turn)
{
    const struct standing *standing = &view->standing[thread];

    return (struct dispatch_advice){
        .slice = turn == TURN_IS_MOVED ? standing->slice_left : view->constants->quantum,
        .served = standing->served,
    };
}

const struct dispatcher dispatch_round_robin = {.place = place_in_turn};

/* The virtual times of those that are ready or run, beyond the least of them, summed. */
struct virtual_times {
    uint64_t least;
    uint128 sum;
    uint64_t count;
};

static void add(struct virtual_times *times, uint64_t served)
{
    if (times->count == 0) {
        times->least = served;
    } else if (served < times->least) {
        times->sum += (uint128)(times->least - served) * times->count;
        times->least = served;
    }
    times->sum += served - times->least;
    times->count++;
}

static struct virtual_times virtual_times(const struct dispatch_view *view)
{
    struct virtual_times times = {0, 0, 0};

    for (uint32_t id = view->first; id != 0; id = view->standing[id].next) {
        add(&times, view->standing[id].served);
    }
    for (uint32_t i = 1; i <= view->processors; i++) {
        if (view->processor[i].runs != 0) {
            add(&times, view->standing[view->processor[i].runs].served);
        }
    }
    return times;
}

static sim_span slice_of(const struct dispatch_view *view)
{
    uint32_t scale = 1;

    for (uint32_t n = view->processors < 8 ? view->processors : 8; n > 1; n /= 2) {
        scale++;
    }
    return view->constants->base_slice * scale;
}

static struct dispatch_advice
place_by_deadline(const struct dispatch_view *view, uint32_t thread, enum dispatch_turn turn)
{
    const struct standing *standing = &view->standing[thread];
    struct dispatch_advice advice = {.slice = slice_of(view), .served = standing->served};

    if (turn == TURN_ARRIVES) {
        struct virtual_times times = virtual_times(view);
        if (times.count > 0) {
            advice.served = times.least + (uint64_t)(times.sum / times.count);
        }
    }
    advice.deadline = turn == TURN_YIELDS ? standing->deadline + advice.slice : advice.served + advice.slice;
    if (turn == TURN_IS_MOVED) {
        advice.slice = standing->slice_left;
        advice.deadline = standing->deadline;
    }
    return advice;
}

static uint32_t pick_by_deadline(const struct dispatch_view *view)
{
    const struct virtual_times times = virtual_times(view);
    uint32_t best = 0;
    uint32_t nearest = view->first;

    for (uint32_t id = view->first; id != 0; id = view->standing[id].next) {
        const struct standing *standing = &view->standing[id];
        bool is_eligible = (uint128)(standing->served - times.least) * times.count <= times.sum;
        if (is_eligible && (best == 0 || standing->deadline < view->standing[best].deadline)) {
            best = id;
        }
        if (standing->served < view->standing[nearest].served) {
            nearest = id;
        }
    }
    /* Only those that run may be eligible; a processor that is free takes the one that is owed most. */
    return best != 0 ? best : nearest;
}

const struct dispatcher dispatch_eevdf = {.place = place_by_deadline, .pick = pick_by_deadline};

const struct dispatcher dispatch_sharing = {.shares = true};

static uint32_t serving(uint32_t processors, uint32_t sharers)
{
    return processors < sharers ? processors : sharers;
}

struct share sharing_credit(uint32_t processors, uint32_t sharers, uint64_t rest, sim_span span)
{
    uint128 work = (uint128)serving(processors, sharers) * span + rest;
    uint64_t credit;

    if (sharers == 0) {
        return (struct share){0, 0};
    }
    credit = (uint64_t)(work / sharers);
    return (struct share){credit, (uint64_t)(work - (uint128)credit * sharers)};
}

sim_span sharing_span(uint32_t processors, uint32_t sharers, uint64_t rest, uint64_t need)
{
    const uint32_t servers = serving(processors, sharers);
    uint128 work = (uint128)need * sharers;
    uint128 span;

    if (work <= rest) {
        return 0;
    }
    span = (work - rest + servers - 1) / servers;
    return span > SIM_TIME_MAX ? SIM_NEVER : (sim_span)span;
}
