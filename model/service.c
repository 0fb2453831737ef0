/* SPDX-License-Identifier: Apache-2.0 */
/* What serves a pending operation: a device for its time, or the far end of a stream when it acts; then it ends.
 *
 * To serve one end of a connection may give the other end something to do, and that one the first again: who is
 * being served already is served once more afterwards, and not within. */
#include "model/service.h"

#include "model/completion.h"
#include "model/device.h"
#include "model/file.h"
#include "model/handle.h"
#include "model/packet.h"
#include "model/stream.h"
#include "model/thread.h"
#include "model/wait.h"

bool service_is_by_far_end(const struct simulation *sim, const struct packet *packet)
{
    return handle_file(sim, packet->handle)->kind != FILE_KIND_FILE &&
           (packet->verb == VERB_read || packet->verb == VERB_write || packet->verb == VERB_accept);
}

void service_begin(struct simulation *sim, packet_id id)
{
    device_id device = handle_file(sim, packet_at(sim, id)->handle)->device;

    if (device != 0) {
        device_submit(sim, device, id);
    } else {
        device_schedule(sim, id);
    }
}

/* What an end is to a call that waited for it: an immediate result, whatever brought it. */
static enum record_why why_in_call(uint16_t error, enum record_why why)
{
    if (win32_error_is_error(error)) {
        return WHY_IMMEDIATE_ERROR;
    }
    if (win32_error_is_failed(error)) {
        return WHY_WARNING;
    }
    return why == WHY_CACHED || why == WHY_EXTENDING_WRITE ? why : WHY_SERVED_IN_CALL;
}

/* Says that an operation has ended: after the call, or, when the call was still waiting for it, in it. */
static void tell_end(struct simulation *sim, packet_id id, const struct service_end *end, uint64_t issued)
{
    const struct packet *packet = packet_at(sim, id);
    bool in_call = (packet->flags & PACKET_IN_CALL) != 0;
    struct record *record = in_call ? emit_thread(sim, RECORD_OP_IMMEDIATE, packet->issuer, issued)
                                    : emit(sim, RECORD_OP_COMPLETE);

    if (record != NULL) {
        record->object = handle_reference(packet->handle);
        record->op = packet->number;
        record->ok = in_call ? packet->error == WIN32_ERROR_SUCCESS : !win32_error_is_failed(packet->error);
        record->error = packet->error;
        record->bytes = packet->bytes;
        record->item = item_number(sim, packet->item);
        record->cause = in_call ? issued : end->cause;
        record->why = (uint8_t)(in_call ? why_in_call(packet->error, end->why) : end->why);
    }
}

void service_end(struct simulation *sim, packet_id id, const struct service_end *end)
{
    struct packet *packet = packet_at(sim, id);
    uint64_t issued = packet->given;

    packet->flags &= ~(uint32_t)(PACKET_IS_PENDING | PACKET_IN_SERVICE | PACKET_AT_DEVICE);
    packet->bytes = end->bytes;
    packet->error = end->error;
    packet->given = 0;
    thread_at(sim, packet->issuer)->outstanding--;
    thread_forget(sim, packet->issuer);
    file_unlink(sim, handle_at(sim, packet->handle)->file, id);
    tell_end(sim, id, end, issued);
    packet->cause = sim->state.n;
    packet_hold(sim, id);
    completion_leave(sim, id);
    if ((packet_at(sim, id)->flags & (PACKET_IS_SYNCHRONOUS | PACKET_IN_CALL)) != 0) {
        wait_operation_ends(sim, packet_at(sim, id)->issuer, packet_at(sim, id)->cause);
    }
    packet_drop(sim, id);
}

void service_abort(struct simulation *sim, packet_id id, const struct service_end *end)
{
    device_id device = handle_file(sim, packet_at(sim, id)->handle)->device;

    if (device != 0 && (packet_at(sim, id)->flags & (PACKET_IN_SERVICE | PACKET_AT_DEVICE)) != 0) {
        device_abandon(sim, device, id);
    }
    service_end(sim, id, end);
}

/* A connect has reached the other side (or not): the listener has a client more. */
static void connected(struct simulation *sim, packet_id id)
{
    struct packet *packet = packet_at(sim, id);
    file_id listener = packet->other == 0 ? 0 : handle_at(sim, packet->other)->file;
    file_id file = handle_at(sim, packet->handle)->file;

    if (packet->error != WIN32_ERROR_SUCCESS) {
        return;
    }
    if (packet->other != 0 && (listener == 0 || file_at(sim, listener)->handles == 0 ||
                               file_at(sim, listener)->kind != FILE_KIND_LISTENER)) {
        packet->error = WIN32_ERROR_CONNECTION_REFUSED;
        packet->given_why = WHY_RESET;
        return;
    }
    stream_of(sim, file)->state = STREAM_CONNECTED;
    if (listener != 0) {
        (void)stream_dial(sim, listener, file);
    }
}

