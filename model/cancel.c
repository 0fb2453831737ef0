/* SPDX-License-Identifier: Apache-2.0 */
/* Cancelling marks and does not wait (fact IOCP-110): the operation then ends, here at once, with
 * ERROR_OPERATION_ABORTED, and its packet comes as ever. Closing the last handle ends what is outstanding (fact
 * IOCP-117), and so does the end of the thread that issued it, unless only a port would hear of it (facts
 * IOCP-119, 120). */
#include "model/cancel.h"

#include "model/door.h"
#include "model/handle.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/port.h"
#include "model/process.h"
#include "model/queue.h"
#include "model/service.h"
#include "model/stream.h"
#include "model/task.h"
#include "model/thread.h"

/* Ends a pending operation before its time; the n of its end. */
static uint64_t abort_operation(struct simulation *sim, packet_id id, const struct service_end *end)
{
    uint64_t ended;

    packet_hold(sim, id);
    service_abort(sim, id, end);
    ended = packet_at(sim, id)->cause;
    packet_drop(sim, id);
    return ended;
}

/* What waited behind an operation that is gone may have what the stream has for it (fact IOCP-24). */
static void serve_others(struct simulation *sim, file_id file, uint64_t ended)
{
    if (file_at(sim, file)->stream != 0) {
        service_of_stream(sim, file, ended);
    }
}

/* Cancels one pending operation on behalf of `asker`; the n of its end. */
static uint64_t cancel(struct simulation *sim, thread_id asker, packet_id id)
{
    struct record *record = emit_verb(sim, RECORD_OP_CANCEL, asker);

    if (record != NULL) {
        record->object = handle_reference(packet_at(sim, id)->handle);
        record->op = packet_at(sim, id)->number;
        record->item = item_number(sim, packet_at(sim, id)->item);
        record->why = WHY_MARKED;
    }
    return abort_operation(
        sim, id,
        &(struct service_end){
            .error = WIN32_ERROR_OPERATION_ABORTED, .why = WHY_CANCELLED, .cause = sim->state.n});
}

/* Which of a file's pending operations a cancel means. */
struct selection {
    uint64_t overlapped;   /* issued with this OVERLAPPED */
    packet_id operation;   /* or this one, where it has none of a name; 0: any */
    thread_id issuer;      /* 0: anybody's */
    bool any;              /* with any OVERLAPPED */
};

static bool is_selected(const struct packet *packet, packet_id id, const struct selection *selection)
{
    if ((packet->flags & PACKET_IS_SYNCHRONOUS) != 0 && selection->issuer != 0) {
        return false;
    }
    return (selection->issuer == 0 || packet->issuer == selection->issuer) &&
           (selection->any || id == selection->operation ||
            (selection->overlapped != 0 && packet->overlapped == selection->overlapped));
}

/* Cancels what is selected, in the order of issue; whether there was any. O(pending). */
static bool cancel_selected(struct simulation *sim, thread_id asker, file_id file, const struct selection *selection)
{
    uint64_t ended = 0;
    packet_id next;

    for (packet_id id = file_at(sim, file)->first_pending; id != 0; id = next) {
        next = packet_at(sim, id)->file_next;
        if (is_selected(packet_at(sim, id), id, selection)) {
            ended = cancel(sim, asker, id);
        }
    }
    if (ended != 0) {
        serve_others(sim, file, ended);
    }
    return ended != 0;
}

/* CancelSynchronousIo (fact IOCP-114). */
static enum step_end cancel_call(struct simulation *sim, thread_id asker, thread_id thread)
{
    packet_id id = thread_at(sim, thread)->awaits;
    bool waits = thread_at(sim, thread)->state == THREAD_BLOCKED && id != 0 &&
                 packet_at(sim, id)->issuer == thread && /* who asks for another's result is in no such call */
                 (packet_at(sim, id)->flags & PACKET_IS_SYNCHRONOUS) != 0 &&
                 (packet_at(sim, id)->flags & PACKET_IS_PENDING) != 0;

