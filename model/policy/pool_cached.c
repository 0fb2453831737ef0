/* SPDX-License-Identifier: Apache-2.0 */
/* A pool that makes a thread whenever work comes and nobody waits for it, and keeps threads that have nothing to do for
 * a while (fact J2). Its queue holds work only where the scenario says how many threads there may be. */
#include "model/policy/pool.h"

static struct pool_limits limits(const struct pool_constants *constants, uint32_t processors)
{
    (void)processors;
    return (struct pool_limits){0, (uint32_t)constants->max_workers, (uint32_t)constants->max_workers,
                                constants->worker_timeout};
}

static struct pool_advice advise(const struct pool_view *view, enum pool_occasion occasion)
{
    struct pool_advice advice = {.tick = SIM_NEVER, .growth = POOL_BELOW_TARGET};

    if (view->queued > 0 && view->idle > 0) {
        advice.wake = 1;
    } else if (occasion == POOL_HAS_WORK && view->workers < view->maximum) {
        advice.create = 1;
    }
    return advice;
}

static bool may_take(const struct pool_view *view)
{
    (void)view;
    return true;
}

static bool may_leave(const struct pool_view *view)
{
    (void)view;
    return true;
}

static const uint8_t order[] = {WORK_GLOBAL, WORK_NOWHERE};

const struct pool_policy pool_cached = {
    .limits = limits,
    .advise = advise,
    .may_take = may_take,
    .may_leave = may_leave,
    .order = order,
    .io = IO_IS_WORK,
    .timer_queue = WORK_GLOBAL,
    .hands_over = true,
};
