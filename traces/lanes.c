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
        free(lanes->thread[i].callback);
        free(lanes->thread[i].wake);
    }
    for (uint32_t i = 0; i < lanes->ports; i++) {
        free(lanes->port[i].counts);
    }
    for (uint32_t i = 0; i < lanes->devices; i++) {
        free(lanes->device[i].counts);
    }
    for (uint32_t i = 0; i < lanes->pools; i++) {
        free(lanes->pool[i].counts);
        free(lanes->pool[i].decision);
    }
    free(lanes->pool);
    free(lanes->thread);
    free(lanes->port);
    free(lanes->device);
    free(lanes);
}

/* The lane of a record's thread; NULL when memory ran out. */
static struct lane *lane_of(struct lanes *lanes, const struct record *record)
{
    uint32_t slot = reference_slot(record->thread);
    void *items = lanes->thread;

    if (!array_reach(&items, &lanes->threads, slot, sizeof *lanes->thread)) {
        lanes->failed = true;
        return NULL;
    }
    lanes->thread = items;
    lanes->thread[slot].type = record->type;
    return &lanes->thread[slot];
}

/* Whose record caused this one, a moment ago; REFERENCE_NONE: nobody's, or long ago. */
static reference causer_of(const struct lanes *lanes, const struct record *record)
{
    const struct lane_recent *recent = &lanes->recent[record->cause % LANE_RECENT];

    return recent->n == record->cause && record->cause != 0 ? recent->thread : REFERENCE_NONE;
}

/* Notes who released a thread, where another one did. */
static void note_wake(struct lanes *lanes, struct lane *lane, const struct record *record)
{
    reference by = causer_of(lanes, record);
    void *items = lane->wake;

    if (by == REFERENCE_NONE || by == record->thread) {
        return;
    }
    if (!array_reach(&items, &lane->wake_room, lane->wakes, sizeof *lane->wake)) {
        lanes->failed = true;
        return;
    }
    lane->wake = items;
    lane->wake[lane->wakes++] = (struct lane_wake){record->t, by};
}

static void add_stretch(struct lanes *lanes, const struct record *record, const struct record_batch *batch,
                        enum replay_thread_state state)
{
    struct lane *lane = lane_of(lanes, record);
    struct lane_stretch stretch = {.t = record->t, .on = record->object, .slot = REFERENCE_NONE, .cpu = record->cpu,
                                   .state = (uint8_t)state, .why = record->why, .ran = state == REPLAY_RUNNING};
    void *items;

    if (lane == NULL) {
        return;
    }
    items = lane->stretch;
    if (!array_reach(&items, &lane->room, lane->count, sizeof stretch)) {
        lanes->failed = true;
        return;
    }
    lane->stretch = items;
    if (record->kind == RECORD_THREAD_BLOCK) {
        stretch.on = (record->absent & 1) == 0 && record->span.length > 0 ? batch->list[record->span.first] : record->object;
    }
    if (state == REPLAY_READY) {
        note_wake(lanes, lane, record);
    }
    if (lane->count > 0 && lane->stretch[lane->count - 1].t == record->t) {
        lane->count--;
        stretch.ran = stretch.ran || lane->stretch[lane->count].ran;
        if (state == REPLAY_READY || state == REPLAY_RUNNING) {
            stretch.active = lane->stretch[lane->count].active;
            stretch.slot = lane->stretch[lane->count].slot;
        }
    }
    lane->stretch[lane->count++] = stretch;
}

/* It has its slot at a port again, beside so many. */
static void note_slot(struct lanes *lanes, const struct record *record)
{
    struct lane *lane = lane_of(lanes, record);

    if (lane != NULL && lane->count > 0) {
        lane->stretch[lane->count - 1].active = record->active;
        lane->stretch[lane->count - 1].slot = record->object;
    }
}

static uint32_t larger(uint32_t one, uint32_t other)
{
    return one > other ? one : other;
}

/* Adds an instant to the counts of a port or device, which are grown to hold it. */
static void add_counts(struct lanes *lanes, struct port_lane **of, size_t *count, const struct lane_counts *at,
                       uint32_t slot)
{
    struct lane_counts counts = *at;
    void *items = *of;
    struct port_lane *lane;

    if (!array_reach(&items, count, slot, sizeof **of)) {
        lanes->failed = true;
        return;
    }
    *of = items;
    lane = &(*of)[slot];
    items = lane->counts;
    if (!array_reach(&items, &lane->room, lane->count, sizeof counts)) {
        lanes->failed = true;
        return;
    }
    lane->counts = items;
    if (lane->count > 0 && lane->counts[lane->count - 1].t == counts.t) {
        lane->count--;
        counts.most_active = larger(counts.most_active, lane->counts[lane->count].most_active);
        counts.most_depth = larger(counts.most_depth, lane->counts[lane->count].most_depth);
    }
    lane->counts[lane->count++] = counts;
}

/* The lane of a pool; NULL when memory ran out. */
static struct port_lane *pool_of(struct lanes *lanes, reference pool)
{
    void *items = lanes->pool;

