/* SPDX-License-Identifier: Apache-2.0 */
/* The predicates of the rules by which an item of a load ends: by a verb of one of its frames, or with what it began as:
 * the thread that was born for it, the work item that it is in a pool, or an asynchronous procedure. */
#include "traces/judged.h"

#define RULE(id) bool holds_##id(const struct judged *at)

RULE(FINISH)
{
    return is(at, RECORD_ITEM_END) && thread_is(at, REPLAY_RUNNING) && at->record->step != NAME_NONE; /* by a verb */
}

RULE(PROCEDURE_OVER)
{
    bool of_its_thread = caused_in_step(at, RECORD_THREAD_EXIT) && thread_is(at, REPLAY_ENDED) &&
                         at->thread->born_for == at->record->item;
    bool of_its_work = caused_in_step(at, RECORD_WORK_END) || caused_in_step(at, RECORD_FRAME_END);

    return is(at, RECORD_ITEM_END) && at->cause != NULL && at->cause->thread == at->record->thread &&
           (of_its_thread || (of_its_work && at->cause->item == at->record->item));
}
