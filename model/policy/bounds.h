/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of SetMinThreads and SetMaxThreads that the CLR's pools have in common (facts CLR-20, 21, 24 to 26). */
#ifndef MODEL_POLICY_BOUNDS_H
#define MODEL_POLICY_BOUNDS_H

#include "model/policy/pool.h"

/* No count is above this. */
#define BOUNDS_CAP 32767u

/* What a pool begins with, of what is wanted. */
uint32_t bounds_least(uint64_t wanted);
uint32_t bounds_most(uint64_t wanted, uint32_t least);

/* Whether both numbers of a wish fit the bounds as they stand, and then it is granted, as a whole; without
 * `with_workers` its first number is passed over. */
bool bounds_set(const struct pool_wish *wish, bool with_workers, struct pool_bounds *bounds);

#endif
