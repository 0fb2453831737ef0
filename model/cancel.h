/* SPDX-License-Identifier: Apache-2.0 */
/* Cancelling, closing, and the end of a thread: what touches operations from outside (facts IOCP-110..121). */
#ifndef MODEL_CANCEL_H
#define MODEL_CANCEL_H

#include "model/simulation.h"

/* A thread has ended: operations that it issued are cancelled, but for those that report to a port alone. */
void cancel_thread_ends(struct simulation *sim, thread_id thread, uint64_t cause);

/* The verbs. */
enum step_end cancel_cancel(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end cancel_close(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
