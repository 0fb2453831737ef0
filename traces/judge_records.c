/* SPDX-License-Identifier: Apache-2.0 */
/* Claims that look at one record after another, and what a step must give. */
#include "traces/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *label_of(const void *context, uint64_t op)
{
    const struct expectation *judge = context;

    return op < judge->label_room ? judge->label[op] : NULL;
}

static struct cell_reader judge_reader(const struct expectation *judge)
{
    return (struct cell_reader){judge->context.names, judge->replay, label_of, judge};
}

static bool name_is(const struct expectation *judge, const struct record *record, const char *column, const char *text)
{
    struct cell_reader reader = judge_reader(judge);
    struct cell expected = {.form = CELL_STRING, .text = text};

    return text == NULL || cell_matches(&reader, record, NULL, column, &expected);
}

/* The fields of one callback that a claim gives; the first that is different, or NULL. */
static const char *callback_differs(const struct expectation *judge, const struct claim *claim, const struct record *record)
{
    if (!name_is(judge, record, "type", claim->type)) {
        return "type";
    }
    if (!name_is(judge, record, "thread", claim->thread)) {
        return "thread";
    }
    if (!name_is(judge, record, "why", claim->why)) {
        return "why";
    }
    return judge_is_within(&claim->time, record->t) ? NULL : "t";
}

static void judge_callback(struct expectation *judge, const struct claim *claim, struct judging *judging, const struct record *record)
{
    struct cell_reader reader = judge_reader(judge);
    const char *column;
    char is[256];
    const char *wanted;

    if (record->kind != RECORD_CALLBACK_BEGIN || !name_is(judge, record, "procedure", claim->words)) {
        return;
    }
    judging->seen++;
    if (judging->settled || (claim->nth > 0 && judging->seen != (uint64_t)claim->nth)) {
        return;
    }
    column = callback_differs(judge, claim, record);
    if (column == NULL) {
        return;
    }
    cell_write(&reader, record, NULL, column, is, sizeof is);
    wanted = column[0] == 't' && column[1] == 'y'   ? claim->type
             : column[0] == 't' && column[1] == 'h' ? claim->thread
             : column[0] == 'w'                     ? claim->why
                                                    : NULL;
    judge_fail(judge, claim->pointer, claim->description, "call %llu of '%s' at %s: %s is %s, not %s",
               (unsigned long long)judging->seen, claim->words, span_words(record->t).text, column, is,
               wanted == NULL ? span_words(claim->time.from).text : wanted);
    judging->settled = true;
}

static bool text_is(const struct record *record, const struct record_batch *batch, const char *text)
{
    return strlen(text) == record->span.length &&
           memcmp(batch->bytes + record->span.first, text, record->span.length) == 0;
}

static void judge_output(struct expectation *judge, const struct claim *claim, struct judging *judging,
                         const struct record *record, const struct record_batch *batch)
{
    if (record->kind != RECORD_LOG || !name_is(judge, record, "thread", claim->thread)) {
        return;
    }
    if (!judging->settled &&
        (judging->next >= claim->name_count || !text_is(record, batch, claim->name[judging->next]))) {
        judge_fail(judge, claim->pointer, claim->description, "line %zu is '%.*s', not %s%s%s", judging->next + 1,
                   (int)record->span.length, batch->bytes + record->span.first,
                   judging->next < claim->name_count ? "'" : "the end",
                   judging->next < claim->name_count ? claim->name[judging->next] : "",
                   judging->next < claim->name_count ? "'" : "");
        judging->settled = true;
    }
    judging->next++;
}

static bool filter_matches(const struct expectation *judge, const struct claim_filter *filter,
                           const struct record *record, const struct record_batch *batch)
{
    struct cell_reader reader = judge_reader(judge);

    for (size_t i = 0; i < filter->count; i++) {
        if (!cell_matches(&reader, record, batch, filter->field[i].field, &filter->field[i].expected)) {
            return false;
        }
    }
    return true;
}

