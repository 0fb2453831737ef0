/* SPDX-License-Identifier: Apache-2.0 */
/* Names are read from the replayed state, never from the model: a stored trace is judged alike. */
#include "traces/judge.h"

/* What is asked of a series; null where it has no item yet, and no sum. */
static struct value series_value(struct expectation *judge, uint32_t number)
{
    static const uint32_t per_mille[] = {500, 900, 950, 990, 999};
    enum aggregate_function function = judge->context.claims->aggregate[number].function;
    const struct spans *spans = &judge->series[number];
    sim_span said = 0;

    if (spans->count == 0 && function != AGGREGATE_TOTAL) {
        return value_null();
    }
    switch ((int)function) {
    case AGGREGATE_LEAST:
        said = spans->least;
        break;
    case AGGREGATE_MOST:
        said = spans->most;
        break;
    case AGGREGATE_MEAN:
        said = (sim_span)(spans->sum / spans->count);
        break;
    case AGGREGATE_TOTAL:
        said = spans->sum > SIM_TIME_MAX ? SIM_TIME_MAX : (sim_span)spans->sum;
        break;
    default:
        if (!spans_percentile(spans, per_mille[function - AGGREGATE_P50], &said)) {
            judge->out_of_memory = true;
        }
        break;
    }
    return value_make(VALUE_DURATION, said);
}

/* What an aggregate says now. */
static struct value aggregate_value(struct expectation *judge, uint32_t number)
{
    const struct claim_aggregate *what = &judge->context.claims->aggregate[number];
    const struct aggregate *aggregate = &judge->aggregate[number];
    sim_time now = replay_now(judge->replay);
    enum value_type type = (enum value_type)aggregate->type;
    int64_t said = 0;

    if (what->is_of_series) {
        return series_value(judge, number);
    }
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

enum formula_status judge_evaluate(struct expectation *judge, const struct claim_formula *formula, struct value *value)
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

bool judge_holds(struct expectation *judge, const struct claim *claim, struct judging *judging)
{
    struct value value;
    enum formula_status status = judge_evaluate(judge, &claim->condition, &value);

    if (status == FORMULA_OK && value.type == VALUE_BOOLEAN) {
        return value.bits != 0;
    }
    if (!judging->settled) {
        judge_fail(judge, claim->pointer, claim->description, "'%s' at %s: %s", claim->words,
                   span_words(replay_now(judge->replay)).text,
                   status == FORMULA_OK ? "this is not true or false" : formula_status_words(status));
        judging->settled = true;
    }
    return false;
}

/* What a single aggregate says, without rounding: those that divide or sum say more than a whole number. */
static double exact_aggregate(struct expectation *judge, uint32_t number)
{
    const struct claim_aggregate *what = &judge->context.claims->aggregate[number];
    const struct aggregate *aggregate = &judge->aggregate[number];
    const struct spans *spans = &judge->series[number];
    sim_time now = replay_now(judge->replay);

    if (what->is_of_series && what->function == AGGREGATE_MEAN) {
        return (double)spans->sum / (double)spans->count;
    }
    if (what->is_of_series && what->function == AGGREGATE_TOTAL) {
        return (double)spans->sum;
    }
    if (!what->is_of_series && what->function == AGGREGATE_MEAN && now > aggregate->first) {
        return aggregate_exact_area(aggregate, now) / (double)(now - aggregate->first);
    }
    if (!what->is_of_series && what->function == AGGREGATE_AREA) {
        return aggregate_exact_area(aggregate, now);
    }
    if (!what->is_of_series && what->function == AGGREGATE_TOTAL && what->from > 0) {
        return (double)(aggregate->last - aggregate->began_with);
    }
    return (double)(int64_t)aggregate_value(judge, number).bits;
}

bool expectation_estimate(struct expectation *judge, size_t index, double *figure)
{
    const struct claim *claim = &judge->context.claims->claim[index];
    const uint32_t *word = judge->context.claims->word + claim->condition.first;
    sim_time now = replay_now(judge->replay);
    struct value value;

    if (judge_evaluate(judge, &claim->condition, &value) != FORMULA_OK || value.type == VALUE_NULL) {
        return false;
    }
    *figure = (double)(int64_t)value.bits;
    if (!claim->condition.is_constant && claim->condition.count == 2 && (word[0] & 0xff) == FORMULA_READ &&
        word[0] >> 9 == READ_AGGREGATE) {
        *figure = exact_aggregate(judge, word[1]);
    }
    if (claim->estimate.per > 0) {
        if (now <= claim->estimate.from) {
            return false;
        }
        *figure *= (double)claim->estimate.per / (double)(now - claim->estimate.from);
    }
    return true;
}
