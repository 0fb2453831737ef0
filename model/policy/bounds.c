/* SPDX-License-Identifier: Apache-2.0 */
/* Bounds. A least of 0 is stored as 1; a most of 0 is refused; neither number may be on the wrong side of the other
 * bound. */
#include "model/policy/bounds.h"

uint32_t bounds_least(uint64_t wanted)
{
    return wanted < 1 ? 1 : wanted > BOUNDS_CAP ? BOUNDS_CAP : (uint32_t)wanted;
}

uint32_t bounds_most(uint64_t wanted, uint32_t least)
{
    return wanted < least ? least : wanted > BOUNDS_CAP ? BOUNDS_CAP : (uint32_t)wanted;
}

static bool fits(const struct pool_wish *wish, const struct pool_bounds *bounds)
{
    if (wish->is_most) {
        return wish->workers > 0 && wish->completion_threads > 0 && wish->workers >= (int64_t)bounds->minimum &&
               wish->completion_threads >= (int64_t)bounds->completion_minimum;
    }
    return wish->workers >= 0 && wish->completion_threads >= 0 && wish->workers <= (int64_t)bounds->maximum &&
           wish->completion_threads <= (int64_t)bounds->completion_maximum;
}

bool bounds_set(const struct pool_wish *wish, bool with_workers, struct pool_bounds *bounds)
{
    uint32_t *workers = wish->is_most ? &bounds->maximum : &bounds->minimum;
    uint32_t *completion_threads = wish->is_most ? &bounds->completion_maximum : &bounds->completion_minimum;

    if (!fits(wish, bounds)) {
        return false;
    }
    if (with_workers) {
        *workers = bounds_least((uint64_t)wish->workers);
    }
    *completion_threads = bounds_least((uint64_t)wish->completion_threads);
    return true;
}
