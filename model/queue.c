/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel queue. Source: facts IOCP-20..52, which follow the public documentation and the dispatcher of
 * ReactOS; nothing else. Each function names the fact that it carries out. */
#include "model/queue.h"

#include "model/delivery.h"
#include "model/packet.h"
#include "model/thread.h"
#include "model/waitable.h"
#include "sim/check.h"

void record_queue(const struct simulation *sim, struct record *record, queue_id id)
{
    const struct queue *queue = queue_at(sim, id);

    if (record != NULL) {
        record->object = queue_reference(id);
        record->active = queue->active;
        record->depth = queue->depth;
    }
}

/* The port's handle is signalled while a packet is queued (fact IOCP-17). */
static void mirror_depth(struct simulation *sim, const struct queue *queue)
{
    if (queue->waitable != 0) {
        waitable_at(sim, queue->waitable)->state = queue->is_closed ? 1 : queue->depth;
    }
}

/* Who is released (fact IOCP-21): the newest, unless a choice or the port's policy says otherwise. */
static thread_id choose_waiter(struct simulation *sim, queue_id id)
{
    const struct queue *queue = queue_at(sim, id);

    return queue->wake == WAKE_OLDEST ? queue->parked.oldest : parked_choose(sim, &queue->parked, id);
}

/* Gives a packet to a parked thread: it is active from now on, and ready, with its outcome. */
static void release(struct simulation *sim, queue_id id, packet_id packet, enum record_why why)
{
    thread_id thread = choose_waiter(sim, id);
    struct record *record;
    uint64_t released;

    parked_remove(sim, &queue_at(sim, id)->parked, thread);
    queue_at(sim, id)->active++;
    record = emit_thread(sim, RECORD_PACKET_RELEASE, thread, packet_at(sim, packet)->cause);
    record_queue(sim, record, id);
    if (record != NULL) {
        record->op = packet_at(sim, packet)->number;
        record->item = item_number(sim, packet_at(sim, packet)->item);
        record->why = (uint8_t)why;
    }
    released = sim->state.n;
    thread_is_caused(sim, thread);
    delivery_begin(sim, thread);
    delivery_add(sim, thread, packet, why);
    delivery_end(sim, thread);
    thread_at(sim, thread)->readied_by = READIED_BY_QUEUE;
    thread_make_ready(sim, thread, released);
}

/* Whether the insertion runs on top of a thread that is in its wait at this queue (fact IOCP-33): the issuer of the
 * operation, which its completion has interrupted. */
static bool inserter_waits(const struct simulation *sim, queue_id id, packet_id packet)
{
    const struct thread *issuer = thread_at(sim, packet_at(sim, packet)->issuer);

    return issuer->interrupted == INTERRUPTED_GET && issuer->suspensions == 0 && issuer->queue == id;
}

enum queue_insertion
queue_insert(struct simulation *sim, queue_id id, packet_id packet, thread_id poster)
{
    struct queue *queue = queue_at(sim, id);
    struct record *record;

    if (queue->active < queue->limit && queue->parked.count > 0 && !inserter_waits(sim, id, packet)) {
        release(sim, id, packet, queue->wake == WAKE_OLDEST ? WHY_POLICY : WHY_NEWEST_WAITER);
        return QUEUE_HANDED_OVER;
    }
    if (queue->last_packet == 0) {
        queue->first_packet = packet;
    } else {
        packet_at(sim, queue->last_packet)->next = packet;
    }
    packet_at(sim, packet)->next = 0;
    queue->last_packet = packet;
    queue->depth++;
    mirror_depth(sim, queue);
    record = poster != 0 ? emit_verb(sim, RECORD_PACKET_QUEUE, poster)
                         : emit(sim, RECORD_PACKET_QUEUE);
    record_queue(sim, record, id);
    if (record != NULL) {
        record->op = packet_at(sim, packet)->number;
        record->item = item_number(sim, packet_at(sim, packet)->item);
        record->cause = packet_at(sim, packet)->cause;
        record->why = queue->active >= queue->limit ? WHY_OVER_LIMIT
                      : queue->parked.count == 0         ? WHY_NO_WAITER
                                                    : WHY_INSERTER_IN_WAIT;
    }
    return QUEUE_APPENDED;
}

/* A slot may have come free (fact IOCP-40): exactly one waiter gets the head. */
static void release_if_possible(struct simulation *sim, queue_id id, enum record_why why)
{
    const struct queue *queue = queue_at(sim, id);

    if (queue->active < queue->limit && queue->parked.count > 0 && queue->depth > 0) {
        packet_id packet = queue_take(sim, id);
        release(sim, id, packet, why);
    }
}

static void join(struct simulation *sim, queue_id id, thread_id thread_number)
{
    struct queue *queue = queue_at(sim, id);
    struct thread *thread = thread_at(sim, thread_number);
    struct record *record;

    thread->queue = id;
    thread->joined_previous = queue->last_joined;
    thread->joined_next = 0;
    if (queue->last_joined != 0) {
        thread_at(sim, queue->last_joined)->joined_next = thread_number;
    } else {
        queue->first_joined = thread_number;
    }
    queue->last_joined = thread_number;
    record = emit_verb(sim, RECORD_PORT_JOIN, thread_number);
    record_queue(sim, record, id);
    if (record != NULL) {
        record->why = WHY_FIRST_GET;
    }
}

