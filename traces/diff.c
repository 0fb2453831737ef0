/* SPDX-License-Identifier: Apache-2.0 */
/* Runs are compared record by record. Up to the first difference both have the same records in the same order,
 * so a cause is the same when it stands in the same place; behind it, only outcomes are compared, matched by
 * what they are about. */
#include "traces/diff.h"

#include <stdio.h>
#include <string.h>

#include "traces/cell.h"
#include "traces/writing.h"

/* References of both runs that were found to have one name; so names are written once. */
#define PAIRS 256u

struct comparing {
    const struct diff *diff;
    struct record_batch before, after;
    struct {
        reference before, after;
    } pair[PAIRS];
};

static bool same_name(struct comparing *at, reference before, reference after)
{
    char a[4096];
    char b[4096];
    uint32_t slot = (before * UINT32_C(2654435769)) >> 24;

    if (before == REFERENCE_NONE || after == REFERENCE_NONE) {
        return before == after;
    }
    if (at->pair[slot].before == before && at->pair[slot].after == after) {
        return true;
    }
    name_words(&at->diff->before->names, before, a, sizeof a);
    name_words(&at->diff->after->names, after, b, sizeof b);
    if (strcmp(a, b) != 0) {
        return false;
    }
    at->pair[slot].before = before;
    at->pair[slot].after = after;
    return true;
}

static bool same_procedure(const struct comparing *at, uint32_t before, uint32_t after)
{
    const struct record_names *a = &at->diff->before->names;
    const struct record_names *b = &at->diff->after->names;
    char one[4096];
    char other[4096];
    size_t length;

    if (before == NAME_NONE || after == NAME_NONE) {
        return before == after;
    }
    length = a->of_procedure(a->context, before, one, sizeof one);
    return b->of_procedure(b->context, after, other, sizeof other) == length &&
           memcmp(one, other, length < sizeof one ? length : sizeof one) == 0;
}

/* Operations are the same by their labels, and where they have none by their numbers. */
static bool same_op(const struct comparing *at, uint64_t before, uint64_t after)
{
    const char *a = kept_label(at->diff->before, before);
    const char *b = kept_label(at->diff->after, after);

    return a == NULL || b == NULL ? a == b && before == after : strcmp(a, b) == 0;
}

static bool same_span(struct comparing *at, const struct record *a, const struct record *b, bool is_list)
{
    if (a->span.length != b->span.length) {
        return false;
    }
    for (uint32_t i = 0; is_list && i < a->span.length; i++) {
        if (!same_name(at, at->before.list[a->span.first + i], at->after.list[b->span.first + i])) {
            return false;
        }
    }
    return is_list || a->span.length == 0 ||
           memcmp(at->before.bytes + a->span.first, at->after.bytes + b->span.first, a->span.length) == 0;
}

static bool same_value(struct comparing *at, const struct record *a, const struct record *b)
{
    if (a->which != b->which) {
        return false;
    }
    if (a->which == VALUE_TEXT) {
        return same_span(at, a, b, false);
    }
    if (a->which != VALUE_REFERENCE) {
        return a->amount == b->amount;
    }
    if (reference_kind((reference)a->amount) == OBJECT_OPERATION) {
        return same_op(at, a->amount >> 32, b->amount >> 32);
    }
    return same_name(at, (reference)a->amount, (reference)b->amount);
}

/* One own field of two records of one kind. */
static bool same_own(struct comparing *at, const struct record *a, const struct record *b, enum record_field field)
{
    switch (record_field_format(field)) {
    case FORMAT_TEXT:
        return same_span(at, a, b, false);
    case FORMAT_REFERENCES:
        return same_span(at, a, b, true);
    case FORMAT_REFERENCE:
        return same_name(at, a->which, b->which);
    case FORMAT_VALUE:
        return same_value(at, a, b);
    case FORMAT_INTEGER:
    case FORMAT_COUNT:
    case FORMAT_BOOLEAN:
    case FORMAT_ERROR:
    case FORMAT_VERB:
    case FORMAT_KIND:
    case FORMAT_END:
    case FORMAT_WHAT:
    case FORMAT_QUEUE:
    case FORMAT_TRANSITION:
        return field == FIELD_SEED || record_field_value(a, field) == record_field_value(b, field);
    }
    return false;
}

/* Whether both records have their cause in the same place of their run. */
static bool same_cause(const struct comparing *at, const struct record *a, const struct record *b)
{
    const struct record *before = kept_find(at->diff->before, a->cause);
    const struct record *after = kept_find(at->diff->after, b->cause);

    if (before == NULL || after == NULL) {
        return (a->cause == 0) == (b->cause == 0);
    }
    return before - at->diff->before->record == after - at->diff->after->record;
}