static void judge_order(struct expectation *judge, const struct claim *claim, struct judging *judging,
                        const struct record *record, const struct record_batch *batch)
{
    const struct claim_event *event;
    bool found;

    if (judging->next >= claim->event_count) {
        return;
    }
    event = &claim->event[judging->next];
    if (event->log != NULL) {
        found = record->kind == RECORD_LOG && text_is(record, batch, event->log);
    } else if (event->callback != NULL) {
        found = record->kind == RECORD_CALLBACK_BEGIN && name_is(judge, record, "procedure", event->callback) &&
                name_is(judge, record, "thread", event->thread);
    } else {
        found = filter_matches(judge, &event->record, record, batch);
    }
    judging->next += found;
}

/* The row of a records claim that does not match, told column by column. */
static void row_differs(struct expectation *judge, const struct claim *claim, size_t row, const struct record *record,
                        const struct record_batch *batch)
{
    struct cell_reader reader = judge_reader(judge);
    char is[1024] = "";
    char wanted[1024] = "";
    size_t is_length = 0;
    size_t wanted_length = 0;
    char cell[256];

    for (size_t i = 0; i < claim->name_count; i++) {
        cell_write(&reader, record, batch, claim->name[i], cell, sizeof cell);
        if (is_length < sizeof is) {
            is_length += (size_t)snprintf(is + is_length, sizeof is - is_length, i == 0 ? "%s" : ", %s", cell);
        }
        if (row < claim->row_count && wanted_length < sizeof wanted) {
            cell_expected_write(&claim->cell[row * claim->name_count + i], cell, sizeof cell);
            wanted_length += (size_t)snprintf(wanted + wanted_length, sizeof wanted - wanted_length,
                                              i == 0 ? "%s" : ", %s", cell);
        }
    }
    judge_fail(judge, claim->pointer, claim->description, "row %zu (record %llu) is %s; expected %s", row + 1,
               (unsigned long long)record->n, is, row < claim->row_count ? wanted : "no more rows");
}

static void judge_records(struct expectation *judge, const struct claim *claim, struct judging *judging,
                          const struct record *record, const struct record_batch *batch)
{
    struct cell_reader reader = judge_reader(judge);
    size_t row = judging->next;

    if (!filter_matches(judge, &claim->filter, record, batch)) {
        return;
    }
    judge->misuses_expected += record->kind == RECORD_MISUSE;
    judging->next++;
    if (judging->settled || claim->cell == NULL) {
        return;
    }
    for (size_t i = 0; i < claim->name_count && row < claim->row_count; i++) {
        if (!cell_matches(&reader, record, batch, claim->name[i], &claim->cell[row * claim->name_count + i])) {
            row_differs(judge, claim, row, record, batch);
            judging->settled = true;
            return;
        }
    }
    if (row >= claim->row_count) {
        row_differs(judge, claim, row, record, batch);
        judging->settled = true;
    }
}

/* Whether a circle of threads has exactly the claimed names, in any order. */
static bool threads_are(const struct expectation *judge, const struct claim *claim, const struct record *record,
                        const struct record_batch *batch)
{
    char name[512];
    size_t found = 0;

    for (uint32_t i = 0; i < record->span.length; i++) {
        size_t length = judge->context.names->of_reference(
            judge->context.names->context, batch->list[record->span.first + i], name, sizeof name - 1);
        name[length < sizeof name - 1 ? length : sizeof name - 1] = '\0';
        for (size_t j = 0; j < claim->name_count; j++) {
            found += strcmp(claim->name[j], name) == 0;
        }
    }
    return found == claim->name_count && record->span.length == claim->name_count;
}

static void judge_end(struct expectation *judge, const struct claim *claim, struct judging *judging,
                      const struct record *record, const struct record_batch *batch)
{
    if (record->kind != RECORD_RUN_END) {
        return;
    }
    judging->seen = 1;
    if (record->count != (uint32_t)claim->end) {
        judge_fail(judge, claim->pointer, claim->description, "the run ends %s at %s, not %s",
                   run_end_name((enum run_end)record->count), span_words(record->t).text, run_end_name(claim->end));
    } else if (!judge_is_within(&claim->time, record->t)) {
        judge_fail(judge, claim->pointer, claim->description, "the run ends at %s, not at %s",
                   span_words(record->t).text, span_words(claim->time.from).text);
    } else if (claim->has_names && !threads_are(judge, claim, record, batch)) {
        struct cell_reader reader = judge_reader(judge);
        char is[512];
        cell_write(&reader, record, batch, "threads", is, sizeof is);
        judge_fail(judge, claim->pointer, claim->description, "the threads in the circle are %s", is);
    }
}