void service_is_over(struct simulation *sim, uint32_t id)
{
    device_id device = handle_file(sim, packet_at(sim, id)->handle)->device;
    struct service_end end;
    file_id listener = 0;

    if (device != 0) {
        device_finish(sim, device, id);
    }
    if (packet_at(sim, id)->verb == VERB_connect) {
        connected(sim, id);
        if (packet_at(sim, id)->error == WIN32_ERROR_SUCCESS && packet_at(sim, id)->other != 0) {
            listener = handle_at(sim, packet_at(sim, id)->other)->file;
        }
    }
    end = (struct service_end){
        .bytes = packet_at(sim, id)->bytes,
        .error = packet_at(sim, id)->error,
        .why = (enum record_why)packet_at(sim, id)->given_why,
        .cause = packet_at(sim, id)->cause,
    };
    packet_hold(sim, id);
    service_end(sim, id, &end);
    if (listener != 0) {
        service_of_stream(sim, listener, packet_at(sim, id)->cause);
    }
    packet_drop(sim, id);
}

/* Gives one pending operation what its stream has for it; false when that is nothing. */
static bool serve_one(struct simulation *sim, packet_id id, uint64_t cause)
{
    struct stream_answer answer;
    struct packet *packet;

    if (!stream_answers(sim, handle_at(sim, packet_at(sim, id)->handle)->file, id, &answer)) {
        return false;
    }
    packet = packet_at(sim, id);
    packet_hold(sim, id);
    if (item_of(sim, packet->item) == NULL) {
        packet->item = sim->state.bringer;
    }
    if (handle_file(sim, packet->handle)->device != 0) {
        packet->bytes = answer.bytes;
        packet->error = answer.error;
        packet->given_why = (uint8_t)answer.why;
        packet->cause = cause;
        service_begin(sim, id);
    } else {
        service_end(sim, id,
                      &(struct service_end){
                          .bytes = answer.bytes, .error = answer.error, .why = answer.why, .cause = cause});
    }
    service_of_peer(sim, id, cause);
    packet_drop(sim, id);
    return true;
}

/* Gives each pending operation, in the order of issue, what the stream has for it. */
static void serve_pending(struct simulation *sim, file_id file, uint64_t cause)
{
    bool is_blocked[VERB_COUNT] = {false};
    packet_id next;

    for (packet_id id = file_at(sim, file)->first_pending; id != 0; id = next) {
        const struct packet *packet = packet_at(sim, id);
        next = packet->file_next;
        if ((packet->flags & (PACKET_IN_SERVICE | PACKET_AT_DEVICE)) == 0 && service_is_by_far_end(sim, packet) &&
            !is_blocked[packet->verb]) {
            uint8_t verb = packet->verb;
            is_blocked[verb] = !serve_one(sim, id, cause);
        }
    }
}

void service_of_stream(struct simulation *sim, file_id file, uint64_t cause)
{
    if ((file_at(sim, file)->flags & FILE_IS_SERVING) != 0) {
        file_at(sim, file)->flags |= FILE_SERVE_AGAIN;
        return;
    }
    file_at(sim, file)->flags |= FILE_IS_SERVING;
    do {
        file_at(sim, file)->flags &= (uint8_t)~FILE_SERVE_AGAIN;
        serve_pending(sim, file, cause);
    } while ((file_at(sim, file)->flags & FILE_SERVE_AGAIN) != 0);
    file_at(sim, file)->flags &= (uint8_t)~FILE_IS_SERVING;
}

void service_of_peer(struct simulation *sim, packet_id id, uint64_t cause)
{
    file_id file = handle_at(sim, packet_at(sim, id)->handle)->file;

    if (packet_at(sim, id)->verb == VERB_accept) {
        file = packet_at(sim, id)->other; /* what its client has written is on its way */
    } else if (packet_at(sim, id)->verb != VERB_write) {
        return;
    }
    if (file_at(sim, file)->stream != 0 && stream_of(sim, file)->peer != 0) {
        uint64_t before = sim->state.bringer;
        sim->state.bringer = packet_at(sim, id)->item;
        service_of_stream(sim, stream_of(sim, file)->peer, cause);
        sim->state.bringer = before;
    }
}
