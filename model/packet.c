/* SPDX-License-Identifier: Apache-2.0 */
/* Packets, the values that hold them, and who lets go of whom. */
#include "model/packet.h"

#include "sim/check.h"

packet_id packet_create(struct simulation *sim)
{
    packet_id id = simulation_create_element(sim, TABLE_PACKET);
    struct packet *packet = packet_at(sim, id);

    packet->number = ++sim->state.operations;
    packet->procedure = PLAN_NONE;
    packet->references = 1;
    return id;
}

uint32_t locals_make(struct simulation *sim, uint32_t count)
{
    uint32_t first = 0;

    if (!block_run_create(&sim->block, TABLE_LOCAL, count, &first)) {
        sim->out_of_memory = true;
        return 0;
    }
    return first;
}

uint32_t locals_copy(struct simulation *sim, uint32_t procedure, uint32_t locals)
{
    uint32_t count = locals == 0 ? 0 : sim->plan->procedure[procedure].locals;
    uint32_t copy = count == 0 ? 0 : locals_make(sim, count);

    for (uint32_t i = 0; copy != 0 && i < count; i++) {
        value_store(sim, local_at(sim, copy + i), *local_at(sim, locals + i));
    }
    return copy;
}

void locals_free(struct simulation *sim, uint32_t procedure, uint32_t locals)
{
    uint32_t count = sim->plan->procedure[procedure].locals;

    if (locals == 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        value_store(sim, local_at(sim, locals + i), value_null());
    }
    block_run_free(&sim->block, TABLE_LOCAL, locals, count);
}

void packet_free(struct simulation *sim, packet_id id)
{
    const struct packet *packet = packet_at(sim, id);

    if (packet->locals != 0) {
        locals_free(sim, packet->procedure, packet->locals);
    }
    block_free(&sim->block, TABLE_PACKET, id);
}

struct record *
emit_packet(struct simulation *sim, enum record_kind kind, packet_id id, enum record_why why)
{
    struct record *record = emit(sim, kind);
    const struct packet *packet = packet_at(sim, id);

    if (record != NULL) {
        record->object = packet->handle != 0 ? reference_make(OBJECT_HANDLE, packet->handle - 1)
                                             : reference_make(OBJECT_PORT, packet->queue - 1);
        record->op = packet->number;
        record->cause = packet->given != 0 ? packet->given : packet->cause;
        record->why = (uint8_t)why;
        record->item = item_number(sim, packet->item);
    }
    return record;
}

static packet_id packet_in(struct value value)
{
    if (value.type == VALUE_REFERENCE &&
        reference_kind((reference)value.bits) == OBJECT_OPERATION) {
        return reference_slot((reference)value.bits) + 1;
    }
    return 0;
}

void value_store(struct simulation *sim, struct value *place, struct value value)
{
    packet_id held = packet_in(*place);
    packet_id wanted = packet_in(value);

    if (wanted != 0) {
        packet_hold(sim, wanted);
    }
    *place = value;
    packet_drop(sim, held);
}

struct value packet_value(const struct simulation *sim, packet_id id)
{
    return id == 0 ? value_null()
                   : value_make(VALUE_REFERENCE, packet_at(sim, id)->number << 32 | packet_reference(id));
}
