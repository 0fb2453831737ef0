/* SPDX-License-Identifier: Apache-2.0 */
/* The predicates of the rules by which what follows a task runs. How deep the stack of a thread is stands in no record,
 * so that what was queued for that and what had to be queued look alike. */
#include "traces/judged.h"

#define RULE(id) bool holds_##id(const struct judged *at)

RULE(INLINE)
{
    return is(at, RECORD_TASK_RESUME) && thread_is(at, REPLAY_RUNNING) &&
           (caused_by(at, RECORD_TASK_COMPLETE) || caused_in_step(at, RECORD_TASK_AWAIT)) &&
           at->cause->thread == at->record->thread && at->cause->which == at->record->which;
}

/* Whether a pool's thread has taken what follows a task. */
static bool is_taken(const struct judged *at)
{
    return is(at, RECORD_TASK_RESUME) && thread_is(at, REPLAY_RUNNING) && at->thread->has_item &&
           caused_by(at, RECORD_WORK_TAKE) && at->cause->thread == at->record->thread;
}

/* Whether what was taken stood in the queue of a context. */
static bool came_in_turn(const struct judged *at)
{
    return at->cause->count == WORK_CONTEXT;
}

RULE(QUEUED_GLOBAL)
{
    return is_taken(at) && !came_in_turn(at);
}

RULE(QUEUED_LOCAL)
{
    return is_taken(at) && !came_in_turn(at);
}

RULE(DEPTH_LIMIT)
{
    return is_taken(at) && !came_in_turn(at);
}

RULE(CAPTURED_CONTEXT)
{
    return is_taken(at) && came_in_turn(at);
}

RULE(COMPLETED_ALREADY)
{
    return is(at, RECORD_TASK_AWAIT) && thread_is(at, REPLAY_RUNNING) &&
           replay_object(at->replay, at->record->which)->signalled;
}
