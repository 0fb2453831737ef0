/* SPDX-License-Identifier: Apache-2.0 */
/* Starvation: requests are pending, and nothing was taken for longer than the limit. The comparison is strict (fact
 * CLR-64): a worker that takes its item at the very instant of a round hides its pool from the next. */
#include "model/policy/starvation.h"

#define SECOND UINT64_C(1000000000)

enum gate_verdict starvation_round(const struct pool_view *view, struct gate_sample sample)
{
    const struct pool_constants *constants = view->constants;
    bool is_busy = sample.utilization * UINT64_C(10000) >= constants->cpu_low;

    if (view->requests == 0) {
        return GATE_NO_REQUEST;
    }
    if (view->current < view->target) {
        return GATE_BELOW_TARGET;
    }
    if (sample.since_dequeue <= constants->starvation_limit) {
        return GATE_DEQUEUED_LATELY;
    }
    if (is_busy && sample.since_dequeue <= view->target * SECOND) {
        return GATE_CPU_HIGH;
    }
    return view->current >= view->maximum ? GATE_AT_MAXIMUM : GATE_ACTS;
}
