/* SPDX-License-Identifier: Apache-2.0 */
/* Overlapped operations, from issue to completion (facts IOCP-80..105). */
#ifndef MODEL_OPERATION_H
#define MODEL_OPERATION_H

#include "model/simulation.h"

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
