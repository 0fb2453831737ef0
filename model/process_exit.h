/* SPDX-License-Identifier: Apache-2.0 */
/* How a process ends. */
#ifndef MODEL_PROCESS_EXIT_H
#define MODEL_PROCESS_EXIT_H

#include "model/simulation.h"

/* The verb. */
enum step_end process_exit(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
