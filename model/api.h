/* SPDX-License-Identifier: Apache-2.0 */
/* The layer of a library between a program and its overlapped operations, FileStream, Socket or HttpWebRequest: which
 * thread runs a callback, and whether that is the caller itself (facts CLR-3..7). */
#ifndef MODEL_API_H
#define MODEL_API_H

#include "model/simulation.h"

/* An operation was issued on a file that is bound to a pool. What the layer makes of it stands in its flags. */
void api_begins(struct simulation *sim, thread_id thread, packet_id operation);

/* What the file gives is known. Whether the layer serves the operation, or has the call serve it, by which rule; WHY_NONE:
 * neither. */
enum record_why api_serves_in_call(struct simulation *sim, packet_id operation);

/* The call is about to answer success: whether its callback then runs within it. */
void api_is_answered(struct simulation *sim, packet_id operation);

/* Whether the call answers that the operation is pending, although it is over. */
bool api_answers_pending(const struct simulation *sim, packet_id operation);

/* The operation is pending until a worker has served it: an item for that is queued. */
void api_queue_for_worker(struct simulation *sim, packet_id operation);

/* The worker begins with that. */
enum step_end api_worker_serves(struct simulation *sim, thread_id worker, work_item_id item);

/* Runs the callback within the call of the issuer, which has its answer. */
void api_call_back(struct simulation *sim, packet_id operation);

#endif