void judge_record(struct expectation *judge, size_t index, const struct record *record, const struct record_batch *batch)
{
    const struct claim *claim = &judge->context.claims->claim[index];
    struct judging *judging = &judge->judging[index];

    switch ((int)claim->kind) {
    case CLAIM_callback:
        judge_callback(judge, claim, judging, record);
        break;
    case CLAIM_log:
        judging->seen += record->kind == RECORD_LOG && text_is(record, batch, claim->words) &&
                         name_is(judge, record, "thread", claim->thread) &&
                         judge_is_within(&claim->time, record->t);
        break;
    case CLAIM_output:
        judge_output(judge, claim, judging, record, batch);
        break;
    case CLAIM_order:
        judge_order(judge, claim, judging, record, batch);
        break;
    case CLAIM_records:
        judge_records(judge, claim, judging, record, batch);
        break;
    case CLAIM_ends:
        judge_end(judge, claim, judging, record, batch);
        break;
    default:
        break;
    }
}

/* One result of an outcome, or one packet of a batch, against what the step must give. */
static void judge_entries(struct expectation *judge, const struct claim_gives *gives, const struct record *record)
{
    uint32_t count;
    const uint64_t *taken = replay_taken(judge->replay, record->thread, &count);
    struct cell_reader reader = judge_reader(judge);

    count = record->ok ? count : 0;
    if (count != gives->entry_count) {
        judge_fail(judge, gives->pointer, NULL, "at %s the get took %u packets, not %zu",
                   span_words(record->t).text, count,
                   gives->entry_count);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct replay_op *op = replay_op(judge->replay, taken[i]);
        struct record packet = {.kind = RECORD_CALLBACK_BEGIN, .thread = REFERENCE_NONE, .object = REFERENCE_NONE,
                                .procedure = NAME_NONE, .step = NAME_NONE, .op = taken[i], .bytes = op->bytes,
                                .key = op->key, .error = op->error, .ok = op->ok, .t = record->t};
        for (size_t j = 0; j < gives->entry[i].count; j++) {
            const struct claim_field *field = &gives->entry[i].field[j];
            const char *column = strcmp(field->field, "operation") == 0 ? "op" : field->field;
            char is[256];
            char wanted[256];
            if (cell_matches(&reader, &packet, NULL, column, &field->expected)) {
                continue;
            }
            cell_write(&reader, &packet, NULL, column, is, sizeof is);
            cell_expected_write(&field->expected, wanted, sizeof wanted);
            judge_fail(judge, gives->pointer, NULL, "at %s entry %u gives %s %s, not %s",
                       span_words(record->t).text, i,
                       field->field, is, wanted);
        }
    }
}

static int compare_gives(const void *key, const void *item)
{
    const uint32_t *step = key;
    const struct claim_gives *gives = item;

    return *step < gives->step ? -1 : *step > gives->step;
}

void judge_outcome(struct expectation *judge, const struct record *record, const struct record_batch *batch)
{
    const struct expectation_claims *claims = judge->context.claims;
    const struct claim_gives *gives;
    struct cell_reader reader = judge_reader(judge);
    char is[256];
    char wanted[256];

    gives = bsearch(&record->step, claims->gives, claims->gives_count, sizeof *claims->gives, compare_gives);
    if (gives == NULL) {
        return;
    }
    for (size_t i = 0; i < gives->count; i++) {
        const struct claim_field *field = &gives->field[i];
        bool is_operation = strcmp(field->field, "operation") == 0;
        const char *column = is_operation ? "op" : field->field;
        if (is_operation && field->expected.form == CELL_NULL) {
            const struct replay_op *op = record->op == 0 ? NULL : replay_op(judge->replay, record->op);
            if (op == NULL || (op->is_post && label_of(judge, record->op) == NULL)) {
                continue;
            }
        }
        if (cell_matches(&reader, record, batch, column, &field->expected)) {
            continue;
        }
        cell_write(&reader, record, batch, column, is, sizeof is);
        cell_expected_write(&field->expected, wanted, sizeof wanted);
        judge_fail(judge, gives->pointer, NULL, "at %s it gives %s %s, not %s", span_words(record->t).text,
                   field->field, is,
                   wanted);
    }
    if (gives->has_entries) {
        judge_entries(judge, gives, record);
    }
}
