/* SPDX-License-Identifier: Apache-2.0 */
/* How the target follows workers that wait for tasks (facts CLR-81..85). */
#ifndef MODEL_POLICY_COOPERATIVE_BLOCKING_H
#define MODEL_POLICY_COOPERATIVE_BLOCKING_H

#include "model/policy/pool.h"

/* What the target should be at least: the minimum and the workers that wait, up to the maximum. */
uint32_t blocking_floor(const struct pool_view *view);

/* One adjustment; `delay_is_over`: the delay that the last one asked for. */
struct blocking_advice blocking_adjust(const struct pool_view *view, bool delay_is_over);

#endif
