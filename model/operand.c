/* SPDX-License-Identifier: Apache-2.0 */
/* Operands. Most are constants: those cost one load. A distribution draws by (seed, stream, item or else
 * client or thread, how many-th draw of that one from that distribution), so that nobody else's draws, and no
 * other place's, shift it. */
#include "model/operand.h"

#include "model/names.h"
#include "model/thread.h"
#include "sim/apart.h"
#include "sim/random.h"

void misuse(struct simulation *sim, thread_id thread, const char *text)
{
    struct record *record =
        thread != 0 ? emit_verb(sim, RECORD_MISUSE, thread) : emit(sim, RECORD_MISUSE);

    sim->state.misuses++;
    emit_text(sim, record, text, strlen(text));
}

/* For whom something is drawn: the item whose frame draws, else the client or the thread. */
struct drawer {
    uint32_t *first; /* of its counts */
    uint64_t key;    /* not known yet where it is a thread */
    bool is_thread;
};

static struct drawer drawer_of(const struct simulation *sim, thread_id thread)
{
    struct load_item *item = item_of(sim, thread == 0 ? sim->drawing_item : thread_item(sim, thread));
    struct client *client = BLOCK_AT(&sim->block, TABLE_CLIENT, struct client, sim->drawing_client);

    if (item != NULL) {
        return (struct drawer){&item->first_draw, item->key, false};
    }
    if (thread == 0 && sim->drawing_client != 0) {
        return (struct drawer){&client->first_draw, client->key, false};
    }
    return (struct drawer){&thread_at(sim, thread)->first_draw, 0, true};
}

/* The key of a thread's draws, from its name. */
static uint64_t key_of_thread(struct simulation *sim, thread_id thread)
{
    char name[160];
    size_t length = 0;

    if (thread != 0) {
        length = name_write(sim, thread_reference(sim, thread), name, sizeof name);
    }
    return random_key(name, length < sizeof name ? length : sizeof name);
}

/* Notes the first draw from a distribution. */
SIM_APART static uint32_t draw_count_create(struct simulation *sim, thread_id thread, uint32_t distribution)
{
    uint32_t id = simulation_create_element(sim, TABLE_DRAW_COUNT);
    struct draw_count *count = draw_count_at(sim, id);
    struct drawer drawer = drawer_of(sim, thread);

    count->distribution = distribution;
    count->key = random_stream_key(sim->seed, sim->plan->distribution[distribution].stream ^
                                                  (drawer.is_thread ? key_of_thread(sim, thread) : drawer.key));
    count->next = *drawer.first;
    *drawer.first = id;
    return id;
}

/* The stream of the next draw from this distribution. */
static struct random_stream
draw_stream(struct simulation *sim, thread_id thread, uint32_t distribution)
{
    uint32_t id = *drawer_of(sim, thread).first;
    struct draw_count *count = draw_count_at(sim, id);

    while (id != 0 && count->distribution != distribution) {
        id = count->next;
        count = draw_count_at(sim, id);
    }
    if (id == 0) {
        id = draw_count_create(sim, thread, distribution);
        count = draw_count_at(sim, id);
    }
    return (struct random_stream){.key = count->key, .k = count->count++};
}

/* The value at `place` of the plan's lists, which must be a quantity that is not negative. */
static bool
list_value(struct simulation *sim, thread_id thread, uint32_t place, struct value *value)
{
    if (!operand_value(sim, thread, sim->plan->list[place], value)) {
        return false;
    }
    if (!value_is_quantity(*value) || (int64_t)value->bits < 0) {
        misuse(sim, thread, "a distribution's value is negative or no quantity");
        return false;
    }
    return true;
}

/* One of the values of a weighted list: weight, value, weight, value ... */
SIM_APART static bool draw_mixed(struct simulation *sim,
                       thread_id thread,
                       const struct plan_distribution *distribution,
                       struct random_stream *stream,
                       struct value *value)
{
    uint64_t total = 0;
    uint64_t drawn;
    struct value weight;

