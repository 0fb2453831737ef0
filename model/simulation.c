/* SPDX-License-Identifier: Apache-2.0 */
/* Records on their way: batches, and the bytes and references that they point into. */
#include "model/simulation.h"

void emission_flush(struct simulation *sim)
{
    struct emission *emission = &sim->emission;
    struct record_batch batch = {
        .record = emission->record,
        .count = emission->count,
        .bytes = emission->bytes,
        .list = emission->list,
    };

    if (emission->count > 0) {
        for (uint32_t i = 0; i < emission->observer_count; i++) {
            emission->observer[i].see(emission->observer[i].context, &batch);
        }
    }
    emission->count = 0;
    emission->byte_count = 0;
    emission->list_count = 0;
}

/* Makes room for `needed` elements; false, and the flag set, when there is no memory. */
static bool make_room(struct simulation *sim, void **items, uint32_t *room, struct plan_span needed)
{
    uint32_t wanted = *room == 0 ? 1024 : *room;
    void *grown;

    while (wanted < needed.first) {
        wanted *= 2;
    }
    if (wanted == *room) {
        return true;
    }
    grown = sim->allocator.reallocate(sim->allocator.context, *items, (size_t)wanted * needed.count);
    if (grown == NULL) {
        sim->out_of_memory = true;
        return false;
    }
    *items = grown;
    *room = wanted;
    return true;
}

void scratch_add(struct simulation *sim, const char *bytes, size_t length)
{
    struct emission *emission = &sim->emission;
    void *items = emission->scratch;
    struct plan_span needed = {emission->scratch_count + (uint32_t)length, 1};

    if (make_room(sim, &items, &emission->scratch_room, needed)) {
        emission->scratch = items;
        memcpy(emission->scratch + emission->scratch_count, bytes, length);
        emission->scratch_count += (uint32_t)length;
    }
}

void emit_text(struct simulation *sim, struct record *record, const char *bytes, size_t length)
{
    struct emission *emission = &sim->emission;
    void *items = emission->bytes;
    struct plan_span needed = {emission->byte_count + (uint32_t)length, 1};

    if (record == NULL || length == 0 || !make_room(sim, &items, &emission->byte_room, needed)) {
        return;
    }
    emission->bytes = items;
    if (record->span.length == 0) {
        record->span.first = emission->byte_count;
    }
    memcpy(emission->bytes + emission->byte_count, bytes, length);
    emission->byte_count += (uint32_t)length;
    record->span.length += (uint32_t)length;
}

void emit_reference(struct simulation *sim, struct record *record, reference object)
{
    struct emission *emission = &sim->emission;
    void *items = emission->list;
    struct plan_span needed = {emission->list_count + 1, sizeof *emission->list};

    if (record == NULL || !make_room(sim, &items, &emission->list_room, needed)) {
        return;
    }
    emission->list = items;
    if (record->span.length == 0) {
        record->span.first = emission->list_count;
    }
    emission->list[emission->list_count++] = object;
    record->span.length++;
}
