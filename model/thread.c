/* SPDX-License-Identifier: Apache-2.0 */
/* Threads and their frames.
 *
 * A thread is in one of six states; the ready list holds those that are ready, and those that gave way,
 * which stay running in every eye but the processor's. Every change of state that stops or starts the
 * running of a thread goes through here, so that the machine's counts can be trusted. */
#include "model/thread.h"

#include "model/crew.h"
#include "sim/apart.h"
#include "sim/check.h"

struct record *thread_record(struct simulation *sim, enum record_kind kind, thread_id thread, uint64_t cause)
{
    struct record *record = emission_add(sim, kind);

    record->thread = thread_reference(sim, thread);
    record->type = thread_at(sim, thread)->type;
    record->item = item_number(sim, thread_item(sim, thread));
    record->cause = cause;
    if (sim->dispatcher != NULL && thread < block_used(&sim->block, TABLE_STANDING)) {
        record->cpu = standing_at(sim, thread)->processor;
    }
    return record;
}

void record_place(const struct simulation *sim, struct record *record, thread_id id)
{
    const struct thread *thread = thread_at(sim, id);

    if (thread->frame != 0) {
        const struct frame *frame = frame_at(sim, thread->frame);
        record->frame = frame->number;
        record->procedure = frame->procedure;
        record->step = thread->step;
    }
}

void thread_tell(const struct simulation *sim, struct record *record, thread_id id)
{
    const struct thread *thread = thread_at(sim, id);

    record->count = thread->priority;
    record->ok = (thread->flags & THREAD_BACKGROUND) != 0;
    record->which = thread->pool == 0 ? 0 : reference_make(OBJECT_POOL, thread->pool - 1);
    record->absent = thread->pool == 0 ? 4 : 0;
}

/* Whether turns are dealt out: there is a dispatcher, and it does not let all run at once. */
static bool has_turns(const struct simulation *sim)
{
    return sim->dispatcher != NULL && !sim->dispatcher->shares;
}

void record_standing(const struct simulation *sim, struct record *record, thread_id id)
{
    const struct standing *standing;

    if (record == NULL) {
        return;
    }
    record->count = thread_at(sim, id)->priority;
    record->absent = 2;
    if (has_turns(sim) && thread_at(sim, id)->type != THREAD_TYPE_REMOTE) {
        standing = standing_at(sim, id);
        record->count += standing->boost;
        record->which = standing->boost;
        record->absent = standing->boost == 0 ? 2 : 0;
    }
}

/* Which of the seven own fields of an outcome stay unsaid. */
static uint8_t outcome_absent(uint32_t shown)
{
    static const uint8_t order[] = {0,         RESULT_OK,    RESULT_ERROR, RESULT_BYTES,
                                    RESULT_KEY, RESULT_COUNT, RESULT_WHICH};
    uint32_t absent = 0;

    for (uint32_t i = 1; i < sizeof order; i++) {
        if ((shown & order[i]) == 0) {
            absent |= 1u << i;
        }
    }
    return (uint8_t)absent;
}

