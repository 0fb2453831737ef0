/* SPDX-License-Identifier: Apache-2.0 */
/* Figures, summed from records as they come. What is over is forgotten, so memory follows what is in flight. */
#include "traces/statistics.h"

#include <stdlib.h>
#include <string.h>

#include "traces/array.h"
#include "traces/clocks.h"

/* The times of an operation or packet. When it arrived stands in a table of its own, since that is wanted
 * longest; so does when a frame began. */
enum {
    OP_ISSUED,
    OP_AT_DEVICE,
    OP_WAITED, /* since when it waits for its device, or is served by it */
    OP_QUEUED, /* at a port */
    CLOCK_ONLY = 0,
};

struct statistics {
    struct record_names names;
    struct statistics_port *port;
    struct statistics_pool *pool;
    struct statistics_device *device;
    struct statistics_handle *handle;
    struct statistics_procedure *procedure;
    size_t ports, pools, devices, handles, procedures; /* rooms */
    size_t used[STATISTICS_TABLES];             /* behind the last that was told of */
    uint32_t *order[STATISTICS_TABLES];         /* what was told of, in the order of telling */
    size_t ordered[STATISTICS_TABLES], order_room[STATISTICS_TABLES];
    struct clocks ops, arrivals, frames, items;
    sim_time end;
    bool failed;
};

struct statistics *statistics_create(const struct record_names *names)
{
    struct statistics *statistics = calloc(1, sizeof *statistics);

    if (statistics != NULL) {
        statistics->names = *names;
    }
    return statistics;
}

void statistics_destroy(struct statistics *statistics)
{
    if (statistics == NULL) {
        return;
    }
    for (int table = 0; table < STATISTICS_TABLES; table++) {
        free(statistics->order[table]);
    }
    free(statistics->port);
    free(statistics->pool);
    free(statistics->device);
    free(statistics->handle);
    free(statistics->procedure);
    clocks_release(&statistics->ops);
    clocks_release(&statistics->arrivals);
    clocks_release(&statistics->frames);
    clocks_release(&statistics->items);
    free(statistics);
}

bool statistics_failed(const struct statistics *statistics)
{
    return statistics->failed;
}

sim_time statistics_end(const struct statistics *statistics)
{
    return statistics->end;
}

const struct record_names *statistics_names(const struct statistics *statistics)
{
    return &statistics->names;
}

/* Notes that a record told of this number for the first time; as which of its kind. */
static uint32_t tell(struct statistics *statistics, enum statistics_table table, uint32_t number)
{
    void *items = statistics->order[table];
    size_t at = statistics->ordered[table];

    if (!array_reach(&items, &statistics->order_room[table], at, sizeof **statistics->order)) {
        statistics->failed = true;
        return 0;
    }
    statistics->order[table] = items;
    statistics->order[table][at] = number;
    statistics->ordered[table]++;
    return (uint32_t)at + 1;
}

bool statistics_told(const struct statistics *statistics, enum statistics_table table, size_t index, uint32_t *number)
{
    if (index >= statistics->ordered[table]) {
        return false;
    }
    *number = statistics->order[table][index];
    return true;
}

#define TABLE(noun, items, rooms, table)                                                                     \
    static struct statistics_##noun *noun##_at(struct statistics *statistics, uint32_t index)                \
    {                                                                                                        \
        void *array = statistics->items;                                                                     \
        if (!array_reach(&array, &statistics->rooms, index, sizeof *statistics->items)) {                    \
            statistics->failed = true;                                                                       \
            return NULL;                                                                                     \
        }                                                                                                    \
        statistics->items = array;                                                                           \
        if (index >= statistics->used[table]) {                                                              \
            statistics->used[table] = (size_t)index + 1;                                                     \
        }                                                                                                    \
        if (statistics->items[index].told == 0) {                                                            \
            statistics->items[index].told = tell(statistics, table, index);                                  \
        }                                                                                                    \
        return &statistics->items[index];                                                                    \
    }                                                                                                        \
    const struct statistics_##noun *statistics_##noun(const struct statistics *statistics, uint32_t index)   \
    {                                                                                                        \
        return index < statistics->used[table] ? &statistics->items[index] : NULL;                           \
    }
TABLE(port, port, ports, STATISTICS_PORTS)
TABLE(pool, pool, pools, STATISTICS_POOLS)
TABLE(device, device, devices, STATISTICS_DEVICES)
TABLE(handle, handle, handles, STATISTICS_HANDLES)
TABLE(procedure, procedure, procedures, STATISTICS_PROCEDURES)
#undef TABLE

/* So many are present from now on. */
static void stand(struct statistics_flow *flow, sim_time now, uint64_t present)
{
    flow->area += (statistics_sum)flow->present * (now - flow->since);
    flow->since = now;
    flow->present = present;
    flow->most = present > flow->most ? present : flow->most;
}

