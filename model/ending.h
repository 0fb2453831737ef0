/* SPDX-License-Identifier: Apache-2.0 */
/* How threads end: by themselves, or with their process. */
#ifndef MODEL_ENDING_H
#define MODEL_ENDING_H

#include "model/simulation.h"

/* The thread that executes ends, for this reason; n of its thread-exit. Its frames stay until ending_drop_frames. */
uint64_t ending_of_itself(struct simulation *sim, thread_id thread, enum record_why why);

/* A thread ends with its process, whatever it is doing; `cause` is where that comes from. */
uint64_t ending_by_process(struct simulation *sim, thread_id thread, uint64_t cause);

/* Ends every frame of the thread, innermost first; no callback-end is left (an exit in a callback). */
void ending_drop_frames(struct simulation *sim, thread_id thread);

#endif
