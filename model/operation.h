/* SPDX-License-Identifier: Apache-2.0 */
/* Overlapped operations, from issue to packet (facts IOCP-80..93). */
#ifndef MODEL_OPERATION_H
#define MODEL_OPERATION_H

#include "model/simulation.h"

/* The device has done a pending operation, or, without a device, its time has come. */
void operation_complete(struct simulation *sim, uint32_t id);

/* The verbs. */
enum step_end operation_read(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end operation_write(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
