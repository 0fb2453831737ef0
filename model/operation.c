/* SPDX-License-Identifier: Apache-2.0 */
/* Overlapped operations: what a call answers, and what becomes of it.
 *
 * A file answers after its device's time, a stream when its far end acts. A call answers at once (an immediate
 * result), or with ERROR_IO_PENDING; on a synchronous handle it waits. service.c says
 * how what is pending is served and ends, completion.c what an end leaves. */
#include "model/operation.h"

#include <assert.h>

#include "model/api.h"
#include "model/completion.h"
#include "model/device.h"
#include "model/file.h"
#include "model/handle.h"
#include "model/object.h"
#include "model/operand.h"
#include "model/packet.h"
#include "model/service.h"
#include "model/stream.h"
#include "model/target.h"
#include "model/thread.h"
#include "model/wait.h"
#include "model/waitable.h"

/* What the verbs of I/O have in common: their object and the arguments that bind the completion come first. */
struct completion_operands {
    uint32_t object, as, callback, with, apc, event, packet, overlapped, latency, at_once, failure;
};

#define SHARES_OPERANDS(verb)                                                                          \
    static_assert(offsetof(struct verb##_operands, failure) ==                                         \
                      offsetof(struct completion_operands, failure),                                   \
                  "the operands of " #verb " begin as those of every completion")
SHARES_OPERANDS(read);
SHARES_OPERANDS(write);
SHARES_OPERANDS(accept);
SHARES_OPERANDS(connect);
SHARES_OPERANDS(control);

/* What a call asks for. */
struct request {
    const struct completion_operands *operands;
    handle_id handle;
    uint64_t bytes, offset;
    uint64_t packet_bytes;   /* of a control */
    uint32_t other;          /* the file of an accept's socket; the handle of a connect's listener */
    sim_span latency, inside_call;
    waitable_id event;
    uint16_t failure;        /* said by the step, or decided by the device */
    bool packet, overlapped, at_once, at_once_is_said;
};

/* What a call answers at once. */
struct answer {
    uint64_t bytes;
    uint16_t error;
    enum record_why why;
};

/* What the device, if there is one, says of an operation, where the step says nothing; false after a misuse. What
 * was refused does not reach it. */
static bool ask_device(struct simulation *sim, thread_id thread, struct request *request)
{
    device_id device = handle_file(sim, request->handle)->device;
    struct device_decision decision = {0};

    if (device == 0) {
        return true;
    }
    if (!operand_span(sim, thread, device_at(sim, device)->inside_call, &request->inside_call) ||
        !device_decide(sim, thread, device, &decision)) {
        return false;
    }
    if (request->operands->failure == OPERAND_ABSENT) {
        request->failure = decision.error;
    }
    if (!request->at_once_is_said && decision.at_once) {
        request->at_once = true;
        request->at_once_is_said = true;
    }
    return true;
}

/* Reads the operands that all verbs of I/O share; false after a misuse. */
static bool request_read(struct simulation *sim, thread_id thread, struct request *request)
{
    const struct completion_operands *operands = request->operands;
    device_id device = handle_file(sim, request->handle)->device;
    uint32_t latency = device == 0 ? OPERAND_ABSENT : device_at(sim, device)->latency;
    struct value failure = value_make(VALUE_ERROR, WIN32_ERROR_SUCCESS);

    if (operands->latency != OPERAND_ABSENT) {
        latency = operands->latency;
    }
    if (operands->event != OPERAND_ABSENT) {
        uint32_t event = operand_object(sim, thread, operands->event, OBJECT_EVENT);
        if (event == 0) {
            return false;
        }
        request->event = object_waitable(sim, reference_make(OBJECT_EVENT, event - 1));
    }
    if (!operand_flag(sim, thread, operands->packet, &request->packet) ||
        !operand_flag(sim, thread, operands->overlapped, &request->overlapped) ||
        !operand_flag(sim, thread, operands->at_once, &request->at_once) ||
        !operand_span(sim, thread, latency, &request->latency) ||
        (operands->failure != OPERAND_ABSENT &&
         !operand_value(sim, thread, operands->failure, &failure))) {
        return false;
    }
    request->at_once_is_said = operands->at_once != OPERAND_ABSENT;
    request->failure = failure.type == VALUE_ERROR ? (uint16_t)failure.bits : 0;
    return true;
}

/* What a call is refused for before there is an operation (facts IOCP-12, 104); 0: nothing. */
static uint16_t refusal(const struct simulation *sim, const struct request *request, enum verb verb)
{
    const struct file *file = handle_file(sim, request->handle);
    bool is_pipe = file->kind == FILE_KIND_PIPE || file->kind == FILE_KIND_MESSAGE_PIPE;

    if ((verb == VERB_accept && !is_pipe && file->kind != FILE_KIND_LISTENER) ||
        (verb == VERB_connect && file->kind != FILE_KIND_SOCKET)) {
        return WIN32_ERROR_INVALID_FUNCTION;
    }
    if (request->operands->apc != OPERAND_ABSENT && file->door != 0) { /* facts IOCP-12, 130 */
        return WIN32_ERROR_INVALID_PARAMETER;
    }
    if (request->operands->apc != OPERAND_ABSENT &&
        (file->queue != 0 || (file->flags & FILE_IS_SYNCHRONOUS) != 0)) {
        return WIN32_ERROR_INVALID_PARAMETER;
    }
    if (!request->overlapped && (file->flags & FILE_IS_SYNCHRONOUS) == 0 && file->kind == FILE_KIND_FILE) {
        return WIN32_ERROR_INVALID_PARAMETER;
    }
    return WIN32_ERROR_SUCCESS;
}

static uint32_t flags_of(const struct simulation *sim, const struct request *request)
{
    bool waits = !request->overlapped || (handle_file(sim, request->handle)->flags & FILE_IS_SYNCHRONOUS) != 0;

    return (uint32_t)(PACKET_IS_NAMED | (request->packet ? 0 : PACKET_SUPPRESSED) |
                      (request->overlapped ? 0 : PACKET_NO_OVERLAPPED) |
                      (request->operands->apc != OPERAND_ABSENT ? PACKET_HAS_APC : 0) |
                      (waits ? PACKET_IS_SYNCHRONOUS : 0));
}

/* A new operation with what runs when it ends; 0 after a misuse. */
static packet_id operation_create(struct simulation *sim, thread_id thread, const struct request *request)
{
    const struct completion_operands *operands = request->operands;
    uint32_t procedure = operands->apc != OPERAND_ABSENT ? operands->apc : operands->callback;
    uint32_t locals = 0;
    struct packet *packet;
    packet_id id;

    if (procedure == OPERAND_ABSENT) {
        procedure = handle_file(sim, request->handle)->procedure;
    }
    if (procedure != PLAN_NONE &&
        !operand_with(sim, thread, (struct operand_with){operands->with, procedure}, &locals)) {
        return 0;
    }
    id = packet_create(sim);
    packet = packet_at(sim, id);
    packet->handle = request->handle;
    packet->issuer = thread;
    packet->item = thread_item(sim, thread);
    packet->verb = thread_at(sim, thread)->verb;
    packet->procedure = procedure;
    packet->locals = locals;
    packet->event = request->event;
    packet->bytes = request->bytes;
    packet->told = request->bytes;
    packet->key = request->latency;
    packet->other = request->other;
    packet->flags = flags_of(sim, request);
    if (operands->as != OPERAND_ABSENT) {
        if (!target_store(sim, thread, operands->as, packet_value(sim, id))) {
            packet_drop(sim, id);
            return 0;
        }
        packet_at(sim, id)->overlapped = target_identity(sim, thread, operands->as);
    }
    return id;
}

/* The event given with an operation is reset when it starts (fact IOCP-93), and so is the file object. */
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
    file_unsignal(sim, handle_at(sim, packet_at(sim, id)->handle)->file, thread);
}

/* How an operation on a file ends: the part of the file that is there. Whether it makes the file longer. */
static bool settle(struct simulation *sim, packet_id id, const struct request *request)
{
    struct packet *packet = packet_at(sim, id);
    struct file *file = handle_file(sim, packet->handle);

    packet->given_why = WHY_DEVICE_DONE;
    if (packet->verb == VERB_control) {
        packet->bytes = request->packet_bytes;
        return false;
    }
    if (file->size == FILE_SIZE_NONE) {
        return false;
    }
    if (packet->verb == VERB_write) {
        uint64_t end = request->offset + request->bytes;
        bool extends = end > file->size && request->failure == WIN32_ERROR_SUCCESS;
        file->size = extends ? end : file->size;
        return extends;
    }
    if (request->offset >= file->size && request->bytes > 0) {
        packet->bytes = 0;
        if (file->api == FILE_API_FILE_STREAM) { /* which tells the end by a read of nothing */
            return false;
        }
        packet->error = WIN32_ERROR_HANDLE_EOF;
        packet->given_why = WHY_END_OF_FILE;
    } else if (request->bytes > file->size - request->offset) {
        packet->bytes = file->size - request->offset;
    }
    return false;
}

/* The step says how the operation fails. */
static void fail(struct simulation *sim, packet_id id, uint16_t error)
{
    struct packet *packet = packet_at(sim, id);

    if (error != WIN32_ERROR_SUCCESS) {
        packet->error = error;
        packet->bytes = 0;
        packet->given_why = WHY_FAULT;
    }
}

/* Why the call itself serves the operation; WHY_NONE when it does not. */
static enum record_why served_in_call(struct simulation *sim, packet_id id, const struct request *request, bool extends)
{
    const struct file *file = handle_file(sim, request->handle);

    enum record_why by_layer = api_serves_in_call(sim, id);

    if (by_layer != WHY_NONE || (packet_at(sim, id)->flags & PACKET_BY_WORKER) != 0) {
        return by_layer;
    }
    if (request->at_once_is_said) {
        return request->at_once ? WHY_SERVED_IN_CALL : WHY_NONE;
    }
    if (packet_at(sim, id)->verb == VERB_read && (file->flags & FILE_IS_CACHED) != 0) {
        return WHY_CACHED;
    }
    if (packet_at(sim, id)->given_why == WHY_END_OF_FILE && file->device != 0 &&
        device_at(sim, file->device)->end_of_file_at_once) {
        return WHY_END_OF_FILE;
    }
    return extends ? WHY_EXTENDING_WRITE : WHY_NONE;
}

/* Whether an earlier operation of the same kind waits for the far end, which has to be answered first. */
static bool has_earlier(const struct simulation *sim, const struct packet *packet)
{
    packet_id id = handle_file(sim, packet->handle)->first_pending;

    while (id != 0) {
        const struct packet *earlier = packet_at(sim, id);
        if (earlier->verb == packet->verb && (earlier->flags & (PACKET_IN_SERVICE | PACKET_AT_DEVICE)) == 0) {
            return true;
        }
        id = earlier->file_next;
    }
    return false;
}

static sim_span min_span(sim_span a, sim_span b)
{
    return a < b ? a : b;
}

/* Why a call has its answer at once: its error says so, or else `why`. */
static enum record_why why_at_once(uint16_t error, enum record_why why)
{
    if (win32_error_is_error(error)) {
        return WHY_IMMEDIATE_ERROR;
    }
    return win32_error_is_failed(error) ? WHY_WARNING : why;
}

/* Whether the call answers at once, and what. */
static bool answers_at_once(struct simulation *sim, packet_id id, const struct request *request, struct answer *answer)
{
    struct stream_answer from_stream;
    sim_span in_call;
    bool extends;

    if (service_is_by_far_end(sim, packet_at(sim, id))) {
        if (request->failure != WIN32_ERROR_SUCCESS && request->at_once) {
            *answer = (struct answer){0, request->failure, why_at_once(request->failure, WHY_NONE)};
            return true;
        }
        if (request->failure != WIN32_ERROR_SUCCESS) { /* which it has from its device, not from the far end */
            fail(sim, id, request->failure);
            return false;
        }
        if (has_earlier(sim, packet_at(sim, id)) || !stream_answers(sim, handle_at(sim, request->handle)->file, id, &from_stream)) {
            return false;
        }
        *answer = (struct answer){from_stream.bytes, from_stream.error,
                                  why_at_once(from_stream.error, WHY_SERVED_IN_CALL)};
        return true;
    }
    extends = settle(sim, id, request);
    in_call = packet_at(sim, id)->key;
    fail(sim, id, request->failure);
    answer->why = served_in_call(sim, id, request, extends);
    if (answer->why == WHY_BUFFERED) {
        in_call = 0;
    } else if (answer->why != WHY_EXTENDING_WRITE && (packet_at(sim, id)->flags & PACKET_TO_WORKER) == 0) {
        in_call = min_span(request->inside_call, packet_at(sim, id)->key);
    }
    if (answer->why != WHY_NONE && in_call > 0) { /* fact IOCP-100: the caller is blocked meanwhile */
        packet_at(sim, id)->flags |= PACKET_IN_CALL;
        packet_at(sim, id)->key = in_call;
        packet_at(sim, id)->given_why =
            (uint8_t)(win32_error_is_error(packet_at(sim, id)->error) ? WHY_IMMEDIATE_ERROR : answer->why);
        return false;
    }
    answer->bytes = packet_at(sim, id)->bytes;
    answer->error = packet_at(sim, id)->error;
    if (answer->why == WHY_NONE) {
        return false;
    }
    answer->why = why_at_once(answer->error, answer->why);
    return true;
}

/* Tells what the call answers, and leaves it with its caller. */
static void tell_answer(struct simulation *sim, enum record_kind kind, packet_id id, const struct answer *answer)
{
    const struct packet *packet = packet_at(sim, id);
    struct record *record = emit_verb(sim, kind, packet->issuer);

    if (record != NULL) {
        record->object = handle_reference(packet->handle);
        record->op = packet->number;
        record->ok = answer->error == WIN32_ERROR_SUCCESS;
        record->error = answer->error;
        record->bytes = answer->bytes;
        record->cause = packet->given;
        record->why = (uint8_t)answer->why;
    }
}

static void tell_outcome(struct simulation *sim, packet_id id, const struct answer *answer)
{
    const struct packet *packet = packet_at(sim, id);
    struct outcome outcome = {
        .ok = answer->error == WIN32_ERROR_SUCCESS,
        .error = answer->error,
        .bytes = answer->bytes,
        .op = packet->number,
        .shown = RESULT_OK | RESULT_ERROR | RESULT_BYTES,
    };

    thread_outcome(sim, packet->issuer, &outcome);
}

static const struct answer pending = {0, WIN32_ERROR_IO_PENDING, WHY_NONE};

/* The call has its answer: an immediate result (facts IOCP-81, 83, 83a, 84). */
static enum step_end answer_now(struct simulation *sim, packet_id id, const struct request *request, struct answer answer)
{
    struct packet *packet = packet_at(sim, id);
    struct answer told = answer;

    packet->bytes = answer.bytes;
    packet->error = answer.error;
    if (packet->verb == VERB_control && !win32_error_is_error(answer.error)) {
        told.bytes = request->bytes; /* fact IOCP-99: the caller's own count */
    }
    tell_answer(sim, RECORD_OP_IMMEDIATE, id, &answer);
    packet_at(sim, id)->given = 0;
    packet_at(sim, id)->cause = sim->state.n;
    packet_at(sim, id)->flags |= PACKET_IN_CALL;
    if (!win32_error_is_error(answer.error)) {
        api_is_answered(sim, id);
        told = api_answers_pending(sim, id) ? pending : told;
    }
    packet_hold(sim, id);
    completion_leave(sim, id);
    tell_outcome(sim, id, &told);
    if ((packet_at(sim, id)->flags & PACKET_ON_CALLER) != 0) {
        api_call_back(sim, id);
    }
    packet_drop(sim, id);
    return STEP_GOES_ON;
}

/* The issuer spends the first part of the operation's time in the call. */
static void schedule_call_end(struct simulation *sim, packet_id id, sim_span inside_call)
{
    sim_time end;

    packet_at(sim, id)->flags |= PACKET_IN_CALL;
    if (sim_time_add(sim->state.now, inside_call, &end) && end != SIM_NEVER) {
        simulation_schedule(sim, (struct event){
                                     .time = end,
                                     .stamp = (uint32_t)packet_at(sim, id)->number,
                                     .what = event_what(EVENT_CALL_END, id),
                                 });
    }
}

void operation_call_ends(struct simulation *sim, uint32_t id)
{
    struct packet *packet = packet_at(sim, id);
    struct record *record = emit_thread(sim, RECORD_OP_PEND, packet->issuer, packet->given);
    uint64_t pended = sim->state.n;

    packet->flags &= ~(uint32_t)PACKET_IN_CALL;
    if (record != NULL) {
        record->object = handle_reference(packet->handle);
        record->op = packet->number;
        record->error = WIN32_ERROR_IO_PENDING;
    }
    wait_operation_ends(sim, packet->issuer, pended);
}

/* The operation is on its way: the call answers ERROR_IO_PENDING (fact IOCP-82), or waits (fact IOCP-103). */
static enum step_end pend(struct simulation *sim, thread_id thread, packet_id id, const struct request *request)
{
    struct packet *packet = packet_at(sim, id);
    bool is_by_worker = (packet->flags & PACKET_BY_WORKER) != 0;

    packet->flags |= PACKET_IS_PENDING;
    thread_at(sim, thread)->outstanding++;
    file_link(sim, handle_at(sim, packet->handle)->file, id);
    if (!is_by_worker && (!service_is_by_far_end(sim, packet) || packet->error != WIN32_ERROR_SUCCESS)) {
        service_begin(sim, id);
    }
    if ((packet_at(sim, id)->flags & (PACKET_IS_SYNCHRONOUS | PACKET_IN_CALL)) == 0 && request->inside_call > 0) {
        schedule_call_end(sim, id, request->inside_call);
    }
    if ((packet_at(sim, id)->flags & (PACKET_IS_SYNCHRONOUS | PACKET_IN_CALL)) != 0) {
        wait_for_operation(sim, thread, id);
        return STEP_STOPS;
    }
    tell_answer(sim, RECORD_OP_PEND, id, &pending);
    if (is_by_worker) {
        api_queue_for_worker(sim, id);
    }
    tell_outcome(sim, id, &pending);
    return STEP_GOES_ON;
}

static void tell_issue(struct simulation *sim, thread_id thread, packet_id id, const struct request *request)
{
    struct record *record = emit_verb(sim, RECORD_OP_ISSUE, thread);

    if (record != NULL) {
        record->object = handle_reference(request->handle);
        record->op = packet_at(sim, id)->number;
        record->verb = packet_at(sim, id)->verb;
        record->bytes = request->bytes;
        record->amount = request->offset;
        record->absent = emit_label(sim, thread, record, request->operands->as) ? 0 : 8;
    }
    packet_at(sim, id)->cause = sim->state.n;
    packet_at(sim, id)->given = sim->state.n;
}

static enum step_end issue(struct simulation *sim, thread_id thread, struct request *request)
{
    enum verb verb = (enum verb)thread_at(sim, thread)->verb;
    struct answer answer = {0};
    uint16_t refused;
    packet_id id;

    if (!request_read(sim, thread, request)) {
        return STEP_GOES_ON;
    }
    refused = refusal(sim, request, verb);
    if (refused != WIN32_ERROR_SUCCESS) {
        thread_outcome_plain(sim, thread, refused);
        return STEP_GOES_ON;
    }
    if (!ask_device(sim, thread, request)) {
        return STEP_GOES_ON;
    }
    if (request->failure == WIN32_ERROR_IO_PENDING) {
        misuse(sim, thread, "an operation cannot fail with ERROR_IO_PENDING");
        return STEP_GOES_ON;
    }
    id = operation_create(sim, thread, request);
    if (id == 0) {
        return STEP_GOES_ON;
    }
    tell_issue(sim, thread, id, request);
    unsignal(sim, thread, id);
    if (handle_file(sim, request->handle)->door != 0) {
        api_begins(sim, thread, id);
    }
    if (answers_at_once(sim, id, request, &answer)) {
        uint64_t issued = packet_at(sim, id)->given;
        enum step_end end;
        packet_hold(sim, id);
        end = answer_now(sim, id, request, answer);
        service_of_peer(sim, id, issued);
        packet_drop(sim, id);
        return end;
    }
    return pend(sim, thread, id, request);
}

/* The request of a verb of I/O; false when its handle is none or closed. */
static bool request_begin(struct simulation *sim, thread_id thread, const uint32_t *words, struct request *request)
{
    request->operands = (const void *)words;
    request->packet = true;
    request->overlapped = true;
    request->handle = handle_operand(sim, thread, request->operands->object);
    return request->handle != 0;
}

enum step_end operation_read(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct read_operands *operands = (const void *)words;
    struct request request = {0};

    if (!request_begin(sim, thread, words, &request) ||
        !operand_size(sim, thread, operands->bytes, &request.bytes) ||
        !operand_size(sim, thread, operands->offset, &request.offset)) {
        return STEP_GOES_ON;
    }
    return issue(sim, thread, &request);
}

enum step_end operation_write(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    static_assert(sizeof(struct write_operands) == sizeof(struct read_operands),
                  "read and write take the same operands");
    return operation_read(sim, thread, words);
}

/* The file of an operand that is an open socket; 0 after a misuse, or when it is closed or something else, which
 * the outcome says (fact IOCP-68). */
static file_id socket_file(struct simulation *sim, thread_id thread, uint32_t operand)
{
    handle_id id = operand_object(sim, thread, operand, OBJECT_HANDLE);

    if (id != 0 && (!handle_at(sim, id)->is_open || handle_file(sim, id)->kind != FILE_KIND_SOCKET)) {
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE);
        return 0;
    }
    return id == 0 ? 0 : handle_at(sim, id)->file;
}

