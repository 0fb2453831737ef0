/* SPDX-License-Identifier: Apache-2.0 */
/* A pool of a fixed number of threads: they are made with it, take what comes in order of arrival, and stay. */
#include "model/policy/pool.h"

static struct pool_limits limits(const struct pool_constants *constants, uint32_t processors)
{
    uint32_t threads = (uint32_t)constants->threads;

    (void)processors;
    return (struct pool_limits){threads, threads, threads, SIM_NEVER};
}

static struct pool_advice advise(const struct pool_view *view, enum pool_occasion occasion)
{
    struct pool_advice advice = {.tick = SIM_NEVER};

    if (occasion == POOL_BEGINS) {
        advice.create = (uint32_t)view->constants->threads;
        advice.growth = POOL_BELOW_MINIMUM;
    } else if (view->queued > 0 && view->idle > 0) {
        advice.wake = 1;
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
    return false;
}

static const uint8_t order[] = {WORK_GLOBAL, WORK_NOWHERE};

const struct pool_policy pool_fixed = {
    .limits = limits,
    .advise = advise,
    .may_take = may_take,
    .may_leave = may_leave,
    .order = order,
    .io = IO_IS_WORK,
    .timer_queue = WORK_GLOBAL,
    .hands_over = true,
};
