/* SPDX-License-Identifier: Apache-2.0 */
/* Ready lists, and what the threads of processors have done.
 *
 * A slice is timed only while some thread waits: without, nothing would follow from its end but the decay of
 * boosts, which is reckoned when it is next asked for. So a processor that nobody else wants makes no events,
 * and dispatchers alone keep no run alive. */
#include "model/ready.h"

#include "model/thread.h"
#include "sim/check.h"

void ready_create(struct simulation *sim)
{
    if (sim->dispatcher == NULL) {
        return;
    }
    (void)simulation_create_element(sim, TABLE_DISPATCH);
    for (uint32_t i = 0; i < sim->plan->processors && !sim->out_of_memory; i++) {
        (void)simulation_create_element(sim, TABLE_PROCESSOR);
    }
    if (!sim->out_of_memory) {
        dispatch_state_of(sim)->idle = sim->plan->processors;
    }
}

static struct dispatch_view view_of(const struct simulation *sim)
{
    return (struct dispatch_view){
        .constants = &sim->plan->constants,
        .standing = standing_at(sim, 0),
        .processor = processor_at(sim, 0),
        .processors = sim->plan->processors,
        .first = dispatch_state_of(sim)->first[0],
    };
}

/* Events of dispatchers are not counted among those that are pending: they change nothing for a thread that
 * waits for something else. */
void ready_schedule(struct simulation *sim, struct event event)
{
    if (!event_queue_push(&sim->events, event)) {
        sim->out_of_memory = true;
    }
}

/* Asks the policy and writes its advice into the thread's standing; whether it goes to the head. */
bool ready_advise(struct simulation *sim, thread_id id, enum dispatch_turn turn)
{
    const struct dispatch_view view = view_of(sim);
    const struct dispatch_advice advice = sim->dispatcher->place(&view, id, turn);
    struct standing *standing = standing_at(sim, id);

    standing->slice_left = advice.slice;
    standing->served = advice.served;
    standing->deadline = advice.deadline;
    standing->level = advice.level;
    standing->boost = advice.boost;
    if (turn != TURN_IS_MOVED && turn != TURN_IS_TAKEN) {
        standing->is_starving = turn == TURN_STARVES;
    }
    return advice.at_head;
}

/* Whether a thread uses its processor now: it computes or spins. */
bool ready_is_working(const struct simulation *sim, thread_id id)
{
    return standing_at(sim, id)->is_computing || (thread_at(sim, id)->flags & THREAD_SPINS) != 0;
}

/* A thread has used `used` of its slice and no other wanted it: new slices begin by themselves. The boost
 * is gone after at most as many as there are levels. */
static void use_slices(struct simulation *sim, thread_id id, sim_span used)
{
    struct standing *standing = standing_at(sim, id);

    for (uint32_t i = 0; used >= standing->slice_left && i <= DISPATCH_LEVELS; i++) {
        used -= standing->slice_left;
        standing->served += standing->slice_left;
        (void)ready_advise(sim, id, TURN_IS_USED);
    }
    if (used >= standing->slice_left) {
        sim_span whole = used / standing->slice_left * standing->slice_left;
        used -= whole;
        standing->served += whole;
        (void)ready_advise(sim, id, TURN_IS_USED);
    }
    standing->served += used;
    standing->slice_left -= used;
}

/* Writes down what the thread of a processor has done until now. */
void ready_account(struct simulation *sim, uint32_t number)
{
    struct processor *processor = processor_at(sim, number);
    struct standing *standing = standing_at(sim, processor->runs); /* nobody's, if it is idle */
    sim_span used = sim->state.now - processor->since;

    processor->since = sim->state.now;
    if (processor->runs == 0 || processor->is_switching || used == 0) {
        return;
    }
    if (standing->is_computing) {
        standing->work_left -= used;
    }
    if (dispatch_state_of(sim)->ready > 0) {
        SIM_CHECK(used <= standing->slice_left);
        standing->served += used;
        standing->slice_left -= used;
    } else {
        use_slices(sim, processor->runs, used);
    }
}

/* Sets the one timer of a processor: to the end of the work, or of the slice if that is earlier and counts. */
void ready_arm(struct simulation *sim, uint32_t number)
{
    struct processor *processor = processor_at(sim, number);
    const struct standing *standing = standing_at(sim, processor->runs);
    sim_span left = standing->is_computing ? standing->work_left : SIM_NEVER;
    sim_time end;

    if (processor->is_switching) {
        return;
    }
    processor->stamp++;
    if (processor->runs == 0 || !ready_is_working(sim, processor->runs)) {
        return;
    }
    if (dispatch_state_of(sim)->ready > 0 && standing->slice_left < left) {
        left = standing->slice_left;
    }
    if (sim_time_add(sim->state.now, left, &end) && end != SIM_NEVER) {
        ready_schedule(sim, (struct event){.time = end,
                                     .stamp = processor->stamp,
                                     .what = event_what(EVENT_PROCESSOR, number)});
    }
}

