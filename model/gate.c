/* SPDX-License-Identifier: Apache-2.0 */
/* The gate waits until its next round is due, until a delay is over that workers that wait for tasks have asked for, or
 * until it is woken. Its clock ticks; its time-outs may last longer than they should (fact CLR-64). What it does takes
 * no time but for the threads that it makes, and its next wait begins behind that. */
#include "model/gate.h"

#include "model/completion_thread.h"
#include "model/operand.h"
#include "model/pool.h"
#include "model/processor.h"
#include "model/wait.h"

#define MS UINT64_C(1000000)

static sim_span least(sim_span a, sim_span b)
{
    return a < b ? a : b;
}

/* How long until `span` has passed since `since`: at least a millisecond. */
static sim_span left(sim_span span, sim_time since, sim_time now)
{
    return now - since + MS < span ? span - (now - since) : MS;
}

/* A time-out lasts longer than it should; on Windows, until the clock ticks. */
static sim_span as_it_lasts(struct simulation *sim, pool_id id, thread_id thread, sim_span timeout)
{
    sim_span over = 0;

    (void)operand_span(sim, thread, pool_at(sim, id)->overshoot, &over);
    return pool_timeout(sim, id, timeout) + over;
}

static enum step_end begin_wait(struct simulation *sim, thread_id thread, enum gate_phase phase, sim_span timeout)
{
    struct waiting waiting = {.timeout = timeout, .why = WHY_WAIT};

    pool_at(sim, thread_at(sim, thread)->pool)->gate.phase = (uint8_t)phase;
    if (timeout != SIM_NEVER) {
        waiting.timeout = as_it_lasts(sim, thread_at(sim, thread)->pool, thread, timeout);
    }
    return wait_begin(sim, thread, &waiting);
}

/* Waits for what comes first; an event that was set meanwhile ends the wait before it begins. */
static enum step_end wait_for_work(struct simulation *sim, thread_id thread)
{
    const struct pool *pool = pool_at(sim, thread_at(sim, thread)->pool);
    struct gate *gate = &pool_at(sim, thread_at(sim, thread)->pool)->gate;
    sim_time now = pool_clock(sim);
    sim_span until_round = left(pool->constants.gate_period, gate->last_round, now);
    sim_span until_delay = gate->is_delaying ? left(gate->delay, gate->delay_since, now) : SIM_NEVER;

    gate->waits_for_round = until_round <= until_delay;
    gate->waits_for_delay = until_delay <= until_round;
    if (gate->is_signalled) {
        gate->phase = GATE_WAITS;
        return STEP_GOES_ON;
    }
    return begin_wait(sim, thread, GATE_WAITS, least(until_round, until_delay));
}

/* Its clock begins, anew when it was parked. */
static void begin_clock(struct simulation *sim, pool_id id)
{
    struct gate *gate = &pool_at(sim, id)->gate;

    gate->last_round = pool_clock(sim);
    gate->cpu_since = sim->state.now;
    gate->cpu_time = processor_cpu_time(sim);
    gate->is_delaying = false;
}

/* What workers that wait for tasks have asked for, unless a delay still runs (fact CLR-83). */
static void compensate(struct simulation *sim, pool_id id, thread_id thread, bool timed_out)
{
    struct gate *gate = &pool_at(sim, id)->gate;
    struct pool_view view = pool_view_of(sim, id);
    struct blocking_advice advice;
    bool is_over = false;
    uint64_t cause = thread_note_at(sim, thread)->latest;

    if (gate->pending == PENDING_NOTHING) {
        gate->is_delaying = false;
        return;
    }
    if (gate->is_delaying) {
        is_over = (timed_out && gate->waits_for_delay) || pool_clock(sim) - gate->delay_since >= gate->delay;
        if (gate->pending == PENDING_WITH_DELAY && !is_over) {
            return;
        }
    }
    advice = pool_policy_of(sim, id)->adjust(&view, is_over);
    gate->pending = advice.delay > 0 ? PENDING_WITH_DELAY : PENDING_NOTHING;
    gate->is_delaying = advice.delay > 0;
    gate->delay = advice.delay;
    gate->delay_since = pool_clock(sim);
    pool_at(sim, id)->added = advice.added;
    pool_set_target(sim, id,
                    (struct pool_change){advice.target, WHY_COOPERATIVE_BLOCKING,
                                         advice.adds_worker ? POOL_COMPENSATES : POOL_CHANGES},
                    cause, thread);
}

/* The share of all processors that was used since the last round, in percent. */
static uint32_t measure(const struct simulation *sim, struct gate *gate)
{
    sim_span window = (sim->state.now - gate->cpu_since) * sim->plan->processors;
    sim_span used = processor_cpu_time(sim) - gate->cpu_time;
    uint64_t percent = window == 0 ? 0 : used / (window / 100 + (window < 100));

    gate->cpu_since = sim->state.now;
    gate->cpu_time += used;
    if (sim->plan->cpu_utilization != CPU_UTILIZATION_MEASURED) {
        return sim->plan->cpu_utilization;
    }
    return percent > 100 ? 100 : (uint32_t)percent;
}

