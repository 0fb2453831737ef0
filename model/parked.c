/* SPDX-License-Identifier: Apache-2.0 */
/* The list of those who are parked. Its ends lie in the block: no element is created while a pointer to one is held. */
#include "model/parked.h"

#include "model/thread.h"

void parked_insert(struct simulation *sim, struct parked *parked, thread_id id, thread_id before)
{
    struct thread *thread = thread_at(sim, id);

    thread->parked_previous = before;
    thread->parked_next = before == 0 ? parked->oldest : thread_at(sim, before)->parked_next;
    *(before != 0 ? &thread_at(sim, before)->parked_next : &parked->oldest) = id;
    *(thread->parked_next != 0 ? &thread_at(sim, thread->parked_next)->parked_previous : &parked->newest) = id;
    parked->count++;
}

void parked_remove(struct simulation *sim, struct parked *parked, thread_id id)
{
    struct thread *thread = thread_at(sim, id);

    *(thread->parked_previous != 0 ? &thread_at(sim, thread->parked_previous)->parked_next : &parked->oldest) =
        thread->parked_next;
    *(thread->parked_next != 0 ? &thread_at(sim, thread->parked_next)->parked_previous : &parked->newest) =
        thread->parked_previous;
    thread->parked_previous = 0;
    thread->parked_next = 0;
    parked->count--;
}

thread_id parked_choose(struct simulation *sim, const struct parked *parked, uint32_t object)
{
    thread_id id = parked->newest;

    for (uint32_t back = choose(&sim->choices, CHOICE_WAITER, parked->count, object); back > 0; back--) {
        id = thread_at(sim, id)->parked_previous;
    }
    return id;
}
