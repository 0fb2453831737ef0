/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: servers side by side with one queue, and behind them one link that all share: an operation's bytes go
 * over it when its latency is over and those before it are through. */
#include "model/device.h"

#include "model/operand.h"
#include "model/packet.h"
#include "model/thread.h"

__extension__ typedef unsigned __int128 uint128;

/* A fault in the plan's lists: one formula each, or OPERAND_ABSENT. */
enum {
    FAULT_ERROR,
    FAULT_SHARE,
    FAULT_NTH,
    FAULT_FROM,
    FAULT_TO,
    FAULT_AT_ONCE,
    FAULT_WORDS,
};

void device_declare(struct simulation *sim, const struct plan_object *declaration)
{
    const struct device_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, device, declaration);

    for (uint32_t i = 0; i < declaration->count; i++) {
        device_id id = declaration->first_slot + i + 1;
        int64_t parallel = UINT32_MAX;
        struct device *device;
        uint64_t bandwidth = 0;

        sim->index = declaration->from + i;
        (void)operand_number(sim, 0, attributes->parallel, &parallel);
        (void)operand_size(sim, 0, attributes->bandwidth, &bandwidth);
        device = device_at(sim, id);
        device->parallel = parallel > 0 && parallel < UINT32_MAX ? (uint32_t)parallel : UINT32_MAX;
        device->bandwidth = bandwidth;
        device->latency = attributes->latency;
        device->inside_call = attributes->inside_call;
        device->at_once = attributes->at_once;
        device->faults = attributes->fails;
        device->order = attributes->order == OPERAND_ABSENT ? DEVICE_FIFO : (uint8_t)attributes->order;
        device->end_of_file_at_once = attributes->end_of_file != OPERAND_ABSENT && attributes->end_of_file == 1;
    }
}

/* Whether a draw of a chance says yes; an absent one says no. */
static bool happens(struct simulation *sim, thread_id thread, uint32_t chance)
{
    struct value drawn = value_number(0);

    return chance != OPERAND_ABSENT && operand_value(sim, thread, chance, &drawn) && drawn.bits == 1;
}

/* Whether a fault strikes; `formula` is where it begins in the plan's lists. */
static bool strikes(struct simulation *sim, thread_id thread, device_id id, const uint32_t *formula)
{
    int64_t nth = 0;
    sim_span from = 0;
    sim_span to = 0;

    if (formula[FAULT_SHARE] != OPERAND_ABSENT) {
        return happens(sim, thread, formula[FAULT_SHARE]);
    }
    if (formula[FAULT_NTH] != OPERAND_ABSENT) {
        return operand_number(sim, thread, formula[FAULT_NTH], &nth) &&
               nth == (int64_t)device_at(sim, id)->decided;
    }
    return operand_span(sim, thread, formula[FAULT_FROM], &from) &&
           operand_span(sim, thread, formula[FAULT_TO], &to) && from <= sim->state.now && sim->state.now <= to;
}

bool device_decide(struct simulation *sim, thread_id thread, device_id id, struct device_decision *decision)
{
    struct plan_span faults = {0, 0};
    struct value error = value_make(VALUE_ERROR, WIN32_ERROR_SUCCESS);

    device_at(sim, id)->decided++;
    if (device_at(sim, id)->faults != OPERAND_ABSENT) {
        faults = sim->plan->span[device_at(sim, id)->faults];
    }
    for (uint32_t i = 0; i + FAULT_WORDS <= faults.count; i += FAULT_WORDS) {
        const uint32_t *formula = sim->plan->list + faults.first + i;
        if (strikes(sim, thread, id, formula)) {
            if (!operand_value(sim, thread, formula[FAULT_ERROR], &error) ||
                !operand_flag(sim, thread, formula[FAULT_AT_ONCE], &decision->at_once)) {
                return false;
            }
            decision->error = error.type == VALUE_ERROR ? (uint16_t)error.bits : 0;
            return true;
        }
    }
    decision->at_once = happens(sim, thread, device_at(sim, id)->at_once);
    return true;
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
        record->item = item_number(sim, packet->item);
        record->why = kind == RECORD_DEVICE_QUEUE   ? WHY_NO_SERVER_FREE
                      : kind == RECORD_DEVICE_BEGIN ? WHY_SERVER_FREE
                                                    : WHY_NONE;
    }
}

static void schedule(struct simulation *sim, packet_id id, sim_time end)
{
    if (end != SIM_NEVER) {
        simulation_schedule(sim, (struct event){
                                     .time = end,
                                     .stamp = (uint32_t)packet_at(sim, id)->number,
                                     .what = event_what(EVENT_SERVICE_END, id),
                                 });
    }
}

void device_schedule(struct simulation *sim, packet_id id)
{
    sim_time end = SIM_NEVER;

    packet_at(sim, id)->flags |= PACKET_IN_SERVICE;
    if (sim_time_add(sim->state.now, packet_at(sim, id)->key, &end)) {
        schedule(sim, id, end);
    }
}

/* When a service that begins now is over: the latency, then the link's time for the bytes, rounded up. */
static sim_time service_end(struct simulation *sim, device_id id, const struct packet *packet)
{
    struct device *device = device_at(sim, id);
    sim_time end = SIM_NEVER;
    uint128 transfer;

    if (!sim_time_add(sim->state.now, packet->key, &end) || end == SIM_NEVER || device->bandwidth == 0) {
        return end;
    }
    end = end < device->link_free_at ? device->link_free_at : end;
    transfer = ((uint128)packet->bytes * 1000000000 + device->bandwidth - 1) / device->bandwidth;
    if (transfer > SIM_TIME_MAX - end) {
        return SIM_NEVER;
    }
    device->link_free_at = end + (sim_time)transfer;
    return device->link_free_at;
}

/* Begins the service of an operation; its cause becomes its device-begin. */
static void begin(struct simulation *sim, device_id device, packet_id id)
{
    device_at(sim, device)->busy++;
    tell(sim, RECORD_DEVICE_BEGIN, device, id);
    packet_at(sim, id)->cause = sim->state.n;
    packet_at(sim, id)->flags |= PACKET_IN_SERVICE;
    schedule(sim, id, service_end(sim, device, packet_at(sim, id)));
}

/* Enters an operation among those that wait, where the device's order wants it. */
static void enqueue(struct simulation *sim, struct device *device, packet_id id)
{
    packet_id previous = device->order == DEVICE_FIFO ? device->last : 0;

    if (device->order == DEVICE_SHORTEST) {
        packet_id at = device->first;
        while (at != 0 && packet_at(sim, at)->key <= packet_at(sim, id)->key) {
            previous = at;
            at = packet_at(sim, at)->next;
        }
    }
    packet_at(sim, id)->next = previous == 0 ? device->first : packet_at(sim, previous)->next;
    if (previous == 0) {
        device->first = id;
    } else {
        packet_at(sim, previous)->next = id;
    }
    if (packet_at(sim, id)->next == 0) {
        device->last = id;
    }
    device->queued++;
}

void device_submit(struct simulation *sim, device_id id, packet_id packet)
{
    struct device *device = device_at(sim, id);

    if (device->busy < device->parallel) {
        begin(sim, id, packet);
        return;
    }
    enqueue(sim, device, packet);
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
    packet_at(sim, next)->flags &= ~(uint32_t)PACKET_AT_DEVICE;
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
    packet_at(sim, packet)->flags &= ~(uint32_t)PACKET_IN_SERVICE;
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
    packet_at(sim, packet)->flags &= ~(uint32_t)PACKET_AT_DEVICE;
    device->queued--;
    tell(sim, RECORD_DEVICE_END, id, packet);
}
