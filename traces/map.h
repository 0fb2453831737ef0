/* SPDX-License-Identifier: Apache-2.0 */
/* A map from numbers above 0 to values, as large as what is in it. */
#ifndef TRACES_MAP_H
#define TRACES_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry {
    uint64_t number, value; /* number 0: free */
};

struct map {
    struct map_entry *entry;
    size_t count, room;
};

void map_release(struct map *map);

/* Notes the value of a number. False when there is no memory. O(1) amortised. */
bool map_put(struct map *map, uint64_t number, uint64_t value);

/* Where the value of a number lies, until the next map_put or map_drop; NULL: it has none. */
uint64_t *map_find(const struct map *map, uint64_t number);

/* Forgets a number. */
void map_drop(struct map *map, uint64_t number);

#endif
