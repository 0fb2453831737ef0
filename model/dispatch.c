/* SPDX-License-Identifier: Apache-2.0 */
/* The mechanism under every dispatcher that deals out turns.
 *
 * Two lists are to be told apart. The ready list of the instant (model/thread.c) holds threads that execute
 * a verb next: those that have a processor, and remote ones, which need none. The ready lists of levels
 * (model/ready.c) hold threads that wait for a processor. A thread that becomes ready is entered in the first;
 * the end of the step moves it into the second, and says so: thread-ready.
 *
 * A thread keeps its processor through all that it does at one instant; whoever outranks it takes the
 * processor when it next uses time.
 *
 * A free processor is chosen so: the one that ran the thread last, or else its ideal one, which is its number
 * in the order of birth, or else the first (fact C8, simplified). Among processors whose threads are outranked
 * the one with the lowest level is taken, the thread's last one among equals, or else the first. */
#include "model/dispatch.h"

#include "model/ready.h"
#include "model/thread.h"
#include "sim/check.h"

/* A processor comes free. */
static void set_free(struct simulation *sim, uint32_t number, enum record_why why)
{
    struct processor *processor = processor_at(sim, number);

    standing_at(sim, processor->runs)->processor = 0;
    standing_at(sim, processor->runs)->last_processor = (uint16_t)number;
    processor->last = processor->runs;
    processor->runs = 0;
    processor->stamp++;
    processor->freed = sim->state.now;
    processor->free_why = (uint8_t)why;
    dispatch_state_of(sim)->idle++;
}

/* The thread of a processor, already in a ready list again, has lost it; `readied` is the record that says so. */
static void lose(struct simulation *sim, thread_id id, enum record_why why, uint64_t readied)
{
    thread_note_at(sim, id)->readied = readied;
    thread_stops_running(sim, id, THREAD_READY);
    set_free(sim, standing_at(sim, id)->processor, why);
}

/* The slice of a processor's thread is over, and others wait. */
static void end_slice(struct simulation *sim, uint32_t number)
{
    thread_id id = processor_at(sim, number)->runs;
    struct record *record;
    thread_id next;

    processor_at(sim, number)->runs = 0; /* one place at a time */
    ready_enter(sim, id, TURN_IS_USED);
    next = ready_best(sim);
    processor_at(sim, number)->runs = id;
    if (next == id) {
        ready_leave(sim, id);
        ready_arm(sim, number);
        return;
    }
    record = emit_standing(sim, RECORD_THREAD_PREEMPT, id, thread_note_at(sim, id)->latest);
    if (record != NULL) {
        record->why = WHY_QUANTUM_END;
    }
    lose(sim, id, WHY_QUANTUM_END, sim->state.n);
}

void dispatch_works(struct simulation *sim, thread_id id, sim_span span)
{
    uint32_t number = standing_at(sim, id)->processor;

    processor_at(sim, number)->since = sim->state.now;
    standing_at(sim, id)->is_computing = span != SIM_NEVER;
    standing_at(sim, id)->work_left = span == SIM_NEVER ? 0 : span;
    if (standing_at(sim, id)->slice_left == 0 && dispatch_state_of(sim)->ready > 0) {
        end_slice(sim, number);
        return;
    }
    if (standing_at(sim, id)->slice_left == 0) {
        (void)ready_advise(sim, id, TURN_IS_USED);
    }
    ready_arm(sim, number);
}

void dispatch_stops_working(struct simulation *sim, thread_id id)
{
    uint32_t number = standing_at(sim, id)->processor;

    ready_account(sim, number);
    processor_at(sim, number)->stamp++;
    thread_make_ready(sim, id, 0);
}

void dispatch_processor_due(struct simulation *sim, uint32_t number)
{
    struct processor *processor = processor_at(sim, number);
    thread_id id = processor->runs;

    if (processor->is_switching) {
        processor->is_switching = false;
        processor->since = sim->state.now;
        dispatch_state_of(sim)->switching--;
        thread_goes_on(sim, id);
        return;
    }
    ready_account(sim, number);
    if (standing_at(sim, id)->is_computing && standing_at(sim, id)->work_left == 0) {
        standing_at(sim, id)->is_computing = false;
        dispatch_stops_working(sim, id);
    } else if (standing_at(sim, id)->slice_left == 0) {
        end_slice(sim, number);
    } else {
        ready_arm(sim, number);
    }
}

void dispatch_yields(struct simulation *sim, thread_id id)
{
    uint32_t number = standing_at(sim, id)->processor;
    thread_id next = 0;

    if (dispatch_state_of(sim)->ready > 0) {
        processor_at(sim, number)->runs = 0;
        ready_enter(sim, id, TURN_YIELDS);
        next = ready_best(sim);
        processor_at(sim, number)->runs = id;
        if (next != id) {
            uint64_t yielded = sim->state.n;
            emit_standing(sim, RECORD_THREAD_READY, id, yielded);
            lose(sim, id, WHY_YIELD, yielded);
            return;
        }
        ready_leave(sim, id);
    }
    thread_make_ready(sim, id, 0);
}

