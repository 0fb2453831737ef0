/* SPDX-License-Identifier: Apache-2.0 */
/* Overlapped operations, from issue to completion (facts IOCP-80..105). */
#ifndef MODEL_OPERATION_H
#define MODEL_OPERATION_H

#include "model/simulation.h"

/* How a pending operation ends. */
struct operation_end {
    uint64_t bytes;
    uint64_t cause; /* n of the record that ended it */
    uint16_t error;
    enum record_why why;
};

/* Ends a pending operation: status, event, file object, packet, and who waits in the call. */
void operation_end(struct simulation *sim, packet_id operation, const struct operation_end *end);

/* Ends a pending operation before its time: its device is free again. */
void operation_abort(struct simulation *sim, packet_id operation, const struct operation_end *end);

/* Lets the operations that are pending on a stream have what it now has for them, in the order of their issue;
 * `cause` is what the far end did. O(pending). */
void operation_serve(struct simulation *sim, file_id file, uint64_t cause);

/* Handles the end of an operation's time at its device. */
void operation_served(struct simulation *sim, uint32_t id);

/* Handles the end of the part of an operation's time that its issuer spends in the call: it goes on pending. */
void operation_call_ends(struct simulation *sim, uint32_t id);

/* The verbs. */
enum step_end operation_read(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end operation_write(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end operation_accept(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end operation_connect(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end operation_control(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end operation_result(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