enum step_end operation_accept(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct accept_operands *operands = (const void *)words;
    struct request request = {0};

    if (!request_begin(sim, thread, words, &request)) {
        return STEP_GOES_ON;
    }
    if (handle_file(sim, request.handle)->kind == FILE_KIND_LISTENER) {
        if (operands->socket == OPERAND_ABSENT) {
            misuse(sim, thread, "an accept on a listener needs a 'socket'");
            return STEP_GOES_ON;
        }
        request.other = socket_file(sim, thread, operands->socket);
        if (request.other == 0) {
            return STEP_GOES_ON;
        }
    }
    return issue(sim, thread, &request);
}

enum step_end operation_connect(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct connect_operands *operands = (const void *)words;
    struct request request = {0};

    if (!request_begin(sim, thread, words, &request)) {
        return STEP_GOES_ON;
    }
    if (operands->to != OPERAND_ABSENT) {
        request.other = operand_object(sim, thread, operands->to, OBJECT_HANDLE);
        if (request.other == 0) {
            return STEP_GOES_ON;
        }
    }
    return issue(sim, thread, &request);
}

enum step_end operation_control(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct control_operands *operands = (const void *)words;
    struct request request = {0};

    if (!request_begin(sim, thread, words, &request) ||
        !operand_size(sim, thread, operands->bytes, &request.bytes)) {
        return STEP_GOES_ON;
    }
    request.packet_bytes = request.bytes;
    if (!operand_size(sim, thread, operands->packet_bytes, &request.packet_bytes)) {
        return STEP_GOES_ON;
    }
    return issue(sim, thread, &request);
}

