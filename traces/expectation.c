/* SPDX-License-Identifier: Apache-2.0 */
/* The judge: an observer that folds records and judges each claim as soon as it can be judged.
 *
 * Claims about state are judged between steps: when a record of another step comes, the state is that after
 * the step before it. Claims about records are judged record by record. */
#include "traces/expectation.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/aggregate.h"
#include "traces/replay.h"

/* What is known of one claim so far. */
struct judging {
    bool settled; /* failed, or held for good */
    uint64_t seen;      /* calls, lines or rows that matched */
    size_t next;        /* of an order or output */
    struct value across;
    bool has_across;
};

struct failure {
    const char *pointer, *description;
    char *message;
};

struct expectation {
    struct expectation_context context;
    struct replay *replay;
    struct judging *judging;
    struct aggregate *aggregate;
    struct failure *failure;
    size_t failure_count, failure_room;
    char **label; /* by op; NULL: none */
    uint64_t label_room;
    uint64_t misuses, misuses_expected;
    uint64_t step_n;
    bool follows_steps; /* something is claimed of the state between steps */
    bool begun, ended;
    enum run_end end;
    sim_time end_time;
    reference end_thread; /* of a livelock: who ran, and where */
    uint32_t end_step;
    bool out_of_memory;
};

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
    bool follows = claims->aggregate_count > 0;

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
    if (judge->replay == NULL || judge->judging == NULL || judge->aggregate == NULL) {
        expectation_destroy(judge);
        return NULL;
    }
    judge->follows_steps = follows_steps(context->claims);
    if (!interest_has(&context->interest, RECORD_OUTCOME)) {
        replay_count_only(judge->replay);
    }
    for (size_t i = 0; i < context->claims->aggregate_count; i++) {
        judge->aggregate[i].keeps_history = context->claims->aggregate[i].function == AGGREGATE_CHANGE;
        judge->aggregate[i].keeps_weights = context->claims->aggregate[i].function >= AGGREGATE_P50;
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

__attribute__((format(printf, 4, 5))) static void
fail(struct expectation *judge, const char *pointer, const char *description, const char *format, ...)
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

/* An instant in words. */
struct span_words {
    char text[40];
};

static struct span_words words_of(sim_time time)
{
    struct span_words words;
    size_t length = sim_span_write(time, words.text, sizeof words.text - 1);

    words.text[length] = '\0';
    return words;
}

static const char *label_of(const void *context, uint64_t op)
{
    const struct expectation *judge = context;

    return op < judge->label_room ? judge->label[op] : NULL;
}

static struct cell_reader reader_of(const struct expectation *judge)
{
    return (struct cell_reader){judge->context.names, judge->replay, label_of, judge};
}

/* Keeps the label that `as` gave an operation. */
static void note_label(struct expectation *judge, const struct record *record, const struct record_batch *batch)
{
    if ((record->kind != RECORD_OP_ISSUE && record->kind != RECORD_PACKET_POST) || record->span.length == 0) {
        return;
    }
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

/* What an aggregate says now. */
static struct value aggregate_value(const struct expectation *judge, uint32_t number)
{
    const struct claim_aggregate *what = &judge->context.claims->aggregate[number];
    const struct aggregate *aggregate = &judge->aggregate[number];
    sim_time now = replay_now(judge->replay);
    enum value_type type = (enum value_type)aggregate->type;
    int64_t said = 0;

    if (!aggregate->begun) {
        return value_null();
    }
    switch (what->function) {
    case AGGREGATE_CHANGE:
        said = aggregate_change(aggregate, now, what->span);
        break;
    case AGGREGATE_LEAST:
        said = aggregate->least;
        break;
    case AGGREGATE_MOST:
        said = aggregate->most;
        break;
    case AGGREGATE_MEAN:
        said = aggregate_mean(aggregate, now);
        break;
    case AGGREGATE_AREA:
        said = aggregate_area(aggregate, now);
        type = VALUE_DURATION;
        break;
    case AGGREGATE_TOTAL:
        said = aggregate->last;
        break;
    case AGGREGATE_P50:
        said = aggregate_percentile(aggregate, now, 500);
        break;
    case AGGREGATE_P90:
        said = aggregate_percentile(aggregate, now, 900);
        break;
    case AGGREGATE_P95:
        said = aggregate_percentile(aggregate, now, 950);
        break;
    case AGGREGATE_P99:
        said = aggregate_percentile(aggregate, now, 990);
        break;
    case AGGREGATE_P999:
        said = aggregate_percentile(aggregate, now, 999);
        break;
    }
    return value_make(type, (uint64_t)said);
}

/* The declared slot that a variable's or an array's read is about: claims.c stores references alike. */
static struct value variable_value(const struct expectation *judge, uint32_t slot)
{
    const struct replay_object *variable =
        replay_object(judge->replay, reference_make(OBJECT_VARIABLE, slot));

    return variable == NULL ? value_null() : variable->value;
}

static enum formula_status read_element(const struct expectation *judge, uint32_t what, uint32_t number, struct value *top)
{
    struct cast_array array;
    uint64_t index = top->bits;

    if (top->type != VALUE_NUMBER || judge->context.cast->array == NULL) {
        return FORMULA_WRONG_TYPE;
    }
    judge->context.cast->array(judge->context.cast->context, number, &array);
    if ((int64_t)index < array.from || (int64_t)index - array.from >= array.count) {
        return FORMULA_OUT_OF_RANGE;
    }
    array.first += (uint32_t)((int64_t)index - array.from);
    *top = what == READ_ELEMENT ? value_make(VALUE_REFERENCE, array.first)
                                : variable_value(judge, reference_slot(array.first));
    return FORMULA_OK;
}

static enum formula_status read_name(void *context, uint32_t what, uint32_t argument, struct value *top)
{
    struct expectation *judge = context;
    struct replay_procedure procedure;

    switch ((int)what) {
    case READ_NOW:
        *top = value_make(VALUE_DURATION, replay_now(judge->replay));
        return FORMULA_OK;
    case READ_VARIABLE:
        *top = variable_value(judge, argument);
        return FORMULA_OK;
    case READ_VARIABLE_ELEMENT:
    case READ_ELEMENT:
        return read_element(judge, what, argument, top);
    case READ_OBSERVABLE:
        if (top->type == VALUE_NULL) {
            return FORMULA_NULL_MEMBER;
        }
        return replay_observe(judge->replay, (enum observable)argument, *top, top) ? FORMULA_OK
                                                                                    : FORMULA_NO_SUCH_MEMBER;
    case READ_MEMBER:
        if (top->type != VALUE_REFERENCE) {
            return top->type == VALUE_NULL ? FORMULA_NULL_MEMBER : FORMULA_NO_SUCH_MEMBER;
        }
        argument = observable_find((enum object_kind)reference_kind((reference)top->bits),
                                   judge->context.cast->text(judge->context.cast->context, argument));
        if (argument == OBSERVABLE_COUNT) {
            return FORMULA_NO_SUCH_MEMBER;
        }
        return replay_observe(judge->replay, (enum observable)argument, *top, top) ? FORMULA_OK
                                                                                    : FORMULA_NO_SUCH_MEMBER;
    case READ_CALLS:
    case READ_RUNNING:
        procedure = replay_procedure(judge->replay, argument);
        *top = value_number((int64_t)(what == READ_CALLS ? procedure.calls : procedure.running));
        return FORMULA_OK;
    case READ_AGGREGATE:
        *top = aggregate_value(judge, argument);
        return FORMULA_OK;
    default:
        return FORMULA_NO_SUCH_MEMBER;
    }
}

static enum formula_status evaluate(struct expectation *judge, const struct claim_formula *formula, struct value *value)
{
    struct formula_environment environment = {read_name, judge};
    const uint32_t *word =
        formula->own != NULL ? formula->own : judge->context.claims->word + formula->first;
    struct formula_code code = {word, formula->count, judge->context.claims->constant};

    if (formula->is_constant) {
        *value = formula->constant;
        return FORMULA_OK;
    }
    return formula_evaluate(code, &environment, value);
}

/* Whether a claim's condition holds now; one that cannot be read fails the claim. */
static bool holds(struct expectation *judge, const struct claim *claim, struct judging *judging)
{
    struct value value;
    enum formula_status status = evaluate(judge, &claim->condition, &value);

    if (status == FORMULA_OK && value.type == VALUE_BOOLEAN) {
        return value.bits != 0;
    }
    if (!judging->settled) {
        fail(judge, claim->pointer, claim->description, "'%s' at %s: %s", claim->words,
             words_of(replay_now(judge->replay)).text,
             status == FORMULA_OK ? "this is not true or false" : formula_status_words(status));
        judging->settled = true;
    }
    return false;
}

static bool is_within(const struct claim_time *time, sim_time now)
{
    return !time->given || (now >= time->from && now <= time->to);
}

/* Notes every aggregate's argument as it stands between two steps. */
static void note_aggregates(struct expectation *judge)
{
    const struct expectation_claims *claims = judge->context.claims;
    struct value value;

    for (size_t i = 0; i < claims->aggregate_count; i++) {
        if (evaluate(judge, &claims->aggregate[i].argument, &value) == FORMULA_OK &&
            !aggregate_note(&judge->aggregate[i], replay_now(judge->replay), value)) {
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
        if (is_within(&claim->time, now) && holds(judge, claim, judging) != wanted && !judging->settled) {
            fail(judge, claim->pointer, claim->description, "at %s, after step %llu, '%s' %s", words_of(now).text,
                 (unsigned long long)judge->step_n, claim->words, wanted ? "does not hold" : "holds");
            judging->settled = true;
        }
    } else if (claim->kind == CLAIM_eventually) {
        if ((!claim->time.given || now <= claim->time.to) && holds(judge, claim, judging)) {
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
        if (!holds(judge, claim, judging) && !judging->settled) {
            fail(judge, claim->pointer, claim->description, "at %s '%s' does not hold",
                 words_of(claim->time.from).text, claim->words);
        }
        judging->settled = true;
        replay_advance(judge->replay, now);
    }
}

static bool name_is(const struct expectation *judge, const struct record *record, const char *column, const char *text)
{
    struct cell_reader reader = reader_of(judge);
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
    return is_within(&claim->time, record->t) ? NULL : "t";
}

static void judge_callback(struct expectation *judge, const struct claim *claim, struct judging *judging, const struct record *record)
{
    struct cell_reader reader = reader_of(judge);
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
    fail(judge, claim->pointer, claim->description, "call %llu of '%s' at %s: %s is %s, not %s",
         (unsigned long long)judging->seen, claim->words, words_of(record->t).text, column, is,
         wanted == NULL ? words_of(claim->time.from).text : wanted);
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
        fail(judge, claim->pointer, claim->description, "line %zu is '%.*s', not %s%s%s", judging->next + 1,
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
    struct cell_reader reader = reader_of(judge);

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
    struct cell_reader reader = reader_of(judge);
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
    fail(judge, claim->pointer, claim->description, "row %zu (record %llu) is %s; expected %s", row + 1,
         (unsigned long long)record->n, is, row < claim->row_count ? wanted : "no more rows");
}

static void judge_records(struct expectation *judge, const struct claim *claim, struct judging *judging,
                          const struct record *record, const struct record_batch *batch)
{
    struct cell_reader reader = reader_of(judge);
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
        fail(judge, claim->pointer, claim->description, "the run ends %s at %s, not %s",
             run_end_name((enum run_end)record->count), words_of(record->t).text, run_end_name(claim->end));
    } else if (!is_within(&claim->time, record->t)) {
        fail(judge, claim->pointer, claim->description, "the run ends at %s, not at %s", words_of(record->t).text,
             words_of(claim->time.from).text);
    } else if (claim->has_names && !threads_are(judge, claim, record, batch)) {
        struct cell_reader reader = reader_of(judge);
        char is[512];
        cell_write(&reader, record, batch, "threads", is, sizeof is);
        fail(judge, claim->pointer, claim->description, "the threads in the circle are %s", is);
    }
}

/* A claim about records. */
static void judge_record(struct expectation *judge, size_t index, const struct record *record, const struct record_batch *batch)
{
    const struct claim *claim = &judge->context.claims->claim[index];
    struct judging *judging = &judge->judging[index];

    switch ((int)claim->kind) {
    case CLAIM_callback:
        judge_callback(judge, claim, judging, record);
        break;
    case CLAIM_log:
        judging->seen += record->kind == RECORD_LOG && text_is(record, batch, claim->words) &&
                         name_is(judge, record, "thread", claim->thread) && is_within(&claim->time, record->t);
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
    struct cell_reader reader = reader_of(judge);

    count = record->ok ? count : 0;
    if (count != gives->entry_count) {
        fail(judge, gives->pointer, NULL, "at %s the get took %u packets, not %zu", words_of(record->t).text, count,
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
            fail(judge, gives->pointer, NULL, "at %s entry %u gives %s %s, not %s", words_of(record->t).text, i,
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

static void
judge_outcome(struct expectation *judge, const struct record *record, const struct record_batch *batch)
{
    const struct expectation_claims *claims = judge->context.claims;
    const struct claim_gives *gives;
    struct cell_reader reader = reader_of(judge);
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
        fail(judge, gives->pointer, NULL, "at %s it gives %s %s, not %s", words_of(record->t).text, field->field, is,
             wanted);
    }
    if (gives->has_entries) {
        judge_entries(judge, gives, record);
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
        fail(judge, "", NULL, "at %s the assert at %s does not hold: %.*s", words_of(record->t).text, step,
             (int)record->span.length, batch->bytes + record->span.first);
    }
    if (record->kind == RECORD_MISUSE) {
        judge->misuses++;
        if (judge->misuses_expected < judge->misuses) {
            fail(judge, "", NULL, "at %s a misuse at %s: %.*s", words_of(record->t).text, step,
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
    note_label(judge, record, batch);
    replay_see(judge->replay, record, batch);
    for (size_t i = 0; i < claims->claim_count; i++) {
        if (claims->claim[i].applies) {
            judge_record(judge, i, record, batch);
        }
    }
    if (record->kind == RECORD_OUTCOME && claims->gives_count > 0) {
        judge_outcome(judge, record, batch);
    }
    if (record->kind == RECORD_ASSERT || record->kind == RECORD_MISUSE) {
        judge_checks(judge, record, batch);
    }
    if (record->kind == RECORD_RUN_END) {
        judge->ended = true;
        judge->end = (enum run_end)record->count;
        judge->end_time = record->t;
        judge->end_thread = record->thread;
        judge->end_step = record->step;
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
        fail(judge, claim->pointer, claim->description, "'%s' %s %llu times, not %lld", claim->words, what,
             (unsigned long long)judging->seen, (long long)claim->times);
    } else if (claim->times < 0 && judging->seen < (claim->nth > 0 ? (uint64_t)claim->nth : 1)) {
        fail(judge, claim->pointer, claim->description, "'%s' %s %llu times, fewer than claimed", claim->words, what,
             (unsigned long long)judging->seen);
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
            fail(judge, claim->pointer, claim->description, "there are %zu lines, not %zu: '%s' does not come",
                 judging->next, claim->name_count, claim->name[judging->next]);
        }
        break;
    case CLAIM_order:
        if (judging->next < claim->event_count) {
            const struct claim_event *event = &claim->event[judging->next];
            fail(judge, claim->pointer, claim->description, "event %zu, %s%s%s, does not come in this order",
                 judging->next + 1, event->log != NULL ? "'" : event->callback != NULL ? "the call of '" : "the record",
                 event->log != NULL ? event->log : event->callback != NULL ? event->callback : "",
                 event->log != NULL || event->callback != NULL ? "'" : "");
        }
        break;
    case CLAIM_records:
        if (!judging->settled && claim->cell != NULL && judging->next < claim->row_count) {
            fail(judge, claim->pointer, claim->description, "%zu records match, not %zu", judging->next,
                 claim->row_count);
        }
        if (claim->count >= 0 && judging->next != (uint64_t)claim->count) {
            fail(judge, claim->pointer, claim->description, "%zu records match, not %lld", judging->next,
                 (long long)claim->count);
        }
        break;
    case CLAIM_eventually:
        if (!judging->settled) {
            fail(judge, claim->pointer, claim->description, "'%s' never holds%s%s", claim->words,
                 claim->time.given ? " by " : "", claim->time.given ? words_of(claim->time.to).text : "");
        }
        break;
    case CLAIM_finally:
        if (!holds(judge, claim, judging) && !judging->settled) {
            fail(judge, claim->pointer, claim->description, "at the end '%s' does not hold", claim->words);
        }
        break;
    case CLAIM_across:
        judging->has_across = evaluate(judge, &claim->condition, &judging->across) == FORMULA_OK;
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

    if (judge->end_thread == REFERENCE_NONE) {
        fail(judge, "", NULL, "the run ends in a %s at %s, which nothing claims", run_end_name(judge->end),
             words_of(judge->end_time).text);
        return;
    }
    length = names->of_reference(names->context, judge->end_thread, thread, sizeof thread - 1);
    thread[length < sizeof thread ? length : sizeof thread - 1] = '\0';
    if (judge->end_step != NAME_NONE) {
        length = names->of_step(names->context, judge->end_step, step, sizeof step - 1);
        step[length < sizeof step ? length : sizeof step - 1] = '\0';
    }
    fail(judge, "", NULL, "the run ends in a %s at %s, which nothing claims: '%s' runs %s%s", run_end_name(judge->end),
         words_of(judge->end_time).text, thread, step[0] == '\0' ? "its procedure" : "the step ", step);
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
    if (!ends_claimed && judge->ended && (judge->end == END_DEADLOCK || judge->end == END_LIVELOCK)) {
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

const struct replay *expectation_replay(const struct expectation *judge)
{
    return judge->replay;
}
