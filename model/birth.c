/* SPDX-License-Identifier: Apache-2.0 */
/* Births. A declared thread starts by an event of its own, which run_create schedules in the order of the
 * file; a thread made by `start`, or for an item, is ready at once. */
#include "model/birth.h"

#include "model/operand.h"
#include "model/process.h"
#include "model/processor.h"
#include "model/target.h"
#include "model/thread.h"

/* What a new thread is like, from whoever makes it. */
struct birth {
    uint32_t procedure, locals; /* PLAN_NONE: of a pool, which gives it what to run */
    process_id process;
    pool_id pool;
    uint8_t type, priority, flags, why;
    uint64_t item; /* that it works for; 0 */
};

/* A thread comes into being; n of its thread-create. */
static uint64_t come_to_be(struct simulation *sim, thread_id id, struct birth birth, uint64_t cause)
{
    struct thread *thread = thread_at(sim, id);
    struct record *record;

    thread->type = birth.type;
    thread->priority = birth.priority;
    thread->flags = birth.flags;
    thread->process = birth.process;
    thread->born = sim->state.now;
    thread->pool = birth.pool;
    thread->born_for = birth.item;
    sim->state.alive++;
    record = emit_thread(sim, RECORD_THREAD_CREATE, id, cause);
    if (record != NULL) {
        thread_tell(sim, record, id);
        record->why = birth.why;
    }
    return sim->state.n;
}

/* The same, with a frame, and ready. */
static void begin(struct simulation *sim, thread_id id, struct birth birth, uint64_t cause)
{
    cause = come_to_be(sim, id, birth, cause);
    if (birth.procedure != PLAN_NONE) {
        frame_push(sim, id,
                   &(struct frame){
                       .procedure = birth.procedure,
                       .locals = birth.locals,
                       .item = birth.item,
                       .ok = true,
                       .kind = FRAME_THREAD,
                   });
    }
    thread_make_ready(sim, id, cause);
}

/* Whether making a thread of this type costs anything. */
static bool is_charged(const struct simulation *sim, uint32_t type)
{
    return sim->plan->thread_create_cost != 0 && (type == THREAD_TYPE_WORKER || type == THREAD_TYPE_COMPLETION_PORT);
}

/* The thread comes behind those that its maker has yet to pay for. */
static void bear(struct simulation *sim, thread_id maker, thread_id child)
{
    thread_id *link = &thread_at(sim, maker)->bears;

    while (*link != 0) {
        link = &thread_at(sim, *link)->ready_next;
    }
    *link = child;
}

void birth_in_pool(struct simulation *sim, thread_id id, pool_id pool, struct birth_of of)
{
    sim_time end = 0;
    struct birth birth = {
        .procedure = PLAN_NONE,
        .process = PROCESS_DEFAULT,
        .pool = pool,
        .type = (uint8_t)of.type,
        .priority = (uint8_t)(8 + of.above_normal),
        .flags = of.type == THREAD_TYPE_LOOP ? 0 : THREAD_BACKGROUND,
        .why = (uint8_t)of.why,
    };
    uint64_t created = come_to_be(sim, id, birth, of.cause);

    sim->state.foreground += of.type == THREAD_TYPE_LOOP;
    thread_at(sim, id)->state = THREAD_READY;
    thread_note_at(sim, id)->readied = created;
    if (thread_at(sim, id)->worker != 0) {
        thread_settle_crew(sim, id);
    }
    if (!is_charged(sim, of.type)) {
        thread_make_ready(sim, id, created);
        return;
    }
    sim->state.unpaid++;
    if (of.by != 0) {
        bear(sim, of.by, id);
    } else if (sim_time_add(sim->state.now, sim->plan->thread_create_cost, &end)) {
        simulation_schedule(sim, (struct event){.time = end, .what = event_what(EVENT_BIRTH, id)});
    }
}

void birth_forgive(struct simulation *sim, thread_id thread)
{
    thread_id id;

    while ((id = thread_at(sim, thread)->bears) != 0) {
        thread_at(sim, thread)->bears = thread_at(sim, id)->ready_next;
        thread_at(sim, id)->ready_next = 0;
        sim->state.unpaid--;
        thread_make_ready(sim, id, thread_note_at(sim, id)->readied);
    }
}

