/* SPDX-License-Identifier: Apache-2.0 */
/* Limits. What a call asks for is granted or refused by the pool's policy, and the target follows: up to a minimum that
 * rises, down to a maximum that falls, never the other way round (facts CLR-24 to 26). While workers wait for tasks a
 * minimum that is set leaves the target to the gate. */
#include "model/limits.h"

#include "model/names.h"
#include "model/operand.h"
#include "model/pool.h"
#include "model/thread.h"

static void tell_limits(struct simulation *sim, thread_id thread, pool_id id, bool accepted)
{
    const struct pool *pool = pool_at(sim, id);
    struct record *record = emit_verb(sim, RECORD_POOL_LIMITS, thread);

    if (record != NULL) {
        record->object = pool_reference(id);
        record->count = pool->minimum;
        record->which = pool->maximum;
        record->active = pool->completion_minimum;
        record->depth = pool->completion_maximum;
        record->ok = accepted;
    }
}

/* Whether the policy grants it; then the pool has it. */
static bool grant(struct simulation *sim, pool_id id, const struct pool_wish *wish)
{
    struct pool *pool = pool_at(sim, id);
    const struct pool_policy *policy = pool_policy_of(sim, id);
    struct pool_bounds bounds = {pool->minimum, pool->maximum, pool->completion_minimum, pool->completion_maximum};

    if (policy->set_bounds == NULL || !policy->set_bounds(&pool->constants, wish, &bounds)) {
        return false;
    }
    pool->minimum = bounds.minimum;
    pool->maximum = bounds.maximum;
    pool->completion_minimum = bounds.completion_minimum;
    pool->completion_maximum = bounds.completion_maximum;
    return true;
}

/* The target after a minimum was set. */
static void follow_minimum(struct simulation *sim, thread_id thread, pool_id id)
{
    struct pool *pool = pool_at(sim, id);
    uint64_t cause = sim->state.n;

    if (pool->blocked > 0) {
        if (pool->gate.pending != PENDING_AT_ONCE) {
            pool->gate.pending = PENDING_AT_ONCE;
            pool_calls_gate(sim, id, true, cause);
        }
    } else if (pool->target < pool->minimum) {
        pool_set_target(sim, id, (struct pool_change){pool->minimum, WHY_MIN_RAISED, POOL_MINIMUM_RISES}, cause, thread);
    }
}

static enum step_end set(struct simulation *sim, thread_id thread, pool_id id, const struct pool_wish *wish)
{
    bool accepted = grant(sim, id, wish);

    tell_limits(sim, thread, id, accepted);
    if (accepted && wish->is_most && pool_at(sim, id)->target > pool_at(sim, id)->maximum) {
        struct pool_change change = {pool_at(sim, id)->maximum, WHY_MAX_LOWERED, POOL_CHANGES};
        pool_set_target(sim, id, change, sim->state.n, thread);
    } else if (accepted && !wish->is_most) {
        follow_minimum(sim, thread, id);
    }
    thread_outcome_plain(sim, thread, accepted ? WIN32_ERROR_SUCCESS : WIN32_ERROR_INVALID_PARAMETER);
    return STEP_GOES_ON;
}

enum step_end limits_set_min(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct set_min_threads_operands *operands = (const void *)words;
    pool_id pool = operand_subject(sim, thread, operands->object, OBJECT_POOL);
    struct pool_wish wish;

    if (pool == 0) {
        return STEP_GOES_ON;
    }
    wish = (struct pool_wish){pool_at(sim, pool)->minimum, pool_at(sim, pool)->completion_minimum, false};
    if (!operand_number(sim, thread, operands->workers, &wish.workers) ||
        !operand_number(sim, thread, operands->completion_threads, &wish.completion_threads)) {
        return STEP_GOES_ON;
    }
    return set(sim, thread, pool, &wish);
}

enum step_end limits_set_max(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct set_max_threads_operands *operands = (const void *)words;
    pool_id pool = operand_subject(sim, thread, operands->object, OBJECT_POOL);
    struct pool_wish wish;

    if (pool == 0) {
        return STEP_GOES_ON;
    }
    wish = (struct pool_wish){pool_at(sim, pool)->maximum, pool_at(sim, pool)->completion_maximum, true};
    if (!operand_number(sim, thread, operands->workers, &wish.workers) ||
        !operand_number(sim, thread, operands->completion_threads, &wish.completion_threads)) {
        return STEP_GOES_ON;
    }
    return set(sim, thread, pool, &wish);
}

static void add_words(struct simulation *sim, const char *words)
{
    scratch_add(sim, words, strlen(words));
}

static void add_number(struct simulation *sim, const char *before, uint32_t number)
{
    char digits[24];

    add_words(sim, before);
    scratch_add(sim, digits, value_write(sim, value_number(number), digits, sizeof digits));
}

/* The line that has been composed. */
static void say(struct simulation *sim, thread_id thread)
{
    struct record *record = emit_verb(sim, RECORD_LOG, thread);

    emit_text(sim, record, sim->emission.scratch, sim->emission.scratch_count);
}

enum step_end limits_show_threads(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct show_threads_operands *operands = (const void *)words;
    pool_id pool = operand_subject(sim, thread, operands->object, OBJECT_POOL);

    if (pool != 0) {
        sim->emission.scratch_count = 0;
        add_number(sim, "WorkerThreads: ", pool_available_workers(sim, pool));
        add_number(sim, ", CompletionPortThreads: ", pool_available_completion_threads(sim, pool));
        say(sim, thread);
    }
    return STEP_GOES_ON;
}

/* One half of the line: what is not available is busy. */
static void add_part(struct simulation *sim, uint32_t available, uint32_t least, uint32_t most)
{
    add_number(sim, "(Busy=", available > most ? 0 : most - available);
    add_number(sim, ",Free=", available);
    add_number(sim, ",Min=", least);
    add_number(sim, ",Max=", most);
    add_words(sim, ")");
}

enum step_end limits_show_pool_line(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct show_pool_line_operands *operands = (const void *)words;
    pool_id id = operand_subject(sim, thread, operands->object, OBJECT_POOL);
    const struct pool *pool = pool_at(sim, id);

    if (id != 0) {
        sim->emission.scratch_count = 0;
        add_words(sim, "IOCP: ");
        add_part(sim, pool_available_completion_threads(sim, id), pool->completion_minimum, pool->completion_maximum);
        add_words(sim, ", WORKER: ");
        add_part(sim, pool_available_workers(sim, id), pool->minimum, pool->maximum);
        say(sim, thread);
    }
    return STEP_GOES_ON;
}