static void account_all(struct simulation *sim)
{
    for (uint32_t i = 1; i <= dispatch_state_of(sim)->most; i++) {
        ready_account(sim, i);
    }
}

static void arm_all(struct simulation *sim)
{
    for (uint32_t i = 1; i <= dispatch_state_of(sim)->most; i++) {
        ready_arm(sim, i);
    }
}

/* The next time that the ready lists are looked through: while some thread waits. */
static void arm_scan(struct simulation *sim)
{
    sim_span every = sim->plan->constants.starvation_scan;
    sim_time end;

    dispatch_state_of(sim)->scan_stamp++;
    if (every > 0 && dispatch_state_of(sim)->ready > 0 &&
        sim_time_add(sim->state.now - sim->state.now % every, every, &end) && end != SIM_NEVER) {
        ready_schedule(sim, (struct event){.time = end,
                                     .stamp = dispatch_state_of(sim)->scan_stamp,
                                     .what = event_what(EVENT_SCAN, 0)});
    }
}

/* Enters a thread in a ready list. */
void ready_enter(struct simulation *sim, thread_id id, enum dispatch_turn turn)
{
    struct dispatch_state *state = dispatch_state_of(sim);
    struct standing *standing = standing_at(sim, id);
    bool at_head;

    if (state->ready == 0 || sim->dispatcher->pick != NULL) {
        account_all(sim);
    }
    at_head = ready_advise(sim, id, turn);
    standing->next = at_head ? state->first[standing->level] : 0;
    standing->previous = at_head ? 0 : state->last[standing->level];
    standing->is_listed = true;
    standing->sequence = ++state->sequence;
    *(standing->previous != 0 ? &standing_at(sim, standing->previous)->next : &state->first[standing->level]) = id;
    *(standing->next != 0 ? &standing_at(sim, standing->next)->previous : &state->last[standing->level]) = id;
    state->levels |= 1u << standing->level;
    if (turn != TURN_STARVES && turn != TURN_IS_MOVED) {
        standing->ready_since = sim->state.now;
    }
    if (++state->ready == 1) {
        arm_all(sim);
        arm_scan(sim);
    }
}

void ready_leave(struct simulation *sim, thread_id id)
{
    struct dispatch_state *state = dispatch_state_of(sim);
    struct standing *standing = standing_at(sim, id);

    if (state->ready == 1) {
        account_all(sim);
    }
    *(standing->previous != 0 ? &standing_at(sim, standing->previous)->next : &state->first[standing->level]) =
        standing->next;
    *(standing->next != 0 ? &standing_at(sim, standing->next)->previous : &state->last[standing->level]) =
        standing->previous;
    if (state->first[standing->level] == 0) {
        state->levels &= ~(1u << standing->level);
    }
    standing->next = 0;
    standing->previous = 0;
    standing->is_listed = false;
    if (--state->ready == 0) {
        arm_all(sim);
        arm_scan(sim);
    }
}

/* Who is next of those that wait; 0: nobody waits. */
thread_id ready_best(struct simulation *sim)
{
    const struct dispatch_state *state = dispatch_state_of(sim);

    if (state->ready == 0) {
        return 0;
    }
    if (sim->dispatcher->pick != NULL) {
        struct dispatch_view view;
        account_all(sim);
        view = view_of(sim);
        return sim->dispatcher->pick(&view);
    }
    return state->first[31 - __builtin_clz(state->levels)];
}

void ready_scan_due(struct simulation *sim, uint32_t nothing)
{
    uint32_t count = block_used(&sim->block, TABLE_STANDING);

    (void)nothing;
    for (thread_id id = 1; id < count; id++) {
        struct standing *standing = standing_at(sim, id);
        struct record *record;
        if (standing->is_listed && !standing->is_starving && standing->level < DISPATCH_DYNAMIC_MAX &&
            sim->state.now - standing->ready_since >= sim->plan->constants.starvation_after) {
            ready_leave(sim, id);
            ready_enter(sim, id, TURN_STARVES);
            record = emit_standing(sim, RECORD_THREAD_READY, id, thread_note_at(sim, id)->readied);
            if (record != NULL) {
                record->why = WHY_STARVED;
            }
        }
    }
    arm_scan(sim);
}

bool ready_is_stale(const struct simulation *sim, struct event event)
{
    uint32_t id = event.what & ((1u << EVENT_KIND_SHIFT) - 1);

    if (event.what >> EVENT_KIND_SHIFT == EVENT_SCAN) {
        return dispatch_state_of(sim)->scan_stamp != event.stamp;
    }
    return processor_at(sim, id)->stamp != event.stamp;
}

/* Every thread has its standing, from its first time here. */
void ready_create_standings(struct simulation *sim)
{
    while (block_used(&sim->block, TABLE_STANDING) < block_used(&sim->block, TABLE_THREAD) && !sim->out_of_memory) {
        (void)simulation_create_element(sim, TABLE_STANDING);
    }
}
