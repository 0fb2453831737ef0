/* SPDX-License-Identifier: Apache-2.0 */
/* Completions.
 *
 * In this order (fact IOCP-89): status block, event, file object, packet. The port is looked up now, not at the
 * issue (fact IOCP-11). A packet comes iff the status is no error, or it is one and the call had answered
 * ERROR_IO_PENDING (fact IOCP-80); modes, the low bit of hEvent, a routine and a waiting caller take it away. */
#include "model/completion.h"

#include "model/door.h"
#include "model/file.h"
#include "model/handle.h"
#include "model/kernel_apc.h"
#include "model/object.h"
#include "model/packet.h"
#include "model/port.h"
#include "model/task.h"
#include "model/thread.h"
#include "model/wait.h"

static bool is_immediate_error(const struct packet *packet)
{
    return (packet->flags & PACKET_IN_CALL) != 0 && win32_error_is_error(packet->error);
}

/* Why there is no packet, the first of the reasons; WHY_NONE: there is one. */
static enum record_why suppressed(const struct packet *packet, const struct file *file)
{
    bool is_immediate_success =
        (packet->flags & PACKET_IN_CALL) != 0 && packet->error == WIN32_ERROR_SUCCESS;
    bool has_apc = (packet->flags & PACKET_HAS_APC) != 0; /* which neither modes nor hEvent take away */

    if (!has_apc && is_immediate_success && (file->modes & MODE_SKIP_PORT_ON_SUCCESS) != 0) {
        return WHY_SKIP_ON_SUCCESS; /* fact IOCP-84 */
    }
    if (!has_apc && (packet->flags & PACKET_SUPPRESSED) != 0) {
        return WHY_EVENT_LOW_BIT; /* fact IOCP-87 */
    }
    if (is_immediate_error(packet)) {
        return WHY_IMMEDIATE_ERROR; /* fact IOCP-83 */
    }
    if ((packet->flags & PACKET_NO_OVERLAPPED) != 0 && (file->flags & FILE_IS_SYNCHRONOUS) == 0) {
        return WHY_NO_OVERLAPPED; /* fact IOCP-104 */
    }
    if ((packet->flags & PACKET_ON_CALLER) != 0) {
        return WHY_ON_CALLER; /* facts CLR-4, 5, 7 */
    }
    if ((packet->flags & PACKET_BY_WORKER) != 0) {
        return WHY_READ_BY_WORKER; /* fact CLR-3 */
    }
    if ((packet->flags & PACKET_IS_SYNCHRONOUS) != 0) {
        return WHY_SYNCHRONOUS; /* fact IOCP-103 */
    }
    if (has_apc) {
        return WHY_APC; /* fact IOCP-12 */
    }
    return file->queue == 0 && file->door == 0 ? WHY_NO_PORT : WHY_NONE;
}

/* Whether the status block can be read before the packet is taken (fact IOCP-90). */
static bool is_visible(const struct packet *packet, const struct file *file, enum record_why no_packet)
{
    return no_packet != WHY_NONE || file->status_visible == STATUS_AT_COMPLETION ||
           (file->status_visible == STATUS_BY_EVENT && packet->event != 0);
}

/* The routine of ReadFileEx is queued to the issuer, if it still lives. */
static void queue_apc(struct simulation *sim, packet_id id)
{
    struct packet *packet = packet_at(sim, id);
    struct apc apc = {
        .procedure = packet->procedure, .locals = packet->locals, .packet = id, .item = packet->item, .why = WHY_IO};

    if (packet->procedure == PLAN_NONE || thread_at(sim, packet->issuer)->state == THREAD_ENDED) {
        return;
    }
    packet->locals = 0;
    packet_hold(sim, id);
    wait_deliver_apc(sim, packet->issuer, apc, packet->cause);
}

/* What the end of an operation leaves. */
static void leave(struct simulation *sim, packet_id id)
{
    struct packet *packet = packet_at(sim, id);
    file_id file = handle_at(sim, packet->handle)->file;
    enum record_why no_packet = suppressed(packet, file_at(sim, file));
    bool is_signalling = !is_immediate_error(packet);
    waitable_id event = packet->event;
    uint64_t completed = packet->cause;

    if (is_visible(packet, file_at(sim, file), no_packet)) {
        packet->flags |= PACKET_IS_VISIBLE;
        emit_packet(sim, RECORD_OP_VISIBLE, id, WHY_AT_COMPLETION);
    }
    if (is_signalling && event != 0) {
        object_signal_event(sim, event, completed);
    }
    if (is_signalling && (file_at(sim, file)->modes & MODE_SKIP_SET_EVENT_ON_HANDLE) == 0) {
        file_signal(sim, file, completed);
    }
    if (no_packet != WHY_NONE) {
        emit_packet(sim, RECORD_PACKET_SUPPRESS, id, no_packet);
        if (no_packet == WHY_ON_CALLER || no_packet == WHY_READ_BY_WORKER) {
            packet_at(sim, id)->given = sim->state.n; /* its callback follows, on the caller or the worker */
            packet_at(sim, id)->given_why = (uint8_t)no_packet;
        } else if (no_packet == WHY_APC) {
            queue_apc(sim, id);
        } else {
            packet_at(sim, id)->flags |= PACKET_HAS_ARRIVED;
            if (packet_at(sim, id)->task != 0) {
                (void)task_packet_arrives(sim, 0, id);
            }
        }
        packet_drop(sim, id);
        return;
    }
    if (file_at(sim, file)->door != 0) {
        door_deliver(sim, file_at(sim, file)->door, id);
        return;
    }
    packet_at(sim, id)->queue = file_at(sim, file)->queue;
    packet_at(sim, id)->key = file_at(sim, file)->key;
    port_insert(sim, file_at(sim, file)->queue, id, 0);
}

void completion_leave(struct simulation *sim, packet_id id)
{
    thread_id issuer = packet_at(sim, id)->issuer;
    uint64_t interrupted;

    if (!kernel_apc_completes(sim, id, handle_file(sim, packet_at(sim, id)->handle)->queue)) {
        leave(sim, id);
        return;
    }
    interrupted = kernel_apc_begin(sim, issuer, packet_at(sim, id)->cause);
    leave(sim, id);
    kernel_apc_end(sim, issuer, interrupted);
}
