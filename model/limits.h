/* SPDX-License-Identifier: Apache-2.0 */
/* The limits of a pool as programs set and read them: SetMinThreads, SetMaxThreads, GetAvailableThreads. */
#ifndef MODEL_LIMITS_H
#define MODEL_LIMITS_H

#include "model/simulation.h"

/* The verbs. */
enum step_end limits_set_min(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end limits_set_max(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end limits_show_threads(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end limits_show_pool_line(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