void dispatch_moves(struct simulation *sim, thread_id id)
{
    struct standing *standing;

    if (id >= block_used(&sim->block, TABLE_STANDING)) {
        return; /* it has only just been made */
    }
    standing = standing_at(sim, id);
    standing->priority = thread_at(sim, id)->priority;
    if (standing->is_listed) {
        ready_leave(sim, id);
        ready_enter(sim, id, TURN_IS_MOVED);
    } else if (standing->processor != 0) {
        ready_account(sim, standing->processor);
        (void)ready_advise(sim, id, TURN_IS_MOVED);
    }
}

void dispatch_withdraws(struct simulation *sim, thread_id id)
{
    struct standing *standing;
    struct processor *processor;
    thread_id last;

    if (id >= block_used(&sim->block, TABLE_STANDING)) {
        return; /* it has only just been made */
    }
    standing = standing_at(sim, id);
    if (standing->is_listed) {
        ready_leave(sim, id);
        return;
    }
    if (standing->processor == 0) {
        return;
    }
    processor = processor_at(sim, standing->processor);
    last = processor->is_switching ? processor->last : id;
    dispatch_state_of(sim)->switching -= processor->is_switching;
    ready_account(sim, standing->processor);
    processor->is_switching = false;
    set_free(sim, standing->processor, WHY_PROCESSOR_FREE);
    processor->last = last; /* a switch that was not over left the other thread's traces */
}

/* A thread that was new or waited waits for a processor now. */
static void arrive(struct simulation *sim, thread_id id)
{
    struct thread *thread = thread_at(sim, id);
    struct standing *standing = standing_at(sim, id);
    const struct dispatch_constants *constants = &sim->plan->constants;
    uint64_t lift = thread->readied_by == READIED_BY_OBJECT  ? constants->object_wait_boost
                    : thread->readied_by == READIED_BY_QUEUE ? constants->queue_wait_boost
                                                             : 0;

    thread->readied_by = READIED_PLAINLY;
    standing->priority = thread->priority;
    standing->lift = (uint8_t)(lift > DISPATCH_LEVELS ? DISPATCH_LEVELS : lift);
    ready_enter(sim, id, TURN_ARRIVES);
    emit_standing(sim, RECORD_THREAD_READY, id, thread_note_at(sim, id)->readied);
}

void dispatch_settle(struct simulation *sim, thread_id ran)
{
    thread_id next;
    thread_id id;

    if (sim->dispatcher->shares) {
        return;
    }
    ready_create_standings(sim);
    if (sim->out_of_memory) {
        return;
    }
    if (ran != 0 && thread_at(sim, ran)->state != THREAD_RUNNING && standing_at(sim, ran)->processor != 0) {
        set_free(sim, standing_at(sim, ran)->processor, WHY_PROCESSOR_FREE);
    }
    id = sim->state.ready_first;
    sim->state.ready_first = 0;
    sim->state.ready_last = 0;
    sim->state.ready_count = 0;
    for (; id != 0; id = next) {
        next = thread_at(sim, id)->ready_next;
        thread_at(sim, id)->ready_next = 0;
        if (thread_at(sim, id)->state == THREAD_READY && dispatch_concerns(sim, id) &&
            standing_at(sim, id)->processor == 0) {
            arrive(sim, id);
            continue;
        }
        if (standing_at(sim, id)->sequence == 0) {
            standing_at(sim, id)->sequence = ++dispatch_state_of(sim)->sequence;
        }
        thread_goes_on(sim, id);
    }
}

/* A free processor for the thread; 0: there is none. */
static uint32_t find_idle(const struct simulation *sim, thread_id id)
{
    uint32_t last = standing_at(sim, id)->last_processor;
    uint32_t ideal = (id - 1) % sim->plan->processors + 1;

    if (dispatch_state_of(sim)->idle == 0) {
        return 0;
    }
    if (last != 0 && processor_at(sim, last)->runs == 0) {
        return last;
    }
    if (processor_at(sim, ideal)->runs == 0) {
        return ideal;
    }
    for (uint32_t i = 1; i <= sim->plan->processors; i++) {
        if (processor_at(sim, i)->runs == 0) {
            return i;
        }
    }
    return 0;
}

/* The processor whose thread the ready one outranks; 0: there is none. */
static uint32_t find_outranked(const struct simulation *sim, thread_id id)
{
    uint32_t last = standing_at(sim, id)->last_processor;
    uint32_t level = standing_at(sim, id)->level;
    uint32_t found = 0;

    if (!sim->dispatcher->preempts) {
        return 0;
    }
    for (uint32_t i = 1; i <= sim->plan->processors; i++) {
        const struct processor *processor = processor_at(sim, i);
        uint32_t its = standing_at(sim, processor->runs)->level;
        if (!processor->is_switching && (its < level || (its == level && found != 0 && i == last))) {
            level = its;
            found = i;
        }
    }
    return found;
}

/* A thread of higher priority drives another from its processor. One that has not begun to run there, because the
 * switch to it has just ended, is ready as before: there is nothing to tell. */
