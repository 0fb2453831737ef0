/* SPDX-License-Identifier: Apache-2.0 */
/* Values over time. Sums are exact: 128 bits hold any value times any time. */
#include "traces/aggregate.h"

#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 int128;

void aggregate_release(struct aggregate *aggregate)
{
    free(aggregate->history);
    free(aggregate->weight);
}

/* The first weight that is not below `value`. */
static size_t find_weight(const struct aggregate *aggregate, int64_t value)
{
    size_t low = 0;
    size_t high = aggregate->weight_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (aggregate->weight[middle].value < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool add_weight(struct aggregate *aggregate, int64_t value, sim_span time)
{
    size_t at = find_weight(aggregate, value);

    if (at < aggregate->weight_count && aggregate->weight[at].value == value) {
        aggregate->weight[at].time += time;
        return true;
    }
    if (aggregate->weight_count == aggregate->weight_room) {
        size_t room = aggregate->weight_room == 0 ? 16 : aggregate->weight_room * 2;
        struct aggregate_weight *grown = realloc(aggregate->weight, room * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        aggregate->weight = grown;
        aggregate->weight_room = room;
    }
    memmove(aggregate->weight + at + 1, aggregate->weight + at,
            (aggregate->weight_count - at) * sizeof *aggregate->weight);
    aggregate->weight[at] = (struct aggregate_weight){value, time};
    aggregate->weight_count++;
    return true;
}

static bool add_stretch(struct aggregate *aggregate, int64_t value, sim_time begin)
{
    if (aggregate->history_count > 0 &&
        aggregate->history[aggregate->history_count - 1].begin == begin) {
        aggregate->history[aggregate->history_count - 1].value = value;
        return true;
    }
    if (aggregate->history_count == aggregate->history_room) {
        size_t room = aggregate->history_room == 0 ? 16 : aggregate->history_room * 2;
        struct aggregate_stretch *grown = realloc(aggregate->history, room * sizeof *grown);
        if (grown == NULL) {
            return false;
        }
        aggregate->history = grown;
        aggregate->history_room = room;
    }
    aggregate->history[aggregate->history_count++] = (struct aggregate_stretch){value, begin};
    return true;
}

static bool note(struct aggregate *aggregate, sim_time now, struct value value);

bool aggregate_note(struct aggregate *aggregate, sim_time now, struct value value)
{
    bool kept = true;

    if (!aggregate->begun && now <= aggregate->from && aggregate->from > 0) {
        aggregate->has_before = true;
        aggregate->before = value;
        return true;
    }
    if (!aggregate->begun && aggregate->has_before) {
        kept = note(aggregate, aggregate->from, aggregate->before);
    }
    return note(aggregate, now, value) && kept;
}

static bool note(struct aggregate *aggregate, sim_time now, struct value value)
{
    int64_t number = (int64_t)value.bits;
    bool kept = true;

    if (aggregate->begun) {
        sim_span held = now - aggregate->since;
        aggregate->area += (int128)aggregate->last * (int128)held;
        if (aggregate->keeps_weights && held > 0) {
            kept = add_weight(aggregate, aggregate->last, held);
        }
    } else {
        aggregate->first = now;
        aggregate->began_with = number;
    }
    if (!aggregate->begun || number < aggregate->least) {
        aggregate->least = number;
    }
    if (!aggregate->begun || number > aggregate->most) {
        aggregate->most = number;
    }
    if (aggregate->keeps_history && (!aggregate->begun || number != aggregate->last)) {
        kept = add_stretch(aggregate, number, now) && kept;
    }
    aggregate->begun = true;
    aggregate->last = number;
    aggregate->since = now;
    aggregate->type = value.type;
    return kept;
}

static int128 area_at(const struct aggregate *aggregate, sim_time now)
{
    return aggregate->area + (int128)aggregate->last * (int128)(now - aggregate->since);
}

double aggregate_exact_area(const struct aggregate *aggregate, sim_time now)
{
    return (double)area_at(aggregate, now);
}

int64_t aggregate_area(const struct aggregate *aggregate, sim_time now)
{
    return (int64_t)area_at(aggregate, now);
}

int64_t aggregate_mean(const struct aggregate *aggregate, sim_time now)
{
    if (now == aggregate->first) {
        return aggregate->last;
    }
    return (int64_t)(area_at(aggregate, now) / (int128)(now - aggregate->first));
}

int64_t aggregate_percentile(const struct aggregate *aggregate, sim_time now, uint32_t per_mille)
{
    sim_span last = now - aggregate->since;
    int128 wanted = (int128)(now - aggregate->first) * per_mille;
    int128 sum = 0;
    bool counted = last == 0;

    for (size_t i = 0; i < aggregate->weight_count; i++) {
        if (!counted && aggregate->last <= aggregate->weight[i].value) {
            sum += (int128)last * 1000;
            counted = true;
            if (sum >= wanted && aggregate->last < aggregate->weight[i].value) {
                return aggregate->last;
            }
        }
        sum += (int128)aggregate->weight[i].time * 1000;
        if (sum >= wanted) {
            return aggregate->weight[i].value;
        }
    }
    return aggregate->last;
}

int64_t aggregate_change(const struct aggregate *aggregate, sim_time now, sim_span span)
{
    sim_time then = span > now ? 0 : now - span;
    int64_t value = 0;

    for (size_t i = 0; i < aggregate->history_count && aggregate->history[i].begin <= then; i++) {
        value = aggregate->history[i].value;
    }
    return aggregate->last - value;
}
