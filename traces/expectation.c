/* SPDX-License-Identifier: Apache-2.0 */
/* The judge: an observer that folds records and judges each claim as soon as it can be judged.
 *
 * Claims about state are judged between steps: when a record of another step comes, the state is that after
 * the step before it. Claims about records are judged record by record (judge_records.c). What their formulas read is
 * in judge_formulas.c. */
#include "traces/expectation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/judge.h"

const char *claim_word(enum claim_kind kind)
{
    static const char *const words[] = {
#define CLAIM(name, subject, checked, what, arguments) #name,
#include "traces/claim.def"
#undef CLAIM
    };

    return words[kind];
}

enum claim_checked claim_checked(enum claim_kind kind)
{
    static const uint8_t checked_of[] = {
#define CLAIM(name, subject, checked, what, arguments) CHECKED_##checked,
#include "traces/claim.def"
#undef CLAIM
    };

    return (enum claim_checked)checked_of[kind];
}

void expectation_release(struct expectation_claims *claims)
{
    for (size_t i = 0; i < claims->owned_count; i++) {
        free(claims->owned[i]);
    }
    free(claims->owned);
    free(claims->claim);
    free(claims->gives);
    free(claims->aggregate);
    memset(claims, 0, sizeof *claims);
}

/* Whether a claim, or a figure in one, is about the state between steps. */
static bool follows_steps(const struct expectation_claims *claims)
{
    bool follows = false;

    for (size_t i = 0; i < claims->aggregate_count; i++) {
        follows = follows || claim_aggregate_is_asked(claims, &claims->aggregate[i]);
    }
    for (size_t i = 0; i < claims->claim_count; i++) {
        enum claim_kind kind = claims->claim[i].kind;
        follows = follows || (claims->claim[i].applies &&
                              (kind == CLAIM_always || kind == CLAIM_never || kind == CLAIM_eventually || kind == CLAIM_when));
    }
    return follows;
}

struct expectation *expectation_create(const struct expectation_context *context)
{
    struct expectation *judge = calloc(1, sizeof *judge);

    if (judge == NULL) {
        return NULL;
    }
    judge->context = *context;
    judge->replay = replay_create(context->cast);
    judge->judging = calloc(context->claims->claim_count + 1, sizeof *judge->judging);
    judge->aggregate = calloc(context->claims->aggregate_count + 1, sizeof *judge->aggregate);
    judge->series = calloc(context->claims->aggregate_count + 1, sizeof *judge->series);
    if (judge->replay == NULL || judge->judging == NULL || judge->aggregate == NULL || judge->series == NULL) {
        expectation_destroy(judge);
        return NULL;
    }
    judge->follows_steps = follows_steps(context->claims);
    if (!interest_has(&context->interest, RECORD_OUTCOME)) {
        replay_count_only(judge->replay);
    }
    for (size_t i = 0; i < context->claims->aggregate_count; i++) {
        judge->aggregate[i].from = context->claims->aggregate[i].from;
        judge->aggregate[i].keeps_history = context->claims->aggregate[i].function == AGGREGATE_CHANGE;
        judge->aggregate[i].keeps_weights = context->claims->aggregate[i].function >= AGGREGATE_P50;
        judge->series[i].keeps = judge->aggregate[i].keeps_weights;
    }
    return judge;
}

void expectation_destroy(struct expectation *judge)
{
    if (judge == NULL) {
        return;
    }
    for (size_t i = 0; judge->aggregate != NULL && i < judge->context.claims->aggregate_count; i++) {
        aggregate_release(&judge->aggregate[i]);
    }
    for (size_t i = 0; judge->series != NULL && i < judge->context.claims->aggregate_count; i++) {
        spans_release(&judge->series[i]);
    }
    free(judge->series);
    for (size_t i = 0; i < judge->failure_count; i++) {
        free(judge->failure[i].message);
    }
    for (uint64_t i = 0; i < judge->label_room; i++) {
        free(judge->label[i]);
    }
    free(judge->label);
    free(judge->failure);
    free(judge->aggregate);
    free(judge->judging);
    replay_destroy(judge->replay);
    free(judge);
}

void judge_fail(struct expectation *judge, const char *pointer, const char *description, const char *format, ...)
{
    char message[2048];
    va_list arguments;

    if (judge->failure_count == judge->failure_room) {
        size_t room = judge->failure_room == 0 ? 8 : judge->failure_room * 2;
        struct failure *grown = realloc(judge->failure, room * sizeof *grown);
        if (grown == NULL) {
            judge->out_of_memory = true;
            return;
        }
        judge->failure = grown;
        judge->failure_room = room;
    }
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    judge->failure[judge->failure_count].pointer = pointer;
    judge->failure[judge->failure_count].description = description;
    judge->failure[judge->failure_count].message = calloc(1, strlen(message) + 1);
    if (judge->failure[judge->failure_count].message == NULL) {
        judge->out_of_memory = true;
        return;
    }
    memcpy(judge->failure[judge->failure_count++].message, message, strlen(message));
}

