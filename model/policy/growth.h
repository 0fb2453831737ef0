/* SPDX-License-Identifier: Apache-2.0 */
/* How the CLR's pools come by workers, up to the target, and what becomes of the target when one leaves (facts CLR-51,
 * 53). */
#ifndef MODEL_POLICY_GROWTH_H
#define MODEL_POLICY_GROWTH_H

#include "model/policy/pool.h"

/* Advises one worker more, if the target allows it: one that waits, a retired one, or else a new one. */
void growth_add_worker(const struct pool_view *view, struct pool_advice *advice);

/* The target that a worker leaves behind, which has been counted out: no more than those that are left, and no fewer
 * than `floor`. */
uint32_t growth_target_after_leave(const struct pool_view *view, uint32_t floor);

#endif
