/* SPDX-License-Identifier: Apache-2.0 */
/* The native pool of .NET Framework 4 and CoreCLR (facts CLR-40..75): as many requests for workers may be outstanding
 * as there are processors, every item that is taken makes one, and workers above the target retire. */
#include "model/policy/bounds.h"
#include "model/policy/growth.h"
#include "model/policy/hill_climbing.h"
#include "model/policy/pool.h"
#include "model/policy/starvation.h"

/* Fact CLR-20: the most are never fewer than the least. */
static struct pool_limits limits(const struct pool_constants *constants, uint32_t processors)
{
    uint32_t least = bounds_least(constants->min_workers);
    uint32_t most = bounds_most(constants->max_workers, least);

    (void)processors;
    return (struct pool_limits){least, most, least, constants->worker_timeout};
}

/* What the scenario has fixed stays, and the call succeeds all the same (facts CLR-24, 25). */
static bool set_bounds(const struct pool_constants *constants, const struct pool_wish *wish, struct pool_bounds *bounds)
{
    bool is_fixed = wish->is_most ? constants->max_is_forced : constants->min_is_forced;

    return bounds_set(wish, !is_fixed, bounds);
}

static struct pool_advice advise(const struct pool_view *view, enum pool_occasion occasion)
{
    struct pool_advice advice = {.tick = SIM_NEVER, .requests = view->requests};

    switch (occasion) {
    case POOL_HAS_WORK:
    case POOL_TAKES_FIRST:
    case POOL_TAKES_NEXT: /* fact CLR-44 */
        if (view->requests < view->processors) {
            advice.requests = view->requests + 1;
            growth_add_worker(view, &advice);
        }
        break;
    case POOL_DISPATCHES:
        advice.requests = view->requests - 1;
        break;
    case POOL_MINIMUM_RISES:
    case POOL_STARVES:
        if (view->requests > 0) {
            growth_add_worker(view, &advice);
        }
        break;
    case POOL_CLIMBS:
        growth_add_worker(view, &advice);
        break;
    case POOL_COMPENSATES:
    case POOL_BEGINS:
    case POOL_WORKER_WAITS:
    case POOL_RUNS_LONG:
    case POOL_WORKER_LEAVES:
    case POOL_TICKS:
    case POOL_CHANGES:
        break;
    }
    if (advice.create > 0 && occasion == POOL_STARVES) {
        advice.growth = POOL_STARVED;
    }
    return advice;
}

static bool may_take(const struct pool_view *view)
{
    return view->current <= view->target; /* facts CLR-52, 54 */
}

static bool may_leave(const struct pool_view *view)
{
    return view->working < view->workers; /* fact CLR-53 */
}

static uint32_t target_after_leave(const struct pool_view *view)
{
    return growth_target_after_leave(view, view->minimum);
}

static uint32_t least_target(const struct pool_view *view)
{
    return view->minimum;
}

static bool may_climb(const struct pool_view *view)
{
    return view->current <= view->target;
}

/* Facts CLR-41, 45: timers that fire come between. */
static const uint8_t order[] = {WORK_LOCAL, WORK_UNMANAGED, WORK_GLOBAL, WORK_STOLEN, WORK_NOWHERE};

/* What differs: where the callbacks of files run (facts CLR-3, 4). */
#define NATIVE_POLICY(to_workers, in_call)                                                            \
    {                                                                                                 \
        .limits = limits, .set_bounds = set_bounds, .advise = advise, .may_take = may_take,           \
        .may_leave = may_leave, .target_after_leave = target_after_leave, .may_climb = may_climb,     \
        .climb_floor = least_target, .round = starvation_round, .order = order, .io = IO_BY_PORT,        \
        .hill_climbing = HILL_CLIMBING_NATIVE, .timer_queue = WORK_UNMANAGED, .retires = true, .counts_idle = true, \
        .dispatches_in_turns = true, .waits_by_port = true, .crowds_out = true, .has_helpers = true,   \
        .keeps_wait_threads = true,                                                                   \
        .files_reach_workers = (to_workers), .buffers_in_call = (in_call),                            \
    }

const struct pool_policy pool_native_framework = NATIVE_POLICY(false, true);
const struct pool_policy pool_native = NATIVE_POLICY(true, false);