static bool same(struct comparing *at, const struct record *a, const struct record *b)
{
    const uint8_t *own = record_own_fields((enum record_kind)a->kind);

    if (a->kind != b->kind || a->t != b->t || a->why != b->why || a->item != b->item || a->cpu != b->cpu ||
        (a->type != b->type && a->thread != REFERENCE_NONE) || !same_name(at, a->thread, b->thread) || !same_name(at, a->object, b->object) ||
        !same_op(at, a->op, b->op) || !same_procedure(at, a->procedure, b->procedure) || !same_cause(at, a, b)) {
        return false;
    }
    if (record_shows_port(a) && (a->active != b->active || a->depth != b->depth)) {
        return false;
    }
    for (uint32_t i = 0; own[i] != FIELD_NONE; i++) {
        bool has = trace_has_own(a, i);
        if (has != trace_has_own(b, i) || (has && !same_own(at, a, b, (enum record_field)own[i]))) {
            return false;
        }
    }
    return true;
}

static void compare_begin(struct comparing *at, const struct diff *diff)
{
    memset(at, 0, sizeof *at);
    memset(at->pair, 0xff, sizeof at->pair);
    at->diff = diff;
    at->before = kept_batch(diff->before);
    at->after = kept_batch(diff->after);
}

bool diff_first(const struct diff *diff, size_t *place)
{
    struct comparing comparing;
    size_t i = 0;

    compare_begin(&comparing, diff);
    while (i < diff->before->count && i < diff->after->count &&
           same(&comparing, &diff->before->record[i], &diff->after->record[i])) {
        i++;
    }
    *place = i;
    return i < diff->before->count || i < diff->after->count;
}

/* The fields that a sentence may leave out, named where they differ. */
static void write_fields(struct comparing *at, const struct record *a, const struct record *b, struct writing *to)
{
    static const char *const common[] = {"type", "cpu", "op", "procedure", "item", "active", "depth"};
    struct cell_reader before = {&at->diff->before->names, NULL, NULL, NULL};
    struct cell_reader after = {&at->diff->after->names, NULL, NULL, NULL};
    const uint8_t *own = record_own_fields((enum record_kind)a->kind);
    size_t count = sizeof common / sizeof common[0];
    char one[1024];
    char other[1024];
    uint32_t written = 0;

    for (size_t i = 0; i < count + RECORD_OWN_FIELDS_MAX; i++) {
        const char *column = i < count ? common[i] : NULL;
        if (i >= count && own[i - count] == FIELD_NONE) {
            break;
        }
        column = column == NULL ? record_field_name((enum record_field)own[i - count]) : column;
        cell_write(&before, a, &at->before, column, one, sizeof one);
        cell_write(&after, b, &at->after, column, other, sizeof other);
        if (strcmp(one, other) != 0) {
            writing_put(to, "%s%s %s instead of %s", written++ == 0 ? ", with " : ", ", column, other, one);
        }
    }
    if (written == 0 && a->why == b->why) {
        writing_put(to, ", from another cause: record %llu, not %llu", (unsigned long long)b->cause,
                    (unsigned long long)a->cause);
    }
}

/* The rules of both, named in one line. */
static void write_rules(const struct record *a, const struct record *b, struct writing *to)
{
    const char *before = a == NULL ? "" : record_why_name((enum record_why)a->why);
    const char *after = b == NULL ? "" : record_why_name((enum record_why)b->why);

    if (before[0] != '\0' && after[0] != '\0' && strcmp(before, after) != 0) {
        writing_put(to, ": %s became %s", before, after);
    } else if (strcmp(before, after) != 0) {
        writing_put(to, " (%s)", before[0] == '\0' ? after : before);
    }
}

/* One rule in words, on a line of its own. */
static void write_rule(const struct record *record, struct writing *to)
{
    if (record != NULL && record->why != WHY_NONE) {
        enum record_why why = (enum record_why)record->why;
        writing_put(to, "  %s: %s%s%s%s\n", record_why_name(why), record_why_sentence(why),
                    record_why_facts(why)[0] == '\0' ? "" : " (", record_why_facts(why),
                    record_why_facts(why)[0] == '\0' ? "" : ")");
    }
}

