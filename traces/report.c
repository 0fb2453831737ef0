/* SPDX-License-Identifier: Apache-2.0 */
/* The report keeps one entry for each callback and line, names in full, and prints them in the order of the
 * run. The rule is told once in words for each of its kinds, under the table. */
#include "traces/report.h"

#include <stdlib.h>
#include <string.h>

#include "traces/ending.h"
#include "traces/loads.h"
#include "traces/statistics.h"
#include "traces/writing.h"

/* A callback, or a line: its text is the procedure's name, or what was said. */
struct entry {
    sim_time t;
    char *thread, *text, *object;
    uint8_t type, why;
    bool is_callback;
};

struct report {
    struct record_names names;
    struct entry *entry;
    size_t count, room;
    uint64_t callbacks, left_out;
    uint64_t by_why[WHY_COUNT];
    struct record end; /* the run-end, when it has come */
    bool ended, failed;
};

struct report *report_create(const struct record_names *names)
{
    struct report *report = calloc(1, sizeof *report);

    if (report != NULL) {
        report->names = *names;
    }
    return report;
}

void report_destroy(struct report *report)
{
    if (report == NULL) {
        return;
    }
    for (size_t i = 0; i < report->count; i++) {
        free(report->entry[i].thread);
        free(report->entry[i].text);
        free(report->entry[i].object);
    }
    free(report->entry);
    free(report);
}

bool report_failed(const struct report *report)
{
    return report->failed;
}

enum run_end report_end(const struct report *report)
{
    return report->ended ? (enum run_end)report->end.count : (enum run_end)END_COUNT;
}

sim_time report_end_time(const struct report *report)
{
    return report->end.t;
}

static char *copy(struct report *report, const char *bytes, size_t length)
{
    char *copied = calloc(1, length + 1);

    if (copied == NULL) {
        report->failed = true;
        return NULL;
    }
    memcpy(copied, bytes, length);
    return copied;
}

static char *name_of(struct report *report, reference object)
{
    char name[512];
    size_t length = report->names.of_reference(report->names.context, object, name, sizeof name);

    return copy(report, name, length < sizeof name ? length : sizeof name);
}

static struct entry *add_entry(struct report *report)
{
    if (report->count == report->room) {
        size_t room = report->room == 0 ? 64 : report->room * 2;
        struct entry *grown = realloc(report->entry, room * sizeof *grown);
        if (grown == NULL) {
            report->failed = true;
            return NULL;
        }
        report->entry = grown;
        report->room = room;
    }
    memset(&report->entry[report->count], 0, sizeof *report->entry);
    return &report->entry[report->count++];
}

static void see(struct report *report, const struct record *record, const struct record_batch *batch)
{
    struct entry *entry;
    char name[4096];
    size_t length;

    if (record->kind == RECORD_RUN_END) {
        report->ended = true;
        report->end = *record;
        return;
    }
    if (record->kind == RECORD_CALLBACK_BEGIN) {
        report->callbacks++;
        report->by_why[record->why]++;
        if (report->callbacks > REPORT_CALLBACKS_MAX) {
            report->left_out++;
            return;
        }
    } else if (report->left_out > 0) {
        return;
    }
    entry = add_entry(report);
    if (entry == NULL) {
        return;
    }
    entry->t = record->t;
    entry->type = record->type;
    entry->why = record->why;
    entry->thread = name_of(report, record->thread);
    entry->is_callback = record->kind == RECORD_CALLBACK_BEGIN;
    if (!entry->is_callback) {
        entry->text = copy(report, batch->bytes + record->span.first, record->span.length);
        return;
    }
    length = report->names.of_procedure(report->names.context, record->procedure, name, sizeof name);
    entry->text = copy(report, name, length < sizeof name ? length : sizeof name);
    if (record->object != REFERENCE_NONE) {
        entry->object = name_of(report, record->object);
    }
}

void report_see(void *context, const struct record_batch *batch)
{
    struct report *report = context;

    for (uint32_t i = 0; i < batch->count && !report->failed; i++) {
        uint8_t kind = batch->record[i].kind;
        if (kind == RECORD_CALLBACK_BEGIN || kind == RECORD_LOG || kind == RECORD_RUN_END) {
            see(report, &batch->record[i], batch);
        }
    }
}

static size_t widest(size_t most, const char *text)
{
    size_t length = text == NULL ? 0 : strlen(text);

    return length > most ? length : most;
}

static void write_entries(const struct report *report, struct writing *to)
{
    size_t time = 4;
    size_t thread = 6;
    size_t type = 4;

    for (size_t i = 0; i < report->count; i++) {
        time = widest(time, span_words(report->entry[i].t).text);
        thread = widest(thread, report->entry[i].thread);
        type = widest(type, thread_type_name((enum thread_type)report->entry[i].type));
    }
    if (report->count > 0) {
        writing_put(to, "%*s  %-*s  %-*s  what\n", (int)time, "time", (int)thread, "thread", (int)type, "type");
    }
    for (size_t i = 0; i < report->count; i++) {
        const struct entry *entry = &report->entry[i];
        writing_put(to, "%*s  %-*s  %-*s  ", (int)time, span_words(entry->t).text, (int)thread, entry->thread, (int)type,
            thread_type_name((enum thread_type)entry->type));
        if (entry->is_callback) {
            writing_put(to, "runs %s%s%s  (%s)\n", entry->text, entry->object == NULL ? "" : " for ",
                entry->object == NULL ? "" : entry->object, record_why_name((enum record_why)entry->why));
        } else {
            writing_put(to, "says: %s\n", entry->text);
        }
    }
    if (report->left_out > 0) {
        writing_put(to, "and %llu more callbacks, with what was said from there on; --follow shows all\n",
            (unsigned long long)report->left_out);
    }
}

