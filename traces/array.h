/* SPDX-License-Identifier: Apache-2.0 */
/* Arrays that grow to whatever element is asked for. */
#ifndef TRACES_ARRAY_H
#define TRACES_ARRAY_H

#include <stdbool.h>
#include <stddef.h>

/* Doubles an array until element `index` is there; new elements are zeroed. `items` is NULL before the first, `size`
 * that of an element. False when there is no memory: the array is as it was. */
bool array_enlarge(void **items, size_t *room, size_t index, size_t size);

/* Makes sure that element `index` is there. */
static inline bool array_reach(void **items, size_t *room, size_t index, size_t size)
{
    return index < *room || array_enlarge(items, room, index, size);
}

#endif