/* The line that says where the runs part. */
static void write_line(struct comparing *at, const struct record *a, const struct record *b, struct writing *to)
{
    const struct diff *diff = at->diff;
    char before[2048] = "";
    char after[2048] = "";

    if (a != NULL) {
        kept_sentence(diff->before, a, before, sizeof before);
    }
    if (b != NULL) {
        kept_sentence(diff->after, b, after, sizeof after);
    }
    if (b == NULL) {
        writing_put(to, "%s is over where %s goes on at %s: %s", diff->after_name, diff->before_name,
                    span_words(a->t).text, before);
    } else if (a == NULL) {
        writing_put(to, "at %s %s, where %s is over", span_words(b->t).text, after, diff->before_name);
    } else if (strcmp(before, after) != 0) {
        writing_put(to, "at %s %s, where %s has%s%s: %s", span_words(b->t).text, after, diff->before_name,
                    a->t == b->t ? "" : " at ", a->t == b->t ? "" : span_words(a->t).text, before);
    } else if (a->t != b->t) {
        writing_put(to, "at %s %s, where %s has the same at %s", span_words(b->t).text, after, diff->before_name,
                    span_words(a->t).text);
    } else {
        writing_put(to, "at %s %s, as in %s", span_words(b->t).text, after, diff->before_name);
        write_fields(at, a, b, to);
    }
    write_rules(a, b, to);
    writing_put(to, "\n");
}

/* The records at which the runs part; false when they do not. */
static bool find(const struct diff *diff, const struct record **a, const struct record **b)
{
    size_t place;

    if (!diff_first(diff, &place)) {
        return false;
    }
    *a = place < diff->before->count ? &diff->before->record[place] : NULL;
    *b = place < diff->after->count ? &diff->after->record[place] : NULL;
    return true;
}

static bool write_first(const struct diff *diff, struct writing *to)
{
    struct comparing comparing;
    const struct record *a;
    const struct record *b;

    if (!find(diff, &a, &b)) {
        return false;
    }
    compare_begin(&comparing, diff);
    write_line(&comparing, a, b, to);
    write_rule(a, to);
    if (a == NULL || b == NULL || a->why != b->why) {
        write_rule(b, to);
    }
    writing_put(to, "  ");
    if (a != NULL) {
        writing_put(to, "record %llu of %s%s", (unsigned long long)a->n, diff->before_name, b == NULL ? "" : ", ");
    }
    if (b != NULL) {
        writing_put(to, "record %llu of %s", (unsigned long long)b->n, diff->after_name);
    }
    writing_put(to, "\n");
    return true;
}

bool diff_write_first(const struct diff *diff, const struct trace_sink *sink)
{
    struct writing to = {sink, false};

    (void)write_first(diff, &to);
    return !to.failed;
}

bool diff_write(const struct diff *diff, const struct trace_sink *sink)
{
    struct writing to = {sink, false};
    struct outcomes *before;
    struct outcomes *after;

    if (!write_first(diff, &to)) {
        return !to.failed;
    }
    before = outcomes_create(diff->before);
    after = outcomes_create(diff->after);
    if (before != NULL && after != NULL) {
        outcomes_write(before, after, &to);
    }
    to.failed = to.failed || before == NULL || after == NULL;
    outcomes_destroy(before);
    outcomes_destroy(after);
    return !to.failed;
}

static void write_side(const struct kept *kept, const struct record *record, struct writing *to)
{
    char sentence[2048];

    if (record == NULL) {
        writing_put(to, "null");
        return;
    }
    kept_sentence(kept, record, sentence, sizeof sentence);
    writing_put(to, "{\"n\":%llu,\"t\":%llu,\"kind\":\"%s\",\"says\":", (unsigned long long)record->n,
                (unsigned long long)record->t, record_kind_name((enum record_kind)record->kind));
    writing_string(to, sentence);
    if (record->why != WHY_NONE) {
        writing_put(to, ",\"why\":\"%s\",\"because\":", record_why_name((enum record_why)record->why));
        writing_string(to, record_why_sentence((enum record_why)record->why));
    }
    writing_put(to, "}");
}

bool diff_write_json(const struct diff *diff, const struct trace_sink *sink)
{
    struct writing to = {sink, false};
    struct outcomes *before;
    struct outcomes *after;
    const struct record *a;
    const struct record *b;

    if (!find(diff, &a, &b)) {
        writing_put(&to, "{\"same\":true}\n");
        return !to.failed;
    }
    before = outcomes_create(diff->before);
    after = outcomes_create(diff->after);
    writing_put(&to, "{\"same\":false,\"first\":{\"before\":");
    write_side(diff->before, a, &to);
    writing_put(&to, ",\"after\":");
    write_side(diff->after, b, &to);
    writing_put(&to, "},");
    if (before != NULL && after != NULL) {
        outcomes_write_json(before, after, &to);
    }
    writing_put(&to, "}\n");
    to.failed = to.failed || before == NULL || after == NULL;
    outcomes_destroy(before);
    outcomes_destroy(after);
    return !to.failed;
}
