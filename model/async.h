/* SPDX-License-Identifier: Apache-2.0 */
/* Asynchronous procedures: frames that are suspended, and go on, perhaps on another thread. */
#ifndef MODEL_ASYNC_H
#define MODEL_ASYNC_H

#include "model/simulation.h"

/* What the interpreter asks through the switchboard. */
void async_frame_begins(struct simulation *sim, thread_id thread);
bool async_frame_ends(struct simulation *sim, thread_id thread);
void async_frame_is_lost(struct simulation *sim, thread_id thread);
coroutine_id async_call_begins(struct simulation *sim, thread_id thread, uint32_t target);
void async_continues(struct simulation *sim, thread_id thread, continuation_id continuation);
bool async_goes_inline(struct simulation *sim, thread_id thread);

/* The verb. */
enum step_end async_await(struct simulation *sim, thread_id thread, const uint32_t *operands);

#endif
