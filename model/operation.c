/* SPDX-License-Identifier: Apache-2.0 */
/* Overlapped operations.
 *
 * An operation pends, even on a device that needs no time, and completes by an event. At its end, in this
 * order (fact IOCP-89): status, event, file object, packet. The port is looked up then, not at the issue
 * (fact IOCP-11). */
#include "model/operation.h"

#include <assert.h>

#include "model/device.h"
#include "model/file.h"
#include "model/object.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/port.h"
#include "model/target.h"
#include "model/thread.h"
#include "model/waitable.h"

/* What a read or write asks for. */
struct request {
    uint64_t bytes, offset;
    sim_span latency;
    waitable_id event;
    bool packet;
};

/* Where the status of an operation that ends well comes from: the part of the file that is there. */
static void settle(struct simulation *sim, packet_id id, const struct request *request)
{
    struct packet *packet = packet_at(sim, id);
    struct file *file = file_at(sim, packet->file);

    packet->bytes = request->bytes;
    if (file->size == FILE_SIZE_NONE) {
        return;
    }
    if ((packet->flags & PACKET_IS_WRITE) != 0) {
        uint64_t end = request->offset + request->bytes;
        file->size = end > file->size ? end : file->size;
    } else if (request->offset >= file->size && request->bytes > 0) {
        packet->bytes = 0;
        packet->error = WIN32_ERROR_HANDLE_EOF;
    } else if (request->bytes > file->size - request->offset) {
        packet->bytes = file->size - request->offset;
    }
}

static bool request_read(struct simulation *sim,
                         thread_id thread,
                         const struct read_operands *operands,
                         struct request *request)
{
    uint32_t event = 0;
    uint32_t device = file_at(sim, reference_slot(thread_at(sim, thread)->subject) + 1)->device;
    uint32_t latency = device == 0 ? OPERAND_ABSENT : device_at(sim, device)->latency;

    if (operands->latency != OPERAND_ABSENT) {
        latency = operands->latency;
    }
    if (operands->event != OPERAND_ABSENT) {
        event = operand_object(sim, thread, operands->event, OBJECT_EVENT);
        if (event == 0) {
            return false;
        }
        request->event = object_waitable(sim, reference_make(OBJECT_EVENT, event - 1));
    }
    return operand_size(sim, thread, operands->bytes, &request->bytes) &&
           operand_size(sim, thread, operands->offset, &request->offset) &&
           operand_flag(sim, thread, operands->packet, &request->packet) &&
           operand_span(sim, thread, latency, &request->latency);
}

/* A new operation with its callback, counted as pending; 0 after a misuse. */
static packet_id operation_create(struct simulation *sim,
                                  thread_id thread,
                                  const struct read_operands *operands,
                                  const struct request *request)
{
    file_id file = reference_slot(thread_at(sim, thread)->subject) + 1;
    uint32_t procedure = operands->callback;
    uint32_t locals = 0;
    packet_id id;

    if (procedure == OPERAND_ABSENT) {
        procedure = file_at(sim, file)->procedure;
    }
    if (procedure != PLAN_NONE &&
        !operand_with(sim, thread, (struct operand_with){operands->with, procedure}, &locals)) {
        return 0;
    }
    id = packet_create(sim);
    packet_at(sim, id)->file = file;
    packet_at(sim, id)->procedure = procedure;
    packet_at(sim, id)->locals = locals;
    packet_at(sim, id)->event = request->event;
    packet_at(sim, id)->key = request->latency;
    packet_at(sim, id)->flags = (uint8_t)(PACKET_IS_PENDING | PACKET_IS_NAMED |
                                          (request->packet ? 0 : PACKET_SUPPRESSED));
    if (operands->as != OPERAND_ABSENT &&
        !target_store(sim, thread, operands->as, packet_value(sim, id))) {
        packet_drop(sim, id);
        return 0;
    }
    file_at(sim, file)->pending++;
    return id;
}

/* The event given with an operation is reset when it starts (fact IOCP-93). */
static void unsignal(struct simulation *sim, thread_id thread, packet_id id)
{
    waitable_id event = packet_at(sim, id)->event;

    if (event != 0 && waitable_at(sim, event)->state > 0) {
        struct record *record = emit_verb(sim, RECORD_OBJECT_RESET, thread);
        waitable_at(sim, event)->state = 0;
        if (record != NULL) {
            record->object = waitable_at(sim, event)->object;
        }
    }
    file_unsignal(sim, packet_at(sim, id)->file, thread);
}

/* Hands the operation to its device; without one its time begins now. */
static void submit(struct simulation *sim, packet_id id)
{
    const struct packet *packet = packet_at(sim, id);
    device_id device = file_at(sim, packet->file)->device;
    sim_time end;

    if (device != 0) {
        device_submit(sim, device, id);
    } else if (sim_time_add(sim->state.now, packet->key, &end) && end != SIM_NEVER) {
        simulation_schedule(
            sim, (struct event){.time = end, .what = event_what(EVENT_SERVICE_END, id)});
    }
}

