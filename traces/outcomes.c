/* SPDX-License-Identifier: Apache-2.0 */
/* What a run came to: each callback with its thread, type and time, how the run ended, and how many records of
 * each kind there are. Callbacks of two runs are matched by what they are about: procedure, object and label;
 * among those that are about the same, in the order in which their operations were made. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/diff.h"
#include "traces/writing.h"

/* Differences of one sort that are told one by one. */
#define TOLD_MAX 20u

struct outcome {
    char *about; /* procedure, object and label in words; owned */
    char *thread;
    uint64_t op, n;
    sim_time t;
    uint8_t type;
};

struct outcomes {
    struct outcome *item; /* by what they are about, then op, then n */
    size_t count;
    uint64_t by_kind[RECORD_KIND_COUNT], by_type[THREAD_TYPE_COUNT];
    enum run_end end;
    sim_time end_time;
};

static char *copy(const char *text)
{
    char *copied = malloc(strlen(text) + 1);

    if (copied != NULL) {
        memcpy(copied, text, strlen(text) + 1);
    }
    return copied;
}

/* What a callback is about, in words. */
static void describe(const struct kept *kept, const struct record *record, char *words, size_t room)
{
    const struct record_names *names = &kept->names;
    const char *label = kept_label(kept, record->op);
    char procedure[512];
    char object[512];
    size_t length = names->of_procedure(names->context, record->procedure, procedure, sizeof procedure - 1);

    procedure[length < sizeof procedure - 1 ? length : sizeof procedure - 1] = '\0';
    name_words(names, record->object, object, sizeof object);
    snprintf(words, room, "%s%s%s%s%s%s", procedure, object[0] == '\0' ? "" : " for ", object,
             label == NULL ? "" : " (", label == NULL ? "" : label, label == NULL ? "" : ")");
}

static int compare(const void *left, const void *right)
{
    const struct outcome *a = left;
    const struct outcome *b = right;
    int order = strcmp(a->about, b->about);

    if (order != 0) {
        return order;
    }
    return a->op != b->op ? (a->op < b->op ? -1 : 1) : a->n < b->n ? -1 : a->n > b->n;
}

/* Takes one callback; false when memory ran out. */
static bool take(struct outcomes *outcomes, const struct kept *kept, const struct record *record)
{
    struct outcome *outcome = &outcomes->item[outcomes->count++];
    char words[2048];
    char thread[512];

    describe(kept, record, words, sizeof words);
    outcome->about = copy(words);
    outcome->thread = copy(name_words(&kept->names, record->thread, thread, sizeof thread));
    outcome->op = record->op;
    outcome->n = record->n;
    outcome->t = record->t;
    outcome->type = record->type;
    return outcome->about != NULL && outcome->thread != NULL;
}

struct outcomes *outcomes_create(const struct kept *kept)
{
    struct outcomes *outcomes = calloc(1, sizeof *outcomes);
    bool good = outcomes != NULL;

    if (good) {
        outcomes->end = (enum run_end)END_COUNT;
        for (size_t i = 0; i < kept->count; i++) {
            outcomes->by_kind[kept->record[i].kind]++;
        }
        outcomes->item = calloc(outcomes->by_kind[RECORD_CALLBACK_BEGIN] + 1, sizeof *outcomes->item);
        good = outcomes->item != NULL;
    }
    for (size_t i = 0; good && i < kept->count; i++) {
        const struct record *record = &kept->record[i];
        if (record->kind == RECORD_CALLBACK_BEGIN) {
            outcomes->by_type[record->type]++;
            good = take(outcomes, kept, record);
        } else if (record->kind == RECORD_RUN_END) {
            outcomes->end = (enum run_end)record->count;
            outcomes->end_time = record->t;
        }
    }
    if (!good) {
        outcomes_destroy(outcomes);
        return NULL;
    }
    qsort(outcomes->item, outcomes->count, sizeof *outcomes->item, compare);
    return outcomes;
}

void outcomes_destroy(struct outcomes *outcomes)
{
    if (outcomes == NULL) {
        return;
    }
    for (size_t i = 0; i < outcomes->count; i++) {
        free(outcomes->item[i].about);
        free(outcomes->item[i].thread);
    }
    free(outcomes->item);
    free(outcomes);
}

/* The next pair of callbacks that differ: one is NULL where only the other run has it. False at the end. */
struct pairing {
    const struct outcomes *before, *after;
    size_t a, b;
};

static bool next_pair(struct pairing *at, const struct outcome **a, const struct outcome **b)
{
    while (at->a < at->before->count || at->b < at->after->count) {
        int order;
        *a = at->a < at->before->count ? &at->before->item[at->a] : NULL;
        *b = at->b < at->after->count ? &at->after->item[at->b] : NULL;
        order = *a == NULL ? 1 : *b == NULL ? -1 : strcmp((*a)->about, (*b)->about);
        at->a += order <= 0;
        at->b += order >= 0;
        *a = order > 0 ? NULL : *a;
        *b = order < 0 ? NULL : *b;
        if (order != 0 || strcmp((*a)->thread, (*b)->thread) != 0 || (*a)->type != (*b)->type || (*a)->t != (*b)->t) {
            return true;
        }
    }
    return false;
}

