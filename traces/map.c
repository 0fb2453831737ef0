/* SPDX-License-Identifier: Apache-2.0 */
/* Linear probing; a number that is dropped leaves no gap. */
#include "traces/map.h"

#include <stdlib.h>
#include <string.h>

void map_release(struct map *map)
{
    free(map->entry);
    memset(map, 0, sizeof *map);
}

static size_t home_of(const struct map *map, uint64_t number)
{
    return (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (map->room - 1);
}

static struct map_entry *find(const struct map *map, uint64_t number)
{
    size_t at = home_of(map, number);

    while (map->entry[at].number != 0 && map->entry[at].number != number) {
        at = (at + 1) & (map->room - 1);
    }
    return &map->entry[at];
}

static bool grow(struct map *map)
{
    struct map grown = {.room = map->room == 0 ? 64 : map->room * 2, .count = map->count};

    grown.entry = calloc(grown.room, sizeof *grown.entry);
    if (grown.entry == NULL) {
        return false;
    }
    for (size_t i = 0; i < map->room; i++) {
        if (map->entry[i].number != 0) {
            *find(&grown, map->entry[i].number) = map->entry[i];
        }
    }
    free(map->entry);
    *map = grown;
    return true;
}

bool map_put(struct map *map, uint64_t number, uint64_t value)
{
    struct map_entry *entry;

    if (map->count * 2 >= map->room && !grow(map)) {
        return false;
    }
    entry = find(map, number);
    map->count += entry->number == 0;
    *entry = (struct map_entry){number, value};
    return true;
}

uint64_t *map_find(const struct map *map, uint64_t number)
{
    struct map_entry *entry = map->count == 0 || number == 0 ? NULL : find(map, number);

    return entry == NULL || entry->number == 0 ? NULL : &entry->value;
}

void map_drop(struct map *map, uint64_t number)
{
    struct map_entry *gap = map->count == 0 || number == 0 ? NULL : find(map, number);
    size_t hole;
    size_t at;

    if (gap == NULL || gap->number == 0) {
        return;
    }
    map->count--;
    hole = (size_t)(gap - map->entry);
    for (at = (hole + 1) & (map->room - 1); map->entry[at].number != 0; at = (at + 1) & (map->room - 1)) {
        size_t home = home_of(map, map->entry[at].number);
        /* One whose way from home leads over the gap moves into it. */
        if (((at - home) & (map->room - 1)) >= ((at - hole) & (map->room - 1))) {
            map->entry[hole] = map->entry[at];
            hole = at;
        }
    }
    map->entry[hole] = (struct map_entry){0, 0};
}
