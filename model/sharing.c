/* SPDX-License-Identifier: Apache-2.0 */
/* Shared processors: all threads that compute or spin run at once, each at an equal part of the speed of all
 * processors, and never faster than one. One clock says what each has been given since the beginning of the
 * run, to the nanosecond (model/policy/policy.h has the rule of rounding); a compute is over when that clock
 * has gone on by its length. */
#include "model/sharing.h"

#include "model/ready.h"
#include "model/thread.h"

/* Shared processors: credits what was done since the last change. */
static void settle(struct simulation *sim)
{
    struct dispatch_state *state = dispatch_state_of(sim);
    struct share share = sharing_credit(sim->plan->processors, state->sharers, state->rest, sim->state.now - state->since);

    state->credit += share.credit;
    state->rest = share.rest;
    state->since = sim->state.now;
}

/* Sets the timer to the first end of work. O(threads that share). */
static void set_timer(struct simulation *sim)
{
    struct dispatch_state *state = dispatch_state_of(sim);
    struct processor *processor = processor_at(sim, 1);
    uint64_t first = UINT64_MAX;
    sim_span span;
    sim_time end;

    processor->stamp++;
    for (thread_id id = state->first_sharer; id != 0; id = standing_at(sim, id)->next) {
        first = standing_at(sim, id)->deadline < first ? standing_at(sim, id)->deadline : first;
    }
    if (first == UINT64_MAX) {
        return;
    }
    span = sharing_span(sim->plan->processors, state->sharers, state->rest, first - state->credit);
    if (span != SIM_NEVER && sim_time_add(sim->state.now, span, &end)) {
        ready_schedule(sim, (struct event){
                          .time = end, .stamp = processor->stamp, .what = event_what(EVENT_PROCESSOR, 1)});
    }
}

void sharing_begins(struct simulation *sim, thread_id id, sim_span span)
{
    struct dispatch_state *state;
    struct standing *standing;

    ready_create_standings(sim);
    if (sim->out_of_memory) {
        return;
    }
    settle(sim);
    state = dispatch_state_of(sim);
    standing = standing_at(sim, id);
    *standing = (struct standing){
        .deadline = span == SIM_NEVER ? UINT64_MAX : state->credit + span,
        .previous = state->last_sharer,
        .is_listed = true,
    };
    *(state->last_sharer != 0 ? &standing_at(sim, state->last_sharer)->next : &state->first_sharer) = id;
    state->last_sharer = id;
    state->sharers++;
    set_timer(sim);
}

/* Takes a thread out of those that share. */
static void unlink(struct simulation *sim, thread_id id)
{
    struct dispatch_state *state = dispatch_state_of(sim);
    struct standing *standing = standing_at(sim, id);

    *(standing->previous != 0 ? &standing_at(sim, standing->previous)->next : &state->first_sharer) = standing->next;
    *(standing->next != 0 ? &standing_at(sim, standing->next)->previous : &state->last_sharer) = standing->previous;
    standing->is_listed = false;
    if (--state->sharers == 0) {
        state->rest = 0;
    }
}

sim_span sharing_withdraws(struct simulation *sim, thread_id id)
{
    const struct standing *standing;
    sim_span left = 0;

    if (id >= block_used(&sim->block, TABLE_STANDING) || !standing_at(sim, id)->is_listed) {
        return 0;
    }
    settle(sim);
    standing = standing_at(sim, id);
    if (standing->deadline != UINT64_MAX && standing->deadline > dispatch_state_of(sim)->credit) {
        left = standing->deadline - dispatch_state_of(sim)->credit;
    }
    unlink(sim, id);
    set_timer(sim);
    return left;
}

void sharing_ends(struct simulation *sim, thread_id spinner)
{
    thread_id next;

    settle(sim);
    for (thread_id id = dispatch_state_of(sim)->first_sharer; id != 0; id = next) {
        next = standing_at(sim, id)->next;
        if (id == spinner || standing_at(sim, id)->deadline <= dispatch_state_of(sim)->credit) {
            unlink(sim, id);
            thread_make_ready(sim, id, 0);
        }
    }
    set_timer(sim);
}
