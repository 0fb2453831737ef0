/* SPDX-License-Identifier: Apache-2.0 */
/* Growth. A new worker is the last resort: it costs its maker time (fact CLR-56). */
#include "model/policy/growth.h"

void growth_add_worker(const struct pool_view *view, struct pool_advice *advice)
{
    if (view->working >= view->target) {
        return;
    }
    if (view->working < view->workers) {
        advice->wake = 1;
    } else if (view->retired > 0) {
        advice->recall = 1;
    } else {
        advice->create = 1;
        advice->growth = view->workers < view->minimum ? POOL_BELOW_MINIMUM : POOL_BELOW_TARGET;
    }
}

uint32_t growth_target_after_leave(const struct pool_view *view, uint32_t floor)
{
    uint32_t target = view->target < view->workers ? view->target : view->workers;

    return target > floor ? target : floor;
}
