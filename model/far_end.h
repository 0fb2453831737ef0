/* SPDX-License-Identifier: Apache-2.0 */
/* The far end of pipes, sockets and listeners, driven by steps of the scenario. */
#ifndef MODEL_FAR_END_H
#define MODEL_FAR_END_H

#include "model/simulation.h"

/* The verbs. */
enum step_end far_end_dial(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end far_end_deliver(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end far_end_consume(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end far_end_hang_up(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end far_end_abort(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