static void write_place(const struct outcome *outcome, struct writing *to)
{
    if (outcome == NULL) {
        writing_put(to, "nobody");
    } else {
        writing_put(to, "%s (%s) at %s", outcome->thread, thread_type_name((enum thread_type)outcome->type),
                    span_words(outcome->t).text);
    }
}

static void write_callbacks(const struct outcomes *before, const struct outcomes *after, struct writing *to)
{
    struct pairing pairing = {before, after, 0, 0};
    const struct outcome *a;
    const struct outcome *b;
    size_t told = 0;

    while (next_pair(&pairing, &a, &b)) {
        if (told++ < TOLD_MAX) {
            writing_put(to, "%s  %s: ", told == 1 ? "callbacks that moved:\n" : "", (a == NULL ? b : a)->about);
            write_place(a, to);
            writing_put(to, " -> ");
            write_place(b, to);
            writing_put(to, "\n");
        }
    }
    if (told > TOLD_MAX) {
        writing_put(to, "  and %zu more\n", told - TOLD_MAX);
    }
}

/* One count, where it changed; whether it did. */
static bool write_count(struct writing *to, const char *what, const char *of, uint64_t before, uint64_t after)
{
    if (before == after) {
        return false;
    }
    writing_put(to, "  %s%s: %llu -> %llu\n", of, what, (unsigned long long)before, (unsigned long long)after);
    return true;
}

static const char *end_words(const struct outcomes *outcomes)
{
    return outcomes->end == (enum run_end)END_COUNT ? "without an end" : run_end_name(outcomes->end);
}

void outcomes_write(const struct outcomes *before, const struct outcomes *after, struct writing *to)
{
    write_callbacks(before, after, to);
    if (before->end != after->end || before->end_time != after->end_time) {
        writing_put(to, "how it ends: %s at %s -> %s at %s\n", end_words(before), span_words(before->end_time).text,
                    end_words(after), span_words(after->end_time).text);
    }
    if (memcmp(before->by_type, after->by_type, sizeof before->by_type) != 0 ||
        memcmp(before->by_kind, after->by_kind, sizeof before->by_kind) != 0) {
        writing_put(to, "counts:\n");
    }
    for (uint32_t type = 0; type < THREAD_TYPE_COUNT; type++) {
        (void)write_count(to, thread_type_name((enum thread_type)type), "callbacks by type ", before->by_type[type],
                          after->by_type[type]);
    }
    for (uint32_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        (void)write_count(to, record_kind_name((enum record_kind)kind), "records ", before->by_kind[kind],
                          after->by_kind[kind]);
    }
}

static void write_place_json(const struct outcome *outcome, struct writing *to)
{
    if (outcome == NULL) {
        writing_put(to, "null");
        return;
    }
    writing_put(to, "{\"thread\":");
    writing_string(to, outcome->thread);
    writing_put(to, ",\"type\":\"%s\",\"t\":%llu}", thread_type_name((enum thread_type)outcome->type),
                (unsigned long long)outcome->t);
}

static void write_counts_json(struct writing *to, const struct outcomes *before, const struct outcomes *after)
{
    bool first = true;

    for (uint32_t kind = 0; kind < RECORD_KIND_COUNT; kind++) {
        if (before->by_kind[kind] != after->by_kind[kind]) {
            writing_put(to, "%s\"%s\":[%llu,%llu]", first ? "" : ",", record_kind_name((enum record_kind)kind),
                        (unsigned long long)before->by_kind[kind], (unsigned long long)after->by_kind[kind]);
            first = false;
        }
    }
}

void outcomes_write_json(const struct outcomes *before, const struct outcomes *after, struct writing *to)
{
    struct pairing pairing = {before, after, 0, 0};
    const struct outcome *a;
    const struct outcome *b;
    bool first = true;

    writing_put(to, "\"callbacks\":[");
    while (next_pair(&pairing, &a, &b)) {
        writing_put(to, "%s{\"about\":", first ? "" : ",");
        writing_string(to, (a == NULL ? b : a)->about);
        writing_put(to, ",\"before\":");
        write_place_json(a, to);
        writing_put(to, ",\"after\":");
        write_place_json(b, to);
        writing_put(to, "}");
        first = false;
    }
    writing_put(to, "],\"records\":{");
    write_counts_json(to, before, after);
    writing_put(to, "},\"ends\":[\"%s\",\"%s\"],\"t\":[%llu,%llu]", end_words(before), end_words(after),
                (unsigned long long)before->end_time, (unsigned long long)after->end_time);
}
