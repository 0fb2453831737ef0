/* SPDX-License-Identifier: Apache-2.0 */
/* Timers as programs see them, and those of pools without a thread for them: there, a timer that is due is an item of
 * the pool as any other (facts W2, W13). */
#include "model/timer.h"

#include "model/names.h"
#include "model/operand.h"
#include "model/pool.h"
#include "model/process.h"
#include "model/target.h"
#include "model/timer_queue.h"

/* Schedules the one event of a timer for which no thread waits. The clock that its due time goes by is behind, and a
 * dispatcher with ticks looks when it ticks. */
static void schedule(struct simulation *sim, timer_id id)
{
    struct timer *timer = timer_at(sim, id);
    sim_span tick = sim->plan->tick;
    sim_time due;

    if (!sim_time_add(timer->since, timer->due, &due) || due == SIM_NEVER) {
        return;
    }
    due = due < sim->state.now ? sim->state.now : due;
    if (tick != 0 && sim->dispatcher != NULL && sim->dispatcher->has_ticks && due % tick != 0) {
        due += tick - due % tick;
    }
    simulation_schedule(sim, (struct event){due, timer->stamp, event_what(EVENT_TIMER, id)});
}

static void arm_alone(struct simulation *sim, timer_id id)
{
    struct timer *timer = timer_at(sim, id);

    timer->since = pool_clock(sim);
    if (timer->due != SIM_NEVER) {
        timer->is_active = true;
        pool_at(sim, timer->pool)->timers.active++;
        schedule(sim, id);
    }
}

void timer_is_due(struct simulation *sim, uint32_t id)
{
    struct timer *timer = timer_at(sim, id);

    timer->stamp++;
    if (process_at(sim, PROCESS_DEFAULT)->has_exited) {
        return;
    }
    if (timer->period == SIM_NEVER) {
        timer_queue_disarm(sim, id);
    } else {
        timer->since += timer->due;
        timer->due = timer->period;
        schedule(sim, id);
    }
    timer_fires(sim, id, 0);
    pool_queue(sim, timer_at(sim, id)->pool, timer_item(sim, id), 0);
}

static void tell_set(struct simulation *sim, thread_id thread, timer_id id)
{
    struct record *record = emit_verb(sim, RECORD_TIMER_SET, thread);
    const struct timer *timer = timer_at(sim, id);

    if (record != NULL) {
        record->object = timer_reference(id);
        record->amount = timer->due;
        record->bytes = timer->period;
        record->absent = (uint8_t)((timer->due == SIM_NEVER ? 1 : 0) | (timer->period == SIM_NEVER ? 2 : 0));
    }
    timer_at(sim, id)->latest = sim->state.n;
}

/* Makes the timer that the operands describe, of this pool; 0 after a misuse. */
static timer_id create(struct simulation *sim, thread_id thread, const struct start_timer_operands *operands, pool_id pool)
{
    struct operand_with with = {operands->with, operands->callback};
    struct timer timer = {.pool = pool, .period = SIM_NEVER, .procedure = operands->callback};
    timer_id id;

    if (!operand_span(sim, thread, operands->due, &timer.due) ||
        !operand_span(sim, thread, operands->period, &timer.period) || !operand_with(sim, thread, with, &timer.locals)) {
        return 0;
    }
    timer.period = timer.period == 0 ? SIM_NEVER : timer.period;
    timer.load_item = thread_item(sim, thread);
    if (pool_policy_of(sim, pool)->has_helpers) {
        timer.queue = timer_queue_choose(sim, pool, thread);
    }
    id = simulation_create_element(sim, TABLE_TIMER);
    if (sim->out_of_memory || !target_name(sim, thread, operands->object, timer_reference(id))) {
        locals_free(sim, timer.procedure, timer.locals);
        return 0;
    }
    *timer_at(sim, id) = timer;
    pool_at(sim, pool)->timers.made++;
    return id;
}

enum step_end timer_start(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct start_timer_operands *operands = (const void *)words;
    pool_id pool = operands->pool == OPERAND_ABSENT ? pool_of_step(sim, thread)
                                                    : operand_object(sim, thread, operands->pool, OBJECT_POOL);
    reference declared;
    timer_id id;

    thread_at(sim, thread)->subject = REFERENCE_NONE;
    if (pool == 0 || !target_declared(sim, thread, operands->object, &declared)) {
        return STEP_GOES_ON;
    }
    id = create(sim, thread, operands, pool);
    if (id == 0) {
        return STEP_GOES_ON;
    }
    tell_set(sim, thread, id);
    if (timer_at(sim, id)->queue != 0) {
        timer_queue_arm(sim, id);
    } else {
        arm_alone(sim, id);
    }
    return STEP_GOES_ON;
}

enum step_end timer_stop(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct stop_timer_operands *operands = (const void *)words;
    timer_id id = operand_subject(sim, thread, operands->object, OBJECT_TIMER);
    struct record *record;

    if (id == 0 || timer_at(sim, id)->is_stopped) {
        return STEP_GOES_ON;
    }
    record = emit_verb(sim, RECORD_TIMER_STOP, thread);
    if (record != NULL) {
        record->object = timer_reference(id);
        record->absent = 3;
    }
    timer_queue_disarm(sim, id);
    timer_at(sim, id)->is_stopped = true;
    timer_at(sim, id)->stamp++;
    locals_free(sim, timer_at(sim, id)->procedure, timer_at(sim, id)->locals);
    timer_at(sim, id)->locals = 0;
    return STEP_GOES_ON;
}
