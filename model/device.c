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
        device_id id = declaration->first_slot + i + 1;
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

/* Begins the service of an operation; its cause becomes its device-begin. */
static void begin(struct simulation *sim, device_id device, packet_id id)
{
    struct packet *packet = packet_at(sim, id);
    sim_time end = SIM_NEVER;

    device_at(sim, device)->busy++;
    tell(sim, RECORD_DEVICE_BEGIN, device, id);
    packet->cause = sim->state.n;
    if (sim_time_add(sim->state.now, packet->key, &end) && end != SIM_NEVER) {
        simulation_schedule(
            sim, (struct event){.time = end, .what = event_what(EVENT_SERVICE_END, id)});
    }
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
    tell(sim, RECORD_DEVICE_QUEUE, id, packet);
}

void device_finish(struct simulation *sim, device_id id, packet_id packet)
{
    struct device *device = device_at(sim, id);
    packet_id next = device->first;
    uint64_t ended;

    device->busy--;
    tell(sim, RECORD_DEVICE_END, id, packet);
    ended = sim->state.n;
    packet_at(sim, packet)->cause = ended;
    if (next == 0) {
        return;
    }
    device->first = packet_at(sim, next)->next;
    if (device->first == 0) {
        device->last = 0;
    }
    packet_at(sim, next)->next = 0;
    packet_at(sim, next)->cause = ended;
    device->queued--;
    begin(sim, id, next);
}