    if (!array_reach(&items, &lanes->pools, reference_slot(pool), sizeof *lanes->pool)) {
        lanes->failed = true;
        return NULL;
    }
    lanes->pool = items;
    return &lanes->pool[reference_slot(pool)];
}

/* How many items a pool has queued behind a record of its work: a record counts those of its own queue, of which only
 * the global one is the only one of its sort. */
static uint32_t pool_depth(struct port_lane *lane, const struct record *record, uint32_t before)
{
    if (record->count == 0) { /* the first of the names of queues is the global one */
        return record->depth + lane->elsewhere;
    }
    before -= before < lane->elsewhere ? before : lane->elsewhere;
    if (record->kind == RECORD_WORK_QUEUE) {
        lane->elsewhere++;
    } else if (lane->elsewhere > 0) {
        lane->elsewhere--;
    }
    return before + lane->elsewhere;
}

/* A pool has so many workers more; 0: its work has changed. */
static void see_pool(struct lanes *lanes, reference pool, const struct record *record, int more)
{
    struct port_lane *lane = pool_of(lanes, pool);
    uint32_t slot = reference_slot(pool);
    struct lane_counts counts = {.t = record->t};

    if (lane == NULL) {
        return;
    }
    if (lane->count > 0) {
        counts.active = lane->counts[lane->count - 1].active;
        counts.depth = lane->counts[lane->count - 1].depth;
    }
    counts.active += (uint32_t)(more < 0 && counts.active == 0 ? 0 : more);
    counts.depth = more == 0 ? pool_depth(lane, record, counts.depth) : counts.depth;
    counts.most_active = counts.active;
    counts.most_depth = counts.depth;
    add_counts(lanes, &lanes->pool, &lanes->pools, &counts, slot);
}

static void see_decision(struct lanes *lanes, const struct record *record)
{
    struct port_lane *lane = pool_of(lanes, record->object);
    bool is_climb = record->kind == RECORD_CLIMB;
    void *items;

    if (lane == NULL) {
        return;
    }
    if (!is_climb && record->why == WHY_CLIMB && lane->decisions > 0 && lane->decision[lane->decisions - 1].is_climb &&
        lane->decision[lane->decisions - 1].t == record->t) {
        return; /* what the climb has told already */
    }
    items = lane->decision;
    if (!array_reach(&items, &lane->decision_room, lane->decisions, sizeof *lane->decision)) {
        lanes->failed = true;
        return;
    }
    lane->decision = items;
    lane->decision[lane->decisions++] = (struct lane_decision){
        .t = record->t,
        .n = record->n,
        .throughput = is_climb ? record_field_value(record, FIELD_THROUGHPUT) : 0,
        .old = (uint32_t)record_field_value(record, FIELD_OLD),
        .target = (uint32_t)record_field_value(record, FIELD_NEW),
        .why = record->why,
        .transition = (uint8_t)(is_climb ? record_field_value(record, FIELD_TRANSITION) : 0),
        .is_climb = is_climb,
    };
}

/* A worker of a pool begins or ends. */
static void see_worker(struct lanes *lanes, const struct record *record)
{
    struct lane *lane = lane_of(lanes, record);

    if (lane == NULL) {
        return;
    }
    if (record->kind == RECORD_THREAD_CREATE && record->type == THREAD_TYPE_WORKER && (record->absent & 4) == 0 && reference_kind(record->which) == OBJECT_POOL) {
        lane->has_pool = true;
        lane->pool = record->which;
        see_pool(lanes, lane->pool, record, 1);
    } else if (record->kind == RECORD_THREAD_EXIT && lane->has_pool) {
        lane->has_pool = false;
        see_pool(lanes, lane->pool, record, -1);
    }
}

/* A record that shows a port, or tells of a device. */
static void see_counts(struct lanes *lanes, const struct record *record)
{
    struct lane_counts counts = {record->t, record->active, record->depth, record->active, record->depth};

    if (record_shows_port(record)) {
        add_counts(lanes, &lanes->port, &lanes->ports, &counts, reference_slot(record->object));
        return;
    }
    counts.active = counts.most_active = (uint32_t)record_field_value(record, FIELD_BUSY);
    counts.depth = counts.most_depth = (uint32_t)record_field_value(record, FIELD_QUEUED);
    add_counts(lanes, &lanes->device, &lanes->devices, &counts, reference_slot(record->object));
}

static void take_work(struct lanes *lanes, const struct record *record)
{
    struct lane *lane = lane_of(lanes, record);

    if (lane != NULL) {
        lane->in_hand = record->op == 0 ? LIFE_WORK | record->cause : 0;
    }
}

