/* SPDX-License-Identifier: Apache-2.0 */
/* Threads and their frames.
 *
 * A thread is in one of six states; the ready list holds those that are ready, and those that gave way,
 * which stay running in every eye but the processor's. Every change of state that stops or starts the
 * running of a thread goes through here, so that the machine's counts can be trusted. */
#include "model/thread.h"

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

void thread_await(struct simulation *sim, thread_id id, packet_id operation)
{
    packet_id held = thread_at(sim, id)->awaits;

    if (operation != 0) {
        packet_hold(sim, operation);
    }
    thread_at(sim, id)->awaits = operation;
    packet_drop(sim, held);
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

thread_id thread_create(struct simulation *sim)
{
    thread_id id = simulation_create_element(sim, TABLE_THREAD);

    (void)simulation_create_element(sim, TABLE_THREAD_NOTE);
    thread_at(sim, id)->subject = REFERENCE_NONE;
    return id;
}