/* Keeps the label that `as` gave an operation. */
static void note_label(struct expectation *judge, const struct record *record, const struct record_batch *batch)
{
    if (record->op >= judge->label_room) {
        uint64_t room = judge->label_room == 0 ? 64 : judge->label_room;
        char **grown;
        while (room <= record->op) {
            room *= 2;
        }
        grown = realloc(judge->label, room * sizeof *grown);
        if (grown == NULL) {
            judge->out_of_memory = true;
            return;
        }
        memset(grown + judge->label_room, 0, (room - judge->label_room) * sizeof *grown);
        judge->label = grown;
        judge->label_room = room;
    }
    free(judge->label[record->op]);
    judge->label[record->op] = calloc(1, record->span.length + 1u);
    if (judge->label[record->op] == NULL) {
        judge->out_of_memory = true;
        return;
    }
    memcpy(judge->label[record->op], batch->bytes + record->span.first, record->span.length);
}

/* Notes every aggregate's argument as it stands between two steps. */
static void note_aggregates(struct expectation *judge)
{
    const struct expectation_claims *claims = judge->context.claims;
    struct value value;

    for (size_t i = 0; i < claims->aggregate_count; i++) {
        if (!claims->aggregate[i].is_of_series && claim_aggregate_is_asked(claims, &claims->aggregate[i]) &&
            judge_evaluate(judge, &claims->aggregate[i].argument, &value) == FORMULA_OK &&
            !aggregate_note(&judge->aggregate[i], replay_now(judge->replay), value)) {
            judge->out_of_memory = true;
        }
    }
}

/* An item has ended: its durations belong to the series that are asked about. */
static void note_series(struct expectation *judge)
{
    const struct expectation_claims *claims = judge->context.claims;
    const struct item_ended *ended = &replay_items(judge->replay)->ended;

    for (size_t i = 0; i < claims->aggregate_count; i++) {
        const struct claim_aggregate *aggregate = &claims->aggregate[i];
        if (aggregate->is_of_series && claim_aggregate_is_asked(claims, aggregate) && aggregate->load == ended->load && ended->arrived >= aggregate->measure_from &&
            !spans_add(&judge->series[i], ended->span[aggregate->series])) {
            judge->out_of_memory = true;
        }
    }
}

/* Judges a claim about state after a step. */
static void judge_state(struct expectation *judge, const struct claim *claim, struct judging *judging)
{
    sim_time now = replay_now(judge->replay);

    if (judging->settled) {
        return;
    }
    if (claim->kind == CLAIM_always || claim->kind == CLAIM_never) {
        bool wanted = claim->kind == CLAIM_always;
        if (judge_is_within(&claim->time, now) && judge_holds(judge, claim, judging) != wanted &&
            !judging->settled) {
            judge_fail(judge, claim->pointer, claim->description, "at %s, after step %llu, '%s' %s",
                       span_words(now).text,
                       (unsigned long long)judge->step_n, claim->words, wanted ? "does not hold" : "holds");
            judging->settled = true;
        }
    } else if (claim->kind == CLAIM_eventually) {
        if ((!claim->time.given || now <= claim->time.to) && judge_holds(judge, claim, judging)) {
            judging->settled = true;
            judging->seen = 1;
        }
    }
}

/* Between two steps. */
static void between_steps(struct expectation *judge)
{
    const struct expectation_claims *claims = judge->context.claims;

    note_aggregates(judge);
    for (size_t i = 0; i < claims->claim_count; i++) {
        if (claims->claim[i].applies) {
            judge_state(judge, &claims->claim[i], &judge->judging[i]);
        }
    }
}

/* Time goes on to `next`: what is claimed of an instant before that can be judged. */
static void before_time(struct expectation *judge, sim_time next)
{
    const struct expectation_claims *claims = judge->context.claims;
    sim_time now = replay_now(judge->replay);

    for (size_t i = 0; i < claims->claim_count; i++) {
        const struct claim *claim = &claims->claim[i];
        struct judging *judging = &judge->judging[i];
        if (claim->kind != CLAIM_when || !claim->applies || judging->settled || claim->time.from >= next) {
            continue;
        }
        replay_advance(judge->replay, claim->time.from > now ? claim->time.from : now);
        if (!judge_holds(judge, claim, judging) && !judging->settled) {
            judge_fail(judge, claim->pointer, claim->description, "at %s '%s' does not hold",
                       span_words(claim->time.from).text, claim->words);
        }
        judging->settled = true;
        replay_advance(judge->replay, now);
    }
}

