/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: how many operations they serve at once, and who waits for them. They schedule and account; what
 * the end of an operation means is operation.c's. */
#ifndef MODEL_DEVICE_H
#define MODEL_DEVICE_H

#include "model/simulation.h"

struct device {
    uint32_t parallel; /* most operations at once */
    uint32_t busy, queued;
    packet_id first, last; /* waiting, oldest first */
    uint32_t latency;      /* formula */
};

static inline struct device *device_at(const struct simulation *sim, device_id id)
{
    return block_at(&sim->block, TABLE_DEVICE, id);
}

void device_declare(struct simulation *sim, const struct plan_object *declaration);

/* Schedules the end of an operation's time, which begins now. */
void device_schedule(struct simulation *sim, packet_id packet);

/* Serves a pending operation, whose `key` says how long it takes, now or when there is room. */
void device_submit(struct simulation *sim, device_id device, packet_id packet);

/* The service of an operation is over: the next one begins. The operation's cause is then device-end. */
void device_finish(struct simulation *sim, device_id device, packet_id packet);

/* An operation that is served, or waits to be, ends before its time: the device has done with it. O(waiting). */
void device_abandon(struct simulation *sim, device_id device, packet_id packet);

#endif
