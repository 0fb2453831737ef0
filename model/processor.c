/* SPDX-License-Identifier: Apache-2.0 */
/* Ideal processors.
 *
 * A thread that computes, spins or has given way keeps its processor in every observer's eyes; only one
 * that is new, was parked or really waited is given one anew, which thread-run tells. */
#include "model/processor.h"

#include "model/operand.h"
#include "model/thread.h"

/* Unlinks the index-th ready thread. O(index). */
static thread_id ready_unlink(struct simulation *sim, uint32_t index)
{
    struct run_state *state = &sim->state;
    thread_id previous = 0;
    thread_id id = state->ready_first;

    for (uint32_t i = 0; i < index; i++) {
        previous = id;
        id = thread_at(sim, id)->ready_next;
    }
    if (previous == 0) {
        state->ready_first = thread_at(sim, id)->ready_next;
    } else {
        thread_at(sim, previous)->ready_next = thread_at(sim, id)->ready_next;
    }
    if (state->ready_last == id) {
        state->ready_last = previous;
    }
    thread_at(sim, id)->ready_next = 0;
    state->ready_count--;
    return id;
}

thread_id processor_take(struct simulation *sim, uint32_t index)
{
    thread_id id = ready_unlink(sim, index);
    struct thread *thread = thread_at(sim, id);
    struct record *record;

    sim->state.step_n++;
    sim->state.step_is_fresh = true;
    if (thread->state == THREAD_RUNNING) {
        return id;
    }
    thread->state = THREAD_RUNNING;
    thread->running_since = sim->state.now;
    thread->switches++;
    sim->state.switches++;
    if (thread->type != THREAD_TYPE_REMOTE) {
        sim->state.running++;
    }
    record = emit_thread(sim, RECORD_THREAD_RUN, id, thread_note_at(sim, id)->readied);
    if (record != NULL) {
        record->count = thread->priority;
    }
    thread_is_caused(sim, id);
    return id;
}

void processor_give_way(struct simulation *sim, thread_id thread)
{
    thread_make_ready(sim, thread, 0);
}

enum step_end processor_compute(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct compute_operands *operands = (const void *)words;
    sim_span span = 0;
    sim_time end;

    if (!operand_span(sim, thread, operands->object, &span) || span == 0) {
        return STEP_GOES_ON;
    }
    if (!sim_time_add(sim->state.now, span, &end)) {
        misuse(sim, thread, "the clock would pass 2^63 ns");
        return STEP_GOES_ON;
    }
    if (end != SIM_NEVER) {
        simulation_schedule(sim, (struct event){.time = end,
                                                .stamp = thread_at(sim, thread)->stamp,
                                                .what = event_what(EVENT_COMPUTE_END, thread)});
    }
    return STEP_STOPS;
}

void processor_compute_ends(struct simulation *sim, uint32_t id)
{
    processor_give_way(sim, id);
}

enum step_end processor_yield(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    struct record *record = emit_verb(sim, RECORD_THREAD_YIELD, thread);

    (void)words;
    if (record != NULL) {
        record->count = thread_at(sim, thread)->priority;
        record->why = WHY_YIELD;
    }
    processor_give_way(sim, thread);
    return STEP_STOPS;
}

/* Whether the condition of a spin holds; a misuse ends the spin as if it did. */
static bool spin_is_over(struct simulation *sim, thread_id thread, uint32_t condition)
{
    bool holds = true;

    return !operand_flag(sim, thread, condition, &holds) || holds;
}

enum step_end processor_spin(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct spin_operands *operands = (const void *)words;
    sim_span timeout = SIM_NEVER;
    sim_time end;

    if (!operand_span(sim, thread, operands->timeout, &timeout)) {
        return STEP_GOES_ON;
    }
    if (spin_is_over(sim, thread, operands->object)) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
        return STEP_GOES_ON;
    }
    if (timeout == 0) {
        thread_outcome_plain(sim, thread, WIN32_WAIT_TIMEOUT);
        return STEP_GOES_ON;
    }
    if (sim_time_add(sim->state.now, timeout, &end) && end != SIM_NEVER) {
        simulation_schedule(sim, (struct event){.time = end,
                                                .stamp = thread_at(sim, thread)->stamp,
                                                .what = event_what(EVENT_DEADLINE, thread)});
    }
    thread_at(sim, thread)->flags |= THREAD_SPINS;
    thread_at(sim, thread)->spins_for = operands->object;
    thread_at(sim, thread)->spin_next = sim->state.spinner_first;
    sim->state.spinner_first = thread;
    return STEP_STOPS;
}

void processor_spin_ends(struct simulation *sim, thread_id id, uint16_t error)
{
    thread_id *link = &sim->state.spinner_first;

    while (*link != id) {
        link = &thread_at(sim, *link)->spin_next;
    }
    *link = thread_at(sim, id)->spin_next;
    thread_at(sim, id)->flags &= (uint8_t)~THREAD_SPINS;
    thread_outcome_plain(sim, id, error);
    thread_make_ready(sim, id, 0);
}

void processor_recheck_spinners(struct simulation *sim)
{
    thread_id next;

    for (thread_id id = sim->state.spinner_first; id != 0; id = next) {
        next = thread_at(sim, id)->spin_next;
        if (spin_is_over(sim, id, thread_at(sim, id)->spins_for)) {
            processor_spin_ends(sim, id, WIN32_ERROR_SUCCESS);
        }
    }
}