/* The results beside ok and error. */
SIM_APART static void frame_take_results(struct simulation *sim, thread_id thread, const struct outcome *outcome)
{
    struct frame *frame = frame_at(sim, thread_at(sim, thread)->frame);

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

/* Tells an outcome; its cause is the last record of its step that has this thread, if there is one. */
SIM_APART static void tell_outcome(struct simulation *sim, thread_id id, const struct outcome *outcome)
{
    const struct thread *thread = thread_at(sim, id);
    const struct thread_note *note = thread_note_at(sim, id);
    uint64_t cause = note->own_step == sim->state.step_n ? note->own : note->latest;
    struct record *record = emit_thread(sim, RECORD_OUTCOME, id, cause);

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

void thread_outcome(struct simulation *sim, thread_id id, const struct outcome *outcome)
{
    struct frame *frame = frame_at(sim, thread_at(sim, id)->frame);

    frame->ok = outcome->ok;
    frame->error = outcome->error;
    if (emission_wants(sim, RECORD_OUTCOME)) {
        tell_outcome(sim, id, outcome);
    } else {
        (void)thread_counts(sim, RECORD_OUTCOME, id);
    }
    if ((outcome->shown & ~(uint32_t)(RESULT_OK | RESULT_ERROR)) != 0) {
        frame_take_results(sim, id, outcome);
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

void thread_schedule(struct simulation *sim, thread_id id, enum event_kind kind, sim_time time)
{
    struct thread *thread = thread_at(sim, id);

    if (time != SIM_NEVER) {
        thread->is_timed = true;
        thread->due = time;
        simulation_schedule(sim, (struct event){time, thread->stamp, event_what(kind, id)});
    }
}

void thread_overtakes(struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);

    thread->stamp++;
    sim->state.stale_events += thread->is_timed;
    thread->is_timed = false;
}

void thread_postpones(struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);

    thread->due = thread->is_timed ? thread->due : SIM_NEVER;
    thread_overtakes(sim, id);
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

/* Puts a thread at the tail of the ready list. */
static inline void append_ready(struct simulation *sim, thread_id id)
{
    SIM_CHECK(thread_at(sim, id)->ready_next == 0 && id != sim->state.ready_last);
    if (sim->state.ready_first == 0) {
        sim->state.ready_first = id;
    } else {
        thread_at(sim, sim->state.ready_last)->ready_next = id;
    }
    sim->state.ready_last = id;
    sim->state.ready_count++;
}

void thread_goes_on(struct simulation *sim, thread_id id)
{
    append_ready(sim, id);
}

void thread_settle_crew(struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);
    struct worker *worker = worker_at(sim, thread->worker);
    bool counts = thread_is_active(sim, id) && !worker->runs_long;

    if (counts != worker->counts) {
        worker->counts = counts;
        crew_at(sim, thread->pool)->running += counts ? 1u : UINT32_MAX;
    }
}

void thread_make_ready(struct simulation *sim, thread_id id, uint64_t cause)
{
    struct thread *thread = thread_at(sim, id);

    thread_overtakes(sim, id);
    thread_note_at(sim, id)->readied = cause;
    if (thread->state != THREAD_RUNNING) {
        thread->state = THREAD_READY;
    }
    if (thread->worker != 0) {
        thread_settle_crew(sim, id);
    }
    append_ready(sim, id);
}

/* Unlinks one that is not the first. */
thread_id thread_take_ready_later(struct simulation *sim, uint32_t index)
{
    thread_id previous = sim->state.ready_first;
    thread_id id;

    for (uint32_t i = 1; i < index; i++) {
        previous = thread_at(sim, previous)->ready_next;
    }
    id = thread_at(sim, previous)->ready_next;
    thread_at(sim, previous)->ready_next = thread_at(sim, id)->ready_next;
    if (sim->state.ready_last == id) {
        sim->state.ready_last = previous;
    }
    thread_at(sim, id)->ready_next = 0;
    sim->state.ready_count--;
    return id;
}

void thread_take_back(struct simulation *sim, thread_id id)
{
    uint32_t index = 0;

    for (thread_id at = sim->state.ready_first; at != 0; at = thread_at(sim, at)->ready_next) {
        if (at == id) {
            (void)thread_take_ready(sim, index);
            return;
        }
        index++;
    }
}

sim_span thread_shared_time(const struct simulation *sim)
{
    uint32_t busy = sim->state.running < sim->plan->processors ? sim->state.running : sim->plan->processors;

    return (sim->state.now - sim->state.shared_since) * busy;
}

/* Shared processors: sums up what they have done so far, before one more or one less thread runs. */
static void settle_shared_time(struct simulation *sim)
{
    sim->state.finished_cpu_time += thread_shared_time(sim);
    sim->state.shared_since = sim->state.now;
}

static bool is_shared(const struct simulation *sim)
{
    return sim->dispatcher != NULL && sim->dispatcher->shares;
}

void thread_begins_running(struct simulation *sim, thread_id id, enum record_why why)
{
    struct thread *thread = thread_at(sim, id);
    struct record *record;

    thread->state = THREAD_RUNNING;
    thread->running_since = sim->state.now;
    thread->switches++;
    sim->state.switches++;
    if (thread->type != THREAD_TYPE_REMOTE) {
        if (is_shared(sim)) {
            settle_shared_time(sim);
        }
        sim->state.running++;
    }
    record = emit_standing(sim, RECORD_THREAD_RUN, id, thread_note_at(sim, id)->readied);
    if (record != NULL) {
        record->why = (uint8_t)why;
    }
    thread_is_caused(sim, id);
}

void thread_stops_running(struct simulation *sim, thread_id id, enum thread_state state)
{
    struct thread *thread = thread_at(sim, id);
    bool was_running = thread->state == THREAD_RUNNING;

    SIM_CHECK(was_running || thread->state == THREAD_READY);
    thread->state = (uint8_t)state;
    if (thread->worker != 0) {
        thread_settle_crew(sim, id);
    }
    if (was_running && thread->type != THREAD_TYPE_REMOTE) {
        if (is_shared(sim)) {
            settle_shared_time(sim);
        } else {
            sim->state.finished_cpu_time += sim->state.now - thread->running_since;
        }
        sim->state.running--;
    }
}

frame_id frame_push(struct simulation *sim, thread_id thread, const struct frame *wanted)
{
    uint32_t locals = wanted->locals != 0 ? wanted->locals : locals_create(sim, wanted->procedure);
    frame_id id = simulation_create_element(sim, TABLE_FRAME);
    struct frame *frame = frame_at(sim, id);

    *frame = *wanted;
    frame->locals = locals;
    frame->number = ++sim->state.frames;
    frame->up = thread_at(sim, thread)->frame;
    frame->depth = frame_at(sim, frame->up)->depth;
    thread_at(sim, thread)->frame = id;
    thread_at(sim, thread)->pc = sim->plan->procedure[wanted->procedure].start;
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

/* What the thread is called from now on. */
static void give_reference(struct simulation *sim, thread_id id)
{
    uint32_t place = simulation_create_element(sim, TABLE_THREAD_PLACE);

    *BLOCK_AT(&sim->block, TABLE_THREAD_PLACE, thread_id, place) = id;
    thread_at(sim, id)->self = reference_make(OBJECT_THREAD, sim->state.thread_references++);
    thread_at(sim, id)->subject = REFERENCE_NONE;
    thread_at(sim, id)->step = NAME_NONE;
}

thread_id thread_create(struct simulation *sim)
{
    thread_id id = simulation_create_element(sim, TABLE_THREAD);

    (void)simulation_create_element(sim, TABLE_THREAD_NOTE);
    give_reference(sim, id);
    return id;
}

thread_id thread_create_for_item(struct simulation *sim)
{
    thread_id id = sim->state.free_thread;
    uint32_t stamp;

    if (id == 0) {
        return thread_create(sim);
    }
    sim->state.free_thread = thread_at(sim, id)->ready_next;
    stamp = thread_at(sim, id)->stamp; /* what was scheduled for the one before stays stale */
    memset(thread_at(sim, id), 0, sizeof(struct thread));
    memset(thread_note_at(sim, id), 0, sizeof(struct thread_note));
    thread_at(sim, id)->stamp = stamp;
    give_reference(sim, id);
    return id;
}

void thread_forget(struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);

    if (!thread->is_of_load || thread->state != THREAD_ENDED || thread->is_named || thread->outstanding > 0 ||
        thread->waitable != 0) {
        return;
    }
    *BLOCK_AT(&sim->block, TABLE_THREAD_PLACE, thread_id, reference_slot(thread->self) + 1) = 0;
    thread->is_of_load = false;
    thread->ready_next = sim->state.free_thread;
    sim->state.free_thread = id;
}
