/* SPDX-License-Identifier: Apache-2.0 */
/* Suspending threads and resuming them: SuspendThread, ResumeThread. */
#ifndef MODEL_SUSPEND_H
#define MODEL_SUSPEND_H

#include "model/simulation.h"

/* The verbs. */
enum step_end suspend_suspend(struct simulation *sim, thread_id thread, const uint32_t *operands);
enum step_end suspend_resume(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