enum step_end birth_pay(struct simulation *sim, thread_id thread)
{
    sim_span cost = 0;

    thread_at(sim, thread)->flags ^= THREAD_HAS_PAID;
    if ((thread_at(sim, thread)->flags & THREAD_HAS_PAID) == 0) {
        birth_forgive(sim, thread);
        return STEP_GOES_ON;
    }
    for (thread_id id = thread_at(sim, thread)->bears; id != 0; id = thread_at(sim, id)->ready_next) {
        cost += sim->plan->thread_create_cost;
    }
    return processor_use(sim, thread, cost);
}

void birth_costs(struct simulation *sim, uint32_t id)
{
    sim->state.unpaid--;
    thread_make_ready(sim, id, thread_note_at(sim, id)->readied);
}

static bool birth_read(struct simulation *sim, struct birth *birth, const uint32_t *operands)
{
    enum { TYPE, PRIORITY, BACKGROUND, MAY_WAIT };
    int64_t priority = 8;
    bool background = false;
    bool may_wait = false;

    if (!operand_number(sim, 0, operands[PRIORITY], &priority) ||
        !operand_flag(sim, 0, operands[BACKGROUND], &background) ||
        !operand_flag(sim, 0, operands[MAY_WAIT], &may_wait)) {
        return false;
    }
    if (priority < 0 || priority > 31) {
        misuse(sim, 0, "a priority is a number from 0 to 31");
        return false;
    }
    birth->type = operands[TYPE] == OPERAND_ABSENT ? THREAD_TYPE_USER : (uint8_t)operands[TYPE];
    birth->priority = (uint8_t)priority;
    birth->flags = (uint8_t)((background ? THREAD_BACKGROUND : 0) | (may_wait ? THREAD_MAY_WAIT : 0));
    return true;
}

void birth_declare(struct simulation *sim, const struct plan_object *declaration)
{
    const struct thread_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, thread, declaration);

    for (uint32_t i = 0; i < declaration->count; i++) {
        thread_id id = declaration->first_slot + i + 1;
        bool background = false;
        sim_span at = 0;

        sim->index = declaration->from + i;
        (void)operand_flag(sim, 0, attributes->background, &background);
        (void)operand_span(sim, 0, attributes->at, &at);
        thread_at(sim, id)->process = process_of(attributes->process, PROCESS_DEFAULT);
        if (declaration->later) {
            continue;
        }
        if (!background) {
            thread_at(sim, id)->flags = THREAD_IS_AWAITED;
            sim->state.foreground += sim->plan->main_is_implied ? 2 : 1;
            sim->state.had_foreground = true;
        }
        simulation_schedule(sim,
                            (struct event){.time = at, .what = event_what(EVENT_THREAD_START, id)});
    }
}

void birth_due(struct simulation *sim, uint32_t id)
{
    reference self = thread_reference(sim, id);
    const struct plan_object *declaration = plan_object_of(sim->plan, self);
    const struct thread_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, thread, declaration);
    const uint32_t operands[] = {attributes->type, attributes->priority, attributes->background,
                                 attributes->may_wait};
    struct operand_with with = {attributes->with, attributes->runs};
    struct birth birth = {.procedure = attributes->runs, .process = thread_at(sim, id)->process};

    sim->index = reference_slot(self) - declaration->first_slot + declaration->from;
    if (birth_read(sim, &birth, operands) && operand_with(sim, 0, with, &birth.locals)) {
        begin(sim, id, birth, sim->state.run_begin);
    }
}

/* What a `start` that names a declared thread leaves to its declaration. */
static void start_inherit(struct simulation *sim, reference named, struct start_operands *operands)
{
    const struct plan_object *declaration = plan_object_of(sim->plan, named);
    const struct thread_attributes *declared;

    if (declaration == NULL) {
        return;
    }
    declared = PLAN_ATTRIBUTES(sim->plan, thread, declaration);
    operands->type = operands->type == OPERAND_ABSENT ? declared->type : operands->type;
    operands->runs = operands->runs == OPERAND_ABSENT ? declared->runs : operands->runs;
    operands->with = operands->with == OPERAND_ABSENT ? declared->with : operands->with;
    if (operands->background == OPERAND_ABSENT) {
        operands->background = declared->background;
    }
    operands->priority = operands->priority == OPERAND_ABSENT ? declared->priority : operands->priority;
    operands->process = operands->process == OPERAND_ABSENT ? declared->process : operands->process;
    sim->index = reference_slot(named) - declaration->first_slot + declaration->from;
}

