/* SPDX-License-Identifier: Apache-2.0 */
/* The thread pool of Windows Vista and later (facts W3 to W8, the smallest model of facts/pools.md 1.4).
 *
 * Its workers wait at a completion port, so the newest waiter is released, and only while fewer workers run than
 * the goal. Where nobody waits, the factory adds a thread at once for work that has just come; for work that waits
 * because the workers block it tries again after retry_timeout, one thread at a time, up to the most.
 *
 * .NET can use it too, and puts its own queues in front of it (facts CLR-22, 28, 45). There is one kind of threads then,
 * of which programs are told twice, and no limit that they could set. */
#include "model/policy/pool.h"

static struct pool_limits limits(const struct pool_constants *constants, uint32_t processors)
{
    (void)processors;
    return (struct pool_limits){(uint32_t)constants->min_workers, (uint32_t)constants->max_workers,
                                (uint32_t)constants->running_goal, constants->worker_timeout};
}

static struct pool_advice advise(const struct pool_view *view, enum pool_occasion occasion)
{
    const struct pool_constants *constants = view->constants;
    struct pool_advice advice = {.tick = SIM_NEVER};
    bool may_grow = view->workers < constants->max_workers;

    if (occasion == POOL_BEGINS) {
        advice.create = (uint32_t)constants->min_workers; /* fact W7 */
        advice.growth = POOL_BELOW_MINIMUM;
        return advice;
    }
    if (view->queued == 0 || view->running >= constants->running_goal) {
        return advice;
    }
    if (view->idle > 0) {
        advice.wake = 1;
    } else if (may_grow && ((occasion == POOL_HAS_WORK && view->queued == 1) || occasion == POOL_RUNS_LONG)) {
        advice.create = 1;
        advice.growth = POOL_BELOW_TARGET;
    } else if (may_grow && occasion == POOL_TICKS) {
        advice.create = 1;
        advice.growth = POOL_ALL_BUSY;
        may_grow = view->queued > 1 && view->running + 1 < constants->running_goal &&
                   view->workers + 1 < constants->max_workers;
        advice.tick = may_grow ? constants->retry_timeout : SIM_NEVER;
    } else if (may_grow) {
        advice.tick = constants->retry_timeout;
    }
    return advice;
}

static bool may_take(const struct pool_view *view)
{
    return view->running <= view->constants->running_goal; /* itself among them */
}

static bool may_leave(const struct pool_view *view)
{
    return view->workers > view->constants->min_workers;
}

static const uint8_t order[] = {WORK_GLOBAL, WORK_NOWHERE};
static const uint8_t managed_order[] = {WORK_LOCAL, WORK_HIGH, WORK_GLOBAL, WORK_STOLEN, WORK_NOWHERE}; /* fact CLR-41 */

const struct pool_policy pool_win32 = {
    .limits = limits,
    .advise = advise,
    .may_take = may_take,
    .may_leave = may_leave,
    .order = order,
    .io = IO_IS_WORK,
    .timer_queue = WORK_GLOBAL,
    .hands_over = true,
};

const struct pool_policy pool_windows = {
    .limits = limits,
    .advise = advise,
    .may_take = may_take,
    .may_leave = may_leave,
    .order = managed_order,
    .io = IO_IS_WORK,
    .timer_queue = WORK_GLOBAL,
    .hands_over = true,
    .counts_once = true,
};
