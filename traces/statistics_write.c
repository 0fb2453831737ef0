/* SPDX-License-Identifier: Apache-2.0 */
/* The figures as tables, and as JSON. Means are whole numbers, those of counts over time in thousandths. */
#include <stdio.h>
#include <string.h>

#include "traces/loads.h"
#include "traces/statistics.h"
#include "traces/writing.h"

/* Rows of one table that are told one by one. */
#define ROWS_TOLD 100u

/* What is written, to where. */
struct telling {
    struct writing to;
    const struct statistics *statistics;
    const struct replay *replay;
    sim_time end;
    char name[512];
};

static const char *name_of(struct telling *tell, enum object_kind kind, uint32_t slot)
{
    return name_words(statistics_names(tell->statistics), reference_make(kind, slot), tell->name, sizeof tell->name);
}

static const char *procedure_name(struct telling *tell, uint32_t number)
{
    const struct record_names *names = statistics_names(tell->statistics);
    size_t length = names->of_procedure(names->context, number, tell->name, sizeof tell->name - 1);

    tell->name[length < sizeof tell->name - 1 ? length : sizeof tell->name - 1] = '\0';
    return tell->name;
}

static struct thread_figures sum_type(const struct telling *tell, uint32_t type)
{
    struct thread_figures figures = {0};

    for (uint32_t i = 0; i < replay_count(tell->replay, OBJECT_THREAD); i++) {
        reference thread = reference_make(OBJECT_THREAD, i);
        if (replay_thread(tell->replay, thread)->type == type) {
            statistics_add_thread(tell->replay, thread, &figures);
        }
    }
    statistics_add_forgotten(tell->replay, (uint8_t)type, &figures);
    return figures;
}

/* Busy time of all processors, in whole percent of what they could do; ideal ones count for no more than 100. */
static uint64_t utilization(const struct telling *tell)
{
    statistics_sum room = (statistics_sum)replay_machine(tell->replay).processors * tell->end;
    statistics_sum busy = (statistics_sum)replay_cpu_time(tell->replay) * 100;

    return room == 0 ? 0 : busy / room > 100 ? 100 : (uint64_t)(busy / room);
}

/* One row; how many threads it is about is shown where it is about several. */
static void put_thread(struct telling *tell, const char *name, const struct thread_figures *figures, bool is_type)
{
    char threads[24] = "";

    if (is_type) {
        snprintf(threads, sizeof threads, "%llu", (unsigned long long)figures->threads);
    }
    writing_put(&tell->to, "%-24s %7s %9llu %8llu %12s %12s %12s %12s\n", name, threads,
                (unsigned long long)figures->callbacks, (unsigned long long)figures->switches,
                span_words(figures->in_state[REPLAY_RUNNING]).text, span_words(figures->in_state[REPLAY_READY]).text,
                span_words(figures->in_state[REPLAY_BLOCKED]).text, span_words(figures->in_state[REPLAY_PARKED]).text);
}

static void put_threads(struct telling *tell)
{
    uint32_t threads = replay_count(tell->replay, OBJECT_THREAD);
    uint32_t told = 0;

    writing_put(&tell->to, "%-24s %7s %9s %8s %12s %12s %12s %12s\n", "type of thread", "threads", "callbacks",
                "switches", "running", "ready", "blocked", "parked");
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        struct thread_figures figures = sum_type(tell, type);
        if (figures.threads > 0) {
            put_thread(tell, thread_type_name((enum thread_type)type), &figures, true);
        }
    }
    writing_put(&tell->to, "\n%-24s %7s %9s %8s %12s %12s %12s %12s\n", "thread", "", "callbacks", "switches", "running",
                "ready", "blocked", "parked");
    for (uint32_t i = 0; i < threads; i++) {
        struct thread_figures figures = {0};
        statistics_add_thread(tell->replay, reference_make(OBJECT_THREAD, i), &figures);
        if (figures.threads > 0 && told++ < ROWS_TOLD) {
            put_thread(tell, name_of(tell, OBJECT_THREAD, i), &figures, false);
        }
    }
    if (told > ROWS_TOLD) {
        writing_put(&tell->to, "and %u more\n", told - ROWS_TOLD);
    }
}