static void tell_round(struct simulation *sim, pool_id id, struct gate_sample sample, enum gate_verdict verdict)
{
    static const uint8_t whys[] = {
        [GATE_ACTS] = WHY_STARVATION,       [GATE_NO_REQUEST] = WHY_NO_REQUEST,
        [GATE_CPU_HIGH] = WHY_CPU_HIGH,     [GATE_DEQUEUED_LATELY] = WHY_DEQUEUED_LATELY,
        [GATE_AT_MAXIMUM] = WHY_AT_MAX,     [GATE_BELOW_TARGET] = WHY_FEWER_THAN_TARGET,
    };
    struct record *record = emit_verb(sim, RECORD_GATE_ROUND, pool_at(sim, id)->gate.thread);

    if (record != NULL) {
        record->object = pool_reference(id);
        record->count = sample.utilization;
        record->active = pool_at(sim, id)->requests;
        record->amount = sample.since_dequeue;
        record->why = whys[verdict];
    }
}

static void look_round(struct simulation *sim, pool_id id, thread_id thread)
{
    struct gate *gate = &pool_at(sim, id)->gate;
    struct pool_view view = pool_view_of(sim, id);
    struct gate_sample sample;
    enum gate_verdict verdict;

    gate->last_round = pool_clock(sim);
    gate->rounds_left -= gate->rounds_left > 0 && gate->pending == PENDING_NOTHING && view.requests == 0 &&
                         !completion_threads_are_taken(sim, id);
    if (gate->pending != PENDING_NOTHING) { /* facts CLR-61, 65 */
        return;
    }
    gate->utilization = view.constants->cpu_sampling > 0 || pool_policy_of(sim, id)->adjust == NULL ? measure(sim, gate) : 0;
    completion_threads_look_round(sim, id, thread);
    view = pool_view_of(sim, id);
    if (view.constants->starvation_detection == 0) {
        return;
    }
    sample = (struct gate_sample){
        .since_dequeue = pool_clock(sim) - pool_at(sim, id)->last_dequeue,
        .utilization = pool_at(sim, id)->gate.utilization,
    };
    verdict = pool_policy_of(sim, id)->round(&view, sample);
    tell_round(sim, id, sample, verdict);
    if (verdict == GATE_ACTS) {
        pool_set_target(sim, id, (struct pool_change){view.current + 1, WHY_STARVATION, POOL_STARVES}, sim->state.n, thread);
    }
}

/* What it woke for. */
static enum step_end work(struct simulation *sim, thread_id thread)
{
    pool_id id = thread_at(sim, thread)->pool;
    struct gate *gate = &pool_at(sim, id)->gate;
    bool timed_out = !gate->is_signalled;

    gate->is_signalled = false;
    gate->phase = GATE_WORKED;
    if (pool_policy_of(sim, id)->adjust != NULL) {
        compensate(sim, id, thread, timed_out);
    }
    gate = &pool_at(sim, id)->gate;
    if ((timed_out && gate->waits_for_round) ||
        pool_clock(sim) - gate->last_round >= pool_at(sim, id)->constants.gate_period) {
        look_round(sim, id, thread);
    }
    return STEP_GOES_ON; /* and pays for what it has made, before it waits again */
}

/* Whether nothing has been asked of it for so many rounds that it parks (fact CLR-60). */
static bool may_park(const struct simulation *sim, pool_id id)
{
    const struct gate *gate = &pool_at(sim, id)->gate;

    return gate->rounds_left == 0 && gate->pending == PENDING_NOTHING && pool_at(sim, id)->requests == 0 &&
           !completion_threads_are_taken(sim, id);
}

enum step_end gate_goes_on(struct simulation *sim, thread_id thread)
{
    pool_id id = thread_at(sim, thread)->pool;
    struct gate *gate = &pool_at(sim, id)->gate;

    step_begin(sim);
    sim->state.verbs_now++;
    switch ((enum gate_phase)gate->phase) {
    case GATE_UNBORN:
    case GATE_STARTS:
        if (pool_at(sim, id)->constants.gate_first_delay > 0) {
            return begin_wait(sim, thread, GATE_DELAYS, pool_at(sim, id)->constants.gate_first_delay);
        }
        begin_clock(sim, id);
        return wait_for_work(sim, thread);
    case GATE_DELAYS:
    case GATE_PARKED:
        begin_clock(sim, id);
        return wait_for_work(sim, thread);
    case GATE_WAITS:
        return work(sim, thread);
    case GATE_WORKED:
        return may_park(sim, id) ? begin_wait(sim, thread, GATE_PARKED, SIM_NEVER) : wait_for_work(sim, thread);
    }
    return STEP_STOPS;
}