    if (waits) {
        file_id file = handle_at(sim, packet_at(sim, id)->handle)->file;
        serve_others(sim, file, cancel(sim, asker, id));
    }
    thread_outcome_plain(sim, asker, waits ? WIN32_ERROR_SUCCESS : WIN32_ERROR_NOT_FOUND);
    return STEP_GOES_ON;
}

/* CancelIo and CancelIoEx (facts IOCP-111, 112). */
static enum step_end cancel_handle(struct simulation *sim, thread_id thread, handle_id handle, const struct cancel_operands *operands)
{
    struct selection selection = {.any = operands->operation == OPERAND_ABSENT};
    bool own = false;
    bool found;

    if (!operand_flag(sim, thread, operands->own, &own)) {
        return STEP_GOES_ON;
    }
    if (!selection.any) {
        selection.operation = operand_object(sim, thread, operands->operation, OBJECT_OPERATION);
        if (selection.operation == 0) {
            return STEP_GOES_ON;
        }
        selection.overlapped = packet_at(sim, selection.operation)->overlapped;
    }
    selection.issuer = own ? thread : 0;
    found = cancel_selected(sim, thread, handle_at(sim, handle)->file, &selection);
    thread_outcome_plain(sim, thread, found || own ? WIN32_ERROR_SUCCESS : WIN32_ERROR_NOT_FOUND);
    return STEP_GOES_ON;
}

/* The object of a verb that takes several kinds; REFERENCE_NONE after a misuse. */
static reference subject(struct simulation *sim, thread_id thread, uint32_t operand, const char *wanted)
{
    reference object = REFERENCE_NONE;

    if (operand_reference(sim, thread, operand, &object)) {
        thread_at(sim, thread)->subject = object;
        if (reference_kind(object) == OBJECT_HANDLE || reference_kind(object) == OBJECT_PORT ||
            reference_kind(object) == OBJECT_THREAD) {
            return object;
        }
        misuse(sim, thread, wanted);
    }
    return REFERENCE_NONE;
}

enum step_end cancel_cancel(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct cancel_operands *operands = (const void *)words;
    reference object = subject(sim, thread, operands->object, "a handle or a thread is wanted");
    uint32_t id = reference_slot(object) + 1;

    if (object == REFERENCE_NONE) {
        return STEP_GOES_ON;
    }
    if (reference_kind(object) == OBJECT_THREAD) {
        return cancel_call(sim, thread, thread_of(sim, object));
    }
    if (reference_kind(object) != OBJECT_HANDLE || !handle_is_valid(sim, thread, id)) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE);
        return STEP_GOES_ON;
    }
    return cancel_handle(sim, thread, id, operands);
}

/* What an outstanding operation ends with when its file is gone (fact IOCP-117). */
static uint16_t error_of_closing(const struct file *file)
{
    return file->kind == FILE_KIND_PIPE || file->kind == FILE_KIND_MESSAGE_PIPE
               ? WIN32_ERROR_BROKEN_PIPE
               : WIN32_ERROR_OPERATION_ABORTED;
}

/* The last handle is closed: the file object goes, and with it its reference to the port. */
static void close_file(struct simulation *sim, thread_id thread, file_id file, uint64_t closed)
{
    queue_id queue = file_at(sim, file)->queue;
    struct service_end end = {.why = WHY_CLOSED, .cause = closed};

    end.error = error_of_closing(file_at(sim, file));
    while (file_at(sim, file)->first_pending != 0) {
        service_abort(sim, file_at(sim, file)->first_pending, &end);
    }
    if (file_at(sim, file)->stream != 0 && stream_of(sim, file)->peer != 0) {
        file_id peer = stream_of(sim, file)->peer;
        if (stream_hang_up(sim, peer)) {
            service_of_stream(sim, peer, closed);
        }
    }
    file_at(sim, file)->door = 0;
    if (queue != 0) {
        file_at(sim, file)->queue = 0;
        port_forget_file(sim, queue, thread);
    }
}