static void begin_callback(struct lanes *lanes, const struct record *record)
{
    struct lane *lane = lane_of(lanes, record);
    struct lane_callback callback = {.begin = record->t, .end = SIM_NEVER, .op = record->op, .n = record->n,
                                     .object = record->object, .procedure = record->procedure, .why = record->why};
    void *items;

    if (lane == NULL) {
        return;
    }
    if (record->op == 0 && record->object != REFERENCE_NONE && reference_kind(record->object) == OBJECT_POOL) {
        callback.op = lane->in_hand;
        lane->in_hand = 0;
    }
    items = lane->callback;
    if (!array_reach(&items, &lane->callback_room, lane->callbacks, sizeof callback)) {
        lanes->failed = true;
        return;
    }
    lane->callback = items;
    if (lane->open > 0 && lane->callback[lane->open - 1].depth < UINT8_MAX) {
        callback.depth = (uint8_t)(lane->callback[lane->open - 1].depth + 1);
    }
    lane->callback[lane->callbacks++] = callback;
    lane->open = lane->callbacks;
}

/* The innermost callback ends; that which it ran within goes on. */
static void end_callback(struct lanes *lanes, const struct record *record)
{
    struct lane *lane = lane_of(lanes, record);

    if (lane == NULL || lane->open == 0) {
        return;
    }
    lane->callback[lane->open - 1].end = record->t;
    while (lane->open > 0 && lane->callback[lane->open - 1].end != SIM_NEVER) {
        lane->open--;
    }
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

static void see(struct lanes *lanes, const struct record *record, const struct record_batch *batch)
{
    lanes->end = record->t;
    lanes->records++;
    lanes->recent[record->n % LANE_RECENT] = (struct lane_recent){record->n, record->thread};
    if (record_shows_port(record) || record->kind == RECORD_DEVICE_QUEUE || record->kind == RECORD_DEVICE_BEGIN ||
        record->kind == RECORD_DEVICE_END) {
        see_counts(lanes, record);
    }
    if ((record->kind == RECORD_WORK_QUEUE || record->kind == RECORD_WORK_TAKE) && record->object != REFERENCE_NONE &&
        reference_kind(record->object) == OBJECT_POOL) {
        see_pool(lanes, record->object, record, 0);
    }
    if ((record->kind == RECORD_POOL_TARGET || record->kind == RECORD_CLIMB) && record->object != REFERENCE_NONE &&
        reference_kind(record->object) == OBJECT_POOL) {
        see_decision(lanes, record);
    }
    if (record->thread == REFERENCE_NONE) {
        return; /* a stored trace may leave the thread out */
    }
    if (record->kind == RECORD_THREAD_CREATE || record->kind == RECORD_THREAD_EXIT) {
        see_worker(lanes, record);
    }
    switch ((int)record->kind) {
    case RECORD_THREAD_CREATE:
    case RECORD_THREAD_UNBLOCK:
    case RECORD_THREAD_READY:
    case RECORD_THREAD_PREEMPT:
    case RECORD_PACKET_RELEASE:
    case RECORD_POOL_UNPARK:
        add_stretch(lanes, record, batch, REPLAY_READY);
        break;
    case RECORD_PORT_TIMEOUT:
        if (last_state(lanes, record->thread) == REPLAY_PARKED) {
            add_stretch(lanes, record, batch, REPLAY_READY);
        }
        break;
    case RECORD_THREAD_RUN:
        add_stretch(lanes, record, batch, REPLAY_RUNNING);
        break;
    case RECORD_THREAD_BLOCK:
        add_stretch(lanes, record, batch, REPLAY_BLOCKED);
        break;
    case RECORD_PORT_WAIT:
    case RECORD_POOL_PARK:
    case RECORD_POOL_RETIRE:
        add_stretch(lanes, record, batch, REPLAY_PARKED);
        break;
    case RECORD_THREAD_EXIT:
        add_stretch(lanes, record, batch, REPLAY_ENDED);
        break;
    case RECORD_PORT_UNBLOCK:
        note_slot(lanes, record);
        break;
    case RECORD_WORK_TAKE:
        take_work(lanes, record);
        break;
    case RECORD_CALLBACK_BEGIN:
        begin_callback(lanes, record);
        break;
    case RECORD_CALLBACK_END:
        end_callback(lanes, record);
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
        see(lanes, &batch->record[i], batch);
    }
}

size_t lane_at(const struct lane *lane, sim_time t)
{
    size_t first = 0;
    size_t end = lane->count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (lane->stretch[middle].t <= t) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first == 0 ? SIZE_MAX : first - 1;
}

reference lane_woken_by(const struct lane *lane, sim_time t)
{
    size_t first = 0;
    size_t end = lane->wakes;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (lane->wake[middle].t <= t) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first == 0 || lane->wake[first - 1].t != t ? REFERENCE_NONE : lane->wake[first - 1].by;
}

size_t lane_counts_at(const struct port_lane *lane, sim_time t)
{
    size_t first = 0;
    size_t end = lane->count;

    while (first < end) {
        size_t middle = first + (end - first) / 2;
        if (lane->counts[middle].t <= t) {
            first = middle + 1;
        } else {
            end = middle;
        }
    }
    return first == 0 ? 0 : first - 1;
}
