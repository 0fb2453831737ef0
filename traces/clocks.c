/* SPDX-License-Identifier: Apache-2.0 */
/* Linear probing; a number that is dropped leaves no gap, so the table is as large as what is in flight. */
#include "traces/clocks.h"

#include <stdlib.h>
#include <string.h>

void clocks_release(struct clocks *clocks)
{
    free(clocks->clock);
    memset(clocks, 0, sizeof *clocks);
}

static size_t home_of(const struct clocks *clocks, uint64_t number)
{
    return (size_t)(number * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (clocks->room - 1);
}

static struct clock *find(const struct clocks *clocks, uint64_t number)
{
    size_t at = home_of(clocks, number);

    while (clocks->clock[at].number != 0 && clocks->clock[at].number != number) {
        at = (at + 1) & (clocks->room - 1);
    }
    return &clocks->clock[at];
}

static bool grow(struct clocks *clocks)
{
    struct clocks grown = {.room = clocks->room == 0 ? 64 : clocks->room * 2, .count = clocks->count};

    grown.clock = calloc(grown.room, sizeof *grown.clock);
    if (grown.clock == NULL) {
        return false;
    }
    for (size_t i = 0; i < clocks->room; i++) {
        if (clocks->clock[i].number != 0) {
            *find(&grown, clocks->clock[i].number) = clocks->clock[i];
        }
    }
    free(clocks->clock);
    *clocks = grown;
    return true;
}

bool clocks_set(struct clocks *clocks, uint64_t number, int which, sim_time t)
{
    struct clock *clock;

    if (clocks->count * 2 >= clocks->room && !grow(clocks)) {
        return false;
    }
    clock = find(clocks, number);
    clocks->count += clock->number == 0;
    clock->number = number;
    clock->t[which] = t;
    clock->set |= (uint8_t)(1u << which);
    return true;
}

bool clocks_take(struct clocks *clocks, uint64_t number, int which, sim_time *t)
{
    struct clock *clock = clocks->room == 0 ? NULL : find(clocks, number);

    if (clock == NULL || clock->number == 0 || (clock->set >> which & 1) == 0) {
        return false;
    }
    clock->set &= (uint8_t)~(1u << which);
    *t = clock->t[which];
    return true;
}

void clocks_drop(struct clocks *clocks, uint64_t number)
{
    struct clock *gap = clocks->room == 0 ? NULL : find(clocks, number);
    size_t hole;
    size_t at;

    if (gap == NULL || gap->number == 0) {
        return;
    }
    clocks->count--;
    hole = (size_t)(gap - clocks->clock);
    for (at = (hole + 1) & (clocks->room - 1); clocks->clock[at].number != 0; at = (at + 1) & (clocks->room - 1)) {
        size_t home = home_of(clocks, clocks->clock[at].number);
        /* One whose way from home leads over the gap moves into it. */
        if (((at - home) & (clocks->room - 1)) >= ((at - hole) & (clocks->room - 1))) {
            clocks->clock[hole] = clocks->clock[at];
            hole = at;
        }
    }
    memset(&clocks->clock[hole], 0, sizeof clocks->clock[hole]);
}
