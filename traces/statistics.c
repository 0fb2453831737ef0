/* SPDX-License-Identifier: Apache-2.0 */
/* Figures, summed from what replay and lanes hold; integers throughout. */
#include "traces/statistics.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef unsigned __int128 uint128;

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

/* A port over time. */
struct port_figures {
    uint32_t most_depth, most_active;
    uint128 depth_time; /* packets times ns */
};

static struct port_figures port_figures(const struct port_lane *lane, sim_time end)
{
    struct port_figures figures = {0};

    for (size_t i = 0; i < lane->count; i++) {
        sim_time until = i + 1 < lane->count ? lane->counts[i + 1].t : end;
        const struct lane_counts *counts = &lane->counts[i];
        figures.most_depth = counts->most_depth > figures.most_depth ? counts->most_depth : figures.most_depth;
        figures.most_active = counts->most_active > figures.most_active ? counts->most_active : figures.most_active;
        figures.depth_time += (uint128)lane->counts[i].depth * (until - lane->counts[i].t);
    }
    return figures;
}

/* Text on its way to a sink. */
struct writing {
    const struct trace_sink *sink;
    bool failed;
};

__attribute__((format(printf, 2, 3))) static void put(struct writing *to, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length > 0 && !to->failed) {
        size_t size = (size_t)length < sizeof text ? (size_t)length : sizeof text - 1;
        to->failed = !to->sink->write(to->sink->context, text, size);
    }
}

struct span_words {
    char text[40];
};

static struct span_words words_of(sim_span span)
{
    struct span_words words;

    words.text[sim_span_write(span, words.text, sizeof words.text - 1)] = '\0';
    return words;
}

static void put_row(struct writing *to, const char *name, const struct thread_figures *figures, bool threads_shown)
{
    char threads[24] = "";

    if (threads_shown) {
        snprintf(threads, sizeof threads, "%llu", (unsigned long long)figures->threads);
    }
    put(to, "%-24s %7s %9llu %8llu %12s %12s %12s %12s\n", name, threads, (unsigned long long)figures->callbacks, (unsigned long long)figures->switches,
        words_of(figures->in_state[REPLAY_RUNNING]).text, words_of(figures->in_state[REPLAY_READY]).text,
        words_of(figures->in_state[REPLAY_BLOCKED]).text, words_of(figures->in_state[REPLAY_PARKED]).text);
}

static const char *name_of(const struct statistics *statistics, reference object, char *name, size_t room)
{
    size_t length = statistics->names->of_reference(statistics->names->context, object, name, room - 1);

    name[length < room - 1 ? length : room - 1] = '\0';
    return name;
}

/* How many threads are told one by one. */
#define THREADS_TOLD 100u

bool statistics_write(const struct statistics *statistics, const struct trace_sink *sink)
{
    struct writing to = {sink, false};
    uint32_t threads = replay_count(statistics->replay, OBJECT_THREAD);
    char name[512];

    put(&to, "%-24s %7s %9s %8s %12s %12s %12s %12s\n", "type of thread", "threads", "callbacks", "switches", "running",
        "ready", "blocked", "parked");
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        struct thread_figures figures = {0};
        for (uint32_t i = 0; i < threads; i++) {
            reference thread = reference_make(OBJECT_THREAD, i);
            if (replay_thread(statistics->replay, thread)->type == type) {
                statistics_add_thread(statistics->replay, thread, &figures);
            }
        }
        if (figures.threads > 0) {
            put_row(&to, thread_type_name((enum thread_type)type), &figures, true);
        }
    }
    put(&to, "\n%-24s %7s %9s %8s %12s %12s %12s %12s\n", "thread", "", "callbacks", "switches", "running", "ready",
        "blocked", "parked");
    for (uint32_t i = 0; i < threads && i < THREADS_TOLD; i++) {
        struct thread_figures figures = {0};
        statistics_add_thread(statistics->replay, reference_make(OBJECT_THREAD, i), &figures);
        if (figures.threads > 0) {
            put_row(&to, name_of(statistics, reference_make(OBJECT_THREAD, i), name, sizeof name), &figures, false);
        }
    }
    if (threads > THREADS_TOLD) {
        put(&to, "and %u more\n", threads - THREADS_TOLD);
    }
    for (uint32_t i = 0; i < statistics->lanes->ports; i++) {
        const struct port_lane *lane = &statistics->lanes->port[i];
        struct port_figures figures = port_figures(lane, statistics->lanes->end);
        sim_time end = statistics->lanes->end;
        if (lane->count > 0) {
            uint64_t limit = replay_port(statistics->replay, reference_make(OBJECT_PORT, i))->limit;
            char words[32];
            snprintf(words, sizeof words, limit == 0 ? "not known" : "%llu", (unsigned long long)limit);
            put(&to, "\nport %s: limit %s, most active %u, most queued %u, mean queued %llu.%03llu\n",
                name_of(statistics, reference_make(OBJECT_PORT, i), name, sizeof name),
                words, figures.most_active, figures.most_depth,
                end == 0 ? 0 : (unsigned long long)(figures.depth_time / end),
                end == 0 ? 0 : (unsigned long long)(figures.depth_time * 1000 / end % 1000));
        }
    }
    return !to.failed;
}

static void put_figures(struct writing *to, const struct thread_figures *figures)
{
    put(to, "{\"threads\":%llu,\"callbacks\":%llu,\"switches\":%llu,\"running\":%llu,\"ready\":%llu,\"blocked\":%llu,"
            "\"parked\":%llu}",
        (unsigned long long)figures->threads, (unsigned long long)figures->callbacks,
        (unsigned long long)figures->switches, (unsigned long long)figures->in_state[REPLAY_RUNNING],
        (unsigned long long)figures->in_state[REPLAY_READY], (unsigned long long)figures->in_state[REPLAY_BLOCKED],
        (unsigned long long)figures->in_state[REPLAY_PARKED]);
}

bool statistics_write_json(const struct statistics *statistics, const struct trace_sink *sink)
{
    struct writing to = {sink, false};
    uint32_t threads = replay_count(statistics->replay, OBJECT_THREAD);
    bool first = true;

    put(&to, "{\"t\":%llu,\"types\":{", (unsigned long long)statistics->lanes->end);
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        struct thread_figures figures = {0};
        for (uint32_t i = 0; i < threads; i++) {
            reference thread = reference_make(OBJECT_THREAD, i);
            if (replay_thread(statistics->replay, thread)->type == type) {
                statistics_add_thread(statistics->replay, thread, &figures);
            }
        }
        if (figures.threads > 0) {
            put(&to, "%s\"%s\":", first ? "" : ",", thread_type_name((enum thread_type)type));
            put_figures(&to, &figures);
            first = false;
        }
    }
    put(&to, "}}\n");
    return !to.failed;
}
