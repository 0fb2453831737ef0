/* SPDX-License-Identifier: Apache-2.0 */
/* Threads and their frames.
 *
 * A thread is in one of six states; the ready list holds those that are ready, and those that gave way,
 * which stay running in every eye but the processor's. Every change of state that stops or starts the
 * running of a thread goes through here, so that the machine's counts can be trusted. */
#include "model/thread.h"

#include "model/names.h"
#include "model/operand.h"
#include "model/target.h"
#include "sim/check.h"

struct record *
emit_thread(struct simulation *sim, enum record_kind kind, thread_id thread, uint64_t cause)
{
    struct record *record = emit(sim, kind);
    struct thread_note *note = thread_note_at(sim, thread);

    note->own = sim->state.n;
    note->own_step = sim->state.step_n;
    if (record != NULL) {
        record->thread = thread_reference(thread);
        record->type = thread_at(sim, thread)->type;
        record->cause = cause;
    }
    return record;
}

/* Adds where the thread stands: frame, procedure, step. */
static void record_place(const struct simulation *sim, struct record *record, thread_id id)
{
    const struct thread *thread = thread_at(sim, id);

    if (record != NULL && thread->frame != 0) {
        const struct frame *frame = frame_at(sim, thread->frame);
        record->frame = frame->number;
        record->procedure = frame->procedure;
        record->step = thread->step;
    }
}

struct record *emit_verb(struct simulation *sim, enum record_kind kind, thread_id thread)
{
    uint64_t cause = thread_note_at(sim, thread)->latest;
    struct record *record = emit_thread(sim, kind, thread, cause);

    record_place(sim, record, thread);
    return record;
}

void thread_is_caused(struct simulation *sim, thread_id thread)
{
    thread_note_at(sim, thread)->latest = sim->state.n;
}

/* Which of the seven own fields of an outcome stay unsaid. */
static uint16_t outcome_absent(uint32_t shown)
{
    static const uint8_t order[] = {0,         RESULT_OK,    RESULT_ERROR, RESULT_BYTES,
                                    RESULT_KEY, RESULT_COUNT, RESULT_WHICH};
    uint32_t absent = 0;

    for (uint32_t i = 1; i < sizeof order; i++) {
        if ((shown & order[i]) == 0) {
            absent |= 1u << i;
        }
    }
    return (uint16_t)absent;
}

static void frame_take_outcome(struct simulation *sim,
                               struct frame *frame,
                               const struct outcome *outcome)
{
    frame->ok = outcome->ok;
    frame->error = outcome->error;
    if ((outcome->shown & RESULT_BYTES) != 0) {
        frame->bytes = outcome->bytes;
    }
    if ((outcome->shown & RESULT_KEY) != 0) {
        frame->key = outcome->key;
    }
    if ((outcome->shown & RESULT_COUNT) != 0) {
        frame->count = outcome->count;
    }
    if ((outcome->shown & RESULT_WHICH) != 0) {
        frame->which = outcome->which;
    }
    if ((outcome->shown & RESULT_OPERATION) != 0) {
        packet_id held = frame->operation;
        if (outcome->operation != 0) {
            packet_hold(sim, outcome->operation);
        }
        frame->operation = outcome->operation;
        packet_drop(sim, held);
    }
}

void thread_outcome(struct simulation *sim, thread_id id, const struct outcome *outcome)
{
    const struct thread *thread = thread_at(sim, id);
    const struct thread_note *note = thread_note_at(sim, id);
    uint64_t cause = note->own_step == sim->state.step_n ? note->own : note->latest;
    struct record *record = emit_thread(sim, RECORD_OUTCOME, id, cause);

    frame_take_outcome(sim, frame_at(sim, thread->frame), outcome);
    if (record != NULL) {
        record_place(sim, record, id);
        record->verb = thread->verb;
        record->object = thread->subject;
        record->op = outcome->op;
        record->ok = outcome->ok;
        record->error = outcome->error;
        record->bytes = outcome->bytes;
        record->key = outcome->key;
        record->count = outcome->count;
        record->which = outcome->which;
        record->absent = outcome_absent(outcome->shown);
    }
}

void thread_outcome_plain(struct simulation *sim, thread_id thread, uint16_t error)
{
    struct outcome outcome = {
        .ok = error == WIN32_ERROR_SUCCESS,
        .error = error,
        .shown = RESULT_OK | RESULT_ERROR,
    };

    thread_outcome(sim, thread, &outcome);
}

void thread_make_ready(struct simulation *sim, thread_id id, uint64_t cause)
{
    struct thread *thread = thread_at(sim, id);

    SIM_CHECK(thread->ready_next == 0 && id != sim->state.ready_last);
    thread->stamp++;
    thread_note_at(sim, id)->readied = cause;
    if (thread->state != THREAD_RUNNING) {
        thread->state = THREAD_READY;
    }
    if (sim->state.ready_first == 0) {
        sim->state.ready_first = id;
    } else {
        thread_at(sim, sim->state.ready_last)->ready_next = id;
    }
    sim->state.ready_last = id;
    sim->state.ready_count++;
}

void thread_stops_running(struct simulation *sim, thread_id id, enum thread_state state)
{
    struct thread *thread = thread_at(sim, id);

    SIM_CHECK(thread->state == THREAD_RUNNING);
    thread->state = (uint8_t)state;
    if (thread->type != THREAD_TYPE_REMOTE) {
        sim->state.running--;
        sim->state.finished_cpu_time += sim->state.now - thread->running_since;
    }
}