static void preempt(struct simulation *sim, uint32_t number, thread_id by)
{
    thread_id id = processor_at(sim, number)->runs;
    bool has_begun = thread_at(sim, id)->state == THREAD_RUNNING;
    struct record *record;

    ready_account(sim, number);
    thread_take_back(sim, id);
    processor_at(sim, number)->runs = 0;
    ready_enter(sim, id, standing_at(sim, id)->slice_left == 0 ? TURN_IS_USED : TURN_IS_TAKEN);
    processor_at(sim, number)->runs = id;
    if (!has_begun) {
        lose(sim, id, (enum record_why)processor_at(sim, number)->free_why, thread_note_at(sim, id)->readied);
        return;
    }
    record = emit_standing(sim, RECORD_THREAD_PREEMPT, id, thread_note_at(sim, by)->readied);
    if (record != NULL) {
        record->why = WHY_HIGHER_PRIORITY;
    }
    lose(sim, id, WHY_HIGHER_PRIORITY, sim->state.n);
}

/* The thread begins to run on the processor that it was given. Whether it is one for dispatch_next: not when
 * it goes on with a compute that was interrupted. */
static bool run(struct simulation *sim, thread_id id, enum record_why why)
{
    uint32_t number = standing_at(sim, id)->processor;

    processor_at(sim, number)->since = sim->state.now;
    thread_begins_running(sim, id, why);
    sim->state.step_is_fresh = !ready_is_working(sim, id);
    ready_arm(sim, number);
    return !standing_at(sim, id)->is_computing;
}

/* Gives a thread that waits a processor; whether it executes a verb now. */
static bool give(struct simulation *sim, thread_id id, uint32_t number)
{
    struct processor *processor;
    enum record_why why = WHY_PROCESSOR_FREE;
    sim_span cost;
    sim_time end;

    ready_leave(sim, id);
    processor = processor_at(sim, number);
    cost = processor->last == id ? 0 : sim->plan->constants.switch_cost;
    if (processor->freed == sim->state.now && processor->free_why != WHY_NONE) {
        why = (enum record_why)processor->free_why;
    }
    processor->runs = id;
    processor->since = sim->state.now;
    processor->free_why = (uint8_t)why;
    standing_at(sim, id)->processor = (uint16_t)number;
    standing_at(sim, id)->sequence = 0;
    dispatch_state_of(sim)->idle--;
    if (number > dispatch_state_of(sim)->most) {
        dispatch_state_of(sim)->most = number;
    }
    if (cost == 0) {
        return run(sim, id, why);
    }
    processor->is_switching = true;
    dispatch_state_of(sim)->switching++;
    processor->stamp++;
    if (sim_time_add(sim->state.now, cost, &end) && end != SIM_NEVER) {
        ready_schedule(sim, (struct event){.time = end,
                                     .stamp = processor->stamp,
                                     .what = event_what(EVENT_PROCESSOR, number)});
    }
    return false;
}

/* Gives the best of those that wait a processor, if it can have one; *ran when it executes a verb now. */
static bool deal(struct simulation *sim, thread_id id, thread_id *ran)
{
    uint32_t number = find_idle(sim, id);

    if (number == 0) {
        number = find_outranked(sim, id);
        if (number == 0) {
            return false;
        }
        sim->state.step_n++;
        preempt(sim, number, id);
    } else {
        sim->state.step_n++;
    }
    *ran = give(sim, id, number) ? id : 0;
    return true;
}

/* The first of the ready list of the instant; whether it executes a verb now. */
static bool take(struct simulation *sim, thread_id *ran)
{
    uint32_t index = choose(&sim->choices, CHOICE_READY, sim->state.ready_count, 0);
    thread_id id = thread_take_ready(sim, index);

    standing_at(sim, id)->sequence = 0;
    sim->state.step_n++;
    sim->state.step_is_fresh = true;
    *ran = id;
    if (thread_at(sim, id)->state == THREAD_RUNNING) {
        return true;
    }
    if (standing_at(sim, id)->processor != 0) {
        return run(sim, id, (enum record_why)processor_at(sim, standing_at(sim, id)->processor)->free_why);
    }
    thread_begins_running(sim, id, WHY_NONE);
    return true;
}

thread_id dispatch_next(struct simulation *sim)
{
    thread_id ran = 0;

    while (!sim->out_of_memory) {
        thread_id first = sim->state.ready_first;
        thread_id waits = ready_best(sim);

        if (waits != 0 && (first == 0 || standing_at(sim, waits)->sequence < standing_at(sim, first)->sequence) &&
            deal(sim, waits, &ran)) {
            if (ran != 0) {
                return ran;
            }
        } else if (first == 0) {
            return 0;
        } else if (take(sim, &ran)) {
            return ran;
        }
    }
    return 0;
}

uint32_t dispatch_ready_count(const struct simulation *sim)
{
    uint32_t ready = 0;

    for (thread_id id = sim->state.ready_first; id != 0; id = thread_at(sim, id)->ready_next) {
        ready += thread_at(sim, id)->state == THREAD_READY;
    }
    if (sim->dispatcher != NULL) {
        ready += dispatch_state_of(sim)->ready + dispatch_state_of(sim)->switching;
    }
    return ready;
}
