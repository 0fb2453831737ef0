/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of threads. In this order: thread-exit, the packets that it had been given, its port, its operations, its
 * mutexes, those that wait for it. A thread that ends with its process may be anywhere: on a processor, ready,
 * parked, in a wait, suspended; it has no verb, so that its records carry no frame. */
#include "model/ending.h"

#include "model/birth.h"
#include "model/load.h"
#include "model/packet.h"
#include "model/processor.h"
#include "model/queue.h"
#include "model/thread.h"
#include "model/wait.h"
#include "model/waitable.h"

static void tell_lost(struct simulation *sim, packet_id first)
{
    for (packet_id id = first; id != 0; id = packet_at(sim, id)->next) {
        struct record *record = packet_at(sim, id)->procedure == PLAN_NONE ? NULL : emit(sim, RECORD_PACKET_DROP);
        if (record != NULL) {
            record_queue(sim, record, packet_at(sim, id)->queue);
            record->op = packet_at(sim, id)->number;
            record->item = item_number(sim, packet_at(sim, id)->item);
            record->cause = packet_at(sim, id)->cause;
            record->why = WHY_PROCESS_EXIT;
        }
    }
}

/* The packets that the thread took, and whose callbacks it has not begun, run nowhere. */
static void tell_lost_packets(struct simulation *sim, thread_id thread)
{
    for (frame_id at = thread_at(sim, thread)->frame; at != 0; at = frame_at(sim, at)->up) {
        tell_lost(sim, frame_at(sim, at)->taken);
    }
    tell_lost(sim, thread_at(sim, thread)->in_hand);
}

/* What follows a thread-exit. */
static void leave_everything(struct simulation *sim, thread_id thread, uint64_t ended)
{
    waitable_id waitable;

    queue_thread_leaves(sim, thread, WHY_EXIT, ended);
    if (thread_is_active(sim, thread)) {
        thread_stops_running(sim, thread, THREAD_ENDED);
    }
    thread_at(sim, thread)->state = THREAD_ENDED;
    thread_at(sim, thread)->suspensions = 0;
    birth_forgive(sim, thread);
    thread_overtakes(sim, thread);
    sim->switchboard->thread_ends(sim, thread, ended);
    wait_abandon_all(sim, thread, ended);
    waitable = thread_at(sim, thread)->waitable;
    if (waitable != 0) {
        waitable_at(sim, waitable)->state = 1;
        wait_signal(sim, waitable, ended);
    }
    load_thread_is_over(sim, thread, ended);
    sim->state.alive--;
    if ((thread_at(sim, thread)->flags & THREAD_BACKGROUND) == 0 && --sim->state.foreground == 0) {
        sim->state.is_over = true;
        sim->state.end = END_EXITED;
    }
}

static void tell_exit(const struct simulation *sim, struct record *record, thread_id thread, enum record_why why)
{
    if (record != NULL) {
        thread_tell(sim, record, thread);
        record->why = (uint8_t)why;
    }
}

uint64_t ending_of_itself(struct simulation *sim, thread_id thread, enum record_why why)
{
    uint64_t ended;

    tell_exit(sim, emit_verb(sim, RECORD_THREAD_EXIT, thread), thread, why);
    ended = sim->state.n;
    if (why == WHY_PROCESS_EXIT) {
        tell_lost_packets(sim, thread);
    }
    leave_everything(sim, thread, ended);
    return ended;
}

uint64_t ending_by_process(struct simulation *sim, thread_id thread, uint64_t cause)
{
    uint64_t ended;

    tell_exit(sim, emit_thread(sim, RECORD_THREAD_EXIT, thread, cause), thread, WHY_PROCESS_EXIT);
    ended = sim->state.n;
    tell_lost_packets(sim, thread);
    ending_drop_frames(sim, thread);
    if (thread_is_active(sim, thread)) {
        processor_suspends(sim, thread);
    } else if (!thread_is_idle(sim, thread)) {
        wait_forget(sim, thread);
    }
    leave_everything(sim, thread, ended);
    thread_forget(sim, thread);
    return ended;
}

void ending_drop_frames(struct simulation *sim, thread_id thread)
{
    while (thread_at(sim, thread)->frame != 0) {
        const struct frame *frame = frame_at(sim, thread_at(sim, thread)->frame);
        if (frame->coroutine != 0) {
            sim->switchboard->frame_is_lost(sim, thread);
        } else if (frame_is_callback(frame->kind)) {
            procedure_count_at(sim, frame->procedure)->running--;
        }
        frame_pop(sim, thread);
    }
    while (thread_at(sim, thread)->first_apc != 0) {
        uint32_t id = thread_at(sim, thread)->first_apc;
        thread_at(sim, thread)->first_apc = apc_at(sim, id)->next;
        locals_free(sim, apc_at(sim, id)->procedure, apc_at(sim, id)->locals);
        packet_drop(sim, apc_at(sim, id)->packet);
        block_free(&sim->block, TABLE_APC, id);
    }
    thread_forget(sim, thread);
}
