/* SPDX-License-Identifier: Apache-2.0 */
/* Lanes are gathered as records come; of two changes at one instant the last stays, but a thread that ran for no
 * time is marked, and the most that a port counted is kept. */
#include "traces/lanes.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"

struct lanes *lanes_create(void)
{
    return calloc(1, sizeof(struct lanes));
}

void lanes_destroy(struct lanes *lanes)
{
    if (lanes == NULL) {
        return;
    }
    for (uint32_t i = 0; i < lanes->threads; i++) {
        free(lanes->thread[i].stretch);
    }
    for (uint32_t i = 0; i < lanes->ports; i++) {
        free(lanes->port[i].counts);
    }
    free(lanes->thread);
    free(lanes->port);
    free(lanes);
}

static void add_stretch(struct lanes *lanes, const struct record *record, enum replay_thread_state state)
{
    uint32_t slot = reference_slot(record->thread);
    void *items = lanes->thread;
    struct lane *lane;
    bool ran = state == REPLAY_RUNNING;

    if (!array_reach(&items, &lanes->threads, slot, sizeof *lanes->thread)) {
        lanes->failed = true;
        return;
    }
    lanes->thread = items;
    lane = &lanes->thread[slot];
    lane->type = record->type;
    if (lane->count == lane->room) {
        size_t room = lane->room == 0 ? 8 : lane->room * 2;
        struct lane_stretch *grown = realloc(lane->stretch, room * sizeof *grown);
        if (grown == NULL) {
            lanes->failed = true;
            return;
        }
        lane->stretch = grown;
        lane->room = room;
    }
    if (lane->count > 0 && lane->stretch[lane->count - 1].t == record->t) {
        ran = ran || lane->stretch[--lane->count].ran;
    }
    lane->stretch[lane->count++] = (struct lane_stretch){record->t, (uint8_t)state, record->why, ran};
}

static uint32_t larger(uint32_t one, uint32_t other)
{
    return one > other ? one : other;
}

static void add_counts(struct lanes *lanes, const struct record *record)
{
    uint32_t slot = reference_slot(record->object);
    uint32_t most_active = record->active;
    uint32_t most_depth = record->depth;
    void *items = lanes->port;
    struct port_lane *lane;

    if (!array_reach(&items, &lanes->ports, slot, sizeof *lanes->port)) {
        lanes->failed = true;
        return;
    }
    lanes->port = items;
    lane = &lanes->port[slot];
    if (lane->count == lane->room) {
        size_t room = lane->room == 0 ? 16 : lane->room * 2;
        struct lane_counts *grown = realloc(lane->counts, room * sizeof *grown);
        if (grown == NULL) {
            lanes->failed = true;
            return;
        }
        lane->counts = grown;
        lane->room = room;
    }
    if (lane->count > 0 && lane->counts[lane->count - 1].t == record->t) {
        lane->count--;
        most_active = larger(most_active, lane->counts[lane->count].most_active);
        most_depth = larger(most_depth, lane->counts[lane->count].most_depth);
    }
    lane->counts[lane->count++] =
        (struct lane_counts){record->t, record->active, record->depth, most_active, most_depth};
}

static void add_talk(struct lanes *lanes, const struct record *record)
{
    uint32_t slot = record->thread == REFERENCE_NONE ? UINT32_MAX : reference_slot(record->thread);

    if (slot >= lanes->threads) {
        return;
    }
    for (int i = 0; i < LANE_TALKS; i++) {
        struct lane_talk *talk = &lanes->thread[slot].talk[i];
        if (talk->count == 0 || talk->with == record->object) {
            *talk = (struct lane_talk){record->object, talk->count + 1};
            return;
        }
    }
    lanes->thread[slot].talks_to_more = true;
}

/* The state that a thread was in last. */
static enum replay_thread_state last_state(const struct lanes *lanes, reference thread)
{
    uint32_t slot = reference_slot(thread);
    const struct lane *lane = slot < lanes->threads ? &lanes->thread[slot] : NULL;

    return lane == NULL || lane->count == 0 ? REPLAY_UNBORN
                                            : (enum replay_thread_state)lane->stretch[lane->count - 1].state;
}

static void see(struct lanes *lanes, const struct record *record)
{
    lanes->end = record->t;
    if (record_shows_port(record)) {
        add_counts(lanes, record);
    }
    if (record->thread == REFERENCE_NONE) {
        return; /* a stored trace may leave the thread out */
    }
    switch ((int)record->kind) {
    case RECORD_THREAD_CREATE:
    case RECORD_THREAD_UNBLOCK:
    case RECORD_THREAD_READY:
    case RECORD_THREAD_PREEMPT:
    case RECORD_PACKET_RELEASE:
    case RECORD_POOL_UNPARK:
        add_stretch(lanes, record, REPLAY_READY);
        break;
    case RECORD_PORT_TIMEOUT:
        if (last_state(lanes, record->thread) == REPLAY_PARKED) {
            add_stretch(lanes, record, REPLAY_READY);
        }
        break;
    case RECORD_THREAD_RUN:
        add_stretch(lanes, record, REPLAY_RUNNING);
        break;
    case RECORD_THREAD_BLOCK:
        add_stretch(lanes, record, REPLAY_BLOCKED);
        break;
    case RECORD_PORT_WAIT:
    case RECORD_POOL_PARK:
        add_stretch(lanes, record, REPLAY_PARKED);
        break;
    case RECORD_THREAD_EXIT:
        add_stretch(lanes, record, REPLAY_ENDED);
        break;
    case RECORD_OP_ISSUE:
    case RECORD_PACKET_POST:
    case RECORD_WORK_QUEUE:
        add_talk(lanes, record);
        break;
    default:
        break;
    }
}

void lanes_see(void *context, const struct record_batch *batch)
{
    struct lanes *lanes = context;

    for (uint32_t i = 0; i < batch->count && !lanes->failed; i++) {
        see(lanes, &batch->record[i]);
    }
}