static void put_ports(struct telling *tell)
{
    const struct statistics_port *port;
    bool any = false;
    uint32_t i;

    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_PORTS, k, &i); k++) {
        port = statistics_port(tell->statistics, i);
        const struct statistics_flow *queue = &port->queue;
        char limit[24];
        if (queue->in + port->handed + port->active.most == 0) {
            continue;
        }
        if (!any) {
            writing_put(&tell->to, "\n%-16s %5s %8s %8s %7s %8s %7s %7s %7s %7s %7s %9s %9s\n", "port", "limit",
                    "packets", "handed", "queued", "released", "taken", "dropped", "active", "most", "depth",
                    "mean wait", "longest");
        }
        snprintf(limit, sizeof limit, "%llu",
                 (unsigned long long)replay_port(tell->replay, reference_make(OBJECT_PORT, i))->limit);
        writing_put(&tell->to, "%-16s %5s %8llu %8llu %7llu %8llu %7llu %7llu %7s %7llu %7s %9s %9s\n",
                    name_of(tell, OBJECT_PORT, i), strcmp(limit, "0") == 0 ? "-" : limit,
                    (unsigned long long)(queue->in + port->handed), (unsigned long long)port->handed,
                    (unsigned long long)queue->in, (unsigned long long)port->released, (unsigned long long)port->taken,
                    (unsigned long long)port->dropped,
                    mean_words(statistics_area(&port->active, tell->end), tell->end).text,
                    (unsigned long long)port->active.most, mean_words(statistics_area(queue, tell->end), tell->end).text,
                    span_mean(queue->sojourn, queue->out).text, span_words(queue->longest).text);
        any = true;
    }
}

static void put_pools(struct telling *tell)
{
    const struct statistics_pool *pool;
    bool any = false;
    uint32_t i;

    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_POOLS, k, &i); k++) {
        pool = statistics_pool(tell->statistics, i);
        if (!any) {
            writing_put(&tell->to, "\n%-16s %7s %7s %7s %7s %8s %8s %7s %7s %9s %9s\n", "pool", "made", "gone", "threads",
                        "most", "items", "done", "queued", "most", "mean wait", "longest");
        }
        writing_put(&tell->to, "%-16s %7llu %7llu %7s %7llu %8llu %8llu %7s %7llu %9s %9s\n", name_of(tell, OBJECT_POOL, i),
                    (unsigned long long)pool->threads.in, (unsigned long long)pool->threads.out,
                    mean_words(statistics_area(&pool->threads, tell->end), tell->end).text,
                    (unsigned long long)pool->threads.most, (unsigned long long)pool->queue.in,
                    (unsigned long long)pool->done, mean_words(statistics_area(&pool->queue, tell->end), tell->end).text,
                    (unsigned long long)pool->queue.most, span_mean(pool->queue.sojourn, pool->queue.out).text,
                    span_words(pool->queue.longest).text);
        any = true;
    }
}

static void put_devices(struct telling *tell)
{
    const struct statistics_device *device;
    bool any = false;
    uint32_t i;

    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_DEVICES, k, &i); k++) {
        device = statistics_device(tell->statistics, i);
        if (device->all.in == 0) {
            continue;
        }
        if (!any) {
            writing_put(&tell->to, "\n%-16s %10s %8s %8s %7s %12s %12s %12s\n", "device", "operations", "done",
                    "busy", "most", "mean service", "mean wait", "longest");
        }
        writing_put(&tell->to, "%-16s %10llu %8llu %8s %7llu %12s %12s %12s\n", name_of(tell, OBJECT_DEVICE, i),
                    (unsigned long long)device->all.in, (unsigned long long)device->all.out,
                    mean_words(statistics_area(&device->served, tell->end), tell->end).text,
                    (unsigned long long)device->served.most, span_mean(device->served.sojourn, device->served.out).text,
                    span_mean(device->waits.sum, device->waits.count).text, span_words(device->waits.most).text);
        any = true;
    }
}

static void put_handles(struct telling *tell)
{
    const struct statistics_handle *handle;
    uint32_t told = 0;
    uint32_t i;

    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_HANDLES, k, &i); k++) {
        handle = statistics_handle(tell->statistics, i);
        const struct statistics_flow *pending = &handle->pending;
        if (pending->in == 0 || told++ >= ROWS_TOLD) {
            continue;
        }
        if (told == 1) {
            writing_put(&tell->to, "\n%-16s %10s %8s %12s %8s %7s %12s %12s\n", "handle", "operations",
                    "done", "bytes", "pending", "most", "mean time", "longest");
        }
        writing_put(&tell->to, "%-16s %10llu %8llu %12llu %8s %7llu %12s %12s\n", name_of(tell, OBJECT_HANDLE, i),
                    (unsigned long long)pending->in, (unsigned long long)pending->out, (unsigned long long)handle->bytes,
                    mean_words(statistics_area(pending, tell->end), tell->end).text, (unsigned long long)pending->most,
                    span_mean(pending->sojourn, pending->out).text, span_words(pending->longest).text);
    }
    if (told > ROWS_TOLD) {
        writing_put(&tell->to, "and %u more\n", told - ROWS_TOLD);
    }
}