static void write_rules(const struct report *report, struct writing *to)
{
    bool any = false;

    for (uint32_t why = 1; why < WHY_COUNT; why++) {
        if (report->by_why[why] > 0) {
            writing_put(to, "%s", any ? "" : "\nwhy this thread:\n");
            writing_put(to, "  %s: %s (%s)\n", record_why_name((enum record_why)why),
                record_why_sentence((enum record_why)why), record_why_facts((enum record_why)why));
            any = true;
        }
    }
}

/* What the threads of each type did, summed. */
static void sum_types(const struct replay *replay, struct thread_figures *sum)
{
    for (uint32_t i = 0; i < replay_count(replay, OBJECT_THREAD); i++) {
        reference thread = reference_make(OBJECT_THREAD, i);
        statistics_add_thread(replay, thread, &sum[replay_thread(replay, thread)->type]);
    }
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        statistics_add_forgotten(replay, (uint8_t)type, &sum[type]);
    }
}

/* The summary; `is_first`: nothing stands above it. */
static void write_types(const struct replay *replay, struct writing *to, bool is_first)
{
    struct thread_figures sum[THREAD_TYPE_COUNT] = {0};

    sum_types(replay, sum);
    writing_put(to, "%s%-16s %7s %9s %8s %12s %12s %12s\n", is_first ? "" : "\n", "type", "threads", "callbacks", "switches",
        "running", "blocked", "parked");
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        if (sum[type].threads > 0) {
            writing_put(to, "%-16s %7llu %9llu %8llu %12s %12s %12s\n", thread_type_name((enum thread_type)type),
                (unsigned long long)sum[type].threads, (unsigned long long)sum[type].callbacks,
                (unsigned long long)sum[type].switches, span_words(sum[type].in_state[REPLAY_RUNNING]).text,
                span_words(sum[type].in_state[REPLAY_BLOCKED]).text, span_words(sum[type].in_state[REPLAY_PARKED]).text);
        }
    }
}

bool report_write(const struct report *report, const struct replay *replay, const struct trace_sink *sink)
{
    struct writing to = {sink, false};
    struct ending ending = {.end = &report->end, .replay = replay, .names = &report->names};

    write_entries(report, &to);
    write_rules(report, &to);
    write_types(replay, &to, report->count == 0);
    loads_write(&to, replay_items(replay), &report->names);
    if (report->ended) {
        writing_put(&to, "\n%s at %s: %s\n", run_end_name(report_end(report)),
                    span_words(report->end.t).text, run_end_sentence(report_end(report)));
        to.failed = to.failed || !ending_write(&ending, sink);
    }
    return !to.failed;
}

bool report_write_json(const struct report *report, const struct replay *replay, const struct trace_sink *sink)
{
    struct writing to = {sink, false};
    struct thread_figures sum[THREAD_TYPE_COUNT] = {0};
    bool first = true;

    writing_put(&to, "{\"events\":[");
    for (size_t i = 0; i < report->count; i++) {
        const struct entry *entry = &report->entry[i];
        writing_put(&to, "%s{\"t\":%llu,\"thread\":", i == 0 ? "" : ",", (unsigned long long)entry->t);
        writing_string(&to, entry->thread);
        writing_put(&to, ",\"type\":\"%s\",\"%s\":", thread_type_name((enum thread_type)entry->type),
            entry->is_callback ? "callback" : "log");
        writing_string(&to, entry->text);
        if (entry->is_callback) {
            writing_put(&to, ",\"object\":");
            writing_string(&to, entry->object);
            writing_put(&to, ",\"why\":\"%s\"", record_why_name((enum record_why)entry->why));
        }
        writing_put(&to, "}");
    }
    writing_put(&to, "],\"left_out\":%llu,\"types\":{", (unsigned long long)report->left_out);
    sum_types(replay, sum);
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        if (sum[type].threads > 0) {
            writing_put(&to, "%s\"%s\":{\"threads\":%llu,\"callbacks\":%llu,\"switches\":%llu,\"running\":%llu,"
                     "\"blocked\":%llu,\"parked\":%llu}",
                first ? "" : ",", thread_type_name((enum thread_type)type), (unsigned long long)sum[type].threads,
                (unsigned long long)sum[type].callbacks, (unsigned long long)sum[type].switches,
                (unsigned long long)sum[type].in_state[REPLAY_RUNNING],
                (unsigned long long)sum[type].in_state[REPLAY_BLOCKED],
                (unsigned long long)sum[type].in_state[REPLAY_PARKED]);
            first = false;
        }
    }
    writing_put(&to, "}");
    loads_write_json(&to, replay_items(replay), &report->names);
    writing_put(&to, ",\"end\":\"%s\",\"t\":%llu}\n", report->ended ? run_end_name(report_end(report)) : "",
        (unsigned long long)report->end.t);
    return !to.failed;
}
