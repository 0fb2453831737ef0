/* SPDX-License-Identifier: Apache-2.0 */
/* Deliveries. The packets that a get took hang on its frame, oldest first, until the next get of that frame
 * or its dispatch. A pool's thread that serves a port takes them without a frame, and executes no verb. */
#include "model/delivery.h"

#include "model/packet.h"
#include "model/target.h"
#include "model/thread.h"

void delivery_forget(struct simulation *sim, thread_id thread)
{
    packet_id packet = *thread_taken(sim, thread);

    *thread_taken(sim, thread) = 0;
    while (packet != 0) {
        packet_id next = packet_at(sim, packet)->next;
        packet_drop(sim, packet);
        packet = next;
    }
}

void delivery_add(struct simulation *sim, thread_id thread, packet_id id, enum record_why why)
{
    packet_id *link = thread_taken(sim, thread);
    struct packet *packet = packet_at(sim, id);

    while (*link != 0) {
        link = &packet_at(sim, *link)->next;
    }
    *link = id;
    packet->next = 0;
    packet->given = sim->state.n;
    packet->given_why = (uint8_t)why;
    if ((packet->flags & (PACKET_IS_POST | PACKET_IS_VISIBLE)) == 0) {
        packet->flags |= PACKET_IS_VISIBLE;
        emit_packet(sim, RECORD_OP_VISIBLE, id, WHY_AT_DEQUEUE);
    }
}

/* Binds the array that `as` of an Ex names: the packets taken, then nulls. */
static void bind_array(struct simulation *sim, thread_id thread, uint32_t target, uint32_t taken)
{
    struct target_place place;
    packet_id packet = *thread_taken(sim, thread);

    if (!target_array(sim, thread, target, &place)) {
        return;
    }
    if (place.is_local) {
        value_store(sim, local_at(sim, place.first - 1), value_number(taken));
    }
    for (uint32_t i = 0; i < place.room; i++) {
        enum table table = place.is_local ? TABLE_LOCAL : TABLE_VARIABLE;
        struct value value = packet_value(sim, packet == 0 ? 0 : packet_as_result(sim, packet));
        value_store(sim, block_at(&sim->block, table, place.first + i), value);
        packet = packet == 0 ? 0 : packet_at(sim, packet)->next;
    }
}

void delivery_end(struct simulation *sim, thread_id thread)
{
    const struct thread *receiver = thread_at(sim, thread);
    packet_id first = *thread_taken(sim, thread);
    const struct packet *packet = packet_at(sim, first);
    uint32_t target = receiver->target;
    struct outcome outcome = {
        .ok = !win32_error_is_failed(packet->error),
        .error = packet->error,
        .count = 1,
        .bytes = packet->bytes,
        .key = packet->key,
        .operation = packet_as_result(sim, first),
        .op = packet->number,
        .shown = RESULT_OK | RESULT_ERROR | RESULT_BYTES | RESULT_KEY | RESULT_OPERATION | RESULT_COUNT,
    };

    if (receiver->frame == 0) { /* it executes no verb */
        return;
    }
    if (receiver->most_packets > 0) {
        uint32_t taken = 0;
        for (packet_id id = first; id != 0; id = packet_at(sim, id)->next) {
            taken++;
        }
        outcome = (struct outcome){
            .ok = true, .count = taken, .shown = RESULT_OK | RESULT_ERROR | RESULT_COUNT};
        if (target != OPERAND_ABSENT) {
            bind_array(sim, thread, target, taken);
        }
    } else if (target != OPERAND_ABSENT) {
        (void)target_store(sim, thread, target, packet_value(sim, first));
    }
    thread_outcome(sim, thread, &outcome);
}

void delivery_fail(struct simulation *sim, thread_id thread, uint16_t error)
{
    struct outcome outcome = {
        .error = error,
        .count = 1,
        .shown = RESULT_OK | RESULT_ERROR | RESULT_COUNT,
    };

    if (thread_at(sim, thread)->frame == 0) {
        return;
    }
    if (thread_at(sim, thread)->most_packets == 0) {
        outcome.shown |= RESULT_OPERATION;
    }
    thread_outcome(sim, thread, &outcome);
}
