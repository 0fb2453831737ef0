/* SPDX-License-Identifier: Apache-2.0 */
/* What threads do with processors: they compute, spin, give way.
 *
 * With ideal processors each has one in every observer's eyes, also one that has given way; only one that is
 * new, was parked or really waited is given one anew, which thread-run tells. Shared processors differ in
 * nothing but how long a compute takes. Dispatchers with turns are the affair of model/dispatch.c. */
#include "model/processor.h"

#include "model/dispatch.h"
#include "model/operand.h"
#include "model/ready.h"
#include "model/sharing.h"
#include "model/thread.h"

/* Whether the thread has a part of shared processors. */
static bool is_shared(const struct simulation *sim, thread_id thread)
{
    return sim->dispatcher != NULL && sim->dispatcher->shares &&
           thread_at(sim, thread)->type != THREAD_TYPE_REMOTE;
}

enum step_end processor_use(struct simulation *sim, thread_id thread, sim_span span)
{
    sim_time end;

    if (span == 0) {
        return STEP_GOES_ON;
    }
    if (!sim_time_add(sim->state.now, span, &end)) {
        misuse(sim, thread, "the clock would pass 2^63 ns");
        return STEP_GOES_ON;
    }
    if (dispatch_concerns(sim, thread)) {
        dispatch_works(sim, thread, span);
    } else if (is_shared(sim, thread)) {
        sharing_begins(sim, thread, span);
    } else {
        thread_schedule(sim, thread, EVENT_COMPUTE_END, end);
    }
    return STEP_STOPS;
}

/* A thread that has a processor again goes on with the compute or spin in which it was suspended; false: with its
 * next verb. */
static bool goes_on_working(struct simulation *sim, thread_id id)
{
    sim_span left = thread_at(sim, id)->work_left;
    bool spins = (thread_at(sim, id)->flags & THREAD_SPINS) != 0;

    if (left == 0 && !spins) {
        return false;
    }
    thread_at(sim, id)->work_left = 0;
    if (!spins && processor_use(sim, id, left) == STEP_GOES_ON) {
        return false;
    }
    if (spins && is_shared(sim, id)) {
        sharing_begins(sim, id, SIM_NEVER);
    }
    sim->state.step_is_fresh = false;
    return true;
}

thread_id processor_take(struct simulation *sim, uint32_t index)
{
    thread_id id = thread_take_ready(sim, index);

    sim->state.step_n++;
    sim->state.step_is_fresh = true;
    if (thread_at(sim, id)->state != THREAD_RUNNING) {
        thread_begins_running(sim, id, WHY_NONE);
        if (goes_on_working(sim, id)) {
            return 0;
        }
    }
    return id;
}

enum step_end processor_compute(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct compute_operands *operands = (const void *)words;
    sim_span span = 0;

    return operand_span(sim, thread, operands->object, &span) ? processor_use(sim, thread, span)
                                                              : STEP_GOES_ON;
}

void processor_compute_ends(struct simulation *sim, uint32_t id)
{
    thread_make_ready(sim, id, 0);
}

enum step_end processor_yield(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    struct record *record = emit_verb(sim, RECORD_THREAD_YIELD, thread);

    (void)words;
    record_standing(sim, record, thread);
    if (record != NULL) {
        record->why = WHY_YIELD;
    }
    if (dispatch_concerns(sim, thread)) {
        dispatch_yields(sim, thread);
    } else {
        thread_make_ready(sim, thread, 0);
    }
    return STEP_STOPS;
}

/* Whether the condition of a spin holds; a misuse ends the spin as if it did. */
static bool spin_is_over(struct simulation *sim, thread_id thread, uint32_t condition)
{
    bool holds = true;

    return !operand_flag(sim, thread, condition, &holds) || holds;
}

static void link_spinner(struct simulation *sim, thread_id id)
{
    thread_at(sim, id)->spin_next = sim->state.spinner_first;
    sim->state.spinner_first = id;
}

static void unlink_spinner(struct simulation *sim, thread_id id)
{
    thread_id *link = &sim->state.spinner_first;

    while (*link != id) {
        link = &thread_at(sim, *link)->spin_next;
    }
    *link = thread_at(sim, id)->spin_next;
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
    if (sim_time_add(sim->state.now, timeout, &end)) {
        thread_schedule(sim, thread, EVENT_DEADLINE, end);
    }
    thread_at(sim, thread)->flags |= THREAD_SPINS;
    thread_at(sim, thread)->spins_for = operands->object;
    link_spinner(sim, thread);
    if (dispatch_concerns(sim, thread)) {
        dispatch_works(sim, thread, SIM_NEVER);
    } else if (is_shared(sim, thread)) {
        sharing_begins(sim, thread, SIM_NEVER);
    }
    return STEP_STOPS;
}

/* A thread spins no longer, with an outcome. */
static void end_spin(struct simulation *sim, thread_id id, uint16_t error)
{
    unlink_spinner(sim, id);
    thread_at(sim, id)->flags &= (uint8_t)~THREAD_SPINS;
    thread_outcome_plain(sim, id, error);
}

void processor_spin_ends(struct simulation *sim, thread_id id, uint16_t error)
{
    if (thread_at(sim, id)->state != THREAD_RUNNING) {
        standing_at(sim, id)->is_late = true;
        return;
    }
    end_spin(sim, id, error);
    if (dispatch_concerns(sim, id)) {
        dispatch_stops_working(sim, id);
    } else if (is_shared(sim, id)) {
        sharing_ends(sim, id);
    } else {
        thread_make_ready(sim, id, 0);
    }
}

