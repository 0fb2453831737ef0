/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs that bind handles to pools: BindIoCompletionCallback and TP_IO with its announcements. */
#ifndef MODEL_BIND_H
#define MODEL_BIND_H

#include "model/simulation.h"

enum step_end bind_bind(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end bind_announce(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end bind_withdraw(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end bind_drain(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end bind_post(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