/* Takes a thread out of the list of the associated. */
static void unjoin(struct simulation *sim, queue_id id, thread_id thread_number)
{
    struct queue *queue = queue_at(sim, id);
    struct thread *thread = thread_at(sim, thread_number);

    if (thread->joined_previous != 0) {
        thread_at(sim, thread->joined_previous)->joined_next = thread->joined_next;
    } else {
        queue->first_joined = thread->joined_next;
    }
    if (thread->joined_next != 0) {
        thread_at(sim, thread->joined_next)->joined_previous = thread->joined_previous;
    } else {
        queue->last_joined = thread->joined_previous;
    }
    thread->queue = 0;
}

/* The rule by which a waiter gets the slot of one who leaves. */
static enum record_why freed_by(enum record_why leaving)
{
    return leaving == WHY_EXIT ? WHY_SLOT_FREED_BY_EXIT : WHY_SLOT_FREED_BY_LEAVE;
}

/* Takes the thread out of its queue, and from the count when it was active; which queue that was, 0: none. */
static queue_id part(struct simulation *sim, thread_id thread)
{
    queue_id id = thread_at(sim, thread)->queue;

    if (id != 0) {
        unjoin(sim, id, thread);
        if (thread_is_active(sim, thread)) {
            queue_at(sim, id)->active--;
        } else if (thread_at(sim, thread)->state == THREAD_PARKED) {
            parked_remove(sim, &queue_at(sim, id)->parked, thread);
        }
    }
    return id;
}

static void tell_leave(struct simulation *sim, queue_id id, struct record *record, enum record_why why)
{
    record_queue(sim, record, id);
    if (record != NULL) {
        record->why = (uint8_t)why;
    }
}

void queue_thread_leaves(struct simulation *sim, thread_id thread, enum record_why why, uint64_t cause)
{
    queue_id id = part(sim, thread);
    struct record *record;

    if (id == 0) {
        return;
    }
    record = emit_verb(sim, RECORD_PORT_LEAVE, thread);
    tell_leave(sim, id, record, why);
    if (record != NULL) {
        record->cause = cause;
    }
    release_if_possible(sim, id, freed_by(why));
}

void queue_all_leave(struct simulation *sim, queue_id id, thread_id closer, uint64_t run_down)
{
    thread_id thread;

    while ((thread = queue_at(sim, id)->first_joined) != 0) {
        struct record *record;
        (void)part(sim, thread);
        /* The closer leaves by its own verb, the others are told. */
        record = thread == closer ? emit_verb(sim, RECORD_PORT_LEAVE, thread)
                                  : emit_thread(sim, RECORD_PORT_LEAVE, thread, run_down);
        tell_leave(sim, id, record, WHY_RUNDOWN);
        if (record != NULL) {
            record->cause = run_down;
        }
    }
}

void queue_remove_begin(struct simulation *sim, queue_id id, thread_id thread)
{
    if (thread_at(sim, thread)->queue == id) {
        SIM_CHECK(queue_at(sim, id)->active > 0);
        queue_at(sim, id)->active--;
        return;
    }
    queue_thread_leaves(sim, thread, WHY_OTHER_PORT, thread_note_at(sim, thread)->latest);
    join(sim, id, thread);
}

packet_id queue_take(struct simulation *sim, queue_id id)
{
    struct queue *queue = queue_at(sim, id);
    packet_id packet = queue->first_packet;

    SIM_CHECK(packet != 0);
    queue->first_packet = packet_at(sim, packet)->next;
    if (queue->first_packet == 0) {
        queue->last_packet = 0;
    }
    packet_at(sim, packet)->next = 0;
    queue->depth--;
    mirror_depth(sim, queue);
    return packet;
}

void queue_park(struct simulation *sim, queue_id id, thread_id thread)
{
    struct parked *parked = &queue_at(sim, id)->parked;
    thread_id before = parked->newest;

    while (before != 0 && thread_at(sim, before)->wait_order > thread_at(sim, thread)->wait_order) {
        before = thread_at(sim, before)->parked_previous;
    }
    parked_insert(sim, parked, thread, before);
}

void queue_unpark(struct simulation *sim, thread_id thread)
{
    queue_id id = thread_at(sim, thread)->queue;

    parked_remove(sim, &queue_at(sim, id)->parked, thread);
    queue_at(sim, id)->active++;
}

/* An active thread stops: its queue has one less active. */
static void lose_slot(struct simulation *sim, queue_id id)
{
    SIM_CHECK(queue_at(sim, id)->active > 0);
    queue_at(sim, id)->active--;
}

static void tell_loss(struct simulation *sim, queue_id id, struct record *record, uint64_t cause)
{
    record_queue(sim, record, id);
    if (record != NULL) {
        record->cause = cause;
    }
}

void queue_slot_free(struct simulation *sim, queue_id id, thread_id thread, uint64_t cause)
{
    lose_slot(sim, id);
    tell_loss(sim, id, emit_verb(sim, RECORD_PORT_BLOCK, thread), cause);
    release_if_possible(sim, id, WHY_SLOT_FREED_BY_BLOCK);
}

void queue_thread_is_suspended(struct simulation *sim, thread_id thread, uint64_t cause, bool by_itself)
{
    queue_id id = thread_at(sim, thread)->queue;

    if (id == 0) {
        return;
    }
    lose_slot(sim, id);
    tell_loss(sim, id,
              by_itself ? emit_verb(sim, RECORD_PORT_BLOCK, thread) : emit_thread(sim, RECORD_PORT_BLOCK, thread, cause),
              cause);
    release_if_possible(sim, id, WHY_SLOT_FREED_BY_SUSPEND);
}

void queue_slot_taken(struct simulation *sim, queue_id id, thread_id thread, uint64_t cause)
{
    struct record *record;

    queue_at(sim, id)->active++;
    record = emit_thread(sim, RECORD_PORT_UNBLOCK, thread, cause);
    record_queue(sim, record, id);
}
