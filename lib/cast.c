/* SPDX-License-Identifier: Apache-2.0 */
/* How declared objects stand before a run: a simulation is made and asked, then thrown away. */
#include <stdlib.h>
#include <string.h>

#include "lib/session.h"
#include "model/device.h"
#include "model/door.h"
#include "model/handle.h"
#include "model/object.h"
#include "model/pool.h"
#include "model/queue.h"
#include "model/thread.h"
#include "model/waitable.h"

/* Where a handle's completions go, and what serves it. */
static void note_handle(const struct simulation *sim, uint32_t id, struct cast_member *member)
{
    const struct file *file = handle_file(sim, id);

    member->port = file->queue != 0  ? queue_reference(file->queue)
                   : file->door != 0 ? reference_make(OBJECT_POOL, door_at(sim, file->door)->pool - 1)
                                     : REFERENCE_NONE;
    member->device = file->device == 0 ? REFERENCE_NONE : reference_make(OBJECT_DEVICE, file->device - 1);
    if (file->queue != 0) {
        member->key = file->key;
    }
}

/* One declared object. */
static struct cast_member member_of(const struct simulation *sim, reference object)
{
    struct cast_member member = {.port = REFERENCE_NONE, .owner = REFERENCE_NONE, .device = REFERENCE_NONE};
    uint32_t id = reference_slot(object) + 1;

    switch (reference_kind(object)) {
    case OBJECT_PORT:
        member.limit = queue_at(sim, id)->limit;
        member.open = queue_at(sim, id)->is_made;
        member.wakes_oldest = queue_at(sim, id)->wake == WAKE_OLDEST;
        break;
    case OBJECT_POOL:
        member.limit = pool_at(sim, id)->maximum;
        member.minimum = pool_at(sim, id)->minimum;
        member.target = pool_at(sim, id)->target;
        member.completion_minimum = pool_at(sim, id)->completion_minimum;
        member.completion_maximum = pool_at(sim, id)->completion_maximum;
        member.counts_once = pool_policy_of(sim, id)->counts_once;
        member.crowds_out = pool_policy_of(sim, id)->crowds_out;
        break;
    case OBJECT_DEVICE:
        member.limit = device_at(sim, id)->parallel;
        break;
    case OBJECT_HANDLE:
        member.open = handle_at(sim, id)->is_open;
        note_handle(sim, id, &member);
        break;
    case OBJECT_EVENT:
        member.signalled = waitable_at(sim, object_waitable(sim, object))->state > 0;
        break;
    case OBJECT_SEMAPHORE:
        member.available = waitable_at(sim, object_waitable(sim, object))->state;
        break;
    case OBJECT_MUTEX:
        if (waitable_at(sim, object_waitable(sim, object))->owner != 0) {
            member.owner = thread_reference(sim, waitable_at(sim, object_waitable(sim, object))->owner);
        }
        break;
    case OBJECT_VARIABLE:
        member.value = *(const struct value *)block_at(&sim->block, TABLE_VARIABLE, id);
        break;
    default:
        break;
    }
    return member;
}

bool session_note_initial(struct iocpsim_run *run)
{
    const struct plan *plan = &run->loaded.plan;
    struct run_options options = {.seed = run->options.seed, .until = SIM_NEVER};
    uint32_t count = 0;

    for (uint32_t kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        run->first_initial[kind] = count;
        count += plan->declared[kind];
    }
    run->initial = calloc(count + 1, sizeof *run->initial);
    if (run->initial == NULL || !run_create(&run->sim, plan, &options)) {
        return false;
    }
    for (uint32_t kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        for (uint32_t slot = 0; slot < plan->declared[kind]; slot++) {
            run->initial[run->first_initial[kind] + slot] =
                member_of(&run->sim, reference_make((enum object_kind)kind, slot));
        }
    }
    run_destroy(&run->sim);
    return true;
}
