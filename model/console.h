/* SPDX-License-Identifier: Apache-2.0 */
/* What a program says, and the line that it waits for. */
#ifndef MODEL_CONSOLE_H
#define MODEL_CONSOLE_H

#include "model/simulation.h"

/* The verbs. */
enum step_end console_log(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end console_read_line(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end console_assert(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
