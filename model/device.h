/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: how many operations they serve at once, and who waits for them. They schedule and account; what
 * the end of an operation means is operation.c's. */
#ifndef MODEL_DEVICE_H
#define MODEL_DEVICE_H

#include "model/simulation.h"

/* In the order of the words of `order`. */
enum device_order {
    DEVICE_FIFO,
    DEVICE_LIFO,
    DEVICE_SHORTEST, /* whose service is shortest; among equals who came first */
};

struct device {
    uint64_t bandwidth;     /* bytes a second; 0: no limit */
    sim_time link_free_at;  /* when the link has moved what it was given */
    uint32_t parallel;      /* most operations at once */
    uint32_t busy, queued;
    packet_id first, last;  /* waiting, in the order of service */
    uint32_t decided;       /* operations so far: which one is the n-th */
    uint32_t latency, inside_call, at_once; /* formulas; OPERAND_ABSENT */
    uint32_t faults;        /* span of the plan; OPERAND_ABSENT */
    uint8_t order;          /* enum device_order */
    bool end_of_file_at_once;
    uint16_t spare;
};

/* What a device makes of an operation at its issue. */
struct device_decision {
    uint16_t error;  /* how it will fail; 0: it will not */
    bool at_once;    /* within the call */
};

static inline struct device *device_at(const struct simulation *sim, device_id id)
{
    return BLOCK_AT(&sim->block, TABLE_DEVICE, struct device, id);
}

void device_declare(struct simulation *sim, const struct plan_object *declaration);

/* Decides about the operation that `thread` issues now: faults, then the share that is over at once. Without a
 * misuse true. */
bool device_decide(struct simulation *sim, thread_id thread, device_id device, struct device_decision *decision);

/* Schedules the end of an operation's time, which begins now. */
void device_schedule(struct simulation *sim, packet_id packet);

/* Serves a pending operation, whose `key` says how long it takes, now or when there is room. */
void device_submit(struct simulation *sim, device_id device, packet_id packet);

/* The service of an operation is over: the next one begins. The operation's cause is then device-end. */
void device_finish(struct simulation *sim, device_id device, packet_id packet);

/* An operation that is served, or waits to be, ends before its time: the device has done with it. O(waiting). */
void device_abandon(struct simulation *sim, device_id device, packet_id packet);

#endif
