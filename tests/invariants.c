/* SPDX-License-Identifier: Apache-2.0 */
/* The invariants IOCP-47, each from its sentence. Nothing here calls a function of the model's queue: fields are
 * read, and what they should say is counted from the threads and packets themselves. */
#include "tests/invariants.h"

#include <string.h>

#include "model/packet.h"
#include "model/queue.h"
#include "model/thread.h"

static void break_if(struct invariants *invariants, bool broken, const char *which)
{
    if (broken && invariants->broken == NULL) {
        invariants->broken = which;
    }
}

/* INV-3: assigned exactly once, in the order of insertion. */
static void give(struct invariants *invariants, uint32_t port, uint64_t op)
{
    uint64_t *queued = invariants->queued[port].op;
    uint32_t *count = &invariants->queued[port].count;

    break_if(invariants, invariants->is_given[op], "INV-3: a packet is assigned twice");
    invariants->is_given[op] = true;
    if (*count > 0) {
        break_if(invariants, queued[0] != op, "INV-3: a packet is assigned before an older one");
        memmove(queued, queued + 1, --*count * sizeof *queued);
    }
}

void invariants_see(struct invariants *invariants, const struct simulation *sim, const struct record *record)
{
    uint32_t port = reference_slot(record->object);
    uint64_t op = record->op;

    if (record->kind != RECORD_PACKET_QUEUE && record->kind != RECORD_PACKET_RELEASE &&
        record->kind != RECORD_PACKET_TAKE && record->kind != RECORD_PACKET_DROP) {
        return;
    }
    if (port >= INVARIANT_PORTS || op >= INVARIANT_PACKETS || invariants->queued[port].count == INVARIANT_PACKETS) {
        break_if(invariants, true, "more ports or packets than the test has room for");
        return;
    }
    if (record->kind == RECORD_PACKET_QUEUE) {
        break_if(invariants, invariants->is_given[op], "INV-3: a packet is queued that was assigned");
        invariants->queued[port].op[invariants->queued[port].count++] = op;
        return;
    }
    break_if(invariants, record->kind == RECORD_PACKET_TAKE && invariants->queued[port].count == 0,
             "INV-3: a packet is taken that was not queued");
    give(invariants, port, op);
    break_if(invariants, record->kind != RECORD_PACKET_DROP && record->active > queue_at(sim, port + 1)->limit,
             "INV-4: an assignment takes the active count above the limit");
}

/* INV-1: who is associated, and ready or running; and those parked, by both ways to find them. */
static void look_at_threads(struct invariants *invariants, const struct simulation *sim, queue_id id)
{
    const struct queue *queue = queue_at(sim, id);
    uint32_t active = 0;
    uint32_t parked = 0;

    for (thread_id i = 1; i < block_used(&sim->block, TABLE_THREAD); i++) {
        const struct thread *thread = thread_at(sim, i);
        active += thread->queue == id && (thread->state == THREAD_READY || thread->state == THREAD_RUNNING);
        parked += thread->queue == id && thread->state == THREAD_PARKED;
        break_if(invariants, thread->state == THREAD_PARKED && thread->queue == 0, "a thread is parked at no port");
        break_if(invariants, thread->state == THREAD_ENDED && thread->queue != 0,
                 "a thread that has ended is associated");
    }
    break_if(invariants, active != queue->active, "INV-1: active is not the count of threads ready or running");
    break_if(invariants, parked != queue->parked.count, "the count of waiters is not that of parked threads");
    for (thread_id i = queue->parked.oldest; i != 0; i = thread_at(sim, i)->parked_next) {
        parked--;
        break_if(invariants, thread_at(sim, i)->queue != id || thread_at(sim, i)->state != THREAD_PARKED,
                 "the list of waiters holds one that is not parked");
    }
    break_if(invariants, parked != 0, "the list of waiters is not the parked threads");
}

static void look_at_packets(struct invariants *invariants, const struct simulation *sim, queue_id id)
{
    const struct queue *queue = queue_at(sim, id);
    uint32_t count = 0;

    for (packet_id i = queue->first_packet; i != 0; i = packet_at(sim, i)->next) {
        break_if(invariants,
                 count >= invariants->queued[id - 1].count ||
                     invariants->queued[id - 1].op[count] != packet_at(sim, i)->number,
                 "INV-3: the queue does not hold what was queued, in its order");
        count++;
    }
    break_if(invariants, count != queue->depth || count != invariants->queued[id - 1].count,
             "the depth is not the count of queued packets");
}

void invariants_look(struct invariants *invariants, const struct simulation *sim)
{
    for (queue_id id = 1; id < block_used(&sim->block, TABLE_QUEUE) && id <= INVARIANT_PORTS; id++) {
        const struct queue *queue = queue_at(sim, id);
        look_at_threads(invariants, sim, id);
        look_at_packets(invariants, sim, id);
        break_if(invariants, queue->active < queue->limit && queue->parked.count > 0 && queue->depth > 0,
                 "INV-2: below the limit, a thread waits beside a queued packet");
    }
}