statistics_sum statistics_area(const struct statistics_flow *flow, sim_time end)
{
    return flow->area + (statistics_sum)flow->present * (end - flow->since);
}

/* One has left that had come at `came`. */
static void leave(struct statistics_flow *flow, sim_time came, sim_time now)
{
    flow->out++;
    flow->sojourn += now - came;
    flow->longest = now - came > flow->longest ? now - came : flow->longest;
}

static void add_span(struct statistics_spans *spans, sim_span span)
{
    spans->least = spans->count == 0 || span < spans->least ? span : spans->least;
    spans->most = span > spans->most ? span : spans->most;
    spans->sum += span;
    spans->count++;
}

static void note(struct statistics *statistics, struct clocks *clocks, uint64_t number, int which)
{
    if (number != 0 && !clocks_set(clocks, number, which, statistics->end)) {
        statistics->failed = true;
    }
}

static void see_port(struct statistics *statistics, const struct record *record)
{
    struct statistics_port *port = port_at(statistics, reference_slot(record->object));
    sim_time came;

    if (port == NULL) {
        return;
    }
    stand(&port->queue, record->t, record->depth);
    stand(&port->active, record->t, record->active);
    switch ((int)record->kind) {
    case RECORD_PACKET_POST:
        port->posted++;
        note(statistics, &statistics->arrivals, record->op, CLOCK_ONLY);
        break;
    case RECORD_PACKET_QUEUE:
        port->queue.in++;
        note(statistics, &statistics->ops, record->op, OP_QUEUED);
        break;
    case RECORD_PACKET_RELEASE:
    case RECORD_PACKET_TAKE:
    case RECORD_PACKET_DROP:
        if (clocks_take(&statistics->ops, record->op, OP_QUEUED, &came)) {
            leave(&port->queue, came, record->t);
            port->released += record->kind == RECORD_PACKET_RELEASE;
            port->taken += record->kind == RECORD_PACKET_TAKE;
            port->dropped += record->kind == RECORD_PACKET_DROP;
        } else {
            port->handed += record->kind == RECORD_PACKET_RELEASE;
        }
        clocks_drop(&statistics->ops, record->op);
        if (record->kind == RECORD_PACKET_DROP) {
            clocks_drop(&statistics->arrivals, record->op);
        }
        break;
    default:
        break;
    }
}

/* Items of a pool are known by the number of their work-queue. */
static void see_pool(struct statistics *statistics, const struct record *record)
{
    struct statistics_pool *pool = pool_at(statistics, reference_slot(record->object));
    sim_time came;

    if (pool == NULL) {
        return;
    }
    switch ((int)record->kind) {
    case RECORD_WORK_QUEUE:
        stand(&pool->queue, record->t, record->depth);
        pool->queue.in++;
        note(statistics, &statistics->items, record->n, CLOCK_ONLY);
        break;
    case RECORD_WORK_TAKE:
        stand(&pool->queue, record->t, record->depth);
        if (clocks_take(&statistics->items, record->cause, CLOCK_ONLY, &came)) {
            leave(&pool->queue, came, record->t);
            pool->handed += came == record->t;
            clocks_drop(&statistics->items, record->cause);
        }
        break;
    case RECORD_WORK_END:
        pool->done++;
        break;
    default:
        break;
    }
}

/* A pool's thread comes or goes. */
static void see_crew(struct statistics *statistics, const struct record *record)
{
    struct statistics_pool *pool = pool_at(statistics, reference_slot(record->which));
    bool comes = record->kind == RECORD_THREAD_CREATE;

    if (pool != NULL && (comes || pool->threads.present > 0)) {
        pool->threads.in += comes;
        pool->threads.out += !comes;
        stand(&pool->threads, record->t, comes ? pool->threads.present + 1 : pool->threads.present - 1);
    }
}

static void see_device(struct statistics *statistics, const struct record *record)
{
    struct statistics_device *device = device_at(statistics, reference_slot(record->object));
    bool was_served;
    sim_time came;

    if (device == NULL) {
        return;
    }
    was_served = record->count < device->served.present; /* what is cancelled while it waits ends, too */
    stand(&device->all, record->t, (uint64_t)record->count + record->which);
    stand(&device->served, record->t, record->count);
    switch ((int)record->kind) {
    case RECORD_DEVICE_QUEUE:
        device->all.in++;
        note(statistics, &statistics->ops, record->op, OP_AT_DEVICE);
        note(statistics, &statistics->ops, record->op, OP_WAITED);
        break;
    case RECORD_DEVICE_BEGIN:
        device->served.in++;
        if (clocks_take(&statistics->ops, record->op, OP_WAITED, &came)) {
            add_span(&device->waits, record->t - came);
        } else {
            device->all.in++;
            note(statistics, &statistics->ops, record->op, OP_AT_DEVICE);
            add_span(&device->waits, 0);
        }
        note(statistics, &statistics->ops, record->op, OP_WAITED);
        break;
    case RECORD_DEVICE_END:
        if (clocks_take(&statistics->ops, record->op, OP_AT_DEVICE, &came)) {
            leave(&device->all, came, record->t);
        }
        if (!clocks_take(&statistics->ops, record->op, OP_WAITED, &came)) {
            break;
        }
        if (was_served) {
            leave(&device->served, came, record->t);
        } else {
            add_span(&device->waits, record->t - came);
        }
        break;
    default:
        break;
    }
}