    for (uint32_t i = 0; i < distribution->count; i += 2) {
        if (!list_value(sim, thread, distribution->first + i, &weight)) {
            return false;
        }
        if (total + weight.bits < total) {
            misuse(sim, thread, "the weights of a distribution sum to 2^64 or more");
            return false;
        }
        total += weight.bits;
    }
    if (total == 0) {
        misuse(sim, thread, "the weights of a distribution sum to 0");
        return false;
    }
    drawn = random_uniform(stream, 0, total - 1);
    for (uint32_t i = 0; i < distribution->count; i += 2) {
        if (!list_value(sim, thread, distribution->first + i, &weight)) {
            return false;
        }
        if (drawn < weight.bits) {
            return list_value(sim, thread, distribution->first + i + 1, value);
        }
        drawn -= weight.bits;
    }
    return false;
}

/* A draw of this form adds up k others, so that a k without bound would be a loop that uses no time. */
#define ERLANG_K_MAX 1000u

/* One of those that have two values. */
SIM_APART static bool draw_between(struct simulation *sim,
                         thread_id thread,
                         const struct plan_distribution *distribution,
                         struct random_stream *stream,
                         struct value *value)
{
    struct value a;

    if (!list_value(sim, thread, distribution->first, &a) ||
        !list_value(sim, thread, distribution->first + 1, value)) {
        return false;
    }
    if (distribution->form == DISTRIBUTION_UNIFORM && a.bits <= value->bits) {
        value->bits = random_uniform(stream, a.bits, value->bits);
    } else if (distribution->form == DISTRIBUTION_ERLANG) {
        if (a.bits < 1 || a.bits > ERLANG_K_MAX) {
            misuse(sim, thread, "erlang's 'k' is a number from 1 to 1000");
            return false;
        }
        value->bits = random_erlang(stream, (uint32_t)a.bits, value->bits);
    } else if (distribution->form == DISTRIBUTION_LOGNORMAL) {
        value->bits = random_lognormal(stream, a.bits, value->bits);
    }
    return true;
}

static bool
draw(struct simulation *sim, thread_id thread, uint32_t number, struct value *value)
{
    const struct plan_distribution *distribution = &sim->plan->distribution[number];
    struct random_stream stream = draw_stream(sim, thread, number);
    uint32_t first = distribution->first;

    switch (distribution->form) {
    case DISTRIBUTION_MIXED:
        return draw_mixed(sim, thread, distribution, &stream, value);
    case DISTRIBUTION_EMPIRICAL:
        first += (uint32_t)random_uniform(&stream, 0, distribution->count - 1);
        return list_value(sim, thread, first, value);
    case DISTRIBUTION_CYCLE:
        first += (uint32_t)(stream.k % distribution->count);
        return list_value(sim, thread, first, value);
    case DISTRIBUTION_BETWEEN:
        first += choose(&sim->choices, CHOICE_LATENCY, 2, number);
        return list_value(sim, thread, first, value);
    case DISTRIBUTION_UNIFORM:
    case DISTRIBUTION_ERLANG:
    case DISTRIBUTION_LOGNORMAL:
        break;
    case DISTRIBUTION_EXPONENTIAL:
        if (!list_value(sim, thread, first, value)) {
            return false;
        }
        value->bits = random_exponential(&stream, value->bits);
        return true;
    }
    return draw_between(sim, thread, distribution, &stream, value);
}

SIM_APART static bool evaluate(struct simulation *sim, thread_id thread, const struct plan_formula *formula, struct value *value)
{
    struct formula_environment environment = {sim->switchboard->read, sim};
    struct formula_code code = plan_code(sim->plan, formula);
    enum formula_status status;

    sim->executing = thread;
    status = formula_is_name(code) ? formula_read(code, &environment, value)
                                   : formula_evaluate(code, &environment, value);
    if (status != FORMULA_OK) {
        misuse(sim, thread, formula_status_words(status));
        return false;
    }
    return true;
}

bool operand_evaluate(struct simulation *sim, thread_id thread, uint32_t operand, struct value *value)
{
    const struct plan_formula *formula = &sim->plan->formula[operand];

    return formula->form == FORMULA_IS_DISTRIBUTION ? draw(sim, thread, formula->first, value)
                                                    : evaluate(sim, thread, formula, value);
}

