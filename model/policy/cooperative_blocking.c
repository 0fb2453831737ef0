/* SPDX-License-Identifier: Apache-2.0 */
/* The ladder of .NET 6: up to the minimum and a processor's worth of threads more, and up to those that exist, the
 * target rises at once; above, a thread at a time, behind a delay that grows by a step for each processor's worth. */
#include "model/policy/cooperative_blocking.h"

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

uint32_t blocking_floor(const struct pool_view *view)
{
    return view->blocked == 0 ? view->minimum : least(view->minimum + view->blocked, view->maximum);
}

/* Up to where the target rises without delay, if no other thread than these exists. */
static uint32_t free_without_delay(const struct pool_view *view)
{
    uint64_t more = view->constants->threads_to_add_without_delay_factor * view->processors;

    return (uint32_t)(view->minimum + more < view->maximum ? view->minimum + more : view->maximum);
}

/* What there is memory for, of a rise to `target` (fact CLR-84). */
static uint32_t for_which_there_is_memory(const struct pool_view *view, uint32_t target)
{
    uint32_t guard = (uint32_t)view->constants->memory_guard;

    if (guard == 0 || target <= view->workers) {
        return target;
    }
    return guard <= view->workers ? view->target : least(target, guard);
}

static sim_span next_delay(const struct pool_view *view, uint32_t target)
{
    uint64_t step = view->constants->threads_per_delay_step_factor * view->processors;
    uint32_t free = free_without_delay(view);
    uint64_t steps = 1 + (target > free ? target - free : 0) / step;
    sim_span most = view->constants->max_delay;

    return steps > most / view->constants->delay_step ? most : steps * view->constants->delay_step;
}

/* The target goes back, as far as it was raised for those that waited (fact CLR-82). */
static struct blocking_advice lower(const struct pool_view *view, uint32_t floor)
{
    uint32_t by = least(view->target - floor, view->added);

    return (struct blocking_advice){.target = view->target - by, .added = view->added - by};
}

struct blocking_advice blocking_adjust(const struct pool_view *view, bool delay_is_over)
{
    uint32_t floor = blocking_floor(view);
    struct blocking_advice advice = {.target = view->target, .added = view->added};
    uint32_t at_once = free_without_delay(view);
    uint32_t existing = least(view->workers, view->maximum);

    if (view->target >= floor) {
        return view->target == floor ? advice : lower(view, floor);
    }
    at_once = least(floor, at_once > existing ? at_once : existing);
    if (view->target < at_once) {
        advice.target = at_once;
    } else if (delay_is_over) {
        advice.target++;
    }
    if (advice.target > view->target) {
        uint32_t with_memory = for_which_there_is_memory(view, advice.target);
        if (with_memory <= view->target) { /* starvation will have to do */
            return (struct blocking_advice){.target = view->target, .added = view->added};
        }
        advice.target = with_memory;
        advice.adds_worker = view->working >= view->target && view->requests > 0;
    }
    advice.added += advice.target - view->target;
    if (advice.target < floor) {
        advice.delay = next_delay(view, advice.target);
    }
    return advice;
}