static void put_procedures(struct telling *tell)
{
    const struct statistics_procedure *procedure;
    bool any = false;
    uint32_t i;

    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_PROCEDURES, k, &i); k++) {
        procedure = statistics_procedure(tell->statistics, i);
        if (procedure->calls == 0) {
            continue;
        }
        if (!any) {
            writing_put(&tell->to, "\n%-24s %9s %12s %12s %12s %12s\n", "callback", "calls", "mean wait",
                    "longest", "mean run", "longest");
        }
        writing_put(&tell->to, "%-24s %9llu %12s %12s %12s %12s\n", procedure_name(tell, i),
                    (unsigned long long)procedure->calls, span_mean(procedure->waits.sum, procedure->waits.count).text,
                    span_words(procedure->waits.most).text, span_mean(procedure->runs.sum, procedure->runs.count).text,
                    span_words(procedure->runs.most).text);
        any = true;
    }
}

bool statistics_write(const struct statistics *statistics, const struct replay *replay, const struct trace_sink *sink)
{
    struct telling tell = {.to = {sink, false}, .statistics = statistics, .replay = replay, .end = statistics_end(statistics)};
    uint32_t processors = replay_machine(replay).processors;

    put_threads(&tell);
    if (processors > 0) {
        writing_put(&tell.to, "\n%u processors, busy %llu%% of %s\n", processors, (unsigned long long)utilization(&tell),
                    span_words(tell.end).text);
    }
    put_ports(&tell);
    put_pools(&tell);
    put_devices(&tell);
    put_handles(&tell);
    put_procedures(&tell);
    loads_write(&tell.to, replay_items(replay), statistics_names(statistics));
    return !tell.to.failed;
}

/* One member of an object, with the comma before it. */
static void put_member(struct writing *to, const char *name, statistics_sum number)
{
    writing_put(to, ",");
    writing_sum(to, name, number);
}

static void put_figures(struct writing *to, const struct thread_figures *figures)
{
    put_member(to, "callbacks", figures->callbacks);
    put_member(to, "switches", figures->switches);
    put_member(to, "running", figures->in_state[REPLAY_RUNNING]);
    put_member(to, "ready", figures->in_state[REPLAY_READY]);
    put_member(to, "blocked", figures->in_state[REPLAY_BLOCKED]);
    put_member(to, "parked", figures->in_state[REPLAY_PARKED]);
}

/* A flow as members of an object: the two sums of Little's law stand side by side. */
static void put_flow(struct telling *tell, const char *name, const struct statistics_flow *flow)
{
    writing_put(&tell->to, ",\"%s\":{", name);
    writing_sum(&tell->to, "in", flow->in);
    put_member(&tell->to, "out", flow->out);
    put_member(&tell->to, "most", flow->most);
    put_member(&tell->to, "left", flow->present);
    put_member(&tell->to, "number_time", statistics_area(flow, tell->end));
    put_member(&tell->to, "time_in", flow->sojourn);
    put_member(&tell->to, "longest", flow->longest);
    writing_put(&tell->to, "}");
}

static void put_spans(struct writing *to, const char *name, const struct statistics_spans *spans)
{
    writing_put(to, ",\"%s\":{", name);
    writing_sum(to, "count", spans->count);
    put_member(to, "least", spans->least);
    put_member(to, "most", spans->most);
    put_member(to, "sum", spans->sum);
    writing_put(to, "}");
}

/* Begins an element of a list of named objects. */
static void begin_named(struct writing *to, bool *first, const char *name)
{
    writing_put(to, *first ? "{\"name\":" : ",{\"name\":");
    writing_string(to, name);
    *first = false;
}

static void put_threads_json(struct telling *tell)
{
    bool first = true;

    writing_put(&tell->to, "\"types\":{");
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        struct thread_figures figures = sum_type(tell, type);
        if (figures.threads > 0) {
            writing_put(&tell->to, "%s\"%s\":{", first ? "" : ",", thread_type_name((enum thread_type)type));
            writing_sum(&tell->to, "threads", figures.threads);
            put_figures(&tell->to, &figures);
            writing_put(&tell->to, "}");
            first = false;
        }
    }
    writing_put(&tell->to, "},\"threads\":[");
    first = true;
    for (uint32_t i = 0; i < replay_count(tell->replay, OBJECT_THREAD); i++) {
        struct thread_figures figures = {0};
        statistics_add_thread(tell->replay, reference_make(OBJECT_THREAD, i), &figures);
        if (figures.threads > 0) {
            uint8_t type = replay_thread(tell->replay, reference_make(OBJECT_THREAD, i))->type;
            begin_named(&tell->to, &first, name_of(tell, OBJECT_THREAD, i));
            writing_put(&tell->to, ",\"type\":\"%s\"", thread_type_name((enum thread_type)type));
            put_figures(&tell->to, &figures);
            writing_put(&tell->to, "}");
        }
    }
    writing_put(&tell->to, "]");
}

