/* SPDX-License-Identifier: Apache-2.0 */
/* Pending operations: how they are served, and how they end (facts IOCP-82, 96..98, 110, 117). */
#ifndef MODEL_SERVICE_H
#define MODEL_SERVICE_H

#include "model/packet.h"
#include "model/simulation.h"

/* How a pending operation ends. */
struct service_end {
    uint64_t bytes;
    uint64_t cause; /* n of the record that ended it */
    uint16_t error;
    enum record_why why;
};

/* Ends a pending operation: status, event, file object, packet, and who waits in the call. */
void service_end(struct simulation *sim, packet_id operation, const struct service_end *end);

/* Ends a pending operation before its time: its device is free again. */
void service_abort(struct simulation *sim, packet_id operation, const struct service_end *end);

/* Whether an operation waits for the far end of a stream before its own time begins. */
bool service_is_by_far_end(const struct simulation *sim, const struct packet *operation);

/* Begins an operation's time: at its device, or, without one, now. */
void service_begin(struct simulation *sim, packet_id operation);

/* Handles the end of that time. */
void service_is_over(struct simulation *sim, uint32_t id);

/* Lets the operations that are pending on a stream have what it now has for them, in the order of their issue;
 * `cause` is what the far end did. O(pending). */
void service_of_stream(struct simulation *sim, file_id file, uint64_t cause);

/* The same for the other end of a connection, when an operation on this one has given it bytes or a client. */
void service_of_peer(struct simulation *sim, packet_id operation, uint64_t cause);

#endif
