/* SPDX-License-Identifier: Apache-2.0 */
/* The portable pool of .NET 6 and later (facts CLR-40..66): at most one request for a worker is outstanding, a worker
 * that finds work makes the next request, and workers above the target park. */
#include "model/policy/bounds.h"
#include "model/policy/cooperative_blocking.h"
#include "model/policy/growth.h"
#include "model/policy/hill_climbing.h"
#include "model/policy/pool.h"
#include "model/policy/starvation.h"

static bool is_contradictory(const struct pool_constants *constants)
{
    return constants->min_is_forced && constants->max_is_forced && constants->min_workers > constants->max_workers;
}

/* A fixed least above a fixed most: neither counts. A fixed most below the least becomes that (fact CLR-26). */
static struct pool_limits limits(const struct pool_constants *constants, uint32_t processors)
{
    bool is_odd = is_contradictory(constants);
    uint32_t least = bounds_least(is_odd ? processors : constants->min_workers);
    uint32_t most = bounds_most(is_odd ? BOUNDS_CAP : constants->max_workers, least);

    return (struct pool_limits){least, most, least, constants->worker_timeout};
}

/* Another number than the scenario has fixed is refused (fact CLR-26). */
static bool set_bounds(const struct pool_constants *constants, const struct pool_wish *wish, struct pool_bounds *bounds)
{
    bool is_odd = is_contradictory(constants);
    bool is_fixed = !is_odd && (wish->is_most ? constants->max_is_forced : constants->min_is_forced);
    uint64_t fixed = wish->is_most ? constants->max_workers : constants->min_workers;

    return !(is_fixed && wish->workers != (int64_t)fixed) && bounds_set(wish, true, bounds);
}

static struct pool_advice advise(const struct pool_view *view, enum pool_occasion occasion)
{
    struct pool_advice advice = {.tick = SIM_NEVER, .requests = view->requests};

    switch (occasion) {
    case POOL_HAS_WORK:
    case POOL_TAKES_FIRST: /* fact CLR-43: even when nothing else is queued */
        if (view->requests == 0) {
            advice.requests = 1;
            growth_add_worker(view, &advice);
        }
        break;
    case POOL_DISPATCHES:
        advice.requests = 0;
        break;
    case POOL_MINIMUM_RISES:
    case POOL_STARVES:
    case POOL_COMPENSATES:
        if (view->requests > 0) {
            growth_add_worker(view, &advice);
        }
        break;
    case POOL_CLIMBS:
        growth_add_worker(view, &advice);
        break;
    case POOL_BEGINS:
    case POOL_WORKER_WAITS:
    case POOL_RUNS_LONG:
    case POOL_WORKER_LEAVES:
    case POOL_TICKS:
    case POOL_CHANGES:
    case POOL_TAKES_NEXT:
        break;
    }
    if (advice.create > 0 && occasion == POOL_STARVES) {
        advice.growth = POOL_STARVED;
    } else if (advice.create > 0 && occasion == POOL_COMPENSATES) {
        advice.growth = POOL_COMPENSATED;
    }
    return advice;
}

static bool may_take(const struct pool_view *view)
{
    return view->current <= view->target; /* fact CLR-54; itself among them */
}

static bool may_leave(const struct pool_view *view)
{
    return view->working < view->workers; /* fact CLR-53 */
}

/* What the target does not fall below (facts CLR-53, 81). */
static uint32_t least_target(const struct pool_view *view)
{
    uint32_t floor = blocking_floor(view);

    return floor > view->target ? view->target : floor;
}

static uint32_t target_after_leave(const struct pool_view *view)
{
    return growth_target_after_leave(view, least_target(view));
}

static bool may_climb(const struct pool_view *view)
{
    return view->current <= view->target;
}

static const uint8_t order[] = {WORK_LOCAL, WORK_HIGH, WORK_GLOBAL, WORK_STOLEN, WORK_NOWHERE}; /* fact CLR-41 */

/* What differs: who serves I/O on Windows, whether completions are gathered beyond need (fact CLR-46), and the
 * arithmetic of hill climbing. */
#define PORTABLE_POLICY(served_by, beyond_need, arithmetic)                                           \
    {                                                                                                 \
        .limits = limits, .set_bounds = set_bounds, .advise = advise, .may_take = may_take, .may_leave = may_leave,             \
        .target_after_leave = target_after_leave, .may_climb = may_climb, .climb_floor = least_target, \
        .adjust = blocking_adjust, .round = starvation_round, .order = order, .io = (served_by), .hill_climbing = (arithmetic),    \
        .timer_queue = WORK_HIGH, .stamps_items = true, .files_reach_workers = true, .web_reaches_workers = true,                \
        .runs_waited_tasks = true, .has_helpers = true,                                               \
        .gathers_beyond_need = (beyond_need),                                                         \
    }

const struct pool_policy pool_portable_6 = PORTABLE_POLICY(IO_BY_PORT, true, HILL_CLIMBING_PORTABLE_6);
const struct pool_policy pool_portable_8 = PORTABLE_POLICY(IO_BY_POLLER, true, HILL_CLIMBING_PORTABLE_6);
const struct pool_policy pool_portable = PORTABLE_POLICY(IO_BY_POLLER, false, HILL_CLIMBING_PORTABLE);