static void see_handle(struct statistics *statistics, const struct record *record)
{
    struct statistics_handle *handle = handle_at(statistics, reference_slot(record->object));
    sim_time came;

    if (handle == NULL) {
        return;
    }
    switch ((int)record->kind) {
    case RECORD_OP_ISSUE:
        handle->pending.in++;
        stand(&handle->pending, record->t, handle->pending.present + 1);
        note(statistics, &statistics->ops, record->op, OP_ISSUED);
        break;
    case RECORD_OP_COMPLETE:
    case RECORD_OP_IMMEDIATE:
        handle->bytes += record->bytes;
        if (handle->pending.present > 0) {
            stand(&handle->pending, record->t, handle->pending.present - 1);
        }
        if (clocks_take(&statistics->ops, record->op, OP_ISSUED, &came)) {
            leave(&handle->pending, came, record->t);
        }
        note(statistics, &statistics->arrivals, record->op, CLOCK_ONLY);
        break;
    case RECORD_PACKET_SUPPRESS:
    case RECORD_PACKET_DROP:
        clocks_drop(&statistics->ops, record->op);
        clocks_drop(&statistics->arrivals, record->op);
        break;
    default:
        break;
    }
}

static void see_callback(struct statistics *statistics, const struct record *record)
{
    struct statistics_procedure *procedure;
    sim_time came;

    if (record->procedure == NAME_NONE || (procedure = procedure_at(statistics, record->procedure)) == NULL) {
        return;
    }
    if (record->kind == RECORD_CALLBACK_BEGIN) {
        procedure->calls++;
        if (record->op != 0 && clocks_take(&statistics->arrivals, record->op, CLOCK_ONLY, &came)) {
            add_span(&procedure->waits, record->t - came);
            clocks_drop(&statistics->arrivals, record->op);
        }
        note(statistics, &statistics->frames, record->frame, CLOCK_ONLY);
    } else if (clocks_take(&statistics->frames, record->frame, CLOCK_ONLY, &came)) {
        add_span(&procedure->runs, record->t - came);
        clocks_drop(&statistics->frames, record->frame);
    }
}

void statistics_see(void *context, const struct record_batch *batch)
{
    struct statistics *statistics = context;

    for (uint32_t i = 0; i < batch->count && !statistics->failed; i++) {
        const struct record *record = &batch->record[i];
        statistics->end = record->t;
        if (record->kind == RECORD_CALLBACK_BEGIN || record->kind == RECORD_CALLBACK_END) {
            see_callback(statistics, record);
        }
        if ((record->kind == RECORD_THREAD_CREATE || record->kind == RECORD_THREAD_EXIT) && (record->absent & 4) == 0) {
            see_crew(statistics, record);
        }
        if (record_shows_port(record)) {
            see_port(statistics, record);
        } else if (record->object == REFERENCE_NONE || record->kind == RECORD_OUTCOME) {
            continue;
        } else if (reference_kind(record->object) == OBJECT_POOL) {
            see_pool(statistics, record);
        } else if (reference_kind(record->object) == OBJECT_DEVICE) {
            see_device(statistics, record);
        } else if (reference_kind(record->object) == OBJECT_HANDLE) {
            see_handle(statistics, record);
        }
    }
}

void statistics_add_thread(const struct replay *replay, reference reference_of, struct thread_figures *figures)
{
    const struct replay_thread *thread = replay_thread(replay, reference_of);

    if (thread->state == REPLAY_UNBORN) {
        return;
    }
    figures->threads++;
    figures->callbacks += thread->callbacks_run;
    figures->switches += thread->switches;
    for (int state = 0; state < REPLAY_THREAD_STATES; state++) {
        figures->in_state[state] += thread->in_state[state];
    }
    figures->in_state[thread->state] += replay_now(replay) - thread->since;
}

void statistics_add_forgotten(const struct replay *replay, uint8_t type, struct thread_figures *figures)
{
    const struct replay_forgotten *sum = replay_forgotten(replay, type);

    figures->threads += sum->threads;
    figures->callbacks += sum->callbacks;
    figures->switches += sum->switches;
    for (int state = 0; state < REPLAY_THREAD_STATES; state++) {
        figures->in_state[state] += sum->in_state[state];
    }
}