void processor_recheck_spinners(struct simulation *sim)
{
    thread_id next;

    for (thread_id id = sim->state.spinner_first; id != 0; id = next) {
        next = thread_at(sim, id)->spin_next;
        if (thread_at(sim, id)->state == THREAD_RUNNING &&
            spin_is_over(sim, id, thread_at(sim, id)->spins_for)) {
            processor_spin_ends(sim, id, WIN32_ERROR_SUCCESS);
        }
    }
}

/* A thread that spins has a processor again, and looks; whether it spins no longer. */
static bool looks_again(struct simulation *sim, thread_id id)
{
    bool is_over = spin_is_over(sim, id, thread_at(sim, id)->spins_for);

    if (!is_over && !standing_at(sim, id)->is_late) {
        return false;
    }
    standing_at(sim, id)->is_late = false;
    thread_overtakes(sim, id);
    end_spin(sim, id, is_over ? WIN32_ERROR_SUCCESS : WIN32_WAIT_TIMEOUT);
    ready_arm(sim, standing_at(sim, id)->processor);
    return true;
}

thread_id processor_next(struct simulation *sim)
{
    thread_id id;

    while ((id = dispatch_next(sim)) != 0) {
        bool spins = (thread_at(sim, id)->flags & THREAD_SPINS) != 0;
        if (spins ? looks_again(sim, id) : !goes_on_working(sim, id)) {
            return id;
        }
    }
    return 0;
}

void processor_suspends(struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);
    bool spins = (thread->flags & THREAD_SPINS) != 0;

    if (spins) {
        unlink_spinner(sim, id);
    }
    if (dispatch_concerns(sim, id)) {
        dispatch_withdraws(sim, id);
    } else if (is_shared(sim, id) && thread->state == THREAD_RUNNING) {
        thread->work_left = sharing_withdraws(sim, id);
    } else if (thread->is_timed && !spins) {
        thread->work_left = thread->due - sim->state.now;
    }
    thread_postpones(sim, id);
    thread_take_back(sim, id);
}

void processor_resumes(struct simulation *sim, thread_id id, uint64_t cause)
{
    const struct thread *thread = thread_at(sim, id);

    thread_make_ready(sim, id, cause);
    if ((thread->flags & THREAD_SPINS) != 0) {
        link_spinner(sim, id);
        thread_schedule(sim, id, EVENT_DEADLINE, thread->due > sim->state.now ? thread->due : sim->state.now);
    }
}

void processor_due(struct simulation *sim, uint32_t processor)
{
    if (sim->dispatcher->shares) {
        sharing_ends(sim, 0);
    } else {
        dispatch_processor_due(sim, processor);
    }
}

bool processor_only_spins(struct simulation *sim)
{
    uint32_t spinners = 0;

    for (thread_id id = sim->state.spinner_first; id != 0; id = thread_at(sim, id)->spin_next) {
        if (thread_at(sim, id)->state == THREAD_READY &&
            (standing_at(sim, id)->is_late || spin_is_over(sim, id, thread_at(sim, id)->spins_for))) {
            return false;
        }
        spinners++;
    }
    return spinners > 0 && spinners == sim->state.running + dispatch_ready_count(sim);
}

enum step_end processor_set_priority(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct set_priority_operands *operands = (const void *)words;
    thread_id target = operand_subject(sim, thread, operands->object, OBJECT_THREAD);
    int64_t priority = 8;
    struct record *record;

    if (target == 0 || !operand_number(sim, thread, operands->priority, &priority)) {
        return STEP_GOES_ON;
    }
    if (priority < 0 || priority >= DISPATCH_LEVELS) {
        misuse(sim, thread, "a priority is a number from 0 to 31");
        return STEP_GOES_ON;
    }
    if (thread_at(sim, target)->state == THREAD_UNBORN || thread_at(sim, target)->state == THREAD_ENDED) {
        misuse(sim, thread, "a thread that has not begun or has ended has no priority");
        return STEP_GOES_ON;
    }
    thread_at(sim, target)->priority = (uint8_t)priority;
    record = emit_verb(sim, RECORD_THREAD_PRIORITY, thread);
    if (record != NULL) {
        record->object = thread_reference(sim, target);
        record->count = (uint32_t)priority;
    }
    if (dispatch_concerns(sim, target)) {
        dispatch_moves(sim, target);
    }
    return STEP_GOES_ON;
}

uint32_t processor_utilization(const struct simulation *sim, const struct utilization_window *window)
{
    sim_span span = sim->state.now - window->from;
    sim_span used = processor_cpu_time(sim) - window->cpu_time;
    uint64_t percent;

    if (sim->plan->cpu_utilization != CPU_UTILIZATION_MEASURED) {
        return sim->plan->cpu_utilization;
    }
    if (span == 0) {
        return 0;
    }
    /* Rounded down; in this order nothing overflows below 2^57 ns of processor time. */
    percent = used * 100 / sim->plan->processors / span;
    return percent > 100 ? 100 : (uint32_t)percent;
}

sim_span processor_cpu_time(const struct simulation *sim)
{
    sim_span sum = sim->state.finished_cpu_time;

    if (sim->dispatcher != NULL && sim->dispatcher->shares) {
        return sum + thread_shared_time(sim);
    }
    for (thread_id id = 1; id < block_used(&sim->block, TABLE_THREAD); id++) {
        const struct thread *thread = thread_at(sim, id);
        if (thread->state == THREAD_RUNNING && thread->type != THREAD_TYPE_REMOTE) {
            sum += sim->state.now - thread->running_since;
        }
    }
    return sum;
}

uint32_t processor_busy(const struct simulation *sim)
{
    bool shares = sim->dispatcher != NULL && sim->dispatcher->shares;

    return shares && sim->state.running > sim->plan->processors ? sim->plan->processors : sim->state.running;
}
