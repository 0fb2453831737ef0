/* SPDX-License-Identifier: Apache-2.0 */
/* Cancelling, closing, and the end of a thread: what touches operations from outside (facts IOCP-110..121). */
#ifndef MODEL_CANCEL_H
#define MODEL_CANCEL_H

#include "model/simulation.h"

/* Closes an open handle. */
void cancel_close_handle(struct simulation *sim, thread_id thread, handle_id handle);

/* A thread has ended: operations that it issued are cancelled, but for those that report to a port alone. */
void cancel_thread_ends(struct simulation *sim, thread_id thread, uint64_t cause);

/* A process has ended, after its threads: what is left of what they ever issued is cancelled (fact IOCP-121). */
void cancel_process_ends(struct simulation *sim, process_id process, uint64_t cause);

/* The verbs. */
enum step_end cancel_cancel(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end cancel_close(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