/* Asserts and misuses fail a run by themselves. */
static void judge_checks(struct expectation *judge, const struct record *record, const struct record_batch *batch)
{
    char step[512] = "";
    size_t length = 0;

    if (record->step != NAME_NONE) {
        length = judge->context.names->of_step(judge->context.names->context, record->step, step, sizeof step - 1);
        step[length < sizeof step - 1 ? length : sizeof step - 1] = '\0';
    }
    if (record->kind == RECORD_ASSERT && !record->ok) {
        judge_fail(judge, "", NULL, "at %s the assert at %s does not hold: %.*s", span_words(record->t).text, step,
                   (int)record->span.length, batch->bytes + record->span.first);
    }
    if (record->kind == RECORD_MISUSE) {
        judge->misuses++;
        if (judge->misuses_expected < judge->misuses) {
            judge_fail(judge, "", NULL, "at %s a misuse at %s: %.*s", span_words(record->t).text, step,
                       (int)record->span.length, batch->bytes + record->span.first);
        }
    }
}

static void see(struct expectation *judge, const struct record *record, const struct record_batch *batch)
{
    const struct expectation_claims *claims = judge->context.claims;

    if (judge->follows_steps && judge->begun && record->step_n != judge->step_n) {
        between_steps(judge);
        if (record->t > replay_now(judge->replay)) {
            before_time(judge, record->t);
        }
    }
    judge->begun = true;
    judge->step_n = record->step_n;
    if (record->span.length > 0 && (record->kind == RECORD_OP_ISSUE || record->kind == RECORD_PACKET_POST)) {
        note_label(judge, record, batch);
    }
    replay_see(judge->replay, record, batch);
    if (record->kind == RECORD_ITEM_END && claims->aggregate_count > 0) {
        note_series(judge);
    }
    for (size_t i = 0; i < claims->claim_count; i++) {
        if (claims->claim[i].applies) {
            judge_record(judge, i, record, batch);
        }
    }
    switch ((int)record->kind) {
    case RECORD_OUTCOME:
        if (claims->gives_count > 0) {
            judge_outcome(judge, record, batch);
        }
        break;
    case RECORD_ASSERT:
    case RECORD_MISUSE:
        judge_checks(judge, record, batch);
        break;
    case RECORD_RUN_END:
        judge->ended = true;
        judge->end = *record;
        break;
    default:
        break;
    }
}

void expectation_see(void *context, const struct record_batch *batch)
{
    struct expectation *judge = context;

    for (uint32_t i = 0; i < batch->count && !judge->out_of_memory && !replay_failed(judge->replay); i++) {
        if (interest_has(&judge->context.interest, (enum record_kind)batch->record[i].kind)) {
            see(judge, &batch->record[i], batch);
        }
    }
}

/* How often something happened against how often it should. */
static void finish_times(struct expectation *judge, const struct claim *claim, const struct judging *judging)
{
    const char *what = claim->kind == CLAIM_callback ? "is called" : "is logged";

    if (claim->times >= 0 && judging->seen != (uint64_t)claim->times) {
        judge_fail(judge, claim->pointer, claim->description, "'%s' %s %llu times, not %lld", claim->words, what,
                   (unsigned long long)judging->seen, (long long)claim->times);
    } else if (claim->times < 0 && judging->seen < (claim->nth > 0 ? (uint64_t)claim->nth : 1)) {
        judge_fail(judge, claim->pointer, claim->description, "'%s' %s %llu times, fewer than claimed",
                   claim->words, what, (unsigned long long)judging->seen);
    }
}