enum step_end operation_result(struct simulation *sim, thread_id thread, const uint32_t *words)
{
    const struct result_operands *operands = (const void *)words;
    packet_id id = operand_object(sim, thread, operands->object, OBJECT_OPERATION);
    struct waiting waiting = {.count = 1, .any = true, .why = WHY_WAIT};
    waitable_id on;

    thread_at(sim, thread)->subject = REFERENCE_NONE;
    if (id == 0 || !operand_span(sim, thread, operands->timeout, &waiting.timeout)) {
        return STEP_GOES_ON;
    }
    if (packet_at(sim, id)->handle != 0) {
        thread_at(sim, thread)->subject = handle_reference(packet_at(sim, id)->handle);
    }
    thread_await(sim, thread, id);
    if ((packet_at(sim, id)->flags & PACKET_IS_VISIBLE) != 0 || packet_at(sim, id)->handle == 0 ||
        waiting.timeout == 0) {
        wait_tell_result(sim, thread);
        return STEP_GOES_ON;
    }
    on = packet_at(sim, id)->event; /* fact IOCP-92: without an event any operation's end satisfies it */
    if (on == 0) {
        on = object_waitable_of(sim, handle_reference(packet_at(sim, id)->handle));
    }
    if (on == 0) { /* a closed handle cannot be waited for */
        thread_await(sim, thread, 0);
        thread_outcome_plain(sim, thread, WIN32_ERROR_INVALID_HANDLE);
        return STEP_GOES_ON;
    }
    waiting.object = &on;
    return wait_begin(sim, thread, &waiting);
}
