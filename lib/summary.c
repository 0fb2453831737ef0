/* SPDX-License-Identifier: Apache-2.0 */
/* The state at the end of a run, told to the replay by the model itself.
 *
 * Where no claim is about state, nobody asks for it before the end, and no record has to be made up and folded for it:
 * that was a third of such a run. What the fold would have come to is told here as far as the report shows it: the
 * threads with their sums, who owns what, what is pending and what is queued. tests/test_interest.c compares both over
 * all scenarios. */
#include <stdlib.h>

#include "lib/session.h"
#include "model/file.h"
#include "model/handle.h"
#include "model/object.h"
#include "model/packet.h"
#include "model/queue.h"
#include "model/thread.h"
#include "model/wait.h"
#include "traces/replay_places.h"

static_assert((int)THREAD_STATES == (int)REPLAY_THREAD_STATES && (int)THREAD_ENDED == (int)REPLAY_ENDED &&
                  (int)THREAD_PARKED == (int)REPLAY_PARKED && (int)THREAD_BLOCKED == (int)REPLAY_BLOCKED,
              "a thread's states have the same numbers in the model and in the fold");

/* What a blocked thread waits for. */
static void tell_wait(struct replay *replay, const struct simulation *sim, thread_id id)
{
    const struct thread *thread = thread_at(sim, id);
    struct replay_thread *told = &replay->thread[id - 1];
    uint32_t count = thread->awaits != 0;

    for (uint32_t block = thread->first_wait; block != 0; block = wait_block_at(sim, block)->sibling) {
        count++;
    }
    told->on = count == 0 ? NULL : calloc(count, sizeof *told->on);
    if (count > 0 && told->on == NULL) {
        replay->failed = true;
        return;
    }
    for (uint32_t block = thread->first_wait; block != 0; block = wait_block_at(sim, block)->sibling) {
        told->on[told->on_count++] = waitable_at(sim, wait_block_at(sim, block)->waitable)->object;
    }
    if (told->on_count == 0 && count > 0) { /* in its call: no object is waited for, the operation is */
        told->on[told->on_count++] = handle_reference(packet_at(sim, thread->awaits)->handle);
    }
}

static void tell_thread(struct replay *replay, const struct simulation *sim, thread_id id)
{
    const struct thread *thread = thread_at(sim, id);
    const struct thread_sum *sum = thread_sum_at(sim, id);
    struct replay_thread *told = places_thread(replay, thread_reference(id));

    if (told == NULL || thread->state == THREAD_UNBORN) {
        return;
    }
    told->state = thread->state;
    told->type = thread->type;
    told->why = thread->why;
    told->switches = thread->switches;
    told->born = thread->born;
    told->since = sum->since;
    told->callbacks_run = sum->callbacks;
    for (int state = THREAD_READY; state < THREAD_STATES; state++) {
        told->in_state[state] = sum->in_state[state];
    }
    if (thread->state == THREAD_BLOCKED) {
        tell_wait(replay, sim, id);
    }
}

/* A file's operations are counted at the handle that it was first opened as. */
static void tell_handle(struct replay *replay, const struct simulation *sim, handle_id id)
{
    const struct file *file = handle_file(sim, id);
    struct replay_object *told;

    if (handle_at(sim, id)->file == 0 || (file->pending == 0 && file->named == id)) {
        return;
    }
    told = places_object(replay, handle_reference(id));
    if (told != NULL && file->named == id) {
        told->pending = file->pending;
    } else if (told != NULL) {
        told->file = handle_reference(file->named);
    }
}

static void tell_port(struct replay *replay, const struct simulation *sim, queue_id id)
{
    const struct queue *queue = queue_at(sim, id);
    struct replay_port *told = queue->depth == 0 ? NULL : places_port(replay, queue_reference(id));

    if (told != NULL) {
        told->depth = queue->depth;
    }
}

static void tell_mutex(struct replay *replay, const struct simulation *sim, reference mutex)
{
    thread_id owner = waitable_at(sim, object_waitable(sim, mutex))->owner;
    struct replay_object *told = owner == 0 ? NULL : places_object(replay, mutex);

    if (told != NULL) {
        told->owner = thread_reference(owner);
    }
}

void session_tell_end(const struct simulation *sim, struct replay *replay)
{
    replay_advance(replay, sim->state.now);
    for (thread_id id = 1; id < block_used(&sim->block, TABLE_THREAD); id++) {
        tell_thread(replay, sim, id);
    }
    for (handle_id id = 1; id < block_used(&sim->block, TABLE_HANDLE); id++) {
        tell_handle(replay, sim, id);
    }
    for (queue_id id = 1; id < block_used(&sim->block, TABLE_QUEUE); id++) {
        tell_port(replay, sim, id);
    }
    for (uint32_t slot = 0; slot < sim->plan->declared[OBJECT_MUTEX]; slot++) {
        tell_mutex(replay, sim, reference_make(OBJECT_MUTEX, slot));
    }
}