bool operand_read_number(struct simulation *sim, thread_id thread, uint32_t operand, int64_t *number)
{
    struct value value;

    if (!operand_value(sim, thread, operand, &value)) {
        return false;
    }
    if (value.type != VALUE_NUMBER &&
        !(value.type == VALUE_DURATION && value.bits == VALUE_INFINITE)) {
        misuse(sim, thread, "a number is wanted");
        return false;
    }
    *number = (int64_t)value.bits;
    return true;
}

bool operand_read_flag(struct simulation *sim, thread_id thread, uint32_t operand, bool *flag)
{
    struct value value;

    if (!operand_value(sim, thread, operand, &value)) {
        return false;
    }
    if (value.type != VALUE_BOOLEAN) {
        misuse(sim, thread, "true or false is wanted");
        return false;
    }
    *flag = value.bits != 0;
    return true;
}

/* Whether it is a quantity of this type that is not negative; a number 0 is one of every type. */
static inline bool is_quantity_of(struct simulation *sim, thread_id thread, struct value value, enum value_type type)
{
    if (value.type != (uint32_t)type && !(value.type == VALUE_NUMBER && value.bits == 0)) {
        misuse(sim, thread, type == VALUE_DURATION ? "a duration is wanted" : "a size is wanted");
        return false;
    }
    if ((int64_t)value.bits < 0) {
        misuse(sim, thread, type == VALUE_DURATION ? "a duration is negative" : "a size is negative");
        return false;
    }
    return true;
}

bool operand_read_span(struct simulation *sim, thread_id thread, uint32_t operand, sim_span *span)
{
    struct value value;

    if (!operand_value(sim, thread, operand, &value) || !is_quantity_of(sim, thread, value, VALUE_DURATION)) {
        return false;
    }
    *span = value.bits == VALUE_INFINITE ? SIM_NEVER : value.bits;
    return true;
}

bool operand_read_size(struct simulation *sim, thread_id thread, uint32_t operand, uint64_t *size)
{
    struct value value;

    if (!operand_value(sim, thread, operand, &value) || !is_quantity_of(sim, thread, value, VALUE_SIZE)) {
        return false;
    }
    *size = value.bits;
    return true;
}

bool operand_reference(struct simulation *sim,
                       thread_id thread,
                       uint32_t operand,
                       reference *object)
{
    struct value value;

    if (!operand_value(sim, thread, operand, &value)) {
        return false;
    }
    if (value.type != VALUE_REFERENCE) {
        misuse(sim, thread, value.type == VALUE_NULL ? "null is used as an object"
                                                     : "an object is wanted");
        return false;
    }
    *object = (reference)value.bits;
    return true;
}

uint32_t operand_object(struct simulation *sim,
                        thread_id thread,
                        uint32_t operand,
                        enum object_kind kind)
{
    reference object = REFERENCE_NONE;

    if (operand == OPERAND_ABSENT || !operand_reference(sim, thread, operand, &object)) {
        return 0;
    }
    if (reference_kind(object) != kind) {
        misuse(sim, thread, "an object of another kind is wanted");
        return 0;
    }
    return kind == OBJECT_THREAD ? thread_of(sim, object) : reference_slot(object) + 1;
}

uint32_t operand_read_subject(struct simulation *sim,
                              thread_id thread,
                              uint32_t operand,
                              enum object_kind kind)
{
    uint32_t id = operand_object(sim, thread, operand, kind);

    thread_at(sim, thread)->subject = id == 0               ? REFERENCE_NONE
                                      : kind == OBJECT_THREAD ? thread_reference(sim, id)
                                                              : reference_make(kind, id - 1);
    return id;
}

bool operand_with(struct simulation *sim,
                  thread_id thread,
                  struct operand_with with,
                  uint32_t *locals)
{
    struct plan_span span;

    *locals = locals_create(sim, with.procedure);
    if (with.operand == OPERAND_ABSENT) {
        return true;
    }
    span = sim->plan->span[with.operand];
    for (uint32_t i = 0; i < span.count; i++) {
        const struct plan_binding *binding = &sim->plan->binding[span.first + i];
        struct value value;
        if (!operand_value(sim, thread, binding->formula, &value)) {
            locals_free(sim, with.procedure, *locals);
            return false;
        }
        value_store(sim, local_at(sim, *locals + binding->target), value);
    }
    return true;
}
