/* SPDX-License-Identifier: Apache-2.0 */
/* Handles and pools as programs see them. Source: facts IOCP-130..133, CLR-8, 9. To bind is to associate (fact IOCP-130): it is
 * refused for what an association is refused for. */
#include "model/bind.h"

#include "model/door.h"
#include "model/handle.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/pool_state.h"
#include "model/port.h"
#include "model/queue.h"
#include "model/thread.h"
#include "model/wait.h"

enum step_end bind_bind(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct bind_operands *operands = (const void *)words;
    struct value object = value_null();
    pool_id pool = operand_object(sim, thread, operands->pool, OBJECT_POOL);
    bool announced = false;
    handle_id id;
    uint16_t error;

    if (pool == 0 || !operand_value(sim, thread, operands->object, &object) ||
        !operand_flag(sim, thread, operands->announced, &announced)) {
        return STEP_GOES_ON;
    }
    id = handle_of_value(sim, thread, object);
    thread_at(sim, thread)->subject = object.type == VALUE_REFERENCE ? (reference)object.bits : REFERENCE_NONE;
    error = handle_association_error(sim, thread, object, 0);
    if (error == WIN32_ERROR_SUCCESS) {
        handle_bind(sim, thread, id, (struct handle_pool){pool, announced});
        if (operands->callback != OPERAND_ABSENT) {
            handle_file(sim, id)->procedure = operands->callback;
        }
    }
    thread_outcome_plain(sim, thread, error);
    return STEP_GOES_ON;
}

/* The door of a verb's handle, which wants announcements; 0 after a misuse, or when the handle is closed. */
static door_id door_operand(struct simulation *sim, thread_id thread, uint32_t operand)
{
    handle_id id = operand_subject(sim, thread, operand, OBJECT_HANDLE);
    door_id door = id == 0 || !handle_at(sim, id)->is_open ? 0 : handle_file(sim, id)->door;

    if (id != 0 && (door == 0 || !door_at(sim, door)->wants_announcements)) {
        misuse(sim, thread, "operations are announced on a handle that is open, and bound to a pool with 'announced'");
        return 0;
    }
    return door;
}

static void tell(struct simulation *sim, enum record_kind kind, thread_id thread, uint32_t outstanding)
{
    struct record *record = emit_verb(sim, kind, thread);

    if (record != NULL) {
        record->object = thread_at(sim, thread)->subject;
        record->count = outstanding;
    }
}

enum step_end bind_announce(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct announce_operands *operands = (const void *)words;
    door_id door = door_operand(sim, thread, operands->object);

    if (door != 0) {
        door_at(sim, door)->announced++;
        tell(sim, RECORD_IO_ANNOUNCE, thread, door_outstanding(sim, door));
        door_settle(sim, door, sim->state.n);
    }
    return STEP_GOES_ON;
}

enum step_end bind_withdraw(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct withdraw_operands *operands = (const void *)words;
    door_id door = door_operand(sim, thread, operands->object);

    if (door == 0) {
        return STEP_GOES_ON;
    }
    if (door_at(sim, door)->announced == 0) {
        misuse(sim, thread, "no announcement is left to take back");
        return STEP_GOES_ON;
    }
    door_at(sim, door)->announced--;
    tell(sim, RECORD_IO_WITHDRAW, thread, door_outstanding(sim, door));
    door_settle(sim, door, sim->state.n);
    return STEP_GOES_ON;
}

enum step_end bind_drain(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct drain_operands *operands = (const void *)words;
    door_id door = door_operand(sim, thread, operands->object);
    struct waiting waiting = {.count = 1, .timeout = SIM_NEVER, .why = WHY_WAIT};
    reference handle = thread_at(sim, thread)->subject;
    waitable_id waitable;
    bool drop = false;

    if (door == 0 || !operand_flag(sim, thread, operands->drop, &drop)) {
        return STEP_GOES_ON;
    }
    tell(sim, RECORD_IO_DRAIN, thread,
         drop ? door_at(sim, door)->callbacks - door_queued(sim, door) : door_outstanding(sim, door));
    if (drop) {
        door_drop(sim, door, handle_file(sim, reference_slot(handle) + 1)->first_pending);
        door_settle(sim, door, sim->state.n);
    }
    waitable = door_at(sim, door)->waitable;
    if (waitable == 0) {
        waitable = waitable_create(sim, WAITABLE_NOTICE, handle);
        waitable_at(sim, waitable)->state = door_outstanding(sim, door) == 0;
        door_at(sim, door)->waitable = waitable;
    }
    waiting.object = &waitable;
    return wait_begin(sim, thread, &waiting);
}

enum step_end bind_post(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct post_operands *operands = (const void *)words;
    reference object = REFERENCE_NONE;
    packet_id packet;
    pool_id pool;

    if (!operand_reference(sim, thread, operands->object, &object) || reference_kind(object) != OBJECT_POOL) {
        return port_post(sim, thread, words);
    }
    pool = reference_slot(object) + 1;
    if (pool_io_of(sim, pool) == IO_IS_WORK || pool_io_of(sim, pool) == IO_BY_ENGINE) {
        misuse(sim, thread, "this pool has no port to post to: 'queue' gives it work");
        return STEP_GOES_ON;
    }
    door_opens_pool(sim, pool, thread, pool_io_of(sim, pool) == IO_BY_PORT ? 0 : thread_note_at(sim, thread)->latest);
    thread_at(sim, thread)->subject = queue_reference(pool_at(sim, pool)->service.port);
    packet = port_post_begin(sim, thread, words, pool_at(sim, pool)->service.port);
    if (packet != 0) {
        door_opens_pool(sim, pool, thread, packet_at(sim, packet)->cause);
        port_post_end(sim, thread, packet);
    }
    return STEP_GOES_ON;
}
