/* SPDX-License-Identifier: Apache-2.0 */
/* Doubling keeps what an element costs constant on average. */
#include "traces/array.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

bool array_enlarge(void **items, size_t *room, size_t index, size_t size)
{
    size_t grown = *room == 0 ? 16 : *room;
    char *moved;

    if (index >= SIZE_MAX / 2 / size) {
        return false;
    }
    while (grown <= index) {
        grown *= 2;
    }
    moved = realloc(*items, grown * size);
    if (moved == NULL) {
        return false;
    }
    memset(moved + *room * size, 0, (grown - *room) * size);
    *items = moved;
    *room = grown;
    return true;
}