void cancel_close_handle(struct simulation *sim, thread_id thread, handle_id id)
{
    file_id file = handle_at(sim, id)->file;
    struct record *record;
    bool is_last;

    handle_at(sim, id)->is_open = false;
    is_last = --file_at(sim, file)->handles == 0;
    record = emit_verb(sim, RECORD_HANDLE_CLOSE, thread);
    if (record != NULL) {
        record->object = handle_reference(id);
        record->ok = is_last;
    }
    if (is_last) {
        close_file(sim, thread, file, sim->state.n);
    }
}

enum step_end cancel_close(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct close_operands *operands = (const void *)words;
    reference object = subject(sim, thread, operands->object, "a handle or a port is wanted");
    uint32_t id = reference_slot(object) + 1;

    if (object == REFERENCE_NONE) {
        return STEP_GOES_ON;
    }
    if (reference_kind(object) == OBJECT_PORT && queue_is_valid(sim, thread, id)) {
        port_close(sim, thread, id);
    } else if (reference_kind(object) == OBJECT_HANDLE && handle_is_valid(sim, thread, id)) {
        cancel_close_handle(sim, thread, id);
    } else {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE);
        return STEP_GOES_ON;
    }
    thread_outcome_plain(sim, thread, WIN32_ERROR_SUCCESS);
    return STEP_GOES_ON;
}

static bool is_associated(const struct simulation *sim, handle_id handle)
{
    return handle_file(sim, handle)->queue != 0 || handle_file(sim, handle)->door != 0;
}

/* Whether an operation outlives its issuer: only its port will hear of it (facts IOCP-119, 120). */
static bool outlives_issuer(const struct simulation *sim, const struct packet *packet)
{
    return !sim->plan->release_is_xp && is_associated(sim, packet->handle) && packet->event == 0 &&
           (packet->flags & (PACKET_SUPPRESSED | PACKET_NO_OVERLAPPED | PACKET_HAS_APC)) == 0;
}

void cancel_thread_ends(struct simulation *sim, thread_id thread, uint64_t cause)
{
    bool with_process = process_at(sim, thread_at(sim, thread)->process)->has_exited != 0; /* fact IOCP-121 */
    const struct service_end end = {
        .error = WIN32_ERROR_OPERATION_ABORTED,
        .why = with_process ? WHY_PROCESS_EXIT : WHY_THREAD_EXIT,
        .cause = cause,
    };
    uint32_t left = thread_at(sim, thread)->outstanding;
    uint64_t ended = 0;

    for (packet_id id = 1; left > 0 && id < block_used(&sim->block, TABLE_PACKET); id++) {
        const struct packet *packet = packet_at(sim, id);
        if ((packet->flags & PACKET_IS_PENDING) != 0 && packet->issuer == thread) {
            left--;
            if (!outlives_issuer(sim, packet)) {
                ended = abort_operation(sim, id, &end);
            }
        }
    }
    for (packet_id id = 1; ended != 0 && id < block_used(&sim->block, TABLE_PACKET); id++) {
        if ((packet_at(sim, id)->flags & PACKET_IS_PENDING) != 0) {
            serve_others(sim, handle_at(sim, packet_at(sim, id)->handle)->file, ended);
        }
    }
    thread_await(sim, thread, 0);
    door_thread_ends(sim, thread, cause);
    task_thread_ends(sim, thread);
}

void cancel_process_ends(struct simulation *sim, process_id process, uint64_t cause)
{
    const struct service_end end = {
        .error = WIN32_ERROR_OPERATION_ABORTED, .why = WHY_PROCESS_EXIT, .cause = cause};

    for (packet_id id = 1; id < block_used(&sim->block, TABLE_PACKET); id++) {
        const struct packet *packet = packet_at(sim, id);
        if ((packet->flags & PACKET_IS_PENDING) != 0 && thread_at(sim, packet->issuer)->process == process) {
            service_abort(sim, id, &end);
        }
    }
}
