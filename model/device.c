/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: servers side by side with one queue, first in first out. */
#include "model/device.h"

#include "model/operand.h"
#include "model/packet.h"
#include "model/thread.h"

void device_declare(struct simulation *sim, const struct plan_object *declaration)
{
    const struct device_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, device, declaration);

    for (uint32_t i = 0; i < declaration->count; i++) {
        device_id id = simulation_create_element(sim, TABLE_DEVICE);
        int64_t parallel = UINT32_MAX;

        sim->index = declaration->from + i;
        (void)operand_number(sim, 0, attributes->parallel, &parallel);
        device_at(sim, id)->parallel =
            parallel > 0 && parallel < UINT32_MAX ? (uint32_t)parallel : UINT32_MAX;
        device_at(sim, id)->latency = attributes->latency;
    }
}

/* A record about the device and one operation. */
static void
tell(struct simulation *sim, enum record_kind kind, device_id id, packet_id packet_number)
{
    struct record *record = emit(sim, kind);
    const struct device *device = device_at(sim, id);
    struct packet *packet = packet_at(sim, packet_number);

    if (record != NULL) {
        record->object = reference_make(OBJECT_DEVICE, id - 1);
        record->op = packet->number;
        record->count = device->busy;
        record->which = device->queued;
        record->cause = packet->cause;
        record->why = kind == RECORD_DEVICE_QUEUE   ? WHY_NO_SERVER_FREE
                      : kind == RECORD_DEVICE_BEGIN ? WHY_SERVER_FREE
                                                    : WHY_NONE;
    }
}

void device_schedule(struct simulation *sim, packet_id id)
{
    struct packet *packet = packet_at(sim, id);
    sim_time end = SIM_NEVER;

    packet->flags |= PACKET_IN_SERVICE;
    if (sim_time_add(sim->state.now, packet->key, &end) && end != SIM_NEVER) {
        simulation_schedule(sim, (struct event){
                                     .time = end,
                                     .stamp = (uint32_t)packet->number,
                                     .what = event_what(EVENT_SERVICE_END, id),
                                 });
    }
}

/* Begins the service of an operation; its cause becomes its device-begin. */
static void begin(struct simulation *sim, device_id device, packet_id id)
{
    device_at(sim, device)->busy++;
    tell(sim, RECORD_DEVICE_BEGIN, device, id);
    packet_at(sim, id)->cause = sim->state.n;
    device_schedule(sim, id);
}

void device_submit(struct simulation *sim, device_id id, packet_id packet)
{
    struct device *device = device_at(sim, id);

    if (device->busy < device->parallel) {
        begin(sim, id, packet);
        return;
    }
    if (device->last != 0) {
        packet_at(sim, device->last)->next = packet;
    } else {
        device->first = packet;
    }
    device->last = packet;
    device->queued++;
    packet_at(sim, packet)->flags |= PACKET_AT_DEVICE;
    tell(sim, RECORD_DEVICE_QUEUE, id, packet);
}

/* The operation that has waited longest gets the room. */
static void begin_next(struct simulation *sim, device_id id, uint64_t ended)
{
    struct device *device = device_at(sim, id);
    packet_id next = device->first;

    if (next == 0) {
        return;
    }
    device->first = packet_at(sim, next)->next;
    if (device->first == 0) {
        device->last = 0;
    }
    packet_at(sim, next)->next = 0;
    packet_at(sim, next)->flags &= (uint16_t)~PACKET_AT_DEVICE;
    packet_at(sim, next)->cause = ended;
    device->queued--;
    begin(sim, id, next);
}

void device_finish(struct simulation *sim, device_id id, packet_id packet)
{
    uint64_t ended;

    device_at(sim, id)->busy--;
    tell(sim, RECORD_DEVICE_END, id, packet);
    ended = sim->state.n;
    packet_at(sim, packet)->cause = ended;
    packet_at(sim, packet)->flags &= (uint16_t)~PACKET_IN_SERVICE;
    begin_next(sim, id, ended);
}

void device_abandon(struct simulation *sim, device_id id, packet_id packet)
{
    struct device *device = device_at(sim, id);
    packet_id previous = 0;
    packet_id at = device->first;

    if ((packet_at(sim, packet)->flags & PACKET_IN_SERVICE) != 0) {
        device_finish(sim, id, packet);
        return;
    }
    while (at != packet) {
        previous = at;
        at = packet_at(sim, at)->next;
    }
    if (previous == 0) {
        device->first = packet_at(sim, packet)->next;
    } else {
        packet_at(sim, previous)->next = packet_at(sim, packet)->next;
    }
    if (device->last == packet) {
        device->last = previous;
    }
    packet_at(sim, packet)->next = 0;
    packet_at(sim, packet)->flags &= (uint16_t)~PACKET_AT_DEVICE;
    device->queued--;
    tell(sim, RECORD_DEVICE_END, id, packet);
}
