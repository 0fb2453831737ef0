/* SPDX-License-Identifier: Apache-2.0 */
/* The Windows dispatcher (facts C1 to C6, IOCP-143): the highest level runs, first in first out within it.
 *
 * A wait that ends lifts its thread above its base, up to level 15, and never one of base 16 to 31; each
 * slice that it uses up takes one level back, never below the base. A yield gives up the rest of the slice
 * and so counts as one. A thread that a higher one drives out keeps what is left of its slice. */
#include "model/policy/policy.h"

/* The boost after a wait has ended: as high as asked for, or as high as it was. */
static uint8_t lifted(const struct standing *standing)
{
    uint32_t most = DISPATCH_DYNAMIC_MAX - (uint32_t)standing->priority;
    uint32_t wanted = standing->lift < most ? standing->lift : most;

    return (uint8_t)(wanted > standing->boost ? wanted : standing->boost);
}

static struct dispatch_advice
place(const struct dispatch_view *view, uint32_t thread, enum dispatch_turn turn)
{
    const struct standing *standing = &view->standing[thread];
    const bool is_dynamic = standing->priority <= DISPATCH_DYNAMIC_MAX;
    struct dispatch_advice advice = {
        .slice = view->constants->quantum, .served = standing->served, .boost = standing->boost};

    switch (turn) {
    case TURN_ARRIVES:
        advice.boost = is_dynamic ? lifted(standing) : 0;
        break;
    case TURN_YIELDS:
    case TURN_IS_USED:
        advice.boost = (uint8_t)(standing->boost == 0 || standing->is_starving ? 0 : standing->boost - 1);
        break;
    case TURN_IS_TAKEN:
        advice.slice = standing->slice_left;
        advice.at_head = view->constants->preempted_keeps_place != 0;
        break;
    case TURN_STARVES:
        advice.boost = (uint8_t)(is_dynamic ? DISPATCH_DYNAMIC_MAX - standing->priority : 0);
        advice.slice = view->constants->starvation_slice;
        break;
    case TURN_IS_MOVED:
        advice.boost = 0;
        advice.slice = standing->slice_left;
        break;
    }
    advice.level = (uint8_t)(standing->priority + advice.boost);
    return advice;
}

const struct dispatcher dispatch_windows = {.place = place, .preempts = true, .has_ticks = true};