frame_id frame_push(struct simulation *sim, thread_id thread, struct frame wanted)
{
    frame_id id;

    if (wanted.locals == 0) {
        wanted.locals = locals_create(sim, wanted.procedure);
    }
    id = simulation_create_element(sim, TABLE_FRAME);
    wanted.number = ++sim->state.frames;
    wanted.up = thread_at(sim, thread)->frame;
    *frame_at(sim, id) = wanted;
    thread_at(sim, thread)->frame = id;
    thread_at(sim, thread)->pc = sim->plan->procedure[wanted.procedure].start;
    return id;
}

void frame_pop(struct simulation *sim, thread_id thread)
{
    frame_id id = thread_at(sim, thread)->frame;
    struct frame frame = *frame_at(sim, id);

    thread_at(sim, thread)->frame = frame.up;
    thread_at(sim, thread)->pc = frame.return_pc;
    locals_free(sim, frame.procedure, frame.locals);
    packet_drop(sim, frame.operation);
    packet_drop(sim, frame.packet);
    while (frame.taken != 0) {
        packet_id next = packet_at(sim, frame.taken)->next;
        packet_drop(sim, frame.taken);
        frame.taken = next;
    }
    block_free(&sim->block, TABLE_FRAME, id);
}

/* What a new thread is like, from whoever makes it. */
struct birth {
    uint32_t procedure, locals;
    uint8_t type, priority, flags;
};

/* A thread comes into being: it has a frame and is ready. */
static void thread_begin(struct simulation *sim, thread_id id, struct birth birth, uint64_t cause)
{
    struct thread *thread = thread_at(sim, id);
    struct record *record;

    thread->type = birth.type;
    thread->priority = birth.priority;
    thread->flags = birth.flags;
    thread->born = sim->state.now;
    sim->state.alive++;
    record = emit_thread(sim, RECORD_THREAD_CREATE, id, cause);
    if (record != NULL) {
        record->count = birth.priority;
        record->ok = (birth.flags & THREAD_BACKGROUND) != 0;
    }
    cause = sim->state.n;
    frame_push(sim, id,
               (struct frame){
                   .procedure = birth.procedure,
                   .locals = birth.locals,
                   .ok = true,
                   .kind = FRAME_THREAD,
               });
    thread_make_ready(sim, id, cause);
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
    birth->type = operands[TYPE] == OPERAND_ABSENT ? THREAD_TYPE_USER : (uint8_t)operands[TYPE];
    birth->priority = (uint8_t)(priority < 0 ? 0 : priority > 31 ? 31 : priority);
    birth->flags = (uint8_t)((background ? THREAD_BACKGROUND : 0) | (may_wait ? THREAD_MAY_WAIT : 0));
    return true;
}

thread_id thread_create(struct simulation *sim)
{
    thread_id id = simulation_create_element(sim, TABLE_THREAD);

    (void)simulation_create_element(sim, TABLE_THREAD_NOTE);
    thread_at(sim, id)->subject = REFERENCE_NONE;
    return id;
}

void thread_declare(struct simulation *sim, const struct plan_object *declaration)
{
    const struct thread_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, thread, declaration);

    for (uint32_t i = 0; i < declaration->count; i++) {
        thread_id id = thread_create(sim);
        bool background = false;
        sim_span at = 0;

        sim->index = declaration->from + i;
        (void)operand_flag(sim, 0, attributes->background, &background);
        (void)operand_span(sim, 0, attributes->at, &at);
        if (declaration->later) {
            continue;
        }
        if (!background) {
            sim->state.foreground++;
            sim->state.had_foreground = true;
        }
        simulation_schedule(sim,
                            (struct event){.time = at, .what = event_what(EVENT_THREAD_START, id)});
    }
}

void thread_starts(struct simulation *sim, uint32_t id)
{
    reference self = thread_reference(id);
    const struct plan_object *declaration = plan_object_of(sim->plan, self);
    const struct thread_attributes *attributes = PLAN_ATTRIBUTES(sim->plan, thread, declaration);
    const uint32_t operands[] = {attributes->type, attributes->priority, attributes->background,
                                 attributes->may_wait};
    struct operand_with with = {attributes->with, attributes->runs};
    struct birth birth = {.procedure = attributes->runs};

    sim->index = reference_slot(self) - declaration->first_slot + declaration->from;
    if (birth_read(sim, &birth, operands) && operand_with(sim, 0, with, &birth.locals)) {
        thread_begin(sim, id, birth, sim->state.run_begin);
    }
}

/* What a `start` that names a declared thread leaves to its declaration. */
static void start_inherit(struct simulation *sim, thread_id id, struct start_operands *operands)
{
    const struct plan_object *declaration = plan_object_of(sim->plan, thread_reference(id));
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
    sim->index = reference_slot(thread_reference(id)) - declaration->first_slot + declaration->from;
}

enum step_end thread_start(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    struct start_operands operands = *(const struct start_operands *)words;
    const uint32_t *attributes;
    struct birth birth = {0};
    thread_id id;
    reference made = REFERENCE_NONE;

    if (!target_make(sim, thread, operands.object, &made)) {
        return STEP_GOES_ON;
    }
    id = reference_slot(made) + 1;
    start_inherit(sim, id, &operands);
    birth.procedure = operands.runs;
    attributes = (const uint32_t[]){operands.type, operands.priority, operands.background,
                                    OPERAND_ABSENT};
    if (!birth_read(sim, &birth, attributes) ||
        !operand_with(sim, thread, (struct operand_with){operands.with, operands.runs},
                      &birth.locals)) {
        return STEP_GOES_ON;
    }
    if ((birth.flags & THREAD_BACKGROUND) == 0) {
        sim->state.foreground++;
        sim->state.had_foreground = true;
    }
    thread_begin(sim, id, birth, thread_note_at(sim, thread)->latest);
    return STEP_GOES_ON;
}