static void put_ports_json(struct telling *tell)
{
    const struct statistics_port *port;
    bool first = true;
    uint32_t i;

    writing_put(&tell->to, ",\"ports\":[");
    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_PORTS, k, &i); k++) {
        port = statistics_port(tell->statistics, i);
        begin_named(&tell->to, &first, name_of(tell, OBJECT_PORT, i));
        put_member(&tell->to, "limit", replay_port(tell->replay, reference_make(OBJECT_PORT, i))->limit);
        put_member(&tell->to, "packets", port->queue.in + port->handed);
        put_member(&tell->to, "posted", port->posted);
        put_member(&tell->to, "handed", port->handed);
        put_member(&tell->to, "released", port->released);
        put_member(&tell->to, "taken", port->taken);
        put_member(&tell->to, "dropped", port->dropped);
        put_member(&tell->to, "most_active", port->active.most);
        put_member(&tell->to, "active_time", statistics_area(&port->active, tell->end));
        put_flow(tell, "queue", &port->queue);
        writing_put(&tell->to, "}");
    }
    writing_put(&tell->to, "]");
}

static void put_pools_json(struct telling *tell)
{
    const struct statistics_pool *pool;
    bool first = true;
    uint32_t i;

    writing_put(&tell->to, ",\"pools\":[");
    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_POOLS, k, &i); k++) {
        pool = statistics_pool(tell->statistics, i);
        begin_named(&tell->to, &first, name_of(tell, OBJECT_POOL, i));
        put_member(&tell->to, "made", pool->threads.in);
        put_member(&tell->to, "gone", pool->threads.out);
        put_member(&tell->to, "most_threads", pool->threads.most);
        put_member(&tell->to, "thread_time", statistics_area(&pool->threads, tell->end));
        put_member(&tell->to, "done", pool->done);
        put_member(&tell->to, "at_once", pool->handed);
        put_flow(tell, "queue", &pool->queue);
        writing_put(&tell->to, "}");
    }
    writing_put(&tell->to, "]");
}

static void put_operations_json(struct telling *tell)
{
    const struct statistics_device *device;
    const struct statistics_handle *handle;
    bool first = true;
    uint32_t i;

    writing_put(&tell->to, ",\"devices\":[");
    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_DEVICES, k, &i); k++) {
        device = statistics_device(tell->statistics, i);
        begin_named(&tell->to, &first, name_of(tell, OBJECT_DEVICE, i));
        put_flow(tell, "operations", &device->all);
        put_flow(tell, "served", &device->served);
        put_spans(&tell->to, "waits", &device->waits);
        writing_put(&tell->to, "}");
    }
    writing_put(&tell->to, "],\"handles\":[");
    first = true;
    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_HANDLES, k, &i); k++) {
        handle = statistics_handle(tell->statistics, i);
        begin_named(&tell->to, &first, name_of(tell, OBJECT_HANDLE, i));
        put_member(&tell->to, "bytes", handle->bytes);
        put_flow(tell, "operations", &handle->pending);
        writing_put(&tell->to, "}");
    }
    writing_put(&tell->to, "]");
}

static void put_procedures_json(struct telling *tell)
{
    const struct statistics_procedure *procedure;
    bool first = true;
    uint32_t i;

    writing_put(&tell->to, ",\"callbacks\":[");
    for (size_t k = 0; statistics_told(tell->statistics, STATISTICS_PROCEDURES, k, &i); k++) {
        procedure = statistics_procedure(tell->statistics, i);
        if (procedure->calls > 0) {
            begin_named(&tell->to, &first, procedure_name(tell, i));
            put_member(&tell->to, "calls", procedure->calls);
            put_spans(&tell->to, "waits", &procedure->waits);
            put_spans(&tell->to, "runs", &procedure->runs);
            writing_put(&tell->to, "}");
        }
    }
    writing_put(&tell->to, "]");
}

bool statistics_write_json(const struct statistics *statistics, const struct replay *replay, const struct trace_sink *sink)
{
    struct telling tell = {.to = {sink, false}, .statistics = statistics, .replay = replay, .end = statistics_end(statistics)};
    uint32_t processors = replay_machine(replay).processors;

    writing_put(&tell.to, "{");
    writing_sum(&tell.to, "t", tell.end);
    if (processors > 0) {
        put_member(&tell.to, "processors", processors);
        put_member(&tell.to, "utilization", utilization(&tell));
    }
    writing_put(&tell.to, ",");
    put_threads_json(&tell);
    put_ports_json(&tell);
    put_pools_json(&tell);
    put_operations_json(&tell);
    put_procedures_json(&tell);
    loads_write_json(&tell.to, replay_items(replay), statistics_names(statistics));
    writing_put(&tell.to, "}\n");
    return !tell.to.failed;
}