/* What only the end can settle. */
static void finish_claim(struct expectation *judge, size_t index)
{
    const struct claim *claim = &judge->context.claims->claim[index];
    struct judging *judging = &judge->judging[index];

    switch ((int)claim->kind) {
    case CLAIM_callback:
    case CLAIM_log:
        finish_times(judge, claim, judging);
        break;
    case CLAIM_output:
        if (!judging->settled && judging->next < claim->name_count) {
            judge_fail(judge, claim->pointer, claim->description,
                       "there are %zu lines, not %zu: '%s' does not come",
                       judging->next, claim->name_count, claim->name[judging->next]);
        }
        break;
    case CLAIM_order:
        if (judging->next < claim->event_count) {
            const struct claim_event *event = &claim->event[judging->next];
            judge_fail(judge, claim->pointer, claim->description, "event %zu, %s%s%s, does not come in this order",
                       judging->next + 1,
                       event->log != NULL ? "'" : event->callback != NULL ? "the call of '" : "the record",
                       event->log != NULL ? event->log : event->callback != NULL ? event->callback : "",
                       event->log != NULL || event->callback != NULL ? "'" : "");
        }
        break;
    case CLAIM_records:
        if (!judging->settled && claim->cell != NULL && judging->next < claim->row_count) {
            judge_fail(judge, claim->pointer, claim->description, "%zu records match, not %zu", judging->next,
                       claim->row_count);
        }
        if (claim->count >= 0 && judging->next != (uint64_t)claim->count) {
            judge_fail(judge, claim->pointer, claim->description, "%zu records match, not %lld", judging->next,
                       (long long)claim->count);
        }
        break;
    case CLAIM_eventually:
        if (!judging->settled) {
            judge_fail(judge, claim->pointer, claim->description, "'%s' never holds%s%s", claim->words,
                       claim->time.given ? " by " : "", claim->time.given ? span_words(claim->time.to).text : "");
        }
        break;
    case CLAIM_finally:
        if (!judge_holds(judge, claim, judging) && !judging->settled) {
            judge_fail(judge, claim->pointer, claim->description, "at the end '%s' does not hold", claim->words);
        }
        break;
    case CLAIM_across:
        judging->has_across = judge_evaluate(judge, &claim->condition, &judging->across) == FORMULA_OK;
        break;
    default:
        break;
    }
}

/* A deadlock or livelock that nothing claims fails the run. */
static void fail_end(struct expectation *judge)
{
    const struct record_names *names = judge->context.names;
    char thread[512];
    char step[1024] = "";
    size_t length;

    if (judge->end.thread == REFERENCE_NONE) {
        judge_fail(judge, "", NULL, "the run ends in a %s at %s, which nothing claims",
                   run_end_name((enum run_end)judge->end.count), span_words(judge->end.t).text);
        return;
    }
    length = names->of_reference(names->context, judge->end.thread, thread, sizeof thread - 1);
    thread[length < sizeof thread ? length : sizeof thread - 1] = '\0';
    if (judge->end.step != NAME_NONE) {
        length = names->of_step(names->context, judge->end.step, step, sizeof step - 1);
        step[length < sizeof step ? length : sizeof step - 1] = '\0';
    }
    judge_fail(judge, "", NULL, "the run ends in a %s at %s, which nothing claims: '%s' runs %s%s",
               run_end_name((enum run_end)judge->end.count), span_words(judge->end.t).text, thread,
               step[0] == '\0' ? "its procedure" : "the step ", step);
}

bool expectation_finish(struct expectation *judge)
{
    const struct expectation_claims *claims = judge->context.claims;
    bool ends_claimed = false;

    between_steps(judge);
    before_time(judge, SIM_NEVER);
    for (size_t i = 0; i < claims->claim_count; i++) {
        if (claims->claim[i].applies) {
            finish_claim(judge, i);
            ends_claimed = ends_claimed || claims->claim[i].kind == CLAIM_ends;
        }
    }
    if (!ends_claimed && judge->ended && (judge->end.count == END_DEADLOCK || judge->end.count == END_LIVELOCK)) {
        fail_end(judge);
    }
    return !judge->out_of_memory && !replay_failed(judge->replay);
}

size_t expectation_failures(const struct expectation *judge)
{
    return judge->failure_count;
}

struct expectation_failure expectation_failure(const struct expectation *judge, size_t index)
{
    const struct failure *failure = &judge->failure[index];

    return (struct expectation_failure){failure->pointer, failure->description, failure->message};
}

size_t expectation_judged(const struct expectation *judge)
{
    size_t judged = 0;

    for (size_t i = 0; i < judge->context.claims->claim_count; i++) {
        const struct claim *claim = &judge->context.claims->claim[i];
        judged += claim->applies && claim_checked(claim->kind) == CHECKED_RUN;
    }
    return judged;
}

size_t expectation_unjudged(const struct expectation *judge, enum claim_checked checked)
{
    size_t unjudged = 0;

    for (size_t i = 0; i < judge->context.claims->claim_count; i++) {
        const struct claim *claim = &judge->context.claims->claim[i];
        unjudged += claim->applies && claim_checked(claim->kind) == checked;
    }
    return unjudged;
}

bool expectation_across(const struct expectation *judge, size_t claim, struct value *value)
{
    *value = judge->judging[claim].across;
    return judge->judging[claim].has_across;
}

void expectation_keep_items(struct expectation *expectation)
{
    replay_keep_items(expectation->replay);
}

const struct replay *expectation_replay(const struct expectation *judge)
{
    return judge->replay;
}