/* The thread that `start` starts: the declared one, if it waits to be started, else a new one. */
static bool thread_to_start(struct simulation *sim, thread_id thread, uint32_t target, reference *started)
{
    if (*started != REFERENCE_NONE &&
        thread_at(sim, thread_of(sim, *started))->state == THREAD_UNBORN) {
        return true;
    }
    *started = thread_reference(sim, thread_create(sim));
    return !sim->out_of_memory && target_name(sim, thread, target, *started);
}

/* The type that a `start` gives its thread: its own word, or the declaration's. */
static uint32_t type_to_start(const struct simulation *sim, const struct start_operands *operands, reference declared)
{
    const struct plan_object *declaration = declared == REFERENCE_NONE ? NULL : plan_object_of(sim->plan, declared);

    if (operands->type != OPERAND_ABSENT || declaration == NULL) {
        return operands->type;
    }
    return PLAN_ATTRIBUTES(sim->plan, thread, declaration)->type;
}

/* The creator pays for a worker or a completion-port thread, in processor time, before that is made: it then
 * executes its step once more. */
static bool has_paid(struct simulation *sim, thread_id thread, uint32_t type, const uint32_t *words)
{
    struct thread *creator = thread_at(sim, thread);

    if (!is_charged(sim, type)) {
        return true;
    }
    creator->flags ^= THREAD_HAS_PAID;
    if ((creator->flags & THREAD_HAS_PAID) != 0) {
        creator->pc = (uint32_t)(words - sim->plan->code) - 2;
        return false;
    }
    return true;
}

enum step_end birth_start(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    struct start_operands operands = *(const struct start_operands *)words;
    const uint32_t *attributes;
    struct birth birth = {0};
    thread_id id;
    reference named = REFERENCE_NONE;
    reference made;

    if (!target_declared(sim, thread, operands.object, &named)) {
        return STEP_GOES_ON;
    }
    if (!has_paid(sim, thread, type_to_start(sim, &operands, named), words)) {
        return processor_use(sim, thread, sim->plan->thread_create_cost);
    }
    made = named;
    if (!thread_to_start(sim, thread, operands.object, &made)) {
        return STEP_GOES_ON;
    }
    id = thread_of(sim, made);
    start_inherit(sim, named, &operands);
    birth.procedure = operands.runs;
    birth.process = process_of(operands.process, thread_at(sim, thread)->process);
    if (process_at(sim, birth.process)->has_exited) {
        misuse(sim, thread, "its process has ended");
        return STEP_GOES_ON;
    }
    attributes = (const uint32_t[]){operands.type, operands.priority, operands.background,
                                    OPERAND_ABSENT};
    if (!birth_read(sim, &birth, attributes) ||
        !operand_with(sim, thread, (struct operand_with){operands.with, operands.runs},
                      &birth.locals)) {
        return STEP_GOES_ON;
    }
    birth.item = thread_item(sim, thread);
    if ((birth.flags & THREAD_BACKGROUND) == 0) {
        sim->state.foreground++;
        sim->state.had_foreground = true;
    }
    begin(sim, id, birth, thread_note_at(sim, thread)->latest);
    return STEP_GOES_ON;
}

void birth_of_item(struct simulation *sim, const struct item_birth *of)
{
    thread_id id = thread_create_for_item(sim);
    struct birth birth = {
        .procedure = of->procedure,
        .locals = of->locals,
        .type = THREAD_TYPE_REMOTE,
        .process = PROCESS_DEFAULT,
        .priority = 8,
        .flags = THREAD_BACKGROUND,
        .item = of->item,
    };

    made_note(sim, thread_reference(sim, id), of->name);
    if (sim->out_of_memory) {
        return;
    }
    thread_at(sim, id)->is_of_load = true;
    begin(sim, id, birth, of->cause);
}