/* The call has answered ERROR_IO_PENDING (fact IOCP-82). */
static void answer_pending(struct simulation *sim, thread_id thread, packet_id id, uint64_t issued)
{
    struct record *record = emit_verb(sim, RECORD_OP_PEND, thread);
    struct outcome outcome = {
        .error = WIN32_ERROR_IO_PENDING,
        .op = packet_at(sim, id)->number,
        .shown = RESULT_OK | RESULT_ERROR | RESULT_BYTES,
    };

    if (record != NULL) {
        record->object = thread_at(sim, thread)->subject;
        record->op = outcome.op;
        record->error = WIN32_ERROR_IO_PENDING;
        record->cause = issued;
    }
    thread_outcome(sim, thread, &outcome);
}

static enum step_end
issue(struct simulation *sim, thread_id thread, const struct read_operands *operands, uint8_t kind)
{
    file_id file = operand_subject(sim, thread, operands->object, OBJECT_HANDLE);
    struct request request = {.packet = true};
    struct record *record;
    uint64_t issued;
    packet_id id;

    if (file == 0) {
        return STEP_GOES_ON;
    }
    if ((file_at(sim, file)->flags & FILE_IS_MADE) == 0) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE);
        return STEP_GOES_ON;
    }
    if (!request_read(sim, thread, operands, &request) ||
        (id = operation_create(sim, thread, operands, &request)) == 0) {
        return STEP_GOES_ON;
    }
    packet_at(sim, id)->flags |= kind;
    settle(sim, id, &request);
    record = emit_verb(sim, RECORD_OP_ISSUE, thread);
    if (record != NULL) {
        record->object = file_reference(file);
        record->op = packet_at(sim, id)->number;
        record->verb = thread_at(sim, thread)->verb;
        record->bytes = request.bytes;
        record->amount = request.offset;
        record->absent = emit_label(sim, thread, record, operands->as) ? 0 : 8;
    }
    issued = sim->state.n;
    packet_at(sim, id)->cause = issued;
    unsignal(sim, thread, id);
    submit(sim, id);
    answer_pending(sim, thread, id, issued);
    return STEP_GOES_ON;
}

enum step_end operation_read(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    return issue(sim, thread, (const void *)words, 0);
}

enum step_end operation_write(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    static_assert(sizeof(struct write_operands) == sizeof(struct read_operands),
                  "read and write take the same operands");
    return issue(sim, thread, (const void *)words, PACKET_IS_WRITE);
}

/* What becomes of a finished operation: a packet, or nothing and why (facts IOCP-80, 87). */
static void queue_or_suppress(struct simulation *sim, packet_id id)
{
    const struct packet *packet = packet_at(sim, id);
    const struct file *file = file_at(sim, packet->file);

    if (file->queue == 0) {
        emit_packet(sim, RECORD_PACKET_SUPPRESS, id, WHY_NO_PORT);
        packet_drop(sim, id);
    } else if ((packet->flags & PACKET_SUPPRESSED) != 0) {
        emit_packet(sim, RECORD_PACKET_SUPPRESS, id, WHY_EVENT_LOW_BIT);
        packet_drop(sim, id);
    } else {
        packet_at(sim, id)->queue = file->queue;
        packet_at(sim, id)->key = file->key;
        port_insert(sim, file->queue, id, 0);
    }
}

void operation_complete(struct simulation *sim, uint32_t id)
{
    struct packet *packet = packet_at(sim, id);
    file_id file = packet->file;
    waitable_id event = packet->event;
    device_id device = file_at(sim, file)->device;
    struct record *record;
    uint64_t completed;
    bool visible;

    if (device != 0) {
        device_finish(sim, device, id);
    }
    packet = packet_at(sim, id);
    packet->flags &= (uint8_t)~PACKET_IS_PENDING;
    file_at(sim, file)->pending--;
    record = emit_packet(sim, RECORD_OP_COMPLETE, id,
                         packet->error == WIN32_ERROR_HANDLE_EOF ? WHY_END_OF_FILE : WHY_DEVICE_DONE);
    if (record != NULL) {
        record->ok = !win32_error_is_failed(packet->error);
        record->error = packet->error;
        record->bytes = packet->bytes;
    }
    completed = sim->state.n;
    packet->cause = completed;
    visible = event != 0 || file_at(sim, file)->queue == 0;
    if (visible) {
        packet->flags |= PACKET_IS_VISIBLE;
        emit_packet(sim, RECORD_OP_VISIBLE, id, WHY_AT_COMPLETION);
    }
    if (event != 0) {
        object_signal_event(sim, event, completed);
    }
    file_signal(sim, file, completed);
    queue_or_suppress(sim, id);
}
