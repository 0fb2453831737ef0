/* SPDX-License-Identifier: Apache-2.0 */
/* How hill climbing (model/policy/hill_climbing.h) sits in a pool: when a sample is over, and what is told to it
 * (facts of hill climbing, section 7). */
#ifndef MODEL_CLIMB_H
#define MODEL_CLIMB_H

#include "model/policy/hill_climbing.h"
#include "model/pool_state.h"

/* An item is over. Whether hill climbing has looked at the pool, which may climb: then `advice` is what it says, with
 * the change that it wants in the target, if any. */
bool climb_item_is_over(struct simulation *sim, pool_id pool, const struct pool_view *view,
                        struct hill_climbing_advice *advice);

/* The target was set by another: hill climbing takes it over. */
void climb_follows(struct simulation *sim, pool_id pool, uint32_t target, enum hill_climbing_transition why);

/* What it reckoned with in its last update. */
const struct hill_climbing_figures *climb_figures(const struct simulation *sim, pool_id pool);

#endif
