/* SPDX-License-Identifier: Apache-2.0 */
/* Contexts: pools in whose turn one item runs after the other, and to which `await` comes back. That of a user interface
 * is one thread, which waits for messages and for nothing else; that of a request of ASP.NET has any thread, which is
 * made when there is something to run. A context whose item blocks runs nothing else, which is how programs that block
 * on what they await come to a stop. */
#include "model/policy/pool.h"

static struct pool_limits ui_limits(const struct pool_constants *constants, uint32_t processors)
{
    (void)constants;
    (void)processors;
    return (struct pool_limits){1, 1, 1, SIM_NEVER};
}

static struct pool_limits aspnet_limits(const struct pool_constants *constants, uint32_t processors)
{
    (void)processors;
    return (struct pool_limits){0, 1, 1, constants->worker_timeout};
}

static struct pool_advice advise(const struct pool_view *view, enum pool_occasion occasion)
{
    struct pool_advice advice = {.tick = SIM_NEVER};

    if (occasion == POOL_BEGINS) {
        advice.create = view->minimum;
        advice.growth = POOL_BELOW_MINIMUM;
    } else if (view->queued > 0 && view->idle > 0) {
        advice.wake = 1;
    } else if (occasion == POOL_HAS_WORK && view->minimum == 0 && view->workers < view->maximum) {
        advice.create = 1;
        advice.growth = POOL_BELOW_TARGET;
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
    return view->workers > view->minimum;
}

static const uint8_t order[] = {WORK_CONTEXT, WORK_NOWHERE};

#define CONTEXT_POLICY(its_limits, loop)                                                              \
    {                                                                                                 \
        .limits = (its_limits), .advise = advise, .may_take = may_take, .may_leave = may_leave, .order = order, \
        .io = IO_IS_WORK, .timer_queue = WORK_CONTEXT, .hands_over = true, .has_context = true, .is_loop = (loop), \
    }

const struct pool_policy pool_ui = CONTEXT_POLICY(ui_limits, true);
const struct pool_policy pool_aspnet = CONTEXT_POLICY(aspnet_limits, false);
